"""A thousand seeded runs in which the agent dies, the broker answers badly and the backend's answers get lost.

One half dies before or after steps of the journal, the broker and the network, the other at a random instruction of the
agent's. Whatever happens: at most one order per opening job, no position closed twice, every job reported, and reported
as what the broker's books show.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Any

import httpx
import pytest

import forexelite_agent as agent
from support import MAGIC, Desk, FakeBackend, config, trade

JOURNAL_STEPS = ("claim", "begin_send", "settle", "finish", "acknowledge", "refuse")
BROKER_STEPS = ("order_send", "positions", "deals")
RUNS = 500
# About what the agent executes for one job, from its claim to its acknowledgement.
JOB_INSTRUCTIONS = 9_000


class Killed(BaseException):
    """SIGKILL: seen by no handler of the agent."""


@dataclass
class Tally:
    """What happened in all runs of one kind."""

    deaths: Counter[str] = field(default_factory=Counter)
    signals: int = 0
    orders: int = 0
    executed: int = 0
    reports: int = 0


class Crash:
    """What a power cut would leave on the disk: the files as they are at that moment, uncommitted work included.

    Python unwinds a killed agent through its `finally` and `except BaseException`: nothing that happens there counts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._image: dict[str, bytes] = {}

    def happens(self) -> None:
        for name in ("journal.db", "journal.db-wal", "broker.db", "broker.db-wal"):
            with suppress(FileNotFoundError):
                self._image[name] = (self._folder / name).read_bytes()

    def restore(self) -> None:
        for leftover in self._folder.glob("*.db-*"):
            leftover.unlink()
        for name, content in self._image.items():
            (self._folder / name).write_bytes(content)
        self._image = {}


class Executioner:
    """Kills at the n-th instruction of the agent's. The broker's own are not counted: it is another party, to which an
    order has come or not."""

    FILE = agent.__file__

    def __init__(self, instructions: int, died: Callable[[str], None]) -> None:
        self._left = instructions
        self._died = died

    def __enter__(self) -> None:
        sys.settrace(self._called)

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _called(self, frame: FrameType, event: str, _argument: object) -> Any:
        if frame.f_code.co_filename != self.FILE or frame.f_code.co_qualname.startswith(("SimTerminal", "_")):
            return None
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return self._executed

    def _executed(self, frame: FrameType, event: str, _argument: object) -> Any:
        if event == "opcode":
            self._left -= 1
            if self._left == 0:
                self._died(frame.f_code.co_qualname)
                raise Killed
        return self._executed


class Reaper:
    """Kills before or after a step, with a chance that shrinks so that every run comes to its end."""

    def __init__(self, rng: random.Random, died: Callable[[str], None] = lambda _: None, chance: float = 0.25) -> None:
        self._rng = rng
        self._died = died
        self._chance = chance

    def step(self, name: str) -> None:
        if self._rng.random() < self._chance:
            self._chance *= 0.6
            self._died(name)
            raise Killed

    def watch(self, owner: object, names: tuple[str, ...]) -> None:
        for name in names:
            setattr(owner, name, self._watched(name, getattr(owner, name)))

    def _watched(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: object) -> object:
            self.step(f"before {name}")
            answer = call(*arguments)
            self.step(f"after {name}")
            return answer

        return watched


def bad_luck(desk: Desk, rng: random.Random) -> None:
    """What brokers do. Executed or not, with an answer or without."""
    for _ in range(rng.randrange(4)):
        match rng.randrange(5):
            case 0:
                desk.broker.fault("answer_none")
            case 1:
                desk.broker.fault("retcode", rng.choice([10012, 10031, 10011]), executed=rng.random() < 0.5)
            case 2:
                desk.broker.fault("retcode", rng.choice([10004, 10020, 10021, 10030]))
            case 3:
                desk.broker.fault("retcode", rng.choice([10006, 10019]))
            case _:
                desk.broker.fault("partial")


def jobs_of(rng: random.Random) -> Iterator[dict[str, Any]]:
    for _ in range(rng.randint(1, 3)):
        yield trade(rng.choice(["buy", "sell"]))
    if rng.random() < 0.7:
        part: dict[str, Any] = {"volume": Decimal("0.15")} if rng.random() < 0.3 else {}
        yield trade("close", **part)


