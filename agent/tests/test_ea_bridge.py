"""The agent's side of the files by which ForexEliteBridge.mq5 is told what to do. The other side is played by a thread
that keeps to the protocol as the EA's source does, at a terminal that behaves as MetaTrader's charts do."""

from __future__ import annotations

import codecs
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from test_ea_metaeditor import MetaEditor, installed

import forexelite_agent as agent
from support import MAGIC, FrozenClock


class SharedClock(FrozenClock):
    """Moves when told, and not before the thread on the other side, if there is one, has looked around once more."""

    def __init__(self) -> None:
        super().__init__()
        self._looked = threading.Condition()
        self._looks = 0
        self._other: threading.Thread | None = None

    def sleep(self, seconds: float) -> None:
        with self._looked:
            # The look that is under way may have begun before what it is to see.
            enough = self._looks + 2
            if threading.current_thread() is not self._other:
                assert self._looked.wait_for(lambda: self._other is None or self._looks >= enough, timeout=20)
        super().sleep(seconds)

    def look(self) -> None:
        with self._looked:
            self._looks += 1
            self._looked.notify_all()

    def attend(self, thread: threading.Thread | None) -> None:
        with self._looked:
            self._other = thread
            self._looked.notify_all()


@dataclass
class Chart:
    symbol: str
    period: str
    expert: str = ""


@dataclass
class Placement:
    stamp: str
    chart: int
    symbol: str
    period: str
    expert: str


