"""Pure rules: sizing, JSON, times, tables."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import forexelite_agent as agent
from support import START, FrozenClock, trade

SYMBOL = agent.Symbol(
    name="EURUSD",
    digits=5,
    mode=agent.SymbolMode.FULL,
    session_open=True,
    stops_level=0,
    filling_mode=agent.FillingFlag.IOC,
    volume_min=Decimal("0.01"),
    volume_max=Decimal("100"),
    volume_step=Decimal("0.01"),
)
ORDER = agent.TradeInput.read(trade("buy")["input"])
lots = st.decimals("0.001", "500", places=4, allow_nan=False)
steps = st.sampled_from([Decimal("0.001"), Decimal("0.01"), Decimal("0.1"), Decimal("0.03"), Decimal("1")])


@settings(database=None, derandomize=True)
@given(wanted=lots, step=steps, cap=st.none() | lots, smallest=steps, largest=lots)
def test_a_size_is_a_multiple_of_the_step_and_never_above_what_was_asked_or_allowed(
    wanted: Decimal, step: Decimal, cap: Decimal | None, smallest: Decimal, largest: Decimal
) -> None:
    symbol = replace(SYMBOL, volume_step=step, volume_min=smallest, volume_max=largest)
    order = replace(ORDER, volume=wanted, max_volume=cap)
    try:
        volume = agent.size_position(order, symbol, Decimal(10_000), None)
    except agent.JobFailed:
        assert min(wanted, largest, cap or wanted) // step * step < smallest
        return
    assert volume % step == 0
    assert smallest <= volume <= min(wanted, largest, cap or wanted)


@settings(database=None, derandomize=True)
@given(equity=st.decimals("1", "1E+7", places=2), risk=st.decimals("0.01", "10", places=2), loss=lots)
def test_a_size_from_risk_never_risks_more(equity: Decimal, risk: Decimal, loss: Decimal) -> None:
    order = replace(ORDER, volume=None, risk_pct=risk)
    try:
        volume = agent.size_position(order, SYMBOL, equity, loss * 1000)
    except agent.JobFailed:
        return
    assert volume * loss * 1000 <= equity * risk / 100


def test_a_stop_that_loses_nothing_sizes_nothing() -> None:
    with pytest.raises(agent.JobFailed) as raised:
        agent.size_position(replace(ORDER, volume=None, risk_pct=Decimal(1)), SYMBOL, Decimal(10_000), Decimal(0))
    assert raised.value.reason_code == "invalid_stops"


@settings(database=None, derandomize=True)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.decimals("-1E+9", "1E+9", places=8),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_json_goes_out_and_comes_back_without_a_float(value: object) -> None:
    assert agent.parse_json(agent.to_json(value)) == value


@pytest.mark.parametrize(
    ("flags", "order"), [(3, [0, 1, 2]), (1, [0, 1, 2]), (2, [1, 0, 2]), (0, [2, 0, 1]), (4, [2, 0, 1])]
)
def test_the_filling_flags_are_a_mask_and_not_the_filling_itself(flags: int, order: list[int]) -> None:
    assert replace(SYMBOL, filling_mode=agent.FillingFlag(flags)).fillings == order


def test_every_retcode_belongs_to_exactly_one_class() -> None:
    unknown = {agent.Retcode.ERROR, agent.Retcode.TIMEOUT, agent.Retcode.CONNECTION}
    classes = [*agent.EXECUTED, *agent.PRICE_MOVED, *agent.REFUSED, *unknown]
    assert sorted(classes) == sorted(agent.Retcode)


@pytest.mark.parametrize(
    "text", ["2026-11-20T12:00:00Z", "2026-11-20T12:00:00.000000000Z", "2026-11-20T13:00:00+01:00"]
)
def test_times_come_in_as_utc(text: str) -> None:
    assert agent.format_time(agent.parse_time(text)) == "2026-11-20T12:00:00.000000Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        agent.parse_time("2026-11-20T12:00:00")


def test_the_average_price_is_weighted_by_volume() -> None:
    parts = [(Decimal("1.10"), Decimal("0.1")), (Decimal("1.20"), Decimal("0.3"))]
    assert agent.average_price(parts) == Decimal("1.175")


def test_the_backoff_doubles_to_thirty_seconds_and_starts_again() -> None:
    backoff = agent.Backoff(random.Random(1))
    for ceiling in (1, 2, 4, 8, 16, 30, 30, 30):
        assert ceiling / 2 <= backoff.next() <= ceiling
    backoff.reset()
    assert backoff.next() <= 1


def test_a_beat_keeps_its_grid_through_small_delays_and_begins_a_new_one_after_a_rest() -> None:
    clock = FrozenClock()
    beat = agent.Beat(clock, 1)
    starts = []
    for late, takes in ((0.0, 0.4), (0.1, 0.4), (0.0, 1.0), (0.0, 3.7), (50.5, 0.2), (0.0, 0.0)):
        clock.sleep(late)
        beat.start()
        starts.append(clock.monotonic())
        clock.sleep(takes)
        clock.sleep(beat.pause())
    assert starts == pytest.approx([0, 1.1, 2, 4, 58.5, 59.5])


@pytest.mark.parametrize(("bid", "ask"), [("0", "0"), ("0", "1.1"), ("-1", "1"), ("1.2", "1.1"), ("1.1", "0")])
def test_a_tick_nobody_can_trade_at_is_not_sound(bid: str, ask: str) -> None:
    assert not agent.Tick(Decimal(bid), Decimal(ask), START).sound


def test_a_tick_without_a_spread_is_sound() -> None:
    assert agent.Tick(Decimal("1.1"), Decimal("1.1"), START).sound
