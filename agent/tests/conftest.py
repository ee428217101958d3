from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from mt5_support import Mt5Desk

from ea_support import EaDesk, Storage, serve_storage
from support import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.broker.pin("EURUSD", "1.10000")
    yield desk
    desk.close()


@pytest.fixture
def storage() -> Iterator[Storage]:
    with serve_storage() as storage:
        yield storage


@pytest.fixture
def ea_desk(tmp_path: Path, storage: Storage) -> Iterator[EaDesk]:
    desk = EaDesk(tmp_path, storage=storage)
    yield desk
    desk.close()


@pytest.fixture
def mt5_desk(tmp_path: Path) -> Iterator[Mt5Desk]:
    desk = Mt5Desk(tmp_path)
    yield desk
    desk.mt5.release()
    desk.close()
