"""What a restart finds in each stage, and what it does with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import forexelite_agent as agent
from support import START, Desk, json_round_trip, trade


class Killed(BaseException):
    """The process is gone: no handler of the agent may see this."""


def restart(desk: Desk) -> None:
    desk.close()
    desk.open()


def killed_at(desk: Desk, owner: object, method: str, delivered: dict[str, Any], *, after: bool) -> None:
    """Run a job and die right before or right after one call."""
    original: Callable[..., Any] = getattr(owner, method)

    def dying(*arguments: object) -> None:
        if after:
            original(*arguments)
        raise Killed

    setattr(owner, method, dying)
    with pytest.raises(Killed):
        desk.run(delivered)
    restart(desk)


def test_a_commit_is_on_the_disk_before_it_counts(tmp_path: Path) -> None:
    journal = agent.Journal(tmp_path / "journal.db")
    assert [tuple(row) for row in journal._rows("pragma synchronous")] == [(2,)]
    assert [tuple(row) for row in journal._rows("pragma journal_mode")] == [("wal",)]
    journal.close()


def test_claimed_is_executed_after_a_restart(desk: Desk) -> None:
    given = trade("buy", not_after=START + timedelta(seconds=60))
    killed_at(desk, desk.journal, "begin_send", given, after=False)
    assert desk.stage_of(given) == "claimed"
    desk.resume()
    assert desk.result_of(given)["status"] == "completed"
    assert len(desk.broker.orders()) == 1


def test_claimed_past_its_deadline_fails_as_expired(desk: Desk) -> None:
    given = trade("buy", not_after=START + timedelta(seconds=60))
    killed_at(desk, desk.journal, "begin_send", given, after=False)
    desk.clock.sleep(61)
    desk.resume()
    assert desk.result_of(given)["reason_code"] == "expired"
    assert desk.broker.orders() == []


def test_sending_that_was_not_executed_is_never_sent(desk: Desk) -> None:
    given = trade("buy")
    killed_at(desk, desk.terminal, "order_send", given, after=False)
    assert desk.stage_of(given) == "sending"
    desk.resume()
    assert desk.result_of(given)["reason_code"] == "unknown_outcome"
    assert desk.broker.orders() == []


def test_an_order_of_another_strategy_is_not_taken_for_ours(desk: Desk) -> None:
    given = trade("buy")
    killed_at(desk, desk.terminal, "order_send", given, after=True)
    for table in ("orders", "positions", "deals"):
        desk.broker.rows(f"update {table} set magic = 1")  # noqa: S608
    desk.resume()
    assert desk.result_of(given)["reason_code"] == "unknown_outcome"


def test_sending_that_was_executed_is_found_and_reported(desk: Desk) -> None:
    given = trade("buy")
    killed_at(desk, desk.terminal, "order_send", given, after=True)
    desk.clock.sleep(3600)
    desk.resume()
    result = desk.result_of(given)
    [order] = desk.broker.orders()
    assert (result["status"], result["output"]["ticket"]) == ("completed", order["ticket"])
    assert result["output"]["filled_at"] == "2026-11-20T12:00:00.000000Z"


def test_sending_is_found_although_the_position_was_stopped_out_since(desk: Desk) -> None:
    given = trade("buy", sl_pips=20)
    killed_at(desk, desk.terminal, "order_send", given, after=True)
    desk.broker.pin("EURUSD", "1.09000")
    desk.clock.sleep(5)
    desk.resume()
    assert desk.result_of(given)["status"] == "completed"
    assert desk.broker.positions() == []


def test_a_known_fill_is_reported_although_the_terminal_is_gone(desk: Desk) -> None:
    given = trade("buy")
    killed_at(desk, desk.journal, "finish", given, after=False)
    desk.broker.fault("disconnected")
    desk.resume()
    assert desk.result_of(given)["status"] == "completed"


def test_a_symbol_the_broker_no_longer_lists_does_not_hide_an_order_that_was_sent(desk: Desk) -> None:
    given = trade("buy")
    killed_at(desk, desk.terminal, "order_send", given, after=True)
    desk.broker.set("EURUSD", "name", "EURUSD.old")
    desk.resume()
    result = desk.result_of(given)
    assert (result["status"], "slippage_points" in result["output"]) == ("completed", False)


def test_a_halt_does_not_hide_an_order_that_was_sent(desk: Desk) -> None:
    given = trade("buy")
    killed_at(desk, desk.terminal, "order_send", given, after=True)
    desk.mode = agent.TradingMode.HALTED
    desk.resume()
    assert desk.result_of(given)["status"] == "completed"


def test_done_is_kept_for_the_report_and_not_executed_again(desk: Desk) -> None:
    given = trade("buy")
    result = desk.run(given)
    restart(desk)
    desk.resume()
    assert desk.result_of(given) == result
    assert len(desk.broker.orders()) == 1


def test_a_close_killed_between_its_orders_closes_the_rest_and_nothing_twice(desk: Desk) -> None:
    for _ in range(3):
        desk.run(trade("buy"))
        desk.clock.sleep(1)
    given = trade("close")
    original, calls = desk.terminal.order_send, 0

    def second_dies(request: agent.OrderRequest) -> agent.OrderAnswer | agent.NoAnswer:
        nonlocal calls
        calls += 1
        answer = original(request)
        if calls == 2:
            raise Killed
        return answer

    desk.terminal.order_send = second_dies  # type: ignore[method-assign]
    with pytest.raises(Killed):
        desk.run(given)
    restart(desk)
    desk.resume()
    assert len(desk.result_of(given)["output"]["closed"]) == 3
    assert len(desk.broker.orders(given["input"]["comment"])) == 3
    assert desk.broker.positions() == []


@pytest.mark.parametrize("stage", ["claimed", "sending", "done", "acknowledged", "refused"])
def test_a_job_delivered_again_takes_the_new_attempt_and_sends_no_second_order(desk: Desk, stage: str) -> None:
    given = trade("buy")
    if stage == "claimed":
        killed_at(desk, desk.journal, "begin_send", given, after=False)
    elif stage == "sending":
        killed_at(desk, desk.terminal, "order_send", given, after=True)
    else:
        desk.run(given)
        [report] = desk.journal.unreported()
        if stage == "acknowledged":
            desk.journal.acknowledge(report)
        if stage == "refused":
            desk.journal.refuse(report, "409 stale_attempt")
    assert desk.stage_of(given) == stage
    desk.run({**given, "attempt": 2})
    [report] = desk.journal.unreported()
    assert (report.attempt, report.result["status"], len(desk.broker.orders())) == (2, "completed", 1)


def test_an_answer_to_an_old_attempt_does_not_end_the_new_one(desk: Desk) -> None:
    given = trade("buy")
    desk.run(given)
    [old] = desk.journal.unreported()
    desk.run({**given, "attempt": 2})
    desk.journal.refuse(old, "409 stale_attempt")
    desk.journal.acknowledge(old)
    assert [report.attempt for report in desk.journal.unreported()] == [2]


def test_a_job_delivered_again_before_anything_was_sent_brings_its_new_deadline(desk: Desk) -> None:
    given = trade("buy", not_after=START + timedelta(seconds=60))
    killed_at(desk, desk.journal, "begin_send", given, after=False)
    later = {**given, "attempt": 2, "not_after": agent.format_time(START + timedelta(seconds=600))}
    desk.journal.claim(agent.Job.read(json_round_trip(later)), desk.clock.now())
    desk.clock.sleep(61)
    desk.resume()
    assert desk.result_of(given)["status"] == "completed"


def test_a_stop_during_the_search_leaves_the_job_for_the_next_start(desk: Desk) -> None:
    desk.broker.fault("retcode", 10012)
    given = trade("buy")

    def stop(_seconds: float) -> None:
        raise agent.Stopping

    desk.worker._pause = stop
    with pytest.raises(agent.Stopping):
        desk.run(given)
    assert desk.stage_of(given) == "sending"
    restart(desk)
    desk.resume()
    assert desk.result_of(given)["reason_code"] == "unknown_outcome"


def test_decimals_survive_the_journal_digit_for_digit(desk: Desk) -> None:
    given = trade("buy", volume=Decimal("0.10"), price=Decimal("1.085120000000000000001"))
    desk.run(given)
    [row] = desk.journal._rows("select job from jobs")
    assert '"price":1.085120000000000000001' in row["job"]
    assert '"volume":0.10' in row["job"]


# How long it remembers


def test_what_was_acknowledged_long_ago_is_forgotten_and_what_was_not_is_not(desk: Desk) -> None:
    old, refused, owed, open_job = trade("buy"), trade("buy"), trade("buy"), trade("buy")
    for given in (old, refused, owed):
        desk.run(given)
    desk.journal.claim(agent.Job.read(json_round_trip(open_job)), desk.clock.now())
    for report in desk.journal.unreported():
        if str(report.job_id) == old["id"]:
            desk.journal.acknowledge(report)
        if str(report.job_id) == refused["id"]:
            desk.journal.refuse(report, "409")
    desk.clock.sleep(89 * 86_400)
    young = trade("buy")
    desk.run(young)
    [report] = [report for report in desk.journal.unreported() if str(report.job_id) == young["id"]]
    desk.journal.acknowledge(report)
    assert desk.journal.prune(desk.clock.now()) == 0
    desk.clock.sleep(2 * 86_400)
    assert desk.journal.prune(desk.clock.now()) == 2
    rows = desk.journal._rows("select job_id from jobs order by rowid")
    assert [row["job_id"] for row in rows] == [owed["id"], open_job["id"], young["id"]]
    tags = [row["tag"] for row in desk.journal._rows("select tag from intents order by rowid")]
    assert tags == [owed["input"]["comment"], young["input"]["comment"]]
    assert desk.result_of(owed)["status"] == "completed"