@dataclass
class Terminal:
    """Charts and what the Navigator knows, and on one of the charts the bridge."""

    data: Path
    clock: SharedClock
    charts: dict[int, Chart] = field(default_factory=dict)
    placements: dict[str, Placement] = field(default_factory=dict)
    navigator: set[str] = field(default_factory=set)
    templates: list[str] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    may_trade: bool = True
    symbols: tuple[str, ...] = ("EURUSD", "GBPUSD")
    # A test may answer in the bridge's stead: what to write, or None to let it answer.
    answers: Callable[[dict[str, str]], str | None] = lambda _: None
    awake: bool = True
    next_chart: int = 1000
    session: int = 1

    @property
    def folder(self) -> Path:
        return self.data / "MQL5" / "Files" / "forexelite"

    def refresh(self) -> None:
        """What the Navigator does when told to: experts copied in since are known from then on."""
        self.navigator = {file.stem for file in (self.data / "MQL5" / "Experts" / "ForexElite").glob("*.ex5")}

    def restart(self) -> None:
        """Charts come back under other ids, and the bridge knows its own by their experts."""
        self.charts = {chart_id + 5000: chart for chart_id, chart in self.charts.items()}
        self.session += 1
        self.refresh()
        for placement in self.placements.values():
            placement.chart = self.chart_with(placement.expert)
        self.write_placements()

    def beat(self) -> None:
        lines = [
            "forexelite=1",
            f"session={self.session}",
            f"time={int(self.clock.now().timestamp())}",
            "build=5000",
            "terminal_trade=1",
            f"bridge_trade={int(self.may_trade)}",
        ]
        for name, placement in self.placements.items():
            state = "running" if self.holds(placement) else "lost"
            lines.append(f"chart={name}|{placement.stamp}|{placement.chart}|{state}")
        self.write("status.txt", [*lines, "end=1"])

    def work(self) -> None:
        if not self.awake:
            return
        self.beat()
        for file in sorted((self.folder / "cmd").glob("*.txt"))[:1]:
            with suppress(FileNotFoundError):  # given up in between
                self.handle(file, dict(line.split("=", 1) for line in file.read_text().splitlines()))

    def handle(self, file: Path, request: dict[str, str]) -> None:
        assert request["id"] == file.stem
        assert request["end"] == "1"
        if request not in self.requests:
            self.requests.append(request)
        said = self.answers(request)
        if said is not None:
            (self.folder / "res" / file.name).write_text(said)
            return
        code, changed = self.do(request)
        status = "ok" if code == "" else "error"
        lines = ["forexelite=1", f"id={file.stem}", f"status={status}", f"code={code}", "detail="]
        self.beat()
        self.write(f"res/{file.name}", [*lines, f"changed={int(changed)}", "end=1"])
        file.unlink()

    def do(self, request: dict[str, str]) -> tuple[str, bool]:
        if int(self.clock.now().timestamp()) > int(request["expires"]):
            return "expired", False
        name = request["deployment"]
        if request["command"] == "DETACH":
            return "", self.detach(name)
        assert request["command"] == "ATTACH"
        known = self.placements.get(name)
        if known is not None and self.holds(known) and known.stamp == request["stamp"]:
            return "", False
        if known is None and self.chart_with(request["expert"]):
            stray = self.chart_with(request["expert"])
            self.placements[name] = Placement("", stray, request["symbol"], request["period"], request["expert"])
        self.detach(name)
        if request["symbol"] not in self.symbols:
            return "symbol_unknown", False
        template = (self.folder / "tpl" / f"{name}.tpl").read_bytes().decode("utf-16")
        self.templates.append(template)
        if request["expert"] not in self.navigator:
            return "expert_not_attached", True
        self.next_chart += 1
        self.charts[self.next_chart] = Chart(request["symbol"], request["period"], request["expert"])
        self.placements[name] = Placement(
            request["stamp"], self.next_chart, request["symbol"], request["period"], request["expert"]
        )
        self.write_placements()
        return "", True

    def detach(self, name: str) -> bool:
        placement = self.placements.pop(name, None)
        if placement is None:
            return False
        held = self.holds(placement)
        if held:
            del self.charts[placement.chart]
        self.write_placements()
        return held

    def chart_with(self, expert: str) -> int:
        return next((chart_id for chart_id, chart in self.charts.items() if chart.expert == expert), 0)

    def holds(self, placement: Placement) -> bool:
        chart = self.charts.get(placement.chart)
        return chart is not None and chart.expert == placement.expert

    def write_placements(self) -> None:
        lines = [
            f"chart={name}|{one.stamp}|{one.chart}|{one.symbol}|{one.period}|{one.expert}"
            for name, one in self.placements.items()
        ]
        self.write("charts.txt", ["forexelite=1", *lines, "end=1"])

    def write(self, name: str, lines: list[str]) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name("bridge.draft").write_bytes("".join(f"{line}\r\n" for line in lines).encode())
        path.with_name("bridge.draft").replace(path)

    @contextmanager
    def running(self) -> Iterator[None]:
        over = threading.Event()
        failures: list[BaseException] = []

        def live() -> None:
            try:
                while not over.is_set():
                    self.work()
                    self.clock.look()
                    over.wait(0.001)
            except BaseException as failure:
                failures.append(failure)
                self.clock.attend(None)

        thread = threading.Thread(target=live)
        self.clock.attend(thread)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self.clock.attend(None)
        assert failures == []


@dataclass
class Bench:
    folder: Path

    def __post_init__(self) -> None:
        self.clock = SharedClock()
        self.installation = installed(self.folder)
        self.terminal = Terminal(self.installation.data, self.clock)
        self.terminal.beat()
        self.editor = MetaEditor(self.clock, self.compiles)
        self.started: list[str] = []
        self.programs = [str(self.installation.terminal)]
        self.host = agent.MetaTraderExperts(
            self.installation,
            self.clock,
            self.clock.sleep,
            agent.TerminalStart(self.folder / "terminal-start.json", self.start_terminal, lambda: self.programs),
            "EURUSD.i",
            self.editor.start,
        )
        self.bridge = self.host._bridge
        # The Navigator hears of what MetaEditor compiles.
        self.editor_nudges = True

    def start_terminal(self, command: str, _folder: Path) -> agent.Process:
        self.started.append(command)
        self.terminal.awake = True
        return self.editor.processes[-1]

    def compiles(self, editor: MetaEditor) -> Iterator[object]:
        editor.emit()
        editor.write("Result: 0 errors, 0 warnings, 12 ms elapsed")
        if self.editor_nudges:
            self.terminal.refresh()
        yield editor.end()

    def place(self, expert: str) -> None:
        self.host.place(expert, b"EX5 " + expert.encode())


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def wanted() -> agent.Attachment:
    deployment_id = uuid4()
    return agent.Attachment(
        deployment_id=deployment_id,
        expert=f"Trend_v3_{deployment_id.hex[:12]}",
        symbol="EURUSD",
        digits=5,
        timeframe=agent.Timeframe.H4,
        magic=MAGIC,
        inputs={"Lots": "0.10", "Trail": "true"},
    )


