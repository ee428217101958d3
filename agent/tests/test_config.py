from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

import forexelite_agent as agent
from support import AGENT_ID, KEY

GOOD = f"""
url = "https://api.example.com/"
agent_id = "{AGENT_ID}"
agent_key = "{KEY}"
state_dir = "state"
poll_seconds = 0.5

[sim]
state_file = "broker.db"
"""


def load(folder: Path, text: str, environment: dict[str, str] | None = None, mode: int = 0o600) -> agent.Config:
    path = folder / "agent.toml"
    path.write_text(text)
    path.chmod(mode)
    return agent.Config.load(path, environment or {})


def test_a_good_file_is_read_and_paths_are_beside_it(tmp_path: Path) -> None:
    config = load(tmp_path, GOOD)
    assert config.url == "https://api.example.com"
    assert (config.state_dir, config.sim_state_file) == (tmp_path / "state", tmp_path / "broker.db")
    assert (config.poll_seconds, config.heartbeat_seconds, config.reconcile_seconds) == (0.5, 300, 30)
    assert config.doorbell


def test_the_limits_of_this_machine_are_read_and_each_may_be_left_out(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD).limits == agent.Limits(None, None, None, None)
    some = load(tmp_path, f"{GOOD}\n[limits]\nmax_lot = 0.50\nmax_open_positions = 0\n")
    assert some.limits == agent.Limits(Decimal("0.50"), 0, None, None)
    others = load(tmp_path, f"{GOOD}\n[limits]\nmax_spread_points = 30\nmax_slippage_points = 5\n")
    assert others.limits == agent.Limits(None, None, 30, 5)


def test_what_is_not_said_is_as_usual(tmp_path: Path) -> None:
    config = load(tmp_path, GOOD.split("[sim]", maxsplit=1)[0])
    assert config.sim_state_file == tmp_path / "broker.db"
    assert (config.history_hours, config.sim_history_days, config.mt5_path) == (24, 0, None)
    assert config.terminal is agent.TerminalKind.usual()


def test_the_terminal_and_its_history_can_be_chosen(tmp_path: Path) -> None:
    text = GOOD.replace(
        "[sim]",
        'terminal = "mt5"\nhistory_hours = 336\n[mt5]\npath = "MT5/t.exe"\nportable = true\n[sim]\nhistory_days = 14',
    )
    config = load(tmp_path, text)
    assert (config.terminal, config.mt5_path) == (agent.TerminalKind.MT5, tmp_path / "MT5" / "t.exe")
    assert config.mt5_portable
    assert (config.history_hours, config.sim_history_days) == (336, 14)


def test_the_mark_that_windows_editors_write_is_no_error(tmp_path: Path) -> None:
    assert load(tmp_path, f"\ufeff{GOOD}").agent_id == AGENT_ID


def test_without_its_package_or_on_another_system_metatrader_is_a_clear_refusal(tmp_path: Path) -> None:
    text = GOOD.replace("[sim]", 'terminal = "mt5"\n[sim]')
    with pytest.raises(agent.BadConfig, match="--terminal sim"):
        agent.open_terminal(load(tmp_path, text), agent.SystemClock())


def test_the_doorbell_can_be_switched_off(tmp_path: Path) -> None:
    assert not load(tmp_path, GOOD.replace("poll_seconds = 0.5", "doorbell = false")).doorbell


def test_the_key_may_come_from_the_environment_instead(tmp_path: Path) -> None:
    without = "\n".join(line for line in GOOD.splitlines() if not line.startswith("agent_key"))
    config = load(tmp_path, without, {"FOREXELITE_AGENT_KEY": "from-the-environment"})
    assert config.agent_key.reveal() == "from-the-environment"
    with pytest.raises(agent.BadConfig, match="agent_key"):
        load(tmp_path, without)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_file_others_can_open_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(agent.BadConfig, match="chmod 600"):
        load(tmp_path, GOOD, mode=mode)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("poll_seconds", "pol_seconds", "config.pol_seconds"),
        ("state_file", "state_flie", "config.sim.state_flie"),
        ("poll_seconds = 0.5", "poll_seconds = 0", "config.poll_seconds"),
        ("poll_seconds = 0.5", 'poll_seconds = "often"', "config.poll_seconds"),
        ("poll_seconds = 0.5", 'doorbell = "off"', "config.doorbell"),
        (str(AGENT_ID), "seven", "config.agent_id"),
        ("https://api.example.com/", "http://api.example.com", "config.url"),
        ("https://api.example.com/", "api.example.com", "config.url"),
        ("https://api.example.com/", "https://[", "config.url"),
        ('state_dir = "state"', "", "config.state_dir"),
        ("[sim]", "[simulation]", "config.simulation"),
        ("[sim]", "[limits]\nmax_lots = 1\n[sim]", "config.limits.max_lots"),
        ("[sim]", "[limits]\nmax_lot = 0\n[sim]", "config.limits.max_lot"),
        ("[sim]", "[limits]\nmax_lot = true\n[sim]", "config.limits.max_lot"),
        ("[sim]", "[limits]\nmax_open_positions = -1\n[sim]", "config.limits.max_open_positions"),
        ("[sim]", "[limits]\nmax_spread_points = 1.5\n[sim]", "config.limits.max_spread_points"),
        ("[sim]", "[limits]\nmax_slippage_points = '5'\n[sim]", "config.limits.max_slippage_points"),
        ("[sim]", "[sim]\nhistory_days = 1000", "config.sim.history_days"),
        ("[sim]", "[mt5]\npaht = 'x'\n[sim]", "config.mt5.paht"),
        ("poll_seconds = 0.5", 'terminal = "mt4"', "config.terminal"),
        ("poll_seconds = 0.5", "history_hours = -1", "config.history_hours"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    with pytest.raises(agent.BadConfig) as raised:
        load(tmp_path, GOOD.replace(old, new))
    assert named in str(raised.value)
    assert KEY not in str(raised.value)


def test_plain_http_is_for_this_machine(tmp_path: Path) -> None:
    for host in ("localhost", "127.0.0.1", "[::1]"):
        assert load(tmp_path, GOOD.replace("https://api.example.com/", f"http://{host}:9000")).url


def test_a_file_that_is_no_toml_does_not_show_its_key(tmp_path: Path) -> None:
    with pytest.raises(agent.BadConfig) as raised:
        load(tmp_path, GOOD.replace(f'"{KEY}"', KEY))
    assert "line" in str(raised.value)
    assert KEY not in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(agent.BadConfig, match=r"There is no .*none\.toml yet"):
        agent.Config.load(tmp_path / "none.toml", {})
