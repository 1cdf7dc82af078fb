from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.stage_room import StageRoom, emptied, stage_room


@pytest.fixture(scope="module")
def lasting_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StageRoom]:
    """The engine of all the module's tests; `room` is the one to ask for."""
    with stage_room(tmp_path_factory.mktemp("room")) as opened:
        yield opened


@pytest.fixture
def room(lasting_room: StageRoom) -> Iterator[StageRoom]:
    with emptied(lasting_room) as opened:
        yield opened
