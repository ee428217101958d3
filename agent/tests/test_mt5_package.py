"""The traps of the MetaTrader5 package: that the played one has them, and that the agent steps around each."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fake_mt5 import EXCHANGE, INSTANT, MARKET, Fault, Instrument
from mt5_support import Mt5Desk, request

import forexelite_agent as agent
from support import START, config

# Calling conventions

ORDER = {"action": 1, "symbol": "EURUSD", "volume": 0.1, "type": 0, "price": 1.10008, "sl": 0.0, "tp": 0.0,
         "deviation": 20, "magic": 1, "comment": "FE", "type_time": 0, "type_filling": 1}  # fmt: skip


def wrapped(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    return function(*arguments, **keywords)


@pytest.mark.parametrize(
    ("call", "reached"),
    [
        (lambda send: send(ORDER), True),
        (lambda send: send(*[ORDER]), True),
        (lambda send: send(**ORDER), True),
        (lambda send: functools.partial(send, ORDER)(), True),
        (lambda send: send(*[ORDER], **{}), False),
        (lambda send: wrapped(send, ORDER), False),
    ],
    ids=["positional", "star", "keywords", "partial", "empty keywords", "wrapper"],
)
def test_the_played_package_has_the_keyword_trap(mt5_desk: Mt5Desk, call: Callable[[Any], Any], reached: bool) -> None:
    mt5 = mt5_desk.mt5
    mt5.initialize()
    answer = call(mt5.order_send)
    assert (answer is not None) == reached
    assert mt5.last_error() == ((1, "Success") if reached else (-2, "Unnamed arguments not allowed"))


def test_the_played_package_refuses_a_request_submitted_to_an_executor(mt5_desk: Mt5Desk) -> None:
    mt5 = mt5_desk.mt5
    with ThreadPoolExecutor(1) as executor:
        executor.submit(mt5.initialize).result()
        assert executor.submit(mt5.order_send, ORDER).result() is None
        assert executor.submit(lambda: mt5.order_send(ORDER)).result().retcode == 10009
    mt5.new_process()


def test_the_played_package_takes_filters_as_keywords_only(mt5_desk: Mt5Desk) -> None:
    mt5: Any = mt5_desk.mt5
    mt5.initialize()
    assert mt5.positions_get("EURUSD") is None
    assert mt5.last_error()[0] == -2
    assert mt5.history_deals_get() is None
    with pytest.raises(TypeError):
        mt5.symbol_info(symbol="EURUSD")
    mt5.new_process()


def test_an_order_gets_through_with_every_field_of_the_kind_the_package_wants(mt5_desk: Mt5Desk) -> None:
    mt5_desk.metatrader.state()
    answer = mt5_desk.metatrader.order_send(request(sl=Decimal("1.09"), tp=Decimal("1.12")))
    assert isinstance(answer, agent.OrderAnswer)
    assert (answer.retcode, answer.volume, answer.price) == (10009, Decimal("0.1"), Decimal("1.10008"))
    assert mt5_desk.mt5.sent == [
        {"action": 1, "symbol": "EURUSD", "volume": 0.1, "type": 0, "price": 1.10008, "sl": 1.09, "tp": 1.12,
         "deviation": 20, "magic": 770001, "comment": "FEAAAAAAAAAAAAAAAAAAAA", "type_time": 0, "type_filling": 1}
    ]  # fmt: skip


def test_a_request_names_the_position_it_closes(mt5_desk: Mt5Desk) -> None:
    held = mt5_desk.mt5.position()
    mt5_desk.metatrader.state()
    answer = mt5_desk.metatrader.order_send(request(side=agent.Side.SELL, price=Decimal("1.1"), position=held.ticket))
    assert isinstance(answer, agent.OrderAnswer)
    assert (mt5_desk.mt5.sent[0]["position"], mt5_desk.mt5.positions) == (held.ticket, {})


def test_no_answer_comes_with_the_error_of_that_call(mt5_desk: Mt5Desk) -> None:
    mt5_desk.metatrader.state()
    mt5_desk.mt5.faults.append(Fault(error=(-10005, "IPC timeout")))
    assert mt5_desk.metatrader.order_send(request()) == agent.NoAnswer(-10005, "IPC timeout")


def test_the_longest_comment_of_the_agent_is_taken_and_a_longer_one_would_not_be(mt5_desk: Mt5Desk) -> None:
    mt5_desk.metatrader.state()
    longest = agent.close_tag("F" * 22, 1295)
    assert isinstance(mt5_desk.metatrader.order_send(request(comment=longest)), agent.OrderAnswer)
    # Another build of the package takes 28 bytes; 26 are safe everywhere.
    assert len(longest) <= 26
    refused = mt5_desk.metatrader.order_send(request(comment="F" * 30))
    assert refused == agent.NoAnswer(-2, 'Invalid "comment" argument')
    with pytest.raises(agent.JobFailed, match="did not send the order"):
        agent.raise_unless_executed(refused)


# Symbols


def test_a_filling_mask_is_translated_into_the_enum_of_requests(mt5_desk: Mt5Desk) -> None:
    # The mask's 1 is FOK, whose number in a request is 0; its 2 is IOC, whose number is 1; 4 is for pending orders.
    first = {
        (mask, execution): replace(
            symbol_of(mt5_desk), filling_mode=agent.FillingFlag(mask), execution=agent.Execution(execution)
        ).fillings[0]
        for mask in (0, 1, 2, 3, 4)
        for execution in (INSTANT, MARKET, EXCHANGE)
    }
    assert {key for key, filling in first.items() if filling is agent.Filling.IOC} == {
        (2, INSTANT), (2, MARKET), (2, EXCHANGE),
    }  # fmt: skip
    assert {key for key, filling in first.items() if filling is agent.Filling.RETURN} == {(0, EXCHANGE), (4, EXCHANGE)}


def symbol_of(desk: Mt5Desk, name: str = "EURUSD") -> agent.Symbol:
    symbol = desk.metatrader.symbol(name)
    assert symbol is not None
    return symbol


def test_a_symbol_is_read_with_exact_numbers(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.add(
        Instrument("US500", 5000.25, 5000.75, digits=2, tick_size=0.25, stops_level=50, volume_limit=20, filling_mode=1,
                   execution=INSTANT, volume_min=0.1, volume_step=0.1, mode=3)
    )  # fmt: skip
    assert symbol_of(mt5_desk, "US500") == agent.Symbol(
        name="US500",
        digits=2,
        mode=agent.SymbolMode.CLOSE_ONLY,
        session_open=True,
        stops_level=50,
        filling_mode=agent.FillingFlag.FOK,
        volume_min=Decimal("0.1"),
        volume_max=Decimal("100.0"),
        volume_step=Decimal("0.1"),
        tick_size=Decimal("0.25"),
        volume_limit=Decimal("20.0"),
        execution=agent.Execution.INSTANT,
    )
    assert symbol_of(mt5_desk, "US500").round_price(Decimal("4990.30")) == Decimal("4990.25")


def test_a_symbol_the_broker_does_not_have_is_none_and_no_trouble(mt5_desk: Mt5Desk) -> None:
    assert mt5_desk.metatrader.symbol("NOTHING") is None
    assert mt5_desk.metatrader.tick("NOTHING") is None
    assert mt5_desk.metatrader.bars("NOTHING", 5) == []


def test_symbols_with_a_prefix_are_found_and_marks_of_the_filter_are_none_of_it(mt5_desk: Mt5Desk) -> None:
    for name in ("EURUSD.i", "xEURUSD", "EURGBP"):
        mt5_desk.mt5.add(Instrument(name, 1.1, 1.2))
    assert [symbol.name for symbol in mt5_desk.metatrader.symbols("EURUSD")] == ["EURUSD", "EURUSD.i"]
    for prefix in ("*", "EUR*", "EURUSD,!"):
        assert mt5_desk.metatrader.symbols(prefix) == []


# Ticks, bars and the broker's clock


def test_a_symbol_is_put_into_the_market_watch_and_its_first_tick_of_zeros_is_none(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.add(Instrument("GBPUSD", 1.3, 1.3001, selected=False, zero_ticks=2))
    assert mt5_desk.metatrader.tick("GBPUSD") is None
    assert mt5_desk.metatrader.tick("GBPUSD") is None
    tick = mt5_desk.metatrader.tick("GBPUSD")
    assert tick is not None
    assert (tick.bid, tick.ask) == (Decimal("1.3"), Decimal("1.3001"))
    assert mt5_desk.mt5.calls.count("symbol_select") == 1


def test_a_symbol_somebody_took_out_of_the_market_watch_is_put_back(mt5_desk: Mt5Desk) -> None:
    assert mt5_desk.metatrader.tick("EURUSD")
    mt5_desk.mt5.instruments["EURUSD"].selected = False
    mt5_desk.metatrader.tick("EURUSD")
    assert mt5_desk.metatrader.tick("EURUSD")


@pytest.mark.parametrize("hours", [3, 2, 0, -5, 5.5, 5.75])
def test_the_brokers_clock_is_learned_from_ticks_that_come_in(mt5_desk: Mt5Desk, hours: float) -> None:
    mt5_desk.mt5.offset = timedelta(hours=hours)
    mt5_desk.tick()
    mt5_desk.learn_clock()
    tick = mt5_desk.metatrader.tick("EURUSD")
    assert tick is not None
    assert tick.at == mt5_desk.clock.now()
    [*_, last] = mt5_desk.metatrader.bars("EURUSD", 3)
    assert last.at == START - timedelta(minutes=1)


def test_on_a_weekend_the_clock_is_what_was_learned_before(mt5_desk: Mt5Desk) -> None:
    mt5_desk.learn_clock()
    mt5_desk.mt5.instruments["EURUSD"].closed = True
    mt5_desk.clock.sleep(36 * 3600)
    mt5_desk.restart()
    mt5_desk.learn_clock()
    mt5_desk.mt5.deal(time_msc=int((START + timedelta(hours=3)).timestamp() * 1000), position_id=1)
    [deal] = mt5_desk.metatrader.deals(START - timedelta(days=1))
    assert deal.at == START
    assert mt5_desk.metatrader.bars("EURUSD", 3) == [], "not learned in this run, so no bar is stored under it"


def test_the_last_ticks_of_before_the_weekend_coming_in_late_teach_nothing(mt5_desk: Mt5Desk) -> None:
    for name in ("GBPUSD", "USDJPY"):
        mt5_desk.mt5.add(Instrument(name, 1.3, 1.3001))
    for instrument in mt5_desk.mt5.instruments.values():
        instrument.closed = True
    mt5_desk.metatrader.state()
    # So that their stamps are whole hours away.
    mt5_desk.clock.sleep(6 * 3600)
    mt5_desk.metatrader.state()
    for instrument in mt5_desk.mt5.instruments.values():
        instrument.stamp_msc += 60_000
    for _ in range(5):
        mt5_desk.metatrader.state()
        mt5_desk.clock.sleep(1)
    assert mt5_desk.metatrader.bars("EURUSD", 3) == []


def test_a_price_seen_before_the_clock_is_known_is_as_old_as_its_first_sight(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.instruments["EURUSD"].closed = True
    first = mt5_desk.metatrader.tick("EURUSD")
    mt5_desk.clock.sleep(5)
    assert mt5_desk.metatrader.tick("EURUSD") == first
    assert first is not None
    assert first.at == START


@pytest.mark.parametrize("hours", [2, 4])
def test_the_begin_and_the_end_of_summer_time_are_noticed_within_minutes(mt5_desk: Mt5Desk, hours: int) -> None:
    mt5_desk.learn_clock()
    mt5_desk.mt5.offset = timedelta(hours=hours)
    for _ in range(4):
        mt5_desk.clock.sleep(60)
        mt5_desk.metatrader.state()
    tick = mt5_desk.metatrader.tick("EURUSD")
    assert tick is not None
    assert tick.at == mt5_desk.clock.now()


def test_bars_are_those_that_are_over_oldest_first(mt5_desk: Mt5Desk) -> None:
    mt5_desk.learn_clock()
    bars = mt5_desk.metatrader.bars("EURUSD", 500)
    assert len(bars) == 500
    assert [bar.at for bar in bars[:2]] == [START - timedelta(minutes=500), START - timedelta(minutes=499)]
    assert bars[-1] == agent.Bar(
        START - timedelta(minutes=1), Decimal("1.1"), Decimal("1.1002"), Decimal("1.0998"), Decimal("1.1"), 61
    )


# Account, positions, deals


def test_the_account_is_read(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.trade_mode = 2
    mt5_desk.mt5.position(volume=0.5, price_open=1.0999)
    account = mt5_desk.metatrader.account()
    assert (account.login, account.server, account.trade_mode) == (5_001_234, "Broker-Demo", "real")
    assert (account.balance, account.equity) == (Decimal("10000.0"), Decimal("10005.0"))


def test_a_terminal_that_is_logged_in_nowhere_says_what_to_do(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.login = 0
    with pytest.raises(agent.TerminalUnavailable, match="log in"):
        mt5_desk.metatrader.account()


def test_positions_and_deals_have_utc_times_and_only_trades_are_deals(mt5_desk: Mt5Desk) -> None:
    mt5_desk.learn_clock()
    mt5_desk.mt5.position(sl=1.09)
    mt5_desk.mt5.deal(type=2, profit=10_000)
    mt5_desk.mt5.deal(type=1, entry=1, position_id=7, volume=0.1, price=1.2, profit=3.5, comment="[sl 1.2]")
    [position] = mt5_desk.metatrader.positions()
    assert (position.opened_at, position.sl, position.tp) == (mt5_desk.clock.now(), Decimal("1.09"), None)
    [deal] = mt5_desk.metatrader.deals(START)
    assert (deal.at, deal.side, deal.entry) == (mt5_desk.clock.now(), agent.Side.SELL, agent.Entry.OUT)
    assert (deal.position, deal.profit, deal.commission) == (7, Decimal("3.5"), Decimal("-0.35"))


@pytest.mark.parametrize("offset", [timedelta(hours=3), timedelta(hours=-5)])
def test_deals_are_found_whatever_the_brokers_clock_is_also_before_it_is_known(
    mt5_desk: Mt5Desk, offset: timedelta
) -> None:
    mt5_desk.mt5.offset = offset
    mt5_desk.mt5.deal(position_id=1)
    assert len(mt5_desk.metatrader.deals(START - timedelta(minutes=10))) == 1
    assert mt5_desk.metatrader.deals(START - timedelta(minutes=10))[0].at <= START


def test_a_list_that_is_none_for_an_error_is_not_taken_for_an_empty_one(mt5_desk: Mt5Desk) -> None:
    mt5_desk.metatrader.state()
    mt5_desk.mt5.positions_get = lambda: mt5_desk.mt5._fail(-1, "Terminal: Call failed")
    with pytest.raises(agent.TerminalUnavailable, match="positions_get"):
        mt5_desk.metatrader.positions()
    mt5_desk.mt5.positions_get = lambda: mt5_desk.mt5._fail(1, "Success")
    assert mt5_desk.metatrader.positions() == []


def test_a_profit_is_computed_in_the_accounts_currency_or_not_at_all(mt5_desk: Mt5Desk) -> None:
    calc = mt5_desk.metatrader.calc_profit
    assert calc(agent.Side.BUY, "EURUSD", Decimal(1), Decimal("1.1"), Decimal("1.098")) == Decimal("-200.0")
    with pytest.raises(agent.TerminalUnavailable, match="profit"):
        calc(agent.Side.BUY, "NOTHING", Decimal(1), Decimal("1.1"), Decimal("1.098"))


# A terminal that goes away


def test_a_terminal_that_was_started_again_is_reached_in_a_new_session(mt5_desk: Mt5Desk) -> None:
    assert mt5_desk.metatrader.state().connected
    mt5_desk.clock.sleep(60)
    mt5_desk.mt5.restart()
    assert mt5_desk.metatrader.account().login == 5_001_234
    sessions = [call for call in mt5_desk.mt5.calls if call in ("shutdown", "initialize")]
    assert sessions == ["shutdown", "initialize"] * 2


def test_a_terminal_lost_just_after_it_was_reached_says_how(mt5_desk: Mt5Desk) -> None:
    assert mt5_desk.metatrader.state().connected
    mt5_desk.mt5.restart()
    with pytest.raises(agent.TerminalUnavailable, match=r"gave no answer: No IPC connection \(-10004, account_info\)"):
        mt5_desk.metatrader.account()


def test_a_closed_terminal_is_tried_every_ten_seconds_and_told_of_in_words(mt5_desk: Mt5Desk) -> None:
    mt5_desk.mt5.running = False
    for _ in range(25):
        assert not mt5_desk.metatrader.state().connected
        mt5_desk.clock.sleep(1)
    with pytest.raises(agent.TerminalUnavailable, match=r"start MetaTrader 5 .* \(-10003, IPC initialize failed"):
        mt5_desk.metatrader.account()
    assert len(mt5_desk.mt5.initialized_with) == 3
    mt5_desk.mt5.running = True
    mt5_desk.clock.sleep(10)
    assert mt5_desk.metatrader.state().connected


@pytest.mark.parametrize(("code", "said"), [(-6, "log in again"), (-5, "too old"), (-10005, "start MetaTrader 5")])
def test_why_a_terminal_is_not_reached_is_told_by_its_error(mt5_desk: Mt5Desk, code: int, said: str) -> None:
    mt5_desk.mt5.running = False
    mt5_desk.mt5.initialize_error = (code, "in the package's words")
    with pytest.raises(agent.TerminalUnavailable, match=said):
        mt5_desk.metatrader.account()


@pytest.mark.parametrize("portable", [False, True])
def test_the_terminal_of_the_configuration_is_the_one_that_is_started(mt5_desk: Mt5Desk, portable: bool) -> None:
    path = Path("C:/MT5 Two/terminal64.exe")
    started: list[tuple[str, Path]] = []

    def launch(command: str, folder: Path) -> Any:
        started.append((command, folder))

    start = agent.TerminalStart(mt5_desk.folder / "note.json", launch, lambda: [])
    start.remember(agent.Installation(path.parent, mt5_desk.folder))
    given = replace(config(mt5_desk.folder), mt5_path=path, mt5_portable=portable)
    terminal = agent.MetaTraderTerminal(mt5_desk.mt5, given, mt5_desk.clock, start)
    assert terminal.state().connected
    told = {"timeout": 20_000, "portable": True} if portable else {"timeout": 20_000}
    assert mt5_desk.mt5.initialized_with == [((str(path),), told)]
    # Not by the package, which would start it without the bridge.
    configuration = mt5_desk.folder / "MQL5" / "Files" / "forexelite" / "start.ini"
    assert started == [(f'"{path}" /config:"{configuration}"', path.parent)]
    terminal.close()
    mt5_desk.mt5.new_process()


def test_an_order_is_not_sent_into_a_session_that_was_lost(mt5_desk: Mt5Desk) -> None:
    mt5_desk.metatrader.state()
    mt5_desk.mt5.running = False
    assert not mt5_desk.metatrader.state().connected
    with pytest.raises(agent.TerminalUnavailable):
        mt5_desk.metatrader.order_send(request())


# Calls that hang


def test_a_read_that_hangs_is_given_up_and_the_next_ones_at_once(mt5_desk: Mt5Desk) -> None:
    mt5_desk.metatrader.state()
    mt5_desk.hang("account_info")
    with pytest.raises(agent.TerminalUnavailable, match="has not answered"):
        mt5_desk.metatrader.account()
    calls = len(mt5_desk.mt5.calls)
    with pytest.raises(agent.TerminalUnavailable, match="close it and start it again"):
        mt5_desk.metatrader.positions()
    assert not mt5_desk.metatrader.state().connected
    assert len(mt5_desk.mt5.calls) == calls, "behind a call that hangs none is made"
    mt5_desk.release()
    assert mt5_desk.metatrader.state().connected


def test_an_order_that_hangs_has_an_unknown_outcome(mt5_desk: Mt5Desk) -> None:
    mt5_desk.metatrader.state()
    mt5_desk.hang("order_send")
    with pytest.raises(agent.OutcomeUnknown):
        mt5_desk.metatrader.order_send(request())


def test_an_order_behind_a_call_that_hangs_is_known_not_to_be_sent(mt5_desk: Mt5Desk) -> None:
    mt5_desk.metatrader.state()
    mt5_desk.hang("account_info")
    with pytest.raises(agent.TerminalUnavailable):
        mt5_desk.metatrader.account()
    with pytest.raises(agent.TerminalUnavailable):
        mt5_desk.metatrader.order_send(request())
    mt5_desk.release()
    assert mt5_desk.mt5.sent == []


def test_every_call_is_made_by_one_thread_whoever_asks(mt5_desk: Mt5Desk) -> None:
    askers = [threading.Thread(target=mt5_desk.metatrader.state) for _ in range(3)]
    for asker in askers:
        asker.start()
        asker.join()
    # The played package fails on a second thread.
    assert mt5_desk.mt5.calls.count("terminal_info") == 3


# The broker's clock on its own


def test_a_kept_clock_that_cannot_be_read_is_no_clock(tmp_path: Path) -> None:
    file = tmp_path / "broker-clock.json"
    for text in (
        b"",
        b"{",
        b"[]",
        b'{"offset_minutes": "three"}',
        b'{"offset_minutes": 1000000000000000}',
        b"\xff\xfe",
    ):
        file.write_bytes(text)
        assert agent.BrokerClock(file).offset == timedelta()


def test_one_tick_does_not_settle_the_clock_and_two_that_agree_do(tmp_path: Path) -> None:
    clock = agent.BrokerClock(tmp_path / "broker-clock.json")
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for second in range(3):
        at = now + timedelta(seconds=second)
        assert not clock.observed
        clock.hear("EURUSD", at + timedelta(hours=2), at)
    assert (clock.observed, clock.offset) == (True, timedelta(hours=2))
