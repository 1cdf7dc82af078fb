from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .stage_room import StageRoom, stage_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[StageRoom]:
    with stage_room(tmp_path) as opened:
        yield opened
