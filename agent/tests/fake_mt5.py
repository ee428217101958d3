"""The MetaTrader5 package and a broker behind it, in memory: what it does that agents stumble over, it does here.

Calling conventions, structures and error codes are those of the wheel 5.0.6231. A broker's habits are attributes, which
a test sets.
"""

from __future__ import annotations

import ctypes
import fnmatch
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from support import FrozenClock

BUY, SELL, BALANCE = 0, 1, 2
IN, OUT, INOUT = 0, 1, 2
FOK, IOC, RETURN = 0, 1, 2
REQUEST, INSTANT, MARKET, EXCHANGE = 0, 1, 2, 3
NETTING, HEDGING = 0, 2
DEAL = 1


class Tick(NamedTuple):
    time: int
    bid: float
    ask: float
    last: float
    volume: int
    time_msc: int
    flags: int
    volume_real: float


class AccountInfo(NamedTuple):
    login: int
    trade_mode: int
    leverage: int
    limit_orders: int
    margin_so_mode: int
    trade_allowed: bool
    trade_expert: bool
    margin_mode: int
    currency_digits: int
    fifo_close: bool
    balance: float
    credit: float
    profit: float
    equity: float
    margin: float
    margin_free: float
    margin_level: float
    margin_so_call: float
    margin_so_so: float
    margin_initial: float
    margin_maintenance: float
    assets: float
    liabilities: float
    commission_blocked: float
    name: str
    server: str
    currency: str
    company: str


class TerminalInfo(NamedTuple):
    community_account: bool
    community_connection: bool
    connected: bool
    dlls_allowed: bool
    trade_allowed: bool
    tradeapi_disabled: bool
    email_enabled: bool
    ftp_enabled: bool
    notifications_enabled: bool
    mqid: bool
    build: int
    maxbars: int
    codepage: int
    ping_last: int
    community_balance: float
    retransmission: float
    company: str
    name: str
    language: str
    path: str
    data_path: str
    commondata_path: str


class SymbolInfo(NamedTuple):
    """The part of the 96 fields that has to do with trading."""

    select: bool
    visible: bool
    time: int
    digits: int
    spread: int
    trade_mode: int
    trade_stops_level: int
    trade_freeze_level: int
    trade_exemode: int
    filling_mode: int
    bid: float
    ask: float
    point: float
    trade_tick_size: float
    trade_contract_size: float
    volume_min: float
    volume_max: float
    volume_step: float
    volume_limit: float
    name: str


class TradePosition(NamedTuple):
    ticket: int
    time: int
    time_msc: int
    time_update: int
    time_update_msc: int
    type: int
    magic: int
    identifier: int
    reason: int
    volume: float
    price_open: float
    sl: float
    tp: float
    price_current: float
    swap: float
    profit: float
    symbol: str
    comment: str
    external_id: str


class TradeOrder(NamedTuple):
    ticket: int
    time_setup: int
    time_setup_msc: int
    time_done: int
    time_done_msc: int
    time_expiration: int
    type: int
    type_time: int
    type_filling: int
    state: int
    magic: int
    position_id: int
    position_by_id: int
    reason: int
    volume_initial: float
    volume_current: float
    price_open: float
    sl: float
    tp: float
    price_current: float
    price_stoplimit: float
    symbol: str
    comment: str
    external_id: str


class TradeDeal(NamedTuple):
    ticket: int
    order: int
    time: int
    time_msc: int
    type: int
    entry: int
    magic: int
    position_id: int
    reason: int
    volume: float
    price: float
    commission: float
    swap: float
    profit: float
    fee: float
    symbol: str
    comment: str
    external_id: str


class OrderSendResult(NamedTuple):
    retcode: int
    deal: int
    order: int
    volume: float
    price: float
    bid: float
    ask: float
    comment: str
    request_id: int
    retcode_external: int
    request: Mapping[str, object]


class Rate:
    """A row of the array `copy_rates_from_pos` gives: fields have names, but are no attributes."""

    def __init__(self, **values: float) -> None:
        self._values = values

    def __getitem__(self, name: str) -> float:
        return self._values[name]


