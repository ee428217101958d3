"""The simulated broker: what it promises to testers and to the agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

import forexelite_agent as agent
from support import START, Desk, FrozenClock

BUY = agent.OrderRequest(
    symbol="EURUSD",
    side=agent.Side.BUY,
    volume=Decimal("0.10"),
    price=Decimal("1.10008"),
    sl=None,
    tp=None,
    deviation=20,
    magic=1,
    comment="test",
    position=None,
    filling=agent.Filling.IOC,
)


def retcode(desk: Desk, request: agent.OrderRequest) -> int:
    return sent(desk, request).retcode


def sent(desk: Desk, request: agent.OrderRequest) -> agent.OrderAnswer:
    answer = desk.terminal.order_send(request)
    assert isinstance(answer, agent.OrderAnswer)
    return answer


def test_quotes_go_on_after_a_restart_and_move_by_points(tmp_path: Path) -> None:
    clock = FrozenClock()
    steady = agent.SimTerminal(tmp_path / "broker.db", clock)
    bids = []
    for _ in range(60):
        restarted = agent.SimTerminal(tmp_path / "broker.db", clock)
        tick = restarted.tick("EURUSD")
        restarted.close()
        assert tick is not None
        assert tick == steady.tick("EURUSD")
        bids.append(tick.bid)
        clock.sleep(1)
    steady.close()
    moves = [abs(after - before) / Decimal("0.00001") for before, after in pairwise(bids)]
    assert 0 < max(moves) < 30


def test_every_pair_is_quoted_with_its_digits_and_a_spread(desk: Desk) -> None:
    for name, _, _, digits, *_ in agent.SimTerminal.SYMBOLS:
        tick = desk.terminal.tick(name)
        assert tick is not None
        assert tick.bid < tick.ask
        exponent = tick.bid.as_tuple().exponent
        assert exponent == -digits


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"volume": Decimal("0.001")}, 10014),
        ({"volume": Decimal("0.015")}, 10014),
        ({"volume": Decimal("1000")}, 10014),
        ({"price": Decimal(0)}, 10015),
        ({"price": Decimal("1.09900")}, 10004),
        ({"sl": Decimal("1.20000")}, 10016),
        ({"tp": Decimal("1.00000")}, 10016),
        ({"volume": Decimal("100")}, 10019),
        ({"filling": agent.Filling.FOK}, 10030),
        ({"filling": agent.Filling.RETURN}, 10030),
        ({"position": 4711, "side": agent.Side.SELL, "price": Decimal("1.10000")}, 10036),
        ({"symbol": "NOPE"}, 10013),
        ({"comment": "x" * 30}, 10013),
    ],
)
def test_the_broker_refuses_as_brokers_do(desk: Desk, change: dict[str, object], expected: int) -> None:
    assert retcode(desk, replace(BUY, **change)) == expected  # type: ignore[arg-type]
    assert desk.broker.orders() == []


@pytest.mark.parametrize(("mode", "expected"), [(0, 10017), (1, 10009), (2, 10043), (3, 10044)])
def test_the_trade_mode_of_a_symbol_holds(desk: Desk, mode: int, expected: int) -> None:
    desk.broker.set("EURUSD", "mode", mode)
    assert retcode(desk, BUY) == expected


@pytest.mark.parametrize(("fault", "expected"), [("market_closed", 10018), ("disconnected", 10031)])
def test_a_condition_holds_until_its_row_is_gone(desk: Desk, fault: str, expected: int) -> None:
    desk.broker.fault(fault)
    assert [retcode(desk, BUY), retcode(desk, BUY)] == [expected, expected]
    desk.broker.heal()
    assert retcode(desk, BUY) == 10009


def test_a_fault_is_for_one_order_and_a_standing_one_for_all(desk: Desk) -> None:
    desk.broker.fault("retcode", 10006)
    assert [retcode(desk, BUY), retcode(desk, BUY)] == [10006, 10009]
    desk.broker.fault("retcode", 10006, standing=True)
    assert [retcode(desk, BUY), retcode(desk, BUY)] == [10006, 10006]


def test_a_partial_fill_is_for_ioc_only(desk: Desk) -> None:
    desk.broker.set("EURUSD", "filling_mode", 3)
    desk.broker.fault("partial", standing=True)
    assert retcode(desk, replace(BUY, filling=agent.Filling.FOK)) == 10006
    assert retcode(desk, BUY) == 10010


def test_closing_too_much_or_the_wrong_way_is_refused(desk: Desk) -> None:
    answer = sent(desk, BUY)
    close = replace(BUY, side=agent.Side.SELL, price=Decimal("1.10000"), position=answer.order)
    assert retcode(desk, replace(close, volume=Decimal("0.11"))) == 10038
    assert retcode(desk, replace(close, side=agent.Side.BUY, price=Decimal("1.10008"))) == 10013
    assert retcode(desk, close) == 10009


def test_the_account_counts_margin_floating_and_realised_profit(desk: Desk) -> None:
    answer = sent(desk, BUY)
    account = desk.terminal.account()
    assert account.margin == Decimal("110.00")
    assert account.balance == 10_000
    assert account.equity < 10_000
    desk.broker.pin("EURUSD", "1.10500")
    assert desk.terminal.account().equity == 10_000 + (Decimal("1.10500") - answer.price) * 10_000
    desk.terminal.order_send(
        replace(BUY, side=agent.Side.SELL, price=Decimal("1.10500"), position=answer.order, comment="out")
    )
    account = desk.terminal.account()
    assert account.balance == account.equity == 10_000 + Decimal(desk.broker.deals()[-1]["profit"])
    assert account.margin == 0


@pytest.mark.parametrize(("bid", "comment"), [("1.09500", "[sl 1.09700]"), ("1.10900", "[tp 1.10700]")])
def test_stops_are_hit_also_while_nobody_looks(desk: Desk, bid: str, comment: str) -> None:
    desk.terminal.order_send(replace(BUY, sl=Decimal("1.09700"), tp=Decimal("1.10700")))
    desk.clock.sleep(1)
    assert len(desk.terminal.positions()) == 1
    desk.close()
    desk.broker.pin("EURUSD", bid)
    desk.clock.sleep(86_400)
    desk.open()
    assert desk.terminal.positions() == []
    closing = desk.broker.deals()[-1]
    assert (closing["comment"], closing["price"], closing["magic"]) == (comment, bid, 1)


def test_history_begins_where_asked(desk: Desk) -> None:
    desk.terminal.order_send(BUY)
    assert len(desk.terminal.deals(START)) == len(desk.terminal.orders(START)) == 1
    assert desk.terminal.deals(START + timedelta(seconds=1)) == []


# Bars


def test_bars_are_made_of_the_ticks_that_were_quoted(desk: Desk) -> None:
    desk.clock.sleep(17)
    quoted: dict[str, list[Decimal]] = {"GBPUSD": [], "XAUUSD": []}
    while desk.clock.now() < START + timedelta(minutes=4, seconds=30):
        for name, bids in quoted.items():
            tick = desk.terminal.tick(name)
            assert tick is not None
            # Two looks within a second see the same tick.
            if tick.at >= START + timedelta(minutes=1) and desk.clock.now() == tick.at:
                bids.append(tick.bid)
        desk.clock.sleep(0.5)
    for name, bids in quoted.items():
        bars = desk.terminal.bars(name, 3)
        assert [bar.at for bar in bars] == [START + timedelta(minutes=minute) for minute in (1, 2, 3)]
        for bar, first in zip(bars, range(0, 180, 60), strict=True):
            minute = bids[first : first + 60]
            assert (bar.open, bar.high, bar.low, bar.close, bar.volume) == (
                minute[0],
                max(minute),
                min(minute),
                minute[-1],
                60,
            )
            assert bar.high > bar.low


def test_a_tick_is_as_old_as_its_second_began(desk: Desk) -> None:
    desk.clock.sleep(5.9)
    tick = desk.terminal.tick("GBPUSD")
    assert tick is not None
    assert tick.at == START + timedelta(seconds=5)


def test_bars_of_a_pinned_price_are_flat_and_of_an_unknown_symbol_none(desk: Desk) -> None:
    pinned = Decimal("1.10000")
    assert desk.terminal.bars("EURUSD", 1) == [
        agent.Bar(START - timedelta(minutes=1), pinned, pinned, pinned, pinned, 60)
    ]
    assert desk.terminal.bars("NOPE", 3) == []


def test_positions_and_deals_carry_what_a_report_needs(desk: Desk) -> None:
    opened = sent(desk, replace(BUY, sl=Decimal("1.09700"), tp=Decimal("1.10700")))
    desk.broker.pin("EURUSD", "1.10500")
    [position] = desk.terminal.positions()
    assert (position.sl, position.tp) == (Decimal("1.09700"), Decimal("1.10700"))
    assert position.profit == (Decimal("1.10500") - opened.price) * 10_000
    [deal] = desk.terminal.deals(START)
    assert (deal.order, deal.position, deal.entry) == (opened.order, position.ticket, agent.Entry.IN)
    assert desk.terminal.account().leverage == 100


# An account with a past


@pytest.fixture
def seasoned(tmp_path: Path) -> Iterator[agent.SimTerminal]:
    terminal = agent.SimTerminal(tmp_path / "broker.db", FrozenClock(), 14)
    yield terminal
    terminal.close()


def test_a_new_broker_has_a_past_that_adds_up(seasoned: agent.SimTerminal) -> None:
    deals = seasoned.deals(START - timedelta(days=15))
    closings = [deal for deal in deals if deal.entry is agent.Entry.OUT]
    openings = {deal.position: deal for deal in deals if deal.entry is agent.Entry.IN}
    assert len(closings) >= 30
    assert len({deal.at.date() for deal in closings}) >= 9, "some days"
    assert {deal.profit > 0 for deal in closings} == {True, False}
    for deal in closings:
        opening = openings[deal.position]
        gain = (deal.price - opening.price) * (1 if opening.side is agent.Side.BUY else -1)
        assert (opening.at < deal.at, opening.side, opening.volume) == (True, deal.side.opposite, deal.volume)
        assert (gain > 0) == (deal.profit > 0) or abs(deal.profit) < Decimal("0.02")
    assert seasoned.account().balance == 10_000 + sum(deal.profit for deal in closings)
    assert sorted(deals, key=lambda deal: deal.ticket) == sorted(deals, key=lambda deal: (deal.at, deal.ticket))
    assert max(deal.at for deal in deals) < START


def test_its_prices_were_those_of_the_bars(seasoned: agent.SimTerminal) -> None:
    for deal in seasoned.deals(START - timedelta(days=1)):
        minutes_ago = (START - deal.at) // timedelta(minutes=1) + 1
        bar = next(bar for bar in seasoned.bars(deal.symbol, minutes_ago) if bar.at == agent.minute_of(deal.at))
        spread = Decimal("0.00020") if not deal.symbol.endswith("JPY") else Decimal("0.020")
        assert bar.low <= deal.price <= bar.high + spread


def test_it_is_in_the_market_and_the_next_order_gets_the_next_ticket(seasoned: agent.SimTerminal) -> None:
    positions = seasoned.positions()
    assert len(positions) == 2
    assert all(position.sl and position.tp for position in positions)
    newest = max(deal.ticket for deal in seasoned.deals(START - timedelta(days=15)))
    assert int(seasoned._meta("next_ticket")) == newest + 1


def test_a_broker_that_is_there_already_keeps_its_own_past(tmp_path: Path) -> None:
    agent.SimTerminal(tmp_path / "broker.db", FrozenClock()).close()
    terminal = agent.SimTerminal(tmp_path / "broker.db", FrozenClock(), 14)
    assert (terminal.deals(START - timedelta(days=15)), terminal.positions()) == ([], [])
    terminal.close()
