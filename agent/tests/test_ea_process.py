"""The real script as a process with EA jobs: SIGKILL takes no expert off its chart, and what was in hand is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from test_process import Station

import forexelite_agent as agent
from ea_support import Storage, compile_job, deployment_jobs, expert
from support import FakeBackend, eventually, serve, trade


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    backend = FakeBackend()
    with serve(backend) as url:
        station = Station(tmp_path, backend, url)
        agent.SimExperts(station.broker.path, agent.SystemClock(), lambda _: None).attached()
        yield station
        for process in station.started:
            if process.poll() is None:
                process.kill()
            process.communicate()


def fault(station: Station, kind: str, value: int) -> None:
    station.broker.rows("insert into expert_faults (kind, value) values (?, ?)", kind, value)


def taken(station: Station) -> bool:
    return bool(station.broker.rows("select 1 from expert_faults where taken_at is not null"))


def test_killed_during_a_compilation_it_compiles_after_the_restart(station: Station, storage: Storage) -> None:
    fault(station, "compile_ms", 3_600_000)
    given = compile_job(storage)
    job_id = station.backend.enqueue(given)
    process = station.start()
    eventually(lambda: taken(station), "it compiles")
    assert station.stage(job_id) == "claimed"
    station.kill(process)
    assert station.run_until_reported(job_id)["status"] == "completed"
    assert storage.uploaded(given["input"]["upload_url"])


def test_killed_while_attaching_it_attaches_once(station: Station, storage: Storage) -> None:
    jobs = deployment_jobs(storage, expert(station.folder))
    fault(station, "attach_ms", 3_600_000)
    job_id = station.backend.enqueue(jobs["deploy"])
    process = station.start()
    eventually(lambda: taken(station), "it attaches")
    station.kill(process)
    assert station.run_until_reported(job_id)["status"] == "completed"
    [chart] = station.broker.rows("select deployment_id from charts")
    assert UUID(chart["deployment_id"]) == UUID(jobs["deploy"]["entity_id"])


def test_a_killed_agent_leaves_its_experts_on_their_charts(station: Station, storage: Storage) -> None:
    jobs = deployment_jobs(storage, expert(station.folder))
    job_id = station.backend.enqueue(jobs["deploy"])
    process = station.start()
    station.backend.until(lambda: station.backend.jobs[job_id].acknowledgements > 0)
    before = station.broker.rows("select * from charts")
    station.kill(process)
    assert station.broker.rows("select * from charts") == before
    assert station.run_until_reported(station.backend.enqueue(jobs["run"]))["status"] == "completed"
    assert station.broker.rows("select * from charts") == before
    assert station.run_until_reported(station.backend.enqueue(jobs["stop"]))["output"]["detached"] is True


def test_once_waits_for_what_takes_longer(station: Station, storage: Storage) -> None:
    fault(station, "compile_ms", 300)
    jobs = [station.backend.enqueue(given) for given in (compile_job(storage), compile_job(storage), trade("buy"))]
    code, _ = station.ended(station.start("--once"))
    assert code == 0
    assert [station.backend.jobs[job_id].status for job_id in jobs] == ["completed"] * 3


def test_a_signal_during_a_compilation_ends_it_at_once(station: Station, storage: Storage) -> None:
    fault(station, "compile_ms", 3_600_000)
    job_id = station.backend.enqueue(compile_job(storage))
    process = station.start()
    eventually(lambda: taken(station), "it compiles")
    assert station.finish(process)[0] == 0
    assert station.stage(job_id) == "claimed"
