"""Seeded runs at MetaTrader in which the agent dies at random steps while the broker is at its worst."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fake_mt5 import HEDGING, NETTING, Fault
from mt5_support import Mt5Desk

from support import trade

COMMENTS: dict[str, Callable[[str], str]] = {
    "kept": lambda comment: comment,
    "cut": lambda comment: comment[:20],
    "lengthened": lambda comment: f"{comment}[via bridge]",
    "overwritten": lambda _: "Broker Ltd",
    "gone": lambda _: "",
}
STEPS = {
    "journal": ("claim", "begin_send", "settle", "finish"),
    "metatrader": ("order_send", "positions", "deals", "tick", "calc_profit"),
}


class Killed(BaseException):
    """SIGKILL: seen by no handler of the agent."""


class Reaper:
    """Kills before or after a step, with a chance that shrinks so that every run comes to its end."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._chance = 0.2

    def watch(self, desk: Mt5Desk) -> None:
        for part, names in STEPS.items():
            owner = getattr(desk, part)
            for name in names:
                setattr(owner, name, self._watched(getattr(owner, name)))

    def _watched(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: object) -> object:
            self._step()
            answer = call(*arguments)
            self._step()
            return answer

        return watched

    def _step(self) -> None:
        if self._rng.random() < self._chance:
            self._chance *= 0.8
            raise Killed


def bad_luck(desk: Mt5Desk, rng: random.Random) -> None:
    desk.mt5.margin_mode = rng.choice([HEDGING, NETTING])
    desk.mt5.answers_price = rng.random() < 0.7
    desk.mt5.slices = rng.choice([1, 1, 2])
    if rng.random() < 0.3:
        desk.mt5.liquidity = 0.06
    for _ in range(rng.randrange(4)):
        desk.mt5.faults.append(
            rng.choice([
                Fault(error=(rng.choice([-1, -10001, -10005]), "no answer"), executed=rng.random() < 0.5),
                Fault(rng.choice([10011, 10012, 10031]), executed=rng.random() < 0.5),
                Fault(rng.choice([10004, 10020, 10021, 10030])),
                Fault(rng.choice([10006, 10019])),
                Fault(),
            ])
        )  # fmt: skip

    def meanwhile() -> None:
        desk.tick()
        if rng.random() < 0.01:
            desk.mt5.restart()
        desk.mt5.history_is_late = rng.random() < 0.3

    desk.clock.on_sleep = meanwhile


@pytest.mark.parametrize("comment", COMMENTS)
@pytest.mark.parametrize("seed", range(8))
def test_one_signal_is_at_most_one_order_and_none_is_taken_for_another(tmp_path: Path, seed: int, comment: str) -> None:
    rng = random.Random(f"{seed}{comment}")
    desk = Mt5Desk(tmp_path)
    desk.mt5.stored_comment = COMMENTS[comment]
    reaper = Reaper(rng)
    jobs = [trade(rng.choice(["buy", "sell"]), sl_pips=20) for _ in range(3)]
    if rng.random() < 0.5:
        jobs.append(trade("close"))
    bad_luck(desk, rng)
    meanwhile = desk.clock.on_sleep
    waiting = list(jobs)
    while waiting or desk.journal.unfinished():
        try:
            reaper.watch(desk)
            desk.resume()
            while waiting:
                desk.run(waiting[0])
                waiting.pop(0)
        except Killed:
            if waiting and known(desk, waiting[0]):
                waiting.pop(0)
            desk.restart()
            desk.clock.on_sleep = meanwhile
    for given in jobs:
        judge(desk, given, certain=comment in ("kept", "cut", "lengthened"))
    desk.close()


def known(desk: Mt5Desk, given: dict[str, Any]) -> bool:
    """Whether the journal has it, so that the next start goes on with it."""
    return bool(desk.journal._rows("select 1 from jobs where job_id = ?", given["id"]))


def judge(desk: Mt5Desk, given: dict[str, Any], *, certain: bool) -> None:
    result, tag = desk.result_of(given), given["input"]["comment"]
    tickets = [order for comment, orders in desk.mt5.executed.items() if comment.startswith(tag) for order in orders]
    booked = sum(Decimal(str(deal.volume)) for deal in desk.mt5.deals if deal.order in tickets)
    if given["input"]["side"] != "close":
        assert len(tickets) <= 1, "one signal, one order"
    if result["status"] == "completed":
        assert result["output"].get("volume", 0) == booked, "reported what the books do not show"
        assert result["output"].get("ticket") in (None, *tickets), "another order was taken for this one"
    elif tickets and given["input"]["side"] != "close":
        assert result["reason_code"] == "unknown_outcome", "an executed order was called refused"
        assert not certain, "the comment tells whose it is"