# The way it should go


def test_an_expert_is_put_on_a_chart_of_its_own_and_taken_off_again(bench: Bench) -> None:
    one = wanted()
    bench.place(one.expert)
    bench.terminal.refresh()
    bench.terminal.charts[1] = Chart("EURUSD", "H4", "The user's own")
    with bench.terminal.running():
        bench.host.attach(one)
        assert bench.host.attached() == {one.deployment_id: one.fingerprint}
        assert bench.terminal.charts[1001] == Chart("EURUSD", "H4", one.expert)
        assert bench.host.detach(one.deployment_id) is True
        assert bench.host.detach(one.deployment_id) is False
    assert bench.terminal.charts == {1: Chart("EURUSD", "H4", "The user's own")}
    assert list((bench.terminal.folder / "cmd").iterdir()) == []
    assert list((bench.terminal.folder / "res").iterdir()) == []
    assert list((bench.terminal.folder / "tpl").iterdir()) == []


def test_attached_twice_it_is_on_one_chart(bench: Bench) -> None:
    one = wanted()
    bench.place(one.expert)
    bench.terminal.refresh()
    with bench.terminal.running():
        bench.host.attach(one)
        bench.host.attach(one)
        bench.host.attach(replace(one, magic=5))
    assert list(bench.terminal.charts) == [1002]
    assert [request["command"] for request in bench.terminal.requests] == ["ATTACH"] * 3


def test_requests_are_told_apart_and_sorted_by_their_names(bench: Bench) -> None:
    one, other = wanted(), wanted()
    for each in (one, other):
        bench.place(each.expert)
    bench.terminal.refresh()
    with bench.terminal.running():
        bench.host.attach(one)
        bench.host.attach(other)
        bench.host.detach(one.deployment_id)
    names = [request["id"] for request in bench.terminal.requests]
    assert names == sorted(names)
    assert len({len(name) for name in names}) == 1
    assert len(set(names)) == 3


# The template


def test_a_template_is_what_metatrader_5_reads(bench: Bench) -> None:
    inputs = {"Lots": "0.10", "Note": "a=b; täglich", "MagicNumber": "1"}
    one = replace(wanted(), magic=2**53 - 1, inputs=inputs)
    raw = agent.chart_template(one, 5)
    assert raw.startswith(codecs.BOM_UTF16_LE)
    text = raw.decode("utf-16")
    assert "\n" not in text.replace("\r\n", "")
    assert text.startswith(
        "<chart>\r\nid=0\r\nsymbol=EURUSD\r\nperiod_type=1\r\nperiod_size=4\r\ndigits=5\r\nwindows_total=1\r\n\r\n"
        f"<expert>\r\nname={one.expert}\r\npath=Experts\\ForexElite\\{one.expert}.ex5\r\nexpertmode=5\r\n"
        "<inputs>\r\nLots=0.10\r\nNote=a=b; täglich\r\nMagicNumber=9007199254740991\r\n</inputs>\r\n"
        "</expert>\r\n\r\n<window>\r\n"
    )
    assert text.index("</expert>") < text.index("<window>")
    assert text.endswith("</window>\r\n</chart>\r\n")


def test_the_template_is_written_before_it_is_asked_for(bench: Bench) -> None:
    one = wanted()
    bench.place(one.expert)
    bench.terminal.refresh()
    with bench.terminal.running():
        bench.host.attach(one)
    assert bench.terminal.templates == [agent.chart_template(one, 5).decode("utf-16")]


