"""The real script as a process, against a real HTTP server: how it ends, and that SIGKILL doubles nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any, Final

import pytest

import forexelite_agent as agent
from support import AGENT_ID, KEY, BrokerFile, FakeBackend, FrozenClock, eventually, hang_bell, job, serve, trade

SCRIPT = Path(agent.__file__)

# The broker's own instructions are not counted: an order has come to it or not.
DYING: Final = """
import os, signal, sys, threading
sys.path.insert(0, {folder!r})
import forexelite_agent as agent

left = {instruction}

def called(frame, event, argument):
    if frame.f_code.co_filename != agent.__file__ or frame.f_code.co_qualname.startswith(("Sim", "_")):
        return None
    frame.f_trace_lines, frame.f_trace_opcodes = False, True
    return executed

def executed(frame, event, argument):
    global left
    if event == "opcode":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return executed

threading.settrace(called)
sys.exit(agent.main(["run", "--terminal", "sim", "--once", "--config", {config!r}]))
"""


@dataclass
class Station:
    """A configured agent that can be started, killed and started again."""

    folder: Path
    backend: FakeBackend
    url: str
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        # The broker is there before its first client, so that faults can be set.
        agent.SimTerminal(self.folder / "broker.db", FrozenClock()).close()
        self.broker = BrokerFile(self.folder / "broker.db")
        self.journal = BrokerFile(self.folder / "state" / "journal.db")
        self.config = self.folder / "agent.toml"
        self.config.touch(mode=0o600)
        self.configure(reconcile_seconds=0.5)

    def configure(self, **tunables: float) -> None:
        self.config.write_text(
            f'url = "{self.url}"\nagent_id = "{AGENT_ID}"\nagent_key = "{KEY}"\nstate_dir = "state"\n'
            + "".join(f"{name} = {seconds}\n" for name, seconds in tunables.items())
            + '[sim]\nstate_file = "broker.db"\n'
        )

    def start(self, *options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-B", str(SCRIPT), "run", "--config", str(self.config), "--terminal", "sim"]
        self.started.append(subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True))  # noqa: S603
        return self.started[-1]

    def die_at(self, instruction: int) -> bool:
        """Run once; whether it came to its n-th instruction, and so to its end."""
        code = DYING.format(folder=str(SCRIPT.parent), config=str(self.config), instruction=instruction)
        self.backend.expire_leases()
        self.started.append(
            subprocess.Popen([sys.executable, "-B", "-c", code], stderr=subprocess.PIPE, text=True)  # noqa: S603
        )
        code_of_end, _ = self.ended(self.started[-1])
        assert code_of_end in (0, -signal.SIGKILL)
        return code_of_end != 0

    def finish(self, process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        process.send_signal(number)
        return self.ended(process)

    def ended(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        _, log = process.communicate(timeout=20)
        assert KEY not in log
        return process.returncode, log

    def kill(self, process: subprocess.Popen[str]) -> None:
        assert self.finish(process, signal.SIGKILL)[0] == -signal.SIGKILL

    def run_until_reported(self, job_id: str) -> dict[str, Any]:
        process = self.start()
        self.backend.until(lambda: self.backend.jobs[job_id].acknowledgements > 0)
        code, _ = self.finish(process)
        assert code == 0
        result = self.backend.jobs[job_id].result
        assert result is not None
        assert self.stage(job_id) == "acknowledged"
        assert self.backend.jobs[job_id].acknowledgements == 1
        return result

    def kill_when_claimed(self, job_id: str) -> None:
        """Without a connection the agent waits with the job claimed and nothing sent."""
        self.configure(reconcile_seconds=60)
        self.broker.fault("disconnected")
        process = self.start()
        self.backend.until(lambda: self.backend.jobs[job_id].status == "running")
        eventually(lambda: self.stage(job_id) == "claimed", "the job is claimed")
        self.kill(process)
        self.broker.heal()

    def stage(self, job_id: str) -> str | None:
        rows = self.journal.rows("select stage from jobs where job_id = ?", job_id)
        return rows[0]["stage"] if rows else None

    def knows_reported(self, deal: int) -> bool:
        return bool(self.journal.rows("select 1 from reported_deals where ticket = ?", deal))

    def fault_taken(self, kind: str) -> Callable[[], bool]:
        return lambda: bool(self.broker.rows("select 1 from faults where kind = ? and taken_at is not null", kind))


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    backend = FakeBackend()
    with serve(backend) as url:
        station = Station(tmp_path, backend, url)
        yield station
        for process in station.started:
            if process.poll() is None:
                process.kill()
            process.communicate()


# SIGKILL


def test_killed_when_claimed_it_sends_one_order_after_the_restart(station: Station) -> None:
    job_id = station.backend.enqueue(trade("buy", not_after=datetime.now(UTC) + timedelta(seconds=60)))
    station.kill_when_claimed(job_id)
    assert station.run_until_reported(job_id)["status"] == "completed"
    assert len(station.broker.orders()) == 1


def test_killed_before_the_broker_executed_it_sends_nothing_and_says_unknown(station: Station) -> None:
    station.broker.fault("stall_before_ms", 60_000)
    job_id = station.backend.enqueue(trade("buy"))
    process = station.start()
    eventually(station.fault_taken("stall_before_ms"), "the order is under way")
    assert station.stage(job_id) == "sending"
    station.kill(process)
    result = station.run_until_reported(job_id)
    assert (result["status"], result["reason_code"]) == ("failed", "unknown_outcome")
    assert station.broker.orders() == []


def test_killed_after_the_broker_executed_it_finds_and_reports_the_one_order(station: Station) -> None:
    station.broker.fault("stall_after_ms", 60_000)
    job_id = station.backend.enqueue(trade("buy"))
    process = station.start()
    eventually(lambda: len(station.broker.orders()) == 1, "the broker has executed the order")
    assert station.stage(job_id) == "sending"
    station.kill(process)
    result = station.run_until_reported(job_id)
    [order] = station.broker.orders()
    assert (result["status"], result["output"]["ticket"]) == ("completed", order["ticket"])


def test_killed_before_the_acknowledgement_it_reports_again(station: Station) -> None:
    asked, release = Event(), Event()

    def hold_results(_method: str, path: str, _body: object) -> int | None:
        if path.endswith("/result") and not release.is_set():
            asked.set()
            return 503
        return None

    station.backend.interrupt = hold_results
    job_id = station.backend.enqueue(trade("buy"))
    process = station.start()
    assert asked.wait(20)
    assert station.stage(job_id) == "done"
    station.kill(process)
    release.set()
    assert station.run_until_reported(job_id)["status"] == "completed"
    assert len(station.broker.orders()) == 1


def test_killed_after_the_backend_heard_but_before_the_agent_knows_it_reports_the_same_again(station: Station) -> None:
    heard = Event()

    def answer_is_lost(_method: str, path: str, body: Any) -> int | None:
        if path.endswith("/result") and not heard.is_set():
            job_id = path.split("/")[-2]
            enqueued = station.backend.jobs[job_id]
            enqueued.status = body["status"]
            enqueued.result = {name: value for name, value in body.items() if name != "attempt"}
            heard.set()
            return 504
        return None

    station.backend.interrupt = answer_is_lost
    job_id = station.backend.enqueue(trade("buy"))
    process = station.start()
    assert heard.wait(20)
    station.kill(process)
    first = station.backend.jobs[job_id].result
    assert station.run_until_reported(job_id) == first
    assert len(station.broker.orders()) == 1


def test_killed_during_a_close_it_closes_every_position_once(station: Station) -> None:
    for _ in range(2):
        opening = station.backend.enqueue(trade("buy"))
        station.run_until_reported(opening)
    station.broker.fault("stall_after_ms", 60_000)
    given = trade("close")
    closing = station.backend.enqueue(given)
    process = station.start()
    eventually(lambda: len(station.broker.orders(given["input"]["comment"])) == 1, "the first position is closed")
    station.kill(process)
    result = station.run_until_reported(closing)
    assert (result["status"], len(result["output"]["closed"])) == ("completed", 2)
    assert len(station.broker.orders(given["input"]["comment"])) == 2
    assert station.broker.positions() == []


def test_each_deal_is_reported_once_although_it_is_killed_in_between(station: Station) -> None:
    for _ in range(2):
        job_id = station.backend.enqueue(trade("buy"))
        process = station.start()
        station.backend.until(lambda job_id=job_id: station.backend.jobs[job_id].acknowledgements > 0)  # type: ignore[misc]
        deals = [deal["ticket"] for deal in station.broker.deals()]
        station.backend.until(lambda deals=deals: station.backend.deals() == deals)  # type: ignore[misc]
        eventually(
            lambda deals=deals: station.knows_reported(deals[-1]),  # type: ignore[misc]
            "the agent knows that the deal has arrived",
        )
        station.kill(process)
    reports = len(station.backend.accounts)
    process = station.start()
    station.backend.until(lambda: len(station.backend.accounts) > reports)
    station.finish(process)
    assert station.backend.deals() == [deal["ticket"] for deal in station.broker.deals()]


def test_a_deal_whose_acknowledgement_was_lost_with_the_agent_is_reported_again(station: Station) -> None:
    heard = Event()

    def answer_is_lost(_method: str, path: str, body: Any) -> int | None:
        if path.endswith("/account") and body["deals"] and not heard.is_set():
            station.backend.accounts.append(body)
            heard.set()
            return 504
        return None

    station.backend.interrupt = answer_is_lost
    station.backend.enqueue(trade("buy"))
    process = station.start()
    assert heard.wait(20)
    station.kill(process)
    process = station.start()
    [deal] = [deal["ticket"] for deal in station.broker.deals()]
    station.backend.until(lambda: station.backend.deals() == [deal, deal])
    assert station.finish(process)[0] == 0


# How it works and how it ends


def test_once_takes_what_is_waiting_reports_it_and_ends(station: Station) -> None:
    jobs = [station.backend.enqueue(trade("buy")) for _ in range(3)]
    jobs.append(station.backend.enqueue(trade("close")))
    code, _ = station.ended(station.start("--once"))
    assert code == 0
    assert [station.backend.jobs[job_id].status for job_id in jobs] == ["completed"] * 4
    assert station.broker.positions() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_after_the_job_in_hand_is_done_and_reported(station: Station, number: signal.Signals) -> None:
    station.broker.fault("stall_after_ms", 300)
    job_id = station.backend.enqueue(trade("buy"))
    process = station.start()
    eventually(station.fault_taken("stall_after_ms"), "the order is under way")
    code, _ = station.finish(process, number)
    assert (code, station.stage(job_id)) == (0, "acknowledged")


def test_a_heartbeat_is_not_held_up_by_a_slow_order_and_wakes_the_claim(station: Station) -> None:
    station.configure(heartbeat_seconds=0.05)
    station.backend.poll_seconds = Decimal(3600)
    process = station.start()
    station.backend.until(lambda: len(station.backend.heartbeats) > 0)
    station.broker.fault("stall_after_ms", 60_000)
    station.backend.enqueue(trade("buy"))
    eventually(station.fault_taken("stall_after_ms"), "the order is under way")
    beats = len(station.backend.heartbeats)
    station.backend.until(lambda: len(station.backend.heartbeats) >= beats + 3)
    station.kill(process)


def test_prices_are_not_held_up_by_a_slow_order(station: Station) -> None:
    station.backend.wanted = ["EURUSD"]
    process = station.start()
    station.backend.until(lambda: len(station.backend.pushes) >= 1)
    station.broker.fault("stall_after_ms", 60_000)
    station.backend.enqueue(trade("buy"))
    eventually(station.fault_taken("stall_after_ms"), "the order is under way")
    pushes = len(station.backend.pushes)
    station.backend.until(lambda: len(station.backend.pushes) >= pushes + 3)
    assert station.backend.pushes[-1]["ticks"] == {}
    station.kill(process)


def test_the_doorbell_wakes_it_and_it_still_ends_at_once(station: Station) -> None:
    station.backend.tells, station.backend.poll_seconds = False, Decimal(3600)
    with hang_bell() as bell:
        station.backend.socket_url = bell.url
        process = station.start()
        bell.until_connected()
        station.backend.until(lambda: len(station.backend.heartbeats) == 2 and station.backend.claims > 0)
        job_id = station.backend.enqueue(trade("buy"))
        bell.ring({"type": "jobs_waiting"})
        station.backend.until(lambda: station.backend.jobs[job_id].acknowledgements > 0)
        assert station.finish(process)[0] == 0


def test_the_doorbell_can_be_cut(station: Station) -> None:
    with hang_bell() as bell:
        station.backend.socket_url = bell.url
        station.config.write_text(f"doorbell = false\n{station.config.read_text()}")
        job_id = station.backend.enqueue(trade("buy"))
        assert station.run_until_reported(job_id)["status"] == "completed"
        assert bell.requests == []


def test_a_calm_day_is_few_log_lines(station: Station) -> None:
    station.backend.wanted = ["EURUSD", "NOPE"]
    process = station.start()
    station.backend.until(lambda: len(station.backend.pushes) >= 4)
    _, log = station.finish(process)
    assert [line.split("Z ", 1)[1].split(":")[0] for line in log.splitlines()] == [
        f"INFO agent {agent.VERSION} of http",
        "INFO connected to the backend, trading mode active",
        "INFO prices are looked at",
        "WARNING price of NOPE",
        "INFO stopping after the job in hand (SIGTERM)",
        "INFO stopped",
    ]


def test_the_backend_being_down_at_the_start_is_waited_out(station: Station) -> None:
    failures = iter([503, 500, None])
    station.backend.interrupt = lambda *_: next(failures, None)
    job_id = station.backend.enqueue(trade("buy"))
    assert station.run_until_reported(job_id)["status"] == "completed"


def test_nothing_is_traded_before_the_backend_said_which_mode_holds(station: Station) -> None:
    job_id = station.backend.enqueue(trade("buy"))
    station.kill_when_claimed(job_id)
    station.backend.mode = "halted"
    assert station.run_until_reported(job_id)["reason_code"] == "trading_halted"


def test_a_mode_that_was_lifted_since_the_last_heartbeat_holds_no_job_up(station: Station) -> None:
    opened = station.run_until_reported(station.backend.enqueue(trade("buy")))
    station.backend.mode = "halted"
    heartbeats = len(station.backend.heartbeats)
    process = station.start()
    station.backend.until(lambda: len(station.backend.heartbeats) > heartbeats)
    station.backend.mode = "reducing"
    closing = station.backend.enqueue(job("close_position", {"ticket": opened["output"]["position"]}))
    entry = station.backend.enqueue(trade("buy"))
    station.backend.until(lambda: station.backend.jobs[entry].acknowledgements > 0)
    station.finish(process)
    results = [station.backend.jobs[job_id].result for job_id in (closing, entry)]
    assert [result and (result["status"], result.get("reason_code")) for result in results] == [
        ("completed", None),
        ("failed", "trading_reducing"),
    ]


def test_a_second_agent_on_the_same_journal_ends_with_4(station: Station) -> None:
    first = station.start()
    station.backend.until(lambda: len(station.backend.heartbeats) > 0)
    code, log = station.ended(station.start())
    assert (code, "another agent is running" in log) == (4, True)
    assert station.finish(first)[0] == 0


def test_a_refused_key_ends_it_with_3_and_one_line(station: Station) -> None:
    station.backend.key = "rotated"
    code, log = station.ended(station.start())
    assert code == 3
    assert [line for line in log.splitlines() if "ERROR" in line] == [
        line for line in log.splitlines() if "the backend refused the agent key" in line
    ]


def test_a_key_revoked_while_it_runs_ends_it_with_3_and_one_line_from_all_its_loops(station: Station) -> None:
    station.backend.wanted = ["EURUSD"]
    station.configure(heartbeat_seconds=0.05)
    process = station.start()
    station.backend.until(lambda: len(station.backend.pushes) > 0 and len(station.backend.accounts) > 0)
    station.backend.key = "rotated"
    code, log = station.ended(process)
    assert (code, log.count("the backend refused the agent key")) == (3, 1)


def test_a_key_refused_only_to_prices_ends_it_all_the_same(station: Station) -> None:
    station.backend.wanted = ["EURUSD"]
    station.backend.interrupt = lambda _method, path, _body: 401 if path.endswith("/prices") else None
    assert station.ended(station.start())[0] == 3


def test_a_configuration_others_can_read_ends_it_with_2(station: Station) -> None:
    station.config.chmod(0o644)
    code, log = station.ended(station.start())
    assert (code, "chmod 600" in log) == (2, True)


def test_a_broken_broker_file_ends_it_with_1_and_not_half_alive(station: Station) -> None:
    station.broker.path.write_text("not a database, long enough to be read as one" * 100)
    for leftover in ("broker.db-wal", "broker.db-shm"):
        (station.folder / leftover).unlink(missing_ok=True)
    assert station.ended(station.start())[0] == 1


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_the_journal_is_for_the_user_only(station: Station) -> None:
    station.ended(station.start("--once"))
    assert (station.folder / "state").stat().st_mode & 0o077 == 0


def test_close_position_goes_the_whole_way(station: Station) -> None:
    opened = station.run_until_reported(station.backend.enqueue(trade("buy")))
    closing = station.backend.enqueue(job("close_position", {"ticket": opened["output"]["position"]}))
    assert station.run_until_reported(closing)["output"]["volume"] == opened["output"]["volume"]
    assert station.broker.positions() == []


# SIGKILL at any instruction: the whole agent with all its threads, and nothing that could tidy up


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_instruction_it_doubles_nothing_and_loses_nothing(station: Station, seed: int) -> None:
    rng = random.Random(seed)
    given = [trade("buy"), trade("sell"), trade("buy")]
    for one in given:
        station.backend.enqueue(one)
    # Three jobs take more instructions than that: it cannot be done before it dies the first time.
    deaths = [station.die_at(rng.randrange(1, 25_000)) for _ in range(3)]
    assert deaths[0]
    station.backend.expire_leases()
    assert station.ended(station.start("--once"))[0] == 0
    for one in given:
        result, orders = station.backend.jobs[one["id"]].result, station.broker.orders(one["input"]["comment"])
        assert result is not None
        assert len(orders) == (1 if result["status"] == "completed" else 0), result
        assert result.get("reason_code", "unknown_outcome") == "unknown_outcome"
        assert station.stage(one["id"]) == "acknowledged"
