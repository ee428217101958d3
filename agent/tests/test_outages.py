"""Bad networks: an hour of them for the whole agent, and each kind of fault on a real wire.

The hour is simulated: the agent's threads wait on events whose time is a clock that moves on only when all of them
wait. So every beat, pause and back-off is the agent's own, and the hour takes as long as its work does.
"""

from __future__ import annotations

import gc
import heapq
import logging
import random
import socket
import struct
import sys
import threading
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

import forexelite_agent as agent
from support import START, BrokerFile, Desk, Enqueued, FakeBackend, FrozenClock, config, trade


class Time:
    """A clock for threads: it moves to the next deadline when all threads that were started under it wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seconds = 0.0
        self._busy = 1
        self._deadlines: list[tuple[float, int, Waiting]] = []
        self._number = count()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.wait(Event(self), seconds)

    def started(self) -> None:
        with self._lock:
            self._busy += 1

    def ended(self) -> None:
        with self._lock:
            self._busy -= 1
            self._move_on()

    def wait(self, event: Event, seconds: float | None) -> bool:
        with self._lock:
            if event.happened:
                return True
            waiting = Waiting()
            event.waiting.append(waiting)
            if seconds is not None:
                heapq.heappush(self._deadlines, (self.seconds + max(seconds, 0), next(self._number), waiting))
            self._busy -= 1
            self._move_on()
        assert waiting.gate.acquire(timeout=300), "the agent's threads wait for each other"
        with self._lock:
            event.waiting.remove(waiting)
            return event.happened

    def happen(self, event: Event) -> None:
        with self._lock:
            event.happened = True
            for waiting in event.waiting:
                self._wake(waiting)

    def _wake(self, waiting: Waiting) -> None:
        # Counted as busy by whoever wakes it: time must not move on before it runs.
        if not waiting.over:
            waiting.over = True
            self._busy += 1
            waiting.gate.release()

    def _move_on(self) -> None:
        while self._busy == 0 and self._deadlines:
            at, _, waiting = heapq.heappop(self._deadlines)
            if not waiting.over:
                self.seconds = at
                self._wake(waiting)


class Waiting:
    """One thread's wait for one event."""

    def __init__(self) -> None:
        self.over = False
        self.gate = threading.Lock()
        self.gate.acquire()


