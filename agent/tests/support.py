"""The parties around the agent's rules: a clock that only moves when told, the broker's file as another process sees
it, a backend that speaks the API from memory, and its socket."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import sqlite3
import tempfile
import threading
import time
from base64 import b32encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection
from websockets.sync.server import serve as serve_socket

import forexelite_agent as agent

AGENT_ID = UUID("0b5c7f0a-5b1e-4c43-9f0e-3a1d0f6f2a11")
KEY = "fxa_abcdefgh_SUPERSECRETSUPERSECRETSUPERSECRETSUPERSECRET"
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
MAGIC = 770001


class FrozenClock:
    def __init__(self) -> None:
        self.at = START
        self.on_sleep: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - START).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.on_sleep()


class BrokerFile:
    """What a tester in another process does with the broker's state file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        db = sqlite3.connect(self.path, timeout=30)
        db.row_factory = sqlite3.Row
        try:
            with db:
                return [dict(row) for row in db.execute(sql, values)]
        finally:
            db.close()

    def fault(self, kind: str, value: int | None = None, *, executed: bool = False, standing: bool = False) -> None:
        self.rows(
            "insert into faults (kind, value, executed, standing) values (?, ?, ?, ?)", kind, value, executed, standing
        )

    def heal(self) -> None:
        self.rows("delete from faults")

    def pin(self, symbol: str, bid: str) -> None:
        self.rows("update symbols set pinned_bid = ? where name = ?", bid, symbol)

    def set(self, symbol: str, column: str, value: object) -> None:
        self.rows(f"update symbols set {column} = ? where name = ?", value, symbol)  # noqa: S608 - column from the test

    def orders(self, tag: str = "") -> list[dict[str, Any]]:
        return self.rows("select * from orders where substr(comment, 1, length(?1)) = ?1 order by ticket", tag)

    def positions(self) -> list[dict[str, Any]]:
        return self.rows("select * from positions order by ticket")

    def deals(self) -> list[dict[str, Any]]:
        return self.rows("select * from deals order by ticket")


def tag_of(job_id: str) -> str:
    return "FE" + b32encode(UUID(job_id).bytes[:12]).decode().rstrip("=")


def job(job_type: str, given: Mapping[str, object], *, job_id: str | None = None) -> dict[str, Any]:
    job_id = job_id or str(uuid4())
    return {
        "id": job_id,
        "job_type": job_type,
        "entity_type": "signal",
        "entity_id": str(uuid4()),
        "input": dict(given),
        "attempt": 1,
    }


def trade(side: str, *, not_after: datetime | None = None, **given: Any) -> dict[str, Any]:
    job_id = str(uuid4())
    defaults = {"symbol": "EURUSD", "magic_number": MAGIC, "deviation_points": 20, "comment": tag_of(job_id)}
    if side != "close" and "risk_pct" not in given:
        defaults["volume"] = Decimal("0.10")
    made = job("trade", {"side": side, **defaults, **given}, job_id=job_id)
    return made if not_after is None else {**made, "not_after": agent.format_time(not_after)}


@dataclass
class Enqueued:
    job: dict[str, Any]
    status: str = "pending"
    attempt: int = 0
    result: dict[str, Any] | None = None
    acknowledgements: int = 0