@pytest.mark.parametrize(
    ("saved", "mode"),
    [(None, 5), ("", 5), ("expertmode=5", 5), ("expertmode=33", 33), ("expertmode=7", 5), ("expertmode=4", 5)],
)
def test_experts_get_the_bridges_permissions_without_dlls(bench: Bench, saved: str | None, mode: int) -> None:
    """`expertmode` of the `<expert>`; that of the chart's `<indicator>` is another."""
    if saved is not None:
        text = f"<chart>\r\n<expert>\r\nname=ForexEliteBridge\r\n{saved}\r\n</expert>\r\n<window>\r\nexpertmode=0\r\n"
        raw = codecs.BOM_UTF16_LE + text.encode("utf-16-le")
        (bench.terminal.folder / "tpl").mkdir(exist_ok=True)
        (bench.terminal.folder / "tpl" / "bridge.tpl").write_bytes(raw)
    assert bench.bridge.expert_mode() == mode


# What goes wrong


def fails(call: Callable[[], object]) -> agent.JobFailed:
    with pytest.raises(agent.JobFailed) as raised:
        call()
    return raised.value


def test_a_missing_bridge_is_named_with_what_to_click(bench: Bench) -> None:
    bench.terminal.awake = False
    bench.clock.sleep(60)
    failure = fails(lambda: bench.host.attach(wanted()))
    assert (failure.reason_code, "drag it" in failure.message) == ("bridge_missing", True)
    assert bench.host.attached() == {}
    assert bench.started == [], "a terminal that runs is not started again"
    assert list((bench.terminal.folder / "cmd").iterdir()) == []


def test_a_bridge_that_does_not_answer_is_given_up_and_its_request_taken_back(bench: Bench) -> None:
    def never(_request: dict[str, str]) -> str:
        return ""

    bench.terminal.answers = never
    with bench.terminal.running():
        failure = fails(lambda: bench.host.attach(wanted()))
        assert failure.reason_code == "bridge_timeout"
        assert list((bench.terminal.folder / "cmd").iterdir()) == []


def test_a_slow_bridge_is_waited_for(bench: Bench) -> None:
    one = wanted()
    bench.place(one.expert)
    bench.terminal.refresh()
    asked = bench.clock.at

    def slow(_request: dict[str, str]) -> str | None:
        return "" if (bench.clock.at - asked).total_seconds() < 20 else None

    bench.terminal.answers = slow
    with bench.terminal.running():
        bench.host.attach(one)
    assert len(bench.terminal.charts) == 1


def test_a_request_that_was_given_up_is_never_begun(bench: Bench) -> None:
    """The terminal hangs, comes back, and finds what was asked of it long ago."""
    one = wanted()
    bench.place(one.expert)
    bench.terminal.refresh()
    kept: list[tuple[Path, bytes]] = []

    def copied(request: dict[str, str]) -> str:
        file = bench.terminal.folder / "cmd" / f"{request['id']}.txt"
        kept[:] = [(file, file.read_bytes())]
        return ""

    bench.terminal.answers = copied
    with bench.terminal.running():
        fails(lambda: bench.host.attach(one))
    bench.terminal.answers = lambda _: None
    file, request = kept[0]
    file.write_bytes(request)
    bench.terminal.work()
    assert bench.terminal.charts == {}


@pytest.mark.parametrize(
    "answer",
    [
        "forexelite=1\r\nid=another\r\nstatus=ok\r\nend=1\r\n",
        "forexelite=1\r\nid=ID\r\nstatus=ok\r\n",
        "forexelite=1\r\nid=ID\r\nsta",
        "status=ok\r\nend=1\r\n",
        "\x00\x00\x00\x00",
    ],
)
def test_an_answer_to_another_or_half_an_answer_is_none(bench: Bench, answer: str) -> None:
    one = wanted()
    bench.place(one.expert)
    bench.terminal.refresh()
    asked = bench.clock.at

    def first_wrong(request: dict[str, str]) -> str | None:
        early = (bench.clock.at - asked).total_seconds() < 5
        return answer.replace("ID", request["id"]) if early else None

    bench.terminal.answers = first_wrong
    with bench.terminal.running():
        bench.host.attach(one)
        assert (bench.clock.at - asked).total_seconds() >= 5
        assert bench.host.attached() == {one.deployment_id: one.fingerprint}


