"""Between the journal and the backend."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

import forexelite_agent as agent
from support import KEY, Desk, FakeBackend, config, trade


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()


@pytest.fixture
def client(backend: FakeBackend, tmp_path: Path) -> Iterator[agent.Backend]:
    client = agent.Backend(config(tmp_path), httpx.MockTransport(backend.respond))
    yield client
    client.close()


def run_one(desk: Desk, client: agent.Backend, backend: FakeBackend) -> dict[str, Any]:
    given = trade("buy")
    backend.enqueue(given)
    claimed = client.claim()
    assert claimed is not None
    desk.worker.run(claimed)
    return given


def test_a_result_is_acknowledged_once_and_then_left_alone(
    desk: Desk, client: agent.Backend, backend: FakeBackend
) -> None:
    given = run_one(desk, client, backend)
    reporter = agent.Reporter(client, desk.journal)
    reporter.deliver()
    reporter.deliver()
    assert desk.stage_of(given) == "acknowledged"
    assert backend.jobs[given["id"]].acknowledgements == 1


@pytest.mark.parametrize("status", [500, 502, 503, 429, 403, 400])
def test_a_result_the_backend_could_not_take_is_kept(
    desk: Desk, client: agent.Backend, backend: FakeBackend, status: int
) -> None:
    given = run_one(desk, client, backend)
    reporter = agent.Reporter(client, desk.journal)
    backend.interrupt = lambda *_: status
    with pytest.raises(agent.BackendUnavailable):
        reporter.deliver()
    assert desk.stage_of(given) == "done"
    backend.interrupt = lambda *_: None
    reporter.deliver()
    assert desk.stage_of(given) == "acknowledged"


@pytest.mark.parametrize("status", [404, 409, 422])
def test_a_result_refused_for_good_is_journalled_and_not_sent_again(
    desk: Desk, client: agent.Backend, backend: FakeBackend, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    given = run_one(desk, client, backend)
    backend.interrupt = lambda *_: status
    reporter = agent.Reporter(client, desk.journal)
    reporter.deliver()
    assert desk.stage_of(given) == "refused"
    assert given["id"] in caplog.text
    backend.interrupt = lambda *_: pytest.fail("sent again")
    reporter.deliver()


@pytest.mark.parametrize("status", [404, 409, 422])
def test_a_refusal_that_is_not_the_backends_own_is_trouble_on_the_way(
    desk: Desk, client: agent.Backend, backend: FakeBackend, tmp_path: Path, status: int
) -> None:
    given = run_one(desk, client, backend)
    gateway = httpx.MockTransport(lambda _: httpx.Response(status, json={"message": "Not Found"}))
    with pytest.raises(agent.BackendUnavailable):
        agent.Reporter(agent.Backend(config(tmp_path), gateway), desk.journal).deliver()
    assert desk.stage_of(given) == "done"


def test_one_result_in_trouble_does_not_hold_up_the_others(
    desk: Desk, client: agent.Backend, backend: FakeBackend
) -> None:
    first, second = run_one(desk, client, backend), run_one(desk, client, backend)
    backend.interrupt = lambda _method, path, _body: 500 if first["id"] in path else None
    with pytest.raises(agent.BackendUnavailable):
        agent.Reporter(client, desk.journal).deliver()
    assert (desk.stage_of(first), desk.stage_of(second)) == ("done", "acknowledged")


def test_a_result_refused_for_an_old_attempt_is_taken_with_the_next(
    desk: Desk, client: agent.Backend, backend: FakeBackend
) -> None:
    given = run_one(desk, client, backend)
    backend.expire_leases()
    reporter = agent.Reporter(client, desk.journal)
    reporter.deliver()
    assert desk.stage_of(given) == "refused"
    again = client.claim()
    assert again is not None
    desk.worker.run(again)
    reporter.deliver()
    assert desk.stage_of(given) == "acknowledged"
    assert len(desk.broker.orders()) == 1


def test_a_revoked_key_is_told_apart(desk: Desk, client: agent.Backend, backend: FakeBackend) -> None:
    given = run_one(desk, client, backend)
    backend.key = "another"
    with pytest.raises(agent.KeyRefused):
        agent.Reporter(client, desk.journal).deliver()
    assert desk.stage_of(given) == "done"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, content=b"[]"),
        httpx.Response(200, json={"job": {"id": "x"}, "jobs_waiting": 0}),
    ],
)
def test_an_answer_nobody_can_read_is_asked_for_again(tmp_path: Path, answer: httpx.Response) -> None:
    with pytest.raises(agent.BackendUnavailable):
        agent.Backend(config(tmp_path), httpx.MockTransport(lambda _: answer)).claim()


def test_a_connection_that_breaks_is_asked_for_again(tmp_path: Path) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(agent.BackendUnavailable):
        agent.Backend(config(tmp_path), httpx.MockTransport(broken)).claim()


def test_a_heartbeat_carries_the_terminal_and_brings_the_settings(
    desk: Desk, client: agent.Backend, backend: FakeBackend
) -> None:
    backend.mode, backend.symbol_map = "reducing", {"EURUSD": "EURUSD.i"}
    backend.now = lambda: desk.clock.now() + timedelta(seconds=90)
    backend.wanted, backend.socket_url = ["EURUSD", "XAUUSD", "EURUSD"], "wss://socket.test/v1"
    status = agent.Status(desk.terminal.state(), desk.terminal.account())
    live = client.heartbeat(status, desk.clock)
    [told] = backend.heartbeats
    assert told["terminal"] == {"connected": True, "trade_allowed": True, "build": 5000}
    assert told["account"] == {
        "login": 1_000_001,
        "server": "ForexElite-Sim",
        "trade_mode": "demo",
        "currency": "USD",
    }
    assert told["version"] == agent.VERSION
    assert told["memory_mb"] > 0
    assert live == agent.Live(
        trading_mode=agent.TradingMode.REDUCING,
        symbol_map={"EURUSD": "EURUSD.i"},
        poll_seconds=0.05,
        clock_offset=timedelta(seconds=90),
        instruments=("EURUSD", "XAUUSD"),
        socket_url="wss://socket.test/v1",
    )


def test_every_answer_but_a_claims_is_heard_for_jobs_that_wait(
    desk: Desk, backend: FakeBackend, tmp_path: Path
) -> None:
    heard: list[int] = []
    client = agent.Backend(config(tmp_path), httpx.MockTransport(backend.respond), heard.append)
    run_one(desk, client, backend)
    assert heard == []
    backend.enqueue(trade("buy"))
    backend.enqueue(trade("buy"))
    agent.Reporter(client, desk.journal).deliver()
    client.heartbeat(agent.Status(desk.terminal.state(), desk.terminal.account()), desk.clock)
    client.prices({}, [])
    client.account({"deals": []})
    backend.tied = False
    with pytest.raises(agent.Problem):
        client.account({"deals": []})
    assert heard == [2] * 5
    client.close()


def test_a_trading_mode_nobody_knows_is_not_taken_for_active(
    desk: Desk, client: agent.Backend, backend: FakeBackend
) -> None:
    backend.mode = "yolo"
    status = agent.Status(desk.terminal.state(), desk.terminal.account())
    with pytest.raises(agent.BackendUnavailable, match="trading_mode"):
        client.heartbeat(status, desk.clock)


def test_the_key_is_in_no_repr_and_no_log(
    desk: Desk, client: agent.Backend, backend: FakeBackend, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    run_one(desk, client, backend)
    agent.Reporter(client, desk.journal).deliver()
    backend.key = "another"
    with pytest.raises(agent.KeyRefused) as raised:
        client.claim()
    shown = f"{config(tmp_path)!r} {config(tmp_path).agent_key} {caplog.text} {raised.value!r} {raised.getrepr()}"
    assert KEY not in shown
    assert "***" in shown


def test_results_carry_decimals_as_json_numbers(desk: Desk, client: agent.Backend, backend: FakeBackend) -> None:
    given = run_one(desk, client, backend)
    agent.Reporter(client, desk.journal).deliver()
    result = backend.jobs[given["id"]].result
    assert result is not None
    assert isinstance(result["output"]["fill_price"], Decimal)
