"""One file on a bare machine: uv and nothing else. What the file's head names is all it needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import forexelite_agent as agent
from support import AGENT_ID, KEY, BrokerFile, FakeBackend, serve, trade


def uv() -> str:
    """Beside this interpreter, where the house's environment has it, or wherever the shell finds it."""
    found = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert found, "this test starts the agent as a user does, with uv: pip install uv"
    return found


def test_downloaded_alone_it_trades_with_nothing_installed_before(tmp_path: Path) -> None:
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    script = Path(shutil.copy(agent.__file__, downloads))
    backend = FakeBackend()
    job_id = backend.enqueue(trade("buy"))
    hidden = ("PYTHON", "VIRTUAL_ENV", "UV_PROJECT")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    environment |= {"UV_CACHE_DIR": str(tmp_path / "cache"), "UV_PYTHON": sys._base_executable}  # type: ignore[attr-defined]
    with serve(backend) as url:
        config = downloads / "agent.toml"
        text = {"url": url, "agent_id": str(AGENT_ID), "agent_key": KEY, "terminal": "sim"}
        agent.write_private(config, agent.configuration(None, text))
        command = [uv(), "run", "--quiet", "--script", str(script), "run", "--once"]
        done = subprocess.run(  # noqa: S603
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
    assert done.returncode == 0, done.stderr
    result = backend.jobs[job_id].result
    assert result is not None
    assert result["status"] == "completed"
    assert len(BrokerFile(downloads / "broker.db").orders()) == 1
