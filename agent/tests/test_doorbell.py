"""The socket: what it wakes, what it survives, and that nothing depends on it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from websockets.datastructures import Headers
from websockets.http11 import Response

import forexelite_agent as agent
from support import AGENT_ID, KEY, Bell, FakeBackend, FrozenClock, config, eventually, hang_bell, running, trade


@pytest.fixture
def bell() -> Iterator[Bell]:
    with hang_bell() as bell:
        yield bell


@pytest.fixture
def backend(bell: Bell) -> FakeBackend:
    """A backend that says nothing of its jobs but by the doorbell."""
    return FakeBackend(socket_url=bell.url, tells=False, poll_seconds=Decimal(3600))


def wait_until_idle(backend: FakeBackend) -> None:
    """Both heartbeats, at the start and for the doorbell, and the claim they led to."""
    backend.until(lambda: len(backend.heartbeats) == 2 and backend.claims >= 1)


# In the whole agent


def test_it_rings_and_the_job_is_claimed(tmp_path: Path, bell: Bell, backend: FakeBackend) -> None:
    with running(tmp_path, backend):
        bell.until_connected()
        wait_until_idle(backend)
        job_id = backend.enqueue(trade("buy"))
        bell.ring({"type": "jobs_waiting"})
        backend.until(lambda: backend.jobs[job_id].acknowledgements > 0)
    [request] = bell.requests
    assert request.path == "/v1"
    assert (request.headers["X-Agent-Id"], request.headers["X-Agent-Key"]) == (str(AGENT_ID), KEY)


def test_it_says_what_is_wanted(tmp_path: Path, bell: Bell, backend: FakeBackend) -> None:
    with running(tmp_path, backend):
        bell.until_connected()
        wait_until_idle(backend)
        assert backend.pushes == []
        with backend.changed:
            backend.wanted = ["XAUUSD"]
        bell.ring({"type": "instruments", "instruments": ["XAUUSD"]})
        backend.until(lambda: any("XAUUSD" in push["ticks"] for push in backend.pushes))


def test_after_the_line_broke_it_connects_again_and_asks_what_was_rung_meanwhile(
    tmp_path: Path, bell: Bell, backend: FakeBackend
) -> None:
    with running(tmp_path, backend):
        bell.until_connected()
        wait_until_idle(backend)
        with backend.changed:
            backend.wanted, backend.tells = ["XAUUSD"], True
        job_id = backend.enqueue(trade("buy"))
        bell.cut()
        bell.until_connected(2)
        backend.until(lambda: backend.jobs[job_id].acknowledgements > 0 and len(backend.pushes) > 0)


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "not json",
        "null",
        "[]",
        "7",
        b"\x00\xff\xfe",
        "[" * 20_000,
        "{}",
        '{"type":7}',
        '{"type":"weather","report":{}}',
        '{"type":"instruments"}',
        '{"type":"instruments","instruments":"EURUSD"}',
        '{"type":"instruments","instruments":[7]}',
        '{"message":"Internal server error","connectionId":"x","requestId":"y"}',
    ],
)
def test_it_survives_what_it_cannot_read(
    tmp_path: Path, bell: Bell, backend: FakeBackend, garbage: str | bytes
) -> None:
    with running(tmp_path, backend):
        bell.until_connected()
        wait_until_idle(backend)
        job_id = backend.enqueue(trade("buy"))
        bell.ring(garbage)
        bell.ring({"type": "jobs_waiting"})
        backend.until(lambda: backend.jobs[job_id].acknowledgements > 0)
    assert len(bell.connections) == 1


def test_it_can_be_switched_off(tmp_path: Path, bell: Bell, backend: FakeBackend) -> None:
    with running(tmp_path, backend, doorbell=False, heartbeat_seconds=0.05):
        backend.until(lambda: len(backend.heartbeats) >= 3)
    assert bell.requests == []


def test_it_follows_the_backend_to_another_socket_and_ends_when_there_is_none(
    tmp_path: Path, bell: Bell, backend: FakeBackend
) -> None:
    with hang_bell() as other, running(tmp_path, backend, heartbeat_seconds=0.05):
        bell.until_connected()
        backend.socket_url = other.url
        other.until_connected()
        eventually(lambda: bell.connections[0].close_code is not None, "the first socket is closed")
        backend.socket_url = None
        eventually(lambda: other.connections[0].close_code is not None, "the second socket is closed")
        beats = len(backend.heartbeats)
        backend.until(lambda: len(backend.heartbeats) >= beats + 3)
        assert (len(bell.connections), len(other.connections)) == (1, 1)


@pytest.mark.parametrize("url", ["ws://socket.test/v1", "https://socket.test", "wss://", "wss://[", "wss://a:b", "x"])
def test_an_address_the_key_may_not_go_to_is_no_doorbell_and_no_trouble(
    tmp_path: Path, backend: FakeBackend, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    backend.socket_url, backend.tells = url, True
    with running(tmp_path, backend, heartbeat_seconds=0.05):
        job_id = backend.enqueue(trade("buy"))
        backend.until(lambda: backend.jobs[job_id].acknowledgements > 0)
        eventually(lambda: f"no doorbell: {url}" in caplog.text, "the log says so")
        beats = len(backend.heartbeats)
        backend.until(lambda: len(backend.heartbeats) >= beats + 3)
    assert caplog.text.count("no doorbell") == 1


def test_a_key_the_socket_refuses_does_not_stop_the_agent(tmp_path: Path, bell: Bell, backend: FakeBackend) -> None:
    bell.refuses_with = Response(401, "Unauthorized", Headers())
    backend.tells = True
    with running(tmp_path, backend, heartbeat_seconds=0.05):
        bell.until(lambda: len(bell.requests) == 1)
        job_id = backend.enqueue(trade("buy"))
        backend.until(lambda: backend.jobs[job_id].acknowledgements > 0)
    assert len(bell.requests) == 1


def test_the_key_is_in_no_log(
    tmp_path: Path,
    bell: Bell,
    backend: FakeBackend,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    # Of the server, which is in this process too, it is not asked.
    monkeypatch.setattr(logging.getLogger("websockets.server"), "disabled", True)
    with running(tmp_path, backend):
        bell.until_connected()
        bell.cut()
        bell.until_connected(2)
    assert KEY not in caplog.text


# One connection, with time standing still


@dataclass
class Listener:
    """A doorbell that listens once, in a thread of its own."""

    bell: Bell
    clock: FrozenClock = field(default_factory=FrozenClock)
    heard: list[agent.Fields] = field(default_factory=list)
    opened: int = 0
    pauses: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.url: str | None = self.bell.url
        self.doorbell = agent.Doorbell(
            config(Path()), self.clock, lambda: self.url, self.count_opening, self.heard.append
        )

    def count_opening(self) -> None:
        self.opened += 1

    def listen(self) -> float:
        return self.doorbell.listen(self.bell.url)

    @contextmanager
    def listening(self) -> Iterator[None]:
        connections = len(self.bell.connections)
        thread = threading.Thread(target=lambda: self.pauses.append(self.listen()))
        thread.start()
        self.bell.until_connected(connections + 1)
        eventually(lambda: self.opened > 0, "the agent knows that it is connected")
        try:
            yield
        finally:
            self.url = None
            thread.join(20)
        assert not thread.is_alive()

    def ended(self) -> float:
        eventually(lambda: len(self.pauses) == 1, "the connection ended")
        return self.pauses[0]


@pytest.fixture
def listener(bell: Bell, monkeypatch: pytest.MonkeyPatch) -> Listener:
    monkeypatch.setattr(agent.Doorbell, "GLANCE", 0.01)
    return Listener(bell)


def test_it_pings_every_four_minutes(listener: Listener, bell: Bell) -> None:
    with listener.listening():
        for number in (1, 2, 3):
            listener.clock.sleep(240)
            bell.until(lambda number=number: len(bell.messages) == number)  # type: ignore[misc]
            # The pong is there before the clock goes on.
            eventually(lambda number=number: len(listener.heard) == number, "the pong")  # type: ignore[misc]
        assert listener.pauses == []
    assert bell.messages == [{"action": "ping"}] * 3


def test_a_ping_without_an_answer_ends_the_connection_after_20_seconds(listener: Listener, bell: Bell) -> None:
    bell.answers_pings = False
    with listener.listening():
        listener.clock.sleep(240)
        bell.until(lambda: len(bell.messages) == 1)
        bell.ring({"type": "jobs_waiting"})
        eventually(lambda: len(listener.heard) == 1, "another message, which is no answer")
        assert listener.pauses == []
        listener.clock.sleep(20)
        assert listener.ended() > 0


def test_closed_by_the_server_after_two_hours_it_returns_at_once_and_quietly(
    listener: Listener, bell: Bell, caplog: pytest.LogCaptureFixture
) -> None:
    with listener.listening():
        listener.clock.at += timedelta(seconds=100)
        bell.connections[0].close(1001, "Going away")
        assert listener.ended() == 0
    assert caplog.text == ""


def test_closed_by_the_server_at_once_it_waits_before_it_returns(listener: Listener, bell: Bell) -> None:
    with listener.listening():
        bell.connections[0].close(1001, "Going away")
        assert 0.5 <= listener.ended() <= 1


def test_a_line_that_broke_is_waited_for_although_it_was_good(listener: Listener, bell: Bell) -> None:
    with listener.listening():
        listener.clock.at += timedelta(seconds=100)
        bell.cut()
        assert 0.5 <= listener.ended() <= 1


def test_pauses_grow_to_thirty_seconds_while_nobody_answers(
    bell: Bell, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    bell.refuses_with = Response(500, "Internal Server Error", Headers())
    pauses = [listener.listen() for _ in range(7)]
    for pause, ceiling in zip(pauses, (1, 2, 4, 8, 16, 30, 30), strict=True):
        assert ceiling / 2 <= pause <= ceiling
    assert caplog.text.count("listening to the doorbell interrupted") == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_tried_again_slowly(bell: Bell, listener: Listener, status: int) -> None:
    bell.refuses_with = Response(status, "No", Headers())
    assert listener.listen() == 300


def test_the_key_does_not_follow_a_redirect(bell: Bell, listener: Listener) -> None:
    with hang_bell() as other:
        bell.refuses_with = Response(302, "Found", Headers({"Location": other.url}))
        assert listener.listen() > 0
        assert other.requests == []


def test_nobody_there_is_trouble_like_any_other(bell: Bell, listener: Listener) -> None:
    with hang_bell() as gone:
        url = gone.url
    assert 0.5 <= listener.doorbell.listen(url) <= 1


def test_the_doorbell_is_on_unless_the_configuration_says_otherwise() -> None:
    assert config(Path()).doorbell
    assert not replace(config(Path()), doorbell=False).doorbell