@dataclass
class FakeBackend:
    """The machine endpoints of design/api.md over one agent's jobs, in memory."""

    jobs: dict[str, Enqueued] = field(default_factory=dict)
    mode: str = "active"
    symbol_map: dict[str, str] = field(default_factory=dict)
    poll_seconds: Decimal = Decimal("0.05")
    key: str = KEY
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    wanted: list[str] = field(default_factory=list)
    ignored: list[dict[str, str]] = field(default_factory=list)
    socket_url: str | None = None
    tied: bool = True
    # Whether its answers say how many jobs wait; else only a claim finds out.
    tells: bool = True
    claims: int = 0
    heartbeats: list[dict[str, Any]] = field(default_factory=list)
    pushes: list[dict[str, Any]] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    # A test may answer in the backend's stead: (method, path, body) → status, or None to let it answer.
    interrupt: Callable[[str, str, Any], int | None] = lambda _method, _path, _body: None

    def enqueue(self, given: dict[str, Any]) -> str:
        with self.changed:
            self.jobs[given["id"]] = Enqueued(given)
        return str(given["id"])

    def expire_leases(self) -> None:
        for enqueued in self.jobs.values():
            if enqueued.status == "running":
                enqueued.status = "pending"

    def told(self) -> int:
        return self.waiting() if self.tells else 0

    def deals(self) -> list[int]:
        return [deal["ticket"] for report in self.accounts for deal in report["deals"]]

    def waiting(self) -> int:
        return sum(enqueued.status == "pending" for enqueued in self.jobs.values())

    def until(self, holds: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(holds, timeout=20), f"the backend never saw it; jobs: {self.jobs}"

    def handle(self, method: str, path: str, key: str, body: Any) -> tuple[int, Any]:
        with self.changed:
            try:
                return self._handle(method, path, key, body)
            finally:
                self.changed.notify_all()

    def _handle(self, method: str, path: str, key: str, body: Any) -> tuple[int, Any]:
        status = self.interrupt(method, path, body)
        if status is not None:
            return status, {"code": "interrupted"}
        if key != self.key:
            return 401, {"code": "unauthorized"}
        match method, path.removeprefix(f"/agents/{AGENT_ID}").split("/")[1:]:
            case "POST", ["heartbeat"]:
                self.heartbeats.append(body)
                config = {
                    "poll_seconds": self.poll_seconds,
                    "instruments": self.wanted,
                    "symbol_map": self.symbol_map,
                    "trading_mode": self.mode,
                    "socket_url": self.socket_url,
                }
                return 200, {
                    "server_time": agent.format_time(self.now()),
                    "config": config,
                    "jobs_waiting": self.told(),
                }
            case "POST", ["prices"]:
                self.pushes.append(body)
                accepted = len(body["ticks"]) - len(self.ignored)
                answer = {"accepted": accepted, "instruments": self.wanted, "jobs_waiting": self.told()}
                return 200, {**answer, "ignored": self.ignored} if self.ignored else answer
            case "POST", ["account"]:
                if not self.tied:
                    return 409, {"code": "no_broker_connection"}
                self.accounts.append(body)
                return 200, {"jobs_waiting": self.told()}
            case "GET", ["jobs", "next"]:
                return self._claim()
            case "POST", ["jobs", job_id, "result"]:
                return self._finish(job_id, body)
        return 404, {"code": "not_found"}

    def _claim(self) -> tuple[int, Any]:
        self.claims += 1
        for enqueued in self.jobs.values():
            if enqueued.status == "pending":
                enqueued.status = "running"
                enqueued.attempt += 1
                return 200, {"job": {**enqueued.job, "attempt": enqueued.attempt}, "jobs_waiting": self.waiting()}
        return 204, None

    def _finish(self, job_id: str, body: Any) -> tuple[int, Any]:
        enqueued = self.jobs.get(job_id)
        if enqueued is None:
            return 404, {"code": "job_not_found"}
        told = {name: value for name, value in body.items() if name != "attempt"}
        if enqueued.status == "pending" or body["attempt"] != enqueued.attempt:
            return 409, {"code": "stale_attempt"}
        if enqueued.result not in (None, told):
            return 409, {"code": "already_finished"}
        enqueued.status, enqueued.result = told["status"], told
        enqueued.acknowledgements += 1
        return 200, {"acknowledged": True, "status": told["status"]}

    def respond(self, request: httpx.Request) -> httpx.Response:
        body = agent.parse_json(request.content.decode()) if request.content else None
        status, answer = self.handle(request.method, request.url.path, request.headers.get("X-Agent-Key", ""), body)
        return httpx.Response(status, headers=self.headers(status), content=agent.to_json(answer))

    def headers(self, status: int) -> dict[str, str]:
        kind = "application/json" if status < 400 else "application/problem+json"
        return {"Content-Type": kind, "X-Jobs-Waiting": str(self.told())}


@contextmanager
def serve(backend: FakeBackend) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = agent.parse_json(content.decode()) if content else None
            status, answer = backend.handle(self.command, self.path, self.headers.get("X-Agent-Key", ""), body)
            payload = b"" if status == 204 else agent.to_json(answer).encode()
            try:
                self.send_response(status)
                for name, value in backend.headers(status).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)
            except ConnectionError:
                pass  # the test killed the agent before it could hear the answer

        do_GET = do_POST = _any  # noqa: N815 - named by http.server

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Bell:
    """The backend's socket: who connected with which headers, what came in, and a hand to ring and to cut."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.connections: list[ServerConnection] = []
        self.requests: list[Request] = []
        self.messages: list[Any] = []
        self.answers_pings = True
        self.refuses_with: Response | None = None
        self.url = ""

    def until(self, holds: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(holds, timeout=20), f"the socket never saw it; messages: {self.messages}"

    def until_connected(self, times: int = 1) -> None:
        self.until(lambda: len(self.connections) >= times)

    def ring(self, message: object) -> None:
        self.connections[-1].send(message if isinstance(message, str | bytes) else agent.to_json(message))

    def cut(self) -> None:
        """The line breaks, without the closing words."""
        self.connections[-1].close_socket()

    def judge(self, connection: ServerConnection, request: Request) -> Response | None:
        with self.changed:
            self.requests.append(request)
            self.changed.notify_all()
        return self.refuses_with

    def attend(self, connection: ServerConnection) -> None:
        with self.changed:
            self.connections.append(connection)
            self.changed.notify_all()
        try:
            for text in connection:
                message = json.loads(text)
                if message == {"action": "ping"} and self.answers_pings:
                    connection.send('{"type":"pong"}')
                with self.changed:
                    self.messages.append(message)
                    self.changed.notify_all()
        except ConnectionClosed:
            pass  # cut by the test


@contextmanager
def hang_bell() -> Iterator[Bell]:
    bell = Bell()
    with serve_socket(bell.attend, "127.0.0.1", 0, process_request=bell.judge, close_timeout=1) as server:
        bell.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/v1"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield bell
        server.shutdown()
        thread.join()


@contextmanager
def running(
    folder: Path,
    backend: FakeBackend,
    *,
    network: Callable[[httpx.Request], httpx.Response] | None = None,
    ends: agent.Exit = agent.Exit.STOPPED,
    **tunables: Any,
) -> Iterator[agent.Agent]:
    """The whole agent at a simulated terminal, in this process; it ends as it should when the test is done."""
    clock = agent.SystemClock()
    if not (folder / "broker.db").exists():
        shutil.copytree(blank_files(), folder, dirs_exist_ok=True)
    given = replace(config(folder), **tunables)
    whole = agent.Agent(
        given,
        lambda: agent.SimTerminal(given.sim_state_file, clock),
        clock,
        open_experts=lambda _, pause: agent.SimExperts(given.sim_state_file, clock, pause),
        transport=httpx.MockTransport(network or backend.respond),
    )
    ended: list[agent.Exit] = []
    thread = threading.Thread(target=lambda: ended.append(whole.run()))
    thread.start()
    try:
        yield whole
    finally:
        whole.stop()
        thread.join(20)
    assert ended == [ends]


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Another process's file has no event to wait for, so it is looked at until it says so."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.005)


def config(folder: Path) -> agent.Config:
    return agent.Config(
        url="https://backend.test",
        agent_id=AGENT_ID,
        agent_key=agent.Secret(KEY),
        state_dir=folder,
        sim_state_file=folder / "broker.db",
    )


@functools.cache
def blank_files() -> Path:
    """A new broker and a new journal, made once: making them waits for the disk, copying them does not."""
    folder = Path(tempfile.mkdtemp(prefix="forexelite-blank-"))
    atexit.register(shutil.rmtree, folder)
    agent.SimTerminal(folder / "broker.db", FrozenClock()).close()
    agent.Journal(folder / "journal.db").close()
    return folder


@dataclass
class Desk:
    """A worker at a simulated terminal, with time standing still."""

    folder: Path
    clock: FrozenClock = field(default_factory=FrozenClock)
    mode: agent.TradingMode = agent.TradingMode.ACTIVE
    symbol_map: dict[str, str] = field(default_factory=dict)
    clock_offset: timedelta = timedelta()

    def __post_init__(self) -> None:
        self.broker = BrokerFile(self.folder / "broker.db")
        shutil.copytree(blank_files(), self.folder, dirs_exist_ok=True)
        self.open()

    def open(self) -> None:
        self.terminal = agent.SimTerminal(self.broker.path, self.clock)
        self.journal = agent.Journal(self.folder / "journal.db")
        # These processes die in name only, so what was written stays written: no need to wait for the disk.
        for db in (self.terminal._db, self.journal._db):
            db.execute("pragma synchronous = off")
        self.worker = agent.Worker(
            terminal=self.terminal,
            journal=self.journal,
            live=lambda: agent.Live(self.mode, self.symbol_map, 30, self.clock_offset),
            clock=self.clock,
            pause=self.clock.sleep,
            reconcile_seconds=30,
        )

    def close(self) -> None:
        self.terminal.close()
        self.journal.close()

    def run(self, delivered: dict[str, Any]) -> dict[str, Any]:
        self.worker.run(agent.Job.read(json_round_trip(delivered)))
        return self.result_of(delivered)

    def resume(self) -> None:
        for left in self.journal.unfinished():
            self.worker.resume(left)

    def result_of(self, delivered: dict[str, Any]) -> dict[str, Any]:
        [report] = [report for report in self.journal.unreported() if str(report.job_id) == delivered["id"]]
        return dict(report.result)

    def stage_of(self, delivered: dict[str, Any]) -> str:
        [row] = BrokerFile(self.folder / "journal.db").rows("select stage from jobs where job_id = ?", delivered["id"])
        return str(row["stage"])


def json_round_trip(value: object) -> Any:
    return json.loads(agent.to_json(value), parse_float=Decimal)
