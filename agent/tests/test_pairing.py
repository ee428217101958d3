"""Pairing: the backend is asked first, and what is stored is whole and its owner's only."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

import forexelite_agent as agent
from support import AGENT_ID, KEY, FakeBackend, FrozenClock, serve

GIVEN = agent.Pairing("https://api.example.com", str(AGENT_ID), KEY, agent.TerminalKind.SIM)


def pair(path: Path, backend: FakeBackend, pairing: agent.Pairing = GIVEN) -> agent.Exit:
    return agent.pair(path, pairing, FrozenClock(), httpx.MockTransport(backend.respond))


def test_what_the_backend_accepts_is_stored_for_its_owner_only(tmp_path: Path) -> None:
    path, backend = tmp_path / "new" / "agent.toml", FakeBackend()
    assert pair(path, backend) is agent.Exit.STOPPED
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    config = agent.Config.load(path, {})
    assert (config.url, config.agent_id, config.agent_key.reveal()) == (GIVEN.url, AGENT_ID, KEY)
    assert config.terminal is agent.TerminalKind.SIM
    [beat] = backend.heartbeats
    assert "account" not in beat
    assert backend.claims == 0, "asking must not take a job"


@pytest.mark.parametrize(
    ("status", "ends"),
    [(401, agent.Exit.KEY_REFUSED), (503, agent.Exit.UNREACHABLE), (404, agent.Exit.UNREACHABLE)],
)
def test_what_it_does_not_accept_is_not_stored(tmp_path: Path, status: int, ends: agent.Exit) -> None:
    path = tmp_path / "agent.toml"
    assert pair(path, FakeBackend(interrupt=lambda *_: status)) is ends
    assert list(tmp_path.iterdir()) == []


def test_a_new_key_leaves_the_rest_of_the_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(
        '# mine\nurl = "https://old.example.com"\nagent_id = "old"\nagent_key="old" # secret\nstate_dir = "kept"\n'
        'terminal = "mt5"\n\n[sim]\nstate_file = "kept.db" # url = "no"\nhistory_days = 3\n'
    )
    path.chmod(0o644)
    pairing = agent.Pairing(GIVEN.url, GIVEN.agent_id, KEY)
    assert pair(path, FakeBackend(), pairing) is agent.Exit.STOPPED
    assert path.read_text() == (
        f'# mine\nurl = "{GIVEN.url}"\nagent_id = "{AGENT_ID}"\nagent_key = "{KEY}"\nstate_dir = "kept"\n'
        'terminal = "mt5"\n\n[sim]\nstate_file = "kept.db" # url = "no"\nhistory_days = 3\n'
    )
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_refused_key_leaves_the_old_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    pair(path, FakeBackend())
    before = path.read_text()
    assert pair(path, FakeBackend(key="another")) is agent.Exit.KEY_REFUSED
    assert path.read_text() == before


def test_a_disk_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "agent.toml"
    pair(path, FakeBackend())
    before = path.read_text()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(agent.BadConfig, match="cannot be written"):
        pair(path, FakeBackend())
    assert (list(tmp_path.iterdir()), path.read_text()) == ([path], before)


@pytest.mark.parametrize(
    ("pairing", "named"),
    [
        (agent.Pairing("http://api.example.com", GIVEN.agent_id, KEY), "url"),
        (agent.Pairing(GIVEN.url, "seven", KEY), "agent_id"),
        (agent.Pairing(GIVEN.url, GIVEN.agent_id, "schlüssel"), "agent_key"),
    ],
)
def test_bad_words_are_named_before_anybody_is_asked(tmp_path: Path, pairing: agent.Pairing, named: str) -> None:
    backend = FakeBackend()
    with pytest.raises(agent.BadConfig, match=named):
        pair(tmp_path / "agent.toml", backend, pairing)
    assert backend.heartbeats == []


def test_what_is_typed_cannot_break_out_of_its_line() -> None:
    text = agent.configuration(None, {"url": 'https://x"\nagent_key = "evil', "agent_id": "\\u0000\x7f"})
    assert tomllib.loads(text)["url"] == 'https://x"\nagent_key = "evil'
    assert tomllib.loads(text)["agent_key"] == ""


def command(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "FOREXELITE_AGENT_KEY"}
    return subprocess.run(  # noqa: S603
        [sys.executable, "-B", agent.__file__, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )


def test_the_command_takes_the_key_from_a_pipe_and_shows_it_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    with serve(FakeBackend()) as url:
        options = ("--config", str(path), "--url", url, "--agent-id", str(AGENT_ID), "--key-stdin")
        done = command("pair", *options, stdin=f"{KEY}\n")
        assert (done.returncode, done.stderr) == (0, "")
        assert KEY not in done.stdout
        examined = command("doctor", "--config", str(path))
        assert (examined.returncode, "All is well." in examined.stdout) == (0, True), examined.stdout
        assert KEY not in examined.stdout + examined.stderr


def test_where_nobody_can_be_asked_what_is_missing_is_named() -> None:
    done = command("pair", "--url", "https://api.example.com")
    assert (done.returncode, "--agent-id" in done.stderr) == (2, True)


def test_the_first_start_says_what_to_do_first(tmp_path: Path) -> None:
    done = command("run", "--config", str(tmp_path / "agent.toml"))
    assert (done.returncode, done.stderr) == (2, "")
    assert "Pair this machine first" in done.stdout
    assert "Traceback" not in done.stdout


# Windows: what cannot be run here is built here


def test_on_windows_the_file_is_given_to_its_user_alone() -> None:
    said = '"machine\\someone","S-1-5-21-1-2-3-1001"\r\n'
    assert agent.windows_user(lambda _: said) == "S-1-5-21-1-2-3-1001"
    assert agent.owner_only_command(Path("a b.toml"), "S-1-5-21-1") == [
        "icacls",
        "a b.toml",
        "/inheritance:r",
        "/grant:r",
        "*S-1-5-21-1:F",
    ]
    with pytest.raises(OSError, match="SID"):
        agent.windows_user(lambda _: "whoami: unknown")


@pytest.mark.parametrize(
    ("sddl", "others"),
    [
        ("agent.toml\r\nD:PAI(A;;FA;;;S-1-5-21-1-2-3-1001)\r\n", False),
        ("agent.toml\r\nD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;S-1-5-21-1-2-3-1001)\r\n", False),
        ("agent.toml\r\nD:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)\r\n", True),
        ("agent.toml\r\nD:AI(A;;FR;;;WD)\r\n", True),
        ("agent.toml\r\nD:AI(A;ID;0x1301bf;;;AU)(A;ID;FA;;;SY)\r\n", True),
        ("agent.toml\r\nD:AI(D;;FA;;;WD)(A;;FA;;;BA)\r\n", False),
    ],
)
def test_an_access_list_that_lets_others_in_is_seen(sddl: str, others: bool) -> None:
    def icacls(command: object) -> str:
        assert isinstance(command, list)
        Path(command[-1]).write_bytes(sddl.encode("utf-16-le"))
        return ""

    assert agent.readable_by_others(agent.access_list(Path("agent.toml"), icacls)) is others
