#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "httpx>=0.27,<1",
#     "MetaTrader5>=5.0.5735; sys_platform == 'win32'",
#     "psutil>=6,<8",
#     "websockets>=15,<18",
# ]
# ///
"""ForexElite Pro agent: takes jobs from the backend, trades them at the terminal beside it, reports what happened.

Read it from the bottom: `main` → `Agent` (a thread for each loop) → `Worker` and `ExpertJobs` (the job types),
`PriceFeed`, `AccountReporter`, `Doorbell` → `Journal`, `Terminal` and `EaHost`.

The promise is one order per signal, whatever dies when. It rests on three rules:
- an order's intent is committed to the journal before the order is sent, its outcome after;
- an intent without an outcome is never sent again, it is looked for in the broker's books;
- a result stays in the journal until the backend has acknowledged it.
"""

from __future__ import annotations

import argparse
import getpass
import hashlib
import importlib
import json
import logging
import logging.handlers
import math
import os
import queue
import random
import re
import shutil
import signal
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent import futures
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, IntFlag, StrEnum
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any, ClassVar, Final, Protocol, TextIO, TypeVar
from urllib.parse import urlsplit
from uuid import UUID
from xml.sax.saxutils import escape

import httpx
import psutil
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.sync.connection import Connection

VERSION: Final = "0.1.0"
log = logging.getLogger("forexelite.agent")
Word = TypeVar("Word", bound=StrEnum)
Told = TypeVar("Told")
MINUTE: Final = timedelta(minutes=1)
FIRST_STEP: Final = (
    "Pair this machine first: `forexelite_agent.py pair` asks for three things, "
    "which the dashboard shows when an agent is added there"
)


# ----------------------------------------------------------------------------------------------------------------------
# Errors. The class is the retry policy: a Transient is tried again after a pause, a Permanent would only fail again.


class AgentError(Exception):
    """Root of everything the agent raises on purpose."""


class Transient(AgentError):
    pass


class Permanent(AgentError):
    pass


class Stopping(AgentError):
    """A stop was asked for during a wait. The journal holds the stage, the next start goes on from there."""


class Unreadable(Permanent):
    """A field is missing or has the wrong shape; the message names it."""


class BadConfig(Permanent):
    pass


class NotPaired(BadConfig):
    """There is no configuration yet: the first thing everybody sees."""


class AlreadyRunning(Permanent):
    pass


class BackendUnavailable(Transient):
    pass


