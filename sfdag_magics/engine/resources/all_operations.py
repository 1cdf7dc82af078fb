"""All operations of all resources: the one list of what is offered."""

from __future__ import annotations

from collections.abc import Sequence

from sfdag_magics.engine.resources.door import RestResources
from sfdag_magics.engine.resources.forms.operations import Operation
from sfdag_magics.engine.resources.kinds import (
    accounts,
    code,
    grants,
    grants_by_type,
    namespaces,
    results,
    small_objects,
    stages,
    tables,
    tasks,
    views,
)

_ROOMS = (
    namespaces,
    tasks,
    tables,
    views,
    stages,
    code,
    small_objects,
    accounts,
    grants,
    grants_by_type,
    results,
)
OPERATIONS: Sequence[Operation] = tuple(each for room in _ROOMS for each in room.OPERATIONS)


def rest_resources() -> RestResources:
    """The room's door, over all of them."""
    return RestResources(OPERATIONS)
