"""When the account is reported, and that each deal is reported until the backend has it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

import forexelite_agent as agent
from support import START, BrokerFile, Desk, FakeBackend, FrozenClock, config, running, trade

BUY = agent.OrderRequest(
    symbol="EURUSD",
    side=agent.Side.BUY,
    volume=Decimal("0.10"),
    price=Decimal("1.10008"),
    sl=None,
    tp=None,
    deviation=20,
    magic=770001,
    comment="by-hand",
    position=None,
    filling=agent.Filling.IOC,
)


@dataclass
class Counter:
    """An account reporter over a simulated terminal, with time standing still."""

    folder: Path
    backend: FakeBackend = field(default_factory=FakeBackend)
    clock: FrozenClock = field(default_factory=FrozenClock)
    loses: int = 0
    history: timedelta = timedelta(hours=24)
    published: list[agent.Status] = field(default_factory=list)

    def __post_init__(self) -> None:
        Desk(self.folder).close()
        self.broker = BrokerFile(self.folder / "broker.db")
        self.broker.pin("EURUSD", "1.10000")
        self.client = agent.Backend(config(self.folder), httpx.MockTransport(self.network))
        self.open()

    def open(self) -> None:
        self.terminal = agent.OwnedTerminal(lambda: agent.SimTerminal(self.broker.path, self.clock))
        self.journal = agent.Journal(self.folder / "journal.db")
        self.reporter = agent.AccountReporter(
            self.client, self.terminal, self.journal, self.published.append, self.clock, self.history
        )

    def close(self) -> None:
        self.terminal.close()
        self.journal.close()

    def restart(self) -> None:
        self.close()
        self.open()

    def network(self, request: httpx.Request) -> httpx.Response:
        response = self.backend.respond(request)
        if self.loses > 0:
            self.loses -= 1
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response

    def trade(self, **terms: Any) -> agent.OrderAnswer:
        answer = self.terminal.order_send(replace(BUY, **terms))
        assert isinstance(answer, agent.OrderAnswer)
        assert answer.retcode == agent.Retcode.DONE
        return answer

    def book(self, tickets: Sequence[int], at: datetime) -> None:
        """Deals as a broker's other clients make them, a second apart."""
        self.trade_once()
        times = [(ticket, agent.format_time(at + timedelta(seconds=number))) for number, ticket in enumerate(tickets)]
        self.broker.rows(
            "insert into deals select json_extract(value, '$[0]'), \"order\", position, symbol, side, entry, volume, "
            "price, profit, magic, comment, json_extract(value, '$[1]') "
            "from json_each(?), (select * from deals order by ticket desc limit 1)",
            json.dumps(times),
        )

    def trade_once(self) -> None:
        if not self.broker.deals():
            self.trade()
            self.broker.rows("update deals set at = '2020-01-01T00:00:00.000000Z', ticket = 100000")

    def seconds(self, count: int) -> list[dict[str, Any]]:
        """The reports of so many looks, one a second."""
        before = len(self.backend.accounts)
        for _ in range(count):
            self.clock.sleep(self.reporter.step())
        return self.backend.accounts[before:]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    counter = Counter(tmp_path)
    yield counter
    counter.client.close()
    counter.close()


# What is reported


def test_a_report_is_the_account_its_positions_and_its_deals(counter: Counter) -> None:
    counter.clock.sleep(1)
    answer = counter.trade(sl=Decimal("1.09700"))
    [report] = counter.seconds(1)
    floating = (Decimal("1.10000") - answer.price) * 10_000
    assert report == {
        "balance": 10_000,
        "equity": 10_000 + floating,
        "margin": 110,
        "free_margin": 9890 + floating,
        "currency": "USD",
        "leverage": 100,
        "positions": [
            {
                "ticket": answer.order,
                "symbol": "EURUSD",
                "side": "buy",
                "volume": Decimal("0.10"),
                "open_price": answer.price,
                "sl": Decimal("1.09700"),
                "profit": floating,
                "swap": 0,
                "magic_number": 770001,
                "opened_at": "2026-11-20T12:00:01.000000Z",
            }
        ],
        "deals": [
            {
                "ticket": answer.deal,
                "order_ticket": answer.order,
                "position_ticket": answer.order,
                "symbol": "EURUSD",
                "side": "buy",
                "entry": "in",
                "volume": Decimal("0.10"),
                "price": answer.price,
                "profit": 0,
                "swap": 0,
                "commission": 0,
                "fee": 0,
                "magic_number": 770001,
                "comment": "by-hand",
                "time": "2026-11-20T12:00:01.000000Z",
            }
        ],
    }


