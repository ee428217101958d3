"""Exits: `trade` with side close, and `close_position`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import forexelite_agent as agent
from support import START, Desk, job, tag_of, trade


def open_positions(desk: Desk, *sides: str, **given: Any) -> list[int]:
    tickets = []
    for side in sides:
        tickets.append(desk.run(trade(side, **given))["output"]["position"])
        desk.clock.sleep(1)
    return tickets


def test_closing_closes_every_position_of_the_strategy_and_no_other(desk: Desk) -> None:
    ours = open_positions(desk, "buy", "sell", "buy")
    others = open_positions(desk, "buy", magic_number=1)
    elsewhere = open_positions(desk, "buy", symbol="GBPUSD")
    given = trade("close")
    result = desk.run(given)
    assert [row["ticket"] for row in desk.broker.positions()] == others + elsewhere
    assert [closed["ticket"] for closed in result["output"]["closed"]] == ours
    assert result["output"]["volume"] == Decimal("0.30")
    tag = given["input"]["comment"]
    assert [order["comment"] for order in desk.broker.orders(tag)] == [f"{tag}-00", f"{tag}-01", f"{tag}-02"]


def test_a_close_reports_profit_and_the_volume_weighted_price(desk: Desk) -> None:
    open_positions(desk, "buy")
    desk.broker.pin("EURUSD", "1.10500")
    output = desk.run(trade("close"))["output"]
    deals = desk.broker.deals()
    assert output["fill_price"] == Decimal(deals[-1]["price"])
    assert output["ticket"] == deals[-1]["order"]
    assert output["profit"] == Decimal(deals[-1]["profit"]) == output["closed"][0]["profit"] > 40


def test_close_side_leaves_the_other_side_open(desk: Desk) -> None:
    long, _ = open_positions(desk, "buy", "sell")
    desk.run(trade("close", close_side="short"))
    assert [row["ticket"] for row in desk.broker.positions()] == [long]
    desk.run(trade("close", close_side="long"))
    assert desk.broker.positions() == []


def test_a_close_volume_is_taken_from_the_oldest_first(desk: Desk) -> None:
    _, second = open_positions(desk, "buy", "buy")
    result = desk.run(trade("close", volume=Decimal("0.15")))
    assert result["output"]["volume"] == Decimal("0.15")
    assert [(row["ticket"], row["volume"]) for row in desk.broker.positions()] == [(second, "0.05")]


def test_closing_more_than_is_open_closes_what_is_open(desk: Desk) -> None:
    open_positions(desk, "buy")
    assert desk.run(trade("close", volume=5))["output"]["volume"] == Decimal("0.10")


def test_nothing_to_close_is_success_and_says_so(desk: Desk) -> None:
    for given in (trade("close"), trade("close", close_side="long"), job("close_position", {"ticket": 424242})):
        result = desk.run(given)
        assert (result["status"], result["output"]["volume"], result["output"]["closed"]) == ("completed", 0, [])
        assert result["output"]["note"]


def test_close_position_closes_one_ticket_under_the_tag_of_its_job(desk: Desk) -> None:
    first, second = open_positions(desk, "buy", "buy")
    given = job("close_position", {"ticket": second})
    result = desk.run(given)
    assert result["output"]["closed"][0]["ticket"] == second
    assert [row["ticket"] for row in desk.broker.positions()] == [first]
    assert len(desk.broker.orders(tag_of(given["id"]))) == 1


def test_close_position_closes_a_part(desk: Desk) -> None:
    [ticket] = open_positions(desk, "sell")
    desk.run(job("close_position", {"ticket": ticket, "volume": Decimal("0.04")}))
    assert [row["volume"] for row in desk.broker.positions()] == ["0.06"]


def test_a_partly_filled_close_goes_on_until_the_position_is_gone(desk: Desk) -> None:
    open_positions(desk, "buy")
    desk.broker.fault("partial")
    result = desk.run(trade("close"))
    assert [closed["volume"] for closed in result["output"]["closed"]] == [Decimal("0.05"), Decimal("0.05")]
    assert desk.broker.positions() == []


def test_a_position_the_broker_will_not_close_does_not_keep_the_others_in(desk: Desk) -> None:
    first, _ = open_positions(desk, "buy", "buy")
    desk.broker.fault("retcode", 10029)
    result = desk.run(trade("close"))
    assert (result["status"], result["reason_code"]) == ("failed", "order_frozen")
    assert f"position {first}" in result["error_message"]
    assert result["output"]["volume"] == Decimal("0.10")
    assert [row["ticket"] for row in desk.broker.positions()] == [first]


def test_a_position_closed_by_somebody_else_meanwhile_is_success(desk: Desk) -> None:
    def somebody_closes() -> None:
        desk.broker.rows("delete from positions")

    open_positions(desk, "buy")
    desk.broker.fault("stall_before_ms", 10)
    desk.clock.on_sleep = somebody_closes
    assert desk.run(trade("close"))["status"] == "completed"


def test_a_close_whose_outcome_stays_unknown_is_not_sent_twice_and_the_rest_gets_out(desk: Desk) -> None:
    first, _ = open_positions(desk, "buy", "buy")
    desk.broker.fault("retcode", 10012)
    given = trade("close")
    result = desk.run(given)
    assert (result["reason_code"], result["output"]["volume"]) == ("unknown_outcome", Decimal("0.10"))
    assert desk.run(given) == result
    assert [row["ticket"] for row in desk.broker.positions()] == [first]


def test_an_unknown_close_counts_against_the_volume_to_close(desk: Desk) -> None:
    open_positions(desk, "buy", "buy")
    desk.broker.fault("retcode", 10012)
    desk.run(trade("close", volume=Decimal("0.10")))
    assert len(desk.broker.positions()) == 2


def test_an_executed_close_without_an_answer_is_found(desk: Desk) -> None:
    open_positions(desk, "buy", "buy")
    desk.broker.fault("answer_none")
    given = trade("close")
    result = desk.run(given)
    assert (result["status"], len(result["output"]["closed"])) == ("completed", 2)
    assert len(desk.broker.orders(given["input"]["comment"])) == 2


def test_exits_pass_when_reducing_and_not_when_halted(desk: Desk) -> None:
    open_positions(desk, "buy", "buy")
    desk.mode = agent.TradingMode.HALTED
    assert desk.run(trade("close"))["reason_code"] == "trading_halted"
    desk.mode = agent.TradingMode.REDUCING
    assert desk.run(trade("close"))["status"] == "completed"


def test_a_halt_after_the_last_close_does_not_fail_what_is_done(desk: Desk) -> None:
    def halt() -> None:
        desk.mode = agent.TradingMode.HALTED

    open_positions(desk, "buy")
    desk.broker.fault("stall_after_ms", 10)
    desk.clock.on_sleep = halt
    assert desk.run(trade("close"))["status"] == "completed"


def test_no_connection_is_not_taken_for_nothing_to_close(desk: Desk) -> None:
    desk.broker.fault("disconnected")
    assert desk.run(trade("close"))["reason_code"] == "terminal_disconnected"


@pytest.mark.parametrize("side", ["buy", "sell"])
def test_close_side_belongs_to_closing_only_by_name(desk: Desk, side: str) -> None:
    assert desk.run(trade(side, close_side="sideways"))["reason_code"] == "invalid_input"


def test_an_exit_without_a_deadline_never_expires(desk: Desk) -> None:
    open_positions(desk, "buy")
    desk.clock.sleep(7 * 86_400)
    assert desk.run(trade("close"))["status"] == "completed"
    assert desk.clock.at > START