class Run:
    """One agent's lives, from its first job to the last report."""

    def __init__(self, folder: Path, seed: int, tally: Tally, *, at_instructions: bool) -> None:
        self.rng = random.Random(seed)
        self.tally = tally
        self.at_instructions = at_instructions
        self.desk = Desk(folder)
        self.crash = Crash(folder)
        self.reaper = Reaper(self.rng, self.died, 0 if at_instructions else 0.25)
        self.backend = FakeBackend()
        for given in jobs_of(self.rng):
            self.backend.enqueue(given)
        bad_luck(self.desk, self.rng)
        self.client = agent.Backend(config(folder), httpx.MockTransport(self.network))

    def died(self, where: str) -> None:
        self.tally.deaths[where] += 1
        self.crash.happens()

    def network(self, request: httpx.Request) -> httpx.Response:
        self.reaper.step("before a request")
        response = self.backend.respond(request)
        self.reaper.step("after a request")
        if self.rng.random() < 0.1:
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response

    def live(self) -> None:
        desk, reporter = self.desk, agent.Reporter(self.client, self.desk.journal)
        desk.resume()
        while True:
            try:
                given = self.client.claim()
                if given is None and not desk.journal.unreported():
                    return
                if given is not None:
                    desk.worker.run(given)
                reporter.deliver()
            except agent.BackendUnavailable:
                if self.rng.random() < 0.3:
                    self.backend.expire_leases()

    def live_until_killed(self, instructions: int | None) -> None:
        if instructions is None:
            if not self.at_instructions:
                self.reaper.watch(self.desk.journal, JOURNAL_STEPS)
                self.reaper.watch(self.desk.terminal, BROKER_STEPS)
            self.live()
            return
        with Executioner(instructions, self.died):
            self.live()

    def live_on(self) -> None:
        chance = 1.0
        jobs = len(self.backend.jobs)
        while any(enqueued.result is None for enqueued in self.backend.jobs.values()):
            instructions = None
            if self.at_instructions and self.rng.random() < chance:
                instructions = self.rng.randint(1, JOB_INSTRUCTIONS * jobs)
                chance *= 0.7
            try:
                self.live_until_killed(instructions)
            except Killed:
                self.desk.close()
                self.crash.restore()
                self.desk.open()
            # A job whose delivery got lost comes back when its lease has run out.
            self.backend.expire_leases()
        self.desk.close()
        self.client.close()

    def judge(self) -> None:
        deals = self.desk.broker.deals()
        for enqueued in self.backend.jobs.values():
            assert enqueued.result is not None
            result, given = enqueued.result, enqueued.job["input"]
            orders = self.desk.broker.orders(given["comment"])
            filled = [deal for deal in deals if deal["comment"].startswith(given["comment"])]
            booked = sum(Decimal(deal["volume"]) for deal in filled)
            if given["side"] != "close":
                assert len(orders) <= 1, "one signal, one order"
                assert (result["status"] == "completed") == (len(orders) == 1), result
                self.tally.signals += 1
                self.tally.orders += len(orders)
                self.tally.executed += result["status"] == "completed"
            elif "volume" in given:
                assert booked <= given["volume"], "closed more than was asked for"
            assert result["output"].get("volume", 0) == booked, "reported what the books do not show"
            self.tally.reports += enqueued.acknowledgements
        opened = {row["position"]: Decimal(row["volume"]) for row in deals if row["entry"] == "in"}
        for ticket, volume in opened.items():
            closed = sum(Decimal(row["volume"]) for row in deals if row["position"] == ticket and row["entry"] == "out")
            assert closed <= volume
        assert all(row["magic"] == MAGIC for row in deals)


def live_through(folder: Path, seeds: range, *, at_instructions: bool) -> Tally:
    tally = Tally()
    for seed in seeds:
        run = Run(folder / str(seed), seed, tally, at_instructions=at_instructions)
        try:
            run.live_on()
            run.judge()
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        shutil.rmtree(folder / str(seed))
    assert tally.orders == tally.executed, "every signal executed is one order, and the other way round"
    return tally


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """No disk: nobody pulls the plug of this machine."""
    if not Path("/dev/shm").is_dir():  # noqa: S108 - not a fixed name in it
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


def show(tally: Tally, what: str, began: float, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stdout.write(
            f"\n{RUNS} runs, killed {tally.deaths.total()} times {what}: {tally.signals} signals to open, "
            f"{tally.executed} executed, {tally.orders} orders, {tally.reports} acknowledgements; "
            f"{perf_counter() - began:.0f} s\n"
        )


def test_killed_at_any_step_one_signal_is_one_order_and_every_job_is_reported(
    memory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = perf_counter()
    tally = live_through(memory, range(RUNS), at_instructions=False)
    show(tally, "at steps", began, capsys)
    steps = (*JOURNAL_STEPS[:-1], *BROKER_STEPS, "a request")
    assert [when for step in steps for when in (f"before {step}", f"after {step}") if not tally.deaths[when]] == []


def test_killed_at_any_instruction_one_signal_is_one_order_and_every_job_is_reported(
    memory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = perf_counter()
    tally = live_through(memory, range(RUNS, 2 * RUNS), at_instructions=True)
    show(tally, f"at instructions of {len(tally.deaths)} functions", began, capsys)
    assert tally.deaths.total() >= RUNS, "too few deaths to show anything"
    # The moments that matter: around the order, and in the journal's transactions.
    for function in ("Worker._execute", "Worker._send", "Journal.begin_send", "Journal.settle", "Journal.finish"):
        assert tally.deaths[function] > 0, f"nobody was killed in {function}"
