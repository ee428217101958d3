"""The whole agent between a backend over HTTP and MetaTrader: what reaches which of the two."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from fake_mt5 import FakeMt5, Fault
from mt5_support import running_at_metatrader

import forexelite_agent as agent
from support import FakeBackend, config, job, serve, trade


@pytest.fixture
def mt5() -> Iterator[FakeMt5]:
    mt5 = FakeMt5(clock=agent.SystemClock(), lively=True)
    yield mt5
    mt5.release()


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


def near_now(text: str) -> bool:
    return abs(datetime.now(UTC) - agent.parse_time(text)) < timedelta(minutes=1)


def finished(backend: FakeBackend, job_id: str) -> bool:
    return backend.jobs[job_id].acknowledgements > 0


def test_a_signal_becomes_an_order_and_its_report_and_the_account_tells_of_it(
    tmp_path: Path, backend: FakeBackend, mt5: FakeMt5
) -> None:
    mt5.deal(type=2, profit=10_000)
    job_id = backend.enqueue(trade("buy", sl_pips=20))
    with serve(backend) as url, running_at_metatrader(tmp_path, backend, url, mt5):
        backend.until(lambda: finished(backend, job_id))
        backend.until(lambda: any(report["positions"] and report["deals"] for report in backend.accounts))
    result = backend.jobs[job_id].result
    assert result is not None
    assert (result["status"], result["output"]["retcode"], len(mt5.sent)) == ("completed", 10009, 1)
    assert backend.heartbeats[0]["terminal"] == {"connected": True, "trade_allowed": True, "build": 5000}
    assert backend.heartbeats[0]["account"]["server"] == "Broker-Demo"
    report = next(report for report in backend.accounts if report["positions"] and report["deals"])
    assert [deal["order_ticket"] for deal in report["deals"]] == [result["output"]["ticket"]]
    assert report["positions"][0]["ticket"] == result["output"]["position"]


def test_wanted_prices_and_their_minutes_are_sent_with_utc_times(
    tmp_path: Path, backend: FakeBackend, mt5: FakeMt5
) -> None:
    backend.wanted = ["EURUSD"]
    with serve(backend) as url, running_at_metatrader(tmp_path, backend, url, mt5):
        backend.until(lambda: any(push["bars"] for push in backend.pushes))
    push = next(push for push in backend.pushes if push["bars"])
    assert near_now(push["ticks"]["EURUSD"]["ts"])
    assert len(push["bars"]) == 500
    assert timedelta() < datetime.now(UTC) - agent.parse_time(push["bars"][-1]["ts"]) < timedelta(minutes=3)


def test_an_agent_whose_order_hangs_lives_says_so_and_reports_the_order_in_the_end(
    tmp_path: Path, backend: FakeBackend, mt5: FakeMt5
) -> None:
    mt5.hanging_after["order_send"] = threading.Event()
    job_id = backend.enqueue(trade("buy"))
    with serve(backend) as url, running_at_metatrader(tmp_path, backend, url, mt5, patience=1, silence=5):
        backend.until(lambda: any(not beat["terminal"]["connected"] for beat in backend.heartbeats))
        assert not finished(backend, job_id)
        mt5.release()
        backend.until(lambda: finished(backend, job_id))
        backend.until(lambda: backend.heartbeats[-1]["terminal"]["connected"])
    result = backend.jobs[job_id].result
    assert result is not None
    assert (result["status"], len(mt5.sent), len(mt5.deals)) == ("completed", 1, 1)


def test_an_agent_that_starts_before_its_terminal_waits_for_it(
    tmp_path: Path, backend: FakeBackend, mt5: FakeMt5, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent.MetaTraderTerminal, "RECONNECT_SECONDS", 0)
    mt5.running = False
    with serve(backend) as url, running_at_metatrader(tmp_path, backend, url, mt5):
        backend.until(lambda: len(backend.heartbeats) > 0)
        assert "account" not in backend.heartbeats[-1]
        assert backend.heartbeats[-1]["terminal"] == {"connected": False, "trade_allowed": False, "build": 0}
        mt5.running = True
        backend.until(lambda: backend.heartbeats[-1]["terminal"]["connected"])
        job_id = backend.enqueue(trade("buy"))
        backend.until(lambda: finished(backend, job_id))
    assert len(mt5.sent) == 1


def test_an_expert_that_is_to_be_stopped_while_the_terminal_is_away_is_not_said_to_be_stopped(
    tmp_path: Path, backend: FakeBackend, mt5: FakeMt5
) -> None:
    mt5.running = False
    deployment_id = str(uuid4())
    given = {"deployment_id": deployment_id, "file_name": "Trend.ex5", "symbol": "EURUSD", "timeframe": "H1"}
    job_id = backend.enqueue(job("stop", {**given, "magic_number": 1, "inputs": {}}))
    with serve(backend) as url, running_at_metatrader(tmp_path, backend, url, mt5):
        backend.until(lambda: finished(backend, job_id))
    result = backend.jobs[job_id].result
    assert result is not None
    assert (result["status"], result["reason_code"]) == ("failed", "terminal_unavailable")
    assert "start MetaTrader 5" in result["error_message"]


def test_a_terminal_that_is_started_again_in_between_is_not_noticed(
    tmp_path: Path, backend: FakeBackend, mt5: FakeMt5, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent.MetaTraderTerminal, "RECONNECT_SECONDS", 0)
    with serve(backend) as url, running_at_metatrader(tmp_path, backend, url, mt5):
        for round_number in range(3):
            job_id = backend.enqueue(trade("buy"))
            backend.until(lambda: finished(backend, job_id))  # noqa: B023 - waited for here
            assert len(mt5.sent) == round_number + 1
            mt5.restart()
    results = [enqueued.result for enqueued in backend.jobs.values()]
    assert [result and result["status"] for result in results] == ["completed"] * 3


def test_an_order_that_was_sent_into_silence_is_looked_for_by_the_next_agent(
    tmp_path: Path, backend: FakeBackend, mt5: FakeMt5
) -> None:
    mt5.faults.append(Fault(error=(-10005, "IPC timeout"), executed=True))
    mt5.history_is_late = True
    mt5.stored_comment = lambda _: "Broker Ltd"
    job_id = backend.enqueue(trade("buy"))
    with serve(backend) as url:
        with running_at_metatrader(tmp_path, backend, url, mt5, silence=60):
            backend.until(lambda: bool(mt5.sent) or finished(backend, job_id))
        assert not finished(backend, job_id)
        mt5.history_is_late = False
        mt5.new_process()
        with running_at_metatrader(tmp_path, backend, url, mt5):
            backend.until(lambda: finished(backend, job_id))
    result = backend.jobs[job_id].result
    assert result is not None
    assert (result["status"], len(mt5.sent)) == ("completed", 1)


def test_with_the_package_the_terminal_and_its_experts_are_metatraders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mt5 = FakeMt5(path="C:\\MT5", data_path="C:\\Data\\D0E8209F77C8CF37AD8BF550E51FF075")
    monkeypatch.setitem(sys.modules, "MetaTrader5", mt5)
    given = replace(config(tmp_path), terminal=agent.TerminalKind.MT5, mt5_path=Path("C:/MT5/terminal64.exe"))
    terminal = agent.OwnedTerminal(lambda: agent.open_terminal(given, mt5.clock))
    assert terminal.account().login == mt5.login
    assert mt5.initialized_with[0][0] == (str(given.mt5_path),)
    experts = agent.open_experts(given, mt5.clock, terminal, mt5.clock.sleep)
    assert isinstance(experts, agent.MetaTraderExperts)
    assert experts._installation == agent.Installation(Path(mt5.path), Path(mt5.data_path))
    terminal.close()
    assert mt5.calls[-1] == "shutdown"
