from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.broker.pin("EURUSD", "1.10000")
    yield desk
    desk.close()