class Rates:
    """As numpy's arrays, it refuses to be asked whether it is true."""

    def __init__(self, rates: Sequence[Rate]) -> None:
        self._rates = rates

    def __iter__(self) -> Iterator[Rate]:
        return iter(self._rates)

    def __len__(self) -> int:
        return len(self._rates)

    def __bool__(self) -> bool:
        raise ValueError("The truth value of an array with more than one element is ambiguous")


@dataclass
class Instrument:
    name: str
    bid: float
    ask: float
    digits: int = 5
    mode: int = 4
    filling_mode: int = 2
    execution: int = MARKET
    stops_level: int = 0
    tick_size: float = 0.00001
    contract_size: float = 100_000
    volume_min: float = 0.01
    volume_max: float = 100
    volume_step: float = 0.01
    volume_limit: float = 0
    selected: bool = True
    closed: bool = False
    # How many ticks are still all zeros once it is selected.
    zero_ticks: int = 0
    stamp_msc: int = 0

    @property
    def point(self) -> float:
        return float(10**-self.digits)


@dataclass
class Fault:
    """Of the next `order_send`: its answer is a retcode, or None with a last error; executed all the same or not."""

    retcode: int | None = None
    error: tuple[int, str] = (1, "Success")
    executed: bool = False


class MethodDef(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


CFunction = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p)
# A function of C borrows its definition, so none may be collected before it.
KEPT: list[object] = []


def c_function(name: str, body: Callable[[tuple[Any, ...], dict[str, Any] | None], Any]) -> Any:
    """A function of a C extension (METH_VARARGS | METH_KEYWORDS), which sees what no Python function can: whether its
    keywords are an empty dictionary or none at all."""

    def called(_self: object, arguments: tuple[Any, ...], keywords: int | None) -> Any:
        given = None if not keywords else ctypes.cast(keywords, ctypes.py_object).value
        return body(arguments, given)

    function = CFunction(called)
    definition = MethodDef(name.encode(), ctypes.cast(function, ctypes.c_void_p).value, 0x1 | 0x2, None)
    KEPT.extend((function, definition))
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype = ctypes.py_object
    make.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    return make(ctypes.addressof(definition), None, None)


