"""The whole agent with EA jobs: nothing waits for a compilation but another compilation."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

import forexelite_agent as agent
from ea_support import GOOD_SOURCE, deployment_jobs, expert, expert_fault
from ea_support import Storage as RealStorage
from support import BrokerFile, Desk, FakeBackend, FrozenClock, eventually, job, running, trade


@dataclass
class Cloud:
    """Backend and storage behind one transport."""

    backend: FakeBackend = field(default_factory=FakeBackend)
    files: dict[str, bytes] = field(default_factory=dict)
    good_seals: set[str] = field(default_factory=lambda: {"good"})
    refuses: bool = False
    sources_read: int = 0
    # Held by a test, it holds up every download.
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    def link(self, content: bytes, seal: str = "good") -> str:
        name = str(uuid4())
        self.files[name] = content
        return f"https://storage.test/{name}?token={seal}"

    def respond(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != "storage.test":
            return self.backend.respond(request)
        assert "X-Agent-Key" not in request.headers, "the storage has no business with the key"
        with self.backend.changed:
            self.sources_read += request.method == "GET"
            self.backend.changed.notify_all()
        assert self.gate.wait(20)
        status, body = self._store(request)
        return httpx.Response(status, stream=httpx.ByteStream(body))

    def _store(self, request: httpx.Request) -> tuple[int, bytes]:
        if self.refuses:
            return 503, b""
        if request.url.params["token"] not in self.good_seals:
            return 400, b'{"statusCode":"400","error":"InvalidJWT","message":"jwt expired"}'
        name = request.url.path.removeprefix("/")
        if request.method == "PUT":
            self.files[name] = request.content
            return 200, b""
        return 200, self.files[name]

    def compile_job(self, seal: str = "good") -> dict[str, Any]:
        links = {"source_url": self.link(GOOD_SOURCE.encode(), seal), "upload_url": self.link(b"", seal)}
        return job("compile", {**links, "file_name": "Trend_v3.mq5"})

    def deployment_jobs(self, folder: Path) -> dict[str, dict[str, Any]]:
        made = deployment_jobs(RealStorage(), expert(folder))
        made["deploy"]["input"]["ex5_url"] = self.link(expert(folder))
        return made

    def until_reported(self, *job_ids: str) -> None:
        self.backend.until(lambda: all(self.backend.jobs[job_id].acknowledgements > 0 for job_id in job_ids))

    def result(self, job_id: str) -> dict[str, Any]:
        result = self.backend.jobs[job_id].result
        assert result is not None
        return result


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def broker(tmp_path: Path) -> BrokerFile:
    """Made before the agent is, so that faults can be set."""
    desk = Desk(tmp_path)
    desk.close()
    expert_fault(desk, "attach_ms", 0)
    desk.broker.rows("delete from expert_faults")
    return desk.broker


def fault(broker: BrokerFile, kind: str, value: int = 0) -> None:
    broker.rows("insert into expert_faults (kind, value) values (?, ?)", kind, value)


def taken(broker: BrokerFile, kind: str) -> Callable[[], bool]:
    return lambda: bool(broker.rows("select 1 from expert_faults where kind = ? and taken_at is not null", kind))


def stage(folder: Path, job_id: str) -> str | None:
    rows = BrokerFile(folder / "journal.db").rows("select stage from jobs where job_id = ?", job_id)
    return rows[0]["stage"] if rows else None


HOUR_MS = 3_600_000


def test_a_trade_is_executed_while_a_compilation_hangs(tmp_path: Path, cloud: Cloud, broker: BrokerFile) -> None:
    fault(broker, "compile_ms", HOUR_MS)
    with running(tmp_path, cloud.backend, network=cloud.respond):
        compiling = cloud.backend.enqueue(cloud.compile_job())
        eventually(taken(broker, "compile_ms"), "it compiles")
        behind = [cloud.backend.enqueue(cloud.compile_job()) for _ in range(3)]
        trading = cloud.backend.enqueue(trade("buy"))
        cloud.until_reported(trading)
        assert [stage(tmp_path, job_id) for job_id in (compiling, *behind)] == ["claimed"] * 4
    assert len(broker.orders()) == 1


def test_a_trade_is_executed_while_a_download_hangs(tmp_path: Path, cloud: Cloud, broker: BrokerFile) -> None:
    cloud.gate.clear()
    with running(tmp_path, cloud.backend, network=cloud.respond):
        compiling = cloud.backend.enqueue(cloud.compile_job())
        cloud.backend.until(lambda: cloud.sources_read == 1)
        trading = cloud.backend.enqueue(trade("buy"))
        cloud.until_reported(trading)
        cloud.gate.set()
        cloud.until_reported(compiling)
    assert cloud.result(compiling)["status"] == "completed"


def test_an_expert_is_stopped_while_a_compilation_hangs(tmp_path: Path, cloud: Cloud, broker: BrokerFile) -> None:
    jobs = cloud.deployment_jobs(tmp_path)
    with running(tmp_path, cloud.backend, network=cloud.respond):
        cloud.until_reported(cloud.backend.enqueue(jobs["deploy"]))
        fault(broker, "compile_ms", HOUR_MS)
        cloud.backend.enqueue(cloud.compile_job())
        eventually(taken(broker, "compile_ms"), "it compiles")
        assert len(broker.rows("select 1 from charts")) == 1
        cloud.until_reported(cloud.backend.enqueue(jobs["stop"]))
    assert broker.rows("select 1 from charts") == []


def test_chart_jobs_are_done_in_the_order_they_were_claimed(tmp_path: Path, cloud: Cloud, broker: BrokerFile) -> None:
    jobs = cloud.deployment_jobs(tmp_path)
    fault(broker, "attach_ms", 300)
    order = ["deploy", "stop", "run"]
    enqueued = [cloud.backend.enqueue(jobs[name]) for name in order]
    with running(tmp_path, cloud.backend, network=cloud.respond):
        cloud.until_reported(*enqueued)
    assert cloud.result(enqueued[1])["output"]["detached"] is True
    assert len(broker.rows("select 1 from charts")) == 1


def test_a_stop_leaves_the_compilation_for_the_next_start(tmp_path: Path, cloud: Cloud, broker: BrokerFile) -> None:
    fault(broker, "compile_ms", HOUR_MS)
    compiling = cloud.backend.enqueue(cloud.compile_job())
    with running(tmp_path, cloud.backend, network=cloud.respond):
        eventually(taken(broker, "compile_ms"), "it compiles")
    assert stage(tmp_path, compiling) == "claimed"
    with running(tmp_path, cloud.backend, network=cloud.respond):
        cloud.until_reported(compiling)
    assert cloud.result(compiling)["status"] == "completed"


def test_a_job_whose_lease_ran_out_while_it_waited_is_done_once_with_its_fresh_links(
    tmp_path: Path, cloud: Cloud, broker: BrokerFile
) -> None:
    cloud.gate.clear()
    with running(tmp_path, cloud.backend, network=cloud.respond):
        first = cloud.backend.enqueue(cloud.compile_job())
        cloud.backend.until(lambda: cloud.sources_read == 1)
        waiting = cloud.compile_job(seal="old")
        job_id = cloud.backend.enqueue(waiting)
        cloud.backend.until(lambda: cloud.backend.jobs[job_id].attempt == 1)
        cloud.backend.jobs[job_id].job = {**cloud.compile_job(), "id": job_id}
        cloud.backend.expire_leases()
        cloud.backend.until(lambda: cloud.backend.jobs[job_id].attempt == 2)
        eventually(lambda: attempt(tmp_path, job_id) == 2, "the new delivery is in the journal")
        cloud.gate.set()
        cloud.until_reported(first, job_id)
    assert [cloud.result(one)["status"] for one in (first, job_id)] == ["completed"] * 2
    assert cloud.sources_read == 2, "each was done once"


def attempt(folder: Path, job_id: str) -> int:
    return int(
        BrokerFile(folder / "journal.db").rows("select attempt from jobs where job_id = ?", job_id)[0]["attempt"]
    )


def test_a_job_in_hand_whose_link_runs_out_goes_on_with_the_links_delivered_meanwhile(
    tmp_path: Path, cloud: Cloud, broker: BrokerFile
) -> None:
    cloud.gate.clear()
    with running(tmp_path, cloud.backend, network=cloud.respond):
        job_id = cloud.backend.enqueue(cloud.compile_job(seal="old"))
        cloud.backend.until(lambda: cloud.sources_read == 1)
        cloud.backend.jobs[job_id].job = {**cloud.compile_job(), "id": job_id}
        cloud.backend.expire_leases()
        cloud.backend.until(lambda: cloud.backend.jobs[job_id].attempt == 2)
        eventually(lambda: attempt(tmp_path, job_id) == 2, "the new delivery is in the journal")
        cloud.gate.set()
        cloud.until_reported(job_id)
    assert cloud.result(job_id)["status"] == "completed"


def test_a_link_that_is_refused_within_its_lease_fails_the_job(tmp_path: Path, cloud: Cloud) -> None:
    with running(tmp_path, cloud.backend, network=cloud.respond):
        job_id = cloud.backend.enqueue(cloud.compile_job(seal="forged"))
        cloud.until_reported(job_id)
    result = cloud.result(job_id)
    assert (result["status"], result["reason_code"]) == ("failed", "download_refused")


def test_after_a_restart_old_links_wait_for_the_job_to_be_delivered_again(
    tmp_path: Path, cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.refuses = True
    job_id = cloud.backend.enqueue(cloud.compile_job())
    with running(tmp_path, cloud.backend, network=cloud.respond):
        cloud.backend.until(lambda: cloud.sources_read >= 1)
    assert stage(tmp_path, job_id) == "claimed"
    cloud.refuses, cloud.good_seals = False, {"fresh"}
    tries = cloud.sources_read
    with running(tmp_path, cloud.backend, network=cloud.respond):
        cloud.backend.until(lambda: cloud.sources_read == tries + 1)
        eventually(lambda: "waits until it is delivered" in caplog.text, "it waits")
        assert stage(tmp_path, job_id) == "claimed"
        cloud.backend.jobs[job_id].job = {**cloud.compile_job(seal="fresh"), "id": job_id}
        cloud.backend.expire_leases()
        cloud.until_reported(job_id)
    assert cloud.result(job_id)["status"] == "completed"


def test_an_error_of_the_host_ends_one_job_and_not_the_agent(
    tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent.Mql5Checker, "_check_words", lambda _: 1 / 0)
    with running(tmp_path, cloud.backend, network=cloud.respond):
        broken, sound = cloud.backend.enqueue(cloud.compile_job()), cloud.backend.enqueue(trade("buy"))
        cloud.until_reported(broken, sound)
    assert cloud.result(broken)["reason_code"] == "internal_error"


def test_a_broken_broker_file_ends_the_agent_and_not_one_of_its_lanes(
    tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise sqlite3.DatabaseError("file is not a database")

    monkeypatch.setattr(agent.SimExperts, "compile", broken)
    job_id = cloud.backend.enqueue(cloud.compile_job())
    with running(tmp_path, cloud.backend, network=cloud.respond, ends=agent.Exit.CRASHED) as whole:
        eventually(whole._stop.is_set, "it stops by itself")
    assert stage(tmp_path, job_id) == "claimed"


def test_an_agent_without_experts_says_so(tmp_path: Path, cloud: Cloud) -> None:
    desk = Desk(tmp_path)
    result = desk.run(cloud.compile_job())
    desk.close()
    assert result["reason_code"] == "unsupported_job_type"


# A lane by itself


def jobs(count: int) -> list[agent.Job]:
    return [agent.Job(uuid4(), "compile", {}, None, 1, {}) for _ in range(count)]


def test_a_lane_gives_its_jobs_in_order_and_each_once_however_often_it_is_delivered() -> None:
    lane, stop = agent.Lane(300, FrozenClock()), threading.Event()
    first, second = jobs(2)
    for delivered in (first, second, first, second):
        lane.offer(delivered, delivered_now=True)
    lane.close()
    seen: list[object] = []
    while (job_id := lane.first(stop)) is not None:
        lane.offer(first, delivered_now=True) if not seen else None
        seen.append(job_id)
        lane.done(job_id)
    assert seen == [first.id, second.id]


def test_a_stopped_lane_gives_nothing_more() -> None:
    lane, stop = agent.Lane(300, FrozenClock()), threading.Event()
    lane.offer(jobs(1)[0], delivered_now=True)
    stop.set()
    assert lane.first(stop) is None


def test_a_lease_has_run_out_after_its_time_or_when_it_is_from_an_earlier_run() -> None:
    clock = FrozenClock()
    lane = agent.Lane(300, clock)
    [one] = jobs(1)
    lane.offer(one, delivered_now=False)
    assert lane.lapsed(one.id)
    lane.offer(one, delivered_now=True)
    clock.sleep(299)
    assert not lane.lapsed(one.id)
    clock.sleep(1)
    assert lane.lapsed(one.id)
