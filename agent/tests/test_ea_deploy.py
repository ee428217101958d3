"""`deploy`, `run` and `stop`: a compiled expert on a chart of its own, and off it again."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

import forexelite_agent as agent
from ea_support import EaDesk, compile_job, deployment_jobs
from support import MAGIC, trade


@pytest.fixture
def ex5(ea_desk: EaDesk) -> bytes:
    given = compile_job(ea_desk.storage)
    ea_desk.run(given)
    compiled = ea_desk.storage.uploaded(given["input"]["upload_url"])
    assert compiled is not None
    return compiled


@pytest.fixture
def jobs(ea_desk: EaDesk, ex5: bytes) -> dict[str, dict[str, Any]]:
    return deployment_jobs(ea_desk.storage, ex5)


def again(given: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Another job of the same deployment."""
    fresh = {**given, "id": given["id"][:-1] + ("1" if given["id"][-1] != "1" else "2")}
    return {**fresh, "input": {**given["input"], **changes}}


def test_a_deployed_expert_is_on_a_chart_with_its_inputs(ea_desk: EaDesk, jobs: dict[str, Any], ex5: bytes) -> None:
    result = ea_desk.run(jobs["deploy"])
    deployment_id = jobs["deploy"]["entity_id"]
    name = f"Trend_v3_{UUID(deployment_id).hex[:12]}"
    assert result["status"] == "completed"
    assert result["output"] == {"expert": name, "symbol": "EURUSD", "timeframe": "H1", "magic_number": MAGIC}
    [chart] = ea_desk.charts()
    assert (chart["expert"], chart["symbol"], chart["timeframe"]) == (name, "EURUSD", "H1")
    assert (chart["magic"], chart["deployment_id"]) == (MAGIC, deployment_id)
    assert json.loads(chart["inputs"]) == {"Lots": "1", "Trail": "true"}
    assert ea_desk.placed() == [f"{name}.ex5"]
    assert ea_desk.experts.placed(name) == hashlib.sha256(ex5).hexdigest()


def test_a_deployment_without_its_id_in_the_input_is_its_jobs_entity(ea_desk: EaDesk, jobs: dict[str, Any]) -> None:
    del jobs["deploy"]["input"]["deployment_id"]
    ea_desk.run(jobs["deploy"])
    assert [chart["deployment_id"] for chart in ea_desk.charts()] == [jobs["deploy"]["entity_id"]]


def test_a_checksum_that_fits_is_placed_and_one_that_does_not_is_not(
    ea_desk: EaDesk, jobs: dict[str, Any], ex5: bytes
) -> None:
    jobs["deploy"]["input"]["checksum"] = "0" * 64
    result = ea_desk.run(jobs["deploy"])
    assert (result["reason_code"], ea_desk.placed(), ea_desk.charts()) == ("checksum_mismatch", [], [])
    checksum = hashlib.sha256(ex5).hexdigest().upper()
    assert ea_desk.run(again(jobs["deploy"], checksum=checksum))["status"] == "completed"


def test_a_file_that_is_there_already_is_not_taken_again(ea_desk: EaDesk, jobs: dict[str, Any], ex5: bytes) -> None:
    checksum = hashlib.sha256(ex5).hexdigest()
    ea_desk.run(again(jobs["deploy"], checksum=checksum))
    [file] = (ea_desk.folder / "broker-data").rglob("*.ex5")
    written, downloads = file.stat().st_ino, len(ea_desk.storage.requests)
    ea_desk.run(jobs["deploy"])
    assert file.stat().st_ino == written, "a terminal does not see a file that was written anew"
    assert len(ea_desk.storage.requests) == downloads + 1
    ea_desk.run(again(again(jobs["deploy"], checksum=checksum)))
    assert len(ea_desk.storage.requests) == downloads + 1


def test_what_is_no_expert_is_not_placed(ea_desk: EaDesk) -> None:
    jobs = deployment_jobs(ea_desk.storage, b"MZ\x90\0 a program")
    assert ea_desk.run(jobs["deploy"])["reason_code"] == "not_an_expert"
    assert ea_desk.placed() == []


def test_an_expert_that_is_too_large_is_not_taken(ea_desk: EaDesk) -> None:
    jobs = deployment_jobs(ea_desk.storage, b"EX5" + bytes(16 * 2**20))
    assert ea_desk.run(jobs["deploy"])["reason_code"] == "file_too_large"


# Again and again


