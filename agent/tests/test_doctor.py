"""The doctor on a machine on which everything is right but one thing: it names that thing, and nothing else."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_mt5 import FakeMt5

import forexelite_agent as agent
from support import AGENT_ID, KEY, FakeBackend, FrozenClock, serve

OK, NOTE, WRONG = agent.Verdict.OK, agent.Verdict.NOTE, agent.Verdict.WRONG


@dataclass
class Machine:
    """Everything is right on it, until a test breaks something."""

    folder: Path
    backend: FakeBackend = field(default_factory=FakeBackend)
    clock: FrozenClock = field(default_factory=FrozenClock)
    environment: dict[str, str] = field(default_factory=dict)
    free: int = 10**12
    sddl: str | None = None
    network: Callable[[httpx.Request], httpx.Response] | None = None
    package: Callable[[], Any] | None = None
    patience: float = 20

    def __post_init__(self) -> None:
        self.path = self.folder / "agent.toml"
        self.write(
            f'url = "https://backend.test"\nagent_id = "{AGENT_ID}"\nagent_key = "{KEY}"\nstate_dir = "state"\n'
            'terminal = "mt5"\n'
        )
        self.state = self.folder / "state"
        self.install = self.folder / "MT5"
        self.data = self.folder / "data"
        self.editor = self.install / "metaeditor64.exe"
        self.files = self.data / "MQL5" / "Files"
        self.bridge = self.files / "forexelite"
        for folder in (self.install, self.bridge, self.state):
            folder.mkdir(parents=True)
        self.editor.touch()
        self.report_bridge()
        self.mt5 = FakeMt5(clock=self.clock, path=str(self.install), data_path=str(self.data))
        self.backend.now = lambda: self.clock.at
        self.backend.wanted = ["EURUSD"]

    def write(self, text: str, mode: int = 0o600) -> None:
        self.path.write_text(text)
        self.path.chmod(mode)

    def edit(self, old: str, new: str) -> None:
        text = self.path.read_text()
        assert old in text
        self.write(text.replace(old, new))

    def report_bridge(self, **given: object) -> None:
        told = {"time": int(self.clock.at.timestamp()), "terminal_trade": 1, "bridge_trade": 1, **given}
        lines = ["forexelite=1", "session=1", *(f"{key}={value}" for key, value in told.items()), "end=1", ""]
        agent.write_whole(self.bridge / "status.txt", "\r\n".join(lines).encode())

    def findings(self, **changes: Any) -> list[agent.Finding]:
        doctor = agent.Doctor(
            path=self.path,
            environment=self.environment,
            clock=self.clock,
            open_terminal=agent.open_terminal,
            transport=httpx.MockTransport(self.network or self.backend.respond),
            mt5=self.package or (lambda: self.mt5),
            free_disk=lambda _: self.free,
            access_list=None if self.sddl is None else lambda _: self.sddl or "",
            patience=self.patience,
        )
        return list(replace(doctor, **changes).examine())

    def ails(self) -> dict[str, str]:
        return {
            finding.name: f"{finding.says} {finding.remedy}" for finding in self.findings() if finding.verdict is not OK
        }


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    monkeypatch.setattr(agent, "metatrader5", lambda: machine.mt5)
    yield machine
    machine.mt5.release()


def test_a_machine_on_which_all_is_right_is_told_so(machine: Machine) -> None:
    findings = machine.findings()
    assert [str(finding) for finding in findings if finding.verdict is not OK] == []
    assert {finding.name for finding in findings} == {
        "configuration", "state folder", "disk", "other agent", "backend", "agent key", "clock", "Python package",
        "terminal", "login", "connection", "algo trading", "API option", "account", "account type", "MetaEditor",
        "data folder path", "data folder", "bridge", "symbols",
    }  # fmt: skip
    assert machine.mt5.sent == []
    assert not machine.mt5._session, "the terminal is left to others"
    assert machine.backend.claims == 0, "a doctor must not take a job"
    assert KEY not in "".join(map(str, findings))


def raising(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def network(request: httpx.Request) -> httpx.Response:
        raise error

    return network


def untrusted(request: httpx.Request) -> httpx.Response:
    try:
        raise ssl.SSLCertVerificationError("certificate verify failed: certificate has expired")
    except ssl.SSLError as error:
        raise httpx.ConnectError(str(error), request=request) from error


def missing_package() -> Any:
    raise agent.BadConfig("the Python package MetaTrader5 cannot be loaded")


def blocked(folder: Path) -> Callable[[Machine], None]:
    """A file where a folder must be: root may write everywhere else."""

    def block(machine: Machine) -> None:
        place = machine.folder / folder
        for entry in sorted(place.rglob("*"), reverse=True):
            entry.unlink() if entry.is_file() else entry.rmdir()
        place.rmdir()
        place.touch()

    return block


def no_terminal(machine: Machine) -> None:
    machine.mt5.running = False


def wrong_password(machine: Machine) -> None:
    no_terminal(machine)
    machine.mt5.initialize_error = (-6, "Terminal: Authorization failed")


def wedged(machine: Machine) -> None:
    machine.mt5.hanging["initialize"] = threading.Event()
    machine.patience = 0.05


def spaced(machine: Machine) -> None:
    machine.data = machine.data.rename(machine.folder / "My data")
    machine.mt5.data_path = str(machine.data)


def button_off(machine: Machine) -> None:
    """The bridge sees that, too, and needs nothing of its own."""
    machine.mt5.trade_allowed = False
    machine.report_bridge(terminal_trade=0)


def at_terminal(name: str, value: object) -> Callable[[Machine], None]:
    return lambda machine: setattr(machine.mt5, name, value)


BROKEN: Mapping[str, tuple[Callable[[Machine], Any], str, str]] = {
    "no file": (lambda machine: machine.path.unlink(), "configuration", "pair"),
    "no TOML": (lambda machine: machine.write("url = "), "configuration", "not valid TOML"),
    "no UTF-8": (lambda machine: machine.path.write_bytes(b"\xff\xfe"), "configuration", "UTF-8"),
    "readable by others": (lambda machine: machine.path.chmod(0o644), "configuration", "chmod 600"),
    "readable by others on Windows": (
        lambda machine: setattr(machine, "sddl", "agent.toml\r\nD:AI(A;ID;0x1200a9;;;BU)"),
        "configuration",
        "run `pair` again",
    ),
    "unknown key": (lambda machine: machine.edit("state_dir", "sate_dir"), "configuration", "sate_dir"),
    "no agent key": (lambda machine: machine.edit(KEY, ""), "configuration", "agent_key"),
    "state folder": (blocked(Path("state")), "state folder", "state_dir"),
    "disk": (lambda machine: setattr(machine, "free", 10**8), "disk", "MB are free"),
    "refused": (
        lambda machine: setattr(machine, "network", raising(httpx.ConnectError("refused"))),
        "backend",
        "firewall",
    ),
    "no name": (
        lambda machine: setattr(
            machine, "network", raising(httpx.ConnectError("[Errno -2] Name or service not known"))
        ),
        "backend",
        "Name or service not known",
    ),
    "5xx": (lambda machine: setattr(machine.backend, "interrupt", lambda *_: 503), "backend", "503"),
    "another site": (
        lambda machine: setattr(machine, "network", lambda _: httpx.Response(200, text="<html>Welcome</html>")),
        "backend",
        "unreadable answer",
    ),
    "TLS": (lambda machine: setattr(machine, "network", untrusted), "TLS", "antivirus"),
    "key": (lambda machine: setattr(machine.backend, "key", "another"), "agent key", "Rotate key"),
    "clock": (
        lambda machine: setattr(machine.backend, "now", lambda: machine.clock.at + timedelta(seconds=90)),
        "clock",
        "90 seconds off",
    ),
    "package": (lambda machine: setattr(machine, "package", missing_package), "Python package", "with uv"),
    "no terminal": (no_terminal, "terminal", "start the terminal once by hand"),
    "wedged": (wedged, "terminal", "Task Manager"),
    "wrong password": (wrong_password, "login", "Login to Trade Account"),
    "not logged in": (at_terminal("login", 0), "login", "Login to Trade Account"),
    "offline": (at_terminal("connected", False), "connection", "Rescan"),
    "button": (button_off, "algo trading", "Algo Trading"),
    "API option": (at_terminal("tradeapi_disabled", True), "API option", "untick"),
    "investor": (at_terminal("account_trade_allowed", False), "account", "main password"),
    "broker": (at_terminal("account_trade_expert", False), "account", "ask the broker"),
    "real money": (at_terminal("trade_mode", 2), "account type", "run --live"),
    "MetaEditor": (lambda machine: machine.editor.unlink(), "MetaEditor", "cannot be compiled"),
    "spaces": (spaced, "data folder path", "space in its path"),
    "data folder": (blocked(Path("data/MQL5/Files")), "data folder", "full control"),
    "bridge not allowed": (lambda machine: machine.report_bridge(bridge_trade=0), "bridge", "Allow Algo Trading"),
    "symbol": (lambda machine: setattr(machine.backend, "wanted", ["EURUSD", "NOPE"]), "symbols", "NOPE"),
    "symbol map": (lambda machine: machine.backend.symbol_map.update(GOLD="GOLD.x"), "symbols", "GOLD.x"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_one_thing_that_is_wrong_is_named(machine: Machine, what: str) -> None:
    break_it, name, sentence = BROKEN[what]
    break_it(machine)
    findings = machine.findings()
    wrong = [finding for finding in findings if finding.verdict is WRONG]
    assert [finding.name for finding in wrong] == [name]
    assert sentence in str(wrong[0])
    assert wrong[0].remedy, "it says what to do"
    assert [finding for finding in findings if finding.verdict is NOTE] == []
    assert KEY not in "".join(map(str, findings))


def test_on_a_real_wire_a_failed_handshake_is_told_from_a_closed_port(machine: Machine) -> None:
    with serve(machine.backend) as url:
        machine.edit("https://backend.test", url.replace("http://", "https://"))
        [finding] = [finding for finding in machine.findings(transport=None) if finding.verdict is WRONG]
        assert finding.name == "TLS"
    [finding] = [finding for finding in machine.findings(transport=None) if finding.verdict is WRONG]
    assert (finding.name, "refused" in finding.says) == ("backend", True)


def test_a_bridge_that_is_silent_is_a_note_for_only_experts_need_it(machine: Machine) -> None:
    machine.clock.sleep(3600)
    assert "drag ForexEliteBridge" in machine.ails()["bridge"]
    assert set(machine.ails()) == {"bridge"}


def test_an_agent_that_runs_is_a_note(machine: Machine) -> None:
    with agent.only_agent(machine.state):
        assert set(machine.ails()) == {"other agent"}


def test_a_real_account_that_was_allowed_once_is_right(machine: Machine) -> None:
    machine.mt5.trade_mode = 2
    journal = agent.Journal(machine.state / "journal.db")
    journal.allow_live("5001234@Broker-Demo", machine.clock.now())
    journal.close()
    assert machine.ails() == {}


def test_the_terminal_that_is_named_is_the_one_that_is_asked(machine: Machine) -> None:
    machine.write(f'{machine.path.read_text()}[mt5]\npath = "MT5/terminal64.exe"\n')
    machine.findings()
    assert machine.mt5.initialized_with[0][0] == (str(machine.folder / "MT5" / "terminal64.exe"),)


def test_at_the_simulated_terminal_its_broker_is_examined(machine: Machine) -> None:
    machine.edit('"mt5"', '"sim"')
    assert machine.ails() == {}
    assert machine.mt5.initialized_with == []
    broker = agent.SimTerminal(machine.folder / "broker.db", machine.clock)
    broker._set_meta("trade_allowed", "0")
    broker.close()
    assert set(machine.ails()) == {"algo trading"}
    (machine.folder / "broker.db").write_bytes(b"not a database" * 100)
    assert set(machine.ails()) == {"terminal"}


def test_what_it_says_ends_in_a_count_and_an_exit_code(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    doctor = agent.Doctor(
        machine.path,
        {},
        machine.clock,
        lambda config, clock: agent.SimTerminal(config.sim_state_file, clock),
        agent.TerminalKind.SIM,
        httpx.MockTransport(machine.backend.respond),
    )
    assert agent.doctor(doctor) is agent.Exit.STOPPED
    assert capsys.readouterr().out.endswith("All is well.\n")
    machine.backend.key = "another"
    assert agent.doctor(doctor) is agent.Exit.UNHEALTHY
    said = capsys.readouterr().out
    assert "WRONG agent key" in said
    assert said.endswith("One thing is wrong.\n")