@pytest.mark.parametrize(
    "status", ["", "end=1", "forexelite=1\r\ntime=now\r\nend=1", "forexelite=1\r\nsession=1\r\ntime=1", "\xff\xfe"]
)
def test_a_status_that_is_no_whole_status_is_none(bench: Bench, status: str) -> None:
    (bench.terminal.folder / "status.txt").write_bytes(status.encode("latin-1"))
    assert bench.bridge.status() is None
    assert bench.host.attached() == {}


def test_a_status_is_believed_for_a_quarter_of_a_minute(bench: Bench) -> None:
    bench.terminal.beat()
    FrozenClock.sleep(bench.clock, 14)
    assert bench.bridge.status() is not None
    FrozenClock.sleep(bench.clock, 2)
    assert bench.bridge.status() is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("symbol_unknown", "unknown_symbol"),
        ("chart_not_opened", "chart_not_opened"),
        ("template_refused", "template_refused"),
        ("chart_not_closed", "chart_not_closed"),
        ("expired", "bridge_timeout"),
        ("file_not_written", "bridge_refused"),
    ],
)
def test_a_refusal_becomes_a_reason_and_a_sentence(bench: Bench, code: str, reason: str) -> None:
    bench.terminal.answers = lambda request: f"id={request['id']}\nstatus=error\ncode={code}\ndetail=4024\nend=1\n"
    with bench.terminal.running():
        assert fails(lambda: bench.host.attach(wanted())).reason_code == reason


def test_each_word_of_the_bridge_is_known_here() -> None:
    source = agent.MetaTraderExperts.SOURCE.read_text("ascii")
    said = set(re.findall(r'(?:return\(|code = )"([a-z_]+)"', source))
    assert said - {"unreadable", "unknown_command", "file_not_written"} <= set(agent.MetaTraderExperts.REFUSALS)
    assert {"expired", "expert_not_attached", "chart_not_opened"} <= said


def test_an_expert_that_was_copied_in_is_made_known_by_a_compilation(bench: Bench) -> None:
    """The terminal does not see an .ex5 that was copied in while it runs."""
    one = wanted()
    bench.place(one.expert)
    with bench.terminal.running():
        bench.host.attach(one)
    assert [request["command"] for request in bench.terminal.requests] == ["ATTACH", "ATTACH"]
    assert len(bench.editor.commands) == 1
    assert len(bench.terminal.charts) == 1


def test_an_expert_that_stays_unknown_is_named_with_what_to_click(bench: Bench) -> None:
    one = wanted()
    bench.place(one.expert)
    bench.editor_nudges = False
    with bench.terminal.running():
        failure = fails(lambda: bench.host.attach(one))
    assert (failure.reason_code, "Refresh" in failure.message) == ("expert_not_loaded", True)
    assert bench.terminal.charts == {}


def test_a_bridge_that_may_not_trade_attaches_nothing(bench: Bench) -> None:
    """What it attaches could not trade either, also not after Algo Trading is pressed."""
    bench.terminal.may_trade = False
    bench.terminal.beat()
    with bench.terminal.running():
        failure = fails(lambda: bench.host.attach(wanted()))
    assert (failure.reason_code, "Algo Trading" in failure.message) == ("algo_trading_disabled", True)
    assert bench.terminal.requests == []


# The terminal starts again


def test_after_a_restart_of_the_terminal_charts_are_found_again(bench: Bench) -> None:
    one = wanted()
    bench.place(one.expert)
    bench.terminal.refresh()
    with bench.terminal.running():
        bench.host.attach(one)
    bench.terminal.restart()
    with bench.terminal.running():
        bench.clock.sleep(1)
        assert bench.host.attached() == {one.deployment_id: one.fingerprint}
        bench.host.attach(one)
        assert list(bench.terminal.charts) == [6001]
        assert bench.host.detach(one.deployment_id) is True
    assert bench.terminal.charts == {}


