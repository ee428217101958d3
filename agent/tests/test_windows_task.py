"""The scheduled task, as Windows would read it."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import forexelite_agent as agent
from support import config

NAMESPACE = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def task(command: list[str], folder: str = r"C:\fx") -> ElementTree.Element:
    text = agent.task_definition(command, Path(folder), "S-1-5-21-1-2-3-1001")
    return ElementTree.fromstring(text.encode("utf-16"))  # noqa: S314 - made above


def text(root: ElementTree.Element, path: str) -> str | None:
    return root.findtext("/".join(f"{NAMESPACE}{name}" for name in path.split("/")))


def test_it_starts_when_its_user_logs_on_in_the_users_own_session() -> None:
    root = task(["uv.exe", "run"])
    assert text(root, "Triggers/LogonTrigger/UserId") == "S-1-5-21-1-2-3-1001"
    assert text(root, "Principals/Principal/LogonType") == "InteractiveToken"
    assert text(root, "Principals/Principal/RunLevel") == "LeastPrivilege"


def test_it_lives_on_batteries_without_an_end_and_comes_back() -> None:
    root = task(["uv.exe", "run"])
    assert text(root, "Settings/ExecutionTimeLimit") == "PT0S"
    assert text(root, "Settings/DisallowStartIfOnBatteries") == "false"
    assert text(root, "Settings/StopIfGoingOnBatteries") == "false"
    assert text(root, "Settings/RestartOnFailure/Interval") == "PT1M"
    # An end with an error is no failure for Windows: the repetition starts it again, unless it runs.
    assert text(root, "Triggers/LogonTrigger/Repetition/Interval") == "PT5M"
    assert text(root, "Settings/MultipleInstancesPolicy") == "IgnoreNew"
    assert text(root, "Settings/Priority") == "5"


def test_its_command_survives_spaces_quotes_and_ampersands() -> None:
    script = r"C:\Users\Jo & Co\My Agent\forexelite_agent.py"
    root = task([r"C:\Program Files\uv\uv.exe", "run", "--script", script], r"C:\Users\Jo & Co")
    assert text(root, "Actions/Exec/Command") == r"C:\Program Files\uv\uv.exe"
    assert text(root, "Actions/Exec/Arguments") == f'run --script "{script}"'
    assert text(root, "Actions/Exec/WorkingDirectory") == r"C:\Users\Jo & Co"


@pytest.mark.parametrize(("uv", "start"), [(r"C:\uv.exe", [r"C:\uv.exe", "run", "--script"]), (None, [sys.executable])])
def test_it_starts_the_agent_as_the_user_would(tmp_path: Path, uv: str | None, start: list[str]) -> None:
    path = tmp_path / "agent.toml"
    assert agent.own_command(path, uv) == [*start, str(Path(agent.__file__).resolve()), "run", "--config", str(path)]


def test_elsewhere_it_says_what_to_use_instead(tmp_path: Path) -> None:
    with pytest.raises(agent.BadConfig, match="systemd"):
        agent.install(tmp_path / "agent.toml", config(tmp_path))
    with pytest.raises(agent.BadConfig, match="none here"):
        agent.uninstall()
    assert list(tmp_path.iterdir()) == []