def test_deployed_twice_is_deployed_once(ea_desk: EaDesk, jobs: dict[str, Any]) -> None:
    ea_desk.run(jobs["deploy"])
    before = ea_desk.charts()
    ea_desk.clock.sleep(60)
    assert ea_desk.run(again(jobs["deploy"]))["status"] == "completed"
    assert ea_desk.run(jobs["run"])["status"] == "completed"
    assert ea_desk.charts() == before


@pytest.mark.parametrize(
    "changes",
    [{"symbol": "GBPUSD"}, {"timeframe": "M5"}, {"magic_number": 5}, {"inputs": {"Lots": Decimal("0.2")}}],
)
def test_run_with_other_settings_is_another_chart_in_place_of_the_first(
    ea_desk: EaDesk, jobs: dict[str, Any], changes: dict[str, Any]
) -> None:
    ea_desk.run(jobs["deploy"])
    [before] = ea_desk.charts()
    ea_desk.run(again(jobs["run"], **changes))
    [after] = ea_desk.charts()
    assert before["fingerprint"] != after["fingerprint"]


def test_stopped_is_off_its_chart_and_stopped_again_is_fine(ea_desk: EaDesk, jobs: dict[str, Any]) -> None:
    ea_desk.run(jobs["deploy"])
    first, second = ea_desk.run(jobs["stop"]), ea_desk.run(again(jobs["stop"]))
    assert (first["status"], first["output"]["detached"]) == ("completed", True)
    assert (second["status"], second["output"]["detached"]) == ("completed", False)
    assert ea_desk.charts() == []
    assert len(ea_desk.placed()) == 1


def test_stopped_it_can_be_run_again(ea_desk: EaDesk, jobs: dict[str, Any]) -> None:
    for name in ("deploy", "stop", "run"):
        assert ea_desk.run(jobs[name])["status"] == "completed"
    assert len(ea_desk.charts()) == 1


def test_what_was_never_deployed_here_is_not_run(ea_desk: EaDesk, jobs: dict[str, Any]) -> None:
    result = ea_desk.run(jobs["run"])
    assert (result["reason_code"], "deploy it again" in result["error_message"]) == ("not_deployed", True)


def test_two_deployments_of_one_version_are_two_experts(ea_desk: EaDesk, ex5: bytes) -> None:
    first, second = (deployment_jobs(ea_desk.storage, ex5) for _ in range(2))
    ea_desk.run(first["deploy"])
    ea_desk.run(second["deploy"])
    ea_desk.run(first["stop"])
    assert [chart["deployment_id"] for chart in ea_desk.charts()] == [second["deploy"]["entity_id"]]
    assert len(ea_desk.placed()) == 2


def test_a_chart_of_the_user_is_not_touched(ea_desk: EaDesk, jobs: dict[str, Any]) -> None:
    ea_desk.experts.attached()
    ea_desk.broker.rows(
        "insert into charts (symbol, timeframe, expert, opened_at) values ('EURUSD', 'H1', 'Their own', 'then')"
    )
    ea_desk.run(jobs["deploy"])
    ea_desk.run(jobs["stop"])
    assert [chart["expert"] for chart in ea_desk.charts()] == ["Their own"]


def test_an_expert_the_terminal_does_not_load_leaves_no_chart_behind(ea_desk: EaDesk, jobs: dict[str, Any]) -> None:
    ea_desk.expert_fault("not_attached")
    assert ea_desk.run(jobs["deploy"])["reason_code"] == "expert_not_loaded"
    assert ea_desk.charts() == []
    assert ea_desk.run(jobs["run"])["status"] == "completed"


def test_a_terminal_full_of_charts_is_named(ea_desk: EaDesk, jobs: dict[str, Any]) -> None:
    ea_desk.experts.attached()
    for _ in range(100):
        ea_desk.broker.rows("insert into charts (symbol, timeframe, opened_at) values ('EURUSD', 'H1', 'then')")
    assert ea_desk.run(jobs["deploy"])["reason_code"] == "chart_not_opened"
    assert len(ea_desk.charts()) == 100


# What it looks at


@pytest.mark.parametrize("mode", ["reducing", "halted"])
def test_no_expert_is_started_while_trading_is_not_active(ea_desk: EaDesk, jobs: dict[str, Any], mode: str) -> None:
    ea_desk.run(jobs["deploy"])
    ea_desk.mode = agent.TradingMode(mode)
    assert ea_desk.run(jobs["stop"])["status"] == "completed"
    assert ea_desk.run(jobs["run"])["reason_code"] == f"trading_{mode}"
    assert ea_desk.charts() == []


