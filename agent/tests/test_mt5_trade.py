"""`trade` and `close_position` jobs at MetaTrader: from the job's input to the request the package gets, and back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fake_mt5 import BUY, FOK, INSTANT, IOC, MARKET, NETTING, RETURN, SELL, Fault, Instrument
from mt5_support import Mt5Desk

import forexelite_agent as agent
from support import MAGIC, START, job, trade


class Killed(BaseException):
    """The process is gone: no handler of the agent may see this."""


def killed(desk: Mt5Desk, delivered: dict[str, Any], *, after: bool) -> None:
    """Right before the order is sent or right after."""
    send = desk.metatrader.order_send

    def dying(request: agent.OrderRequest) -> agent.OrderAnswer:
        if after:
            send(request)
        raise Killed

    desk.metatrader.order_send = dying  # type: ignore[method-assign]
    with pytest.raises(Killed):
        desk.run(delivered)
    desk.restart()


def when(desk: Mt5Desk, name: str, happens: Callable[[], None]) -> None:
    """Something happens while the terminal answers a question."""
    question = getattr(desk.mt5, name)

    def meanwhile(*arguments: Any) -> Any:
        happens()
        return question(*arguments)

    setattr(desk.mt5, name, meanwhile)


# Opening


def test_a_buy_is_filled_and_reported_with_its_order_deal_and_position(mt5_desk: Mt5Desk) -> None:
    given = trade("buy", sl_pips=20, tp_pips=40)
    result = mt5_desk.run(given)
    [sent] = mt5_desk.mt5.sent
    [position] = mt5_desk.mt5.positions.values()
    [deal] = mt5_desk.mt5.deals
    assert (sent["comment"], sent["magic"], sent["type_filling"]) == (given["input"]["comment"], MAGIC, IOC)
    assert (sent["sl"], sent["tp"], sent["deviation"]) == (1.09808, 1.10408, 20)
    assert result["status"] == "completed"
    assert result["output"] == {
        "ticket": deal.order,
        "deal": deal.ticket,
        "position": position.identifier,
        "fill_price": Decimal("1.10008"),
        "volume": Decimal("0.1"),
        "slippage_points": 0,
        "retcode": 10009,
        "sent_at": "2026-11-20T12:00:00.000000Z",
        "filled_at": "2026-11-20T12:00:00.000000Z",
    }


def before_each_order(desk: Mt5Desk, happens: Callable[[], object]) -> None:
    """Between the agent's last look and the broker's."""

    def send(**request: Any) -> Any:
        happens()
        return desk.mt5._order_send((), request)

    desk.mt5.order_send = send


def test_slippage_is_what_the_fill_was_worse_than_the_price_the_order_was_sent_at(mt5_desk: Mt5Desk) -> None:
    before_each_order(mt5_desk, lambda: mt5_desk.mt5.quote("EURUSD", 1.10007))
    assert mt5_desk.run(trade("buy"))["output"]["slippage_points"] == 7


def test_risk_in_percent_buys_what_the_stop_may_lose_by_the_terminals_own_computation(mt5_desk: Mt5Desk) -> None:
    result = mt5_desk.run(trade("buy", risk_pct=1, sl_pips=20))
    assert result["output"]["volume"] == Decimal("0.5")
    assert "order_calc_profit" in mt5_desk.mt5.calls


def test_stops_lie_on_the_grid_of_a_symbol_whose_ticks_are_coarser_than_its_points(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.add(Instrument("US500", 5000.25, 5000.75, digits=2, tick_size=0.25, contract_size=1))
    result = mt5_desk.run(trade("buy", symbol="US500", sl=Decimal("4990.30"), tp=Decimal("5010.10")))
    assert result["status"] == "completed"
    assert (mt5_desk.mt5.sent[0]["sl"], mt5_desk.mt5.sent[0]["tp"]) == (4990.25, 5010.0)


def test_the_total_a_symbol_may_hold_caps_the_volume(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.instruments["EURUSD"].volume_limit = 0.05
    assert mt5_desk.run(trade("buy"))["output"]["volume"] == Decimal("0.05")


def test_a_symbol_just_selected_gets_two_seconds_for_its_first_price(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.add(Instrument("GBPUSD", 1.3, 1.30012, selected=False, zero_ticks=5))
    assert mt5_desk.run(trade("buy", symbol="GBPUSD"))["status"] == "completed"
    mt5_desk.mt5.add(Instrument("USDCAD", 1.3, 1.30012, selected=False, zero_ticks=50))
    assert mt5_desk.run(trade("buy", symbol="USDCAD"))["reason_code"] == "no_quotes"


# Symbols


def test_the_tradable_twin_is_found_behind_a_bare_name_that_is_for_viewing_only(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.instruments["EURUSD"].mode = 0
    mt5_desk.mt5.add(Instrument("EURUSD.i", 1.1, 1.1001, selected=False))
    assert mt5_desk.run(trade("buy"))["status"] == "completed"
    assert mt5_desk.mt5.sent[0]["symbol"] == "EURUSD.i"


def test_two_tradable_twins_are_named_and_neither_is_traded_until_the_map_says_which(mt5_desk: Mt5Desk) -> None:
    del mt5_desk.mt5.instruments["EURUSD"]
    for name in ("EURUSD.i", "EURUSD.pro", "EURUSDx"):
        mt5_desk.mt5.add(Instrument(name, 1.1, 1.1001, mode=4 if "." in name else 0))
    result = mt5_desk.run(trade("buy"))
    assert (result["reason_code"], mt5_desk.mt5.sent) == ("ambiguous_symbol", [])
    assert "EURUSD.i, EURUSD.pro:" in result["error_message"]
    mt5_desk.symbol_map = {"EURUSD": "EURUSD.pro"}
    assert mt5_desk.run(trade("buy"))["status"] == "completed"
    assert mt5_desk.mt5.sent[0]["symbol"] == "EURUSD.pro"


def test_a_symbol_nobody_has_is_unknown(mt5_desk: Mt5Desk) -> None:
    assert mt5_desk.run(trade("buy", symbol="DOGEUSD"))["reason_code"] == "unknown_symbol"


# Fillings, prices, volumes


@pytest.mark.parametrize(
    ("mask", "execution", "tried"),
    [(1, MARKET, [FOK]), (2, MARKET, [IOC]), (3, MARKET, [FOK]), (0, INSTANT, [FOK]), (4, 3, [RETURN])],
)
def test_the_first_filling_is_the_one_the_symbol_allows(
    mt5_desk: Mt5Desk, mask: int, execution: int, tried: list[int]
) -> None:
    mt5_desk.mt5.instruments["EURUSD"].filling_mode = mask
    mt5_desk.mt5.instruments["EURUSD"].execution = execution
    assert mt5_desk.run(trade("buy"))["status"] == "completed"
    assert [sent["type_filling"] for sent in mt5_desk.mt5.sent] == tried


def test_a_mask_that_is_not_true_costs_tries_and_no_order(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.faults.extend([Fault(10030), Fault(10030)])
    mt5_desk.mt5.instruments["EURUSD"].execution = 3
    assert mt5_desk.run(trade("buy"))["status"] == "completed"
    assert [sent["type_filling"] for sent in mt5_desk.mt5.sent] == [IOC, FOK, RETURN]
    assert len(mt5_desk.mt5.deals) == 1


def test_a_requote_is_answered_with_the_fresh_price_twice_at_most(mt5_desk: Mt5Desk) -> None:
    eurusd = mt5_desk.mt5.instruments["EURUSD"]
    eurusd.execution, eurusd.filling_mode = INSTANT, 0
    prices = iter([1.101, 1.102, 1.103, 1.104])
    before_each_order(mt5_desk, lambda: mt5_desk.mt5.quote("EURUSD", next(prices)))
    result = mt5_desk.run(trade("buy"))
    assert (result["reason_code"], result["output"]) == ("requote", {"retcode": 10004})
    assert [sent["price"] for sent in mt5_desk.mt5.sent] == [1.10008, 1.10108, 1.10208]


def test_what_was_filled_of_an_order_is_reported(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.liquidity = 0.04
    output = mt5_desk.run(trade("buy"))["output"]
    assert (output["retcode"], output["volume"]) == (10010, Decimal("0.04"))


def test_an_order_that_several_deals_filled_is_one_fill(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.slices = 4
    mt5_desk.mt5.margin_mode = NETTING
    output = mt5_desk.run(trade("buy", volume=Decimal("0.40")))["output"]
    assert (output["volume"], output["deal"]) == (Decimal("0.4"), mt5_desk.mt5.deals[-1].ticket)
    assert len(mt5_desk.mt5.deals) == 4


def test_an_answer_without_a_price_is_completed_from_the_history(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.answers_price = False
    assert mt5_desk.run(trade("buy"))["output"]["fill_price"] == Decimal("1.10008")


def test_a_history_that_is_late_does_not_hold_up_an_answer_that_says_it_all(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.history_is_late = True
    output = mt5_desk.run(trade("buy"))["output"]
    assert (output["fill_price"], output["volume"]) == (Decimal("1.10008"), Decimal("0.1"))


# The retcodes: the whole table of https://www.mql5.com/en/docs/constants/errorswarnings/enum_trade_return_codes

TABLE = {
    "executed": [10008, 10009, 10010],
    "fresh price": [10004, 10020, 10021],
    "unknown": [10011, 10012, 10031],
    "next filling": [10030],
    "final": [
        *(10006, 10007, 10013, 10014, 10015, 10016, 10017, 10018, 10019, 10022, 10023, 10024, 10025, 10026, 10027),
        *(10028, 10029, 10032, 10033, 10034, 10035, 10036, 10038, 10039, 10040, 10041, 10042, 10043, 10044, 10045),
        10046,
    ],
}


def test_every_retcode_of_the_table_is_known_and_has_one_class() -> None:
    assert sorted(agent.Retcode) == sorted(code for codes in TABLE.values() for code in codes)
    assert sorted(agent.EXECUTED) == TABLE["executed"]
    assert sorted(agent.PRICE_MOVED) == TABLE["fresh price"]
    assert sorted(agent.UNCERTAIN) == TABLE["unknown"]
    assert sorted(agent.REFUSED) == sorted(TABLE["final"] + TABLE["next filling"])


@pytest.mark.parametrize(("kind", "retcode"), [(kind, code) for kind, codes in TABLE.items() for code in codes])
def test_a_retcode_ends_in_its_class_with_a_sentence(mt5_desk: Mt5Desk, kind: str, retcode: int) -> None:
    mt5_desk.mt5.faults.extend([Fault(retcode, executed=kind == "executed")] * 3)
    given = trade("buy")
    result = mt5_desk.run(given)
    sent = len(mt5_desk.mt5.sent)
    match kind:
        case "executed":
            assert (result["status"], sent) == ("completed", 1)
        case "unknown":
            assert (result["reason_code"], sent) == ("unknown_outcome", 1)
        case "fresh price" | "next filling":
            assert (result["status"], sent) == ("failed", 3)
        case _:
            assert (result["status"], sent) == ("failed", 1)
    if kind != "executed":
        assert len(result["error_message"].split()) >= 5
        assert str(retcode) not in result["error_message"], "a sentence, not a number"
    assert mt5_desk.run(given) == result, "delivered again, it must not be sent again"
    assert len(mt5_desk.mt5.sent) == sent


def test_the_readme_says_of_each_reason_what_it_means() -> None:
    readme = Path(agent.__file__).with_name("README.md").read_text("utf-8")
    reasons = {reason for reason, _ in [*agent.REFUSED.values(), *agent.PRICE_MOVED.values()]}
    assert {reason for reason in reasons if f"`{reason}`" not in readme} == set()


def test_a_retcode_from_the_future_is_not_taken_for_a_refusal(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.faults.append(Fault(10099, executed=True))
    assert mt5_desk.run(trade("buy"))["status"] == "completed"
    mt5_desk.mt5.faults.append(Fault(10099))
    assert mt5_desk.run(trade("buy"))["reason_code"] == "unknown_outcome"


@pytest.mark.parametrize("code", [-2, -3, -4, -5, -6, -7, -8])
def test_none_with_an_error_of_before_the_sending_fails_and_says_which(mt5_desk: Mt5Desk, code: int) -> None:
    mt5_desk.mt5.faults.append(Fault(error=(code, "the package's words")))
    result = mt5_desk.run(trade("buy"))
    assert (result["reason_code"], len(mt5_desk.mt5.sent)) == ("terminal_refused", 1)
    assert f"the package's words ({code})" in result["error_message"]


@pytest.mark.parametrize("executed", [True, False])
@pytest.mark.parametrize("code", [-1, -10001, -10002, -10003, -10004, -10005])
def test_none_with_any_other_error_is_looked_for_and_never_sent_again(
    mt5_desk: Mt5Desk, code: int, executed: bool
) -> None:
    mt5_desk.mt5.faults.append(Fault(error=(code, "no answer"), executed=executed))
    result = mt5_desk.run(trade("buy"))
    assert result.get("reason_code") == (None if executed else "unknown_outcome")
    assert (len(mt5_desk.mt5.sent), len(mt5_desk.mt5.positions)) == (1, executed)


# Looking for an order


def test_an_order_is_found_in_a_history_that_arrives_seconds_later(mt5_desk: Mt5Desk) -> None:
    killed(mt5_desk, given := trade("buy"), after=True)
    mt5_desk.mt5.positions.clear()
    mt5_desk.mt5.history_is_late = True
    began = mt5_desk.clock.at

    def later() -> None:
        mt5_desk.tick()
        mt5_desk.mt5.history_is_late = mt5_desk.clock.at - began < timedelta(seconds=20)

    mt5_desk.clock.on_sleep = later
    mt5_desk.resume()
    assert mt5_desk.result_of(given)["status"] == "completed"


@pytest.mark.parametrize(
    "stored", [lambda comment: comment[:20], lambda comment: f"{comment}/x"], ids=["cut", "longer"]
)
def test_an_order_is_found_although_the_broker_cut_or_lengthened_its_comment(
    mt5_desk: Mt5Desk, stored: Callable[[str], str]
) -> None:
    mt5_desk.mt5.stored_comment = stored
    killed(mt5_desk, given := trade("buy"), after=True)
    mt5_desk.resume()
    assert mt5_desk.clock.at == START, "its comment tells, nothing has to be waited for"
    result = mt5_desk.result_of(given)
    assert (result["status"], result["output"]["deal"]) == ("completed", mt5_desk.mt5.deals[0].ticket)


@pytest.mark.parametrize("comment", ["", "Broker Ltd", "FE"])
def test_an_order_whose_comment_the_broker_overwrote_is_found_by_all_else(mt5_desk: Mt5Desk, comment: str) -> None:
    mt5_desk.mt5.stored_comment = lambda _: comment
    killed(mt5_desk, given := trade("buy"), after=True)
    mt5_desk.resume()
    result = mt5_desk.result_of(given)
    assert (result["status"], result["output"]["ticket"]) == ("completed", mt5_desk.mt5.deals[0].order)
    assert len(mt5_desk.mt5.sent) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"magic": MAGIC + 1},
        {"symbol": "GBPUSD"},
        {"type": SELL},
        {"volume": 0.2},
        {"time_msc": -3600_000},
        {"comment": "FEBBBBBBBBBBBBBBBBBBBB"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_order_that_does_not_fit_is_not_taken_for_the_one_looked_for(
    mt5_desk: Mt5Desk, changes: dict[str, Any]
) -> None:
    mt5_desk.learn_clock()
    mt5_desk.mt5.add(Instrument("GBPUSD", 1.3, 1.30012))
    mt5_desk.mt5.stored_comment = lambda _: ""
    killed(mt5_desk, given := trade("buy"), after=True)
    mt5_desk.mt5.positions.clear()
    [deal] = mt5_desk.mt5.deals
    if "time_msc" in changes:
        changes = {"time_msc": deal.time_msc + changes["time_msc"]}
    mt5_desk.mt5.deals = [deal._replace(**changes)]
    mt5_desk.resume()
    assert mt5_desk.result_of(given)["reason_code"] == "unknown_outcome"


def test_of_two_orders_that_fit_neither_is_taken(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.stored_comment = lambda _: ""
    killed(mt5_desk, given := trade("buy"), after=True)
    [deal] = mt5_desk.mt5.deals
    mt5_desk.mt5.deals.append(deal._replace(ticket=999_999, order=999_998))
    mt5_desk.resume()
    assert mt5_desk.result_of(given)["reason_code"] == "unknown_outcome"


def test_an_order_that_another_job_is_known_to_have_sent_is_not_taken(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.stored_comment = lambda _: ""
    assert mt5_desk.run(trade("buy"))["status"] == "completed"
    killed(mt5_desk, given := trade("buy"), after=False)
    mt5_desk.resume()
    assert mt5_desk.result_of(given)["reason_code"] == "unknown_outcome"


def test_an_order_that_may_be_an_earlier_jobs_whose_outcome_nobody_knows_is_not_taken(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.stored_comment = lambda _: ""
    killed(mt5_desk, lost := trade("buy"), after=True)
    mt5_desk.mt5.history_is_late = True
    mt5_desk.resume()
    assert mt5_desk.result_of(lost)["reason_code"] == "unknown_outcome"
    mt5_desk.mt5.history_is_late = False
    killed(mt5_desk, given := trade("buy"), after=False)
    mt5_desk.resume()
    assert mt5_desk.result_of(given)["reason_code"] == "unknown_outcome"


@pytest.mark.parametrize("reason", [4, 5, 6])
def test_a_stop_that_was_hit_meanwhile_is_not_taken_for_an_order_the_other_way(mt5_desk: Mt5Desk, reason: int) -> None:
    mt5_desk.mt5.stored_comment = lambda _: "Broker Ltd"
    mt5_desk.run(trade("buy"))
    killed(mt5_desk, given := trade("sell"), after=False)
    [position] = mt5_desk.mt5.positions
    mt5_desk.mt5.deal(
        order=5, type=SELL, entry=1, magic=MAGIC, position_id=position, volume=0.1, reason=reason, comment="Broker Ltd"
    )
    mt5_desk.resume()
    assert mt5_desk.result_of(given)["reason_code"] == "unknown_outcome"


def test_a_close_whose_outcome_nobody_knows_is_not_taken_for_an_entry(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.stored_comment = lambda _: "Broker Ltd"
    mt5_desk.run(trade("buy"))
    killed(mt5_desk, closing := trade("close", volume=Decimal("0.05")), after=True)
    mt5_desk.mt5.history_is_late = True
    mt5_desk.resume()
    assert mt5_desk.result_of(closing)["reason_code"] == "unknown_outcome"
    mt5_desk.mt5.history_is_late = False
    killed(mt5_desk, given := trade("sell"), after=False)
    mt5_desk.resume()
    assert mt5_desk.result_of(given)["reason_code"] == "unknown_outcome"


def test_with_magic_number_zero_a_fitting_order_may_be_the_users_own(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.stored_comment = lambda _: ""
    killed(mt5_desk, given := trade("buy", magic_number=0), after=True)
    mt5_desk.resume()
    assert mt5_desk.result_of(given)["reason_code"] == "unknown_outcome"


def test_the_stop_of_a_position_with_its_comment_is_not_taken_for_the_order_that_opened_it(mt5_desk: Mt5Desk) -> None:
    killed(mt5_desk, given := trade("buy"), after=True)
    [deal] = mt5_desk.mt5.deals
    mt5_desk.mt5.deal(
        order=5, type=SELL, entry=1, magic=MAGIC, position_id=deal.position_id, volume=0.1, price=1.09, profit=-100,
        comment=f"{deal.comment}[sl 1.09]",
    )  # fmt: skip
    mt5_desk.resume()
    output = mt5_desk.result_of(given)["output"]
    assert (output["deal"], output["fill_price"]) == (deal.ticket, Decimal("1.10008"))


def test_a_connection_that_is_lost_while_looking_is_no_silence(mt5_desk: Mt5Desk) -> None:
    killed(mt5_desk, given := trade("buy"), after=True)
    mt5_desk.mt5.running = False
    began = mt5_desk.clock.at

    def later() -> None:
        mt5_desk.tick()
        mt5_desk.mt5.running = mt5_desk.clock.at - began > timedelta(minutes=10)

    mt5_desk.clock.on_sleep = later
    mt5_desk.resume()
    assert mt5_desk.result_of(given)["status"] == "completed"
    assert mt5_desk.clock.at - began > timedelta(minutes=10)


def test_an_order_whose_call_hangs_is_found_when_the_terminal_answers_again(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.hanging_after["order_send"] = threading.Event()
    pauses = iter(range(1000))

    def later() -> None:
        mt5_desk.tick()
        if next(pauses) == 5:
            mt5_desk.release()

    mt5_desk.clock.on_sleep = later
    send = mt5_desk.metatrader.order_send

    def sent(request: agent.OrderRequest) -> agent.OrderAnswer | agent.NoAnswer:
        mt5_desk.lose_patience()
        return send(request)

    mt5_desk.metatrader.order_send = sent  # type: ignore[method-assign]
    result = mt5_desk.run(trade("buy"))
    assert (result["status"], len(mt5_desk.mt5.sent)) == ("completed", 1)
    assert next(pauses) > 5


# Netting


def test_an_order_against_a_netting_position_is_found_although_its_deal_goes_out(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.margin_mode = NETTING
    assert mt5_desk.run(trade("buy", volume=Decimal("0.30")))["status"] == "completed"
    killed(mt5_desk, given := trade("sell", volume=Decimal("0.10")), after=True)
    mt5_desk.resume()
    output = mt5_desk.result_of(given)["output"]
    assert (output["volume"], output["fill_price"]) == (Decimal("0.1"), Decimal("1.1"))
    [position] = mt5_desk.mt5.positions.values()
    assert (position.type, position.volume) == (BUY, 0.2)


def test_of_a_netting_position_only_what_the_order_bought_is_reported(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.margin_mode = NETTING
    killed(mt5_desk, given := trade("buy", volume=Decimal("0.10")), after=True)
    mt5_desk.mt5.history_is_late = True
    [(ticket, position)] = mt5_desk.mt5.positions.items()
    mt5_desk.mt5.positions[ticket] = position._replace(volume=0.3)
    mt5_desk.resume()
    output = mt5_desk.result_of(given)["output"]
    assert (output["volume"], output["retcode"], output["position"]) == (Decimal("0.1"), 10009, ticket)


def test_a_netting_position_is_closed_by_its_ticket(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.margin_mode = NETTING
    mt5_desk.run(trade("buy", volume=Decimal("0.10")))
    mt5_desk.run(trade("buy", volume=Decimal("0.20")))
    output = mt5_desk.run(trade("close"))["output"]
    assert (output["volume"], mt5_desk.mt5.positions) == (Decimal("0.3"), {})


# Closing


def test_each_position_of_the_strategy_is_closed_and_no_other(mt5_desk: Mt5Desk) -> None:
    mt5 = mt5_desk.mt5
    first, second = mt5.position(magic=MAGIC), mt5.position(magic=MAGIC, type=SELL, volume=0.2)
    others = mt5.position(magic=1)
    output = mt5_desk.run(given := trade("close"))["output"]
    assert [entry["ticket"] for entry in output["closed"]] == [first.ticket, second.ticket]
    assert list(mt5.positions) == [others.ticket]
    tag = given["input"]["comment"]
    assert [(sent["position"], sent["type"], sent["comment"]) for sent in mt5.sent] == [
        (first.ticket, SELL, f"{tag}-00"),
        (second.ticket, BUY, f"{tag}-01"),
    ]


def test_a_position_closed_meanwhile_is_what_was_wanted(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.position(magic=MAGIC)
    before_each_order(mt5_desk, mt5_desk.mt5.positions.clear)
    result = mt5_desk.run(trade("close"))
    assert (result["status"], result["output"]["volume"]) == ("completed", 0)


def test_a_close_that_was_sent_is_found_with_a_cut_comment_by_its_position(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.stored_comment = lambda comment: comment[:20]
    first, second = mt5_desk.mt5.position(magic=MAGIC), mt5_desk.mt5.position(magic=MAGIC)
    killed(mt5_desk, given := trade("close"), after=True)
    mt5_desk.resume()
    output = mt5_desk.result_of(given)["output"]
    assert [entry["ticket"] for entry in output["closed"]] == [first.ticket, second.ticket]
    assert len(mt5_desk.mt5.sent) == 2


def test_an_exit_waits_for_a_terminal_that_is_started_again(mt5_desk: Mt5Desk) -> None:
    held = mt5_desk.mt5.position()
    mt5_desk.mt5.running = False
    began = mt5_desk.clock.at

    def later() -> None:
        mt5_desk.tick()
        mt5_desk.mt5.running = mt5_desk.clock.at - began > timedelta(seconds=15)

    mt5_desk.clock.on_sleep = later
    assert mt5_desk.run(job("close_position", {"ticket": held.ticket}))["status"] == "completed"


def test_an_exit_waits_for_a_list_of_positions_and_takes_no_error_for_an_empty_one(mt5_desk: Mt5Desk) -> None:
    held = mt5_desk.mt5.position()
    listed, failures = mt5_desk.mt5.positions_get, iter(range(100))
    mt5_desk.mt5.positions_get = lambda: (
        listed() if next(failures) > 3 else mt5_desk.mt5._fail(-1, "Terminal: Call failed")
    )
    output = mt5_desk.run(job("close_position", {"ticket": held.ticket}))["output"]
    assert output["volume"] == Decimal("0.1")


# Preflight


def spoil(**attributes: Any) -> Callable[[Mt5Desk], None]:
    def apply(desk: Mt5Desk) -> None:
        for name, value in attributes.items():
            setattr(desk.mt5 if hasattr(desk.mt5, name) else desk.mt5.instruments["EURUSD"], name, value)

    return apply


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        (spoil(running=False), "terminal_disconnected"),
        (spoil(connected=False), "terminal_disconnected"),
        (spoil(login=0), "terminal_unavailable"),
        (spoil(trade_allowed=False), "algo_trading_disabled"),
        (spoil(tradeapi_disabled=True), "python_api_disabled"),
        (spoil(account_trade_allowed=False), "trade_disabled"),
        (spoil(account_trade_expert=False), "algo_trading_disabled_by_broker"),
        (spoil(mode=1), "long_only"),
        (spoil(mode=3), "close_only"),
        (spoil(mode=0), "unknown_symbol"),
        (spoil(stops_level=500), "invalid_stops"),
        (spoil(volume_min=0.5), "volume_too_small"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_obstacle_is_found_before_anything_is_sent(
    mt5_desk: Mt5Desk, spoiled: Callable[[Mt5Desk], None], reason: str
) -> None:
    spoiled(mt5_desk)
    result = mt5_desk.run(trade("sell", sl_pips=20))
    assert (result["reason_code"], mt5_desk.mt5.sent) == (reason, [])
    assert len(result["error_message"].split()) >= 5


def test_a_symbol_that_may_only_be_sold_is_not_bought(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.instruments["EURUSD"].mode = 2
    assert (mt5_desk.run(trade("buy"))["reason_code"], mt5_desk.mt5.sent) == ("short_only", [])
    assert mt5_desk.run(trade("sell"))["reason_code"] == "short_only", "the played broker answers so to opening"


def test_an_old_price_keeps_an_entry_out_and_an_exit_is_the_brokers_to_refuse(mt5_desk: Mt5Desk) -> None:
    mt5_desk.learn_clock()
    held = mt5_desk.mt5.position(magic=MAGIC)
    mt5_desk.mt5.instruments["EURUSD"].closed = True
    mt5_desk.clock.sleep(20 * 60)
    result = mt5_desk.run(trade("buy"))
    assert (result["reason_code"], mt5_desk.mt5.sent) == ("old_price", [])
    assert "20 minutes old" in result["error_message"]
    result = mt5_desk.run(job("close_position", {"ticket": held.ticket}))
    assert (result["reason_code"], len(mt5_desk.mt5.sent)) == ("market_closed", 1)


@pytest.mark.parametrize("mode", [agent.TradingMode.HALTED, agent.TradingMode.REDUCING])
def test_the_trading_mode_is_looked_at_again_right_before_an_entry_is_sent(
    mt5_desk: Mt5Desk, mode: agent.TradingMode
) -> None:
    when(mt5_desk, "order_calc_profit", lambda: setattr(mt5_desk, "mode", mode))
    result = mt5_desk.run(trade("buy", sl_pips=20))
    assert (result["reason_code"], mt5_desk.mt5.sent) == (f"trading_{mode}", [])


def test_a_halt_during_a_requote_ends_the_tries(mt5_desk: Mt5Desk) -> None:
    before_each_order(mt5_desk, lambda: setattr(mt5_desk, "mode", agent.TradingMode.HALTED))
    mt5_desk.mt5.faults.append(Fault(10004))
    result = mt5_desk.run(trade("buy"))
    assert (result["reason_code"], len(mt5_desk.mt5.sent)) == ("trading_halted", 1)


def test_a_deadline_that_passes_while_the_terminal_is_away_is_kept(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.running = False
    result = mt5_desk.run(trade("buy", not_after=START + timedelta(seconds=10)))
    assert (result["reason_code"], mt5_desk.mt5.sent) == ("expired", [])


# This machine's limits


@pytest.mark.parametrize(
    ("limits", "reason", "said"),
    [
        (agent.Limits(max_lot=Decimal("0.05")), "limit_lot", "0.10 lots are more than this machine's limit of 0.05"),
        (agent.Limits(max_open_positions=1), "limit_open_positions", "1 positions are open"),
        (agent.Limits(max_spread_points=7), "limit_spread", "the spread of EURUSD is 8 points"),
    ],
    ids=["lot", "positions", "spread"],
)
def test_a_limit_keeps_entries_out_and_no_exit_in(tmp_path: Path, limits: agent.Limits, reason: str, said: str) -> None:
    desk = Mt5Desk(tmp_path, limits=limits)
    held = desk.mt5.position(magic=MAGIC, volume=0.3)
    result = desk.run(trade("buy"))
    assert (result["reason_code"], desk.mt5.sent) == (reason, [])
    assert said in result["error_message"]
    assert desk.run(trade("close"))["output"]["closed"][0]["ticket"] == held.ticket
    desk.close()


@pytest.mark.parametrize(
    "limits",
    [agent.Limits(Decimal("0.1"), 1, 8, 20), agent.Limits()],
    ids=["just enough", "none"],
)
def test_what_is_within_the_limits_is_traded(tmp_path: Path, limits: agent.Limits) -> None:
    desk = Mt5Desk(tmp_path, limits=limits)
    assert desk.run(trade("buy"))["status"] == "completed"
    desk.close()


@pytest.mark.parametrize(("limit", "sent"), [(5, 5), (0, 0), (50, 20), (None, 20)])
def test_the_deviation_of_an_entry_is_the_narrower_of_the_signals_and_this_machines(
    tmp_path: Path, limit: int | None, sent: int
) -> None:
    desk = Mt5Desk(tmp_path, limits=agent.Limits(max_slippage_points=limit))
    desk.run(trade("buy"))
    desk.run(trade("close"))
    assert [request["deviation"] for request in desk.mt5.sent] == [sent, 20]
    desk.close()


def test_the_backend_cannot_widen_a_limit(tmp_path: Path) -> None:
    desk = Mt5Desk(tmp_path, limits=agent.Limits(max_lot=Decimal("0.05")))
    for given in ({"max_volume": 10}, {"volume": 1}, {"volume": None, "risk_pct": 5, "sl_pips": 10}):
        assert desk.run(trade("buy", **given))["reason_code"] == "limit_lot"
    assert desk.mt5.sent == []
    desk.close()
