"""A `trade` job that opens a position: from the job's input to what is reported."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import forexelite_agent as agent
from support import MAGIC, START, Desk, job, tag_of, trade


def test_a_buy_is_filled_and_reported_with_its_order_deal_and_position(desk: Desk) -> None:
    given = trade("buy", sl_pips=20, tp_pips=40)
    result = desk.run(given)
    [order] = desk.broker.orders()
    [position] = desk.broker.positions()
    [deal] = desk.broker.deals()
    assert order["comment"] == position["comment"] == deal["comment"] == given["input"]["comment"]
    assert (order["magic"], order["side"], order["volume"]) == (MAGIC, "buy", "0.10")
    assert (position["sl"], position["tp"]) == ("1.09808", "1.10408")
    assert result["status"] == "completed"
    assert result["output"] == {
        "ticket": order["ticket"],
        "fill_price": Decimal(deal["price"]),
        "volume": Decimal("0.10"),
        "slippage_points": int((Decimal(deal["price"]) - Decimal("1.10008")) / Decimal("0.00001")),
        "retcode": 10009,
        "sent_at": "2026-11-20T12:00:00.000000Z",
        "filled_at": "2026-11-20T12:00:00.000000Z",
        "deal": deal["ticket"],
        "position": position["ticket"],
    }


def test_the_tag_of_a_job_is_the_one_the_backend_computes() -> None:
    given = trade("buy")
    assert agent.order_tag(UUID(given["id"])) == tag_of(given["id"])
    assert len(agent.close_tag(tag_of(given["id"]), 1295)) == 25


def test_a_sell_is_sent_at_the_bid_and_its_stops_lie_the_other_way(desk: Desk) -> None:
    desk.run(trade("sell", sl_pips=20, tp_pips=40))
    [order] = desk.broker.orders()
    assert (order["side"], order["price"], order["sl"], order["tp"]) == ("sell", "1.10000", "1.10200", "1.09600")


def test_a_pip_of_a_two_digit_symbol_is_one_point(desk: Desk) -> None:
    desk.broker.pin("XAUUSD", "2400.00")
    desk.run(trade("buy", symbol="XAUUSD", sl_pips=500))
    [order] = desk.broker.orders()
    assert order["sl"] == "2395.25"


def test_a_given_stop_price_wins_over_pips(desk: Desk) -> None:
    desk.run(trade("buy", sl=Decimal("1.09500"), sl_pips=20))
    assert desk.broker.orders()[0]["sl"] == "1.09500"


@pytest.mark.parametrize(
    ("side", "stops"),
    [
        ("buy", {"sl": Decimal("1.1001")}),
        ("buy", {"tp": Decimal("1.0999")}),
        ("sell", {"sl": Decimal("1.0999")}),
        ("sell", {"tp": Decimal("1.1001")}),
    ],
)
def test_a_stop_on_the_wrong_side_is_refused_before_anything_is_sent(
    desk: Desk, side: str, stops: dict[str, Any]
) -> None:
    result = desk.run(trade(side, **stops))
    assert (result["reason_code"], desk.broker.orders()) == ("invalid_stops", [])


def test_a_stop_nearer_than_the_brokers_level_is_refused_with_the_level(desk: Desk) -> None:
    desk.broker.set("EURUSD", "stops_level", 50)
    result = desk.run(trade("buy", sl_pips=5))
    assert result["reason_code"] == "invalid_stops"
    assert "50 points" in result["error_message"]


def test_risk_in_percent_buys_what_the_stop_may_lose(desk: Desk) -> None:
    # 1 % of 10 000 over 20 pips at 10 dollars a pip and lot.
    result = desk.run(trade("buy", risk_pct=1, sl_pips=20))
    assert result["output"]["volume"] == Decimal("0.50")


def test_risk_in_percent_counts_a_yen_profit_in_dollars(desk: Desk) -> None:
    desk.broker.pin("USDJPY", "150.000")
    # 100 dollars over 20 pips at 1000 yen a pip and lot: 0.7504…, rounded down.
    result = desk.run(trade("buy", symbol="USDJPY", risk_pct=1, sl_pips=20))
    assert result["output"]["volume"] == Decimal("0.75")


def test_what_a_failed_size_says(desk: Desk) -> None:
    no_stop = desk.run(trade("buy", risk_pct=1))
    too_small = desk.run(trade("buy", risk_pct=Decimal("0.001"), sl_pips=100))
    no_volume = desk.run(trade("buy", volume=None))
    assert [result["reason_code"] for result in (no_stop, too_small, no_volume)] == [
        "stop_required",
        "volume_too_small",
        "no_volume",
    ]
    assert "minimum of 0.01 lots" in too_small["error_message"]
    assert desk.broker.orders() == []


def test_max_volume_caps_an_explicit_volume_too(desk: Desk) -> None:
    assert desk.run(trade("buy", max_volume=Decimal("0.055")))["output"]["volume"] == Decimal("0.05")


def test_a_partial_fill_reports_what_was_filled(desk: Desk) -> None:
    desk.broker.fault("partial")
    output = desk.run(trade("buy"))["output"]
    assert (output["retcode"], output["volume"]) == (10010, Decimal("0.05"))


# The retcodes


@pytest.mark.parametrize(("retcode", "reason"), [(code, reason) for code, (reason, _) in agent.REFUSED.items()])
def test_a_final_retcode_fails_with_its_word_and_one_request(desk: Desk, retcode: int, reason: str) -> None:
    standing = retcode == agent.Retcode.INVALID_FILL
    desk.broker.fault("retcode", int(retcode), standing=standing)
    given = trade("buy")
    result = desk.run(given)
    assert (result["status"], result["reason_code"]) == ("failed", reason)
    assert result["output"] == {"retcode": int(retcode)}
    assert result["error_message"]
    assert desk.run(given) == result, "delivered again, it must not be sent again"
    assert desk.broker.orders() == []


@pytest.mark.parametrize("retcode", sorted(agent.PRICE_MOVED))
def test_a_moved_price_is_tried_again_with_a_fresh_one(desk: Desk, retcode: int) -> None:
    desk.broker.fault("retcode", int(retcode))
    desk.broker.fault("retcode", int(retcode))
    assert desk.run(trade("buy"))["status"] == "completed"
    assert len(desk.broker.orders()) == 1


@pytest.mark.parametrize("retcode", sorted(agent.PRICE_MOVED))
def test_a_price_that_keeps_moving_fails_after_two_more_tries(desk: Desk, retcode: int) -> None:
    for _ in range(4):
        desk.broker.fault("retcode", int(retcode))
    assert desk.run(trade("buy"))["reason_code"] == agent.PRICE_MOVED[retcode][0]
    assert len(desk.broker.rows("select * from faults where taken_at is not null")) == 3


def test_a_price_beyond_the_deviation_is_requoted_and_the_fresh_price_taken(desk: Desk) -> None:
    desk.broker.fault("stall_before_ms", 100)
    desk.clock.on_sleep = lambda: desk.broker.pin("EURUSD", "1.10100")
    output = desk.run(trade("buy"))["output"]
    [order] = desk.broker.orders()
    assert order["price"] == "1.10108"
    assert abs(output["slippage_points"]) <= 2


def test_a_refused_filling_mode_falls_back_to_the_next(desk: Desk) -> None:
    desk.broker.set("EURUSD", "filling_mode", 3)
    desk.broker.fault("retcode", 10030)
    desk.run(trade("buy"))
    assert desk.broker.orders()[0]["filling"] == agent.Filling.IOC


UNKNOWN = [10011, 10012, 10031, 0, 10099]


@pytest.mark.parametrize("retcode", UNKNOWN)
def test_an_unknown_outcome_that_was_executed_is_found_and_reported(desk: Desk, retcode: int) -> None:
    desk.broker.fault("retcode", retcode, executed=True)
    result = desk.run(trade("buy"))
    [order] = desk.broker.orders()
    assert (result["status"], result["output"]["ticket"], result["output"]["retcode"]) == (
        "completed",
        order["ticket"],
        10009,
    )


@pytest.mark.parametrize("retcode", UNKNOWN)
def test_an_unknown_outcome_that_stays_unknown_is_never_sent_again(desk: Desk, retcode: int) -> None:
    desk.broker.fault("retcode", retcode)
    given = trade("buy")
    assert desk.run(given)["reason_code"] == "unknown_outcome"
    assert desk.clock.at - START >= timedelta(seconds=30)
    assert desk.run(given)["reason_code"] == "unknown_outcome"
    assert desk.broker.orders() == []


def test_no_answer_at_all_is_looked_up(desk: Desk) -> None:
    desk.broker.fault("answer_none")
    assert desk.run(trade("buy"))["status"] == "completed"
    assert len(desk.broker.orders()) == 1


@pytest.mark.parametrize("code", range(-8, -1))
def test_an_error_before_sending_is_final(code: int) -> None:
    with pytest.raises(agent.JobFailed) as raised:
        agent.raise_unless_executed(agent.NoAnswer(code, "Unnamed arguments not allowed"))
    assert raised.value.reason_code == "terminal_refused"


@pytest.mark.parametrize("code", [-1, -10000, -10001, -10002, -10003, -10004, -10005, 1, 0])
def test_an_error_of_the_pipe_leaves_the_outcome_unknown(code: int) -> None:
    with pytest.raises(agent.OutcomeUnknown):
        agent.raise_unless_executed(agent.NoAnswer(code, "IPC timeout"))


def test_only_connected_silence_counts(desk: Desk) -> None:
    desk.broker.fault("retcode", 10012)
    steps = 0

    def pause(seconds: float) -> None:
        nonlocal steps
        steps += 1
        if steps == 1:
            desk.broker.fault("disconnected")
        if steps == 1000:
            desk.broker.heal()
        desk.clock.sleep(seconds)

    desk.worker._pause = pause
    assert desk.run(trade("buy"))["reason_code"] == "unknown_outcome"
    assert steps > 1000


# Preflight


def test_a_late_entry_is_not_sent(desk: Desk) -> None:
    assert desk.run(trade("buy", not_after=START - timedelta(seconds=1)))["reason_code"] == "expired"
    assert desk.broker.orders() == []


def test_the_deadline_is_read_on_the_backends_clock(desk: Desk) -> None:
    desk.clock_offset = timedelta(seconds=-120)
    assert desk.run(trade("buy", not_after=START - timedelta(seconds=60)))["status"] == "completed"


def test_a_requote_after_the_deadline_is_not_sent_again(desk: Desk) -> None:
    desk.broker.fault("stall_before_ms", 5000)
    desk.broker.fault("retcode", 10004)
    assert desk.run(trade("buy", not_after=START + timedelta(seconds=3)))["reason_code"] == "expired"
    assert desk.broker.orders() == []


@pytest.mark.parametrize(("mode", "reason"), [("reducing", "trading_reducing"), ("halted", "trading_halted")])
def test_the_trading_mode_keeps_entries_out(desk: Desk, mode: str, reason: str) -> None:
    desk.mode = agent.TradingMode(mode)
    assert desk.run(trade("buy"))["reason_code"] == reason
    assert desk.broker.orders() == []


def test_a_closed_market_is_seen_before_sending(desk: Desk) -> None:
    desk.broker.fault("market_closed")
    assert desk.run(trade("buy"))["reason_code"] == "market_closed"


def test_the_algo_trading_button_is_named(desk: Desk) -> None:
    desk.broker.rows("update meta set value = '0' where key = 'trade_allowed'")
    result = desk.run(trade("buy"))
    assert (result["reason_code"], "Algo Trading" in result["error_message"]) == ("algo_trading_disabled", True)


def test_a_short_disconnection_is_waited_out_and_a_long_one_is_not(desk: Desk) -> None:
    desk.broker.fault("disconnected")
    assert desk.run(trade("buy"))["reason_code"] == "terminal_disconnected"
    steps = 0

    def pause(seconds: float) -> None:
        nonlocal steps
        steps += 1
        if steps == 3:
            desk.broker.heal()
        desk.clock.sleep(seconds)

    desk.worker._pause = pause
    assert desk.run(trade("buy"))["status"] == "completed"


# Symbols


def broker_calls(desk: Desk, *names: str) -> None:
    desk.broker.set("EURUSD", "name", names[0])
    for name in names[1:]:
        desk.broker.rows(
            "insert into symbols select ?, base, quote, digits, base_price, spread, points_per_root_second, "
            "contract_size, filling_mode, mode, stops_level, volume_min, volume_max, volume_step, pinned_bid "
            "from symbols where name = ?",
            name,
            names[0],
        )


def test_the_one_suffix_is_found(desk: Desk) -> None:
    broker_calls(desk, "EURUSD.i")
    desk.run(trade("buy"))
    assert desk.broker.orders()[0]["symbol"] == "EURUSD.i"


def test_two_suffixes_fail_and_name_both(desk: Desk) -> None:
    broker_calls(desk, "EURUSD.i", "EURUSDm")
    result = desk.run(trade("buy"))
    assert result["reason_code"] == "ambiguous_symbol"
    assert "EURUSD.i, EURUSDm" in result["error_message"]


def test_the_symbol_map_settles_it(desk: Desk) -> None:
    broker_calls(desk, "EURUSD.i", "EURUSDm")
    desk.symbol_map = {"EURUSD": "EURUSDm"}
    desk.run(trade("buy"))
    assert desk.broker.orders()[0]["symbol"] == "EURUSDm"


def test_a_view_only_twin_is_passed_over(desk: Desk) -> None:
    broker_calls(desk, "EURUSD.i", "EURUSD")
    desk.broker.set("EURUSD", "mode", 0)
    desk.run(trade("buy"))
    assert desk.broker.orders()[0]["symbol"] == "EURUSD.i"


def test_an_unknown_symbol_fails(desk: Desk) -> None:
    desk.symbol_map = {"GOLD": "XAU.x"}
    assert desk.run(trade("buy", symbol="DOGE"))["reason_code"] == "unknown_symbol"
    assert "XAU.x" in desk.run(trade("buy", symbol="GOLD"))["error_message"]


# Input


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"volume": Decimal("-0.1")}, "volume"),
        ({"volume": "much"}, "volume"),
        ({"volume": True}, "volume"),
        ({"side": "hold"}, "side"),
        ({"symbol": None}, "symbol"),
        ({"magic_number": 2**53}, "magic_number"),
        ({"deviation_points": -1}, "deviation_points"),
        ({"comment": "a comment with spaces"}, "comment"),
        ({"comment": "x" * 23}, "comment"),
        ({"sl": Decimal("1E+30")}, "sl"),
    ],
)
def test_unreadable_input_names_the_field_and_sends_nothing(desk: Desk, wrong: dict[str, Any], field: str) -> None:
    given = trade("buy")
    given["input"] |= wrong
    result = desk.run(given)
    assert (result["reason_code"], f"input.{field}" in result["error_message"]) == ("invalid_input", True)
    assert desk.broker.orders() == []


def test_a_job_type_of_a_newer_backend_is_refused_by_name(desk: Desk) -> None:
    result = desk.run(job("levitate", {}))
    assert (result["reason_code"], "levitate" in result["error_message"]) == ("unsupported_job_type", True)


def test_two_jobs_with_one_comment_give_one_order(desk: Desk) -> None:
    first, second = trade("buy"), trade("buy")
    second["input"]["comment"] = first["input"]["comment"]
    desk.run(first)
    assert desk.run(second)["reason_code"] == "duplicate_comment"
    assert len(desk.broker.orders()) == 1


def test_an_error_in_the_agent_ends_one_job_and_not_the_agent(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.broker.set("EURUSD", "volume_step", "none")
    assert desk.run(trade("buy"))["reason_code"] == "internal_error"
    assert "stopped on an error" in caplog.text
    desk.broker.set("EURUSD", "volume_step", "0.01")
    assert desk.run(trade("buy"))["status"] == "completed"