def test_no_expert_is_started_while_the_algo_trading_button_is_off(ea_desk: EaDesk, jobs: dict[str, Any]) -> None:
    ea_desk.broker.rows("update meta set value = '0' where key = 'trade_allowed'")
    assert ea_desk.run(jobs["deploy"])["reason_code"] == "algo_trading_disabled"
    assert ea_desk.charts() == []


def test_a_terminal_that_cannot_tell_its_positions_does_not_undo_a_stop(
    ea_desk: EaDesk, jobs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost() -> None:
        raise agent.Transient("the terminal is gone")

    ea_desk.run(jobs["deploy"])
    monkeypatch.setattr(ea_desk.terminal, "positions", lost)
    assert ea_desk.run(jobs["stop"])["output"]["detached"] is True


def test_the_symbol_is_the_brokers(ea_desk: EaDesk, jobs: dict[str, Any]) -> None:
    ea_desk.broker.set("EURUSD", "name", "EURUSD.i")
    assert ea_desk.run(jobs["deploy"])["output"]["symbol"] == "EURUSD.i"
    assert ea_desk.charts()[0]["symbol"] == "EURUSD.i"
    assert ea_desk.run(again(jobs["run"], symbol="DOGE"))["reason_code"] == "unknown_symbol"


def test_stop_says_which_positions_are_still_open(ea_desk: EaDesk, jobs: dict[str, Any]) -> None:
    ea_desk.run(jobs["deploy"])
    opened = ea_desk.run(trade("buy"))["output"]["position"]
    ea_desk.run(trade("buy", magic_number=MAGIC + 1))
    output = ea_desk.run(jobs["stop"])["output"]
    assert (output["open_positions"], "still open" in output["note"]) == ([opened], True)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"timeframe": "H5"}, "input.timeframe"),
        ({"magic_number": 2**53}, "input.magic_number"),
        ({"magic_number": -1}, "input.magic_number"),
        ({"deployment_id": "seven"}, "input.deployment_id"),
        ({"inputs": []}, "input.inputs"),
        ({"inputs": {"Lots": None}}, "input.inputs.Lots"),
        ({"inputs": {"Lots": [1]}}, "input.inputs.Lots"),
        ({"inputs": {"Lots": Decimal("1E+30")}}, "input.inputs.Lots"),
        ({"inputs": {"Note": "a\r\n</inputs>"}}, "input.inputs.Note"),
        ({"inputs": {"Note": "x" * 501}}, "input.inputs.Note"),
        ({"inputs": {"a=b": 1}}, "input.inputs.a=b"),
        ({"inputs": {f"a{number}": 1 for number in range(201)}}, "input.inputs"),
        ({"ex5_url": "http://storage.example.com/x"}, "input.ex5_url"),
    ],
)
def test_unreadable_input_names_the_field(
    ea_desk: EaDesk, jobs: dict[str, Any], wrong: dict[str, Any], named: str
) -> None:
    result = ea_desk.run(again(jobs["deploy"], **wrong))
    assert (result["reason_code"], named in result["error_message"]) == ("invalid_input", True)
    assert ea_desk.charts() == []


@pytest.mark.parametrize("name", ["..\\x.ex5", "C:\\x.ex5", "\\\\server\\x.ex5", "/x.ex5", "x.exe", "con.ex5"])
@pytest.mark.parametrize("job_type", ["deploy", "run", "stop"])
def test_a_file_name_that_is_more_than_a_name_is_refused(
    ea_desk: EaDesk, jobs: dict[str, Any], job_type: str, name: str
) -> None:
    assert ea_desk.run(again(jobs[job_type], file_name=name))["reason_code"] == "unsafe_file_name"


def test_each_timeframe_is_one_of_a_chart_template() -> None:
    periods = {timeframe: timeframe.template_period for timeframe in agent.Timeframe}
    assert len(set(periods.values())) == len(agent.Timeframe)
    assert periods[agent.Timeframe.M1] == (0, 1)
    assert periods[agent.Timeframe.M30] == (0, 30)
    assert periods[agent.Timeframe.H4] == (1, 4)
    assert periods[agent.Timeframe.D1] == (2, 1)
    assert periods[agent.Timeframe.W1] == (3, 1)
    assert periods[agent.Timeframe.MN1] == (4, 1)
