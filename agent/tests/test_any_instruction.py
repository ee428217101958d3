"""Seeded runs in which the agent dies at random steps, the broker answers badly and the backend's answers get lost.

Whatever happens: at most one order per opening job, no position closed twice, every job reported, and reported as what
the broker's books show.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

import forexelite_agent as agent
from support import MAGIC, Desk, FakeBackend, config, trade

JOURNAL_STEPS = ("claim", "begin_send", "settle", "finish", "acknowledge", "refuse")
BROKER_STEPS = ("order_send", "positions", "deals")


class Killed(BaseException):
    """SIGKILL: seen by no handler of the agent."""


class Reaper:
    """Kills before or after a step, with a chance that shrinks so that every run comes to its end."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.chance = 0.25
        self.deaths = 0

    def step(self) -> None:
        if self.rng.random() < self.chance:
            self.chance *= 0.9
            self.deaths += 1
            raise Killed

    def watch(self, owner: object, names: tuple[str, ...]) -> None:
        for name in names:
            setattr(owner, name, self._watched(getattr(owner, name)))

    def _watched(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: object) -> object:
            self.step()
            answer = call(*arguments)
            self.step()
            return answer

        return watched


def bad_luck(desk: Desk, rng: random.Random) -> None:
    """What brokers do. Executed or not, with an answer or without."""
    for _ in range(rng.randrange(4)):
        match rng.randrange(5):
            case 0:
                desk.broker.fault("answer_none")
            case 1:
                desk.broker.fault("retcode", rng.choice([10012, 10031, 10011]), executed=rng.random() < 0.5)
            case 2:
                desk.broker.fault("retcode", rng.choice([10004, 10020, 10021, 10030]))
            case 3:
                desk.broker.fault("retcode", rng.choice([10006, 10019]))
            case _:
                desk.broker.fault("partial")


def jobs_of(rng: random.Random) -> Iterator[dict[str, Any]]:
    for _ in range(rng.randint(1, 3)):
        yield trade(rng.choice(["buy", "sell"]))
    if rng.random() < 0.7:
        part: dict[str, Any] = {"volume": Decimal("0.15")} if rng.random() < 0.3 else {}
        yield trade("close", **part)


@pytest.mark.parametrize("seed", range(100))
def test_one_signal_is_at_most_one_order_and_every_job_is_reported(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    reaper = Reaper(rng)
    desk = Desk(tmp_path)
    backend = FakeBackend()
    for given in jobs_of(rng):
        backend.enqueue(given)
    bad_luck(desk, rng)

    def network(request: httpx.Request) -> httpx.Response:
        reaper.step()
        response = backend.respond(request)
        reaper.step()
        if rng.random() < 0.1:
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response

    client = agent.Backend(config(tmp_path), httpx.MockTransport(network))
    reporter = agent.Reporter(client, desk.journal)

    def live() -> None:
        reaper.watch(desk.journal, JOURNAL_STEPS)
        reaper.watch(desk.terminal, BROKER_STEPS)
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

    def finished() -> bool:
        return all(enqueued.result is not None for enqueued in backend.jobs.values())

    while not finished():
        try:
            live()
        except Killed:
            desk.close()
            desk.open()
            reporter = agent.Reporter(client, desk.journal)
        # A job whose delivery got lost comes back when its lease has run out.
        backend.expire_leases()
    desk.close()
    client.close()
    judge(desk, backend)


def judge(desk: Desk, backend: FakeBackend) -> None:
    deals = desk.broker.deals()
    for enqueued in backend.jobs.values():
        assert enqueued.result is not None
        result, given = enqueued.result, enqueued.job["input"]
        orders = desk.broker.orders(given["comment"])
        filled = [deal for deal in deals if deal["comment"].startswith(given["comment"])]
        booked = sum(Decimal(deal["volume"]) for deal in filled)
        if given["side"] != "close":
            assert len(orders) <= 1, "one signal, one order"
            assert (result["status"] == "completed") == (len(orders) == 1), result
        elif "volume" in given:
            assert booked <= given["volume"], "closed more than was asked for"
        assert result["output"].get("volume", 0) == booked, "reported what the books do not show"
    opened = {row["position"]: Decimal(row["volume"]) for row in deals if row["entry"] == "in"}
    for ticket, volume in opened.items():
        closed = sum(Decimal(row["volume"]) for row in deals if row["position"] == ticket and row["entry"] == "out")
        assert closed <= volume
    assert all(row["magic"] == MAGIC for row in deals)
