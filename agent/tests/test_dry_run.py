"""A dry run shows what a run would find, and leaves everything as it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fake_mt5 import FakeMt5

import forexelite_agent as agent
from support import Desk, FakeBackend, config, json_round_trip, trade


def dry_run(folder: Path, backend: FakeBackend) -> agent.Exit:
    given = replace(config(folder), terminal=agent.TerminalKind.SIM)
    return agent.dry_run(given, agent.SystemClock(), httpx.MockTransport(backend.respond))


def test_it_takes_no_job_and_sends_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    backend = FakeBackend(wanted=["EURUSD", "NOPE"])
    desk = Desk(tmp_path)
    waiting = backend.enqueue(trade("buy"))
    claimed, sent, done = trade("buy"), trade("sell"), trade("buy")
    for given in (claimed, sent):
        desk.journal.claim(agent.Job.read(json_round_trip(given)), desk.clock.now())
    desk.journal.begin_send(intent_of(sent))
    desk.run(done)
    orders, positions = desk.broker.orders(), desk.broker.positions()
    desk.close()

    asked: list[str] = []

    def listen(method: str, path: str, _body: Any) -> None:
        asked.append(f"{method} {path.rsplit('/', 1)[-1]}")

    backend.interrupt = listen
    assert dry_run(tmp_path, backend) is agent.Exit.STOPPED
    said = capsys.readouterr().out
    assert asked == ["POST heartbeat"]
    assert backend.jobs[waiting].status == "pending"
    assert (desk.broker.orders(), desk.broker.positions()) == (orders, positions)
    for sentence in (
        "1 jobs wait; they are left where they are",
        "entries and exits would be sent",
        "EURUSD: EURUSD at ",
        "NOPE: this broker has no tradable symbol NOPE",
        f"trade job {claimed['id']}: would be done now",
        f"trade job {sent['id']}: its order would be looked for",
        f"job {done['id']}: its result (completed) would be reported",
        "Dry run: nothing was claimed, sent or reported.",
    ):
        assert sentence in said
    desk.open()
    assert desk.stage_of(claimed) == "claimed"
    assert desk.stage_of(sent) == "sending"
    assert desk.stage_of(done) == "done"
    desk.close()


def intent_of(given: dict[str, Any]) -> agent.Intent:
    desk_input = given["input"]
    return agent.Intent(
        tag=desk_input["comment"],
        job_id=UUID(given["id"]),
        position=None,
        symbol=desk_input["symbol"],
        side=agent.Side(desk_input["side"]),
        volume=desk_input["volume"],
        magic=desk_input["magic_number"],
        price=Decimal("1.1"),
        sent_at=agent.SystemClock().now(),
    )


def test_it_says_what_keeps_entries_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Desk(tmp_path).close()
    assert dry_run(tmp_path, FakeBackend(mode="halted")) is agent.Exit.STOPPED
    assert "entries would be refused: trading is halted" in capsys.readouterr().out


@pytest.mark.parametrize(("status", "ends"), [(401, agent.Exit.KEY_REFUSED), (503, agent.Exit.UNREACHABLE)])
def test_it_ends_as_a_run_would(tmp_path: Path, status: int, ends: agent.Exit) -> None:
    Desk(tmp_path).close()
    assert dry_run(tmp_path, FakeBackend(interrupt=lambda *_: status)) is ends


def test_at_metatrader_it_sends_no_order_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mt5 = FakeMt5(clock=agent.SystemClock())
    monkeypatch.setattr(agent, "metatrader5", lambda: mt5)
    given = replace(config(tmp_path), terminal=agent.TerminalKind.MT5)
    backend = FakeBackend(wanted=["EURUSD"])
    transport = httpx.MockTransport(backend.respond)
    assert agent.dry_run(given, agent.SystemClock(), transport) is agent.Exit.STOPPED
    said = capsys.readouterr().out
    assert "5001234@Broker-Demo (demo), equity 10000" in said
    assert "EURUSD: EURUSD at 1.1" in said
    assert (mt5.sent, backend.claims) == ([], 0)
    mt5.running = False
    assert agent.dry_run(given, agent.SystemClock(), transport) is agent.Exit.UNREACHABLE