class Event:
    """threading.Event as far as the agent uses it."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self.happened = False
        self.waiting: list[Waiting] = []

    def is_set(self) -> bool:
        return self.happened

    def set(self) -> None:
        self._time.happen(self)

    def clear(self) -> None:
        self.happened = False

    def wait(self, timeout: float | None = None) -> bool:
        return self._time.wait(self, timeout)


def threads_of(time: Time) -> Any:
    """The threading module as the agent sees it under this clock."""

    class Thread(threading.Thread):
        def start(self) -> None:
            time.started()
            super().start()

        def run(self) -> None:
            try:
                super().run()
            finally:
                time.ended()

        def join(self, timeout: float | None = None) -> None:
            time.ended()
            super().join(timeout)
            time.started()

    return SimpleNamespace(**{**vars(threading), "Thread": Thread, "Event": lambda: Event(time)})


FAULTS = ("refused", "reset", "slow", "5xx", "half", "garbage", "answer lost")
HOUR = 3600


class Network:
    """Healthy for a minute or two, then broken in one way for a while, and so on for an hour."""

    def __init__(self, time: Time, backend: FakeBackend, rng: random.Random) -> None:
        self.time = time
        self.backend = backend
        self.periods: list[tuple[int, int, str]] = []
        at = 60
        kinds = [*FAULTS * 4]
        rng.shuffle(kinds)
        for kind in kinds:
            length = rng.randint(5, 70)
            self.periods.append((at, at + length, kind))
            at += length + rng.randint(45, 90)
        self.faults: Counter[str] = Counter()
        self.pushes = 0
        self.pushes_before = 0
        # When the first price came through after an outage, by its end.
        self.recovered: dict[int, float] = {}

    def fault(self) -> str | None:
        return next((kind for begin, end, kind in self.periods if begin <= self.time.seconds < end), None)

    def respond(self, request: httpx.Request) -> httpx.Response:
        kind = self.fault()
        if kind is not None:
            self.faults[kind] += 1
        match kind:
            case "refused":
                raise httpx.ConnectError("refused", request=request)
            case "reset":
                raise httpx.ReadError("reset", request=request)
            case "slow":
                self.time.sleep(10)
                raise httpx.ReadTimeout("slow", request=request)
            case "5xx":
                return httpx.Response(503, text="<html>Bad gateway</html>")
            case "half":
                raise httpx.RemoteProtocolError("peer closed connection", request=request)
            case "garbage":
                return httpx.Response(200, content=b'\x00\xff{"config": [')
        response = self.backend.respond(request)
        if kind == "answer lost":
            raise httpx.ReadTimeout("the answer was lost", request=request)
        if request.url.path.endswith("/prices"):
            self.pushed()
        # What it was told is not collected: the memory that is measured is the agent's.
        for heap in (self.backend.pushes, self.backend.accounts, self.backend.heartbeats):
            heap.clear()
        return response

    def pushed(self) -> None:
        now = self.time.seconds
        self.pushes += 1
        self.pushes_before += now < self.periods[0][0]
        last = max((end for _, end, _ in self.periods if end <= now), default=None)
        if last is not None:
            self.recovered.setdefault(last, now)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(agent, "threading", threads_of(time))
    return time


def test_an_hour_of_a_bad_network_costs_nothing_but_time(
    tmp_path: Path, time: Time, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    began = perf_counter()
    caplog.set_level(logging.CRITICAL, "forexelite.agent")
    desk = Desk(tmp_path)
    desk.broker.pin("EURUSD", "1.10000")
    desk.close()
    backend = FakeBackend(wanted=["EURUSD"], now=time.now, poll_seconds=Decimal(30))
    network = Network(time, backend, random.Random(6))
    given = replace(config(tmp_path), doorbell=False)
    whole = agent.Agent(
        given,
        lambda: agent.SimTerminal(given.sim_state_file, time),
        time,
        transport=httpx.MockTransport(network.respond),
    )
    broker, journal = BrokerFile(given.sim_state_file), BrokerFile(tmp_path / "journal.db")
    sizes: dict[int, int] = {}
    wrong: list[str] = []
    signals: Counter[str] = Counter()

    def judge(since: float) -> None:
        """What must have been reported by now, and is forgotten here then."""
        for job_id, enqueued in [*backend.jobs.items()]:
            if begun[job_id] <= since:
                signals[enqueued.job["input"]["side"]] += 1
                wrong.extend(complaints(enqueued, broker, journal))
                del backend.jobs[job_id], begun[job_id]

    begun: dict[str, float] = {}

    def drive() -> None:
        """A signal every half a minute, whatever the network is like. In the second half hour a look at the memory
        every five minutes: being watched makes everything slow."""
        for second in range(0, HOUR, 30):
            begun[backend.enqueue(trade("buy" if second % 60 else "close"))] = second
            time.sleep(30)
            # The backend's sweep: a job whose delivery got lost comes back to the same agent.
            if second % 300 == 0:
                backend.expire_leases()
            judge(second - 600)
            minute = (second + 30) // 60
            if minute == 30 and not tracemalloc.is_tracing():
                tracemalloc.start()
            elif minute > 30 and second % 300 == 270:
                gc.collect()
                sizes[minute] = tracemalloc.get_traced_memory()[0]
        backend.expire_leases()
        time.sleep(300)
        judge(HOUR)
        whole.stop()

    driver = threads_of(time).Thread(target=drive)
    try:
        driver.start()
        assert whole.run() is agent.Exit.STOPPED
        driver.join()
    finally:
        tracemalloc.stop()
    with capsys.disabled():
        sys.stdout.write(
            f"\nan hour with {network.faults.total()} failed calls in {len(network.periods)} outages: "
            f"{network.pushes} price pushes, {signals.total()} signals, memory "
            f"{ {minute: f'{size // 1024} KiB' for minute, size in sizes.items()} }; {perf_counter() - began:.0f} s\n"
        )
    assert set(network.faults) == set(FAULTS)
    assert wrong == []
    assert signals == {"buy": HOUR // 60, "close": HOUR // 60}
    # Prices are back after each outage, at the latest when a hanging call and the longest pause are over; and they came
    # each second while nothing was broken.
    assert set(network.recovered) == {end for _, end, _ in network.periods}
    assert max(at - end for end, at in network.recovered.items()) <= 41
    assert network.pushes_before >= network.periods[0][0] - 2
    assert max(sizes.values()) - sizes[35] < 150_000, f"memory grows: {sizes}"


def complaints(enqueued: Enqueued, broker: BrokerFile, journal: BrokerFile) -> Iterator[str]:
    """A report whose answer got lost is sent again and says the same: the backend would have refused another one."""
    given, result = enqueued.job, enqueued.result
    [row] = journal.rows("select stage, refusal from jobs where job_id = ?", given["id"]) or [{"stage": "never seen"}]
    if result is None or result["status"] != "completed" or row["stage"] != "acknowledged":
        yield f"{given['input']['side']}: {result}, {row}"
        return
    orders = len(broker.orders(given["input"]["comment"]))
    if orders != (1 if given["input"]["side"] == "buy" else len(result["output"]["closed"])):
        yield f"{orders} orders for {result}"


# On a wire


@contextmanager
def wire(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does one thing to each connection, after it has read the request."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(10)
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            connection, _ = server.accept()
            with connection:
                connection.settimeout(10)
                if not ended.is_set():
                    connection.recv(65_536)
                    answer(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
    finally:
        ended.set()
        socket.create_connection(server.getsockname()).close()
        thread.join()
        server.close()


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def says(raw: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(raw)


def silent(connection: socket.socket) -> None:
    connection.recv(1)  # until the agent has had enough


def trickles(connection: socket.socket) -> None:
    """Each byte comes in time, the end never does."""
    connection.settimeout(0.05)
    try:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            connection.sendall(b"x")
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                pass  # the agent is still listening
    except ConnectionError:
        pass  # the agent has had enough


def floods(connection: socket.socket) -> None:
    try:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65_536)
    except ConnectionError:
        pass  # the agent has had enough


WIRES: dict[str, Callable[[socket.socket], None]] = {
    "closed without a word": lambda _: None,
    "reset": reset,
    "silent": silent,
    "trickles": trickles,
    "floods": floods,
    "half a head": says(b"HTTP/1.1 200 O"),
    "half a body": says(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"config":'),
    "garbage": says(b"\x16\x03\x01\x00\xff\x00 not HTTP at all\r\n\r\n"),
    "not JSON": says(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"),
    "bad gzip": says(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\nnogzip"),
    "502": says(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
}


@pytest.mark.parametrize("fault", WIRES)
def test_whatever_the_wire_does_the_call_ends_soon_and_is_tried_again(tmp_path: Path, fault: str) -> None:
    with wire(WIRES[fault]) as url:
        backend = agent.Backend(replace(config(tmp_path), url=url, request_timeout_seconds=0.3))
        began = perf_counter()
        for call in (lambda: backend.heartbeat(None, FrozenClock()), backend.claim):
            with pytest.raises(agent.BackendUnavailable):
                call()
        assert perf_counter() - began < 8
        backend.close()


def test_a_port_where_nobody_listens_is_tried_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    backend = agent.Backend(replace(config(tmp_path), url=url))
    with pytest.raises(agent.BackendUnavailable):
        backend.claim()
    backend.close()
