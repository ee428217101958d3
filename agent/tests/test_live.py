"""Real money: no position is opened on a real account that was not allowed once; everything else goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from mt5_support import Mt5Desk

import forexelite_agent as agent
from support import Desk, FakeBackend, config, running, trade


class RealAccount(agent.SimTerminal):
    """The simulated broker, saying that its money is real."""

    trade_mode = "real"
    login = 1_000_001

    def account(self) -> agent.Account:
        return replace(super().account(), trade_mode=self.trade_mode, login=self.login)


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[RealAccount]]:
    monkeypatch.setattr(agent, "SimTerminal", RealAccount)
    yield RealAccount
    RealAccount.trade_mode, RealAccount.login = "real", 1_000_001


def test_an_entry_on_a_real_account_fails_with_one_clear_sentence(real: type[RealAccount], tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    result = desk.run(trade("buy"))
    assert (result["status"], result["reason_code"]) == ("failed", "live_not_allowed")
    assert "real account" in result["error_message"]
    assert "`run --live`" in result["error_message"]
    assert desk.broker.orders() == []
    with pytest.raises(agent.JobFailed, match="real account"):
        desk.worker.refuse_entries()
    desk.close()


def test_an_account_of_which_nobody_knows_what_it_is_counts_as_real(real: type[RealAccount], tmp_path: Path) -> None:
    real.trade_mode = ""
    desk = Desk(tmp_path)
    assert desk.run(trade("buy"))["reason_code"] == "live_not_allowed"
    desk.close()


@pytest.mark.parametrize("mode", ["demo", "contest"])
def test_play_money_needs_no_permission(real: type[RealAccount], tmp_path: Path, mode: str) -> None:
    real.trade_mode = mode
    desk = Desk(tmp_path)
    assert desk.run(trade("buy"))["status"] == "completed"
    desk.close()


def test_an_exit_is_never_kept_in(real: type[RealAccount], tmp_path: Path) -> None:
    real.trade_mode = "demo"
    desk = Desk(tmp_path)
    desk.run(trade("buy"))
    real.trade_mode = "real"
    result = desk.run(trade("close"))
    assert (result["status"], len(result["output"]["closed"])) == ("completed", 1)
    desk.close()


def result_of_an_entry(folder: Path, *, live: bool) -> str:
    backend = FakeBackend()
    job_id = backend.enqueue(trade("buy"))
    given = config(folder)
    clock = agent.SystemClock()
    whole = agent.Agent(
        given,
        lambda: agent.SimTerminal(given.sim_state_file, clock),
        clock,
        transport=httpx.MockTransport(backend.respond),
        once=True,
        live=live,
    )
    assert whole.run() is agent.Exit.STOPPED
    result = backend.jobs[job_id].result
    assert result is not None
    return str(result.get("reason_code", result["status"]))


def test_the_permission_is_given_once_and_for_one_account(real: type[RealAccount], tmp_path: Path) -> None:
    assert result_of_an_entry(tmp_path, live=False) == "live_not_allowed"
    assert result_of_an_entry(tmp_path, live=True) == "completed"
    assert result_of_an_entry(tmp_path, live=False) == "completed"
    real.login = 2_000_002
    assert result_of_an_entry(tmp_path, live=False) == "live_not_allowed"


def test_a_demo_account_does_not_use_the_permission_up_but_allows_nothing(
    real: type[RealAccount], tmp_path: Path
) -> None:
    real.trade_mode = "demo"
    assert result_of_an_entry(tmp_path, live=True) == "completed"
    real.trade_mode = "real"
    assert result_of_an_entry(tmp_path, live=False) == "live_not_allowed"


def test_without_the_permission_prices_and_the_account_are_still_reported(
    real: type[RealAccount], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "forexelite.agent")
    backend = FakeBackend(wanted=["EURUSD"])
    with running(tmp_path, backend):
        job_id = backend.enqueue(trade("buy"))
        backend.until(lambda: backend.jobs[job_id].acknowledgements > 0)
        backend.until(lambda: len(backend.pushes) > 0 and len(backend.accounts) > 0)
    assert backend.heartbeats[0]["account"]["trade_mode"] == "real"
    said = [record.message for record in caplog.records if "real account" in record.message]
    assert len([message for message in said if message.startswith("1000001@")]) == 1


@pytest.mark.parametrize(("trade_mode", "ends"), [(0, "completed"), (1, "completed"), (2, "live_not_allowed")])
def test_metatraders_own_word_on_the_account_counts(tmp_path: Path, trade_mode: int, ends: str) -> None:
    desk = Mt5Desk(tmp_path)
    desk.mt5.trade_mode = trade_mode
    result = desk.run(trade("buy"))
    assert result.get("reason_code", result["status"]) == ends
    assert len(desk.mt5.sent) == (ends == "completed")
    desk.close()