@dataclass
class FakeMt5:
    clock: Any = field(default_factory=FrozenClock)
    offset: timedelta = timedelta(hours=3)
    instruments: dict[str, Instrument] = field(default_factory=lambda: {"EURUSD": Instrument("EURUSD", 1.1, 1.10008)})
    login: int = 5_001_234
    server: str = "Broker-Demo"
    trade_mode: int = 0
    margin_mode: int = HEDGING
    balance: float = 10_000.0
    leverage: int = 100
    account_trade_allowed: bool = True
    account_trade_expert: bool = True
    connected: bool = True
    trade_allowed: bool = True
    tradeapi_disabled: bool = False
    path: str = "C:\\MT5"
    data_path: str = "C:\\MT5"
    # A closed terminal cannot be reached; one that was started again wants to be initialized again.
    running: bool = True
    initialize_error: tuple[int, str] = (-10003, "IPC initialize failed, MetaTrader 5 x64 not found")
    comment_bytes: int = 29
    stored_comment: Callable[[str], str] = lambda comment: comment[:31]
    faults: deque[Fault] = field(default_factory=deque)
    # Lots to be had at once, and how many deals an order is filled by.
    liquidity: float | None = None
    slices: int = 1
    answers_price: bool = True
    history_is_late: bool = False
    # A price comes in as often as somebody looks.
    lively: bool = False
    # Before these functions do anything, or after `order_send` did, they wait for the event.
    hanging: dict[str, threading.Event] = field(default_factory=dict)
    hanging_after: dict[str, threading.Event] = field(default_factory=dict)

    # Those that take keywords.
    initialize: Any = field(init=False)
    positions_get: Any = field(init=False)
    orders_get: Any = field(init=False)
    symbols_get: Any = field(init=False)
    history_orders_get: Any = field(init=False)
    history_deals_get: Any = field(init=False)
    order_send: Any = field(init=False)

    def __post_init__(self) -> None:
        self.calls: list[str] = []
        self.sent: list[dict[str, Any]] = []
        self.initialized_with: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        self.positions: dict[int, TradePosition] = {}
        self.history_orders: list[TradeOrder] = []
        self.working_orders: list[TradeOrder] = []
        self.deals: list[TradeDeal] = []
        # Orders by the comments they were sent with, whatever became of those in the books.
        self.executed: dict[str, list[int]] = {}
        self._ticket = 100_000
        self._session = False
        self._thread: int | None = None
        self._error = (1, "Success")
        for name in (
            "initialize",
            "positions_get",
            "orders_get",
            "symbols_get",
            "history_orders_get",
            "history_deals_get",
            "order_send",
        ):
            setattr(self, name, c_function(name, getattr(self, f"_{name}")))
        for instrument in self.instruments.values():
            self.quote(instrument.name)

    # The market and the terminal, as a test moves them

    def stamp(self) -> int:
        """Milliseconds of the broker's wall clock, as if it were UTC."""
        return int((self.clock.now() + self.offset).timestamp() * 1000)

    def quote(self, symbol: str, bid: float | None = None, ask: float | None = None) -> None:
        instrument = self.instruments[symbol]
        if bid is not None:
            spread = instrument.ask - instrument.bid
            instrument.bid, instrument.ask = bid, round(bid + spread, instrument.digits) if ask is None else ask
        instrument.stamp_msc = self.stamp()

    def add(self, instrument: Instrument) -> None:
        self.instruments[instrument.name] = instrument
        self.quote(instrument.name)

    def restart(self) -> None:
        """The terminal is closed and started again."""
        self._session = False

    def release(self) -> None:
        """What hangs goes on."""
        for event in (*self.hanging.values(), *self.hanging_after.values()):
            event.set()

    def new_process(self) -> None:
        """Another process loads the package."""
        self._session, self._thread = False, None

    def position(self, **given: Any) -> TradePosition:
        """One that was opened by hand, or before."""
        self._ticket += 1
        stamp = self.stamp()
        values = {
            **dict.fromkeys(TradePosition._fields, 0),
            **{"ticket": self._ticket, "identifier": self._ticket, "time_msc": stamp, "time": stamp // 1000},
            **{"symbol": "EURUSD", "type": BUY, "volume": 0.1, "price_open": 1.1, "comment": "", "external_id": ""},
            **given,
        }
        made = TradePosition(**values)
        self.positions[made.ticket] = made
        return made

    # Functions of the package

    def last_error(self) -> tuple[int, str]:
        return self._error

    def shutdown(self) -> None:
        """After it another thread may begin anew."""
        self.calls.append("shutdown")
        self._session, self._thread = False, None

    def _initialize(self, arguments: tuple[Any, ...], keywords: dict[str, Any] | None) -> bool:
        self._watch("initialize")
        self.initialized_with.append((arguments, keywords or {}))
        self._session = self.running
        self._error = (1, "Success") if self.running else self.initialize_error
        return self.running

    def terminal_info(self) -> TerminalInfo | None:
        if not self._enter("terminal_info"):
            return None
        return TerminalInfo(
            False, False, self.connected, False, self.trade_allowed, self.tradeapi_disabled, False, False, False, False,
            5000, 100_000, 0, 20_000, 0.0, 0.0, "Broker", "MetaTrader 5", "English", self.path, self.data_path, "",
        )  # fmt: skip

    def account_info(self) -> AccountInfo | None:
        if not self._enter("account_info"):
            return None
        if not self.login:
            self._fail(-1, "Terminal: Call failed")
            return None
        profit = sum(position.profit for position in map(self._valued, self.positions.values()))
        equity, margin = self.balance + profit, self._margin()
        return AccountInfo(
            self.login, self.trade_mode, self.leverage, 200, 0, self.account_trade_allowed, self.account_trade_expert,
            self.margin_mode, 2, False, self.balance, 0.0, profit, equity, margin, equity - margin, 0.0, 50.0, 30.0,
            0.0, 0.0, 0.0, 0.0, 0.0, "A Trader", self.server, "USD", "Broker",
        )  # fmt: skip

    def symbol_info(self, symbol: str, /) -> SymbolInfo | None:
        if not self._enter("symbol_info"):
            return None
        instrument = self.instruments.get(symbol)
        if instrument is None:
            self._fail(-4, "Terminal: Not found")
            return None
        return self._symbol_info(instrument)

    def symbol_info_tick(self, symbol: str, /) -> Tick | None:
        if not self._enter("symbol_info_tick"):
            return None
        instrument = self.instruments.get(symbol)
        if instrument is None or not instrument.selected:
            self._fail(-4, "Terminal: Not found")
            return None
        if instrument.zero_ticks > 0:
            instrument.zero_ticks -= 1
            return Tick(0, 0.0, 0.0, 0.0, 0, 0, 0, 0.0)
        if self.lively:
            self.quote(symbol)
        stamp = instrument.stamp_msc
        return Tick(stamp // 1000, instrument.bid, instrument.ask, 0.0, 0, stamp, 6, 0.0)

    def symbol_select(self, symbol: str, enable: bool = True, /) -> bool:
        if not self._enter("symbol_select"):
            return False
        if symbol not in self.instruments:
            self._error = (-4, "Terminal: Not found")
            return False
        self.instruments[symbol].selected = enable
        return True

    def copy_rates_from_pos(self, symbol: str, timeframe: int, start: int, count: int, /) -> Rates | None:
        """A bar each minute, the newest of which is not over; its number is 0."""
        if not self._enter("copy_rates_from_pos"):
            return None
        assert timeframe == 1, "the agent asks for minutes"
        instrument = self.instruments.get(symbol)
        if instrument is None or not instrument.selected:
            self._fail(-1, "Terminal: Call failed")
            return None
        newest = self.stamp() // 60_000 * 60
        bid = instrument.bid
        return Rates([
            Rate(time=newest - 60 * number, open=bid, high=bid + 0.0002, low=bid - 0.0002, close=bid,
                 tick_volume=60 + number, spread=8, real_volume=0)
            for number in range(start + count - 1, start - 1, -1)
        ])  # fmt: skip

    def order_calc_profit(
        self, action: int, symbol: str, volume: float, opened: float, closed: float, /
    ) -> float | None:
        if not self._enter("order_calc_profit"):
            return None
        instrument = self.instruments.get(symbol)
        if instrument is None or not instrument.selected:
            self._fail(-1, "Terminal: Call failed")
            return None
        return self._profit(instrument, action, volume, opened, closed)

    def _symbols_get(
        self, arguments: tuple[Any, ...], keywords: dict[str, Any] | None
    ) -> tuple[SymbolInfo, ...] | None:
        if not self._enter("symbols_get") or not self._keywords_only(arguments, keywords, "group"):
            return None
        masks = (keywords or {}).get("group", "*").split(",")
        wanted = [mask for mask in masks if not mask.startswith("!")]
        return tuple(
            self._symbol_info(instrument)
            for instrument in self.instruments.values()
            if any(fnmatch.fnmatchcase(instrument.name, mask) for mask in wanted)
            and not any(fnmatch.fnmatchcase(instrument.name, mask[1:]) for mask in masks if mask.startswith("!"))
        )

    def _positions_get(
        self, arguments: tuple[Any, ...], keywords: dict[str, Any] | None
    ) -> tuple[TradePosition, ...] | None:
        if not self._enter("positions_get") or not self._keywords_only(
            arguments, keywords, "symbol", "group", "ticket"
        ):
            return None
        return tuple(map(self._valued, self.positions.values()))

    def _orders_get(self, arguments: tuple[Any, ...], keywords: dict[str, Any] | None) -> tuple[TradeOrder, ...] | None:
        if not self._enter("orders_get") or not self._keywords_only(arguments, keywords, "symbol", "group", "ticket"):
            return None
        return tuple(self.working_orders)

    def _history_orders_get(
        self, arguments: tuple[Any, ...], keywords: dict[str, Any] | None
    ) -> tuple[TradeOrder, ...] | None:
        period = self._period("history_orders_get", arguments, keywords)
        if period is None:
            return None
        return tuple(order for order in self._synchronised(self.history_orders) if order.time_done in period)

    def _history_deals_get(
        self, arguments: tuple[Any, ...], keywords: dict[str, Any] | None
    ) -> tuple[TradeDeal, ...] | None:
        period = self._period("history_deals_get", arguments, keywords)
        if period is None:
            return None
        return tuple(deal for deal in self._synchronised(self.deals) if deal.time in period)

    def _order_send(self, arguments: tuple[Any, ...], keywords: dict[str, Any] | None) -> OrderSendResult | None:
        if not self._enter("order_send"):
            return None
        if keywords is not None and arguments:
            self._fail(-2, "Unnamed arguments not allowed")
            return None
        if keywords is None and len(arguments) != 1:
            self._fail(-2, "Invalid arguments")
            return None
        request = dict(arguments[0] if keywords is None else keywords)
        wrong = self._misshapen(request)
        if wrong is not None:
            self._fail(-2, f'Invalid "{wrong}" argument')
            return None
        self.sent.append(request)
        fault = self.faults.popleft() if self.faults else Fault()
        answer = self._answer(request, 10004)
        if (fault.retcode is None and fault.error[0] == 1) or fault.executed:
            answer = self._execute(request)
        if "order_send" in self.hanging_after:
            assert self.hanging_after["order_send"].wait(20)
        if fault.error[0] != 1:
            self._fail(*fault.error)
            return None
        return answer if fault.retcode is None else self._answer(request, fault.retcode)

    # The broker

    def _execute(self, request: dict[str, Any]) -> OrderSendResult:
        instrument = self.instruments.get(request["symbol"])
        refusal = 10013 if instrument is None else self._refusal(request, instrument)
        if instrument is None or refusal is not None:
            return self._answer(request, refusal or 10013)
        volume = request["volume"]
        if self.liquidity is not None and volume > self.liquidity:
            if request["type_filling"] == FOK:
                return self._answer(request, 10006)
            volume = self.liquidity
        price = instrument.ask if request["type"] == BUY else instrument.bid
        self._ticket += 1
        order = self._ticket
        deals = [
            self._book(instrument, request, order, float(Decimal(str(volume)) / self.slices), price)
            for _ in range(self.slices)
        ]
        self._remember(request, order, volume, price)
        self.executed.setdefault(request["comment"], []).append(order)
        whole = volume == request["volume"]
        return self._answer(
            request,
            10009 if whole else 10010,
            deal=deals[-1].ticket,
            order=order,
            volume=volume,
            price=price if self.answers_price else 0.0,
        )

    def _refusal(self, request: dict[str, Any], instrument: Instrument) -> int | None:
        buys, volume = request["type"] == BUY, Decimal(str(request["volume"]))
        market, closing = (instrument.ask, instrument.bid) if buys else (instrument.bid, instrument.ask)
        gains = 1 if buys else -1
        if not self.connected:
            return 10031
        if not self.trade_allowed or self.tradeapi_disabled:
            return 10027
        if not self.account_trade_allowed or instrument.mode == 0:
            return 10017
        if not self.account_trade_expert:
            return 10026
        if not instrument.selected or instrument.zero_ticks:
            return 10021
        if instrument.closed:
            return 10018
        step = Decimal(str(instrument.volume_step))
        if not instrument.volume_min <= volume <= instrument.volume_max or volume % step:
            return 10014
        filling = request["type_filling"]
        returns = instrument.execution != MARKET
        always = instrument.execution in (REQUEST, INSTANT)
        allowed = {FOK: instrument.filling_mode & 1 or always, IOC: instrument.filling_mode & 2, RETURN: returns}
        if not allowed[filling]:
            return 10030
        if instrument.execution in (REQUEST, INSTANT):
            if request["price"] <= 0:
                return 10015
            if abs(market - request["price"]) > request["deviation"] * instrument.point + 1e-9:
                return 10004
        for stop, sign in ((request.get("sl", 0), 1), (request.get("tp", 0), -1)):
            ticks = round(stop / instrument.tick_size, 6)
            too_near = sign * gains * (closing - stop) < instrument.stops_level * instrument.point
            if stop and (ticks != round(ticks) or too_near or sign * gains * (closing - stop) <= 0):
                return 10016
        return self._refusal_of_position(request, instrument, volume)

    def _refusal_of_position(self, request: dict[str, Any], instrument: Instrument, volume: Decimal) -> int | None:
        ticket = request.get("position")
        if ticket is not None:
            position = self.positions.get(ticket)
            if position is None:
                return 10036
            if position.symbol != instrument.name or position.type == request["type"]:
                return 10013
            return 10038 if volume > Decimal(str(position.volume)) else None
        if instrument.mode != 4:
            return {1: 10042, 2: 10043, 3: 10044}[instrument.mode]
        free = self.balance - self._margin()
        return 10019 if self._margin_of(instrument, float(volume)) > free else None

    def _book(
        self, instrument: Instrument, request: dict[str, Any], order: int, volume: float, price: float
    ) -> TradeDeal:
        side = request["type"]
        # What an earlier deal of the same order opened, grows.
        held = self.positions.get(request.get("position", order)) or self._netted(instrument)
        entry, profit, identifier = IN, 0.0, order
        if held is not None:
            identifier = held.identifier
            left = Decimal(str(held.volume)) + (1 if held.type == side else -1) * Decimal(str(volume))
            if held.type != side:
                closed = min(held.volume, volume)
                profit = self._profit(instrument, held.type, closed, held.price_open, price)
                entry = OUT if left >= 0 else INOUT
            del self.positions[held.ticket]
            if left > 0:
                self.positions[held.ticket] = held._replace(volume=float(left))
            elif left < 0:
                self.positions[held.ticket] = held._replace(volume=float(-left), type=side, price_open=price)
        else:
            self.position(
                ticket=order,
                identifier=order,
                symbol=instrument.name,
                type=side,
                magic=request["magic"],
                volume=volume,
                price_open=price,
                sl=request.get("sl", 0.0),
                tp=request.get("tp", 0.0),
                comment=self.stored_comment(request["comment"]),
            )
        self.balance += profit
        return self.deal(
            order=order,
            type=side,
            entry=entry,
            magic=request["magic"],
            position_id=identifier,
            volume=volume,
            price=price,
            profit=profit,
            symbol=instrument.name,
            comment=self.stored_comment(request["comment"]),
        )

    def deal(self, **given: Any) -> TradeDeal:
        self._ticket += 1
        stamp = self.stamp()
        values = {
            **dict.fromkeys(TradeDeal._fields, 0),
            **{"ticket": self._ticket, "time": stamp // 1000, "time_msc": stamp, "symbol": "EURUSD", "comment": ""},
            **{"commission": -0.35, "external_id": ""},
            **given,
        }
        made = TradeDeal(**values)
        self.deals.append(made)
        return made

    def _remember(self, request: dict[str, Any], order: int, volume: float, price: float) -> None:
        stamp = self.stamp()
        values = {
            **dict.fromkeys(TradeOrder._fields, 0),
            **{"ticket": order, "time_setup": stamp // 1000, "time_done": stamp // 1000, "time_done_msc": stamp},
            **{"type": request["type"], "magic": request["magic"], "volume_initial": request["volume"]},
            **{"volume_current": request["volume"] - volume, "price_open": price, "symbol": request["symbol"]},
            **{"comment": self.stored_comment(request["comment"]), "external_id": "", "state": 4},
        }
        self.history_orders.append(TradeOrder(**values))

    def _netted(self, instrument: Instrument) -> TradePosition | None:
        if self.margin_mode != NETTING:
            return None
        return next((held for held in self.positions.values() if held.symbol == instrument.name), None)

    def _valued(self, position: TradePosition) -> TradePosition:
        instrument = self.instruments[position.symbol]
        price = instrument.bid if position.type == BUY else instrument.ask
        profit = self._profit(instrument, position.type, position.volume, position.price_open, price)
        return position._replace(price_current=price, profit=profit)

    @staticmethod
    def _profit(instrument: Instrument, side: int, volume: float, opened: float, closed: float) -> float:
        gain = closed - opened if side == BUY else opened - closed
        return round(gain * volume * instrument.contract_size, 2)

    def _margin_of(self, instrument: Instrument, volume: float) -> float:
        return volume * instrument.contract_size * instrument.ask / self.leverage

    def _margin(self) -> float:
        return sum(self._margin_of(self.instruments[held.symbol], held.volume) for held in self.positions.values())

    # The package's side

    def _enter(self, name: str) -> bool:
        self._watch(name)
        if not self._session or not self.running:
            self._session = False
            self._error = (-10004, "No IPC connection")
            return False
        self._error = (1, "Success")
        return True

    def _watch(self, name: str) -> None:
        self.calls.append(name)
        if self._thread is None:
            self._thread = threading.get_ident()
        assert self._thread == threading.get_ident(), f"{name} was called by a second thread"
        if name in self.hanging:
            assert self.hanging[name].wait(20)

    def _fail(self, code: int, text: str) -> None:
        self._error = (code, text)

    def _keywords_only(self, arguments: tuple[Any, ...], keywords: dict[str, Any] | None, *known: str) -> bool:
        if arguments or len(keywords or {}) > 1 or not set(keywords or {}) <= set(known):
            self._error = (-2, "Unnamed arguments not allowed" if arguments else "Invalid arguments")
            return False
        return True

    def _period(self, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any] | None) -> range | None:
        if not self._enter(name):
            return None
        if len(arguments) != 2:
            self._fail(-2, "Invalid arguments")
            return None
        begin, end = (int(at.timestamp()) if isinstance(at, datetime) else at for at in arguments)
        return range(begin, end + 1)

    def _synchronised(self, entries: Sequence[Any]) -> Sequence[Any]:
        return () if self.history_is_late else entries

    def _misshapen(self, request: dict[str, Any]) -> str | None:
        """The first argument of the wrong kind. Floats take whole numbers, whole numbers take no floats."""
        for name in ("action", "type", "type_time", "type_filling", "magic", "deviation", "position"):
            if name in request and type(request[name]) is not int:
                return name
        for name in ("volume", "price", "sl", "tp"):
            if name in request and type(request[name]) not in (int, float):
                return name
        for name in ("symbol", "comment"):
            if len(request.get(name, "")) > self.comment_bytes:
                return name
        return None if request.get("action") == DEAL else "action"

    def _answer(
        self,
        request: Mapping[str, object],
        retcode: int,
        *,
        deal: int = 0,
        order: int = 0,
        volume: float = 0.0,
        price: float = 0.0,
    ) -> OrderSendResult:
        return OrderSendResult(retcode, deal, order, volume, price, 0.0, 0.0, "", 1, 0, request)

    def _symbol_info(self, instrument: Instrument) -> SymbolInfo:
        return SymbolInfo(
            select=instrument.selected,
            visible=instrument.selected,
            time=instrument.stamp_msc // 1000 if instrument.selected else 0,
            digits=instrument.digits,
            spread=0,
            trade_mode=instrument.mode,
            trade_stops_level=instrument.stops_level,
            trade_freeze_level=0,
            trade_exemode=instrument.execution,
            filling_mode=instrument.filling_mode,
            bid=instrument.bid,
            ask=instrument.ask,
            point=instrument.point,
            trade_tick_size=instrument.tick_size,
            trade_contract_size=instrument.contract_size,
            volume_min=instrument.volume_min,
            volume_max=instrument.volume_max,
            volume_step=instrument.volume_step,
            volume_limit=instrument.volume_limit,
            name=instrument.name,
        )