def test_a_closed_position_is_gone_from_the_next_report_and_its_deal_is_in_it(counter: Counter) -> None:
    answer = counter.trade()
    counter.seconds(1)
    counter.trade(side=agent.Side.SELL, price=Decimal("1.10000"), position=answer.order)
    [report] = counter.seconds(1)
    assert report["positions"] == []
    assert [(deal["entry"], deal["position_ticket"]) for deal in report["deals"]] == [("out", answer.order)]


def test_without_a_connection_nothing_is_reported_and_the_status_is_known_all_the_same(counter: Counter) -> None:
    counter.broker.fault("disconnected")
    assert counter.seconds(3) == []
    assert [status.state.connected for status in counter.published] == [False] * 3
    counter.broker.heal()
    assert len(counter.seconds(1)) == 1


# When


def test_an_account_that_does_not_change_is_reported_once_a_minute(counter: Counter) -> None:
    assert len(counter.seconds(1)) == 1
    assert counter.seconds(59) == []
    assert len(counter.seconds(1)) == 1
    assert counter.seconds(59) == []


def test_floating_profit_alone_is_reported_every_five_seconds(counter: Counter) -> None:
    counter.trade()
    counter.seconds(1)
    for number in range(20):
        counter.broker.pin("EURUSD", f"1.10{number + 1:03}")
        assert len(counter.seconds(1)) == (number % 5 == 4), number


@pytest.mark.parametrize("change", ["opened", "closed", "volume", "stop", "balance"])
def test_what_matters_is_reported_within_the_second(counter: Counter, change: str) -> None:
    answer = counter.trade()
    counter.seconds(2)
    match change:
        case "opened":
            counter.trade()
        case "closed":
            counter.trade(side=agent.Side.SELL, price=Decimal("1.10000"), position=answer.order)
        case "volume":
            counter.broker.rows("update positions set volume = '0.05'")
        case "stop":
            counter.broker.rows("update positions set tp = '1.20000'")
        case "balance":
            counter.broker.rows("update meta set value = '12345.67' where key = 'balance'")
    assert len(counter.seconds(1)) == 1
    assert counter.seconds(1) == []


def test_positions_are_a_set(counter: Counter) -> None:
    first, second = counter.trade(), counter.trade()
    counter.seconds(1)
    original = agent.SimTerminal.positions
    reversed_lists = pytest.MonkeyPatch()
    reversed_lists.setattr(agent.SimTerminal, "positions", lambda self: original(self)[::-1])
    assert counter.seconds(5) == []
    reversed_lists.undo()
    assert {position["ticket"] for position in counter.backend.accounts[-1]["positions"]} == {
        first.order,
        second.order,
    }


def test_many_changes_are_at_most_one_report_a_second(tmp_path: Path) -> None:
    counter = Counter(tmp_path)
    for _ in range(3):
        counter.trade()
    assert len(counter.seconds(1)) == 1
    assert counter.clock.now() == START + timedelta(seconds=1)
    counter.client.close()
    counter.close()


# Deals


def test_each_deal_is_reported_once_also_across_a_restart(counter: Counter) -> None:
    for number in range(6):
        counter.trade()
        if number % 2:
            counter.restart()
        counter.seconds(1)
    counter.restart()
    counter.seconds(120)
    assert counter.backend.deals() == [deal["ticket"] for deal in counter.broker.deals()]


def test_deals_whose_acknowledgement_was_lost_are_reported_again_and_none_is_skipped(counter: Counter) -> None:
    counter.trade()
    counter.loses = 1
    counter.seconds(1)
    counter.trade()
    counter.restart()
    counter.seconds(1)
    first, second = (deal["ticket"] for deal in counter.broker.deals())
    assert counter.backend.deals() == [first, first, second]


def test_the_first_report_reaches_back_as_far_as_is_said(tmp_path: Path) -> None:
    counter = Counter(tmp_path, history=timedelta(hours=336))
    counter.book([*range(200_000, 200_250)], START - timedelta(hours=335))
    counter.book([1], START - timedelta(hours=337))
    assert [len(report["deals"]) for report in counter.seconds(1)] == [200, 50]
    assert counter.backend.deals() == [*range(200_000, 200_250)]
    counter.restart()
    assert [report["deals"] for report in counter.seconds(1)] == [[]]
    counter.client.close()
    counter.close()


def test_the_past_of_a_new_account_reaches_the_backend_whole(tmp_path: Path) -> None:
    clock = agent.SystemClock()
    broker = agent.SimTerminal(tmp_path / "broker.db", clock, 14)
    deals = [deal.ticket for deal in broker.deals(clock.now() - timedelta(days=15))]
    broker.close()
    backend = FakeBackend()
    with running(tmp_path, backend, history_hours=360):
        backend.until(lambda: len(backend.deals()) >= len(deals))
    assert backend.deals() == deals
    assert len(backend.accounts[0]["positions"]) == 2


