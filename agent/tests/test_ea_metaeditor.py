"""MetaEditor as it behaves on real machines: its command line, its growing log, its silence, its exit code."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Any
from uuid import UUID, uuid4

import pytest

import forexelite_agent as agent
from ea_support import GOOD_SOURCE
from support import FrozenClock


@dataclass
class Process:
    exit_code: int | None = None
    killed: bool = False

    def poll(self) -> int | None:
        return self.exit_code

    def kill(self) -> None:
        self.killed, self.exit_code = True, 1


@dataclass
class MetaEditor:
    """Does one step of `script` each time the agent waits."""

    clock: FrozenClock
    script: Callable[[MetaEditor], Iterator[object]]
    commands: list[tuple[str, Path]] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)

    def start(self, command: str, folder: Path) -> Process:
        self.commands.append((command, folder))
        self.processes.append(Process())
        found = re.fullmatch(r'"(.+?)" /compile:"(.+?)" /log:"(.+?)" (?:/include:"(.+?)"|/portable)', command)
        assert found, f"MetaEditor would not understand {command}"
        self.source, self.report = Path(found[2]), Path(found[3])
        self.text = self.source.read_bytes()
        steps = self.script(self)
        self.clock.on_sleep = lambda: self.go_on(steps)
        return self.processes[-1]

    @staticmethod
    def go_on(steps: Iterator[object]) -> None:
        next(steps, None)

    def write(self, *lines: str) -> MetaEditor:
        text = "".join(f"{line}\r\n" for line in lines).replace("SOURCE", str(self.source))
        self.report.write_bytes(codecs.BOM_UTF16_LE + text.encode("utf-16-le"))
        return self

    def emit(self, content: bytes = b"EX5 compiled") -> MetaEditor:
        self.source.with_suffix(".ex5").write_bytes(content)
        return self

    def end(self, code: int = 1) -> MetaEditor:
        self.processes[-1].exit_code = code
        return self


def installed(folder: Path, *, portable: bool = False) -> agent.Installation:
    install = folder / "install"
    data = install if portable else folder / "data"
    for path in (install, data / "MQL5"):
        path.mkdir(parents=True, exist_ok=True)
    return agent.Installation(install, data)


@dataclass
class Bench:
    folder: Path
    clock: FrozenClock = field(default_factory=FrozenClock)
    portable: bool = False

    def compile(self, script: Callable[[MetaEditor], Iterator[object]]) -> agent.Build:
        self.editor = MetaEditor(self.clock, script)
        self.installation = installed(self.folder, portable=self.portable)
        start = agent.TerminalStart(self.folder / "terminal-start.json")
        host = agent.MetaTraderExperts(
            self.installation, self.clock, self.clock.sleep, start, "EURUSD", self.editor.start
        )
        return host.compile(UUID(int=7), "Trend_v3.mq5", GOOD_SOURCE.replace("somebody", "Jürgen"))

    def fails(self, script: Callable[[MetaEditor], Iterator[object]]) -> agent.JobFailed:
        with pytest.raises(agent.JobFailed) as raised:
            self.compile(script)
        return raised.value


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


OK = "Result: 0 errors, 0 warnings, 12 ms elapsed, cpu='X64 Regular'"


@pytest.mark.parametrize("exit_code", [0, 1, 2])
def test_log_and_file_decide_and_the_exit_code_does_not(bench: Bench, exit_code: int) -> None:
    def script(editor: MetaEditor) -> Iterator[object]:
        editor.emit()
        editor.write("SOURCE : information: compiling SOURCE", "SOURCE(3,1) : warning 43: lossy", OK)
        yield editor.end(exit_code)

    build = bench.compile(script)
    assert build.ex5 == b"EX5 compiled"
    assert build.diagnostics == (agent.Diagnostic(3, 1, "warning", 43, "lossy"),)
    assert build.log.splitlines()[0] == "Trend_v3.mq5 : information: compiling Trend_v3.mq5"
    assert not bench.editor.processes[0].killed


def test_errors_are_a_build_without_an_expert(bench: Bench) -> None:
    def script(editor: MetaEditor) -> Iterator[object]:
        editor.write("SOURCE(12,8) : error 256: undeclared identifier", "Result: 1 errors, 0 warnings, 9 ms elapsed")
        yield editor.end(0)

    build = bench.compile(script)
    assert (build.ex5, build.summary()) == (None, "(12,8) undeclared identifier")


def test_the_source_it_gets_is_utf_8_with_a_bom_and_crlf_and_is_gone_afterwards(bench: Bench) -> None:
    def script(editor: MetaEditor) -> Iterator[object]:
        editor.emit()
        yield editor.write(OK)

    bench.compile(script)
    assert bench.editor.text.startswith(codecs.BOM_UTF8)
    assert "Jürgen" in bench.editor.text.decode("utf-8-sig")
    assert bench.editor.source.name == f"{UUID(int=7).hex}.mq5"
    assert list(bench.editor.source.parent.iterdir()) == []


def test_it_is_told_its_files_in_quotes_after_the_colon_and_runs_in_its_own_folder() -> None:
    install, data = (
        PureWindowsPath(r"C:\Program Files\MetaTrader 5"),
        PureWindowsPath(r"C:\Users\John Doe\Terminal\3CA1"),
    )
    source = data / "MQL5" / "Experts" / "ForexElite" / "build" / "7.mq5"
    paths: Any = (install, data, source, source.with_suffix(".log"))
    assert agent.Installation(paths[0], paths[1]).metaeditor_command(paths[2], paths[3]) == (
        r'"C:\Program Files\MetaTrader 5\metaeditor64.exe" '
        r'/compile:"C:\Users\John Doe\Terminal\3CA1\MQL5\Experts\ForexElite\build\7.mq5" '
        r'/log:"C:\Users\John Doe\Terminal\3CA1\MQL5\Experts\ForexElite\build\7.log" '
        r'/include:"C:\Users\John Doe\Terminal\3CA1\MQL5"'
    )


def test_a_portable_installation_is_compiled_in_as_such(bench: Bench) -> None:
    def script(editor: MetaEditor) -> Iterator[object]:
        editor.emit()
        yield editor.write(OK)

    bench.portable = True
    bench.compile(script)
    [(command, folder)] = bench.editor.commands
    assert command.endswith(" /portable")
    assert folder == bench.installation.install


def test_a_log_is_read_when_it_is_whole(bench: Bench) -> None:
    def script(editor: MetaEditor) -> Iterator[object]:
        yield None
        yield editor.report.write_bytes(b"\xff")
        yield editor.write("SOURCE : information: compiling SOURCE")
        yield editor.write("SOURCE : information: compiling SOURCE", " : information: generating code 50%")
        yield editor.write("SOURCE : information: compiling SOURCE", OK)
        yield editor.emit(b"")
        yield editor.emit()

    assert bench.compile(script).ex5 == b"EX5 compiled"


def test_it_may_hand_over_to_an_open_editor_and_return_at_once(bench: Bench) -> None:
    def script(editor: MetaEditor) -> Iterator[object]:
        editor.end(1)
        for _ in range(100):
            yield None
        editor.emit()
        yield editor.write(OK)

    assert bench.compile(script).ex5 == b"EX5 compiled"


def test_a_log_and_an_expert_of_before_are_not_taken_for_new_ones(bench: Bench) -> None:
    build = installed(bench.folder).data / "MQL5" / "Experts" / "ForexElite" / "build"
    build.mkdir(parents=True)
    (build / f"{UUID(int=7).hex}.ex5").write_bytes(b"EX5 old")
    (build / f"{UUID(int=7).hex}.log").write_text(OK)
    failure = bench.fails(lambda editor: iter([editor.end(0)]))
    assert failure.reason_code == "compiler_silent"


def test_silence_after_its_end_is_named(bench: Bench) -> None:
    failure = bench.fails(lambda editor: iter([editor.end(0)]))
    assert failure.reason_code == "compiler_silent"
    assert 30 <= bench.clock.monotonic() < 32


def test_a_folder_with_spaces_is_refused_with_the_reason_before_metaeditor_can_keep_silent(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "with space")
    failure = bench.fails(lambda _: iter(()))
    assert (failure.reason_code, "space in its path" in failure.message) == ("path_with_spaces", True)
    assert bench.editor.processes == []
    assert bench.clock.monotonic() == 0


def test_one_that_never_ends_is_killed_after_two_minutes(bench: Bench) -> None:
    failure = bench.fails(lambda _: iter(()))
    assert (failure.reason_code, bench.editor.processes[0].killed) == ("compile_timeout", True)
    assert 120 <= bench.clock.monotonic() < 122


def test_a_stop_kills_it(bench: Bench) -> None:
    def script(_: MetaEditor) -> Iterator[object]:
        raise agent.Stopping
        yield

    with pytest.raises(agent.Stopping):
        bench.compile(script)
    assert bench.editor.processes[0].killed


def test_no_errors_and_no_expert_is_a_failure_that_says_so(bench: Bench) -> None:
    def script(editor: MetaEditor) -> Iterator[object]:
        editor.emit(b"MZ is no expert")
        yield editor.write(OK)

    build = bench.compile(script)
    assert (build.ex5, "no .ex5" in build.summary()) == (None, True)


def test_a_machine_without_metaeditor_is_named(bench: Bench) -> None:
    def script(_: MetaEditor) -> Iterator[object]:
        raise FileNotFoundError(2, "The system cannot find the file specified")

    failure = bench.fails(script)
    assert (failure.reason_code, "cannot find" in failure.message) == ("compiler_missing", True)


@pytest.mark.parametrize("path", [r"C:\Users\x\secret.mqh", r"\\server\share\x.mqh", "/etc/x.mqh"])
def test_an_include_from_outside_that_slipped_through_is_seen_in_the_log(bench: Bench, path: str) -> None:
    def script(editor: MetaEditor) -> Iterator[object]:
        editor.emit()
        yield editor.write(f"SOURCE : information: including {path}", OK)

    assert bench.fails(script).reason_code == "unsafe_source"


def test_includes_of_its_own_folders_are_fine(bench: Bench) -> None:
    def script(editor: MetaEditor) -> Iterator[object]:
        editor.emit()
        inside = [bench.installation.data / "MQL5" / "Include" / "Trade.mqh", bench.installation.install / "Object.mqh"]
        yield editor.write(*(f"SOURCE : information: including {path}" for path in inside), OK)

    build = bench.compile(script)
    assert build.ex5
    assert str(bench.folder) not in build.log


def test_two_compilations_wait_for_each_other(bench: Bench) -> None:
    """MetaEditor runs once per installation: a second one would hand over to the first."""
    editor = agent.MetaEditor(installed(bench.folder), bench.clock, bench.clock.sleep)
    editor._one.acquire()
    with pytest.raises(agent.JobFailed, match="busy"):
        editor.compile(bench.folder / f"{uuid4().hex}.mq5", "x.mq5", 0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="where MetaTrader runs")
def test_elsewhere_than_on_windows_nothing_is_started(tmp_path: Path) -> None:
    for start in (agent.launch, agent.launch_hidden):
        with pytest.raises(agent.JobFailed) as raised:
            start("metaeditor64.exe", tmp_path)
        assert raised.value.reason_code == "not_windows"
