"""EA jobs killed at each step: done again from the beginning, they end as if nothing had happened."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from test_any_instruction import Killed, Reaper

import forexelite_agent as agent
from ea_support import EaDesk, Storage, compile_job, deployment_jobs, expert
from support import Desk, FakeBackend, config


def restart(desk: Desk) -> None:
    desk.close()
    desk.open()


def never_the_same_twice(desk: EaDesk) -> None:
    """As MetaEditor does: there is a time in what it writes."""
    original = desk.experts.compile

    def varying(job_id: UUID, file_name: str, source: str) -> agent.Build:
        build = original(job_id, file_name, source)
        return replace(build, ex5=build.ex5 and build.ex5 + random.randbytes(8))

    desk.experts.compile = varying  # type: ignore[method-assign]


def killed_at(desk: EaDesk, owner: Any, method: str, delivered: dict[str, Any], *, after: bool) -> None:
    original: Callable[..., Any] = getattr(owner, method)

    def dying(*arguments: object, **named: object) -> None:
        if after:
            original(*arguments, **named)
        raise Killed

    setattr(owner, method, dying)
    with pytest.raises(Killed):
        desk.run(delivered)
    setattr(owner, method, original)
    restart(desk)


STEPS = {
    "compile": [("journal", "claim"), ("client", "download"), ("experts", "compile"), ("client", "upload")],
    "deploy": [("journal", "claim"), ("client", "download"), ("experts", "place"), ("experts", "attach")],
    "run": [("journal", "claim"), ("experts", "attach")],
    "stop": [("journal", "claim"), ("experts", "detach")],
}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("job_type", "owner", "method"),
    [
        (job_type, owner, method)
        for job_type, steps in STEPS.items()
        for owner, method in [*steps, ("journal", "finish")]
    ],
)
def test_killed_at_any_step_it_ends_as_if_it_had_not_been(
    ea_desk: EaDesk, job_type: str, owner: str, method: str, after: bool
) -> None:
    ex5 = expert(ea_desk.folder)
    jobs = {"compile": compile_job(ea_desk.storage), **deployment_jobs(ea_desk.storage, ex5)}
    if job_type in ("run", "stop"):
        ea_desk.run(jobs["deploy"])
    if job_type == "run":
        ea_desk.run(jobs["stop"])
    given = jobs[job_type]
    never_the_same_twice(ea_desk)
    killed_at(ea_desk, getattr(ea_desk, owner), method, given, after=after)
    never_the_same_twice(ea_desk)
    if (method, after) == ("claim", False):
        ea_desk.run({**given, "attempt": 2})  # the backend has it delivered again
    ea_desk.resume()
    result = ea_desk.result_of(given)
    assert result["status"] == "completed"
    assert ea_desk.stage_of(given) == "done"
    if job_type == "compile":
        uploaded = ea_desk.storage.uploaded(given["input"]["upload_url"])
        assert uploaded is not None
        assert result["output"]["checksum"] == hashlib.sha256(uploaded).hexdigest()
        assert [request[0] for request in ea_desk.storage.requests].count("PUT") <= 2
    else:
        assert len(ea_desk.charts()) == (0 if job_type == "stop" else 1)


@pytest.mark.parametrize("stage", ["done", "acknowledged", "refused"])
def test_delivered_again_a_finished_job_is_reported_and_not_done_again(ea_desk: EaDesk, stage: str) -> None:
    given = compile_job(ea_desk.storage)
    first = ea_desk.run(given)
    [report] = ea_desk.journal.unreported()
    if stage == "acknowledged":
        ea_desk.journal.acknowledge(report)
    if stage == "refused":
        ea_desk.journal.refuse(report, "409 stale_attempt")
    requests = len(ea_desk.storage.requests)
    assert ea_desk.run({**given, "attempt": 2}) == first
    [report] = ea_desk.journal.unreported()
    assert (report.attempt, len(ea_desk.storage.requests)) == (2, requests)


def test_half_a_build_is_none(ea_desk: EaDesk) -> None:
    """A power cut may leave less of a file than was written."""
    given = compile_job(ea_desk.storage)
    killed_at(ea_desk, ea_desk.client, "upload", given, after=False)
    (ea_desk.folder / "builds" / f"{given['id']}.ex5").write_bytes(b"EX5")
    ea_desk.resume()
    uploaded = ea_desk.storage.uploaded(given["input"]["upload_url"])
    assert uploaded is not None
    assert ea_desk.result_of(given)["output"]["checksum"] == hashlib.sha256(uploaded).hexdigest()
    assert len(uploaded) > 3


def test_builds_of_finished_jobs_are_not_kept(ea_desk: EaDesk) -> None:
    for _ in range(3):
        ea_desk.compile()
    given = compile_job(ea_desk.storage)
    ea_desk.run(given)
    assert sorted(file.name for file in (ea_desk.folder / "builds").iterdir()) == [
        f"{given['id']}.ex5",
        f"{given['id']}.json",
    ]
    assert ea_desk.placed() == [], "nothing is left where it was compiled"


def jobs_of(rng: random.Random, storage: Storage, ex5: bytes) -> list[list[dict[str, Any]]]:
    """One list after the other, each of jobs that may be claimed at the same time: of one deployment the backend has
    only one under way."""
    deployments = [deployment_jobs(storage, ex5) for _ in range(2)]
    rounds = [[compile_job(storage), *(deployment["deploy"] for deployment in deployments)]]
    for _ in range(rng.randrange(3)):
        rounds.append([fresh(deployment[rng.choice(["run", "stop"])]) for deployment in deployments])
    return rounds


def fresh(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "id": str(uuid4())}


@pytest.mark.parametrize("seed", range(60))
def test_whatever_dies_when_each_job_is_reported_and_the_charts_are_as_the_last_ones_said(
    tmp_path: Path, storage: Storage, seed: int
) -> None:
    rng = random.Random(seed)
    reaper = Reaper(rng)
    desk = EaDesk(tmp_path, storage=storage)
    backend = FakeBackend()
    rounds = jobs_of(rng, storage, expert(tmp_path))

    def network(request: httpx.Request) -> httpx.Response:
        reaper.step("before a request")
        response = backend.respond(request)
        reaper.step("after a request")
        if rng.random() < 0.1:
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response

    client = agent.Backend(config(tmp_path), httpx.MockTransport(network))

    def live() -> None:
        never_the_same_twice(desk)
        reporter = agent.Reporter(client, desk.journal)
        reaper.watch(desk.journal, ("claim", "finish", "acknowledge", "refuse"))
        reaper.watch(desk.experts, ("compile", "place", "attach", "detach"))
        desk.resume()
        while True:
            try:
                given = client.claim()
                if given is None and not desk.journal.unreported():
                    return
                if given is not None:
                    desk.worker.run(given)
                reporter.deliver()
            except agent.BackendUnavailable:
                if rng.random() < 0.3:
                    backend.expire_leases()

    for jobs in rounds:
        for given in jobs:
            backend.enqueue(given)
        while any(enqueued.result is None for enqueued in backend.jobs.values()):
            try:
                live()
            except Killed:
                restart(desk)
            backend.expire_leases()
    wanted: dict[str, bool] = {}
    for enqueued in backend.jobs.values():
        assert enqueued.result is not None
        assert enqueued.result["status"] == "completed"
        given = enqueued.job
        if given["job_type"] == "compile":
            uploaded = storage.uploaded(given["input"]["upload_url"])
            assert uploaded is not None
            assert enqueued.result["output"]["checksum"] == hashlib.sha256(uploaded).hexdigest()
        else:
            wanted[given["entity_id"]] = given["job_type"] != "stop"
    assert {chart["deployment_id"] for chart in desk.charts()} == {name for name, runs in wanted.items() if runs}
    client.close()
    desk.close()