def test_a_chart_whose_period_the_user_has_changed_is_found_again_too(bench: Bench) -> None:
    """Not found, it would be called stopped while its expert trades."""
    one = wanted()
    bench.place(one.expert)
    bench.terminal.refresh()
    with bench.terminal.running():
        bench.host.attach(one)
    [chart] = bench.terminal.charts.values()
    chart.period = "M5"
    bench.terminal.restart()
    with bench.terminal.running():
        assert bench.host.detach(one.deployment_id) is True
    assert bench.terminal.charts == {}


def test_an_expert_whose_note_was_lost_is_not_put_on_a_second_chart(bench: Bench) -> None:
    one = wanted()
    bench.place(one.expert)
    bench.terminal.refresh()
    with bench.terminal.running():
        bench.host.attach(one)
        bench.terminal.placements.clear()
        bench.host.attach(one)
    assert [chart.expert for chart in bench.terminal.charts.values()] == [one.expert]


def test_a_request_survives_a_restart_of_the_terminal(bench: Bench) -> None:
    one = wanted()
    bench.place(one.expert)
    bench.terminal.refresh()
    restarted = threading.Event()

    def dies_first(_request: dict[str, str]) -> str | None:
        if restarted.is_set():
            return None
        bench.terminal.restart()
        restarted.set()
        return ""

    bench.terminal.answers = dies_first
    with bench.terminal.running():
        bench.host.attach(one)
    assert len(bench.terminal.charts) == 1


def test_what_was_never_on_a_chart_is_stopped_without_a_bridge(bench: Bench) -> None:
    bench.terminal.awake = False
    bench.clock.sleep(60)
    assert bench.host.detach(uuid4()) is False


def test_what_may_come_back_with_the_terminal_is_not_called_stopped(bench: Bench) -> None:
    one = wanted()
    bench.place(one.expert)
    bench.terminal.refresh()
    with bench.terminal.running():
        bench.host.attach(one)
    bench.terminal.awake = False
    bench.clock.sleep(60)
    assert fails(lambda: bench.host.detach(one.deployment_id)).reason_code == "bridge_missing"


def test_a_chart_on_which_the_user_put_another_expert_is_left_alone(bench: Bench) -> None:
    one = wanted()
    bench.place(one.expert)
    bench.terminal.refresh()
    with bench.terminal.running():
        bench.host.attach(one)
        [chart] = bench.terminal.charts.values()
        chart.expert = "The user's own"
        bench.host.detach(one.deployment_id)
    assert [chart.expert for chart in bench.terminal.charts.values()] == ["The user's own"]


# Bringing the bridge there


def test_a_terminal_that_does_not_run_is_started_with_the_bridge(bench: Bench) -> None:
    one = wanted()
    bench.place(one.expert)
    bench.terminal.awake, bench.programs = False, ["C:\\Windows\\explorer.exe", ""]
    bench.clock.sleep(60)
    with bench.terminal.running():
        bench.host.attach(one)
    [command] = bench.started
    assert command == f'"{bench.installation.terminal}" /config:"{bench.terminal.folder / "start.ini"}"'
    assert (bench.terminal.folder / "start.ini").read_bytes() == (
        b"[Experts]\r\nEnabled=1\r\nAllowLiveTrading=1\r\nAllowDllImport=0\r\n"
        b"[StartUp]\r\nExpert=ForexElite\\ForexEliteBridge\r\nSymbol=EURUSD.i\r\nPeriod=H1\r\n"
    )
    assert len(bench.terminal.charts) == 1


