"""What a user sees: a calm line on a terminal, log files that do not grow for ever and never hold the key."""

from __future__ import annotations

import io
import logging
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import forexelite_agent as agent
from support import AGENT_ID, KEY, FakeBackend, FrozenClock, config, running, serve, trade


def record(text: str, *arguments: object, error: BaseException | None = None) -> logging.LogRecord:
    info = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord("forexelite.agent", logging.INFO, "", 0, text, arguments, info)


class Screen(io.StringIO):
    """What a terminal of 80 columns shows, without knowing any codes but the carriage return."""

    def lines(self) -> list[str]:
        shown = []
        for line in self.getvalue().split("\n"):
            cells: list[str] = []
            at = 0
            for character in line:
                if character == "\r":
                    at = 0
                    continue
                cells[at : at + 1] = character
                at += 1
            shown.append("".join(cells).rstrip())
        return shown


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[agent.Console, Screen]]:
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((80, 24)))
    screen = Screen()
    console = agent.Console(screen)
    console.setFormatter(logging.Formatter("%(message)s"))
    yield console, screen
    console.close()


def test_the_status_is_one_line_that_is_rewritten_below_the_log(console: tuple[agent.Console, Screen]) -> None:
    line, screen = console
    line.handle(record("started"))
    line.show("connected | 12 positions")
    line.show("connected | 3 positions")
    assert screen.lines() == ["started", "connected | 3 positions"]
    line.handle(record("job %s done", 7))
    assert screen.lines() == ["started", "job 7 done", "connected | 3 positions"]
    line.show("x" * 200)
    assert len(screen.lines()[-1]) == 79, "a line that wraps could not be rewritten"
    line.show("")
    assert screen.lines() == ["started", "job 7 done", ""]


def test_where_nothing_is_shown_the_log_is_only_lines(console: tuple[agent.Console, Screen]) -> None:
    line, screen = console
    line.handle(record("started"))
    line.show("")
    line.handle(record("stopped"))
    assert screen.getvalue() == "started\nstopped\n"


def test_the_status_tells_connection_account_mode_positions_last_signal_and_latency(tmp_path: Path) -> None:
    backend = FakeBackend()
    with running(tmp_path, backend) as whole:
        job_id = backend.enqueue(trade("buy"))
        backend.until(lambda: backend.jobs[job_id].acknowledgements > 0)
        backend.until(lambda: bool(backend.accounts) and len(backend.accounts[-1]["positions"]) == 1)
        text = whole._status_text("buy EURUSD completed 12:00:00")
    *parts, latency = text.split(" | ")
    assert parts == [
        "connected",
        "1000001@ForexElite-Sim demo",
        "active",
        "1 open",
        "last: buy EURUSD completed 12:00:00",
    ]
    assert re.fullmatch(r"\d+ ms", latency)


def test_a_backend_that_is_away_is_seen_in_the_status(tmp_path: Path) -> None:
    backend = FakeBackend()
    given = config(tmp_path)

    def network(request: httpx.Request) -> httpx.Response:
        if backend.heartbeats:
            raise httpx.ConnectError("refused")
        return backend.respond(request)

    line = agent.Backend(given, httpx.MockTransport(network))
    assert line.latency is None
    line.heartbeat(None, FrozenClock())
    assert line.latency is not None
    with pytest.raises(agent.BackendUnavailable):
        line.heartbeat(None, FrozenClock())
    assert line.latency is None
    line.close()


def test_the_log_is_bounded_in_utf_8_and_never_shows_the_key(tmp_path: Path) -> None:
    handler = agent.log_file(tmp_path)
    handler.setFormatter(agent.Redacted(agent.Secret(KEY)))
    try:
        raise ValueError(f"header {KEY} is bad")
    except ValueError as error:
        handler.handle(record("key %s für €", KEY, error=error))
    for number in range(15_000):
        handler.handle(record("%d %s", number, "x" * 1000))
    handler.close()
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["agent.log", *(f"agent.log.{number}" for number in range(1, 6))]
    assert sum(file.stat().st_size for file in files) < 12_100_000
    assert "14999 " in files[0].read_text("utf-8")


def test_neither_a_message_nor_a_traceback_holds_the_key() -> None:
    redacted = agent.Redacted(agent.Secret(KEY))
    try:
        raise ValueError(f"header {KEY} is bad")
    except ValueError as error:
        text = redacted.format(record("key %s für €", KEY, error=error))
    assert KEY not in text
    assert "key *** für €" in text
    assert "ValueError: header *** is bad" in text


def test_on_a_terminal_the_process_shows_its_line_and_logs_to_its_file(tmp_path: Path) -> None:
    backend = FakeBackend()
    with serve(backend) as url:
        path = tmp_path / "agent.toml"
        text = agent.configuration(None, {"url": url, "agent_id": str(AGENT_ID), "agent_key": KEY, "terminal": "sim"})
        agent.write_private(path, text)
        ours, theirs = pty.openpty()
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-B", agent.__file__, "run", "--config", str(path)],
            stderr=theirs,
            stdin=subprocess.DEVNULL,
        )
        os.close(theirs)
        seen = b""
        while b"connected | 1000001@ForexElite-Sim demo | active | 0 open" not in seen:
            seen += os.read(ours, 1000)
        process.terminate()
        while True:
            try:
                seen += os.read(ours, 1000)
            except OSError:
                break  # the process has closed its end
        assert process.wait(20) == 0
        os.close(ours)
    logged = (tmp_path / "state" / "agent.log").read_text("utf-8")
    assert "connected to the backend, trading mode active" in logged
    assert "1000001@" not in logged, "the status line is no log"
    assert KEY not in logged + seen.decode()
