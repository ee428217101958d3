"""What is pushed each second, and what the answers do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

import forexelite_agent as agent
from support import START, BrokerFile, Desk, FakeBackend, FrozenClock, config, running

MINUTE = timedelta(minutes=1)


@dataclass
class Stall:
    """A price feed over a simulated terminal, with time standing still."""

    folder: Path
    backend: FakeBackend = field(default_factory=FakeBackend)
    clock: FrozenClock = field(default_factory=FrozenClock)
    symbol_map: dict[str, str] = field(default_factory=dict)
    clock_offset: timedelta = timedelta()
    wanted: agent.Wanted = field(default_factory=agent.Wanted)
    starts: list[float] = field(default_factory=list)
    # How long the backend takes for an answer, and how many answers get lost.
    takes: float = 0
    loses: int = 0
    bodies: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        Desk(self.folder).close()
        self.broker = BrokerFile(self.folder / "broker.db")
        self.terminal = agent.OwnedTerminal(lambda: agent.SimTerminal(self.broker.path, self.clock))
        self.client = agent.Backend(config(self.folder), httpx.MockTransport(self.network))
        self.feed = agent.PriceFeed(self.client, self.terminal, self.wanted, self.live, self.clock)

    def live(self) -> agent.Live:
        return agent.Live(agent.TradingMode.ACTIVE, self.symbol_map, 30, self.clock_offset)

    def close(self) -> None:
        self.terminal.close()
        self.client.close()

    def network(self, request: httpx.Request) -> httpx.Response:
        self.starts.append(self.clock.monotonic())
        self.bodies.append(request.content)
        self.clock.sleep(self.takes)
        response = self.backend.respond(request)
        if self.loses > 0:
            self.loses -= 1
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response

    def look_at(self, *instruments: str) -> None:
        self.backend.wanted = list(instruments)
        self.wanted.hear(instruments)

    def step(self) -> dict[str, Any]:
        """One push, and no time passes."""
        self.feed.step()
        return self.backend.pushes[-1]

    def push(self) -> dict[str, Any]:
        """One push, and the time until the next passes."""
        self.clock.sleep(self.feed.step())
        return self.backend.pushes[-1]

    def bars_of(self, instrument: str, pushes: list[dict[str, Any]]) -> list[str]:
        return [bar["ts"] for push in pushes for bar in push["bars"] if bar["instrument"] == instrument]


@pytest.fixture
def stall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stall]:
    # However slow this machine is: whether the terminal is waited for is tested by itself.
    monkeypatch.setattr(agent.PriceFeed, "TERMINAL_WAIT", 20)
    # Many bars take the simulated terminal a while; those who test them take all.
    monkeypatch.setattr(agent.PriceFeed, "FIRST_BARS", 2)
    stall = Stall(tmp_path)
    yield stall
    stall.close()


@pytest.fixture
def all_bars(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent.PriceFeed, "FIRST_BARS", 500)


# Ticks


def test_a_push_carries_the_wanted_ticks_with_the_brokers_time_in_utc(stall: Stall) -> None:
    stall.broker.pin("EURUSD", "1.08512")
    stall.clock.sleep(0.7)
    stall.look_at("EURUSD", "USDJPY")
    push = stall.push()
    assert sorted(push["ticks"]) == ["EURUSD", "USDJPY"]
    assert push["ticks"]["EURUSD"] == {
        "bid": Decimal("1.08512"),
        "ask": Decimal("1.08520"),
        "ts": "2026-11-20T12:00:00.000000Z",
    }


def test_only_a_tick_that_changed_is_sent_again_but_something_is_pushed_each_second(stall: Stall) -> None:
    stall.look_at("EURUSD")
    stall.step()
    stall.clock.sleep(0.5)
    assert stall.step()["ticks"] == {}
    stall.clock.sleep(0.5)
    assert list(stall.step()["ticks"]) == ["EURUSD"]
    assert len(stall.backend.pushes) == 3


def test_a_tick_is_sent_until_the_backend_said_it_has_it(stall: Stall) -> None:
    stall.look_at("EURUSD")
    stall.loses = 1
    first = stall.step()
    assert list(first["ticks"]) == ["EURUSD"]
    assert stall.step()["ticks"] == first["ticks"]
    assert stall.step()["ticks"] == {}


def test_what_is_looked_at_again_is_sent_again_although_it_did_not_change(stall: Stall) -> None:
    stall.look_at("EURUSD", "USDJPY")
    stall.step()
    stall.look_at("USDJPY")
    stall.step()
    stall.look_at("EURUSD", "USDJPY")
    assert list(stall.step()["ticks"]) == ["EURUSD"]


@pytest.mark.parametrize(("column", "value"), [("pinned_bid", "0"), ("pinned_bid", "-1.1"), ("spread", -3)])
def test_zero_and_crossed_ticks_are_left_out(stall: Stall, column: str, value: object) -> None:
    stall.broker.set("EURUSD", column, value)
    stall.look_at("EURUSD", "USDJPY")
    push = stall.push()
    assert list(push["ticks"]) == ["USDJPY"]
    assert all(bar["low"] > 0 for bar in push["bars"])


def test_the_newest_tick_wins_after_the_backend_was_down(stall: Stall) -> None:
    stall.look_at("EURUSD")
    stall.backend.interrupt = lambda *_: 503
    for _ in range(5):
        stall.clock.sleep(stall.feed.step())
    stall.backend.interrupt = lambda *_: None
    now = stall.clock.now().replace(microsecond=0)
    stall.push()
    [push] = stall.backend.pushes
    assert push["ticks"]["EURUSD"]["ts"] == agent.format_time(now)


def test_an_outage_is_two_log_lines_however_long_it_lasts(stall: Stall, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    stall.look_at("EURUSD")
    caplog.clear()
    stall.backend.interrupt = lambda *_: 503
    pauses = [stall.feed.step() for _ in range(10)]
    stall.backend.interrupt = lambda *_: None
    stall.push()
    stall.push()
    lines = [record.getMessage() for record in caplog.records if record.name == agent.log.name]
    assert [line.split(":")[0] for line in lines] == [
        "sending prices interrupted, trying again",
        "sending prices restored",
    ]
    assert 15 <= pauses[-1] <= 30


# Beats


def test_pushes_start_a_second_apart_whatever_they_take(stall: Stall) -> None:
    stall.look_at("EURUSD")
    stall.takes = 0.3
    for _ in range(4):
        stall.push()
    assert stall.starts == [0, 1, 2, 3]


def test_a_slow_push_skips_beats_and_queues_nothing(stall: Stall) -> None:
    stall.look_at("EURUSD")
    for takes in (0.2, 2.4, 0.2, 0.2):
        stall.takes = takes
        stall.push()
    assert stall.starts == [0, 1, 4, 5]
    times = [push["ticks"]["EURUSD"]["ts"] for push in stall.backend.pushes]
    assert times == [agent.format_time(START + timedelta(seconds=start)) for start in (0, 1, 4, 5)]


def test_after_a_rest_the_next_push_is_a_whole_second_after_the_first(stall: Stall) -> None:
    stall.look_at("EURUSD")
    stall.push()
    stall.clock.sleep(99.7)
    stall.push()
    stall.push()
    assert stall.starts == pytest.approx([0, 100.7, 101.7])


# What is wanted


def test_an_answer_changes_what_is_wanted(stall: Stall) -> None:
    stall.look_at("EURUSD")
    stall.backend.wanted = ["GBPUSD"]
    stall.push()
    assert list(stall.push()["ticks"]) == ["GBPUSD"]
    stall.backend.wanted = []
    stall.push()
    assert not stall.wanted.instruments


def test_an_answer_without_instruments_changes_nothing() -> None:
    wanted = agent.Wanted()
    wanted.hear(("EURUSD",))
    wanted.hear(None)
    assert wanted.instruments == ("EURUSD",)


def test_an_empty_list_that_was_asked_for_before_the_doorbell_rang_stops_nothing() -> None:
    wanted = agent.Wanted()
    wanted.hear(("EURUSD",))
    asked_at = wanted.changes
    wanted.hear(("EURUSD", "GBPUSD"))
    wanted.hear((), asked_at)
    assert wanted.instruments == ("EURUSD", "GBPUSD")
    wanted.hear((), wanted.changes)
    assert not wanted.instruments


def test_when_nobody_looks_pushing_stops_with_that_answer_and_begins_again_with_a_heartbeat(tmp_path: Path) -> None:
    backend = FakeBackend(wanted=["EURUSD"])
    unwanted = []

    def watch(_method: str, path: str, _body: object) -> None:
        if path.endswith("/prices") and not backend.wanted:
            unwanted.append(path)

    backend.interrupt = watch
    with running(tmp_path, backend, heartbeat_seconds=0.4):
        backend.until(lambda: len(backend.pushes) >= 2)
        with backend.changed:
            backend.wanted = []
            beats = len(backend.heartbeats)
        # More than a second, in which there is room for more pushes than the one whose answer says none.
        backend.until(lambda: len(backend.heartbeats) >= beats + 4)
        assert len(unwanted) <= 1
        with backend.changed:
            backend.wanted = ["GBPUSD"]
        backend.until(lambda: any("GBPUSD" in push["ticks"] for push in backend.pushes))


def test_without_a_doorbell_a_push_of_nothing_asks_at_each_poll_whether_somebody_looks(tmp_path: Path) -> None:
    backend = FakeBackend(poll_seconds=Decimal("0.2"))
    with running(tmp_path, backend, doorbell=False):
        backend.until(lambda: len(backend.pushes) >= 2)
        assert all(push["ticks"] == {} for push in backend.pushes)
        with backend.changed:
            backend.wanted = ["EURUSD"]
        backend.until(lambda: any("EURUSD" in push["ticks"] for push in backend.pushes))


def test_jobs_that_wait_are_claimed_as_soon_as_a_price_answer_says_so(tmp_path: Path) -> None:
    backend = FakeBackend(wanted=["EURUSD"], poll_seconds=Decimal(3600))
    with running(tmp_path, backend):
        backend.until(lambda: backend.claims == 1 and len(backend.pushes) >= 1)
        backend.enqueue({"id": "0b5c7f0a-5b1e-4c43-9f0e-3a1d0f6f2a12", "job_type": "dance", "input": {}})
        backend.until(lambda: backend.waiting() == 0)


# Symbols


def test_the_brokers_name_is_found_as_for_a_trade_and_the_backends_is_sent(stall: Stall) -> None:
    stall.broker.set("EURUSD", "name", "EURUSD.i")
    stall.broker.set("XAUUSD", "name", "GOLD")
    stall.symbol_map["XAUUSD"] = "GOLD"
    stall.look_at("EURUSD", "XAUUSD")
    push = stall.push()
    assert sorted(push["ticks"]) == ["EURUSD", "XAUUSD"]
    assert {bar["instrument"] for bar in push["bars"]} == {"EURUSD", "XAUUSD"}


def test_an_unknown_instrument_is_one_log_line_and_does_not_hold_up_the_others(
    stall: Stall, caplog: pytest.LogCaptureFixture
) -> None:
    stall.look_at("NOPE", "EURUSD")
    for _ in range(130):
        assert list(stall.push()["ticks"]) == ["EURUSD"]
    assert caplog.text.count("NOPE, also not with a suffix") == 1


def test_an_instrument_the_broker_lists_later_is_sent_from_the_next_minute_on(stall: Stall) -> None:
    stall.look_at("EURUSD")
    stall.broker.set("EURUSD", "name", "hidden")
    assert stall.push()["ticks"] == {}
    stall.broker.set("hidden", "name", "EURUSD")
    assert stall.push()["ticks"] == {}
    stall.clock.sleep(60)
    assert list(stall.push()["ticks"]) == ["EURUSD"]


def test_a_new_symbol_map_holds_at_once(stall: Stall) -> None:
    stall.look_at("GOLD")
    assert stall.push()["ticks"] == {}
    stall.symbol_map = {"GOLD": "XAUUSD"}
    assert list(stall.push()["ticks"]) == ["GOLD"]


def test_what_the_backend_ignores_is_logged_once(stall: Stall, caplog: pytest.LogCaptureFixture) -> None:
    stall.look_at("EURUSD")
    for reason in ("too_old", "older_than_stored"):
        stall.backend.ignored = [{"instrument": "EURUSD", "reason": reason}]
        for _ in range(3):
            stall.push()
    assert [record.getMessage() for record in caplog.records] == ["price of EURUSD: the backend ignored it: too_old"]


# Limits


def add_symbols(stall: Stall, count: int) -> list[str]:
    names = [f"SYNTHETIC-INSTRUMENT-NUMBER-{number:04}" for number in range(count)]
    stall.broker.rows(
        "insert into symbols (name, base, quote, digits, base_price, spread, points_per_root_second, contract_size, "
        "filling_mode) select value, base, quote, 8, '104999.12345678', spread, points_per_root_second, contract_size, "
        "filling_mode from json_each(?), symbols where name = 'EURUSD'",
        json.dumps(names),
    )
    return names


@pytest.mark.usefixtures("all_bars")
def test_a_push_is_never_more_than_200_instruments_1000_bars_and_200_kb(stall: Stall) -> None:
    stall.look_at(*add_symbols(stall, 200))
    for _ in range(4):
        push = stall.push()
        assert len(push["ticks"]) == 200
        assert len(push["bars"]) <= 1000
    sizes = [len(body) for body in stall.bodies]
    assert max(sizes) < 200_000
    assert sizes[0] > 150_000


def test_more_than_200_instruments_take_turns(stall: Stall) -> None:
    names = add_symbols(stall, 270)
    stall.look_at(*names)
    pushes = [stall.push() for _ in range(3)]
    assert [len(push["ticks"]) for push in pushes] == [200, 200, 200]
    assert {name for push in pushes[:2] for name in push["ticks"]} == set(names)


# Bars


def minutes(first: int, last: int) -> list[str]:
    """The begins of bars, in minutes after START."""
    return [agent.format_time(START + number * MINUTE) for number in range(first, last + 1)]


@pytest.mark.usefixtures("all_bars")
def test_the_first_push_of_an_instrument_brings_its_last_500_bars_and_then_each_new_one_once(stall: Stall) -> None:
    stall.look_at("EURUSD")
    first = stall.push()
    assert stall.bars_of("EURUSD", [first]) == minutes(-500, -1)
    later = [stall.push() for _ in range(185)]
    assert stall.bars_of("EURUSD", later) == minutes(0, 2)
    assert sum(bool(push["bars"]) for push in later) == 3


def test_a_bar_is_pushed_in_the_second_in_which_its_minute_is_over(stall: Stall) -> None:
    stall.look_at("EURUSD")
    pushes = [stall.push() for _ in range(61)]
    assert [bool(push["bars"]) for push in pushes] == [True, *[False] * 59, True]
    assert pushes[60]["ticks"]["EURUSD"]["ts"] == agent.format_time(START + MINUTE)


def test_the_terminal_is_asked_for_bars_once_a_minute(stall: Stall) -> None:
    asked: list[int] = []
    stall.terminal.ask(lambda terminal: count_calls(terminal, asked)).result()
    stall.look_at("EURUSD")
    for _ in range(120):
        stall.push()
    assert asked == [2, 2]


def count_calls(terminal: agent.Terminal, asked: list[int]) -> None:
    original = terminal.bars

    def counted(symbol: str, count: int) -> Any:
        asked.append(count)
        return original(symbol, count)

    terminal.bars = counted  # type: ignore[method-assign]


@pytest.mark.usefixtures("all_bars")
def test_the_first_bars_of_many_instruments_are_spread_over_pushes(stall: Stall) -> None:
    names = ["EURUSD", "GBPUSD", "USDJPY", "AUDUSD", "USDCAD"]
    stall.look_at(*names)
    pushes = [stall.push() for _ in range(6)]
    assert max(len(push["bars"]) for push in pushes) == 1000
    for name in names:
        assert stall.bars_of(name, pushes) == minutes(-500, -1)


@pytest.mark.usefixtures("all_bars")
def test_bars_whose_answer_was_lost_are_sent_again(stall: Stall) -> None:
    stall.look_at("EURUSD")
    stall.loses = 1
    assert stall.bars_of("EURUSD", [stall.push()]) == minutes(-500, -1)
    assert stall.bars_of("EURUSD", [stall.push()]) == minutes(-500, -1)
    assert stall.bars_of("EURUSD", [stall.push()]) == []


@pytest.mark.usefixtures("all_bars")
def test_after_a_while_unwatched_only_the_missed_bars_are_sent(stall: Stall) -> None:
    stall.look_at("EURUSD")
    stall.push()
    stall.clock.sleep(45 * 60)
    assert stall.bars_of("EURUSD", [stall.push()]) == minutes(0, 44)


@pytest.mark.usefixtures("all_bars")
def test_a_clock_ahead_of_the_backends_sends_nothing_from_the_future(stall: Stall) -> None:
    stall.clock_offset = timedelta(minutes=-3)
    stall.look_at("EURUSD")
    pushes = [stall.push() for _ in range(240)]
    for second, push in enumerate(pushes):
        now = START + timedelta(seconds=second - 180)
        assert push["ticks"]["EURUSD"]["ts"] == agent.format_time(now)
        assert all(agent.parse_time(bar["ts"]) <= now for bar in push["bars"])
    assert stall.bars_of("EURUSD", pushes)[-3:] == minutes(-3, -1)


def test_a_broker_clock_ahead_of_ours_delays_no_bar(stall: Stall) -> None:
    ahead = FrozenClock()
    ahead.at = START + timedelta(seconds=70)
    stall.clock_offset = timedelta(seconds=70)
    terminal = agent.OwnedTerminal(lambda: agent.SimTerminal(stall.broker.path, ahead))
    feed = agent.PriceFeed(stall.client, terminal, stall.wanted, stall.live, stall.clock)
    stall.look_at("EURUSD")
    feed.step()
    ahead.sleep(60)
    feed.step()
    assert stall.bars_of("EURUSD", stall.backend.pushes[1:]) == minutes(1, 1)
    terminal.close()


# The terminal


def test_a_terminal_busy_with_an_order_does_not_hold_up_the_pushes(
    stall: Stall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent.PriceFeed, "TERMINAL_WAIT", 0.01)
    done = threading.Event()
    order = stall.terminal.ask(lambda _: done.wait(20))
    stall.look_at("EURUSD")
    assert [stall.push()["ticks"] for _ in range(3)] == [{}, {}, {}]
    done.set()
    assert order.result()
    monkeypatch.setattr(agent.PriceFeed, "TERMINAL_WAIT", 20)
    # The one reading that waited, and not one for each push.
    assert len(stall.push()["bars"]) == 2
    assert stall.push()["ticks"]["EURUSD"]["ts"] == agent.format_time(START + timedelta(seconds=4))


def test_a_reading_that_came_too_late_is_not_sent_as_new(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    stall.look_at("EURUSD")
    done = threading.Event()
    stall.terminal.ask(lambda _: done.wait(20))
    monkeypatch.setattr(agent.PriceFeed, "TERMINAL_WAIT", 0.01)
    assert stall.push()["ticks"] == {}
    done.set()
    stall.terminal.state()
    stall.clock.sleep(3600)
    monkeypatch.setattr(agent.PriceFeed, "TERMINAL_WAIT", 20)
    now = agent.format_time(stall.clock.now())
    assert stall.push()["ticks"]["EURUSD"]["ts"] == now


def test_one_thread_makes_every_call_of_the_terminal(tmp_path: Path) -> None:
    callers: set[str] = set()

    class Watched(agent.SimTerminal):
        def __getattribute__(self, name: str) -> Any:
            callers.add(threading.current_thread().name)
            return super().__getattribute__(name)

    Desk(tmp_path).close()
    terminal = agent.OwnedTerminal(lambda: Watched(tmp_path / "broker.db", FrozenClock()))
    terminal.symbols("EUR")
    threads = [threading.Thread(target=terminal.positions), threading.Thread(target=terminal.state)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    terminal.close()
    assert callers == {"terminal_0"}


def test_a_terminal_that_cannot_be_opened_says_so_to_whoever_asks(tmp_path: Path) -> None:
    def fail() -> agent.Terminal:
        raise OSError("no terminal here")

    terminal = agent.OwnedTerminal(fail)
    with pytest.raises(OSError, match="no terminal here"):
        terminal.state()
    terminal.close()


def test_a_revoked_key_is_told_apart(stall: Stall) -> None:
    stall.look_at("EURUSD")
    stall.backend.key = "another"
    with pytest.raises(agent.KeyRefused):
        stall.feed.step()


def test_a_key_refused_to_several_loops_at_once_is_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    backend = FakeBackend(wanted=["EURUSD"])
    refused = threading.Barrier(3, timeout=20)

    def network(request: httpx.Request) -> httpx.Response:
        response = backend.respond(request)
        loop = request.url.path.rsplit("/", 1)[-1]
        if loop in ("prices", "account") or (loop == "heartbeat" and len(backend.heartbeats) == 2):
            refused.wait()
            return httpx.Response(401)
        return response

    with running(tmp_path, backend, network=network, ends=agent.Exit.KEY_REFUSED, heartbeat_seconds=0.2) as whole:
        assert whole._stop.wait(20)
    assert caplog.text.count("the backend refused the agent key") == 1


def test_prices_go_out_as_json_numbers(stall: Stall) -> None:
    stall.look_at("XAUUSD")
    stall.step()
    [body] = stall.bodies
    push = json.loads(body)
    assert isinstance(push["ticks"]["XAUUSD"]["bid"], float)
    assert isinstance(push["bars"][0]["volume"], int)