def test_once_prepared_the_bridge_comes_with_each_start_of_the_terminal_it_was_prepared_for(bench: Bench) -> None:
    bench.host.prepare()
    other = bench.folder / "another" / "terminal64.exe"
    start = agent.TerminalStart(bench.folder / "terminal-start.json", bench.start_terminal, lambda: bench.programs)
    for programs, wanted_terminal, started in (
        ([str(bench.installation.terminal).upper()], None, False),
        ([str(bench.installation.terminal)], bench.installation.terminal, False),
        ([str(other)], None, False),
        ([], other, False),
        ([str(other)], bench.installation.terminal, True),
        ([], bench.installation.terminal, True),
        (["C:\\Windows\\explorer.exe", ""], None, True),
    ):
        bench.programs, bench.started = programs, []
        start.unless_running(wanted_terminal)
        assert bench.started == [bench.installation.terminal_command()] * started, (programs, wanted_terminal)


@pytest.mark.parametrize("note", [None, b"", b"{", b'{"install": 1}', b"\xff"])
def test_without_a_note_the_terminals_start_is_left_to_others(bench: Bench, note: bytes | None) -> None:
    if note is not None:
        (bench.folder / "terminal-start.json").write_bytes(note)
    bench.programs = []
    agent.TerminalStart(
        bench.folder / "terminal-start.json", bench.start_terminal, lambda: bench.programs
    ).unless_running(None)
    assert bench.started == []


def test_the_bridge_is_compiled_once_and_again_when_it_has_changed(bench: Bench) -> None:
    for _ in range(2):
        bench.host.prepare()
    installed_source = bench.host._folder.path / "ForexEliteBridge.mq5"
    assert installed_source.read_bytes() == agent.MetaTraderExperts.SOURCE.read_bytes()
    assert len(bench.editor.commands) == 1
    installed_source.write_bytes(b"// an older one")
    bench.host.prepare()
    assert len(bench.editor.commands) == 2


def test_a_bridge_that_does_not_compile_is_reported_and_tried_again(bench: Bench) -> None:
    def refused(editor: MetaEditor) -> Iterator[object]:
        editor.write("SOURCE(30,1) : error 256: undeclared identifier", "Result: 1 errors, 0 warnings, 12 ms elapsed")
        yield editor.end()

    bench.editor.script = refused
    failure = fails(bench.host.prepare)
    assert failure.reason_code == "bridge_not_compiled"
    assert failure.message == "ForexEliteBridge.mq5: (30,1) undeclared identifier"
    bench.editor.script = bench.compiles
    bench.host.prepare()
    assert bench.host.placed("ForexEliteBridge")


def test_a_missing_bridge_source_is_named(bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(agent.MetaTraderExperts, "SOURCE", tmp_path / "ForexEliteBridge.mq5")
    failure = fails(bench.host.prepare)
    assert (failure.reason_code, "put it beside" in failure.message) == ("bridge_missing", True)


def test_the_bridge_imports_no_dll_and_never_trades() -> None:
    source = agent.MetaTraderExperts.SOURCE.read_text("ascii")
    code = re.sub(r"//[^\n]*", "", source)
    for word in (
        "#import",
        "#include",
        "OrderSend",
        "CTrade",
        "WebRequest",
        "FILE_COMMON",
        "ShellExecute",
        "SocketCreate",
    ):
        assert word not in code, word
    assert "ChartClose(0" not in code


def test_both_sides_agree_on_their_files() -> None:
    source = agent.MetaTraderExperts.SOURCE.read_text("ascii")
    for name in ("cmd\\\\", "res\\\\", "tpl\\\\", "charts.txt", "status.txt"):
        assert name in source
    for key in ("command", "deployment", "stamp", "symbol", "period", "expert", "expires", "id", "forexelite"):
        assert f'"{key}"' in source
    for key in (
        "session",
        "time",
        "build",
        "terminal_trade",
        "bridge_trade",
        "chart",
        "status",
        "code",
        "detail",
        "changed",
    ):
        assert f'"{key}=' in source
    assert all(f"PERIOD_{timeframe}" in source for timeframe in agent.Timeframe)


def test_deployment_ids_are_written_as_the_bridge_counts_them() -> None:
    assert len(str(UUID(int=0))) == 36
    assert "StringLen(deployment) != 36" in agent.MetaTraderExperts.SOURCE.read_text("ascii")