class Problem(BackendUnavailable):
    """The backend itself said no. Asked again later it may say yes; only a result can be refused for good."""

    def __init__(self, message: str, status: int, code: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class KeyRefused(Permanent):
    pass


class ResultRefused(Permanent):
    """The backend will never take this result: the job is not ours, finished otherwise, or has a newer attempt."""


class JobFailed(Permanent):
    """The end of a job, told to the trader: a stable word for programs and a sentence for people."""

    def __init__(self, reason_code: str, message: str, output: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.reason_code = reason_code
        self.message = message
        self.output = dict(output or {})

    @classmethod
    def of(cls, obstacle: PriceMoved | TerminalUnavailable) -> JobFailed:
        return obstacle.failure if isinstance(obstacle, PriceMoved) else cls("terminal_unavailable", str(obstacle))


class PriceMoved(Transient):
    """The broker did not execute at this price; `failure` is what it becomes when fresh prices do not help either."""

    def __init__(self, failure: JobFailed) -> None:
        super().__init__(failure.message)
        self.failure = failure


class TerminalUnavailable(Transient):
    """The terminal gives no answer: it is closed, hangs, or is logged in to no account. Nothing was sent."""


class FillingRefused(Transient):
    """Nothing was executed; another filling mode may be accepted."""


class OutcomeUnknown(AgentError):
    """The order may or may not have been executed: neither retried nor failed, but looked for."""


# ----------------------------------------------------------------------------------------------------------------------
# Small things everything else uses


class Secret:
    """The agent key. Its text leaves only through `reveal`, so that no log line, repr or traceback can show it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "***"


class Clock(Protocol):
    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Backoff:
    """1 s, 2 s, 4 s … 30 s, each shortened by up to half, so that agents cut off together do not return together."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._failures = 0

    def next(self) -> float:
        ceiling: float = min(30, 2**self._failures)
        self._failures = min(self._failures + 1, 5)
        return ceiling * self._rng.uniform(0.5, 1)

    def reset(self) -> None:
        self._failures = 0


class Outage:
    """What fails for a loop that runs each second: how long to wait, and one log line when it begins and one when it is
    over, instead of one for every try."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._backoff = Backoff(random.Random())
        self._lasts = False

    def failed(self, error: Exception) -> float:
        if not self._lasts:
            log.warning("%s interrupted, trying again: %s", self._what, error)
        self._lasts = True
        return self._backoff.next()

    def over(self) -> None:
        if self._lasts:
            log.info("%s restored", self._what)
        self._lasts = False
        self._backoff.reset()


class Beat:
    """Starts a fixed time apart, whatever each takes. One that comes due during another is left out, never made up."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._due = clock.monotonic()

    def start(self) -> None:
        now = self._clock.monotonic()
        # A small delay does not shift the beats to come; a pause does, else the next would follow too soon.
        if now - self._due >= self._seconds:
            self._due = now

    def pause(self) -> float:
        """Seconds until the next start."""
        now = self._clock.monotonic()
        self._due += ((now - self._due) // self._seconds + 1) * self._seconds
        return self._due - now


def minute_of(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def parse_json(text: str) -> Any:  # noqa: ANN401 - JSON has no type until Fields has read it
    return json.loads(text, parse_float=Decimal)


def to_json(value: object) -> str:
    """JSON with Decimals as plain numbers, digit for digit: the json module could only write them as floats."""
    match value:
        case Decimal():
            return format(value, "f")
        case Mapping():
            return "{" + ",".join(f"{json.dumps(str(key))}:{to_json(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(to_json(item) for item in value) + "]"
        case _:
            return json.dumps(value)


def format_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} names no time zone")
    return at.astimezone(UTC)


class Fields:
    """Typed reading of an object from outside (JSON, TOML, a journal column); what does not fit is named."""

    def __init__(self, name: str, values: object) -> None:
        if not isinstance(values, Mapping):
            raise Unreadable(f"{name} must be an object")
        self._name = name
        self._values: Mapping[str, object] = values

    def unreadable(self, key: str, rule: str) -> Unreadable:
        return Unreadable(f"{self._name}.{key} {rule}")

    def optional_text(self, key: str) -> str | None:
        value = self._values.get(key)
        if value is not None and not isinstance(value, str):
            raise self.unreadable(key, "must be a text")
        return value

    def text(self, key: str) -> str:
        value = self.optional_text(key)
        if not value:
            raise self.unreadable(key, "is missing")
        return value

    def optional_texts(self, key: str) -> tuple[str, ...] | None:
        """A list, each text once."""
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
            raise self.unreadable(key, "must be a list of texts")
        return tuple(dict.fromkeys(value))

    def optional_list(self, key: str) -> list[object]:
        value = self._values.get(key)
        if value is not None and not isinstance(value, list):
            raise self.unreadable(key, "must be a list")
        return value or []

    def optional_flag(self, key: str) -> bool | None:
        value = self._values.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.unreadable(key, "must be true or false")
        return value

    def optional_decimal(self, key: str) -> Decimal | None:
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.unreadable(key, "must be a number")
        number = Decimal(value)
        # Exponents beyond any price or amount would be written out digit by digit later.
        if not number.is_finite() or abs(number.adjusted()) > 18:
            raise self.unreadable(key, "is out of range")
        return number

    def optional_positive(self, key: str) -> Decimal | None:
        number = self.optional_decimal(key)
        if number is not None and number <= 0:
            raise self.unreadable(key, "must be above zero")
        return number

    def decimal(self, key: str) -> Decimal:
        number = self.optional_decimal(key)
        if number is None:
            raise self.unreadable(key, "is missing")
        return number

    def optional_integer(self, key: str) -> int | None:
        value = self._values.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.unreadable(key, "must be a whole number")
        return value

    def integer(self, key: str) -> int:
        value = self.optional_integer(key)
        if value is None:
            raise self.unreadable(key, "is missing")
        return value

    def optional_time(self, key: str) -> datetime | None:
        text = self.optional_text(key)
        if text is None:
            return None
        try:
            return parse_time(text)
        except ValueError as error:
            raise self.unreadable(key, "must be an RFC 3339 time") from error

    def time(self, key: str) -> datetime:
        at = self.optional_time(key)
        if at is None:
            raise self.unreadable(key, "is missing")
        return at

    def optional_word(self, key: str, words: type[Word]) -> Word | None:
        text = self.optional_text(key)
        if text is None:
            return None
        try:
            return words(text)
        except ValueError as error:
            raise self.unreadable(key, f"must be one of {', '.join(words)}") from error

    def word(self, key: str, words: type[Word]) -> Word:
        value = self.optional_word(key, words)
        if value is None:
            raise self.unreadable(key, "is missing")
        return value

    def mapping(self, key: str) -> Mapping[str, object]:
        value = self._values.get(key)
        if not isinstance(value, Mapping):
            raise self.unreadable(key, "must be an object")
        return value

    def optional_mapping(self, key: str) -> Mapping[str, object]:
        return self.mapping(key) if key in self._values else {}

    def only(self, *known: str) -> None:
        for key in self._values:
            if key not in known:
                raise self.unreadable(key, "is not a known key")


# ----------------------------------------------------------------------------------------------------------------------
# Configuration


class TerminalKind(StrEnum):
    MT5 = "mt5"
    SIM = "sim"

    @classmethod
    def usual(cls) -> TerminalKind:
        return cls.MT5 if sys.platform == "win32" else cls.SIM


@dataclass(frozen=True)
class Limits:
    """What the user of this machine allows, whatever the backend asks for. Entries only: an exit is never kept in."""

    max_lot: Decimal | None = None
    max_open_positions: int | None = None
    max_spread_points: int | None = None
    max_slippage_points: int | None = None

    @classmethod
    def read(cls, fields: Fields) -> Limits:
        fields.only("max_lot", "max_open_positions", "max_spread_points", "max_slippage_points")
        counts = {
            name: fields.optional_integer(name)
            for name in ("max_open_positions", "max_spread_points", "max_slippage_points")
        }
        for name, count in counts.items():
            if count is not None and count < 0:
                raise fields.unreadable(name, "must not be negative")
        return cls(max_lot=fields.optional_positive("max_lot"), **counts)


@dataclass(frozen=True)
class Config:
    url: str
    agent_id: UUID
    agent_key: Secret
    state_dir: Path
    sim_state_file: Path
    poll_seconds: float = 30
    heartbeat_seconds: float = 300
    reconcile_seconds: float = 30
    request_timeout_seconds: float = 10
    doorbell: bool = True
    terminal: TerminalKind = TerminalKind.SIM
    mt5_path: Path | None = None
    mt5_portable: bool = False
    limits: Limits = Limits()
    history_hours: float = 24
    sim_history_days: int = 0

    @classmethod
    def load(cls, path: Path, environment: Mapping[str, str]) -> Config:
        try:
            if os.name == "posix" and path.stat().st_mode & 0o077:
                raise BadConfig(f"{path} holds the agent key but others on this machine can read it: chmod 600 {path}")
            text = path.read_text("utf-8")
        except FileNotFoundError as error:
            raise NotPaired(f"There is no {path} yet. {FIRST_STEP}") from error
        except OSError as error:
            raise BadConfig(f"{path} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise BadConfig(f"{path} is not valid UTF-8: save it as UTF-8") from error
        return cls.parse(text, path, environment)

    @classmethod
    def parse(cls, text: str, path: Path, environment: Mapping[str, str]) -> Config:
        """What the file at this path says, or will say."""
        try:
            values = tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
        except ValueError as error:
            # The parser's own words could quote the line with the key.
            position = re.search(r"\(at [^)]*\)$", str(error))
            raise BadConfig(f"{path} is not valid TOML {position.group() if position else ''}".rstrip()) from None
        try:
            return cls._read(Fields("config", values), path.resolve().parent, environment)
        except Unreadable as error:
            raise BadConfig(f"{path}: {error}") from error

    @classmethod
    def _read(cls, fields: Fields, folder: Path, environment: Mapping[str, str]) -> Config:
        seconds = ("poll_seconds", "heartbeat_seconds", "reconcile_seconds", "request_timeout_seconds")
        tunables = (*seconds, "history_hours")
        sections = ("sim", "mt5", "limits")
        fields.only("url", "agent_id", "agent_key", "state_dir", "terminal", "doorbell", *sections, *tunables)
        sim = Fields("config.sim", fields.optional_mapping("sim"))
        sim.only("state_file", "history_days")
        mt5 = Fields("config.mt5", fields.optional_mapping("mt5"))
        mt5.only("path", "portable")
        history_days = sim.optional_integer("history_days") or 0
        if not 0 <= history_days <= 366:
            raise sim.unreadable("history_days", "must be between 0 and 366")
        mt5_path = mt5.optional_text("path")
        key = environment.get("FOREXELITE_AGENT_KEY") or fields.optional_text("agent_key")
        if not key or not key.isascii() or not key.isprintable():
            raise fields.unreadable("agent_key", "is missing or not a key (it may also come from FOREXELITE_AGENT_KEY)")
        url = fields.text("url").rstrip("/")
        if not is_private(url, "https", "http"):
            raise fields.unreadable("url", "must begin with https:// (http:// only for this machine)")
        try:
            agent_id = UUID(fields.text("agent_id"))
        except ValueError as error:
            raise fields.unreadable("agent_id", "must be a UUID") from error
        given = {name: float(number) for name in tunables if (number := fields.optional_positive(name)) is not None}
        return cls(
            url=url,
            agent_id=agent_id,
            agent_key=Secret(key),
            state_dir=folder / fields.text("state_dir"),
            sim_state_file=folder / (sim.optional_text("state_file") or "broker.db"),
            sim_history_days=history_days,
            mt5_path=None if mt5_path is None else folder / mt5_path,
            mt5_portable=mt5.optional_flag("portable") is True,
            terminal=fields.optional_word("terminal", TerminalKind) or TerminalKind.usual(),
            doorbell=fields.optional_flag("doorbell") is not False,
            limits=Limits.read(Fields("config.limits", fields.optional_mapping("limits"))),
            **given,
        )


def is_private(url: str, scheme: str, plain_scheme: str) -> bool:
    """Whether the agent key may be sent there: encrypted, or without leaving this machine."""
    try:
        place = urlsplit(url)
        host, _ = place.hostname, place.port
    except ValueError:
        return False
    loopback = host in ("localhost", "127.0.0.1", "::1")
    return bool(host) and (place.scheme == scheme or (place.scheme == plain_scheme and loopback))


# ----------------------------------------------------------------------------------------------------------------------
# The terminal: MetaTrader's terms and semantics, so that an implementation translates and decides nothing


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> Side:
        return Side.SELL if self is Side.BUY else Side.BUY


class Entry(StrEnum):
    IN = "in"
    OUT = "out"
    INOUT = "inout"
    OUT_BY = "out_by"


class Filling(IntEnum):
    """ORDER_FILLING: what a request carries."""

    FOK = 0
    IOC = 1
    RETURN = 2


class FillingFlag(IntFlag):
    """SYMBOL_FILLING: what a symbol allows. A bit mask with other numbers than ORDER_FILLING."""

    FOK = 1
    IOC = 2


class Execution(IntEnum):
    """SYMBOL_TRADE_EXECUTION: how the broker fills."""

    REQUEST = 0
    INSTANT = 1
    MARKET = 2
    EXCHANGE = 3


class SymbolMode(IntEnum):
    DISABLED = 0
    LONG_ONLY = 1
    SHORT_ONLY = 2
    CLOSE_ONLY = 3
    FULL = 4


@dataclass(frozen=True)
class Symbol:
    name: str
    digits: int
    mode: SymbolMode
    session_open: bool
    stops_level: int
    filling_mode: FillingFlag
    volume_min: Decimal
    volume_max: Decimal
    volume_step: Decimal
    # The grid of prices where it is coarser than a point, and what one side of one symbol may hold in all.
    tick_size: Decimal | None = None
    volume_limit: Decimal | None = None
    execution: Execution = Execution.EXCHANGE

    @property
    def point(self) -> Decimal:
        return Decimal(1).scaleb(-self.digits)

    @property
    def pip(self) -> Decimal:
        return self.point * 10 if self.digits in (3, 5) else self.point

    @property
    def fillings(self) -> list[Filling]:
        """The modes to try, the allowed one first: brokers' masks are not always true, hence the others behind it."""
        if FillingFlag.FOK in self.filling_mode:
            first = Filling.FOK
        elif FillingFlag.IOC in self.filling_mode:
            first = Filling.IOC
        elif self.execution is Execution.EXCHANGE:
            first = Filling.RETURN
        else:
            # A mask of nothing: at requested and instant prices all or nothing is always allowed, at market prices
            # returning the rest never is.
            first = Filling.FOK
        return [first, *(filling for filling in Filling if filling is not first)]

    def round_volume_down(self, volume: Decimal) -> Decimal:
        return volume // self.volume_step * self.volume_step

    def round_price(self, price: Decimal) -> Decimal:
        if self.tick_size is not None:
            price = (price / self.tick_size).to_integral_value() * self.tick_size
        return price.quantize(self.point)


@dataclass(frozen=True)
class Tick:
    bid: Decimal
    ask: Decimal
    at: datetime

    def price_to(self, side: Side) -> Decimal:
        return self.ask if side is Side.BUY else self.bid

    @property
    def sound(self) -> bool:
        """Brokers quote zeros before the first price, and crossed prices at rollover."""
        return 0 < self.bid <= self.ask

    def dump(self, now: datetime) -> dict[str, object]:
        """`now` by the backend's clock, for which nothing has happened after it: a broker's or this machine's clock may
        be ahead."""
        return {"bid": self.bid, "ask": self.ask, "ts": format_time(min(self.at, now))}


@dataclass(frozen=True)
class Bar:
    """A minute (M1) of bids that is over: `at` is its begin, `volume` the number of its ticks."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int

    @property
    def sound(self) -> bool:
        return 0 < self.low <= min(self.open, self.close) and self.high >= max(self.open, self.close)

    def dump(self, instrument: str) -> dict[str, object]:
        return {
            "instrument": instrument,
            "ts": format_time(self.at),
            "open": self.open,
            "high": self.high,
            "low": self.low,
            "close": self.close,
            "volume": self.volume,
        }


@dataclass(frozen=True)
class TerminalState:
    connected: bool
    trade_allowed: bool
    api_disabled: bool
    build: int


@dataclass(frozen=True)
class Account:
    login: int
    server: str
    trade_mode: str
    currency: str
    leverage: int
    balance: Decimal
    equity: Decimal
    margin: Decimal
    trade_allowed: bool
    trade_expert: bool

    @property
    def free_margin(self) -> Decimal:
        return self.equity - self.margin

    @property
    def name(self) -> str:
        return f"{self.login}@{self.server}"

    @property
    def is_real(self) -> bool:
        """Real money, or nobody knows."""
        return self.trade_mode not in ("demo", "contest")


@dataclass(frozen=True)
class Position:
    ticket: int
    symbol: str
    side: Side
    volume: Decimal
    price_open: Decimal
    sl: Decimal | None
    tp: Decimal | None
    profit: Decimal
    swap: Decimal
    magic: int
    comment: str
    opened_at: datetime

    def dump(self) -> dict[str, object]:
        return {
            "ticket": self.ticket,
            "symbol": self.symbol,
            "side": self.side,
            "volume": self.volume,
            "open_price": self.price_open,
            **({} if self.sl is None else {"sl": self.sl}),
            **({} if self.tp is None else {"tp": self.tp}),
            "profit": self.profit,
            "swap": self.swap,
            "magic_number": self.magic,
            "opened_at": format_time(self.opened_at),
        }


@dataclass(frozen=True)
class Deal:
    ticket: int
    order: int
    position: int
    symbol: str
    side: Side
    entry: Entry
    volume: Decimal
    price: Decimal
    profit: Decimal
    swap: Decimal
    commission: Decimal
    fee: Decimal
    magic: int
    comment: str
    at: datetime
    # The broker's doing: a stop loss, a take profit, a stop out.
    automatic: bool = False

    def dump(self) -> dict[str, object]:
        return {
            "ticket": self.ticket,
            "order_ticket": self.order,
            "position_ticket": self.position,
            "symbol": self.symbol,
            "side": self.side,
            "entry": self.entry,
            "volume": self.volume,
            "price": self.price,
            "profit": self.profit,
            "swap": self.swap,
            "commission": self.commission,
            "fee": self.fee,
            "magic_number": self.magic,
            "comment": self.comment,
            "time": format_time(self.at),
        }


@dataclass(frozen=True)
class Order:
    ticket: int
    magic: int
    comment: str


@dataclass(frozen=True)
class OrderRequest:
    """A market order (TRADE_ACTION_DEAL). `position` names the one it closes; None opens a new one."""

    symbol: str
    side: Side
    volume: Decimal
    price: Decimal
    sl: Decimal | None
    tp: Decimal | None
    deviation: int
    magic: int
    comment: str
    position: int | None
    filling: Filling


@dataclass(frozen=True)
class OrderAnswer:
    retcode: int
    order: int
    deal: int
    volume: Decimal
    price: Decimal


@dataclass(frozen=True)
class NoAnswer:
    """order_send gave nothing; this is its last_error, read before anything else is asked of the terminal."""

    code: int
    text: str


class Terminal(Protocol):
    """One thread owns a terminal and makes every call. Times are UTC: a terminal knows its broker's offset."""

    def state(self) -> TerminalState: ...

    def account(self) -> Account: ...

    def symbol(self, name: str) -> Symbol | None: ...

    def symbols(self, prefix: str) -> Sequence[Symbol]: ...

    def tick(self, symbol: str) -> Tick | None: ...

    def bars(self, symbol: str, count: int) -> Sequence[Bar]:
        """The newest closed M1 bars, oldest first."""
        ...

    def positions(self) -> Sequence[Position]: ...

    def orders(self, since: datetime) -> Sequence[Order]:
        """Working orders and those of the history."""
        ...

    def deals(self, since: datetime) -> Sequence[Deal]:
        """Those that bought or sold, not the account's other bookings."""
        ...

    def calc_profit(self, side: Side, symbol: str, volume: Decimal, opened: Decimal, closed: Decimal) -> Decimal:
        """In the account's currency (order_calc_profit)."""
        ...

    def order_send(self, request: OrderRequest) -> OrderAnswer | NoAnswer: ...

    def close(self) -> None: ...


class OwnedTerminal:
    """A terminal that any thread may call: one thread of its own opens it and makes every call, in the order they came.

    A call that hangs holds up all behind it, but only those of the caller's threads that wait for an answer. Whoever
    must not wait takes the `Future` of `ask`.
    """

    def __init__(self, open_terminal: Callable[[], Terminal]) -> None:
        self._owner = futures.ThreadPoolExecutor(max_workers=1, thread_name_prefix="terminal")
        self._opened = self._owner.submit(open_terminal)

    def ask(self, question: Callable[[Terminal], Told]) -> futures.Future[Told]:
        return self._owner.submit(lambda: question(self._opened.result()))

    def state(self) -> TerminalState:
        return self.ask(lambda terminal: terminal.state()).result()

    def account(self) -> Account:
        return self.ask(lambda terminal: terminal.account()).result()

    def symbol(self, name: str) -> Symbol | None:
        return self.ask(lambda terminal: terminal.symbol(name)).result()

    def symbols(self, prefix: str) -> Sequence[Symbol]:
        return self.ask(lambda terminal: terminal.symbols(prefix)).result()

    def tick(self, symbol: str) -> Tick | None:
        return self.ask(lambda terminal: terminal.tick(symbol)).result()

    def bars(self, symbol: str, count: int) -> Sequence[Bar]:
        return self.ask(lambda terminal: terminal.bars(symbol, count)).result()

    def positions(self) -> Sequence[Position]:
        return self.ask(lambda terminal: terminal.positions()).result()

    def orders(self, since: datetime) -> Sequence[Order]:
        return self.ask(lambda terminal: terminal.orders(since)).result()

    def deals(self, since: datetime) -> Sequence[Deal]:
        return self.ask(lambda terminal: terminal.deals(since)).result()

    def calc_profit(self, side: Side, symbol: str, volume: Decimal, opened: Decimal, closed: Decimal) -> Decimal:
        return self.ask(lambda terminal: terminal.calc_profit(side, symbol, volume, opened, closed)).result()

    def order_send(self, request: OrderRequest) -> OrderAnswer | NoAnswer:
        return self.ask(lambda terminal: terminal.order_send(request)).result()

    def close(self) -> None:
        if self._opened.exception() is None:
            self.ask(lambda terminal: terminal.close()).result()
        self._owner.shutdown()


def metatrader5() -> Any:  # noqa: ANN401 - a C extension without types, which exists on Windows only
    """MetaTrader's own package, asked for only by who needs it: elsewhere the agent runs without."""
    try:
        return importlib.import_module("MetaTrader5")
    except ImportError as error:
        why = "start the agent with uv, or: pip install MetaTrader5"
        if sys.platform != "win32":
            why = "it exists on Windows only; the simulated terminal runs here: --terminal sim"
        raise BadConfig(f"the Python package MetaTrader5 cannot be loaded: {why}") from error


def initialization(config: Config) -> tuple[list[str], dict[str, bool]]:
    """What `initialize` is told of the terminal: without a path the package finds one by itself."""
    path = [] if config.mt5_path is None else [str(config.mt5_path)]
    return path, {"portable": True} if config.mt5_portable else {}


class Retcode(IntEnum):
    REQUOTE = 10004
    REJECT = 10006
    CANCEL = 10007
    PLACED = 10008
    DONE = 10009
    DONE_PARTIAL = 10010
    ERROR = 10011
    TIMEOUT = 10012
    INVALID = 10013
    INVALID_VOLUME = 10014
    INVALID_PRICE = 10015
    INVALID_STOPS = 10016
    TRADE_DISABLED = 10017
    MARKET_CLOSED = 10018
    NO_MONEY = 10019
    PRICE_CHANGED = 10020
    PRICE_OFF = 10021
    INVALID_EXPIRATION = 10022
    ORDER_CHANGED = 10023
    TOO_MANY_REQUESTS = 10024
    NO_CHANGES = 10025
    SERVER_DISABLES_AT = 10026
    CLIENT_DISABLES_AT = 10027
    LOCKED = 10028
    FROZEN = 10029
    INVALID_FILL = 10030
    CONNECTION = 10031
    ONLY_REAL = 10032
    LIMIT_ORDERS = 10033
    LIMIT_VOLUME = 10034
    INVALID_ORDER = 10035
    POSITION_CLOSED = 10036
    INVALID_CLOSE_VOLUME = 10038
    CLOSE_ORDER_EXIST = 10039
    LIMIT_POSITIONS = 10040
    REJECT_CANCEL = 10041
    LONG_ONLY = 10042
    SHORT_ONLY = 10043
    CLOSE_ONLY = 10044
    FIFO_CLOSE = 10045
    HEDGE_PROHIBITED = 10046


# Every retcode stands in one of the tables below. What is in none, from a newer terminal, is taken as uncertain.
EXECUTED: Final = frozenset({Retcode.PLACED, Retcode.DONE, Retcode.DONE_PARTIAL})

PRICE_MOVED: Final[Mapping[int, tuple[str, str]]] = {
    Retcode.REQUOTE: ("requote", "the price moved beyond the allowed deviation each time the order was sent"),
    Retcode.PRICE_CHANGED: ("price_changed", "the price changed each time the order was sent"),
    Retcode.PRICE_OFF: ("no_quotes", "the broker has no quotes for this symbol at the moment"),
}

REFUSED: Final[Mapping[int, tuple[str, str]]] = {
    Retcode.REJECT: ("rejected_by_broker", "the broker rejected the order"),
    Retcode.CANCEL: ("cancelled_in_terminal", "the order was cancelled in the terminal"),
    Retcode.INVALID: ("invalid_request", "the terminal found the order invalid"),
    Retcode.INVALID_VOLUME: ("invalid_volume", "the broker does not accept this volume for this symbol"),
    Retcode.INVALID_PRICE: ("invalid_price", "the broker did not accept the price of the order"),
    Retcode.INVALID_STOPS: ("invalid_stops", "the broker did not accept the stop loss or take profit"),
    Retcode.TRADE_DISABLED: ("trade_disabled", "trading is disabled for this account or symbol"),
    Retcode.MARKET_CLOSED: ("market_closed", "the market for this symbol is closed"),
    Retcode.NO_MONEY: ("no_money", "the account has not enough free margin for this order"),
    Retcode.INVALID_EXPIRATION: ("invalid_expiration", "the broker did not accept the expiration of the order"),
    Retcode.ORDER_CHANGED: ("order_changed", "the order changed while it was being handled"),
    Retcode.TOO_MANY_REQUESTS: ("too_many_requests", "the broker is getting too many requests from this account"),
    Retcode.NO_CHANGES: ("no_changes", "the order would have changed nothing"),
    Retcode.SERVER_DISABLES_AT: ("algo_trading_disabled_by_broker", "the broker forbids algorithmic trading"),
    Retcode.CLIENT_DISABLES_AT: ("algo_trading_disabled", "algorithmic trading is switched off in the terminal"),
    Retcode.LOCKED: ("order_locked", "the order is locked for processing"),
    Retcode.FROZEN: ("order_frozen", "the price is too near to the stops: the order or position is frozen"),
    Retcode.INVALID_FILL: ("filling_refused", "the broker accepts none of the filling modes for this symbol"),
    Retcode.ONLY_REAL: ("only_real", "the broker allows this only on real accounts"),
    Retcode.LIMIT_ORDERS: ("limit_orders", "the number of pending orders has reached the broker's limit"),
    Retcode.LIMIT_VOLUME: ("limit_volume", "the volume in this symbol has reached the broker's limit"),
    Retcode.INVALID_ORDER: ("invalid_order", "the broker found the order type invalid or prohibited"),
    Retcode.POSITION_CLOSED: ("position_closed", "the position is closed already"),
    Retcode.INVALID_CLOSE_VOLUME: ("invalid_close_volume", "the volume to close is more than the position has"),
    Retcode.CLOSE_ORDER_EXIST: ("close_order_exists", "another order to close this position is being handled"),
    Retcode.LIMIT_POSITIONS: ("limit_positions", "the number of open positions has reached the broker's limit"),
    Retcode.REJECT_CANCEL: ("rejected_by_broker", "the broker rejected and cancelled the order"),
    Retcode.LONG_ONLY: ("long_only", "only buying is allowed in this symbol"),
    Retcode.SHORT_ONLY: ("short_only", "only selling is allowed in this symbol"),
    Retcode.CLOSE_ONLY: ("close_only", "only closing is allowed in this symbol"),
    Retcode.FIFO_CLOSE: ("fifo_close", "the broker closes positions only in the order they were opened"),
    Retcode.HEDGE_PROHIBITED: ("hedge_prohibited", "the broker forbids opposite positions in one symbol"),
}

# The order may have been executed all the same: it is looked for.
UNCERTAIN: Final[Mapping[int, str]] = {
    Retcode.ERROR: "the terminal could not process the order to its end",
    Retcode.TIMEOUT: "the broker's server did not answer in time",
    Retcode.CONNECTION: "the connection to the broker's server was lost",
}

# The terminal refused before anything left it: no memory, wrong parameters, no rights. Every other last_error may hide
# an executed order.
NOTHING_SENT: Final = frozenset(range(-8, -1))


def raise_unless_executed(answer: OrderAnswer | NoAnswer) -> OrderAnswer:
    if isinstance(answer, NoAnswer):
        if answer.code in NOTHING_SENT:
            raise JobFailed("terminal_refused", f"the terminal did not send the order: {answer.text} ({answer.code})")
        raise OutcomeUnknown(f"no answer from the terminal: {answer.text} ({answer.code})")
    if answer.retcode in EXECUTED:
        return answer
    if answer.retcode in PRICE_MOVED:
        raise PriceMoved(JobFailed(*PRICE_MOVED[answer.retcode], {"retcode": answer.retcode}))
    if answer.retcode == Retcode.INVALID_FILL:
        raise FillingRefused
    if answer.retcode in REFUSED:
        raise JobFailed(*REFUSED[answer.retcode], {"retcode": answer.retcode})
    why = UNCERTAIN.get(answer.retcode, "the broker answered something this agent does not know")
    raise OutcomeUnknown(f"{why} ({answer.retcode})")


# ----------------------------------------------------------------------------------------------------------------------
# The journal


@dataclass(frozen=True)
class Job:
    id: UUID
    job_type: str
    input: Mapping[str, object]
    not_after: datetime | None
    attempt: int
    delivered: Mapping[str, object] = field(repr=False)

    @classmethod
    def read(cls, delivered: object) -> Job:
        fields = Fields("job", delivered)
        try:
            job_id = UUID(fields.text("id"))
        except ValueError as error:
            raise fields.unreadable("id", "must be a UUID") from error
        return cls(
            id=job_id,
            job_type=fields.text("job_type"),
            input=fields.mapping("input"),
            not_after=fields.optional_time("not_after"),
            attempt=fields.integer("attempt"),
            delivered=delivered if isinstance(delivered, Mapping) else {},
        )


def order_tag(job_id: UUID) -> str:
    """The comment by which an order is found again: the same the backend puts into a trade job's input."""
    return "FE" + b32encode(job_id.bytes[:12]).decode().rstrip("=")


TAG: Final = re.compile(r"FE[A-Z2-7]{20}")


def is_marked(comment: str, tag: str) -> bool:
    """Whether a comment is this tag. Brokers lengthen comments and cut them off; what is left of ten bytes of a random
    id still tells it from all others."""
    return comment.startswith(tag) or (len(comment) >= 18 and tag.startswith(comment))


def close_tag(base: str, index: int) -> str:
    """One job may close many positions, each by an order with its own tag. 22 + 3 characters: 26 are safe."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    high, low = divmod(index, len(digits))
    if high >= len(digits):
        raise JobFailed("too_many_positions", "one job can close at most 1296 positions; send the alert again")
    return f"{base}-{digits[high]}{digits[low]}"


@dataclass(frozen=True)
class Intent:
    """An order about to be sent, as committed before it was."""

    tag: str
    job_id: UUID
    position: int | None
    symbol: str
    side: Side
    volume: Decimal
    magic: int
    price: Decimal
    sent_at: datetime

    def slippage_points(self, fill: Fill, symbol: Symbol) -> int:
        """Positive is against the trader: bought dearer or sold cheaper than the price the order was sent at."""
        against = fill.price - fill.requested if self.side is Side.BUY else fill.requested - fill.price
        return int((against / symbol.point).to_integral_value())


@dataclass(frozen=True)
class Fill:
    retcode: int
    order: int
    deal: int | None
    position: int | None
    volume: Decimal
    price: Decimal
    profit: Decimal | None
    requested: Decimal
    sent_at: datetime
    filled_at: datetime

    def dump(self) -> dict[str, object]:
        return {**self.__dict__, "sent_at": format_time(self.sent_at), "filled_at": format_time(self.filled_at)}

    @classmethod
    def read(cls, stored: object) -> Fill:
        fields = Fields("fill", stored)
        return cls(
            retcode=fields.integer("retcode"),
            order=fields.integer("order"),
            deal=fields.optional_integer("deal"),
            position=fields.optional_integer("position"),
            volume=fields.decimal("volume"),
            price=fields.decimal("price"),
            profit=fields.optional_decimal("profit"),
            requested=fields.decimal("requested"),
            sent_at=fields.time("sent_at"),
            filled_at=fields.time("filled_at"),
        )


@dataclass(frozen=True)
class Result:
    status: str
    output: Mapping[str, object]
    reason_code: str | None = None
    error_message: str | None = None

    @classmethod
    def of_failure(cls, failure: JobFailed) -> Result:
        return cls("failed", failure.output, failure.reason_code, failure.message)


@dataclass(frozen=True)
class Report:
    """A result on its way to the backend, for the attempt that was the newest when it was read."""

    job_id: UUID
    attempt: int
    result: Mapping[str, object]


class Stage(StrEnum):
    CLAIMED = "claimed"
    SENDING = "sending"
    DONE = "done"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"


class Journal:
    """Every transition is one committed transaction; `synchronous=full` because a power cut must not undo an intent.

    Shared by the threads that work and report; the lock makes each call atomic.
    """

    SCHEMA: Final = """
        create table if not exists jobs (
            job_id text primary key,
            job text not null,
            attempt integer not null,
            stage text not null check (stage in ('claimed', 'sending', 'done', 'acknowledged', 'refused')),
            result text check ((result is null) = (stage in ('claimed', 'sending'))),
            refusal text check ((refusal is null) = (stage <> 'refused')),
            claimed_at text not null
        );
        create table if not exists intents (
            tag text primary key,
            job_id text not null references jobs,
            position integer,
            symbol text not null,
            side text not null,
            volume text not null,
            magic integer not null,
            price text not null,
            sent_at text not null,
            fill text,
            failure text,
            check (fill is null or failure is null)
        );
        create index if not exists intents_job on intents (job_id);
        create table if not exists reported_deals (
            account text not null,
            ticket integer not null,
            at text not null,
            primary key (account, ticket)
        );
        create table if not exists live_accounts (
            account text primary key,
            allowed_at text not null
        );
    """
    KEEP: Final = timedelta(days=90)

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.execute("pragma foreign_keys = on")
        self._db.executescript(f"begin immediate; {self.SCHEMA} commit;")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, transaction(self._db):
            yield self._db

    def _rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def claim(self, job: Job, at: datetime) -> Stage:
        """Store a delivered job before anything is done with it.

        A job delivered again keeps its stage but takes the new attempt: the backend accepts a result for no other.
        What was acknowledged or refused before is reported once more. The job itself is replaced too: the deadline and
        signed URLs of the new delivery are fresher.
        """
        with self._transaction() as db:
            row = db.execute(
                """
                insert into jobs (job_id, job, attempt, stage, claimed_at) values (?, ?, ?, 'claimed', ?)
                on conflict (job_id) do update set
                    attempt = excluded.attempt,
                    job = excluded.job,
                    stage = case when stage in ('acknowledged', 'refused') then 'done' else stage end,
                    refusal = null
                returning stage
                """,
                (str(job.id), to_json(job.delivered), job.attempt, format_time(at)),
            ).fetchone()
            return Stage(row["stage"])

    def unfinished(self) -> list[Job]:
        rows = self._rows("select job from jobs where stage in ('claimed', 'sending') order by claimed_at, rowid")
        return [Job.read(parse_json(row["job"])) for row in rows]

    def unfinished_job(self, job_id: UUID) -> Job | None:
        """As last delivered; None when it is done."""
        rows = self._rows("select job from jobs where job_id = ? and stage in ('claimed', 'sending')", str(job_id))
        return Job.read(parse_json(rows[0]["job"])) if rows else None

    def begin_send(self, intent: Intent) -> None:
        """Commit the intent. Its tag is unique: a second order under it is refused here, before it can be sent."""
        with self._transaction() as db:
            if db.execute("select 1 from intents where tag = ?", (intent.tag,)).fetchone():
                raise JobFailed("duplicate_comment", f"an order with the comment {intent.tag} was sent before")
            db.execute(
                "update jobs set stage = 'sending' where job_id = ? and stage = 'claimed'", (str(intent.job_id),)
            )
            db.execute(
                "insert into intents (tag, job_id, position, symbol, side, volume, magic, price, sent_at) "
                "values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    intent.tag,
                    str(intent.job_id),
                    intent.position,
                    intent.symbol,
                    intent.side,
                    str(intent.volume),
                    intent.magic,
                    str(intent.price),
                    format_time(intent.sent_at),
                ),
            )

    def settle(self, tag: str, outcome: Fill | JobFailed) -> None:
        with self._transaction() as db:
            if isinstance(outcome, Fill):
                db.execute("update intents set fill = ? where tag = ?", (to_json(outcome.dump()), tag))
            else:
                failure = to_json([outcome.reason_code, outcome.message, outcome.output])
                db.execute("update intents set failure = ? where tag = ?", (failure, tag))

    def intents(self, job_id: UUID) -> list[tuple[Intent, Fill | JobFailed | None]]:
        """A job's orders as sent, each with its outcome, None while that is unknown."""
        return [
            (self._intent(row), self._outcome(row))
            for row in self._rows("select * from intents where job_id = ? order by rowid", str(job_id))
        ]

    def filled_orders(self, since: datetime) -> set[int]:
        """The tickets of orders that belong to an intent already."""
        fills = self._rows(
            "select fill from intents where fill is not null and sent_at >= ?",
            format_time(since),
        )
        return {Fill.read(parse_json(row["fill"])).order for row in fills}

    def lost_intents(self, since: datetime) -> list[Intent]:
        """Orders of which nobody knows (yet) what became."""
        rows = self._rows("select * from intents where fill is null and sent_at >= ?", format_time(since))
        outcomes = [(self._intent(row), self._outcome(row)) for row in rows]
        return [
            intent
            for intent, outcome in outcomes
            if not isinstance(outcome, JobFailed) or outcome.reason_code == "unknown_outcome"
        ]

    @staticmethod
    def _intent(row: sqlite3.Row) -> Intent:
        return Intent(
            tag=row["tag"],
            job_id=UUID(row["job_id"]),
            position=row["position"],
            symbol=row["symbol"],
            side=Side(row["side"]),
            volume=Decimal(row["volume"]),
            magic=row["magic"],
            price=Decimal(row["price"]),
            sent_at=parse_time(row["sent_at"]),
        )

    @staticmethod
    def _outcome(row: sqlite3.Row) -> Fill | JobFailed | None:
        if row["fill"] is not None:
            return Fill.read(parse_json(row["fill"]))
        if row["failure"] is not None:
            return JobFailed(*parse_json(row["failure"]))
        return None

    def finish(self, job_id: UUID, result: Result) -> None:
        stored = {
            "status": result.status,
            "output": result.output,
            **({"reason_code": result.reason_code} if result.reason_code else {}),
            **({"error_message": result.error_message} if result.error_message else {}),
        }
        with self._transaction() as db:
            db.execute("update jobs set stage = 'done', result = ? where job_id = ?", (to_json(stored), str(job_id)))

    def unreported(self) -> list[Report]:
        rows = self._rows("select job_id, attempt, result from jobs where stage = 'done' order by claimed_at, rowid")
        return [Report(UUID(row["job_id"]), row["attempt"], parse_json(row["result"])) for row in rows]

    # The job may have been delivered again while its report was under way: then the answer was for an old attempt, and
    # the report must be repeated with the new one. Hence `attempt = ?`.

    def acknowledge(self, report: Report) -> None:
        with self._transaction() as db:
            db.execute(
                "update jobs set stage = 'acknowledged' where job_id = ? and attempt = ? and stage = 'done'",
                (str(report.job_id), report.attempt),
            )

    def refuse(self, report: Report, refusal: str) -> None:
        with self._transaction() as db:
            db.execute(
                "update jobs set stage = 'refused', refusal = ? where job_id = ? and attempt = ? and stage = 'done'",
                (refusal, str(report.job_id), report.attempt),
            )

    def prune(self, now: datetime) -> int:
        """Forget jobs the backend has been done with for long; how many. It never delivers those again, and their
        orders are looked for no more. What is not acknowledged stays, however old."""
        old = "select job_id from jobs where stage in ('acknowledged', 'refused') and claimed_at < ?"
        before = format_time(now - self.KEEP)
        with self._transaction() as db:
            db.execute(f"delete from intents where job_id in ({old})", (before,))  # noqa: S608 - the text above
            return db.execute(f"delete from jobs where job_id in ({old})", (before,)).rowcount  # noqa: S608

    def allow_live(self, account: str, at: datetime) -> None:
        with self._transaction() as db:
            db.execute("insert or ignore into live_accounts values (?, ?)", (account, format_time(at)))

    def allows_live(self, account: str) -> bool:
        return bool(self._rows("select 1 from live_accounts where account = ?", account))

    def reported_deals(self, account: str) -> dict[int, datetime]:
        """The newest deals the backend has acknowledged, by ticket."""
        rows = self._rows("select ticket, at from reported_deals where account = ?", account)
        return {row["ticket"]: parse_time(row["at"]) for row in rows}

    def acknowledge_deals(self, account: str, deals: Mapping[int, datetime], keep_since: datetime) -> None:
        """Remember deals as reported, and those of before no longer: nobody will look that far back again."""
        with self._transaction() as db:
            db.executemany(
                "insert or replace into reported_deals (account, ticket, at) values (?, ?, ?)",
                [(account, ticket, format_time(at)) for ticket, at in deals.items()],
            )
            db.execute("delete from reported_deals where account = ? and at < ?", (account, format_time(keep_since)))


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("begin immediate")
    try:
        yield
    except BaseException:
        db.execute("rollback")
        raise
    db.execute("commit")


@contextmanager
def only_agent(state_dir: Path) -> Iterator[None]:
    """Hold this journal for one agent. SQLite's lock is the same on Windows and elsewhere and dies with the process."""
    held = sqlite3.connect(state_dir / "agent.lock", timeout=0, isolation_level=None)
    try:
        held.execute("begin exclusive")
    except sqlite3.OperationalError as error:
        raise AlreadyRunning(f"another agent is running on {state_dir}: stop it first") from error
    else:
        yield
    finally:
        held.close()


# ----------------------------------------------------------------------------------------------------------------------
# The backend


class TradingMode(StrEnum):
    ACTIVE = "active"
    REDUCING = "reducing"
    HALTED = "halted"


@dataclass(frozen=True)
class Live:
    """What the last heartbeat's answer set. Nothing is traded before there was one."""

    trading_mode: TradingMode
    symbol_map: Mapping[str, str]
    poll_seconds: float
    clock_offset: timedelta
    instruments: tuple[str, ...] | None = None
    socket_url: str | None = None


@dataclass(frozen=True)
class Status:
    """The terminal as its thread last saw it, for the heartbeat, which must not wait for that thread."""

    state: TerminalState
    account: Account | None
    positions: int = 0


def look_at(terminal: Terminal) -> Status:
    state = terminal.state()
    try:
        return Status(state, terminal.account())
    except TerminalUnavailable as error:
        log.warning("%s", error)
        return Status(state, None)


@dataclass(frozen=True)
class PricesAnswer:
    instruments: tuple[str, ...] | None
    ignored: Mapping[str, str]


class Backend:
    """One line to the backend. `heard` is told how many jobs wait, as often as an answer says so."""

    ANSWER_BYTES: Final = 2**20

    def __init__(
        self,
        config: Config,
        transport: httpx.BaseTransport | None = None,
        heard: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._heard = heard
        self._agent = f"/agents/{config.agent_id}"
        self._key = config.agent_key
        self._poll_seconds = config.poll_seconds
        self._patience = config.request_timeout_seconds
        # How long the last answer took; None when there was none.
        self.latency: float | None = None
        self._client = httpx.Client(
            base_url=config.url,
            timeout=config.request_timeout_seconds,
            transport=transport,
            headers={"User-Agent": f"forexelite-agent/{VERSION}"},
        )

    def close(self) -> None:
        self._client.close()

    def claim(self) -> Job | None:
        response = self._call("GET", "/jobs/next")
        if response.status_code == 204:
            return None
        with answer_of(response) as fields:
            return Job.read(fields.mapping("job"))

    def report(self, report: Report) -> None:
        body = {"attempt": report.attempt, **report.result}
        try:
            self._call("POST", f"/jobs/{report.job_id}/result", body)
        except Problem as problem:
            if problem.status in (404, 409, 422):
                raise ResultRefused(str(problem)) from problem
            raise

    def prices(self, ticks: Mapping[str, object], bars: Sequence[object]) -> PricesAnswer:
        response = self._call("POST", "/prices", {"ticks": ticks, "bars": bars})
        with answer_of(response) as fields:
            ignored = [Fields("answer.ignored", entry) for entry in fields.optional_list("ignored")]
            return PricesAnswer(
                instruments=fields.optional_texts("instruments"),
                ignored={entry.text("instrument"): entry.text("reason") for entry in ignored},
            )

    def account(self, snapshot: Mapping[str, object]) -> None:
        self._call("POST", "/account", snapshot)

    def heartbeat(self, status: Status | None, clock: Clock) -> Live:
        """Without a status where no terminal has been looked at (yet): pairing, and the doctor."""
        body: dict[str, object] = {
            "version": VERSION,
            "cpu_pct": psutil.cpu_percent(),
            "memory_mb": psutil.virtual_memory().used // 2**20,
        }
        if status is not None:
            state, account = status.state, status.account
            body["terminal"] = {
                "connected": state.connected,
                "trade_allowed": account is not None
                and (state.trade_allowed and account.trade_allowed and account.trade_expert),
                "build": state.build,
            }
        if status is not None and (account := status.account) is not None:
            body["account"] = {
                "login": account.login,
                "server": account.server,
                "trade_mode": account.trade_mode,
                "currency": account.currency,
            }
        response = self._call("POST", "/heartbeat", body)
        with answer_of(response) as fields:
            config = Fields("config", fields.mapping("config"))
            poll_seconds = config.optional_positive("poll_seconds")
            symbol_map = config.mapping("symbol_map")
            return Live(
                trading_mode=config.word("trading_mode", TradingMode),
                symbol_map={name: Fields("config.symbol_map", symbol_map).text(name) for name in symbol_map},
                poll_seconds=self._poll_seconds if poll_seconds is None else float(poll_seconds),
                clock_offset=fields.time("server_time") - clock.now(),
                instruments=config.optional_texts("instruments"),
                socket_url=config.optional_text("socket_url") or None,
            )

    def _call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> httpx.Response:
        headers = {"X-Agent-Key": self._key.reveal()}
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else to_json(body)
        began = time.monotonic()
        try:
            response = self._exchange(method, self._agent + path, headers, content)
        except httpx.RequestError as error:
            self.latency = None
            raise BackendUnavailable(f"{method} {path}: {type(error).__name__} {error}".rstrip()) from error
        self.latency = None if response.status_code >= 500 else time.monotonic() - began
        # A claim's own answer is not news: jobs are claimed until none is left.
        if method == "POST":
            self._heard(jobs_waiting(response))
        if response.is_success:
            return response
        if response.status_code == 401:
            raise KeyRefused("the backend refused the agent key: it was rotated or revoked, put the new one in place")
        said = f"{method} {path}: {response.status_code}"
        # Without a problem document the answer is from a gateway or proxy in between, which knows nothing of the job.
        if response.headers.get("Content-Type", "").startswith("application/problem+json"):
            with answer_of(response) as fields:
                code = fields.text("code")
                raise Problem(f"{said} {code}", response.status_code, code)
        raise BackendUnavailable(said)

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], content: str | None) -> httpx.Response:
        """An answer that trickles in or has no end is cut off: httpx only limits the pause between two pieces."""
        deadline = time.monotonic() + self._patience
        body = bytearray()
        with self._client.stream(method, path, headers=headers, content=content) as response:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > self.ANSWER_BYTES or time.monotonic() > deadline:
                    raise httpx.RemoteProtocolError("the answer does not end")
        told = {name: response.headers[name] for name in ("Content-Type", "X-Jobs-Waiting") if name in response.headers}
        return httpx.Response(response.status_code, headers=told, content=bytes(body))


@contextmanager
def answer_of(response: httpx.Response) -> Iterator[Fields]:
    """The fields of an answer. One that cannot be read may be a proxy's: it is asked for again."""
    try:
        yield Fields("answer", parse_json(response.text))
    except (ValueError, Unreadable) as error:
        raise BackendUnavailable(f"unreadable answer: {error}") from error


def jobs_waiting(response: httpx.Response) -> int:
    text = response.headers.get("X-Jobs-Waiting", "")
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        return Fields("answer", parse_json(response.text)).optional_integer("jobs_waiting") or 0
    except (ValueError, Unreadable):
        return 0


# ----------------------------------------------------------------------------------------------------------------------
# Trading rules: pure functions


class Action(StrEnum):
    BUY = "buy"
    SELL = "sell"
    CLOSE = "close"


class CloseSide(StrEnum):
    LONG = "long"
    SHORT = "short"

    @property
    def side(self) -> Side:
        return Side.BUY if self is CloseSide.LONG else Side.SELL


@dataclass(frozen=True)
class TradeInput:
    """A `trade` job's input. Its `price` is the alert's, for the record: the order goes at the market's."""

    symbol: str
    action: Action
    close_side: CloseSide | None
    volume: Decimal | None
    risk_pct: Decimal | None
    max_volume: Decimal | None
    sl: Decimal | None
    tp: Decimal | None
    sl_pips: Decimal | None
    tp_pips: Decimal | None
    magic: int
    comment: str
    deviation: int

    @classmethod
    def read(cls, values: Mapping[str, object]) -> TradeInput:
        fields = Fields("input", values)
        trade = cls(
            symbol=fields.text("symbol"),
            action=fields.word("side", Action),
            close_side=fields.optional_word("close_side", CloseSide),
            volume=fields.optional_positive("volume"),
            risk_pct=fields.optional_positive("risk_pct"),
            max_volume=fields.optional_positive("max_volume"),
            sl=fields.optional_positive("sl"),
            tp=fields.optional_positive("tp"),
            sl_pips=fields.optional_positive("sl_pips"),
            tp_pips=fields.optional_positive("tp_pips"),
            magic=fields.integer("magic_number"),
            comment=fields.text("comment"),
            deviation=fields.integer("deviation_points"),
        )
        # Above 2^53 JSON readers in between may have rounded it, and the order would belong to another strategy.
        if not 0 <= trade.magic < 2**53:
            raise fields.unreadable("magic_number", "must be between 0 and 2^53")
        if trade.deviation < 0:
            raise fields.unreadable("deviation_points", "must not be negative")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,22}", trade.comment):
            raise fields.unreadable("comment", "must be 1 to 22 letters, digits, _ or -")
        return trade


@dataclass(frozen=True)
class CloseInput:
    """A `close_position` job's input."""

    ticket: int
    volume: Decimal | None

    @classmethod
    def read(cls, values: Mapping[str, object]) -> CloseInput:
        fields = Fields("input", values)
        return cls(ticket=fields.integer("ticket"), volume=fields.optional_positive("volume"))


def resolve_symbol(wanted: str, symbol_map: Mapping[str, str], terminal: Terminal) -> Symbol:
    """The broker's name for a symbol: as written, as mapped, or with the one suffix that leaves no doubt.

    Brokers list view-only twins (`EURUSD` beside the tradable `EURUSD.i`), hence the look at the trade mode.
    """
    exact = terminal.symbol(wanted)
    if exact is not None and exact.mode is not SymbolMode.DISABLED:
        return exact
    if wanted in symbol_map:
        mapped = terminal.symbol(symbol_map[wanted])
        if mapped is None:
            raise JobFailed(
                "unknown_symbol",
                f"the symbol map says {wanted} is {symbol_map[wanted]}, which this broker does not have",
            )
        return mapped
    candidates = [symbol for symbol in terminal.symbols(wanted) if symbol.mode is SymbolMode.FULL]
    match candidates:
        case [only]:
            return only
        case []:
            raise JobFailed("unknown_symbol", f"this broker has no tradable symbol {wanted}, also not with a suffix")
        case _:
            names = ", ".join(sorted(symbol.name for symbol in candidates))
            raise JobFailed("ambiguous_symbol", f"{wanted} could be {names}: choose one in the symbol map")


def stop_prices(trade: TradeInput, side: Side, symbol: Symbol, tick: Tick) -> tuple[Decimal | None, Decimal | None]:
    """Stop loss and take profit as prices: a given price wins over a distance in pips from the entry price."""
    entry, closing = tick.price_to(side), tick.price_to(side.opposite)
    gains = 1 if side is Side.BUY else -1
    sl, tp = trade.sl, trade.tp
    if sl is None and trade.sl_pips is not None:
        sl = entry - gains * trade.sl_pips * symbol.pip
    if tp is None and trade.tp_pips is not None:
        tp = entry + gains * trade.tp_pips * symbol.pip
    # The broker triggers a stop at the price the position would be closed at and measures its distance from there.
    nearest = symbol.stops_level * symbol.point
    for name, price, distance in (
        ("stop loss", sl, None if sl is None else gains * (closing - sl)),
        ("take profit", tp, None if tp is None else gains * (tp - closing)),
    ):
        if price is None or distance is None:
            continue
        if price <= 0 or distance <= 0:
            raise JobFailed("invalid_stops", f"the {name} {price} is on the wrong side of the price {closing}")
        if distance < nearest:
            raise JobFailed(
                "invalid_stops",
                f"the {name} {price} is nearer to the price {closing} than the broker's {symbol.stops_level} points",
            )
    return (
        None if sl is None else symbol.round_price(sl),
        None if tp is None else symbol.round_price(tp),
    )


def size_position(trade: TradeInput, symbol: Symbol, equity: Decimal, loss_per_lot: Decimal | None) -> Decimal:
    """Lots to trade; `loss_per_lot` is what one lot loses at the stop, None without a stop. Rounds down, never up."""
    if trade.volume is not None:
        wanted = trade.volume
    elif trade.risk_pct is None:
        raise JobFailed("no_volume", "the signal names neither a volume nor a risk in percent")
    elif loss_per_lot is None:
        raise JobFailed("stop_required", "a risk in percent needs a stop loss to compute the volume from")
    elif loss_per_lot <= 0:
        raise JobFailed("invalid_stops", "the stop loss would not lose anything, so no volume follows from the risk")
    else:
        wanted = equity * trade.risk_pct / 100 / loss_per_lot
    allowed = min(trade.max_volume or symbol.volume_max, symbol.volume_max, symbol.volume_limit or symbol.volume_max)
    volume = symbol.round_volume_down(min(wanted, allowed))
    if volume < symbol.volume_min:
        raise JobFailed(
            "volume_too_small",
            f"{wanted.quantize(Decimal('0.0001'))} lots wanted, {allowed} allowed: "
            f"that is below the broker's minimum of {symbol.volume_min} lots",
        )
    return volume


def fill_of(intent: Intent, deals: Sequence[Deal]) -> Fill:
    """What the broker's books say an intent became. An order may be filled by several deals."""
    volume = sum((deal.volume for deal in deals), Decimal(0))
    return Fill(
        retcode=Retcode.DONE if volume >= intent.volume else Retcode.DONE_PARTIAL,
        order=deals[-1].order,
        deal=deals[-1].ticket,
        position=deals[-1].position,
        volume=volume,
        price=average_price((deal.price, deal.volume) for deal in deals),
        profit=sum((deal.profit for deal in deals), Decimal(0)),
        requested=intent.price,
        sent_at=intent.sent_at,
        filled_at=max(deal.at for deal in deals),
    )


def average_price(parts: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Volume-weighted, and exactly the price where there is only one."""
    prices = list(parts)
    if len({price for price, _ in prices}) == 1:
        return prices[0][0]
    volume = sum((volume for _, volume in prices), Decimal(0))
    return (sum((price * volume for price, volume in prices), Decimal(0)) / volume).quantize(Decimal("1E-8"))


# ----------------------------------------------------------------------------------------------------------------------
# The worker: the job types


@dataclass
class Closing:
    """What a closing job has done so far."""

    fills: list[tuple[Intent, Fill]] = field(default_factory=list)
    failures: list[tuple[Intent, JobFailed]] = field(default_factory=list)
    interrupted: JobFailed | None = None

    def add(self, intent: Intent, outcome: Fill | JobFailed) -> None:
        if isinstance(outcome, Fill):
            self.fills.append((intent, outcome))
        else:
            self.failures.append((intent, outcome))

    def volume(self) -> Decimal:
        return sum((fill.volume for _, fill in self.fills), Decimal(0))

    def remaining(self, limit: Decimal) -> Decimal:
        """What is still to be closed. An order whose outcome is unknown counts as filled: never close too much."""
        unknown = (intent.volume for intent, failure in self.failures if failure.reason_code == "unknown_outcome")
        return limit - self.volume() - sum(unknown, Decimal(0))

    def wants(self, position: Position) -> bool:
        """A position gets another order only after a partial fill: it may be listed for a while after it is gone."""
        if any(intent.position == position.ticket for intent, _ in self.failures):
            return False
        fills = [fill for intent, fill in self.fills if intent.position == position.ticket]
        return all(fill.retcode == Retcode.DONE_PARTIAL for fill in fills)


NOT_LIVE: Final = (
    "{account} is a real account and the agent opens positions on demo accounts only: "
    "start it once with `run --live` to let it trade this account"
)


class Worker:
    """Executes jobs, each as often as it is told to: what the journal says was sent is never sent again."""

    PRICE_RETRIES: Final = 2
    TICK_WAIT: Final = 2.0
    # Of a symbol whose market is open, prices come at least so often; the broker's word on it comes with the order.
    PRICE_AGE: Final = timedelta(minutes=15)
    CLOCKS_APART: Final = timedelta(minutes=2)
    DEAL_WAIT: Final = 3.0
    STEP: Final = 0.2

    def __init__(
        self,
        terminal: Terminal,
        journal: Journal,
        live: Callable[[], Live],
        clock: Clock,
        pause: Callable[[float], None],
        reconcile_seconds: float,
        limits: Limits = Limits(),
    ) -> None:
        self._terminal = terminal
        self._journal = journal
        self._live = live
        self._clock = clock
        self._pause = pause
        self._reconcile_seconds = reconcile_seconds
        self._limits = limits
        # The last job that ended, for the status line.
        self.last = ""
        self._handlers: Mapping[str, Callable[[Job], Result]] = {
            "trade": self._trade,
            "close_position": self._close_position,
        }

    def learn(self, handlers: Mapping[str, Callable[[Job], Result]]) -> None:
        """Other job types, done by somebody else and ended here."""
        self._handlers = {**self._handlers, **handlers}

    def refuse_entries(self) -> None:
        """What keeps an entry out. It keeps experts off their charts, too: they open positions by themselves."""
        self._refuse_forbidden()
        self._refuse_entry_unless_active()

    def resume(self, job: Job) -> None:
        """Bring to an end what an earlier run left unfinished."""
        log.info("job %s goes on after a restart", job.id)
        self.finish(job)

    def run(self, job: Job) -> None:
        if self.accept(job):
            self.finish(job)

    def accept(self, job: Job) -> bool:
        """Commit a delivered job to the journal; whether it is still to be done."""
        stage = self._journal.claim(job, self._clock.now())
        log.info("job %s (%s, attempt %d) %s", job.id, job.job_type, job.attempt, stage)
        return stage in (Stage.CLAIMED, Stage.SENDING)

    def finish(self, job: Job) -> None:
        handler = self._handlers.get(job.job_type)
        try:
            if handler is None:
                raise JobFailed("unsupported_job_type", f"agent {VERSION} cannot do {job.job_type} jobs: update it")
            result = handler(job)
        except JobFailed as failure:
            result = Result.of_failure(failure)
        except Unreadable as error:
            result = Result.of_failure(JobFailed("invalid_input", f"the job cannot be read: {error}"))
        except TerminalUnavailable as error:
            result = Result.of_failure(JobFailed.of(error))
        except (AgentError, sqlite3.Error):
            raise
        except Exception:
            # One job the agent stumbles over must not keep it from all others, so it ends as reported as any other.
            log.exception("job %s stopped on an error in the agent or the terminal", job.id)
            open_intent = any(outcome is None for _, outcome in self._journal.intents(job.id))
            reason = "unknown_outcome" if open_intent else "internal_error"
            result = Result.of_failure(JobFailed(reason, "the agent stopped on an error: its log says more"))
        self.end(job, result)

    def end(self, job: Job, result: Result) -> None:
        self._journal.finish(job.id, result)
        what = " ".join(str(job.input[key]) for key in ("side", "symbol") if key in job.input)
        self.last = f"{what or job.job_type} {result.reason_code or result.status} {self._clock.now():%H:%M:%S}"
        why = f": {result.reason_code}, {result.error_message}" if result.reason_code else ""
        log.info("job %s %s%s", job.id, result.status, why)

    # Job types

    def _trade(self, job: Job) -> Result:
        trade = TradeInput.read(job.input)
        match trade.action:
            case Action.BUY:
                return self._open(job, trade, Side.BUY)
            case Action.SELL:
                return self._open(job, trade, Side.SELL)
            case Action.CLOSE:
                return self._close_strategy(job, trade)

    def _open(self, job: Job, trade: TradeInput, side: Side) -> Result:
        sent = self._journal.intents(job.id)
        if sent:
            [(intent, outcome)] = sent
            outcome = outcome or self._look_up(intent)
        else:
            self._await_connection(job)
            self._refuse_forbidden()
            self._refuse_entry_unless_active()
            symbol = self._resolve(trade.symbol)
            self._refuse_closed_market(symbol)
            self._refuse_closed_side(symbol, side)
            tick = self._tick(symbol)
            self._refuse_old_price(symbol, tick)
            sl, tp = stop_prices(trade, side, symbol, tick)
            volume = self._size(trade, side, symbol, tick, sl)
            self._refuse_over_limits(symbol, tick, volume)
            request = OrderRequest(
                symbol=symbol.name,
                side=side,
                volume=volume,
                price=tick.price_to(side),
                sl=sl,
                tp=tp,
                deviation=self._allowed_deviation(trade.deviation),
                magic=trade.magic,
                comment=trade.comment,
                position=None,
                filling=symbol.fillings[0],
            )
            intent, outcome = self._send(job, request, symbol)
        if isinstance(outcome, JobFailed):
            raise outcome
        position = {} if outcome.position is None else {"position": outcome.position}
        return Result("completed", {"volume": outcome.volume, **self._execution(intent, outcome), **position})

    def _close_strategy(self, job: Job, trade: TradeInput) -> Result:
        def targets() -> list[Position]:
            symbol = self._resolve(trade.symbol)
            side = None if trade.close_side is None else trade.close_side.side
            return [
                position
                for position in self._ask(lambda terminal: terminal.positions())
                if position.magic == trade.magic and position.symbol == symbol.name and side in (None, position.side)
            ]

        which = f"{trade.close_side} position" if trade.close_side else "position"
        nothing = f"the strategy (magic {trade.magic}) has no open {which} in {trade.symbol}"
        return self._close(job, targets, trade.volume, trade.comment, trade.deviation, nothing)

    def _close_position(self, job: Job) -> Result:
        wanted = CloseInput.read(job.input)

        def targets() -> list[Position]:
            open_positions = self._ask(lambda terminal: terminal.positions())
            return [position for position in open_positions if position.ticket == wanted.ticket]

        # Whoever closes by hand wants to be out: there is no price at which they would rather stay in.
        deviation = 100
        nothing = f"position {wanted.ticket} is not open (any more)"
        return self._close(job, targets, wanted.volume, order_tag(job.id), deviation, nothing)

    def _close(
        self,
        job: Job,
        targets: Callable[[], list[Position]],
        limit: Decimal | None,
        tag: str,
        deviation: int,
        nothing: str,
    ) -> Result:
        """Close positions, oldest first, each by an order of its own. Closing nothing is success: that was the wish."""
        closing = Closing()
        try:
            for intent, outcome in self._journal.intents(job.id):
                closing.add(intent, outcome or self._look_up(intent))
            while True:
                # Without a connection the list of positions may be old or empty, and "nothing to close" a lie.
                self._await_connection(job)
                request = self._next_close(closing, targets(), limit, deviation)
                if request is None:
                    break
                self._refuse_forbidden()
                index = len(closing.fills) + len(closing.failures)
                symbol = self._known_symbol(request.symbol)
                self._refuse_closed_market(symbol)
                # A position that cannot be closed does not keep the others from getting out.
                closing.add(*self._send(job, replace(request, comment=close_tag(tag, index)), symbol))
        except JobFailed as failure:
            closing.interrupted = failure
        return self._closing_result(closing, nothing)

    def _next_close(
        self, closing: Closing, open_positions: Iterable[Position], limit: Decimal | None, deviation: int
    ) -> OrderRequest | None:
        for position in sorted(open_positions, key=lambda position: (position.opened_at, position.ticket)):
            if not closing.wants(position):
                continue
            symbol = self._known_symbol(position.symbol)
            volume = position.volume
            if limit is not None:
                volume = min(volume, symbol.round_volume_down(closing.remaining(limit)))
            if volume < min(symbol.volume_min, position.volume):
                return None
            side = position.side.opposite
            return OrderRequest(
                symbol=position.symbol,
                side=side,
                volume=volume,
                price=self._tick(symbol).price_to(side),
                sl=None,
                tp=None,
                deviation=deviation,
                magic=position.magic,
                comment="",
                position=position.ticket,
                filling=symbol.fillings[0],
            )
        return None

    def _closing_result(self, closing: Closing, nothing: str) -> Result:
        output: dict[str, object] = {
            "volume": closing.volume(),
            "profit": sum((fill.profit or Decimal(0) for _, fill in closing.fills), Decimal(0)),
            "closed": [
                {"ticket": intent.position, "volume": fill.volume, "price": fill.price, "profit": fill.profit}
                for intent, fill in closing.fills
            ],
        }
        if closing.fills:
            output |= self._execution(*closing.fills[-1])
            output["sent_at"] = format_time(closing.fills[0][1].sent_at)
            output["fill_price"] = average_price((fill.price, fill.volume) for _, fill in closing.fills)
        # A stop loss or the trader's own hand was faster: the position is closed, which was the wish.
        failures = [
            (intent, failure) for intent, failure in closing.failures if failure.reason_code != "position_closed"
        ]
        failure = closing.interrupted
        if failures:
            # An unknown outcome is what the trader has to look at, whatever else went wrong.
            failures.sort(key=lambda item: item[1].reason_code != "unknown_outcome")
            intent, cause = failures[0]
            failure = JobFailed(cause.reason_code, f"position {intent.position}: {cause.message}", cause.output)
        if failure is not None:
            done = f"{closing.volume()} lots were closed, then: " if closing.fills else ""
            raise JobFailed(failure.reason_code, done + failure.message, {**output, **failure.output})
        if not closing.fills:
            output["note"] = nothing
        return Result("completed", output)

    def _execution(self, intent: Intent, fill: Fill) -> dict[str, object]:
        """One executed order as the backend reads it. What the broker does not tell (any more) is left out."""
        symbol = None
        # The order is executed: a terminal that is gone by now changes nothing in that.
        with suppress(TerminalUnavailable):
            symbol = self._terminal.symbol(intent.symbol)
        told = {
            "ticket": fill.order,
            "deal": fill.deal,
            "fill_price": fill.price,
            "slippage_points": None if symbol is None else intent.slippage_points(fill, symbol),
            "retcode": fill.retcode,
            "sent_at": format_time(fill.sent_at),
            "filled_at": format_time(fill.filled_at),
        }
        return {name: value for name, value in told.items() if value is not None}

    # Preflight

    def _ask(self, question: Callable[[Terminal], Told]) -> Told:
        """A terminal that does not answer gets a while to come back, as a lost connection does. Only before an order is
        sent: after that nothing the terminal does not say may make the job fail."""
        waited_since = self._clock.monotonic()
        while True:
            try:
                return question(self._terminal)
            except TerminalUnavailable as error:
                if self._clock.monotonic() - waited_since >= self._reconcile_seconds:
                    raise JobFailed.of(error) from error
            self._pause(self.STEP)

    def _resolve(self, symbol: str) -> Symbol:
        return self._ask(lambda terminal: resolve_symbol(symbol, self._live().symbol_map, terminal))

    def _refuse_late(self, job: Job) -> None:
        if job.not_after is not None and self._clock.now() + self._live().clock_offset > job.not_after:
            raise JobFailed("expired", "the signal was older than the strategy allows before it could be sent")

    def _await_connection(self, job: Job) -> None:
        """A lost connection gets a while to come back: an exit must not fail for a blink of the line."""
        waited_since = self._clock.monotonic()
        while True:
            self._refuse_late(job)
            if self._terminal.state().connected:
                return
            if self._clock.monotonic() - waited_since >= self._reconcile_seconds:
                raise JobFailed("terminal_disconnected", "the terminal is not connected to the broker's server")
            self._pause(self.STEP)

    def _refuse_halted(self) -> None:
        if self._live().trading_mode is TradingMode.HALTED:
            raise JobFailed("trading_halted", "trading is halted: neither entries nor exits are sent")

    def _refuse_forbidden(self) -> None:
        """What must hold before any order, entry or exit."""
        self._refuse_halted()
        state = self._terminal.state()
        if not state.connected:
            raise JobFailed("terminal_disconnected", "the terminal is not connected to the broker's server")
        if not state.trade_allowed:
            raise JobFailed("algo_trading_disabled", "algorithmic trading is off: press Algo Trading in the terminal")
        if state.api_disabled:
            raise JobFailed("python_api_disabled", "the terminal's options forbid trading by the external Python API")
        account = self._ask(lambda terminal: terminal.account())
        if not account.trade_allowed:
            raise JobFailed("trade_disabled", "this login may not trade (read-only password, or closed by the broker)")
        if not account.trade_expert:
            raise JobFailed("algo_trading_disabled_by_broker", "the broker forbids algorithmic trading on this account")

    def _refuse_entry_unless_active(self) -> None:
        account = self._ask(lambda terminal: terminal.account())
        if account.is_real and not self._journal.allows_live(account.name):
            raise JobFailed("live_not_allowed", NOT_LIVE.format(account=account.name))
        if self._live().trading_mode is not TradingMode.ACTIVE:
            raise JobFailed("trading_reducing", "trading is set to reducing: only exits are sent")

    def _refuse_closed_market(self, symbol: Symbol) -> None:
        if not symbol.session_open:
            raise JobFailed(*REFUSED[Retcode.MARKET_CLOSED])

    def _refuse_closed_side(self, symbol: Symbol, side: Side) -> None:
        refused = {
            SymbolMode.DISABLED: Retcode.TRADE_DISABLED,
            SymbolMode.CLOSE_ONLY: Retcode.CLOSE_ONLY,
            SymbolMode.LONG_ONLY: Retcode.LONG_ONLY if side is Side.SELL else None,
            SymbolMode.SHORT_ONLY: Retcode.SHORT_ONLY if side is Side.BUY else None,
            SymbolMode.FULL: None,
        }[symbol.mode]
        if refused is not None:
            raise JobFailed(*REFUSED[refused])

    def _refuse_old_price(self, symbol: Symbol, tick: Tick) -> None:
        age = self._clock.now() - tick.at
        if age > self.PRICE_AGE:
            raise JobFailed(
                "old_price",
                f"the last price of {symbol.name} is {age // MINUTE} minutes old: its market is closed, or the "
                "terminal receives no prices",
            )

    def _refuse_over_limits(self, symbol: Symbol, tick: Tick, volume: Decimal) -> None:
        limits = self._limits
        spread = int((tick.ask - tick.bid) / symbol.point)
        if limits.max_spread_points is not None and spread > limits.max_spread_points:
            raise JobFailed(
                "limit_spread",
                f"the spread of {symbol.name} is {spread} points, this machine's limit is {limits.max_spread_points}",
            )
        if limits.max_lot is not None and volume > limits.max_lot:
            raise JobFailed("limit_lot", f"{volume} lots are more than this machine's limit of {limits.max_lot}")
        if limits.max_open_positions is not None:
            count = len(self._ask(lambda terminal: terminal.positions()))
            if count >= limits.max_open_positions:
                raise JobFailed(
                    "limit_open_positions",
                    f"{count} positions are open, this machine's limit is {limits.max_open_positions}",
                )

    def _allowed_deviation(self, wanted: int) -> int:
        """A narrower one still trades, at a better price or not at all."""
        return wanted if self._limits.max_slippage_points is None else min(wanted, self._limits.max_slippage_points)

    def _known_symbol(self, name: str) -> Symbol:
        symbol = self._ask(lambda terminal: terminal.symbol(name))
        if symbol is None:
            raise JobFailed("unknown_symbol", f"the broker no longer lists {name}")
        return symbol

    def _tick(self, symbol: Symbol) -> Tick:
        """The newest prices. A symbol that was just selected has none for a moment."""
        waited_since = self._clock.monotonic()
        while True:
            tick = self._ask(lambda terminal: terminal.tick(symbol.name))
            if tick is not None and tick.bid > 0 and tick.ask > 0:
                return tick
            if self._clock.monotonic() - waited_since >= self.TICK_WAIT:
                raise JobFailed(*PRICE_MOVED[Retcode.PRICE_OFF])
            self._pause(self.STEP)

    def _size(self, trade: TradeInput, side: Side, symbol: Symbol, tick: Tick, sl: Decimal | None) -> Decimal:
        loss = None
        if sl is not None:
            stop = sl
            loss = -self._ask(
                lambda terminal: terminal.calc_profit(side, symbol.name, Decimal(1), tick.price_to(side), stop)
            )
        return size_position(trade, symbol, self._ask(lambda terminal: terminal.account()).equity, loss)

    # Sending

    def _send(self, job: Job, request: OrderRequest, symbol: Symbol) -> tuple[Intent, Fill | JobFailed]:
        """Commit the intent, send the order, commit the outcome."""
        self._refuse_what_changed(job, request)
        intent = Intent(
            tag=request.comment,
            job_id=job.id,
            position=request.position,
            symbol=request.symbol,
            side=request.side,
            volume=request.volume,
            magic=request.magic,
            price=request.price,
            sent_at=self._clock.now(),
        )
        self._journal.begin_send(intent)
        outcome: Fill | JobFailed
        try:
            outcome = self._execute(job, intent, request, symbol)
        except OutcomeUnknown as unknown:
            log.warning("order %s: %s; looking for it in the broker's books", intent.tag, unknown)
            return intent, self._look_up(intent)
        except JobFailed as failure:
            outcome = failure
        self._journal.settle(intent.tag, outcome)
        return intent, outcome

    def _refuse_what_changed(self, job: Job, request: OrderRequest) -> None:
        """Finding the symbol, its price and the volume took time, and so did a refused try."""
        self._refuse_halted()
        if request.position is None:
            self._refuse_entry_unless_active()
        self._refuse_late(job)

    def _execute(self, job: Job, intent: Intent, request: OrderRequest, symbol: Symbol) -> Fill:
        """Send until executed or refused. It is sent again only after an answer that says nothing was executed."""
        fillings = symbol.fillings
        retries = self.PRICE_RETRIES
        while True:
            request = replace(request, filling=fillings[0])
            intent = replace(intent, price=request.price, sent_at=self._clock.now())
            try:
                answer = raise_unless_executed(self._terminal.order_send(request))
            except FillingRefused:
                fillings = fillings[1:]
                if not fillings:
                    raise JobFailed(*REFUSED[Retcode.INVALID_FILL], {"retcode": int(Retcode.INVALID_FILL)}) from None
            except (PriceMoved, TerminalUnavailable) as obstacle:
                if retries == 0:
                    raise JobFailed.of(obstacle) from obstacle
                retries -= 1
                self._await_connection(job)
                request = replace(request, price=self._tick(symbol).price_to(request.side))
            else:
                return self._confirm(intent, answer, self._clock.now())
            self._refuse_what_changed(job, request)

    def _confirm(self, intent: Intent, answer: OrderAnswer, answered_at: datetime) -> Fill:
        """Complete an answer from the history: it holds no profit, and with some brokers neither price nor deal."""
        waited_since = self._clock.monotonic()
        while True:
            deals: list[Deal] = []
            with suppress(TerminalUnavailable):
                deals = [deal for deal in self._terminal.deals(_history_start(intent)) if deal.order == answer.order]
            filled = sum((deal.volume for deal in deals), Decimal(0))
            if deals and filled >= answer.volume:
                return replace(fill_of(intent, deals), retcode=answer.retcode, filled_at=answered_at)
            if self._clock.monotonic() - waited_since >= self.DEAL_WAIT:
                break
            self._pause(self.STEP)
        if answer.price <= 0 or answer.volume <= 0:
            raise OutcomeUnknown(
                f"order {answer.order} was accepted (retcode {answer.retcode}), its deal is not there yet"
            )
        return Fill(
            retcode=answer.retcode,
            order=answer.order,
            deal=answer.deal or None,
            position=intent.position,
            volume=answer.volume,
            price=answer.price,
            profit=None,
            requested=intent.price,
            sent_at=intent.sent_at,
            filled_at=answered_at,
        )

    def _look_up(self, intent: Intent) -> Fill | JobFailed:
        """Find out what became of an order that may have been sent, and commit that. Never sends.

        Only time with a connection counts as silence: without one the history cannot show the order.
        """
        silence = 0.0
        while True:
            outcome: Fill | JobFailed | None = None
            connected = False
            with suppress(TerminalUnavailable):
                connected = self._terminal.state().connected
                outcome = self._find(intent)
                if outcome is None and connected and silence >= self._reconcile_seconds:
                    outcome = self._find_unmarked(intent) or self._not_found(intent)
            if outcome is not None:
                break
            before = self._clock.monotonic()
            self._pause(self.STEP)
            if connected:
                silence += self._clock.monotonic() - before
        self._journal.settle(intent.tag, outcome)
        return outcome

    def _find(self, intent: Intent) -> Fill | None:
        """By magic and tag; the deals first, for they alone know price and volume."""
        deals = [deal for deal in self._candidates(intent) if is_marked(deal.comment, intent.tag)]
        if deals:
            return fill_of(intent, deals)
        if intent.position is not None:
            return None
        # The position may be listed before the history is synchronised.
        for position in self._terminal.positions():
            if position.magic == intent.magic and is_marked(position.comment, intent.tag):
                return Fill(
                    retcode=Retcode.DONE if position.volume >= intent.volume else Retcode.DONE_PARTIAL,
                    order=position.ticket,
                    deal=None,
                    position=position.ticket,
                    # On a netting account it may hold what other orders bought, too.
                    volume=min(position.volume, intent.volume),
                    price=position.price_open,
                    profit=None,
                    requested=intent.price,
                    sent_at=intent.sent_at,
                    filled_at=position.opened_at,
                )
        return None

    def _candidates(self, intent: Intent) -> list[Deal]:
        """By side, not by entry: on a netting account an order to sell may close, and one to close turn around."""
        known = self._journal.filled_orders(_history_start(intent))
        return [
            deal
            for deal in self._terminal.deals(_history_start(intent))
            if deal.magic == intent.magic
            and deal.symbol == intent.symbol
            and deal.side is intent.side
            and deal.order not in known
            and intent.position in (None, deal.position)
        ]

    def _find_unmarked(self, intent: Intent) -> Fill | None:
        """Some brokers put words of their own into the comment. Then the one order that fits is it; of two that do,
        nobody can say, nor of one that fits two."""
        rivals = [
            lost
            for lost in self._journal.lost_intents(_history_start(intent))
            if (lost.magic, lost.symbol, lost.side) == (intent.magic, intent.symbol, intent.side)
            and (intent.position is None or lost.position in (None, intent.position))
            and lost.tag != intent.tag
        ]
        # Magic number 0 is everybody's.
        if intent.magic == 0 or rivals:
            return None
        begin = intent.sent_at - self.CLOCKS_APART
        orders: dict[int, list[Deal]] = {}
        for deal in self._candidates(intent):
            if deal.at >= begin and not deal.automatic and not TAG.match(deal.comment):
                orders.setdefault(deal.order, []).append(deal)
        fitting = [deals for deals in orders.values() if sum(deal.volume for deal in deals) <= intent.volume]
        match fitting:
            case [deals]:
                fill = fill_of(intent, deals)
                log.warning("order %s found as %d, by all but its comment %r", intent.tag, fill.order, deals[0].comment)
                return fill
            case _:
                return None

    def _not_found(self, intent: Intent) -> JobFailed:
        open_tickets = {position.ticket for position in self._terminal.positions()}
        if intent.position is not None and intent.position not in open_tickets:
            return JobFailed(*REFUSED[Retcode.POSITION_CLOSED])
        for order in self._terminal.orders(_history_start(intent)):
            if order.magic == intent.magic and is_marked(order.comment, intent.tag):
                return JobFailed(
                    "unknown_outcome",
                    f"order {order.ticket} is in the broker's books but without a deal: check it in the terminal",
                    {"ticket": order.ticket},
                )
        return JobFailed(
            "unknown_outcome",
            f"the order {intent.tag} may have been sent, but the broker does not show it: check the terminal; "
            "it will not be sent again",
        )


def _history_start(intent: Intent) -> datetime:
    """A day early: the broker's clock is not ours."""
    return intent.sent_at - timedelta(days=1)


# ----------------------------------------------------------------------------------------------------------------------
# The MetaTrader terminal


class CallHangs(TerminalUnavailable):
    """A call was made and has not come back."""


class CallThread:
    """One thread makes every call of the MetaTrader5 package, which is made for one; and a call may hang for ever.

    Whoever asks gives up after `patience`. While the call hangs nothing is asked: behind it nothing would be answered,
    and a second thread would break the package. Closing the terminal breaks the pipe between the two, and the call
    comes back.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._calls: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._last: futures.Future[Any] = futures.Future()
        self._last.set_result(None)
        # A daemon: a call that never comes back must not keep the process from ending.
        threading.Thread(target=self._serve, name="metatrader", daemon=True).start()

    def make(self, call: Callable[[], Told]) -> Told:
        if not self._last.done():
            raise TerminalUnavailable("the terminal hangs: close it and start it again")
        answer: futures.Future[Told] = futures.Future()
        self._last = answer
        self._calls.put(lambda: self._answer(answer, call))
        futures.wait([answer], self._patience)
        if not answer.done():
            raise CallHangs(f"the terminal has not answered for {self._patience:.0f} seconds")
        return answer.result()

    def close(self) -> None:
        self._calls.put(None)

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            call()

    @staticmethod
    def _answer(answer: futures.Future[Told], call: Callable[[], Told]) -> None:
        try:
            answer.set_result(call())
        except BaseException as error:
            answer.set_exception(error)


@dataclass(frozen=True)
class Heard:
    """A symbol's newest tick. `offset` is what it said of the broker's clock, if it came in while somebody looked."""

    stamp: datetime
    first_seen: datetime
    last_seen: datetime
    offset: timedelta | None


class BrokerClock:
    """MetaTrader stamps everything with the wall clock of the broker's server, written as if it were UTC. How far that
    is from UTC it tells nobody, but a tick that has just come in shows it.

    It takes two of one symbol: a terminal that was just started also receives the last tick of before the weekend. What
    was learned is kept for a start on a weekend, when nothing ticks.
    """

    QUARTER: Final = timedelta(minutes=15)
    # How late a tick may be, and how wrong this machine's clock.
    TOLERANCE: Final = timedelta(minutes=5)
    FRESH: Final = timedelta(minutes=2)
    EARLIEST: Final = timedelta(hours=-12)
    LATEST: Final = timedelta(hours=14)

    def __init__(self, file: Path) -> None:
        self._file = file
        self._heard: dict[str, Heard] = {}
        self.observed = False
        self.offset = timedelta()
        with suppress(ValueError, OverflowError, Unreadable):
            kept = Fields("clock", parse_json((read_if_there(file) or b"").decode()))
            self.offset = timedelta(minutes=kept.integer("offset_minutes"))

    def hear(self, symbol: str, stamp: datetime, now: datetime) -> None:
        """A tick as the terminal shows it, new or not. When summer time ends, a newer one has an older stamp."""
        last = self._heard.get(symbol)
        if last is None or stamp == last.stamp:
            self._heard[symbol] = Heard(stamp, now, now, None) if last is None else replace(last, last_seen=now)
            return
        offset = self._offset(stamp - now) if now - last.last_seen <= self.FRESH else None
        self._heard[symbol] = Heard(stamp, now, now, offset)
        if offset is not None and offset == last.offset and not (self.observed and offset == self.offset):
            self._learn(offset)

    def _offset(self, ahead: timedelta) -> timedelta | None:
        offset = round(ahead / self.QUARTER) * self.QUARTER
        plausible = abs(ahead - offset) <= self.TOLERANCE and self.EARLIEST <= offset <= self.LATEST
        return offset if plausible else None

    def utc(self, stamp: datetime) -> datetime:
        return stamp - self.offset

    def stamp(self, at: datetime) -> datetime:
        return at + self.offset

    def tick_time(self, symbol: str, stamp: datetime) -> datetime:
        """Of the tick heard last. As long as the broker's clock is not known, when it was first seen here."""
        return self.utc(stamp) if self.observed else self._heard[symbol].first_seen

    def _learn(self, offset: timedelta) -> None:
        minutes = offset // MINUTE
        log.info("the broker's clock is %+.4g hours from UTC", minutes / 60)
        self.offset, self.observed = offset, True
        try:
            write_whole(self._file, to_json({"offset_minutes": minutes}).encode())
        except OSError as error:
            log.warning("%s cannot be written: %s", self._file, error.strerror)


class MetaTraderTerminal:
    """MetaTrader 5 by its Python package, in whose terms the calls below speak. What breaks agents on it:

    - None is an error or nothing, and only `last_error`, asked next, tells which;
    - `order_send` takes its request as keywords or as the one positional argument, never as both; `*_get` filters are
      keywords; all others are positional only;
    - `filling_mode` is a mask with other numbers than a request's `type_filling`;
    - the first tick of a symbol just selected is all zeros;
    - after the terminal was started again each call fails until `initialize` was called again.
    """

    CALL_SECONDS: Final = 30.0
    START_SECONDS: Final = 20
    RECONNECT_SECONDS: Final = 10
    PROBE_SECONDS: Final = 60
    PROBES: Final = 3
    OK: Final = 1
    # Between this process and the terminal: the pipe is broken, or the terminal gone.
    LOST: Final = frozenset(range(-10005, -9999))
    LOGIN_REFUSED: Final = -6
    TOO_OLD: Final = -5
    DEAL: Final = 1
    GOOD_TILL_CANCELLED: Final = 0
    M1: Final = 1
    SIDES: Final = (Side.BUY, Side.SELL)
    ENTRIES: Final = (Entry.IN, Entry.OUT, Entry.INOUT, Entry.OUT_BY)
    TRADE_MODES: Final = ("demo", "contest", "real")
    # DEAL_REASON_SL, _TP and _SO
    AUTOMATIC: Final = (4, 5, 6)

    def __init__(
        self,
        mt5: Any,  # noqa: ANN401 - the package has no types, and exists on Windows only
        config: Config,
        clock: Clock,
        start: TerminalStart,
        patience: float = CALL_SECONDS,
    ) -> None:
        self._mt5 = mt5
        self._config = config
        self._start = start
        self._clock = clock
        self._calls = CallThread(patience)
        self._broker_clock = BrokerClock(config.state_dir / "broker-clock.json")
        self._connected = False
        self._connect_at = clock.monotonic()
        self._trouble = "the terminal was not reached yet"
        self._selected: set[str] = set()
        self._probes: Sequence[str] = ()
        self._probe_at = clock.monotonic()

    # What the agent asks

    def state(self) -> TerminalState:
        info = None
        with suppress(TerminalUnavailable):
            info = self._ask("terminal_info", self._mt5.terminal_info)
        if info is None:
            return TerminalState(connected=False, trade_allowed=False, api_disabled=False, build=0)
        with suppress(TerminalUnavailable):
            self._probe_clock()
        return TerminalState(
            connected=bool(info.connected),
            trade_allowed=bool(info.trade_allowed),
            api_disabled=bool(info.tradeapi_disabled),
            build=int(info.build),
        )

    def installation(self) -> Installation:
        info = self._ask("terminal_info", self._mt5.terminal_info)
        if info is None:
            raise TerminalUnavailable("the terminal does not say where it is installed")
        return Installation(Path(info.path), Path(info.data_path))

    def shown_symbol(self) -> str:
        """Any of the Market Watch."""
        found = self._list("symbols_get", self._mt5.symbols_get)
        return next((str(info.name) for info in found if info.select), "EURUSD")

    def account(self) -> Account:
        info = self._ask("account_info", self._mt5.account_info)
        if info is None or not info.login:
            raise TerminalUnavailable("the terminal is logged in to no account: log in (File, Login to Trade Account)")
        return Account(
            login=int(info.login),
            server=info.server,
            trade_mode=self.TRADE_MODES[info.trade_mode],
            currency=info.currency,
            leverage=int(info.leverage),
            balance=exactly(info.balance),
            equity=exactly(info.equity),
            margin=exactly(info.margin),
            trade_allowed=bool(info.trade_allowed),
            trade_expert=bool(info.trade_expert),
        )

    def symbol(self, name: str) -> Symbol | None:
        info = self._ask("symbol_info", lambda: self._mt5.symbol_info(name))
        return None if info is None else self._symbol(info)

    def symbols(self, prefix: str) -> list[Symbol]:
        found = self._list("symbols_get", lambda: self._mt5.symbols_get(group=f"{prefix}*"))
        # In a group `*`, `,` and `!` have meanings of their own; no symbol's name has them.
        return [self._symbol(info) for info in found if info.name.startswith(prefix)]

    def tick(self, symbol: str) -> Tick | None:
        self._select(symbol)
        tick = self._ask("symbol_info_tick", lambda: self._mt5.symbol_info_tick(symbol))
        if tick is None:
            # Somebody may have taken it out of the Market Watch.
            self._selected.discard(symbol)
            return None
        if tick.time_msc <= 0:
            return None
        stamp = stamped(tick.time_msc / 1000)
        self._broker_clock.hear(symbol, stamp, self._clock.now())
        return Tick(exactly(tick.bid), exactly(tick.ask), self._broker_clock.tick_time(symbol, stamp))

    def bars(self, symbol: str, count: int) -> list[Bar]:
        """None before the broker's clock is known: each would be stored as another minute's."""
        if not self._broker_clock.observed or count <= 0:
            return []
        self._select(symbol)
        # Number 0 is the minute that is not over yet.
        rates = self._ask("copy_rates_from_pos", lambda: self._mt5.copy_rates_from_pos(symbol, self.M1, 1, count))
        if rates is None:
            return []
        return [
            Bar(
                at=self._broker_clock.utc(stamped(int(rate["time"]))),
                open=exactly(rate["open"]),
                high=exactly(rate["high"]),
                low=exactly(rate["low"]),
                close=exactly(rate["close"]),
                volume=int(rate["tick_volume"]),
            )
            for rate in rates
        ]

    def positions(self) -> list[Position]:
        return [
            Position(
                ticket=int(position.ticket),
                symbol=position.symbol,
                side=self.SIDES[position.type],
                volume=exactly(position.volume),
                price_open=exactly(position.price_open),
                sl=exactly(position.sl) or None,
                tp=exactly(position.tp) or None,
                profit=exactly(position.profit),
                swap=exactly(position.swap),
                magic=int(position.magic),
                comment=position.comment,
                opened_at=self._past(position.time_msc),
            )
            for position in self._list("positions_get", self._mt5.positions_get)
        ]

    def orders(self, since: datetime) -> list[Order]:
        begin, end = self._period(since)
        found = [
            *self._list("orders_get", self._mt5.orders_get),
            *self._list("history_orders_get", lambda: self._mt5.history_orders_get(begin, end)),
        ]
        return [Order(int(order.ticket), int(order.magic), order.comment) for order in found]

    def deals(self, since: datetime) -> list[Deal]:
        begin, end = self._period(since)
        return [
            Deal(
                ticket=int(deal.ticket),
                order=int(deal.order),
                position=int(deal.position_id),
                symbol=deal.symbol,
                side=self.SIDES[deal.type],
                entry=self.ENTRIES[deal.entry],
                volume=exactly(deal.volume),
                price=exactly(deal.price),
                profit=exactly(deal.profit),
                swap=exactly(deal.swap),
                commission=exactly(deal.commission),
                fee=exactly(deal.fee),
                magic=int(deal.magic),
                comment=deal.comment,
                at=self._past(deal.time_msc),
                automatic=deal.reason in self.AUTOMATIC,
            )
            for deal in self._list("history_deals_get", lambda: self._mt5.history_deals_get(begin, end))
            if deal.type < len(self.SIDES)
        ]

    def calc_profit(self, side: Side, symbol: str, volume: Decimal, opened: Decimal, closed: Decimal) -> Decimal:
        self._select(symbol)
        profit = self._ask(
            "order_calc_profit",
            lambda: self._mt5.order_calc_profit(
                self.SIDES.index(side), symbol, float(volume), float(opened), float(closed)
            ),
        )
        if profit is None:
            raise TerminalUnavailable(f"the terminal cannot compute a profit in {symbol} at the moment")
        return exactly(profit)

    def order_send(self, request: OrderRequest) -> OrderAnswer | NoAnswer:
        # Connecting takes its time, and the order would go out that much later than it was decided upon.
        if not self._connected:
            raise TerminalUnavailable("the terminal was lost before the order was sent")
        given: dict[str, object] = {
            "action": self.DEAL,
            "symbol": request.symbol,
            "volume": float(request.volume),
            "type": self.SIDES.index(request.side),
            # Ignored where orders are executed at the market, a must elsewhere.
            "price": float(request.price),
            "sl": float(request.sl or 0),
            "tp": float(request.tp or 0),
            "deviation": request.deviation,
            "magic": request.magic,
            "comment": request.comment,
            "type_time": self.GOOD_TILL_CANCELLED,
            "type_filling": int(request.filling),
        }
        if request.position is not None:
            given["position"] = request.position
        try:
            answer, code, text = self._told(lambda: self._mt5.order_send(**given))
        except CallHangs as error:
            raise OutcomeUnknown(str(error)) from error
        if answer is None:
            self._connected = self._connected and code not in self.LOST
            return NoAnswer(code, text)
        return OrderAnswer(
            retcode=int(answer.retcode),
            order=int(answer.order),
            deal=int(answer.deal),
            volume=exactly(answer.volume),
            price=exactly(answer.price),
        )

    def close(self) -> None:
        with suppress(TerminalUnavailable):
            self._calls.make(self._mt5.shutdown)
        self._calls.close()

    # Calls

    def _told(self, call: Callable[[], Told]) -> tuple[Told, int, str]:
        """A call's answer, and the error it left, before another call overwrites that."""
        answer, (code, text) = self._calls.make(lambda: (call(), self._mt5.last_error()))
        return answer, code, text

    def _ask(self, name: str, call: Callable[[], Told]) -> Told:
        """None stands for "there is none"."""
        answer, _ = self._insist(name, call)
        return answer

    def _list(self, name: str, call: Callable[[], Sequence[Any] | None]) -> Sequence[Any]:
        """None is an error, or in some versions an empty list. One taken for the other hides an order."""
        answer, code = self._insist(name, call)
        if answer is None and code != self.OK:
            raise TerminalUnavailable(f"the terminal could not answer ({code}, {name})")
        return () if answer is None else answer

    def _insist(self, name: str, call: Callable[[], Told]) -> tuple[Told, int]:
        for _ in range(2):
            self._connect()
            answer, code, text = self._told(call)
            if answer is not None or code not in self.LOST:
                return answer, code
            # Once more in a new session: the terminal may have been started again since the last call.
            self._connected = False
            self._trouble = f"the terminal gave no answer: {text} ({code}, {name})"
        raise TerminalUnavailable(self._trouble)

    def _connect(self) -> None:
        if self._connected:
            return
        now = self._clock.monotonic()
        if now < self._connect_at:
            raise TerminalUnavailable(self._trouble)
        self._connect_at = now + self.RECONNECT_SECONDS
        path, options = initialization(self._config)

        def initialize() -> bool:
            # Nothing says that `initialize` alone replaces a session whose terminal is gone.
            self._mt5.shutdown()
            return bool(self._mt5.initialize(*path, timeout=self.START_SECONDS * 1000, **options))

        # Left to the package, it would come without the bridge.
        self._start.unless_running(self._config.mt5_path)
        try:
            reached, code, text = self._told(initialize)
            if not reached:
                raise TerminalUnavailable(self._why_unreachable(code, text))
        except TerminalUnavailable as error:
            self._trouble = str(error)
            raise
        self._connected = True
        self._selected.clear()
        self._probe_at = now

    def _why_unreachable(self, code: int, text: str) -> str:
        match code:
            case self.LOGIN_REFUSED:
                why = "the broker refused the terminal's login: log in again (File, Login to Trade Account)"
            case self.TOO_OLD:
                why = "the terminal is too old for the MetaTrader5 package: let it update itself, or update the package"
            case _:
                why = "the terminal cannot be reached: start MetaTrader 5 in the session this agent runs in"
        return f"{why} ({code}, {text})"

    def _select(self, symbol: str) -> None:
        """Without being in the Market Watch a symbol has neither prices nor orders."""
        if symbol not in self._selected and self._ask("symbol_select", lambda: self._mt5.symbol_select(symbol, True)):
            self._selected.add(symbol)

    # Times

    def _past(self, milliseconds: int) -> datetime:
        """Never in the future, also while the broker's clock is not known."""
        return min(self._broker_clock.utc(stamped(milliseconds / 1000)), self._clock.now())

    def _period(self, since: datetime) -> tuple[int, int]:
        """From then until all there is, by the broker's clock."""
        doubt = timedelta() if self._broker_clock.observed else self._broker_clock.LATEST
        begin = self._broker_clock.stamp(since) - doubt
        end = self._broker_clock.stamp(self._clock.now()) + timedelta(days=1)
        return int(begin.timestamp()), math.ceil(end.timestamp())

    def _probe_clock(self) -> None:
        """Look at a few ticks until the broker's clock is known, and once a minute later: it changes twice a year."""
        now = self._clock.monotonic()
        if now >= self._probe_at:
            self._probe_at = now + self.PROBE_SECONDS
            if not (self._probes and self._broker_clock.observed):
                watched = [info for info in self._list("symbols_get", self._mt5.symbols_get) if info.select]
                newest = sorted(watched, key=lambda info: -int(info.time))[: self.PROBES]
                self._probes = [info.name for info in newest]
        elif self._broker_clock.observed:
            return
        for symbol in self._probes:
            self.tick(symbol)

    @staticmethod
    def _symbol(info: Any) -> Symbol:  # noqa: ANN401 - see the constructor
        return Symbol(
            name=info.name,
            digits=int(info.digits),
            mode=SymbolMode(info.trade_mode),
            # The package does not know the sessions. A closed market shows by an old price or the broker's answer.
            session_open=True,
            stops_level=int(info.trade_stops_level),
            filling_mode=FillingFlag(info.filling_mode),
            volume_min=exactly(info.volume_min),
            volume_max=exactly(info.volume_max),
            volume_step=exactly(info.volume_step),
            tick_size=exactly(info.trade_tick_size) or None,
            volume_limit=exactly(info.volume_limit) or None,
            execution=Execution(info.trade_exemode),
        )


def exactly(number: float) -> Decimal:
    """The number a float of the package stands for. No price or amount has more than eight decimals."""
    return Decimal(repr(round(float(number), 8)))


def stamped(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


# ----------------------------------------------------------------------------------------------------------------------
# The simulated terminal


class SimTerminal:
    """A broker in a file of its own: killing the agent does not kill it, which is what makes crash tests honest.

    Other processes may read the file at any time and write `faults`, `meta` and `symbols` to provoke what they test.
    """

    SCHEMA: Final = """
        create table if not exists meta (key text primary key, value text not null);
        create table if not exists symbols (
            name text primary key,
            base text not null,
            quote text not null,
            digits integer not null,
            base_price text not null,
            spread integer not null,
            points_per_root_second integer not null,
            contract_size integer not null,
            filling_mode integer not null,
            mode integer not null default 4,
            stops_level integer not null default 0,
            volume_min text not null default '0.01',
            volume_max text not null default '100',
            volume_step text not null default '0.01',
            pinned_bid text
        );
        create table if not exists orders (
            ticket integer primary key,
            symbol text not null,
            side text not null check (side in ('buy', 'sell')),
            volume text not null,
            price text not null,
            sl text,
            tp text,
            deviation integer not null,
            filling integer not null,
            magic integer not null,
            comment text not null,
            position integer not null,
            at text not null
        );
        create table if not exists positions (
            ticket integer primary key,
            symbol text not null,
            side text not null check (side in ('buy', 'sell')),
            volume text not null,
            price_open text not null,
            sl text,
            tp text,
            magic integer not null,
            comment text not null,
            opened_at text not null
        );
        create table if not exists deals (
            ticket integer primary key,
            "order" integer not null references orders,
            position integer not null,
            symbol text not null,
            side text not null check (side in ('buy', 'sell')),
            entry text not null check (entry in ('in', 'out')),
            volume text not null,
            price text not null,
            profit text not null,
            magic integer not null,
            comment text not null,
            at text not null
        );
        create table if not exists faults (
            id integer primary key,
            kind text not null check (kind in ('retcode', 'stall_before_ms', 'stall_after_ms', 'answer_none', 'partial',
                                               'market_closed', 'disconnected')),
            value integer,
            executed integer not null default 0,
            standing integer not null default 0,
            taken_at text
        );
    """
    META: Final = {"seed": "1", "balance": "10000.00", "leverage": "100", "trade_allowed": "1", "next_ticket": "100001"}
    # name, base, quote, digits, base price, spread, points moved per root second, contract size, filling mask
    # fmt: off
    SYMBOLS: Final = (
        ("EURUSD", "EUR", "USD", 5, "1.08500",  8, 2, 100_000, FillingFlag.IOC),
        ("GBPUSD", "GBP", "USD", 5, "1.27000", 12, 3, 100_000, FillingFlag.IOC),
        ("USDJPY", "USD", "JPY", 3, "150.000", 10, 3, 100_000, FillingFlag.IOC),
        ("AUDUSD", "AUD", "USD", 5, "0.66000", 10, 2, 100_000, FillingFlag.IOC),
        ("USDCAD", "USD", "CAD", 5, "1.36000", 14, 2, 100_000, FillingFlag.IOC),
        ("USDCHF", "USD", "CHF", 5, "0.88000", 13, 2, 100_000, FillingFlag.IOC),
        ("NZDUSD", "NZD", "USD", 5, "0.61000", 14, 2, 100_000, FillingFlag.IOC),
        ("EURJPY", "EUR", "JPY", 3, "162.750", 16, 4, 100_000, FillingFlag.IOC),
        ("GBPJPY", "GBP", "JPY", 3, "190.500", 22, 5, 100_000, FillingFlag.IOC),
        ("XAUUSD", "XAU", "USD", 2, "2400.00", 25, 8,     100, FillingFlag.FOK),
    )
    # fmt: on

    def __init__(self, path: Path, clock: Clock, history_days: int = 0) -> None:
        """`history_days`: a broker that is new has an account that was traded for so long."""
        self._clock = clock
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(f"begin immediate; {self.SCHEMA} commit;")
        with transaction(self._db):
            if not self._rows("select 1 from meta"):
                self._db.executemany("insert into meta values (?, ?)", self.META.items())
                self._db.executemany(
                    "insert into symbols (name, base, quote, digits, base_price, spread, points_per_root_second, "
                    "contract_size, filling_mode) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    self.SYMBOLS,
                )
                self._trade_the_past(history_days)

    def close(self) -> None:
        self._db.close()

    def state(self) -> TerminalState:
        return TerminalState(
            connected=not self._holds("disconnected"),
            trade_allowed=self._meta("trade_allowed") == "1",
            api_disabled=False,
            build=5000,
        )

    def account(self) -> Account:
        self._trigger_stops()
        positions = self._rows("select * from positions")
        balance = Decimal(self._meta("balance"))
        return Account(
            login=1_000_001,
            server="ForexElite-Sim",
            trade_mode="demo",
            currency="USD",
            leverage=int(self._meta("leverage")),
            balance=balance,
            equity=balance + sum((self._floating(position) for position in positions), Decimal(0)),
            margin=sum(
                (self._margin(position["symbol"], Decimal(position["volume"])) for position in positions), Decimal(0)
            ),
            trade_allowed=True,
            trade_expert=True,
        )

    def symbol(self, name: str) -> Symbol | None:
        rows = self._rows("select * from symbols where name = ?", name)
        return self._symbol(rows[0]) if rows else None

    def symbols(self, prefix: str) -> list[Symbol]:
        rows = self._rows("select * from symbols where substr(name, 1, length(?1)) = ?1", prefix)
        return [self._symbol(row) for row in rows]

    def _symbol(self, row: sqlite3.Row) -> Symbol:
        return Symbol(
            name=row["name"],
            digits=row["digits"],
            mode=SymbolMode(row["mode"]),
            session_open=not self._holds("market_closed"),
            stops_level=row["stops_level"],
            filling_mode=FillingFlag(row["filling_mode"]),
            volume_min=Decimal(row["volume_min"]),
            volume_max=Decimal(row["volume_max"]),
            volume_step=Decimal(row["volume_step"]),
        )

    def tick(self, symbol: str) -> Tick | None:
        rows = self._rows("select * from symbols where name = ?", symbol)
        return self._quote(rows[0], self._clock.now()) if rows else None

    def bars(self, symbol: str, count: int) -> list[Bar]:
        rows = self._rows("select * from symbols where name = ?", symbol)
        if not rows:
            return []
        start = minute_of(self._clock.now()) - count * MINUTE
        away = self._away(rows[0], start, 60 * count)
        bars = []
        for number in range(count):
            minute = away[60 * number : 60 * number + 60]
            opened, high, low, close = (
                self._bid(rows[0], at) for at in (minute[0], max(minute), min(minute), minute[-1])
            )
            bars.append(Bar(start + number * MINUTE, opened, high, low, close, volume=len(minute)))
        return bars

    def positions(self) -> list[Position]:
        self._trigger_stops()
        return [
            Position(
                ticket=row["ticket"],
                symbol=row["symbol"],
                side=Side(row["side"]),
                volume=Decimal(row["volume"]),
                price_open=Decimal(row["price_open"]),
                sl=_price(row["sl"]),
                tp=_price(row["tp"]),
                profit=self._floating(row),
                swap=Decimal(0),
                magic=row["magic"],
                comment=row["comment"],
                opened_at=parse_time(row["opened_at"]),
            )
            for row in self._rows("select * from positions order by ticket")
        ]

    def orders(self, since: datetime) -> list[Order]:
        rows = self._rows("select * from orders where at >= ? order by ticket", format_time(since))
        return [Order(row["ticket"], row["magic"], row["comment"]) for row in rows]

    def deals(self, since: datetime) -> list[Deal]:
        self._trigger_stops()
        return [
            Deal(
                ticket=row["ticket"],
                order=row["order"],
                position=row["position"],
                symbol=row["symbol"],
                side=Side(row["side"]),
                entry=Entry(row["entry"]),
                volume=Decimal(row["volume"]),
                price=Decimal(row["price"]),
                profit=Decimal(row["profit"]),
                swap=Decimal(0),
                commission=Decimal(0),
                fee=Decimal(0),
                magic=row["magic"],
                comment=row["comment"],
                at=parse_time(row["at"]),
            )
            for row in self._rows("select * from deals where at >= ? order by ticket", format_time(since))
        ]

    def calc_profit(self, side: Side, symbol: str, volume: Decimal, opened: Decimal, closed: Decimal) -> Decimal:
        gain = closed - opened if side is Side.BUY else opened - closed
        return self._gain_in_dollars(symbol, gain * volume)

    def order_send(self, request: OrderRequest) -> OrderAnswer | NoAnswer:
        self._trigger_stops()
        faults = self._take_faults()
        self._stall(faults, "stall_before_ms")
        with transaction(self._db):
            answer = self._answer(request, faults)
        self._stall(faults, "stall_after_ms")
        if "answer_none" in faults:
            return NoAnswer(-10005, "IPC timeout")
        return answer

    # The broker's side of an order

    def _answer(self, request: OrderRequest, faults: Mapping[str, sqlite3.Row]) -> OrderAnswer:
        forced = faults.get("retcode")
        if forced is not None and not forced["executed"]:
            return OrderAnswer(forced["value"], 0, 0, Decimal(0), Decimal(0))
        try:
            answer = self._fill(request, partial="partial" in faults)
        except _BrokerRefusal as refusal:
            return OrderAnswer(refusal.retcode, 0, 0, Decimal(0), Decimal(0))
        return answer if forced is None else OrderAnswer(forced["value"], 0, 0, Decimal(0), Decimal(0))

    def _fill(self, request: OrderRequest, *, partial: bool) -> OrderAnswer:
        now = self._clock.now()
        if self._holds("disconnected"):
            raise _BrokerRefusal(Retcode.CONNECTION)
        if self._meta("trade_allowed") != "1":
            raise _BrokerRefusal(Retcode.CLIENT_DISABLES_AT)
        rows = self._rows("select * from symbols where name = ?", request.symbol)
        if not rows or len(request.comment) > 29:
            raise _BrokerRefusal(Retcode.INVALID)
        symbol = self._symbol(rows[0])
        tick = self._quote(rows[0], now)
        self._check(request, symbol, tick)
        ticket = int(self._meta("next_ticket"))
        self._set_meta("next_ticket", str(ticket + 2))
        # At most two points either way, but never more than was allowed against the trader.
        slippage = min(_noise(f"slippage:{ticket}") % 4 - 1, request.deviation) * symbol.point
        market = tick.price_to(request.side)
        price = market + slippage if request.side is Side.BUY else market - slippage
        volume = request.volume
        if partial:
            if request.filling is Filling.FOK:
                raise _BrokerRefusal(Retcode.REJECT)
            volume = max(symbol.round_volume_down(volume / 2), symbol.volume_min)
        if request.position is None:
            position, entry, profit = ticket, Entry.IN, Decimal("0.00")
            self._open_position(ticket, request, volume, price, now)
        else:
            position, entry = request.position, Entry.OUT
            profit = self._reduce_position(position, volume, price)
        self._book(ticket, request, position, entry, volume, price, profit, now)
        retcode = Retcode.DONE if volume == request.volume else Retcode.DONE_PARTIAL
        return OrderAnswer(retcode, ticket, ticket + 1, volume, price)

    def _check(self, request: OrderRequest, symbol: Symbol, tick: Tick) -> None:
        if symbol.mode is SymbolMode.DISABLED:
            raise _BrokerRefusal(Retcode.TRADE_DISABLED)
        if not symbol.session_open:
            raise _BrokerRefusal(Retcode.MARKET_CLOSED)
        in_range = symbol.volume_min <= request.volume <= symbol.volume_max
        if not in_range or symbol.round_volume_down(request.volume) != request.volume:
            raise _BrokerRefusal(Retcode.INVALID_VOLUME)
        match request.filling:
            case Filling.FOK:
                accepted = FillingFlag.FOK in symbol.filling_mode
            case Filling.IOC:
                accepted = FillingFlag.IOC in symbol.filling_mode
            case Filling.RETURN:
                accepted = not symbol.filling_mode
        if not accepted:
            raise _BrokerRefusal(Retcode.INVALID_FILL)
        market, closing = tick.price_to(request.side), tick.price_to(request.side.opposite)
        gains = 1 if request.side is Side.BUY else -1
        if request.price <= 0:
            raise _BrokerRefusal(Retcode.INVALID_PRICE)
        if gains * (market - request.price) > request.deviation * symbol.point:
            raise _BrokerRefusal(Retcode.REQUOTE)
        if request.position is not None:
            rows = self._rows("select * from positions where ticket = ?", request.position)
            if not rows:
                raise _BrokerRefusal(Retcode.POSITION_CLOSED)
            if request.symbol != rows[0]["symbol"] or request.side == rows[0]["side"]:
                raise _BrokerRefusal(Retcode.INVALID)
            if request.volume > Decimal(rows[0]["volume"]):
                raise _BrokerRefusal(Retcode.INVALID_CLOSE_VOLUME)
            return
        if symbol.mode is SymbolMode.CLOSE_ONLY:
            raise _BrokerRefusal(Retcode.CLOSE_ONLY)
        if symbol.mode is SymbolMode.LONG_ONLY and request.side is Side.SELL:
            raise _BrokerRefusal(Retcode.LONG_ONLY)
        if symbol.mode is SymbolMode.SHORT_ONLY and request.side is Side.BUY:
            raise _BrokerRefusal(Retcode.SHORT_ONLY)
        nearest = symbol.stops_level * symbol.point
        if request.sl is not None and gains * (closing - request.sl) < max(nearest, symbol.point):
            raise _BrokerRefusal(Retcode.INVALID_STOPS)
        if request.tp is not None and gains * (request.tp - closing) < max(nearest, symbol.point):
            raise _BrokerRefusal(Retcode.INVALID_STOPS)
        if self._margin(request.symbol, request.volume) > self.account().free_margin:
            raise _BrokerRefusal(Retcode.NO_MONEY)

    def _open_position(self, ticket: int, request: OrderRequest, volume: Decimal, price: Decimal, at: datetime) -> None:
        self._db.execute(
            "insert into positions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                ticket,
                request.symbol,
                request.side,
                str(volume),
                str(price),
                _text(request.sl),
                _text(request.tp),
                request.magic,
                request.comment,
                format_time(at),
            ),
        )

    def _reduce_position(self, ticket: int, volume: Decimal, price: Decimal, at: datetime | None = None) -> Decimal:
        [row] = self._rows("select * from positions where ticket = ?", ticket)
        gain = (price - Decimal(row["price_open"])) * (1 if row["side"] == Side.BUY else -1)
        profit = self._gain_in_dollars(row["symbol"], gain * volume, at)
        left = Decimal(row["volume"]) - volume
        if left > 0:
            self._db.execute("update positions set volume = ? where ticket = ?", (str(left), ticket))
        else:
            self._db.execute("delete from positions where ticket = ?", (ticket,))
        self._set_meta("balance", str(Decimal(self._meta("balance")) + profit))
        return profit

    def _book(
        self,
        ticket: int,
        request: OrderRequest,
        position: int,
        entry: Entry,
        volume: Decimal,
        price: Decimal,
        profit: Decimal,
        at: datetime,
    ) -> None:
        """The order and its deal, as the history will show them."""
        self._db.execute(
            "insert into orders values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                ticket,
                request.symbol,
                request.side,
                str(request.volume),
                str(request.price),
                _text(request.sl),
                _text(request.tp),
                request.deviation,
                request.filling,
                request.magic,
                request.comment,
                position,
                format_time(at),
            ),
        )
        self._db.execute(
            "insert into deals values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                ticket + 1,
                ticket,
                position,
                request.symbol,
                request.side,
                entry,
                str(volume),
                str(price),
                str(profit),
                request.magic,
                request.comment,
                format_time(at),
            ),
        )

    def _trigger_stops(self) -> None:
        """Close what hit its stop loss or take profit since somebody last looked, also while no agent ran."""
        if self._db.in_transaction or not self._rows("select 1 from positions where sl is not null or tp is not null"):
            return
        with transaction(self._db):
            now = self._clock.now()
            last_look = self._rows("select value from meta where key = 'stops_checked_at'")
            since = parse_time(last_look[0]["value"]) if last_look else now
            for row in self._rows("select * from positions where sl is not null or tp is not null"):
                self._trigger_stop(row, max(since, parse_time(row["opened_at"])), now)
            self._set_meta("stops_checked_at", format_time(now))

    def _trigger_stop(self, row: sqlite3.Row, since: datetime, now: datetime) -> None:
        [symbol] = self._rows("select * from symbols where name = ?", row["symbol"])
        side = Side(row["side"])
        gains = 1 if side is Side.BUY else -1
        # Second by second; after a long absence in coarser steps.
        steps = min(math.ceil((now - since).total_seconds()), 600) or 1
        for step in range(1, steps + 1):
            at = since + (now - since) * step / steps
            price = self._quote(symbol, at).price_to(side.opposite)
            for kind, level, hit in (
                ("sl", row["sl"], row["sl"] is not None and gains * (price - Decimal(row["sl"])) <= 0),
                ("tp", row["tp"], row["tp"] is not None and gains * (price - Decimal(row["tp"])) >= 0),
            ):
                if not hit:
                    continue
                ticket = int(self._meta("next_ticket"))
                self._set_meta("next_ticket", str(ticket + 2))
                volume = Decimal(row["volume"])
                profit = self._reduce_position(row["ticket"], volume, price)
                request = OrderRequest(
                    symbol=row["symbol"],
                    side=side.opposite,
                    volume=volume,
                    price=price,
                    sl=None,
                    tp=None,
                    deviation=0,
                    magic=row["magic"],
                    comment=f"[{kind} {level}]",
                    position=row["ticket"],
                    filling=Filling.FOK,
                )
                self._book(ticket, request, row["ticket"], Entry.OUT, volume, price, profit, at)
                return

    # The past of a new account

    def _trade_the_past(self, days: int) -> None:
        """Round trips at the prices of then, a few each working day, and two positions that are still open.

        Whoever trades them guesses a little better than a coin, and risks little: a day's loss is far from any limit.
        """
        rng = random.Random(f"{self._meta('seed')}:past")
        now = self._clock.now().replace(microsecond=0)
        trips: list[tuple[datetime, datetime | None]] = []
        for day in range(days, 0, -1):
            morning = (now - timedelta(days=day)).replace(hour=7, minute=0, second=0)
            if morning.weekday() < 5:
                for _ in range(rng.randint(3, 6)):
                    opened = morning + timedelta(seconds=rng.randrange(11 * 3600))
                    trips.append((opened, opened + timedelta(seconds=rng.randrange(600, 5 * 3600))))
        if days:
            trips += [(now - timedelta(minutes=rng.randint(20, 180)), None) for _ in range(2)]
        ticket = int(self._meta("next_ticket"))
        events: list[tuple[datetime, OrderRequest, OrderRequest | None]] = []
        for opened, closed in sorted(trips, key=lambda trip: trip[0]):
            if closed is None or closed < now:
                events += self._round_trip(rng, opened, closed)
        # Tickets are given in the order of time; a closing names its opening's.
        tickets: dict[OrderRequest, int] = {}
        for at, request, opening in sorted(events, key=lambda event: event[0]):
            if opening is None:
                tickets[request] = ticket
                self._open_position(ticket, request, request.volume, request.price, at)
                self._book(ticket, request, ticket, Entry.IN, request.volume, request.price, Decimal("0.00"), at)
            else:
                position = tickets[opening]
                profit = self._reduce_position(position, request.volume, request.price, at)
                filled = replace(request, position=position)
                self._book(ticket, filled, position, Entry.OUT, request.volume, request.price, profit, at)
            ticket += 2
        self._set_meta("next_ticket", str(ticket))

    def _round_trip(
        self, rng: random.Random, opened: datetime, closed: datetime | None
    ) -> Iterator[tuple[datetime, OrderRequest, OrderRequest | None]]:
        [symbol] = self._rows(
            "select * from symbols where name = ?", rng.choice(("EURUSD", "GBPUSD", "USDJPY", "AUDUSD"))
        )
        first = self._quote(symbol, opened)
        last = self._quote(symbol, closed or self._clock.now())
        right = Side.BUY if last.bid > first.bid else Side.SELL
        side = right if rng.random() < 0.57 else right.opposite
        # Farther than a few hours go: what is open stays open for a while.
        away = 1500 * _point(symbol) * (1 if side is Side.BUY else -1)
        opening = OrderRequest(
            symbol=symbol["name"],
            side=side,
            volume=Decimal(rng.randint(2, 15)) / 100,
            price=first.price_to(side),
            sl=first.bid - away,
            tp=first.bid + away,
            deviation=20,
            magic=0,
            comment=f"past-{opened:%m%d%H%M%S}",
            position=None,
            filling=Filling.IOC,
        )
        yield opened, opening, None
        if closed is not None:
            price = last.price_to(side.opposite)
            yield closed, replace(opening, side=side.opposite, price=price, sl=None, tp=None), opening

    # Quotes and money

    def _quote(self, row: sqlite3.Row, at: datetime) -> Tick:
        """The tick of this second: there is one each second."""
        second = at.replace(microsecond=0)
        bid = self._bid(row, 0 if row["pinned_bid"] is not None else self._away(row, second, 1)[0])
        return Tick(bid, bid + row["spread"] * _point(row), second)

    def _away(self, row: sqlite3.Row, first: datetime, seconds: int) -> list[int]:
        """A random walk as a pure function of the seed and the clock: nothing to store, and a restart does not jump."""
        since = (first - datetime(2020, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
        return _walk(f"{self._meta('seed')}:{row['name']}", since, seconds)

    def _bid(self, row: sqlite3.Row, away: int) -> Decimal:
        if row["pinned_bid"] is not None:
            return Decimal(row["pinned_bid"])
        points: int = away * row["points_per_root_second"] // 1000
        return Decimal(row["base_price"]) + points * _point(row)

    def _floating(self, position: sqlite3.Row) -> Decimal:
        side = Side(position["side"])
        tick = self.tick(position["symbol"])
        if tick is None:
            return Decimal(0)
        opened, closed = Decimal(position["price_open"]), tick.price_to(side.opposite)
        return self.calc_profit(side, position["symbol"], Decimal(position["volume"]), opened, closed)

    def _margin(self, name: str, volume: Decimal) -> Decimal:
        [row] = self._rows("select * from symbols where name = ?", name)
        return self._in_dollars(volume * row["contract_size"] / Decimal(self._meta("leverage")), row["base"])

    def _gain_in_dollars(self, symbol: str, gain: Decimal, at: datetime | None = None) -> Decimal:
        [row] = self._rows("select * from symbols where name = ?", symbol)
        return self._in_dollars(gain * row["contract_size"], row["quote"], at)

    def _in_dollars(self, amount: Decimal, currency: str, at: datetime | None = None) -> Decimal:
        if currency != "USD":
            [row] = self._rows(
                "select * from symbols where (base = ?1 and quote = 'USD') or (base = 'USD' and quote = ?1) limit 1",
                currency,
            )
            rate = self._quote(row, at or self._clock.now()).bid
            amount = amount / rate if row["base"] == "USD" else amount * rate
        return amount.quantize(Decimal("0.01"))

    # The broker's file

    def _rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._db.execute(sql, values).fetchall()

    def _meta(self, key: str) -> str:
        [row] = self._rows("select value from meta where key = ?", key)
        return str(row["value"])

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute("insert or replace into meta values (?, ?)", (key, value))

    def _holds(self, condition: str) -> bool:
        return bool(self._rows("select 1 from faults where kind = ?", condition))

    def _take_faults(self) -> dict[str, sqlite3.Row]:
        """The faults of the next order, the oldest of each kind. Committed as taken before anything stalls, so that
        whoever set them can see that the order is under way."""
        with transaction(self._db):
            faults: dict[str, sqlite3.Row] = {}
            for row in self._rows("select * from faults where taken_at is null or standing order by id"):
                faults.setdefault(row["kind"], row)
            self._db.executemany(
                "update faults set taken_at = ? where id = ?",
                [(format_time(self._clock.now()), row["id"]) for row in faults.values()],
            )
        return faults

    def _stall(self, faults: Mapping[str, sqlite3.Row], kind: str) -> None:
        if kind in faults:
            self._clock.sleep(faults[kind]["value"] / 1000)


class _BrokerRefusal(Exception):
    def __init__(self, retcode: Retcode) -> None:
        self.retcode = retcode


def _text(price: Decimal | None) -> str | None:
    return None if price is None else str(price)


def _price(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _point(row: sqlite3.Row) -> Decimal:
    return Decimal(1).scaleb(-row["digits"])


def _noise(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest())


def _walk(name: str, first: int, seconds: int) -> list[int]:
    """Thousandths away from the base price, second by second: octaves of noise, each twice as slow and √2 times as high
    as the last."""
    end = first + seconds
    away = [0] * seconds
    for octave in range(17):
        period, height = 1 << octave, math.isqrt(10_000 << octave)
        start, index = first, first >> octave
        here = _noise(f"{name}:{octave}:{index}") % 2001 - 1000
        while start < end:
            there = _noise(f"{name}:{octave}:{index + 1}") % 2001 - 1000
            stop = min((index + 1) << octave, end)
            for second in range(start, stop):
                into = second - (index << octave)
                away[second - first] += (here * (period - into) + there * into) // period * height // 100
            here, start, index = there, stop, index + 1
    return away


# ----------------------------------------------------------------------------------------------------------------------
# Prices


class Wanted:
    """The instruments somebody is looking at, as last heard: by a heartbeat, a price push or the doorbell."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.instruments: tuple[str, ...] = ()
        self.changes = 0
        self.changed = threading.Event()

    def hear(self, instruments: tuple[str, ...] | None, asked_at: int | None = None) -> None:
        """`asked_at` is what `changes` was when the answer that says so was asked for.

        The doorbell may have rung since. Then a list is taken all the same, for the next push brings a newer one; but
        an empty one is not, for after it there is no next push, and nothing before the next heartbeat would correct it.
        """
        with self._lock:
            outdated = asked_at is not None and asked_at != self.changes
            if instruments is None or instruments == self.instruments or (outdated and not instruments):
                return
            if not instruments:
                log.info("nobody is looking at prices: none are sent")
            elif not self.instruments:
                log.info("prices are looked at: sending them each second")
            self.instruments = instruments
            self.changes += 1
        self.changed.set()


@dataclass
class News:
    """What the terminal has and the backend has not said to have; `bars` are as they are sent."""

    ticks: dict[str, Tick] = field(default_factory=dict)
    bars: list[Mapping[str, object]] = field(default_factory=list)
    # By instrument: the newest of these bars, and the minute that is done with when all this has arrived.
    newest_bar: dict[str, datetime] = field(default_factory=dict)
    minute: dict[str, tuple[datetime, datetime | None]] = field(default_factory=dict)
    read_at: float = 0


class PriceFeed:
    """Sends what changed since the backend last said it had it. Nothing waits in a queue: what is sent is read just
    before, so after any trouble the newest tick goes out, and all bars that closed meanwhile.

    While a reading is under way the state is the terminal's thread's, else that of the thread that steps.
    """

    INSTRUMENTS: Final = 200
    FIRST_BARS: Final = 500
    BARS: Final = 1000
    BARS_BYTES: Final = 150_000
    TERMINAL_WAIT: Final = 0.5
    STALE_SECONDS: Final = 2

    def __init__(
        self,
        backend: Backend,
        terminal: OwnedTerminal,
        wanted: Wanted,
        live: Callable[[], Live],
        clock: Clock,
    ) -> None:
        self._backend = backend
        self._terminal = terminal
        self._wanted = wanted
        self._live = live
        self._clock = clock
        self._beat = Beat(clock, 1)
        self._outage = Outage("sending prices")
        self._terminal_outage = Outage("reading prices")
        self._reading: futures.Future[News] | None = None
        self._turn = 0
        self._map: Mapping[str, str] = {}
        self._symbols: dict[str, str] = {}
        self._unknown: dict[str, datetime] = {}
        self._complaints: set[tuple[str, str]] = set()
        # What the backend has, by instrument.
        self._ticks: dict[str, Tick] = {}
        self._newest_bar: dict[str, datetime] = {}
        self._minute: dict[str, tuple[datetime, datetime | None]] = {}

    def step(self) -> float:
        """Push once; the seconds until the next push is due."""
        self._beat.start()
        asked_at = self._wanted.changes
        instruments = self._wanted.instruments
        news = self._read(instruments)
        now = self._clock.now() + self._live().clock_offset
        ticks = {instrument: tick.dump(now) for instrument, tick in news.ticks.items()}
        try:
            answer = self._backend.prices(ticks, news.bars)
        except BackendUnavailable as error:
            return max(self._outage.failed(error), self._beat.pause())
        self._outage.over()
        self._ticks |= news.ticks
        self._newest_bar |= news.newest_bar
        self._minute |= news.minute
        for instrument, reason in answer.ignored.items():
            # A tick sent again, its answer having been lost, is no news to anybody.
            if reason != "older_than_stored":
                self._complain(instrument, f"the backend ignored it: {reason}")
        self._wanted.hear(answer.instruments, asked_at)
        return self._beat.pause()

    def _read(self, instruments: Sequence[str]) -> News:
        """A terminal busy with an order is not waited for: the push goes out all the same, for its answer is heard."""
        if self._reading is None:
            # What is looked at again after a while is sent again, changed or not.
            self._ticks = {instrument: tick for instrument, tick in self._ticks.items() if instrument in instruments}
            self._reading = self._terminal.ask(lambda terminal: self._look(terminal, self._next(instruments)))
        if not futures.wait([self._reading], self.TERMINAL_WAIT).done:
            return News()
        reading, self._reading = self._reading, None
        try:
            news = reading.result()
        except TerminalUnavailable as error:
            self._terminal_outage.failed(error)
            return News()
        self._terminal_outage.over()
        # It may have come too late for the last push, and that may be long ago.
        if self._clock.monotonic() - news.read_at > self.STALE_SECONDS:
            return self._read(instruments)
        return news

    def _next(self, instruments: Sequence[str]) -> Sequence[str]:
        """All of them, or the next so many: they take turns."""
        if len(instruments) <= self.INSTRUMENTS:
            return instruments
        start = self._turn % len(instruments)
        self._turn = start + self.INSTRUMENTS
        return [*instruments, *instruments][start : self._turn]

    def _look(self, terminal: Terminal, instruments: Sequence[str]) -> News:
        news = News()
        now = minute_of(self._clock.now())
        room = self.BARS_BYTES
        for instrument in instruments:
            symbol = self._symbol(terminal, instrument, now)
            if symbol is None:
                continue
            tick = terminal.tick(symbol)
            if tick is not None and tick.sound and tick != self._ticks.get(instrument):
                news.ticks[instrument] = tick
            # The terminal's minute ends when its own clock says so, which may be before or after ours.
            minute = (now, None if tick is None else minute_of(tick.at))
            if room > 0 and minute != self._minute.get(instrument):
                room = self._look_at_bars(terminal, instrument, symbol, news, room)
                # A terminal has to fetch the first bars of an instrument, and says so by giving none.
                if room > 0 and (instrument in news.newest_bar or instrument in self._newest_bar):
                    news.minute[instrument] = minute
        news.read_at = self._clock.monotonic()
        return news

    def _look_at_bars(self, terminal: Terminal, instrument: str, symbol: str, news: News, room: int) -> int:
        """Add the bars the backend has not; how many bytes are left for others, nothing when not all found room."""
        newest = self._newest_bar.get(instrument)
        count = self.FIRST_BARS
        if newest is not None:
            # One more for a terminal whose clock is ahead of ours.
            count = min(count, max(0, (self._clock.now() - newest) // MINUTE) + 1)
        backend_now = self._clock.now() + self._live().clock_offset
        for bar in terminal.bars(symbol, count):
            # One that has not begun for the backend would have it refuse the whole push; it is taken when it has.
            if (newest is not None and bar.at <= newest) or not bar.sound or bar.at >= backend_now:
                continue
            entry = bar.dump(instrument)
            room -= len(to_json(entry)) + 1
            if room <= 0 or len(news.bars) == self.BARS:
                return 0
            news.bars.append(entry)
            news.newest_bar[instrument] = bar.at
        return room

    def _symbol(self, terminal: Terminal, instrument: str, minute: datetime) -> str | None:
        """The broker's name, looked for once; one it does not have, or not yet, once a minute."""
        symbol_map = self._live().symbol_map
        if symbol_map != self._map:
            self._map = symbol_map
            self._symbols, self._unknown = {}, {}
        if instrument not in self._symbols and self._unknown.get(instrument) != minute:
            try:
                self._symbols[instrument] = resolve_symbol(instrument, symbol_map, terminal).name
            except JobFailed as failure:
                self._unknown[instrument] = minute
                self._complain(instrument, failure.message)
        return self._symbols.get(instrument)

    def _complain(self, instrument: str, why: str) -> None:
        if (instrument, why) not in self._complaints:
            self._complaints.add((instrument, why))
            log.warning("price of %s: %s", instrument, why)


# ----------------------------------------------------------------------------------------------------------------------
# The account


@dataclass(frozen=True)
class Snapshot:
    state: TerminalState
    account: Account
    positions: Sequence[Position]
    deals: Sequence[Deal]

    @property
    def essence(self) -> object:
        """What is told at once when it changes: all but what moves with every tick."""
        nothing = Decimal(0)
        return (
            replace(self.account, equity=nothing, margin=nothing),
            {replace(position, profit=nothing, swap=nothing) for position in self.positions},
        )

    @property
    def drift(self) -> object:
        return (self.account, set(self.positions))

    def dump(self, deals: Sequence[Deal]) -> dict[str, object]:
        account = self.account
        return {
            "balance": account.balance,
            "equity": account.equity,
            "margin": account.margin,
            "free_margin": account.free_margin,
            "currency": account.currency,
            "leverage": account.leverage,
            "positions": [position.dump() for position in self.positions],
            "deals": [deal.dump() for deal in deals],
        }


class AccountReporter:
    """Tells the backend how the account is when that changed, and each deal until it was acknowledged."""

    DRIFT_SECONDS: Final = 5
    IDLE_SECONDS: Final = 60
    UNTIED_SECONDS: Final = 300
    DEALS: Final = 200
    # Terminals fetch their history lazily: an older deal may appear behind a newer one.
    LATE_DEALS: Final = timedelta(minutes=10)

    def __init__(
        self,
        backend: Backend,
        terminal: OwnedTerminal,
        journal: Journal,
        publish: Callable[[Status], None],
        clock: Clock,
        history: timedelta = timedelta(hours=24),
    ) -> None:
        self._backend = backend
        self._terminal = terminal
        self._journal = journal
        self._publish = publish
        # How old a deal may be to be told of, as long as none was.
        self._history = history
        self._clock = clock
        self._beat = Beat(clock, 1)
        self._outage = Outage("reporting the account")
        self._terminal_outage = Outage("reading the account")
        self._not_before = clock.monotonic()
        self._untied = False
        # What the backend has: of this account, which deals; the last report, and when.
        self._account = ""
        self._reported: dict[int, datetime] = {}
        self._told: Snapshot | None = None
        self._told_at = self._not_before

    def step(self) -> float:
        """Look once and report if there is something to tell; the seconds until the next look is due."""
        self._beat.start()
        try:
            snapshot = self._terminal.ask(self._look).result()
        except TerminalUnavailable as error:
            self._terminal_outage.failed(error)
            self._publish(Status(self._terminal.state(), None))
            return self._beat.pause()
        self._terminal_outage.over()
        self._publish(Status(snapshot.state, snapshot.account, len(snapshot.positions)))
        # Without a connection the terminal's lists may be old or empty, and the report a lie.
        if snapshot.state.connected and self._clock.monotonic() >= self._not_before and self._is_due(snapshot):
            self._report(snapshot)
        return self._beat.pause()

    def _look(self, terminal: Terminal) -> Snapshot:
        state, account = terminal.state(), terminal.account()
        name = account.name
        if name != self._account:
            self._account, self._reported, self._told = name, self._journal.reported_deals(name), None
        since = self._newest_deal() - self.LATE_DEALS
        deals = [deal for deal in terminal.deals(since) if deal.at >= since and deal.ticket not in self._reported]
        return Snapshot(state, account, terminal.positions(), sorted(deals, key=lambda deal: (deal.at, deal.ticket)))

    def _newest_deal(self) -> datetime:
        begin = self._clock.now() - self._history + self.LATE_DEALS
        return max(self._reported.values(), default=begin)

    def _is_due(self, snapshot: Snapshot) -> bool:
        if self._told is None or snapshot.deals or snapshot.essence != self._told.essence:
            return True
        age = self._clock.monotonic() - self._told_at
        return age >= (self.IDLE_SECONDS if snapshot.drift == self._told.drift else self.DRIFT_SECONDS)

    def _report(self, snapshot: Snapshot) -> None:
        told_at = self._clock.monotonic()
        deals = snapshot.deals
        while True:
            try:
                self._backend.account(snapshot.dump(deals[: self.DEALS]))
            except BackendUnavailable as error:
                self._not_before = self._clock.monotonic() + self._wait_after(error)
                return
            self._outage.over()
            self._untied = False
            self._told, self._told_at = snapshot, told_at
            self._acknowledge(deals[: self.DEALS])
            deals = deals[self.DEALS :]
            if not deals:
                return

    def _wait_after(self, error: BackendUnavailable) -> float:
        if not isinstance(error, Problem) or error.code != "no_broker_connection":
            return self._outage.failed(error)
        if not self._untied:
            log.warning("this agent is not tied to an account: choose one for it in the dashboard")
        self._untied = True
        return self.UNTIED_SECONDS

    def _acknowledge(self, deals: Sequence[Deal]) -> None:
        # Ticket 0 marks where the history began to be looked at, as long as there was no deal.
        fresh = {deal.ticket: deal.at for deal in deals} or ({} if self._reported else {0: self._newest_deal()})
        if not fresh:
            return
        self._reported |= fresh
        keep_since = self._newest_deal() - self.LATE_DEALS
        self._reported = {ticket: at for ticket, at in self._reported.items() if at >= keep_since}
        self._journal.acknowledge_deals(self._account, fresh, keep_since)


# ----------------------------------------------------------------------------------------------------------------------
# The doorbell


class Unredirected(ClientConnection):
    """The library would follow a redirect with all our headers, and the key is for nobody else."""

    def handshake(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - the library's
        try:
            super().handshake(*arguments, **options)
        except InvalidStatus as refusal:
            if 300 <= refusal.response.status_code < 400:
                raise WebSocketException(f"redirected ({refusal.response.status_code})") from refusal
            raise


class Doorbell:
    """The backend's socket, on which it says that there is something to ask for. Whatever it does, nothing is lost: the
    loops that ask keep asking, just not as soon."""

    PING_SECONDS: Final = 240.0
    PONG_SECONDS: Final = 20.0
    # After so long a connection counts as good: its end is no reason to wait before the next.
    PROVEN_SECONDS: Final = 60.0
    REFUSED_SECONDS: Final = 300.0
    GLANCE: Final = 0.2

    def __init__(
        self,
        config: Config,
        clock: Clock,
        url: Callable[[], str | None],
        opened: Callable[[], None],
        hear: Callable[[Fields], None],
    ) -> None:
        """`url` is asked all the time: a connection ends when it is another, or None."""
        self._headers = {"X-Agent-Id": str(config.agent_id), "X-Agent-Key": config.agent_key.reveal()}
        self._timeout = config.request_timeout_seconds
        self._clock = clock
        self._url = url
        self._opened = opened
        self._hear = hear
        self._outage = Outage("listening to the doorbell")
        # At its debug level the library logs the headers, and the key is one.
        self._log = logging.getLogger("forexelite.agent.doorbell")
        self._log.setLevel(logging.WARNING)

    def listen(self, url: str) -> float:
        """Hold one connection until it ends; the seconds until the next is due."""
        opened_at = None
        try:
            with connect(
                url,
                ssl=httpx.create_ssl_context() if urlsplit(url).scheme == "wss" else None,
                additional_headers=self._headers,
                user_agent_header=f"forexelite-agent/{VERSION}",
                create_connection=Unredirected,
                compression=None,
                open_timeout=self._timeout,
                ping_interval=None,
                close_timeout=1,
                max_size=2**17,
                logger=self._log,
            ) as socket:
                opened_at = self._clock.monotonic()
                self._opened()
                self._hold(socket, url)
            return 0
        except (OSError, EOFError, UnicodeError, WebSocketException) as error:
            refused = isinstance(error, InvalidStatus) and error.response.status_code in (401, 403)
            if opened_at is not None and self._clock.monotonic() - opened_at >= self.PROVEN_SECONDS:
                self._outage.over()
                # The gateway closes after two hours. A line that broke may have broken for all: they are not to return
                # together.
                if isinstance(error, ConnectionClosed) and error.rcvd is not None:
                    return 0
            pause = self._outage.failed(error)
            return self.REFUSED_SECONDS if refused else pause

    def _hold(self, socket: Connection, url: str) -> None:
        opened_at = pinged_at = self._clock.monotonic()
        answered = True
        while self._url() == url:
            with suppress(TimeoutError):
                answered |= self._read(socket.recv(timeout=self.GLANCE))
            now = self._clock.monotonic()
            if now - opened_at >= self.PROVEN_SECONDS:
                self._outage.over()
            if not answered and now - pinged_at >= self.PONG_SECONDS:
                raise TimeoutError("a ping was not answered")
            if now - pinged_at >= self.PING_SECONDS:
                socket.send('{"action":"ping"}')
                pinged_at, answered = now, False

    def _read(self, message: str | bytes) -> bool:
        """Hand the message on; whether it is the answer to a ping. What cannot be read is not for this version."""
        try:
            fields = Fields("message", parse_json(message if isinstance(message, str) else message.decode()))
            self._hear(fields)
            return fields.optional_text("type") == "pong"
        except (ValueError, RecursionError, Unreadable):
            return False


# ----------------------------------------------------------------------------------------------------------------------
# Expert Advisors: what their jobs ask for


class Timeframe(StrEnum):
    M1 = "M1"
    M2 = "M2"
    M3 = "M3"
    M4 = "M4"
    M5 = "M5"
    M6 = "M6"
    M10 = "M10"
    M12 = "M12"
    M15 = "M15"
    M20 = "M20"
    M30 = "M30"
    H1 = "H1"
    H2 = "H2"
    H3 = "H3"
    H4 = "H4"
    H6 = "H6"
    H8 = "H8"
    H12 = "H12"
    D1 = "D1"
    W1 = "W1"
    MN1 = "MN1"

    @property
    def template_period(self) -> tuple[int, int]:
        """`period_type` and `period_size` of a chart template."""
        if self is Timeframe.MN1:
            return 4, 1
        return "MHDW".index(self[0]), int(self[1:])


@dataclass(frozen=True)
class Attachment:
    """One expert on one chart of its own. Expert names hold their deployment's id, so that a chart tells whose it is:
    chart ids change when the terminal starts again, and chart comments are the experts' to overwrite."""

    deployment_id: UUID
    expert: str
    symbol: str
    digits: int
    timeframe: Timeframe
    magic: int
    inputs: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        told = [self.expert, self.symbol, self.timeframe, self.magic, sorted(self.inputs.items())]
        return hashlib.sha256(to_json(told).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class CompileInput:
    source_link: str = field(repr=False)
    upload_link: str = field(repr=False)
    # None from a backend that does not keep the compiler's log.
    log_link: str | None = field(repr=False)
    stem: str

    @classmethod
    def read(cls, values: Mapping[str, object]) -> CompileInput:
        fields = Fields("input", values)
        return cls(
            source_link=read_link(fields, "source_url"),
            upload_link=read_link(fields, "upload_url"),
            log_link=None if fields.optional_text("log_upload_url") is None else read_link(fields, "log_upload_url"),
            stem=read_file_stem(fields, "mq5"),
        )


@dataclass(frozen=True)
class DeploymentInput:
    """What `deploy`, `run` and `stop` have in common."""

    deployment_id: UUID
    stem: str
    symbol: str
    timeframe: Timeframe
    magic: int
    inputs: Mapping[str, str]

    @property
    def expert(self) -> str:
        return f"{self.stem[:40].replace('.', '_')}_{self.deployment_id.hex[:12]}"

    @classmethod
    def read(cls, job: Job) -> DeploymentInput:
        fields = Fields("input", job.input)
        # A deployment's jobs have it as their entity, too.
        named = fields.optional_text("deployment_id") or Fields("job", job.delivered).text("entity_id")
        try:
            deployment_id = UUID(named)
        except ValueError as error:
            raise fields.unreadable("deployment_id", "must be a UUID") from error
        read = cls(
            deployment_id=deployment_id,
            stem=read_file_stem(fields, "ex5", "mq5"),
            symbol=fields.text("symbol"),
            timeframe=fields.word("timeframe", Timeframe),
            magic=fields.integer("magic_number"),
            inputs=read_expert_inputs(fields.mapping("inputs")),
        )
        if not 0 <= read.magic < 2**53:
            raise fields.unreadable("magic_number", "must be between 0 and 2^53")
        return read


def read_link(fields: Fields, key: str) -> str:
    link = fields.text(key)
    try:
        httpx.URL(link)
    except httpx.InvalidURL:
        raise fields.unreadable(key, "is not an address") from None
    if not is_private(link, "https", "http"):
        raise fields.unreadable(key, "must begin with https:// (http:// only for this machine)")
    return link


def read_file_stem(fields: Fields, *suffixes: str) -> str:
    """A file's name without its suffix, if it is a name and nothing else: no folder, drive, share, device or `..`."""
    stem, _, suffix = fields.text("file_name").rpartition(".")
    plain = re.fullmatch(r"(?=.{1,80}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", stem)
    device = re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", stem)
    if not plain or device or suffix.lower() not in suffixes:
        raise JobFailed(
            "unsafe_file_name",
            f"input.file_name must be a plain name such as Trend_v3.{suffixes[0]}: letters, digits, -, _ and no folder",
        )
    return stem


def read_expert_inputs(values: Mapping[str, object]) -> dict[str, str]:
    """Input parameters as a template writes them, one a line."""
    fields = Fields("input.inputs", values)
    if len(values) > 200:
        raise Unreadable("input.inputs has more than 200 parameters")
    inputs = {}
    for name, value in values.items():
        match value:
            case bool():
                text = "true" if value else "false"
            case int() | Decimal():
                text = format(fields.decimal(name), "f")
            case str():
                text = value
            case _:
                raise fields.unreadable(name, "must be a number, a text, true or false")
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", name):
            raise fields.unreadable(name, "is not the name of an input parameter")
        # A line break would end the value and begin a line of the template's own.
        if len(text) > 500 or not text.isprintable():
            raise fields.unreadable(name, "must be one line of at most 500 characters")
        inputs[name] = text
    return inputs


# ----------------------------------------------------------------------------------------------------------------------
# Files: sources and compiled experts come from the storage and go there, by signed links


class StorageUnavailable(Transient):
    pass


class AlreadyStored(Permanent):
    pass


class LinkRefused(AgentError):
    """The storage refuses a signed link. It may have run out: a job that is delivered again brings fresh ones.
    `failure` is what it becomes when the link was fresh."""

    def __init__(self, failure: JobFailed) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Storage:
    """The other end of signed links (Supabase Storage). Whoever has a link has the file, so none is in any message."""

    TRY_SECONDS: Final = 60
    REDIRECTS: Final = 3
    CHUNK: Final = 1 << 16
    ERROR_BYTES: Final = 1 << 14
    UNAVAILABLE: Final = frozenset({408, 425, 429})
    LINK_REFUSED: Final = frozenset({400, 401, 403, 404, 410})

    def __init__(
        self,
        timeout_seconds: float,
        clock: Clock,
        pause: Callable[[float], None],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._client = httpx.Client(
            timeout=timeout_seconds,
            transport=transport,
            # What is unpacked on arrival could be of any size.
            headers={"User-Agent": f"forexelite-agent/{VERSION}", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        self._client.close()

    def download(self, link: str, limit: int, deadline: float) -> bytes:
        return self._insist("download", deadline, lambda: self._get(link, limit))

    def upload(self, link: str, content: bytes, deadline: float, *, may_be_there: bool) -> None:
        """`may_be_there` says that an earlier try of the same content may have arrived."""

        def put() -> None:
            nonlocal may_be_there
            try:
                self._put(link, content)
            except StorageUnavailable:
                may_be_there = True
                raise
            except AlreadyStored:
                if not may_be_there:
                    raise JobFailed(
                        "upload_refused", "the storage already has another file in this place: compile again"
                    ) from None

        self._insist("upload", deadline, put)

    def _insist(self, action: str, deadline: float, call: Callable[[], Told]) -> Told:
        """Network trouble is waited out, as long as the job's lease lets us."""
        backoff = Backoff(random.Random())
        while True:
            try:
                return call()
            except StorageUnavailable as error:
                wait = backoff.next()
                if self._clock.monotonic() + wait >= deadline:
                    raise JobFailed(f"{action}_failed", f"the {action} did not succeed in time: {error}") from error
                log.warning("%s failed, trying again: %s", action, error)
                self._pause(wait)

    def _get(self, link: str, limit: int) -> bytes:
        for _ in range(self.REDIRECTS + 1):
            with self._answer("download", "GET", link) as response:
                if not response.has_redirect_location:
                    return self._body(response, limit)
                link = self._redirected(link, response)
        raise JobFailed("download_refused", "the storage redirects without end")

    def _put(self, link: str, content: bytes) -> None:
        headers = {"Content-Type": "application/octet-stream"}
        with self._answer("upload", "PUT", link, headers=headers, content=content) as response:
            if response.has_redirect_location:
                raise JobFailed("upload_refused", "the storage redirects an upload")

    def _redirected(self, link: str, response: httpx.Response) -> str:
        try:
            target = httpx.URL(link).join(response.headers["Location"])
        except httpx.InvalidURL:
            raise JobFailed("download_refused", "the storage redirects to no address") from None
        if target.scheme != urlsplit(link).scheme or not is_private(str(target), "https", "http"):
            raise JobFailed("download_refused", "the storage redirects to where files must not be taken from")
        return str(target)

    @contextmanager
    def _answer(
        self,
        action: str,
        method: str,
        link: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Iterator[httpx.Response]:
        try:
            with self._client.stream(method, link, headers=headers, content=content) as response:
                if response.is_error:
                    raise self._refusal(action, response)
                yield response
        except httpx.RequestError as error:
            raise StorageUnavailable(f"{type(error).__name__} {error}".rstrip()) from error

    def _body(self, response: httpx.Response, limit: int) -> bytes:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise JobFailed("download_refused", "the storage sends packed files, which nobody asked for")
        too_large = JobFailed("file_too_large", f"the file is larger than {limit // 2**20} MiB")
        announced = response.headers.get("Content-Length", "")
        if announced.isdigit() and int(announced) > limit:
            raise too_large
        began = self._clock.monotonic()
        content = bytearray()
        for chunk in response.iter_raw(self.CHUNK):
            content += chunk
            if len(content) > limit:
                raise too_large
            if self._clock.monotonic() - began > self.TRY_SECONDS:
                raise StorageUnavailable("the storage is too slow")
            self._pause(0)
        return bytes(content)

    def _refusal(self, action: str, response: httpx.Response) -> AgentError:
        """By meaning. Supabase answers 400 to most, with the status it means in the body."""
        body = b""
        for chunk in response.iter_raw(self.CHUNK):
            body += chunk
            if len(body) > self.ERROR_BYTES:
                break
        status, word = response.status_code, ""
        with suppress(ValueError, Unreadable):
            fields = Fields("answer", parse_json(body.decode()))
            word = fields.optional_text("error") or ""
            meant = fields.optional_text("statusCode") or ""
            status = int(meant) if re.fullmatch("[45][0-9][0-9]", meant) else status
        said = f"the storage answered {status} {word if re.fullmatch('[A-Za-z _-]{1,40}', word) else ''}".rstrip()
        if status >= 500 or status in self.UNAVAILABLE:
            return StorageUnavailable(said)
        if action == "upload" and (status == 409 or word == "Duplicate"):
            return AlreadyStored(said)
        if status == 413:
            return JobFailed("file_too_large", f"the storage does not take a file of this size ({status})")
        failure = JobFailed(f"{action}_refused", said)
        return LinkRefused(failure) if status in self.LINK_REFUSED else failure


# ----------------------------------------------------------------------------------------------------------------------
# Sources: what must not be in them, and what the compiler says of them


@dataclass(frozen=True)
class Token:
    """A piece of MQL5; `kind` is a group of `MQL5_TOKEN`, lines and columns count from 1."""

    kind: str
    text: str
    line: int
    column: int


# What is never closed is a token of its own: otherwise each quote would be looked for to the end again.
MQL5_TOKEN: Final = re.compile(
    r"""
      (?P<space>\s+|//[^\n]*|/\*.*?\*/)
    | (?P<open_comment>/\*.*)
    | (?P<directive>\#(?://[^\n]*|/\*.*?\*/|"(?:\\[^\n]|[^"\\\n])*"?|\\\r?\n|/(?!\*)|[^\n/])*)
    | (?P<text>"(?:\\[^\n]|[^"\\\n])*")
    | (?P<open_text>"(?:\\[^\n]|[^"\\\n])*)
    | (?P<char>'(?:\\[^\n]|[^'\\\n])*')
    | (?P<open_char>'(?:\\[^\n]|[^'\\\n])*)
    | (?P<number>(?:0[xX][0-9A-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[A-Za-z]*)
    | (?P<name>[^\W\d]\w*)
    | (?P<mark>\+\+|--|::|->|[-+*/%&|^~!<>=?:;,.()\[\]{}])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def mql5_tokens(source: str) -> Iterator[Token]:
    line, line_start = 1, 0
    for found in MQL5_TOKEN.finditer(source):
        kind = str(found.lastgroup)
        if kind != "space":
            yield Token(kind, found.group(), line, found.start() - line_start + 1)
        breaks = found.group().count("\n")
        if breaks:
            line, line_start = line + breaks, found.start() + found.group().rindex("\n") + 1


@dataclass(frozen=True)
class Diagnostic:
    """What a compiler says; without a position when it is about the whole or about another file."""

    line: int | None
    column: int | None
    severity: str
    code: int | None
    message: str

    def dump(self) -> dict[str, object]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class Directive:
    """A preprocessor line that names a file: `#include <Trade\\Trade.mqh>`, `#resource "\\\\Images\\\\a.bmp"`."""

    word: str
    path: str | None
    token: Token

    # Relative to MQL5 when they begin with a backslash, which is written as two.
    ROOTED: ClassVar[tuple[str, ...]] = ("resource", "icon")

    @classmethod
    def read(cls, token: Token) -> Directive | None:
        # Without comments, but not what looks like one in a text.
        text = re.sub(
            r'("(?:\\[^\n]|[^"\\\n])*"?)|//[^\n]*|/\*.*?\*/', lambda found: found[1] or " ", token.text, flags=re.DOTALL
        )
        found = re.match(
            r"#\s*(?:property\s+)?(include|import|resource|icon|tester_file|tester_library|tester_indicator)\b(.*)",
            text,
            re.DOTALL,
        )
        if found is None:
            return None
        path = re.match(r'\s*(?:"([^"\n]*)"|<([^>\n]*)>)', found[2])
        if path is None and found[1] == "import" and not found[2].strip():
            return None  # the end of an import's list of functions
        return cls(found[1], (path[1] or path[2] or "") if path else None, token)

    def objection(self) -> tuple[str, str] | None:
        """The reason code and sentence against it, if there is one."""
        if self.path is None:
            return "unsafe_source", f"#{self.word} must name its file in quotes"
        parts = [part.strip() for part in re.split(r"[\\/]+", self.path)]
        upwards = any(len(part) > 1 and set(part) == {"."} for part in parts)
        root = re.match(r"[\\/]*", self.path)
        rooted = root is not None and root.group() not in (
            ("", "\\", "/", "\\\\") if self.word in self.ROOTED else ("",)
        )
        if upwards or rooted or ":" in self.path or not self.path.isprintable():
            return "unsafe_source", f"#{self.word} may only name files below MQL5, not {self.path!r}"
        if self.word == "import" and not self.path.lower().endswith(".ex5"):
            return (
                "dll_refused",
                f"#import of {self.path!r}: DLLs are not allowed, they could do anything on this machine",
            )
        return None


def decode_source(raw: bytes) -> str:
    """As MetaEditor would read it, with CRLF, which it wants. No BOM and no UTF-8 would be whatever this machine's code
    page makes of it."""
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        source = raw.decode(encoding)
    except UnicodeDecodeError:
        raise JobFailed("unreadable_source", "the source is neither UTF-8 nor UTF-16") from None
    if "\0" in source or not source.strip():
        raise JobFailed("unreadable_source", "the source is empty or not a text")
    return "\r\n".join(source.splitlines()) + "\r\n"


def refuse_unsafe_source(source: str) -> None:
    for token in mql5_tokens(source):
        directive = Directive.read(token) if token.kind == "directive" else None
        objection = None if directive is None else directive.objection()
        if objection is not None:
            reason, sentence = objection
            diagnostic = Diagnostic(token.line, token.column, "error", None, sentence)
            raise JobFailed(reason, f"({token.line},{token.column}) {sentence}", Build((diagnostic,), "", None).dump())


@dataclass(frozen=True)
class Build:
    """What came of a compilation; `ex5` is None when there were errors."""

    diagnostics: tuple[Diagnostic, ...]
    log: str
    ex5: bytes | None

    # So that the result stays below the backend's 256 KiB even when each character takes six in JSON.
    DIAGNOSTICS: ClassVar[int] = 100
    MESSAGE: ClassVar[int] = 200
    LOG: ClassVar[int] = 16_000

    def dump(self) -> dict[str, object]:
        first = sorted(self.diagnostics, key=lambda diagnostic: diagnostic.severity != "error")[: self.DIAGNOSTICS]
        kept = [diagnostic for diagnostic in self.diagnostics if diagnostic in first][: self.DIAGNOSTICS]
        return {
            "diagnostics": [
                replace(diagnostic, message=diagnostic.message[: self.MESSAGE]).dump() for diagnostic in kept
            ],
            "log": self._bounded_log(),
        }

    def _bounded_log(self) -> str:
        if len(self.log) <= self.LOG:
            return self.log
        end = self.LOG // 4
        return f"{self.log[: self.LOG - end - 5]}\n…\n{self.log[-end:]}"

    def summary(self) -> str:
        errors = [diagnostic for diagnostic in self.diagnostics if diagnostic.severity == "error"]
        if not errors:
            return "the compiler made no .ex5 and named no error: its log says more"
        first = errors[0]
        place = "" if first.line is None else f"({first.line},{first.column}) "
        more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
        return f"{place}{first.message[: self.MESSAGE]}{more}"


@dataclass(frozen=True)
class CompilerLog:
    """MetaEditor's log. `errors` is None as long as it does not say how the compilation ended."""

    text: str
    diagnostics: tuple[Diagnostic, ...]
    errors: int | None
    included: tuple[str, ...]

    PLACED: ClassVar[re.Pattern[str]] = re.compile(
        r"(?i)(?P<file>.+?)\((?P<line>\d+),(?P<column>\d+)\)\s*:\s*"
        r"(?P<severity>error|warning)\s+(?P<code>\d+):\s*(?P<message>.+)"
    )
    UNPLACED: ClassVar[re.Pattern[str]] = re.compile(
        r"(?i)(?P<file>[^:]*(?::[^:]*)?)\s*:\s*(?P<severity>error|warning)\s+(?P<code>\d+):\s*(?P<message>.+)"
    )
    INCLUDED: ClassVar[re.Pattern[str]] = re.compile(r"(?i).*?:\s*information:\s+including\s+(?P<path>.+)")
    # Its last line: "Result: 1 errors, 0 warnings, 12 ms elapsed, cpu='X64 Regular'", after a mere check
    # " : information: result 0 errors, 0 warnings".
    RESULT: ClassVar[re.Pattern[str]] = re.compile(
        r"(?i)(?:: information: )?result:?\s+(\d+)\s+errors?,\s*\d+\s+warnings?.*"
    )

    LINE: ClassVar[int] = 2000

    @classmethod
    def read(cls, raw: bytes, shown_as: str, names: Mapping[str, str]) -> CompilerLog:
        """`names` are paths of this machine and what they are called to others; the source is called `shown_as`."""
        text = decode_compiler_text(raw)
        for path in sorted(names, key=len, reverse=True):
            text = re.sub(re.escape(path), names[path], text, flags=re.IGNORECASE)
        lines = [line.strip()[: cls.LINE] for line in text.splitlines()]
        diagnostics, included, errors = [], [], None
        for line in lines:
            if result := cls.RESULT.fullmatch(line):
                errors = int(result[1])
            elif found := cls.INCLUDED.fullmatch(line):
                included.append(found["path"].strip("'"))
            elif found := cls.PLACED.fullmatch(line) or cls.UNPLACED.fullmatch(line):
                diagnostics.append(cls._diagnostic(found.groupdict(), shown_as))
        return cls("\n".join(line for line in lines if line), tuple(diagnostics), errors, tuple(included))

    @staticmethod
    def _diagnostic(said: Mapping[str, str], shown_as: str) -> Diagnostic:
        file, severity, code, message = (
            said["file"].strip(),
            said["severity"].lower(),
            int(said["code"]),
            said["message"],
        )
        placed = "line" in said
        if file.lower() in ("", shown_as.lower()):
            line, column = (int(said["line"]), int(said["column"])) if placed else (None, None)
            return Diagnostic(line, column, severity, code, message)
        # A place in another file is none in the user's editor.
        where = f"{file}({said['line']},{said['column']})" if placed else file
        return Diagnostic(None, None, severity, code, f"{where}: {message}")


def decode_compiler_text(raw: bytes) -> str:
    """UTF-16LE with a BOM, as every MetaEditor known to us writes; other forms are read as well as can be."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        # A log that is being written may end within a character.
        return raw[: len(raw) // 2 * 2].decode("utf-16", "replace")
    if raw[1:2] == b"\0":
        return raw[: len(raw) // 2 * 2].decode("utf-16-le", "replace")
    return raw.decode("utf-8-sig", "replace")


# ----------------------------------------------------------------------------------------------------------------------
# Where experts live


class EaHost(Protocol):
    """MetaEditor, the experts' folder and the charts of one terminal.

    Every call may be repeated: what is done already is done. One thread compiles, another does the rest.
    """

    def compile(self, job_id: UUID, file_name: str, source: str) -> Build: ...

    def place(self, expert: str, content: bytes) -> None: ...

    def placed(self, expert: str) -> str | None:
        """The SHA-256 of an expert's file."""
        ...

    def attached(self) -> Mapping[UUID, str]:
        """The deployments that are on their charts, each with its fingerprint."""
        ...

    def attach(self, wanted: Attachment) -> None:
        """In place of what this deployment has on a chart, if anything."""
        ...

    def detach(self, deployment_id: UUID) -> bool:
        """Whether there was anything to detach."""
        ...


class ExpertFolder:
    """`MQL5/Experts/ForexElite`: the only place where the agent writes experts."""

    def __init__(self, data: Path) -> None:
        self.path = data / "MQL5" / "Experts" / "ForexElite"

    def file(self, expert: str) -> Path:
        return self.path / f"{expert}.ex5"

    def place(self, expert: str, content: bytes) -> None:
        # A terminal that finds the same file written anew has to be told of it before it loads it again.
        if self.placed(expert) == hashlib.sha256(content).hexdigest():
            return
        try:
            write_whole(self.file(expert), content)
        except OSError as error:
            raise JobFailed("file_not_written", f"{expert}.ex5 cannot be written: {error.strerror}") from error

    def placed(self, expert: str) -> str | None:
        content = read_if_there(self.file(expert))
        return None if content is None else hashlib.sha256(content).hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """A reader sees the old file or the new one, never a part. Windows refuses while somebody has the old one open."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    draft.write_bytes(content)
    for _ in range(20):
        with suppress(PermissionError):
            draft.replace(path)
            return
        time.sleep(0.05)
    draft.replace(path)


def read_if_there(path: Path) -> bytes | None:
    """None also while Windows has it locked for its writer."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, PermissionError):
        return None


class ExpertJobs:
    """`compile`, `deploy`, `run` and `stop`. Each is done from its beginning as often as it takes."""

    # Below the leases of five and two minutes, so that a result does not come too late.
    COMPILE_SECONDS: Final = 240
    CHART_SECONDS: Final = 100
    SOURCE_BYTES: Final = 2 << 20
    EX5_BYTES: Final = 16 << 20

    def __init__(
        self,
        open_host: Callable[[], EaHost],
        storage: Storage,
        terminal: Terminal,
        journal: Journal,
        live: Callable[[], Live],
        refuse_entries: Callable[[], None],
        clock: Clock,
        builds: Path,
    ) -> None:
        self._open_host = open_host
        self._opening = threading.Lock()
        self._opened: EaHost | None = None
        self._storage = storage
        self._terminal = terminal
        self._journal = journal
        self._live = live
        self._refuse_entries = refuse_entries
        self._clock = clock
        self._builds = builds
        self.handlers: Mapping[str, Callable[[Job], Result]] = {
            "compile": self._compile,
            "deploy": self._deploy,
            "run": self._run,
            "stop": self._stop,
        }

    @property
    def _host(self) -> EaHost:
        """Opened when it is needed first: where it is, the terminal tells."""
        with self._opening:
            if self._opened is None:
                self._opened = self._open_host()
            return self._opened

    def _compile(self, job: Job) -> Result:
        wanted = CompileInput.read(job.input)
        deadline = self._clock.monotonic() + self.COMPILE_SECONDS
        # The same source never compiles to the same bytes twice. What may have been uploaded is what must be reported.
        kept = self._kept(job.id)
        ex5, output = kept or self._build(job.id, wanted, deadline)
        self._storage.upload(wanted.upload_link, ex5, deadline, may_be_there=kept is not None)
        return Result("completed", output)

    def _build(self, job_id: UUID, wanted: CompileInput, deadline: float) -> tuple[bytes, Mapping[str, object]]:
        source = decode_source(self._storage.download(wanted.source_link, self.SOURCE_BYTES, deadline))
        refuse_unsafe_source(source)
        build = self._host.compile(job_id, f"{wanted.stem}.mq5", source)
        told = {**build.dump(), **self._upload_log(wanted, build.log.encode(), deadline)}
        if build.ex5 is None:
            raise JobFailed("compile_failed", build.summary(), told)
        if len(build.ex5) > self.EX5_BYTES:
            raise JobFailed("file_too_large", "the compiled expert is larger than 16 MiB", told)
        output = {"checksum": hashlib.sha256(build.ex5).hexdigest(), "file_size": len(build.ex5), **told}
        self._keep(job_id, build.ex5, output)
        return build.ex5, output

    def _upload_log(self, wanted: CompileInput, content: bytes, deadline: float) -> Mapping[str, object]:
        """The whole log, of which the result has room for a part. A compilation does not fail for want of it."""
        if wanted.log_link is None:
            return {}
        try:
            # Half of what is left: the expert has to be uploaded, too.
            now = self._clock.monotonic()
            self._storage.upload(wanted.log_link, content, now + (deadline - now) / 2, may_be_there=False)
        except (JobFailed, LinkRefused) as error:
            log.warning("the compiler's log is not kept: %s", error)
            return {}
        return {"log_checksum": hashlib.sha256(content).hexdigest(), "log_size": len(content)}

    def _keep(self, job_id: UUID, ex5: bytes, output: Mapping[str, object]) -> None:
        unfinished = {str(job.id) for job in self._journal.unfinished()}
        for old in self._builds.glob("*"):
            if old.stem not in unfinished:
                old.unlink()
        write_whole(self._builds / f"{job_id}.ex5", ex5)
        write_whole(self._builds / f"{job_id}.json", to_json(output).encode())

    def _kept(self, job_id: UUID) -> tuple[bytes, Mapping[str, object]] | None:
        ex5 = read_if_there(self._builds / f"{job_id}.ex5")
        output = read_if_there(self._builds / f"{job_id}.json")
        if ex5 is None or output is None:
            return None
        told = Fields("builds", {"output": parse_json(output.decode())}).mapping("output")
        # A power cut may have left less than was written.
        return (ex5, told) if told["checksum"] == hashlib.sha256(ex5).hexdigest() else None

    def _deploy(self, job: Job) -> Result:
        wanted = DeploymentInput.read(job)
        fields = Fields("input", job.input)
        link, checksum = read_link(fields, "ex5_url"), (fields.optional_text("checksum") or "").lower()
        # An expert's name belongs to its deployment, which never changes its version.
        if not checksum or self._host.placed(wanted.expert) != checksum:
            deadline = self._clock.monotonic() + self.CHART_SECONDS / 2
            ex5 = self._storage.download(link, self.EX5_BYTES, deadline)
            found = hashlib.sha256(ex5).hexdigest()
            if checksum not in ("", found):
                raise JobFailed("checksum_mismatch", f"the file's SHA-256 is {found}, not {checksum}: not placed")
            if not ex5.startswith(b"EX5"):
                raise JobFailed("not_an_expert", "the file is not a compiled MQL5 program")
            self._host.place(wanted.expert, ex5)
        return self._start(wanted)

    def _run(self, job: Job) -> Result:
        wanted = DeploymentInput.read(job)
        if self._host.placed(wanted.expert) is None:
            raise JobFailed("not_deployed", f"{wanted.expert}.ex5 is not on this machine (any more): deploy it again")
        return self._start(wanted)

    def _start(self, wanted: DeploymentInput) -> Result:
        self._refuse_entries()
        symbol = resolve_symbol(wanted.symbol, self._live().symbol_map, self._terminal)
        attachment = Attachment(
            deployment_id=wanted.deployment_id,
            expert=wanted.expert,
            symbol=symbol.name,
            digits=symbol.digits,
            timeframe=wanted.timeframe,
            magic=wanted.magic,
            inputs=wanted.inputs,
        )
        if self._host.attached().get(wanted.deployment_id) != attachment.fingerprint:
            self._host.attach(attachment)
        output = {"expert": wanted.expert, "symbol": symbol.name, "timeframe": wanted.timeframe}
        return Result("completed", {**output, "magic_number": wanted.magic})

    def _stop(self, job: Job) -> Result:
        wanted = DeploymentInput.read(job)
        output: dict[str, object] = {"expert": wanted.expert, "detached": self._host.detach(wanted.deployment_id)}
        left: list[int] = []
        # A terminal that cannot tell does not undo the stop.
        with suppress(Transient):
            left = [position.ticket for position in self._terminal.positions() if position.magic == wanted.magic]
        # Magic number 0 is everybody's.
        if left and wanted.magic:
            output["open_positions"] = left
            output["note"] = "the expert is off its chart, the positions it opened are still open"
        return Result("completed", output)


class Lane:
    """Jobs that may take minutes, beside the trades and in the order they were claimed.

    They are claimed although one is in hand, for a trade may wait behind them. Those that wait too long lose their
    lease and are delivered again, with fresh links: they keep their place.
    """

    def __init__(self, lease_seconds: float, clock: Clock) -> None:
        self.offered = threading.Event()
        self.ended = threading.Event()
        self._lease_seconds = lease_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._delivered_at: dict[UUID, float | None] = {}
        self._closed = False

    def offer(self, job: Job, *, delivered_now: bool) -> None:
        with self._lock:
            self._delivered_at[job.id] = self._clock.monotonic() if delivered_now else None
        self.offered.set()

    def close(self) -> None:
        """What was offered is still done."""
        self._closed = True
        self.offered.set()

    def first(self, stop: threading.Event) -> UUID | None:
        """Wait for a job. It stays the first until it is `done`, so that it is not queued a second time meanwhile."""
        while not stop.is_set():
            self.offered.clear()
            with self._lock:
                if self._delivered_at:
                    return next(iter(self._delivered_at))
            if self._closed:
                return None
            self.offered.wait()
        return None

    def lapsed(self, job_id: UUID) -> bool:
        """Whether the backend will deliver it again: its lease has run out, or it is from an earlier run."""
        with self._lock:
            delivered_at = self._delivered_at[job_id]
        return delivered_at is None or self._clock.monotonic() - delivered_at >= self._lease_seconds

    def done(self, job_id: UUID) -> None:
        with self._lock:
            del self._delivered_at[job_id]


# ----------------------------------------------------------------------------------------------------------------------
# Experts at the simulated terminal


class Mql5Checker:
    """Finds what a glance at the tokens can find: open comments and texts, brackets, missing semicolons, unknown files,
    no event handler. It knows no types and no functions. Codes and words are MetaEditor's."""

    # fmt: off
    HANDLERS: Final = frozenset((
        "OnStart", "OnInit", "OnDeinit", "OnTick", "OnCalculate", "OnTimer", "OnTrade", "OnTradeTransaction",
        "OnBookEvent", "OnChartEvent", "OnTester", "OnTesterInit", "OnTesterDeinit", "OnTesterPass",
    ))
    LIBRARY: Final = frozenset((
        "arrays", "canvas", "charts", "controls", "expert", "files", "generic", "graphics", "indicators", "math",
        "object.mqh", "stdliberr.mqh", "strings", "tools", "trade", "movingaverages.mqh",
    ))
    UNFINISHED: Final = frozenset((
        "return", "else", "do", "case", "goto", "new", "delete", "operator", "public", "private", "protected",
        "virtual", "const", "static", "input", "sinput", "extern", "class", "struct", "union", "interface", "enum",
        "template", "typename", "typedef", "void", "bool", "char", "uchar", "short", "ushort", "int", "uint", "long",
        "ulong", "float", "double", "string", "datetime", "color", "unsigned", "signed",
    ))
    # fmt: on
    CONDITIONS: Final = frozenset({"if", "for", "while", "switch"})
    AFTER_HEAD: Final = frozenset({"const", "override", "final"})

    def __init__(self, source: str, folder: Path) -> None:
        self.found: list[Diagnostic] = []
        self._folder = folder
        tokens = list(mql5_tokens(source))
        self._directives = [token for token in tokens if token.kind == "directive"]
        self._tokens = [token for token in tokens if token.kind != "directive"]
        self._opening: dict[int, int] = {}
        # Each finds nonsense in what the one before found wrong.
        for check in (self._check_words, self._check_brackets, self._check_semicolons, self._check_handlers):
            if not self.found:
                check()
        self._check_files()
        self.found.sort(key=lambda diagnostic: (diagnostic.line or 0, diagnostic.column or 0))

    def _error(self, token: Token, code: int, message: str) -> None:
        self.found.append(Diagnostic(token.line, token.column, "error", code, message))

    def _check_words(self) -> None:
        for token in self._tokens:
            match token.kind:
                case "open_comment":
                    self._error(token, 161, "unexpected end of file found in comment")
                case "open_text":
                    self._error(token, 112, "double quotes are needed")
                case "open_char":
                    self._error(token, 114, "single quote needed")
                case "other":
                    self._error(token, 110, f"'{token.text}' - unknown symbol")

    def _check_files(self) -> None:
        for token in self._directives:
            directive = Directive.read(token)
            if directive is None or directive.word != "include" or not directive.path:
                continue
            parts = re.split(r"[\\/]", directive.path)
            beside = self._folder.joinpath(*parts)
            included = self._folder.parents[1].joinpath("Include", *parts)
            if parts[0].lower() not in self.LIBRARY and not beside.is_file() and not included.is_file():
                self._error(token, 106, f"file '{directive.path}' not found")

    def _check_brackets(self) -> None:
        pairs = {")": "(", "]": "[", "}": "{"}
        opened: list[int] = []
        for index, token in enumerate(self._tokens):
            if token.text in pairs.values() and token.kind == "mark":
                opened.append(index)
            elif token.text in pairs and token.kind == "mark":
                if not opened or self._tokens[opened[-1]].text != pairs[token.text]:
                    return self._error(token, 131, f"'{token.text}' - unbalanced parentheses")
                self._opening[index] = opened.pop()
        if opened:
            token = self._tokens[opened[-1]]
            self._error(token, 133 if token.text == "{" else 145, f"'{token.text}' - unbalanced parentheses")
        return None

    def _check_semicolons(self) -> None:
        inside: list[str] = []
        statement = 0
        for index, token in enumerate(self._tokens):
            lists = bool(inside) and inside[-1] != "block"
            if index and not lists and self._begins(index) and self._ended(index - 1, statement, token.text == "}"):
                self._error(token, 154, f"'{token.text}' - semicolon expected")
            if token.kind != "mark":
                continue
            if token.text in ("(", "["):
                inside.append("list")
            elif token.text == "{":
                words = [word.text for word in self._tokens[statement:index]]
                inside.append("list" if "enum" in words or "=" in words[-1:] or lists else "block")
            elif token.text in (")", "]", "}"):
                inside.pop()
            if token.text in (";", "{", "}", ":") and (not inside or inside[-1] == "block"):
                statement = index + 1

    def _begins(self, index: int) -> bool:
        token, last = self._tokens[index], self._tokens[index - 1]
        if token.text == "}":
            return True
        # Two operands in a row, or a word on a line of its own after something complete.
        operands = last.kind in ("number", "text", "char") and token.line == last.line
        return token.kind == "name" and token.text not in self.AFTER_HEAD and (operands or token.line > last.line)

    def _ended(self, index: int, statement: int, closing: bool) -> bool:
        """Whether the token could be the last of a statement."""
        token = self._tokens[index]
        if token.kind == "text" and index and self._tokens[index - 1].text == "group":
            return False  # input group "…" needs no semicolon
        if token.kind in ("number", "text", "char") or token.text in ("]", "++", "--"):
            return True
        if token.kind == "name":
            # One word alone may be a type, a label or a macro.
            return closing or (token.text not in self.UNFINISHED and index > statement)
        if token.text != ")":
            return False
        before = self._tokens[self._opening[index] - 1] if self._opening[index] else token
        return before.kind == "name" and before.text not in self.CONDITIONS and not before.text.isupper()

    def _check_handlers(self) -> None:
        pairs = zip(self._tokens, self._tokens[1:], strict=False)
        if not any(name.text in self.HANDLERS and mark.text == "(" for name, mark in pairs):
            self.found.append(Diagnostic(None, None, "error", 356, "event handling function not found"))


class SimExperts:
    """The simulated broker's terminal as experts see it. Its charts are in the broker's file: killing the agent takes
    no expert off its chart. A chart without a deployment is the user's own."""

    SCHEMA: Final = """
        create table if not exists charts (
            id integer primary key,
            symbol text not null,
            timeframe text not null,
            expert text,
            deployment_id text unique,
            fingerprint text,
            magic integer,
            inputs text,
            opened_at text not null
        );
        create table if not exists expert_faults (
            id integer primary key,
            kind text not null check (kind in ('compile_ms', 'attach_ms', 'not_attached')),
            value integer,
            taken_at text
        );
    """
    CHARTS: Final = 100
    STEP: Final = 0.1

    def __init__(self, state_file: Path, clock: Clock, pause: Callable[[float], None]) -> None:
        self._state_file = state_file
        self._clock = clock
        self._pause = pause
        self._folder = ExpertFolder(state_file.with_name(f"{state_file.stem}-data"))

    @contextmanager
    def _broker(self) -> Iterator[sqlite3.Connection]:
        """The broker's file for a moment: two threads use it, and a connection is for one."""
        db = sqlite3.connect(self._state_file, isolation_level=None, timeout=30)
        try:
            db.row_factory = sqlite3.Row
            db.execute("pragma synchronous = normal")
            with transaction(db):
                for statement in self.SCHEMA.split(";")[:-1]:
                    db.execute(statement)
                yield db
        finally:
            db.close()

    def compile(self, job_id: UUID, file_name: str, source: str) -> Build:
        """The log is written and read as MetaEditor's is; the `.ex5` names the source it is made of."""
        self._stall("compile_ms")
        file = self._folder.path / "build" / f"{job_id.hex}.mq5"
        written = b"\xef\xbb\xbf" + source.encode()
        write_whole(file, written)
        found = Mql5Checker(source, self._folder.path).found
        lines = [f"{file} : information: compiling {file}"]
        for one in found:
            place = "" if one.line is None else f"({one.line},{one.column})"
            lines.append(f"{file}{place} : {one.severity} {one.code}: {one.message}")
        if not found:
            lines += [" : information: generating code 100%", " : information: code generated"]
        lines.append(f"Result: {len(found)} errors, 0 warnings, 1 ms elapsed, cpu='Simulated'")
        report = file.with_suffix(".log")
        write_whole(report, b"\xff\xfe" + "".join(f"{line}\r\n" for line in lines).encode("utf-16-le"))
        compiled = CompilerLog.read(report.read_bytes(), file_name, {str(file): file_name})
        ex5 = b"EX5\0simulated\0" + hashlib.sha256(written).digest() if compiled.errors == 0 else None
        for leftover in (file, report):
            leftover.unlink()
        return Build(compiled.diagnostics, compiled.text, ex5)

    def place(self, expert: str, content: bytes) -> None:
        self._folder.place(expert, content)

    def placed(self, expert: str) -> str | None:
        return self._folder.placed(expert)

    def attached(self) -> Mapping[UUID, str]:
        with self._broker() as db:
            rows = db.execute(
                "select deployment_id, fingerprint from charts where deployment_id is not null"
            ).fetchall()
        return {UUID(row["deployment_id"]): row["fingerprint"] for row in rows}

    def attach(self, wanted: Attachment) -> None:
        content = read_if_there(self._folder.file(wanted.expert))
        fails = self._fault("not_attached") is not None
        self._stall("attach_ms")
        if content is None or not content.startswith(b"EX5") or fails:
            raise JobFailed("expert_not_loaded", f"the terminal did not load {wanted.expert}")
        with self._broker() as db:
            db.execute("delete from charts where deployment_id = ?", (str(wanted.deployment_id),))
            [charts] = db.execute("select count(*) from charts").fetchone()
            if charts >= self.CHARTS:
                raise JobFailed("chart_not_opened", f"the terminal has {charts} charts open, it cannot open another")
            db.execute(
                "insert into charts (symbol, timeframe, expert, deployment_id, fingerprint, magic, inputs, opened_at) "
                "values (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    wanted.symbol,
                    wanted.timeframe,
                    wanted.expert,
                    str(wanted.deployment_id),
                    wanted.fingerprint,
                    wanted.magic,
                    to_json(wanted.inputs),
                    format_time(self._clock.now()),
                ),
            )

    def detach(self, deployment_id: UUID) -> bool:
        with self._broker() as db:
            closed = db.execute("delete from charts where deployment_id = ?", (str(deployment_id),))
            return closed.rowcount > 0

    def _fault(self, kind: str) -> int | None:
        """Take the oldest of its kind, committed before anything comes of it."""
        with self._broker() as db:
            row = db.execute(
                "update expert_faults set taken_at = ?1 where id = "
                "(select min(id) from expert_faults where kind = ?2 and taken_at is null) returning value",
                (format_time(self._clock.now()), kind),
            ).fetchone()
        return None if row is None else int(row["value"] or 0)

    def _stall(self, kind: str) -> None:
        left = (self._fault(kind) or 0) / 1000
        while left > 0:
            self._pause(min(left, self.STEP))
            left -= self.STEP


# ----------------------------------------------------------------------------------------------------------------------
# Experts at MetaTrader: MetaEditor compiles them, an expert of ours puts them on charts


class Process(Protocol):
    def poll(self) -> int | None: ...

    def kill(self) -> None: ...


def launch_hidden(command: str, folder: Path) -> Process:
    if sys.platform != "win32":
        raise JobFailed("not_windows", "MetaTrader runs on Windows only")
    startup = subprocess.STARTUPINFO(dwFlags=subprocess.STARTF_USESHOWWINDOW, wShowWindow=subprocess.SW_HIDE)
    return subprocess.Popen(command, cwd=folder, startupinfo=startup, creationflags=subprocess.CREATE_NO_WINDOW)  # noqa: S603


def launch(command: str, folder: Path) -> Process:
    if sys.platform != "win32":
        raise JobFailed("not_windows", "MetaTrader runs on Windows only")
    return subprocess.Popen(command, cwd=folder)  # noqa: S603


def running_programs() -> Iterable[str]:
    for process in psutil.process_iter(["exe"]):
        yield process.info["exe"] or ""


@dataclass(frozen=True)
class Installation:
    """A MetaTrader 5: `install` has the programs, `data` has `MQL5` (terminal_info's `path` and `data_path`)."""

    install: Path
    data: Path

    @property
    def portable(self) -> bool:
        return self.install == self.data

    @property
    def terminal(self) -> Path:
        return self.install / "terminal64.exe"

    @property
    def exchange(self) -> Path:
        """Where the bridge and the agent meet."""
        return self.data / "MQL5" / "Files" / "forexelite"

    @property
    def configuration(self) -> Path:
        """By which the terminal starts with the bridge."""
        return self.exchange / "start.ini"

    def metaeditor_command(self, source: Path, report: Path) -> str:
        """Quotes stand after the colon, which list2cmdline would not do; the colon itself is a must."""
        include = "/portable" if self.portable else f'/include:"{self.data / "MQL5"}"'
        return f'"{self.install / "metaeditor64.exe"}" /compile:"{source}" /log:"{report}" {include}'

    def terminal_command(self) -> str:
        return f'"{self.terminal}" /config:"{self.configuration}"{" /portable" if self.portable else ""}'

    def names(self) -> dict[str, str]:
        """Paths of this machine that others need not know."""
        folders = {self.data, self.install}
        return {f"{folder}{separator}": "" for folder in folders for separator in ("\\", "/")}


PATH_WITH_SPACES: Final = (
    "the terminal's data folder has a space in its path, where some builds of MetaEditor compile nothing and keep "
    "silent: install MetaTrader into a folder like C:\\MT5 and start it there as `terminal64.exe /portable`"
)


class TerminalStart:
    """Starts a terminal that does not run so that the bridge comes with it, once `note` says how.

    The chart of a start-up configuration is in no profile. A terminal started otherwise comes with the experts that
    were on its charts, but without the bridge, and nobody could stop them.
    """

    def __init__(
        self,
        note: Path,
        start: Callable[[str, Path], Process] = launch,
        programs: Callable[[], Iterable[str]] = running_programs,
    ) -> None:
        self._note = note
        self._start = start
        self._programs = programs

    def remember(self, installation: Installation) -> None:
        told = {"install": str(installation.install), "data": str(installation.data)}
        write_whole(self._note, to_json(told).encode())

    def unless_running(self, wanted: Path | None) -> None:
        """`wanted` is the terminal of the configuration; None stands for whichever runs."""
        with suppress(ValueError, Unreadable):
            fields = Fields("note", parse_json((read_if_there(self._note) or b"").decode()))
            noted = Installation(Path(fields.text("install")), Path(fields.text("data")))
            running = {program.lower() for program in self._programs()}
            another = wanted is None and any(program.endswith("terminal64.exe") for program in running)
            if another or wanted not in (None, noted.terminal) or str(noted.terminal).lower() in running:
                return
            log.info("starting %s with the bridge", noted.terminal)
            try:
                self._start(noted.terminal_command(), noted.install)
            except OSError as error:
                log.warning("%s cannot be started: %s", noted.terminal, error.strerror)


class MetaEditor:
    """One compilation after the other: MetaEditor runs once per installation, and hands over to one that is open."""

    TIMEOUT: Final = 120
    # After it has ended without a word: it may have handed over to an open editor.
    SILENCE: Final = 30
    # The result is the log's last line, and the process may want a moment to write the rest.
    SETTLE: Final = 5
    STEP: Final = 0.2

    def __init__(
        self,
        installation: Installation,
        clock: Clock,
        pause: Callable[[float], None],
        start: Callable[[str, Path], Process] = launch_hidden,
    ) -> None:
        self._installation = installation
        self._clock = clock
        self._pause = pause
        self._start = start
        self._one = threading.Lock()

    def compile(self, source: Path, shown_as: str, patience: float = TIMEOUT) -> Build:
        """Errors are a `Build` without an expert. The exit code means nothing: the log and the file decide."""
        if not self._one.acquire(timeout=patience):
            raise JobFailed("compile_timeout", "MetaEditor is busy with another compilation")
        try:
            return self._compile(source, shown_as, patience)
        finally:
            self._one.release()

    def _compile(self, source: Path, shown_as: str, patience: float) -> Build:
        if " " in str(source):
            raise JobFailed("path_with_spaces", PATH_WITH_SPACES)
        report, compiled = source.with_suffix(".log"), source.with_suffix(".ex5")
        for stale in (report, compiled):
            stale.unlink(missing_ok=True)
        names = {**self._installation.names(), str(source): shown_as, source.name: shown_as}
        try:
            process = self._start(self._installation.metaeditor_command(source, report), self._installation.install)
        except OSError as error:
            raise JobFailed("compiler_missing", f"MetaEditor cannot be started: {error.strerror}") from error
        try:
            said = self._await_result(process, lambda: self._read(report, shown_as, names), patience)
            outside = [path for path in said.included if re.match(r"[A-Za-z]:|[\\/]", path)]
            if outside:
                sentence = "the source includes files from outside of MetaTrader's folders"
                raise JobFailed("unsafe_source", sentence, Build(said.diagnostics, said.text, None).dump())
            ex5 = self._await_expert(compiled) if said.errors == 0 else None
        finally:
            if process.poll() is None:
                process.kill()
        return Build(said.diagnostics, said.text, ex5)

    @staticmethod
    def _read(report: Path, shown_as: str, names: Mapping[str, str]) -> CompilerLog | None:
        raw = read_if_there(report)
        said = None if raw is None else CompilerLog.read(raw, shown_as, names)
        return said if said is not None and said.errors is not None else None

    def _await_result(self, process: Process, read: Callable[[], CompilerLog | None], patience: float) -> CompilerLog:
        began = self._clock.monotonic()
        ended: float | None = None
        while True:
            # Asked first: what ends between the two has written its log before.
            running = process.poll() is None
            said = read()
            if said is not None:
                return said
            now = self._clock.monotonic()
            if not running:
                ended = now if ended is None else ended
            if now - began >= patience:
                raise JobFailed("compile_timeout", f"MetaEditor did not finish within {patience:.0f} seconds")
            if ended is not None and now - ended >= self.SILENCE:
                raise JobFailed("compiler_silent", "MetaEditor ended without a word: is its folder complete?")
            self._pause(self.STEP)

    def _await_expert(self, compiled: Path) -> bytes | None:
        since = self._clock.monotonic()
        while True:
            ex5 = read_if_there(compiled)
            if ex5 is not None and ex5.startswith(b"EX5"):
                return ex5
            if self._clock.monotonic() - since >= self.SETTLE:
                return None
            self._pause(self.STEP)


@dataclass(frozen=True)
class BridgeStatus:
    """What the bridge EA writes each second. `charts` are the deployments that are on theirs."""

    may_trade: bool
    charts: Mapping[UUID, str]


class BridgeRefused(Permanent):
    """The bridge's answer to a request; `code` is a word of ForexEliteBridge.mq5."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code


class Bridge:
    """The files by which ForexEliteBridge.mq5 is told what to do, in `MQL5/Files/forexelite`.

    `cmd/<id>.txt` asks, `res/<id>.txt` answers, `tpl/<deployment>.tpl` is what to apply, `status.txt` is the heartbeat.
    Each is `key=value` lines, ends with `end=1`, and is written beside and renamed. A request that was not begun before
    it `expires` never will be, so a late terminal starts nothing that was given up.
    """

    BEAT_SECONDS: Final = 15
    # The longest a request takes once it is begun: ten seconds until the expert is loaded, and closing the chart again.
    WORK_SECONDS: Final = 16
    STEP: Final = 0.1

    def __init__(self, installation: Installation, clock: Clock, pause: Callable[[float], None]) -> None:
        self.folder = installation.exchange
        self._clock = clock
        self._pause = pause
        self._asked = 0

    def status(self) -> BridgeStatus | None:
        """None when there is no bridge, or none that is alive."""
        lines = self._read(self.folder / "status.txt")
        if lines is None:
            return None
        told = dict(lines)
        try:
            at = datetime.fromtimestamp(int(told["time"]), UTC)
            charts = [value.split("|") for key, value in lines if key == "chart"]
            status = BridgeStatus(
                may_trade=told["bridge_trade"] == "1" and told["terminal_trade"] == "1",
                charts={UUID(chart[0]): chart[1] for chart in charts if chart[3] == "running"},
            )
        except (KeyError, ValueError, IndexError, OverflowError, OSError):
            log.warning("the bridge's status cannot be read")
            return None
        return status if abs((self._clock.now() - at).total_seconds()) <= self.BEAT_SECONDS else None

    def knows(self, deployment_id: UUID) -> bool:
        noted = self._read(self.folder / "charts.txt") or []
        return any(key == "chart" and value.startswith(f"{deployment_id}|") for key, value in noted)

    def await_status(self, patience: float) -> BridgeStatus | None:
        since = self._clock.monotonic()
        while True:
            status = self.status()
            if status is not None or self._clock.monotonic() - since >= patience:
                return status
            self._pause(self.STEP)

    def attach(self, wanted: Attachment, patience: float) -> None:
        write_whole(self.template(wanted.deployment_id), chart_template(wanted, self.expert_mode()))
        self._ask(
            {
                "command": "ATTACH",
                "deployment": str(wanted.deployment_id),
                "stamp": wanted.fingerprint,
                "symbol": wanted.symbol,
                "period": wanted.timeframe,
                "expert": wanted.expert,
            },
            patience,
        )

    def detach(self, deployment_id: UUID, patience: float) -> bool:
        answer = self._ask({"command": "DETACH", "deployment": str(deployment_id)}, patience)
        self.template(deployment_id).unlink(missing_ok=True)
        return answer.get("changed") == "1"

    def template(self, deployment_id: UUID) -> Path:
        return self.folder / "tpl" / f"{deployment_id}.tpl"

    def expert_mode(self) -> int:
        """The bridge's own permissions, from the template it saves of its chart: nothing it attaches can have more.
        Without the bit for DLLs."""
        saved = decode_compiler_text(read_if_there(self.folder / "tpl" / "bridge.tpl") or b"")
        ours = saved.partition("<expert>")[2].partition("</expert>")[0]
        found = re.search(r"^expertmode=(\d+)", ours, re.MULTILINE)
        return (int(found[1]) if found else 5) & ~2 | 1

    def _ask(self, request: Mapping[str, str], patience: float) -> Mapping[str, str]:
        self._asked += 1
        # Sorted by name is sorted by age, and no two are the same, also after a restart.
        name = f"{int(self._clock.now().timestamp() * 1000):015d}-{self._asked:04d}-{os.urandom(4).hex()}"
        expires = int(self._clock.now().timestamp() + patience - self.WORK_SECONDS)
        lines = {"forexelite": "1", "id": name, "expires": str(expires), **request, "end": "1"}
        command, answer = self.folder / "cmd" / f"{name}.txt", self.folder / "res" / f"{name}.txt"
        (self.folder / "res").mkdir(parents=True, exist_ok=True)
        write_whole(command, "".join(f"{key}={value}\r\n" for key, value in lines.items()).encode())
        try:
            return self._await_answer(name, answer, patience)
        finally:
            command.unlink(missing_ok=True)
            answer.unlink(missing_ok=True)

    def _await_answer(self, name: str, answer: Path, patience: float) -> Mapping[str, str]:
        since = self._clock.monotonic()
        while True:
            lines = self._read(answer)
            told = {} if lines is None else dict(lines)
            if told.get("id") == name:
                if told.get("status") == "ok":
                    return told
                raise BridgeRefused(told.get("code", "unknown"), told.get("detail", ""))
            if self._clock.monotonic() - since >= patience:
                raise BridgeRefused("timeout", f"no answer within {patience:.0f} seconds")
            self._pause(self.STEP)

    @staticmethod
    def _read(path: Path) -> list[tuple[str, str]] | None:
        """None unless it is there as a whole."""
        raw = read_if_there(path)
        if raw is None:
            return None
        lines = [line.partition("=") for line in raw.decode("utf-8-sig", "replace").splitlines() if line]
        if not lines or lines[-1] != ("end", "=", "1"):
            return None
        return [(key, value) for key, _, value in lines]


def chart_template(wanted: Attachment, expert_mode: int) -> bytes:
    """A chart with this expert on it, as MetaTrader 5 reads it: UTF-16LE with BOM, CRLF, `<expert>` before the first
    `<window>` (MetaTrader 4's form is silently ignored). Parameters an expert does not have are ignored, too."""
    period_type, period_size = wanted.timeframe.template_period
    # What the deployment says wins: positions are told apart by it.
    inputs = {**wanted.inputs, "MagicNumber": str(wanted.magic)}
    lines = [
        "<chart>",
        "id=0",
        f"symbol={wanted.symbol}",
        f"period_type={period_type}",
        f"period_size={period_size}",
        f"digits={wanted.digits}",
        "windows_total=1",
        "",
        "<expert>",
        f"name={wanted.expert}",
        f"path=Experts\\ForexElite\\{wanted.expert}.ex5",
        f"expertmode={expert_mode}",
        "<inputs>",
        *(f"{name}={value}" for name, value in inputs.items()),
        "</inputs>",
        "</expert>",
        "",
        "<window>",
        "height=100.000000",
        "objects=0",
        "<indicator>",
        "name=Main",
        "path=",
        "apply=1",
        "show_data=1",
        "scale_inherit=0",
        "scale_line=0",
        "scale_line_percent=50",
        "scale_line_value=0.000000",
        "scale_fix_min=0",
        "scale_fix_min_val=0.000000",
        "scale_fix_max=0",
        "scale_fix_max_val=0.000000",
        "expertmode=0",
        "fixed_height=-1",
        "</indicator>",
        "</window>",
        "</chart>",
        "",
    ]
    return b"\xff\xfe" + "\r\n".join(lines).encode("utf-16-le")


class MetaTraderExperts:
    """MetaTrader itself. The bridge EA must run on one of its charts: once `prepare` was called it comes with each
    start of the terminal by the agent; in a terminal that runs already the user may drag it onto a chart."""

    BRIDGE: Final = "ForexEliteBridge"
    SOURCE: Final = Path(__file__).with_name("ForexEliteBridge.mq5")
    BRIDGE_SECONDS: Final = 20
    FIRST_SECONDS: Final = 40
    SECOND_SECONDS: Final = 27
    NUDGE_SECONDS: Final = 10
    # MetaEditor's first start takes half a minute and more.
    COLD_SECONDS: Final = 60
    REFUSALS: Final[Mapping[str, tuple[str, str]]] = {
        "symbol_unknown": ("unknown_symbol", "the terminal cannot show this symbol"),
        "chart_not_opened": ("chart_not_opened", "the terminal opened no chart: it can have 100 of them"),
        "template_refused": ("template_refused", "the terminal did not take the chart's template"),
        "expert_not_attached": (
            "expert_not_loaded",
            "the terminal did not load the expert: right-click Expert Advisors in its Navigator, choose Refresh, then "
            "run the deployment again",
        ),
        "chart_not_closed": ("chart_not_closed", "the terminal did not close the expert's chart"),
        "timeout": ("bridge_timeout", "ForexEliteBridge did not answer: look into the Experts tab of the terminal"),
        "expired": ("bridge_timeout", "the terminal was busy for too long, perhaps still starting: try it again"),
    }

    def __init__(
        self,
        installation: Installation,
        clock: Clock,
        pause: Callable[[float], None],
        start: TerminalStart,
        symbol: str,
        start_editor: Callable[[str, Path], Process] = launch_hidden,
    ) -> None:
        """`symbol` is any that can be shown: the bridge's chart needs one."""
        self._installation = installation
        self._folder = ExpertFolder(installation.data)
        self._editor = MetaEditor(installation, clock, pause, start_editor)
        self._bridge = Bridge(installation, clock, pause)
        self._start = start
        self._symbol = symbol

    def compile(self, job_id: UUID, file_name: str, source: str) -> Build:
        """Under a name of its own: no file of the user's is in the way, and none is overwritten."""
        file = self._folder.path / "build" / f"{job_id.hex}.mq5"
        # Without a BOM MetaEditor reads the machine's code page.
        write_whole(file, b"\xef\xbb\xbf" + source.encode())
        try:
            return self._editor.compile(file, file_name)
        finally:
            for leftover in (file, file.with_suffix(".log"), file.with_suffix(".ex5")):
                with suppress(OSError):
                    leftover.unlink(missing_ok=True)

    def place(self, expert: str, content: bytes) -> None:
        self._folder.place(expert, content)

    def placed(self, expert: str) -> str | None:
        return self._folder.placed(expert)

    def attached(self) -> Mapping[UUID, str]:
        status = self._bridge.status()
        return {} if status is None else status.charts

    def attach(self, wanted: Attachment) -> None:
        if not self._await_bridge().may_trade:
            # Applied by a program that may not trade, a template makes an expert that may not either, for ever.
            raise JobFailed(
                "algo_trading_disabled",
                f"press Algo Trading in the terminal, and allow algo trading in the properties of {self.BRIDGE}",
            )
        try:
            self._bridge.attach(wanted, self.FIRST_SECONDS)
        except BridgeRefused as refusal:
            if refusal.code != "expert_not_attached":
                raise self._failure(refusal) from refusal
            self._nudge()
            try:
                self._bridge.attach(wanted, self.SECOND_SECONDS)
            except BridgeRefused as again:
                raise self._failure(again) from again

    def detach(self, deployment_id: UUID) -> bool:
        # What the bridge never noted was never on a chart, whether it is running now or not.
        if not self._bridge.knows(deployment_id):
            return False
        self._await_bridge()
        try:
            return self._bridge.detach(deployment_id, self.FIRST_SECONDS)
        except BridgeRefused as refusal:
            raise self._failure(refusal) from refusal

    def prepare(self) -> None:
        """Put the bridge in place, to come with the terminal's next start. `AllowDllImport=0` holds for the bridge, and
        so for all that it attaches."""
        source = read_if_there(self.SOURCE)
        if source is None:
            raise JobFailed("bridge_missing", f"{self.SOURCE.name} is missing: put it beside {Path(__file__).name}")
        installed = self._folder.path / self.SOURCE.name
        if read_if_there(installed) != source or self._folder.placed(self.BRIDGE) is None:
            write_whole(installed, source)
            build = self._editor.compile(installed, self.SOURCE.name, self.COLD_SECONDS)
            if build.ex5 is None:
                installed.unlink()
                raise JobFailed("bridge_not_compiled", f"{self.SOURCE.name}: {build.summary()}")
        for name in ("cmd", "res", "tpl"):
            (self._bridge.folder / name).mkdir(parents=True, exist_ok=True)
        lines = [
            "[Experts]",
            "Enabled=1",
            "AllowLiveTrading=1",
            "AllowDllImport=0",
            "[StartUp]",
            f"Expert=ForexElite\\{self.BRIDGE}",
            f"Symbol={self._symbol}",
            "Period=H1",
        ]
        write_whole(self._installation.configuration, "".join(f"{line}\r\n" for line in lines).encode())
        self._start.remember(self._installation)

    def _await_bridge(self) -> BridgeStatus:
        status = self._bridge.status()
        if status is None:
            self.prepare()
            self._start.unless_running(self._installation.terminal)
            status = self._bridge.await_status(self.BRIDGE_SECONDS)
        if status is None:
            raise JobFailed(
                "bridge_missing",
                f"{self.BRIDGE} is not running: close the terminal, the agent starts it again with it; or drag it from "
                "the Navigator (Expert Advisors, ForexElite) onto any chart and allow algo trading",
            )
        return status

    def _nudge(self) -> None:
        """An expert copied in while the terminal runs is not known to it. MetaEditor tells the terminal of what it
        compiled, and then it looks at all of the folder: so have it compile something."""
        file = self._folder.path / "build" / "Nudge.mq5"
        write_whole(file, b"\xef\xbb\xbfvoid OnTick()\r\n  {\r\n  }\r\n")
        try:
            self._editor.compile(file, file.name, self.NUDGE_SECONDS)
        except JobFailed as failure:
            log.warning("the terminal could not be told of a new expert: %s", failure)

    def _failure(self, refusal: BridgeRefused) -> JobFailed:
        reason, sentence = self.REFUSALS.get(refusal.code, ("bridge_refused", f"ForexEliteBridge: {refusal}"))
        return JobFailed(reason, sentence)


# ----------------------------------------------------------------------------------------------------------------------
# The agent: a thread each for work, compilations, charts, results, heartbeats, prices, the account and the doorbell.
# None waits for another's work, and they meet at the terminal, which has a thread of its own.


class Exit(IntEnum):
    """The process's exit codes, for whatever starts it again."""

    STOPPED = 0
    CRASHED = 1
    BAD_CONFIG = 2
    KEY_REFUSED = 3
    ALREADY_RUNNING = 4
    UNHEALTHY = 5
    UNREACHABLE = 6


class Reporter:
    def __init__(self, backend: Backend, journal: Journal) -> None:
        self._backend = backend
        self._journal = journal

    def deliver(self) -> None:
        """Send every result that is not acknowledged yet, once; the first trouble is raised after all were tried."""
        trouble: BackendUnavailable | None = None
        for report in self._journal.unreported():
            try:
                self._backend.report(report)
            except ResultRefused as refusal:
                self._journal.refuse(report, str(refusal))
                log.error("job %s: the backend refused the result for good: %s", report.job_id, refusal)
            except BackendUnavailable as error:
                trouble = trouble or error
            else:
                self._journal.acknowledge(report)
        if trouble is not None:
            raise trouble


class Agent:
    def __init__(
        self,
        config: Config,
        open_terminal: Callable[[], Terminal],
        clock: Clock,
        *,
        open_experts: Callable[[OwnedTerminal, Callable[[float], None]], EaHost] | None = None,
        transport: httpx.BaseTransport | None = None,
        once: bool = False,
        live: bool = False,
        show: Callable[[str], None] | None = None,
    ) -> None:
        """`live` lets it trade the first real account it meets, from now on; `show` is told each second how it is."""
        self._config = config
        self._open_terminal = open_terminal
        self._open_experts = open_experts
        self._transport = transport
        self._clock = clock
        self._once = once
        self._live_given = live
        self._show = show
        self._admitted = ""
        self._backend = Backend(config, transport, self._heard)
        self._price_backend = Backend(config, transport, self._heard)
        self._journal = Journal(config.state_dir / "journal.db")
        self._ending = threading.Lock()
        self._exit = Exit.STOPPED
        # Set by a signal handler, which may interrupt `run` while that holds the lock inside an event: it must not set
        # events itself.
        self.stop_signal: signal.Signals | None = None
        self._stop = threading.Event()
        # Set when there may be a job to claim, a result to report, a terminal to speak of, something to tell in a
        # heartbeat's answer, its first answer, another socket; while the doorbell hangs.
        self._claimable = threading.Event()
        self._reportable = threading.Event()
        self._terminal_known = threading.Event()
        self._beat_due = threading.Event()
        self._greeted = threading.Event()
        self._socket_moved = threading.Event()
        self._worked = threading.Event()
        self._ringable = threading.Event()
        self._wanted = Wanted()
        self._renewing = threading.Lock()
        self._live: Live | None = None
        self._status: Status | None = None
        self._pruned_at: datetime | None = None
        # Compilations take minutes, so there is another lane for the charts: who wants an expert stopped will not wait.
        compiles, charts = Lane(300, clock), Lane(120, clock)
        self._lanes = {"compile": compiles, "deploy": charts, "run": charts, "stop": charts} if open_experts else {}

    def run(self) -> Exit:
        terminal = OwnedTerminal(self._open_terminal)
        storage = Storage(self._config.request_timeout_seconds, self._clock, self._pause, self._transport)
        worker = self._worker(terminal)
        if self._open_experts is not None:
            worker.learn(self._expert_jobs(self._open_experts, terminal, storage, worker).handlers)
        loops: dict[str, Callable[[], None]] = {
            "work": lambda: self._work(terminal, worker),
            "report": self._report,
            "heartbeat": self._beat,
        }
        if self._lanes:
            loops["compiles"] = lambda: self._work_beside(self._lanes["compile"], worker)
            loops["charts"] = lambda: self._work_beside(self._lanes["deploy"], worker)
        if not self._once:
            loops["prices"] = lambda: self._send_prices(terminal)
            loops["account"] = lambda: self._report_account(terminal)
            if self._config.doorbell:
                loops["doorbell"] = self._listen
            if self._show is not None:
                loops["status line"] = lambda: self._show_status(worker)
        threads = [threading.Thread(target=self._guarded, args=(loop,), name=name) for name, loop in loops.items()]
        for thread in threads:
            thread.start()
        while not self._stop.wait(0.2):
            if self.stop_signal is not None:
                log.info("stopping after the job in hand (%s)", self.stop_signal.name)
                self.stop()
        for thread in threads:
            thread.join()
        terminal.close()
        self._backend.close()
        self._price_backend.close()
        storage.close()
        self._journal.close()
        return self._exit

    def stop(self) -> None:
        self._stop.set()
        for event in (
            self._claimable,
            self._reportable,
            self._terminal_known,
            self._beat_due,
            self._greeted,
            self._socket_moved,
            self._wanted.changed,
            *(lane.offered for lane in self._lanes.values()),
        ):
            event.set()

    def _guarded(self, loop: Callable[[], None]) -> None:
        try:
            loop()
        except Stopping:
            pass
        except KeyRefused as error:
            with self._ending:
                if self._exit is not Exit.KEY_REFUSED:
                    log.error("%s", error)
                self._exit = Exit.KEY_REFUSED
            self.stop()
        except BaseException:
            # A thread that is gone would leave an agent that looks alive and does half its work.
            log.exception("stopped on an error in the agent")
            self._exit = Exit.CRASHED
            self.stop()

    def _heard(self, jobs_waiting: int) -> None:
        if jobs_waiting > 0:
            self._claimable.set()

    # Work

    def _worker(self, terminal: OwnedTerminal) -> Worker:
        return Worker(
            terminal,
            self._journal,
            self._settings,
            self._clock,
            self._pause,
            self._config.reconcile_seconds,
            self._config.limits,
        )

    def _expert_jobs(
        self,
        open_experts: Callable[[OwnedTerminal, Callable[[float], None]], EaHost],
        terminal: OwnedTerminal,
        storage: Storage,
        worker: Worker,
    ) -> ExpertJobs:
        return ExpertJobs(
            lambda: open_experts(terminal, self._pause),
            storage,
            terminal,
            self._journal,
            self._settings,
            worker.refuse_entries,
            self._clock,
            self._config.state_dir / "builds",
        )

    def _work(self, terminal: OwnedTerminal, worker: Worker) -> None:
        try:
            self._publish(look_at(terminal))
            self._greeted.wait()
            for job in self._journal.unfinished():
                if self._stop.is_set():
                    break
                lane = self._lanes.get(job.job_type)
                if lane is None:
                    worker.resume(job)
                    self._reportable.set()
                else:
                    lane.offer(job, delivered_now=False)
            self._claim_for_ever(worker)
        except BaseException:
            # Whatever is wrong here, the lanes must not go on alone with what they have.
            self.stop()
            raise
        finally:
            for lane in self._lanes.values():
                lane.close()
                lane.ended.wait()
            self._worked.set()
            self._reportable.set()

    def _claim_for_ever(self, worker: Worker) -> None:
        backoff = Backoff(random.Random())
        while True:
            # Before asking: whoever rings from now on may mean a job this claim does not see.
            self._claimable.clear()
            if self._stop.is_set():
                return
            try:
                job = self._backend.claim()
            except BackendUnavailable as error:
                log.warning("claim failed, trying again: %s", error)
                self._claimable.wait(backoff.next())
                continue
            backoff.reset()
            if job is not None:
                self._ask_whether_still_forbidden()
                lane = self._lanes.get(job.job_type)
                if lane is None:
                    worker.run(job)
                elif worker.accept(job):
                    lane.offer(job, delivered_now=True)
                self._reportable.set()
            elif self._once:
                return
            else:
                self._claimable.wait(self._settings().poll_seconds)

    def _work_beside(self, lane: Lane, worker: Worker) -> None:
        try:
            while (job_id := lane.first(self._stop)) is not None:
                self._work_off(lane, worker, job_id)
                lane.done(job_id)
                self._reportable.set()
        finally:
            lane.ended.set()

    def _work_off(self, lane: Lane, worker: Worker, job_id: UUID) -> None:
        while (job := self._journal.unfinished_job(job_id)) is not None:
            try:
                worker.finish(job)
            except LinkRefused as refused:
                newest = self._journal.unfinished_job(job_id)
                if newest is not None and newest.attempt > job.attempt:
                    continue
                if lane.lapsed(job_id):
                    log.warning("job %s waits until it is delivered with fresh links: %s", job_id, refused)
                else:
                    worker.end(job, Result.of_failure(refused.failure))
                return

    def _settings(self) -> Live:
        if self._live is None:
            raise Stopping
        return self._live

    def _ask_whether_still_forbidden(self) -> None:
        """The job in hand may be there because what the last heartbeat forbade, minutes ago, is allowed by now."""
        if self._status is not None and self._settings().trading_mode is not TradingMode.ACTIVE:
            try:
                self._renew_settings(self._status)
            except BackendUnavailable as error:
                log.warning("cannot ask for the trading mode, the last one holds: %s", error)

    def _publish(self, status: Status) -> None:
        before, self._status = self._status, status
        if before is not None and before.state.connected is not status.state.connected:
            self._beat_due.set()
        if status.account is not None:
            self._admit(status.account)
        self._terminal_known.set()

    def _admit(self, account: Account) -> None:
        """Say once of a real account whether it will be traded. `--live` is for one account: the terminal may change
        to another one later."""
        if account.name == self._admitted:
            return
        self._admitted = account.name
        if not account.is_real:
            return
        if self._live_given:
            self._live_given = False
            self._journal.allow_live(account.name, self._clock.now())
        if self._journal.allows_live(account.name):
            log.warning("%s is a REAL account: orders are sent with real money", account.name)
        else:
            log.error("%s", NOT_LIVE.format(account=account.name))

    def _show_status(self, worker: Worker) -> None:
        while not self._stop.is_set():
            if self._show is not None:
                self._show(self._status_text(worker.last))
            self._stop.wait(1)

    def _status_text(self, last: str) -> str:
        latency = self._backend.latency
        parts = ["no connection to the backend" if latency is None else "connected"]
        if self._status is not None:
            account = self._status.account
            parts[0] += "" if self._status.state.connected else ", terminal offline"
            parts += [
                "no account" if account is None else f"{account.name} {account.trade_mode}",
                "waiting" if self._live is None else self._live.trading_mode,
            ]
            parts.append(f"{self._status.positions} open")
        parts.append(f"last: {last or 'no signal yet'}")
        return " | ".join(parts if latency is None else [*parts, f"{latency * 1000:.0f} ms"])

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Stopping

    def _wait(self, event: threading.Event, seconds: float | None) -> None:
        """Until the event, which is consumed, or the time, or a stop, which sets every event."""
        event.wait(seconds)
        event.clear()

    # Results

    def _report(self) -> None:
        reporter = Reporter(self._backend, self._journal)
        backoff = Backoff(random.Random())
        while True:
            # Read before delivering: a result stored in between is then still delivered in another round.
            last_round = self._worked.is_set()
            delay = None
            try:
                reporter.deliver()
                backoff.reset()
            except BackendUnavailable as error:
                log.warning("result not delivered, kept in the journal: %s", error)
                delay = backoff.next()
            if last_round and (delay is None or self._stop.is_set()):
                return self.stop()
            self._wait(self._reportable, delay)

    # Heartbeat

    def _beat(self) -> None:
        backoff = Backoff(random.Random())
        self._terminal_known.wait()
        while self._status is not None and not self._stop.is_set():
            try:
                self._renew_settings(self._status)
            except BackendUnavailable as error:
                log.warning("heartbeat failed, trying again: %s", error)
                self._stop.wait(backoff.next())
                continue
            backoff.reset()
            self._greeted.set()
            self._prune()
            self._wait(self._beat_due, self._config.heartbeat_seconds)

    def _prune(self) -> None:
        now = self._clock.now()
        if self._pruned_at is None or now - self._pruned_at >= timedelta(days=1):
            self._pruned_at = now
            if forgotten := self._journal.prune(now):
                log.info("%d jobs of long ago forgotten", forgotten)

    def _renew_settings(self, status: Status) -> None:
        # One at a time, so that no older answer takes the place of a newer one.
        with self._renewing:
            asked_at = self._wanted.changes
            live = self._backend.heartbeat(status, self._clock)
            before, self._live = self._live, live
            if before is None or live.trading_mode is not before.trading_mode:
                log.info("connected to the backend, trading mode %s", live.trading_mode)
            if before is None or live.socket_url != before.socket_url:
                self._socket_moved.set()
            self._wanted.hear(live.instruments, asked_at)

    # Prices and account

    def _send_prices(self, terminal: OwnedTerminal) -> None:
        self._greeted.wait()
        feed = PriceFeed(self._price_backend, terminal, self._wanted, self._settings, self._clock)
        while not self._stop.is_set():
            if not self._wanted.instruments:
                self._wait(self._wanted.changed, self._settings().poll_seconds)
            # Where nothing can ring, a push of nothing asks whether somebody looks by now.
            if self._wanted.instruments or not self._ringable.is_set():
                self._stop.wait(feed.step())

    def _report_account(self, terminal: OwnedTerminal) -> None:
        self._greeted.wait()
        history = timedelta(hours=self._config.history_hours)
        reporter = AccountReporter(self._backend, terminal, self._journal, self._publish, self._clock, history)
        while not self._stop.is_set():
            self._stop.wait(reporter.step())

    # Doorbell

    def _listen(self) -> None:
        doorbell = Doorbell(self._config, self._clock, self._socket_url, self._hang, self._rang)
        pause = None
        while True:
            self._wait(self._socket_moved, pause)
            if self._stop.is_set():
                return
            url = self._socket_url()
            pause = None
            if url is not None and is_private(url, "wss", "ws"):
                pause = doorbell.listen(url)
                self._ringable.clear()
            elif url is not None:
                log.warning("no doorbell: %s is not a wss:// address", url)

    def _hang(self) -> None:
        self._ringable.set()
        # What rang while nobody listened is heard by asking once.
        self._beat_due.set()

    def _socket_url(self) -> str | None:
        return None if self._live is None or self._stop.is_set() else self._live.socket_url

    def _rang(self, message: Fields) -> None:
        match message.optional_text("type"):
            case "jobs_waiting":
                self._claimable.set()
            case "instruments":
                self._wanted.hear(message.optional_texts("instruments"))


# ----------------------------------------------------------------------------------------------------------------------
# Where the agent's words go: to whoever watches, and into a log that does not grow for ever


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Redacted(logging.Formatter):
    """Whatever a message or a traceback holds, the agent key is not in it."""

    def __init__(self, key: Secret | None) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime
        self._key = key

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return text if self._key is None else text.replace(self._key.reveal(), repr(self._key))


class Console(logging.StreamHandler[TextIO]):
    """Log lines and, below them, one line that is rewritten. Blanks wipe it: older Windows consoles know no codes."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._shown = ""

    def show(self, text: str) -> None:
        self.acquire()
        try:
            if text or self._shown:
                self._draw(text[: shutil.get_terminal_size().columns - 1])
        finally:
            self.release()

    def _draw(self, text: str) -> None:
        wiped = text.ljust(len(self._shown))
        self.stream.write(f"\r{wiped}" if text else f"\r{wiped}\r")
        self.stream.flush()
        self._shown = text

    def emit(self, record: logging.LogRecord) -> None:
        shown = self._shown
        if shown:
            self._draw("")
        super().emit(record)
        if shown:
            self._draw(shown)


def log_file(state_dir: Path) -> logging.Handler:
    """Six files of 2 MB at most."""
    return logging.handlers.RotatingFileHandler(
        state_dir / "agent.log", maxBytes=2_000_000, backupCount=5, encoding="utf-8"
    )


def log_to(handler: logging.Handler, key: Secret | None = None) -> None:
    handler.setFormatter(Redacted(key))
    logging.getLogger().addHandler(handler)


# ----------------------------------------------------------------------------------------------------------------------
# Pairing: the configuration file, which holds the key


NEW_CONFIG: Final = """\
# The ForexElite Pro agent's configuration. It holds the agent's key: keep it to yourself.
url = ""
agent_id = ""
agent_key = ""
terminal = ""
state_dir = "state"
"""


def configuration(existing: str | None, values: Mapping[str, str]) -> str:
    """The file's text with these values; what else is in it stays, comments too."""
    lines = (NEW_CONFIG if existing is None else existing.removeprefix("\ufeff")).splitlines()
    first_table = next((number for number, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    head, tables = lines[:first_table], lines[first_table:]
    for key, value in values.items():
        # A JSON text in ASCII is a TOML text, too.
        line = f"{key} = {json.dumps(value)}"
        at = next((number for number, text in enumerate(head) if re.match(rf"\s*{key}\s*=", text)), None)
        if at is None:
            head.append(line)
        else:
            head[at] = line
    return "\n".join([*head, *tables, ""])


def program_output(command: Sequence[str]) -> str:
    """What a program of the system says; its failure is an OSError as any other."""
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    if done.returncode != 0:
        raise OSError(f"{command[0]} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def windows_user(run_program: Callable[[Sequence[str]], str] = program_output) -> str:
    """The user's SID: names may be translated or hold anything."""
    said = run_program(["whoami", "/user", "/fo", "csv", "/nh"])
    found = re.search(r"S-1-[0-9-]+", said)
    if found is None:
        raise OSError(f"whoami did not tell the user's SID: {said.strip()}")
    return found.group()


def owner_only_command(path: Path, user: str) -> list[str]:
    return ["icacls", str(path), "/inheritance:r", "/grant:r", f"*{user}:F"]


# In SDDL: everyone, users, authenticated users, guests, anonymous, interactive and network logons, domain users.
EVERYBODY: Final = frozenset({"WD", "BU", "AU", "BG", "AN", "IU", "NU", "DU", "S-1-1-0", "S-1-5-32-545", "S-1-5-11"})


def readable_by_others(sddl: str) -> bool:
    """Whether an access list, as `icacls /save` writes it, lets more people in than the owner and administrators."""
    entries = (entry.split(";") for entry in re.findall(r"\(([^()]*)\)", sddl))
    return any(len(entry) >= 6 and entry[0] == "A" and entry[5] in EVERYBODY for entry in entries)


def access_list(path: Path, run_program: Callable[[Sequence[str]], str] = program_output) -> str:
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "acl"
        run_program(["icacls", str(path), "/save", str(saved)])
        return saved.read_text("utf-16-le")


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and never for a moment readable by others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        if sys.platform == "win32":
            program_output(owner_only_command(temporary, windows_user()))
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@dataclass(frozen=True)
class Pairing:
    """What the dashboard shows when an agent is added; None is asked for."""

    url: str | None = None
    agent_id: str | None = None
    agent_key: str | None = None
    terminal: TerminalKind | None = None

    def completed(self) -> Pairing:
        if not sys.stdin.isatty() and None in (self.url, self.agent_id, self.agent_key):
            raise BadConfig("nobody is there to be asked: give --url, --agent-id and --key-stdin")
        return replace(
            self,
            url=self.url or input("Backend URL: ").strip(),
            agent_id=self.agent_id or input("Agent id: ").strip(),
            agent_key=self.agent_key or getpass.getpass("Agent key (not shown): ").strip(),
        )


def pair(path: Path, pairing: Pairing, clock: Clock, transport: httpx.BaseTransport | None = None) -> Exit:
    """Ask the backend first, store then: what is stored works."""
    existing = None
    if path.exists():
        try:
            existing = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadConfig(f"{path} is there but cannot be read: repair or remove it ({error})") from error
    values = {"url": pairing.url or "", "agent_id": pairing.agent_id or "", "agent_key": pairing.agent_key or ""}
    if pairing.terminal is not None or existing is None:
        values["terminal"] = pairing.terminal or TerminalKind.usual()
    text = configuration(existing, values)
    config = Config.parse(text, path, {})
    backend = Backend(config, transport)
    try:
        live = backend.heartbeat(None, clock)
    except KeyRefused:
        log.error("the backend refused this agent id and key: copy both from the dashboard again; nothing was stored")
        return Exit.KEY_REFUSED
    except BackendUnavailable as error:
        log.error("the backend cannot be asked, so nothing was stored: %s", error)
        return Exit.UNREACHABLE
    finally:
        backend.close()
    try:
        write_private(path, text)
    except OSError as error:
        raise BadConfig(f"{path} cannot be written: {error}") from error
    say(f"Paired: trading mode {live.trading_mode}. Stored in {path}, readable by you only.")
    say("Next: `forexelite_agent.py doctor` looks at everything else, `forexelite_agent.py run` starts trading.")
    return Exit.STOPPED


# ----------------------------------------------------------------------------------------------------------------------
# The doctor: everything that can be wrong on a machine, each thing by its name, with what to click


class Verdict(StrEnum):
    OK = "ok"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True)
class Finding:
    name: str
    verdict: Verdict
    says: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{self.verdict:6}{self.name:20}{self.says}"
        return f"{line}\n{'':26}> {self.remedy}" if self.remedy else line


@dataclass(frozen=True)
class TerminalFacts:
    """`terminal_info()` and `account_info()` as MetaTrader's package gives them, None when it gave none."""

    terminal: Any
    account: Any
    error: tuple[int, str]

    @classmethod
    def ask(cls, mt5: Any, config: Config) -> TerminalFacts:  # noqa: ANN401 - see metatrader5
        path, options = initialization(config)
        if not mt5.initialize(*path, **options):
            return cls(None, None, mt5.last_error())
        try:
            return cls(mt5.terminal_info(), mt5.account_info(), mt5.last_error())
        finally:
            mt5.shutdown()


@dataclass(frozen=True)
class Doctor:
    """Looks at one thing after the other. What cannot be looked at because of another finding is left out."""

    SKEW: ClassVar[timedelta] = timedelta(seconds=5)
    LEAST_DISK: ClassVar[int] = 500 * 2**20
    AUTH_FAILED: ClassVar[int] = -6

    path: Path
    environment: Mapping[str, str]
    clock: Clock
    open_terminal: Callable[[Config, Clock], Terminal]
    terminal: TerminalKind | None = None
    transport: httpx.BaseTransport | None = None
    mt5: Callable[[], Any] = metatrader5
    free_disk: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    access_list: Callable[[Path], str] | None = access_list if sys.platform == "win32" else None
    patience: float = 60

    def examine(self) -> Iterator[Finding]:
        try:
            config = Config.load(self.path, self.environment)
        except BadConfig as error:
            yield Finding("configuration", Verdict.WRONG, str(error), "correct it, or run `pair` again")
            return
        yield from self._file(config)
        if self.terminal is not None:
            config = replace(config, terminal=self.terminal)
        state = [*self._state(config)]
        yield from state
        live, findings = self._backend(config)
        yield from findings
        if config.terminal is TerminalKind.MT5:
            facts, findings = self._package(config)
            yield from findings
            if facts is None:
                return
            yield from self._metatrader(config, facts)
            if facts.terminal is None or facts.account is None:
                return
        # A terminal keeps things in the state folder.
        if state[0].verdict is Verdict.OK:
            yield from self._symbols(config, live)

    def _file(self, config: Config) -> Iterator[Finding]:
        if self.access_list is not None:
            try:
                others = readable_by_others(self.access_list(self.path))
            except OSError as error:
                yield Finding("configuration", Verdict.NOTE, f"who can read {self.path} is not known: {error}")
                return
            if others:
                yield Finding(
                    "configuration",
                    Verdict.WRONG,
                    f"{self.path} holds the agent key but others on this machine can read it",
                    "run `pair` again: it stores the file readable by you only",
                )
                return
        yield Finding("configuration", Verdict.OK, f"{self.path}, agent {config.agent_id}")

    def _state(self, config: Config) -> Iterator[Finding]:
        folder = config.state_dir
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe(folder)
        except OSError as error:
            yield Finding(
                "state folder",
                Verdict.WRONG,
                f"{folder} cannot be written: {error.strerror}",
                "choose a folder of yours as state_dir in the configuration",
            )
            return
        yield Finding("state folder", Verdict.OK, str(folder))
        free = self.free_disk(folder)
        if free < self.LEAST_DISK:
            says = f"only {free // 2**20} MB are free: the journal must be written before each order"
            yield Finding("disk", Verdict.WRONG, says, "empty the recycle bin, remove old logs of the terminal")
        else:
            yield Finding("disk", Verdict.OK, f"{free // 2**20} MB free")
        try:
            with only_agent(folder):
                yield Finding("other agent", Verdict.OK, "none is running here")
        except AlreadyRunning:
            says = "an agent is running here already: fine if it is the one you started"
            yield Finding("other agent", Verdict.NOTE, says, "stop it before you start another one")

    def _backend(self, config: Config) -> tuple[Live | None, list[Finding]]:
        backend = Backend(config, self.transport)
        try:
            live = backend.heartbeat(None, self.clock)
        except KeyRefused:
            says = "the backend refused the key: it was rotated or revoked, or belongs to another agent id"
            return None, [
                Finding("backend", Verdict.OK, config.url),
                Finding("agent key", Verdict.WRONG, says, "Agents, Rotate key in the dashboard, then `pair` again"),
            ]
        except BackendUnavailable as error:
            if any(isinstance(cause, ssl.SSLError) for cause in causes_of(error)):
                remedy = "set the clock right; switch off HTTPS scanning in the antivirus or proxy for this address"
                return None, [Finding("TLS", Verdict.WRONG, f"no trusted connection to {config.url}: {error}", remedy)]
            remedy = f"open {config.url} in a browser on this machine; check `url`, firewall and proxy"
            return None, [Finding("backend", Verdict.WRONG, str(error), remedy)]
        finally:
            backend.close()
        findings = [
            Finding("backend", Verdict.OK, f"{config.url}, trading mode {live.trading_mode}"),
            Finding("agent key", Verdict.OK, "accepted"),
        ]
        skew = abs(live.clock_offset)
        if skew > self.SKEW:
            says = f"this machine's clock is {skew.total_seconds():.0f} seconds off"
            findings.append(Finding("clock", Verdict.WRONG, says, "Settings, Time & language, Date & time, Sync now"))
        else:
            findings.append(Finding("clock", Verdict.OK, f"{skew.total_seconds():.1f} seconds off"))
        return live, findings

    def _package(self, config: Config) -> tuple[TerminalFacts | None, list[Finding]]:
        try:
            mt5 = self.mt5()
        except BadConfig as error:
            return None, [Finding("Python package", Verdict.WRONG, str(error), "on Windows: start the agent with uv")]
        found = Finding("Python package", Verdict.OK, f"MetaTrader5 {getattr(mt5, '__version__', '')}".rstrip())
        try:
            return within(self.patience, lambda: TerminalFacts.ask(mt5, config)), [found]
        except TimeoutError:
            says = f"the terminal did not answer within {self.patience:.0f} seconds"
            remedy = "end terminal64.exe in the Task Manager and start the terminal again"
            return None, [found, Finding("terminal", Verdict.WRONG, says, remedy)]

    def _metatrader(self, config: Config, facts: TerminalFacts) -> Iterator[Finding]:
        info, account = facts.terminal, facts.account
        if info is None and facts.error[0] != self.AUTH_FAILED:
            where = f"at {config.mt5_path}" if config.mt5_path else "on this machine"
            says = f"no MetaTrader 5 terminal was found {where}: {facts.error[1]} ({facts.error[0]})"
            remedy = "start the terminal once by hand; name one of several: [mt5] path = 'C:\\MT5\\terminal64.exe'"
            yield Finding("terminal", Verdict.WRONG, says, remedy)
            return
        if info is not None:
            yield Finding("terminal", Verdict.OK, f"{info.name} build {info.build} in {info.path}")
        if account is None or not account.login:
            says = "the terminal is logged in to no account"
            yield Finding("login", Verdict.WRONG, says, "File, Login to Trade Account, with Save password ticked")
        else:
            yield Finding("login", Verdict.OK, f"{account.login}@{account.server}")
        if info is not None:
            yield from self._permissions(info)
            yield from self._installation(info)
        if account is not None:
            yield from self._account(config, account)

    @staticmethod
    def _permissions(info: Any) -> Iterator[Finding]:  # noqa: ANN401 - terminal_info()
        for name, right, good, says, remedy in (
            (
                "connection",
                info.connected,
                "to the broker's server",
                "the terminal has no connection to the broker's server",
                "click the connection state at the bottom right of the terminal, Rescan servers; check the password",
            ),
            (
                "algo trading",
                info.trade_allowed,
                "on",
                "the Algo Trading button is off",
                "press Algo Trading in the toolbar (Ctrl+E), which is also Tools, Options, Expert Advisors, Allow "
                "algorithmic trading",
            ),
            (
                "API option",
                not info.tradeapi_disabled,
                "allowed",
                "the terminal forbids trading by the external Python API",
                "Tools, Options, Expert Advisors: untick Disable algorithmic trading via external Python API",
            ),
        ):
            yield Finding(name, Verdict.OK, good) if right else Finding(name, Verdict.WRONG, says, remedy)

    def _account(self, config: Config, account: Any) -> Iterator[Finding]:  # noqa: ANN401 - account_info()
        if not account.trade_allowed:
            says = "this login may not trade: the read-only (investor) password, or closed by the broker"
            yield Finding("account", Verdict.WRONG, says, "log in with the main password")
        elif not account.trade_expert:
            says = "the broker forbids algorithmic trading on this account"
            yield Finding(
                "account", Verdict.WRONG, says, "ask the broker to allow expert advisors, or use another account"
            )
        else:
            yield Finding("account", Verdict.OK, "may trade, by programs too")
        mode = {0: "demo", 1: "contest"}.get(account.trade_mode, "real")
        name = f"{account.login}@{account.server}"
        if mode == "real" and not self._is_live(config, name):
            remedy = "log in to a demo account, or start the agent once with `run --live`"
            yield Finding("account type", Verdict.WRONG, NOT_LIVE.format(account=name), remedy)
        else:
            yield Finding("account type", Verdict.OK, mode)

    @staticmethod
    def _is_live(config: Config, account: str) -> bool:
        path = config.state_dir / "journal.db"
        if not path.exists():
            return False
        journal = Journal(path)
        try:
            return journal.allows_live(account)
        finally:
            journal.close()

    def _installation(self, info: Any) -> Iterator[Finding]:  # noqa: ANN401 - terminal_info()
        installation = Installation(Path(info.path), Path(info.data_path))
        editor = installation.install / "metaeditor64.exe"
        if editor.is_file():
            yield Finding("MetaEditor", Verdict.OK, str(editor))
        else:
            remedy = "install MetaTrader 5 again from the broker's page: it brings MetaEditor"
            yield Finding("MetaEditor", Verdict.WRONG, f"{editor} is missing: experts cannot be compiled", remedy)
        data = installation.data
        if " " in str(data):
            yield Finding("data folder path", Verdict.WRONG, f"{data}: {PATH_WITH_SPACES}", "only experts need this")
        else:
            yield Finding("data folder path", Verdict.OK, "no spaces in it")
        try:
            probe(data / "MQL5" / "Files")
        except OSError as error:
            remedy = "give yourself full control: folder's Properties, Security, Edit"
            says = f"{data / 'MQL5' / 'Files'} cannot be written: {error.strerror}"
            yield Finding("data folder", Verdict.WRONG, says, remedy)
            return
        yield Finding("data folder", Verdict.OK, str(data))
        status = Bridge(installation, self.clock, self.clock.sleep).status()
        if status is None:
            remedy = "drag ForexEliteBridge from the Navigator onto any chart; only experts need it"
            yield Finding("bridge", Verdict.NOTE, "ForexEliteBridge is not running", remedy)
        elif info.trade_allowed and not status.may_trade:
            remedy = "chart, right click, Expert list, ForexEliteBridge, Properties: Allow Algo Trading"
            yield Finding("bridge", Verdict.WRONG, "ForexEliteBridge may not trade, so neither may its experts", remedy)
        else:
            yield Finding("bridge", Verdict.OK, f"running, {len(status.charts)} experts on charts")

    def _symbols(self, config: Config, live: Live | None) -> Iterator[Finding]:
        try:
            terminal = self.open_terminal(config, self.clock)
        except (AgentError, OSError, sqlite3.Error) as error:
            yield Finding("terminal", Verdict.WRONG, f"cannot be opened: {error}", "look at its settings above")
            return
        try:
            if config.terminal is TerminalKind.SIM:
                state = terminal.state()
                yield Finding("terminal", Verdict.OK, f"simulated, the broker is {config.sim_state_file}")
                yield from self._permissions(SimpleNamespace(**vars(state), tradeapi_disabled=state.api_disabled))
            if live is None:
                return
            wanted = sorted({*(live.instruments or ()), *live.symbol_map})
            missing = []
            for instrument in wanted:
                try:
                    resolve_symbol(instrument, live.symbol_map, terminal)
                except JobFailed as failure:
                    missing.append(failure.message)
                except TerminalUnavailable as error:
                    yield Finding("terminal", Verdict.WRONG, str(error), "end the terminal and start it again")
                    return
            if missing:
                yield Finding("symbols", Verdict.WRONG, "; ".join(missing), "correct the symbol map in the dashboard")
            else:
                yield Finding("symbols", Verdict.OK, ", ".join(wanted) or "none is asked for at the moment")
        finally:
            terminal.close()


def probe(folder: Path) -> None:
    with tempfile.TemporaryFile(dir=folder):
        pass


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def within(seconds: float, call: Callable[[], Told]) -> Told:
    """The terminal's calls can hang for ever: the thread is left behind then, and ends with the process."""
    answer: futures.Future[Told] = futures.Future()

    def work() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=work, name="asking the terminal", daemon=True).start()
    return answer.result(seconds)


def doctor(examination: Doctor) -> Exit:
    wrong = 0
    for finding in examination.examine():
        say(str(finding))
        wrong += finding.verdict is Verdict.WRONG
    what = "One thing is" if wrong == 1 else f"{wrong} things are"
    say(f"\n{what} wrong." if wrong else "\nAll is well.")
    return Exit.UNHEALTHY if wrong else Exit.STOPPED


# ----------------------------------------------------------------------------------------------------------------------
# Dry run


def dry_run(config: Config, clock: Clock, transport: httpx.BaseTransport | None = None) -> Exit:
    """What a run would find and do. Nothing is claimed, sent, reported or looked up at the broker: a claimed job would
    be taken from the run that is to do it. One heartbeat, because without its answer nothing is ever done."""
    terminal = open_terminal(config, clock)
    backend = Backend(config, transport, lambda waiting: say(f"{waiting} jobs wait; they are left where they are"))
    journal = Journal(config.state_dir / "journal.db")
    try:
        account = terminal.account()
        live = backend.heartbeat(Status(terminal.state(), account), clock)
        say(f"{account.name} ({account.trade_mode}), equity {account.equity}")
        worker = Worker(terminal, journal, lambda: live, clock, clock.sleep, config.reconcile_seconds)
        try:
            worker.refuse_entries()
            say(f"trading mode {live.trading_mode}: entries and exits would be sent")
        except JobFailed as failure:
            say(f"entries would be refused: {failure.message}")
        for instrument in sorted({*(live.instruments or ()), *live.symbol_map}):
            try:
                symbol = resolve_symbol(instrument, live.symbol_map, terminal)
            except JobFailed as failure:
                say(f"{instrument}: {failure.message}")
                continue
            tick = terminal.tick(symbol.name)
            price = "no price" if tick is None else f"{tick.bid} / {tick.ask}"
            say(f"{instrument}: {symbol.name} at {price}, {symbol.volume_min} to {symbol.volume_max} lots")
        for job in journal.unfinished():
            sent = any(outcome is None for _, outcome in journal.intents(job.id))
            say(f"{job.job_type} job {job.id}: " + ("its order would be looked for" if sent else "would be done now"))
        for report in journal.unreported():
            say(f"job {report.job_id}: its result ({report.result['status']}) would be reported")
    except KeyRefused as error:
        log.error("%s", error)
        return Exit.KEY_REFUSED
    except BackendUnavailable as error:
        log.error("the backend cannot be asked: %s", error)
        return Exit.UNREACHABLE
    except TerminalUnavailable as error:
        log.error("%s", error)
        return Exit.UNREACHABLE
    finally:
        journal.close()
        backend.close()
        terminal.close()
    say("Dry run: nothing was claimed, sent or reported.")
    return Exit.STOPPED


# ----------------------------------------------------------------------------------------------------------------------
# Windows starts it by itself


TASK: Final = "ForexElite Agent"


def task_definition(command: Sequence[str], folder: Path, user: str) -> str:
    """A scheduled task in the user's own session, for a terminal without one cannot open charts.

    Windows restarts a task that could not start, not one that ended with an error: hence the repetition, which does
    nothing as long as the agent runs. Unless told otherwise it runs tasks below all other programs: hence the priority.
    """
    program, *arguments = command
    return f"""\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Trades ForexElite Pro's signals at the terminal of this machine.</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Repetition>
        <Interval>PT5M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
      <Enabled>true</Enabled>
      <UserId>{escape(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>{escape(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>255</Count>
    </RestartOnFailure>
    <Enabled>true</Enabled>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(program)}</Command>
      <Arguments>{escape(subprocess.list2cmdline(arguments))}</Arguments>
      <WorkingDirectory>{escape(str(folder))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def own_command(config_path: Path, uv: str | None) -> list[str]:
    """How to start this agent again. With uv where it is there: an environment that uv made may be gone tomorrow."""
    start = [sys.executable] if uv is None else [uv, "run", "--script"]
    return [*start, str(Path(__file__).resolve()), "run", "--config", str(config_path.resolve())]


def register_task(definition: Path) -> list[str]:
    return ["schtasks", "/Create", "/TN", TASK, "/XML", str(definition), "/F"]


def install(config_path: Path, config: Config) -> Exit:
    if sys.platform != "win32":
        raise BadConfig("install makes a scheduled task of Windows; elsewhere let systemd or cron start `run`")
    config.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    definition = config.state_dir / "task.xml"
    command = own_command(config_path, shutil.which("uv"))
    try:
        text = task_definition(command, Path(__file__).resolve().parent, windows_user())
        definition.write_text(text, "utf-16")
        program_output(register_task(definition))
    except OSError as error:
        raise BadConfig(f"the task was not installed: {error}") from error
    finally:
        definition.unlink(missing_ok=True)
    say(f'Installed: `{TASK}` starts the agent when you log on. Now: schtasks /Run /TN "{TASK}"')
    return Exit.STOPPED


def uninstall() -> Exit:
    if sys.platform != "win32":
        raise BadConfig("uninstall removes a scheduled task of Windows: there is none here")
    with suppress(OSError):
        program_output(["schtasks", "/End", "/TN", TASK])
    try:
        program_output(["schtasks", "/Delete", "/TN", TASK, "/F"])
    except OSError as error:
        raise BadConfig(f"the task was not removed: {error}") from error
    say("Uninstalled. Configuration, journal and logs are still there: keep the journal while results may be owed.")
    return Exit.STOPPED


# ----------------------------------------------------------------------------------------------------------------------
# Command line


def open_terminal(config: Config, clock: Clock) -> Terminal:
    match config.terminal:
        case TerminalKind.SIM:
            return SimTerminal(config.sim_state_file, clock, config.sim_history_days)
        case TerminalKind.MT5:
            return MetaTraderTerminal(metatrader5(), config, clock, start_of(config))


def open_experts(config: Config, clock: Clock, terminal: OwnedTerminal, pause: Callable[[float], None]) -> EaHost:
    match config.terminal:
        case TerminalKind.SIM:
            return SimExperts(config.sim_state_file, clock, pause)
        case TerminalKind.MT5:
            installation, symbol = terminal.ask(place_of_experts).result()
            return MetaTraderExperts(installation, clock, pause, start_of(config), symbol)


def place_of_experts(terminal: Terminal) -> tuple[Installation, str]:
    if not isinstance(terminal, MetaTraderTerminal):
        raise TypeError(f"a {type(terminal).__name__} is installed nowhere")
    return terminal.installation(), terminal.shown_symbol()


def start_of(config: Config) -> TerminalStart:
    return TerminalStart(config.state_dir / "terminal-start.json")


def run(config: Config, console: Console, *, once: bool, live: bool) -> Exit:
    config.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock = SystemClock()
    if config.terminal is TerminalKind.MT5:
        metatrader5()
    with only_agent(config.state_dir):
        log_to(log_file(config.state_dir), config.agent_key)
        agent = Agent(
            config,
            lambda: open_terminal(config, clock),
            clock,
            open_experts=lambda terminal, pause: open_experts(config, clock, terminal, pause),
            once=once,
            live=live,
            show=console.show if console.stream.isatty() else None,
        )

        def stop(number: int, _frame: FrameType | None) -> None:
            agent.stop_signal = signal.Signals(number)

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        where = "the simulated terminal" if config.terminal is TerminalKind.SIM else "MetaTrader 5"
        log.info("agent %s of %s started on %s", VERSION, config.url, where)
        code = agent.run()
        console.show("")
    log.info("stopped")
    return code


def command_line() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config",
        type=Path,
        default=Path(__file__).resolve().with_name("agent.toml"),
        metavar="FILE",
        help="default: agent.toml beside the agent",
    )
    terminal = argparse.ArgumentParser(add_help=False)
    terminal.add_argument(
        "--terminal",
        type=TerminalKind,
        choices=list(TerminalKind),
        help="MetaTrader 5 or the simulated one; default: what the configuration says",
    )
    parser = argparse.ArgumentParser(prog="forexelite_agent.py", description="Trades ForexElite Pro's signals.")
    commands = parser.add_subparsers(dest="command", required=True)
    pairs = commands.add_parser("pair", parents=[common, terminal], help="connect this machine to the backend")
    pairs.add_argument("--url", help="the backend's address")
    pairs.add_argument("--agent-id", metavar="ID")
    pairs.add_argument("--key-stdin", action="store_true", help="read the agent key from the standard input")
    commands.add_parser("doctor", parents=[common, terminal], help="look for everything that can be wrong")
    runs = commands.add_parser("run", parents=[common, terminal], help="take jobs until stopped")
    runs.add_argument("--once", action="store_true", help="take what is waiting, report it and end")
    runs.add_argument("--live", action="store_true", help="let it trade this REAL account, from now on")
    runs.add_argument("--dry-run", action="store_true", help="show what a run would find and do, and do nothing")
    commands.add_parser("install", parents=[common], help="start it at each log-on (Windows)")
    commands.add_parser("uninstall", help="start it by itself no longer (Windows)")
    return parser


def obey(options: argparse.Namespace, environment: Mapping[str, str], console: Console) -> Exit:
    clock = SystemClock()
    match options.command:
        case "uninstall":
            return uninstall()
        case "pair":
            key = sys.stdin.readline().strip() if options.key_stdin else environment.get("FOREXELITE_AGENT_KEY")
            given = Pairing(options.url, options.agent_id, key or None, options.terminal)
            return pair(options.config, given.completed(), clock)
        case "doctor":
            return doctor(Doctor(options.config, environment, clock, open_terminal, options.terminal))
    config = Config.load(options.config, environment)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(Redacted(config.agent_key))
    if options.command == "install":
        return install(options.config, config)
    config = replace(config, terminal=options.terminal or config.terminal)
    if options.dry_run:
        config.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return dry_run(config, clock)
    return run(config, console, once=options.once, live=options.live)


def main(arguments: Sequence[str]) -> Exit:
    # A double click is a run.
    options = command_line().parse_args(arguments or ["run"])
    console = Console(sys.stderr)
    log_to(console)
    log.setLevel(logging.INFO)
    try:
        return obey(options, os.environ, console)
    except NotPaired as error:
        say(str(error))
        return Exit.BAD_CONFIG
    except BadConfig as error:
        log.error("%s", error)
        return Exit.BAD_CONFIG
    except AlreadyRunning as error:
        log.error("%s", error)
        return Exit.ALREADY_RUNNING
    except KeyboardInterrupt:
        return Exit.STOPPED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