def test_the_first_report_reaches_back_24_hours(counter: Counter) -> None:
    counter.book([1, 2, 3], START - timedelta(hours=24, seconds=2))
    counter.seconds(1)
    assert counter.backend.deals() == [3]


def test_more_than_200_deals_go_out_at_once_in_several_reports_oldest_first(counter: Counter) -> None:
    tickets = list(range(90_000, 90_450))
    counter.book(tickets[::-1], START - timedelta(hours=2))
    assert [len(report["deals"]) for report in counter.seconds(1)] == [200, 200, 50]
    assert counter.backend.deals() == tickets[::-1]
    assert counter.clock.now() == START + timedelta(seconds=1)
    counter.restart()
    counter.seconds(2)
    assert len(counter.backend.deals()) == 450


def test_only_acknowledged_deals_count_as_reported(counter: Counter) -> None:
    counter.book(range(90_000, 90_300), START - timedelta(hours=2))
    counter.backend.interrupt = lambda *_: 503 if counter.backend.accounts else None
    counter.seconds(1)
    assert len(counter.backend.deals()) == 200
    counter.backend.interrupt = lambda *_: None
    counter.restart()
    counter.seconds(1)
    assert counter.backend.deals() == list(range(90_000, 90_300))


def test_a_deal_the_history_shows_late_is_reported_up_to_ten_minutes_behind(counter: Counter) -> None:
    counter.book([10], START - timedelta(hours=1))
    counter.seconds(1)
    counter.book([8], START - timedelta(hours=1, minutes=9))
    counter.book([6], START - timedelta(hours=1, minutes=11))
    counter.restart()
    counter.seconds(2)
    assert counter.backend.deals() == [10, 8]


def test_an_account_without_deals_remembers_since_when(counter: Counter) -> None:
    counter.seconds(1)
    counter.close()
    counter.clock.sleep(5 * 86_400)
    counter.open()
    counter.book([77], START + timedelta(days=1))
    counter.seconds(1)
    assert counter.backend.deals() == [77]


def test_each_account_has_its_own_history(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.book([77], START - timedelta(hours=1))
    counter.seconds(1)
    original = agent.SimTerminal.account
    monkeypatch.setattr(agent.SimTerminal, "account", lambda self: replace(original(self), login=2))
    counter.seconds(1)
    assert counter.backend.deals() == [77, 77]
    monkeypatch.undo()
    counter.seconds(1)
    assert counter.backend.deals() == [77, 77]


def test_the_journal_forgets_deals_nobody_looks_back_at(counter: Counter) -> None:
    for _ in range(5):
        counter.trade()
        counter.seconds(1)
        counter.clock.sleep(1800)
    assert len(counter.journal.reported_deals("1000001@ForexElite-Sim")) == 1


# Trouble


def test_an_agent_without_an_account_says_so_once_and_asks_again_every_five_minutes(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[float] = []
    counter.backend.interrupt = lambda *_: asked.append(counter.clock.monotonic())
    counter.backend.tied = False
    counter.trade()
    counter.seconds(700)
    assert asked == [0, 300, 600]
    assert caplog.text.count("not tied to an account") == 1
    counter.backend.tied = True
    counter.seconds(300)
    assert counter.backend.deals() == [deal["ticket"] for deal in counter.broker.deals()]


def test_an_outage_is_waited_out_and_then_the_newest_state_is_reported(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    counter.backend.interrupt = lambda *_: 503
    counter.seconds(60)
    assert caplog.text.count("reporting the account interrupted") == 1
    counter.trade()
    counter.backend.interrupt = lambda *_: None
    reports = counter.seconds(31)
    assert len(reports[0]["positions"]) == len(reports[0]["deals"]) == 1


def test_a_revoked_key_is_told_apart(counter: Counter) -> None:
    counter.backend.key = "another"
    with pytest.raises(agent.KeyRefused):
        counter.reporter.step()


def test_a_backend_that_does_not_answer_reports_holds_up_no_job(tmp_path: Path) -> None:
    backend = FakeBackend()
    answer = threading.Event()

    def network(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/account"):
            assert answer.wait(20)
        return backend.respond(request)

    with running(tmp_path, backend, network=network):
        job_id = backend.enqueue(trade("buy"))
        backend.until(lambda: backend.jobs[job_id].acknowledgements > 0)
        answer.set()
        backend.until(lambda: len(backend.deals()) == 1)
