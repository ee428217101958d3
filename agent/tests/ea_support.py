"""The parties of EA jobs: a storage behind signed links, a desk that compiles and deploys, sources."""

from __future__ import annotations

import functools
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

import forexelite_agent as agent
from support import MAGIC, Desk, job

GOOD_SOURCE = """\
#property copyright "somebody"
#include <Trade\\Trade.mqh>

input double Lots = 0.10;
CTrade trade;

int OnInit()
  {
   return(INIT_SUCCEEDED);
  }

void OnTick()
  {
   if(PositionsTotal() == 0)
      trade.Buy(Lots);
  }
"""
BAD_SOURCE = GOOD_SOURCE.replace("trade.Buy(Lots);", "trade.Buy(Lots)")


@dataclass
class Storage:
    """Supabase Storage's signed links, in memory. Errors come as it sends them: 400, with the status in the body."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    # A test may answer in the storage's stead; whether it did.
    interrupt: Callable[[BaseHTTPRequestHandler], bool] = lambda _: False

    def source(self, text: str | bytes = GOOD_SOURCE) -> str:
        """A link to a new file."""
        name = f"ea/{uuid4()}.mq5"
        self.files[name] = text if isinstance(text, bytes) else text.encode()
        return f"{self.url}/object/sign/{name}?token=SECRETTOKEN"

    def room(self) -> str:
        """A link to upload to."""
        return f"{self.url}/object/upload/sign/ea/{uuid4()}.ex5?token=SECRETTOKEN"

    def uploaded(self, link: str) -> bytes | None:
        return self.files.get(name_of(link))

    def until(self, holds: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(holds, timeout=20), f"the storage never saw it: {self.requests}"

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        with self.changed:
            self.requests.append((request.command, request.path, dict(request.headers)))
            self.changed.notify_all()
        if self.interrupt(request):
            return
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        name = name_of(request.path)
        if "token=SECRETTOKEN" not in request.path:
            refuse(request, "400", "InvalidJWT", '"exp" claim timestamp check failed')
        elif request.command == "PUT":
            if name in self.files:
                refuse(request, "409", "Duplicate", "The resource already exists")
            else:
                self.files[name] = body
                answer(request, 200, b'{"Key":"ea"}')
        elif name not in self.files:
            refuse(request, "404", "not_found", "Object not found")
        else:
            answer(request, 200, self.files[name])


def name_of(link: str) -> str:
    return link.partition("?")[0].partition("/sign/")[2]


def answer(request: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    request.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(body)


def refuse(request: BaseHTTPRequestHandler, status: str, error: str, message: str) -> None:
    body = agent.to_json({"statusCode": status, "error": error, "message": message}).encode()
    answer(request, 400, body, Content_Type="application/json")


@contextmanager
def serve_storage() -> Iterator[Storage]:
    storage = Storage()

    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            with suppress(ConnectionError):  # the agent hung up
                storage.handle(self)
            self.close_connection = True

        do_GET = do_PUT = _any  # noqa: N815 - named by http.server

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    storage.url = f"http://127.0.0.1:{server.server_address[1]}/storage/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield storage
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@functools.cache
def certificates() -> ssl.SSLContext:
    """Reading them takes longer than a test."""
    return ssl.create_default_context()


@dataclass
class EaDesk(Desk):
    """A desk whose worker does EA jobs, too."""

    storage: Storage = field(default_factory=Storage)
    timeout_seconds: float = 5

    def open(self) -> None:
        super().open()
        self.experts = agent.SimExperts(self.broker.path, self.clock, self.clock.sleep)
        transport = httpx.HTTPTransport(verify=certificates())
        self.client = agent.Storage(self.timeout_seconds, self.clock, self.clock.sleep, transport)
        jobs = agent.ExpertJobs(
            lambda: self.experts,
            self.client,
            self.terminal,
            self.journal,
            lambda: agent.Live(self.mode, self.symbol_map, 30, timedelta()),
            self.worker.refuse_entries,
            self.clock,
            self.folder / "builds",
        )
        self.worker.learn(jobs.handlers)

    def close(self) -> None:
        super().close()
        self.client.close()

    def charts(self) -> list[dict[str, Any]]:
        return self.broker.rows("select * from charts order by id")

    def expert_fault(self, kind: str, value: int = 0) -> None:
        expert_fault(self, kind, value)

    def compile(self, source: str | bytes = GOOD_SOURCE, **given: Any) -> dict[str, Any]:
        return self.run(compile_job(self.storage, source, **given))

    def placed(self) -> list[str]:
        return sorted(file.name for file in (self.folder / "broker-data").rglob("*.ex5"))


def expert_fault(desk: Desk, kind: str, value: int = 0) -> None:
    for statement in agent.SimExperts.SCHEMA.split(";")[:-1]:
        desk.broker.rows(statement)
    desk.broker.rows("insert into expert_faults (kind, value) values (?, ?)", kind, value)


def compile_job(storage: Storage, source: str | bytes = GOOD_SOURCE, **given: Any) -> dict[str, Any]:
    links = {"source_url": storage.source(source), "upload_url": storage.room()}
    return job("compile", {**links, "file_name": "Trend_v3.mq5", **given})


def deployment_jobs(storage: Storage, ex5: bytes, **given: Any) -> dict[str, dict[str, Any]]:
    """A deployment's three jobs."""
    deployment_id = str(uuid4())
    common = {
        "deployment_id": deployment_id,
        "file_name": "Trend_v3.ex5",
        "symbol": "EURUSD",
        "timeframe": "H1",
        "magic_number": MAGIC,
        "inputs": {"Lots": 1, "Trail": True},
        **given,
    }
    made = {
        "deploy": job("deploy", {"ex5_url": storage.source(ex5), **common}),
        "run": job("run", common),
        "stop": job("stop", common),
    }
    return {name: {**one, "entity_type": "ea_deployment", "entity_id": deployment_id} for name, one in made.items()}


def expert(folder: Path) -> bytes:
    """A compiled expert of the simulated terminal."""
    desk = agent.SimExperts(folder / "broker.db", agent.SystemClock(), lambda _: None)
    ex5 = desk.compile(uuid4(), "Trend_v3.mq5", GOOD_SOURCE).ex5
    assert ex5 is not None
    return ex5
