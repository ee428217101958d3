"""The agent at MetaTrader, whose part `FakeMt5` plays: a worker with time standing still, and the whole agent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from fake_mt5 import FakeMt5

import forexelite_agent as agent
from support import Desk, FakeBackend, config


@dataclass
class Mt5Desk(Desk):
    mt5: FakeMt5 = field(default_factory=FakeMt5)
    limits: agent.Limits = field(default_factory=agent.Limits)

    def open(self) -> None:
        super().open()
        self.mt5.clock = self.clock
        self.clock.on_sleep = self.tick
        self.tick()
        # The package of a new process has no thread yet.
        self.mt5.new_process()
        self.metatrader = agent.MetaTraderTerminal(
            self.mt5,
            config(self.folder),
            self.clock,
            agent.TerminalStart(self.folder / "terminal-start.json"),
        )
        self.worker = agent.Worker(
            terminal=self.metatrader,
            journal=self.journal,
            live=lambda: agent.Live(self.mode, self.symbol_map, 30, self.clock_offset),
            clock=self.clock,
            pause=self.clock.sleep,
            reconcile_seconds=30,
            limits=self.limits,
        )

    def close(self) -> None:
        self.metatrader.close()
        super().close()

    def restart(self) -> None:
        self.close()
        self.open()

    def tick(self) -> None:
        """Each open market has a new price of the old height."""
        for instrument in self.mt5.instruments.values():
            if not instrument.closed:
                self.mt5.quote(instrument.name)

    def hang(self, name: str) -> None:
        """The next call of this function hangs, and is not waited for as long as usual."""
        self.mt5.hanging[name] = threading.Event()
        self.lose_patience()

    def lose_patience(self) -> None:
        self.metatrader._calls._patience = 0.05

    def release(self) -> None:
        """The call that hung comes back."""
        self.mt5.release()
        futures.wait([self.metatrader._calls._last], 20)
        self.metatrader._calls._patience = self.metatrader.CALL_SECONDS

    def learn_clock(self) -> None:
        for _ in range(4):
            self.metatrader.state()
            self.clock.sleep(1)


def request(**given: Any) -> agent.OrderRequest:
    usual: dict[str, Any] = {
        "symbol": "EURUSD",
        "side": agent.Side.BUY,
        "volume": Decimal("0.10"),
        "price": Decimal("1.10008"),
        "sl": None,
        "tp": None,
        "deviation": 20,
        "magic": 770001,
        "comment": "FEAAAAAAAAAAAAAAAAAAAA",
        "position": None,
        "filling": agent.Filling.IOC,
    }
    return agent.OrderRequest(**{**usual, **given})


@contextmanager
def running_at_metatrader(
    folder: Path,
    backend: FakeBackend,
    url: str,
    mt5: FakeMt5,
    *,
    patience: float = 20,
    silence: float = 0.3,
    **tunables: Any,
) -> Iterator[agent.Agent]:
    """The whole agent over HTTP; it ends as it should when the test is done."""
    clock = agent.SystemClock()
    kind = agent.TerminalKind.MT5
    given = replace(config(folder), url=url, terminal=kind, doorbell=False, reconcile_seconds=silence, **tunables)
    start = agent.TerminalStart(folder / "terminal-start.json")
    terminal = agent.MetaTraderTerminal(mt5, given, clock, start, patience)
    whole = agent.Agent(
        given,
        lambda: terminal,
        clock,
        open_experts=lambda owned, pause: agent.open_experts(given, clock, owned, pause),
    )
    ended: list[agent.Exit] = []
    thread = threading.Thread(target=lambda: ended.append(whole.run()))
    thread.start()
    try:
        yield whole
    finally:
        whole.stop()
        thread.join(20)
    assert ended == [agent.Exit.STOPPED]
