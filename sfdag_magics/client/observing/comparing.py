"""What two runs of a graph have in common and what not: configuration, code, their tasks. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum

from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.graph.names import counted
from sfdag_magics.light_classes import dataclass

#: So much of a hash tells one version of a task's code from another.
_SHORT = 8


class Topic(StrEnum):
    """What a difference is one of."""

    CONFIG = "config"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDifference:
    """One thing that is not the same in two runs; None where a run has none of it.

    Attributes:
        what: the key of the configuration, or the task whose code it is.
    """

    topic: Topic
    what: str
    first: str | None
    second: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRuns:
    """Two runs beside each other.

    Attributes:
        tasks: all tasks of either, in the order of the second, then those only the first had.
        same: what does not differ, in words; empty where nothing is known to be the same.
    """

    differences: tuple[RunDifference, ...]
    tasks: tuple[str, ...]
    same: str


def compared(first: RunSnapshot, second: RunSnapshot) -> ComparedRuns:
    """What differs between two runs, and what does not."""
    config = _differing(Topic.CONFIG, _texts(first.config), _texts(second.config))
    known = {name for name in first.code if name in second.code}
    code = _differing(
        Topic.CODE,
        *({name: run.code[name] for name in run.code if name in known} for run in (first, second)),
        length=_SHORT,
    )
    keys = len({*first.config, *second.config}) - len(config)
    same = (
        *([f"{counted(keys, 'key')} of the configuration"] if keys else []),
        *(
            [f"the code of {counted(len(known) - len(code), 'task')}"]
            if len(known) > len(code)
            else []
        ),
    )
    return ComparedRuns(
        differences=(*config, *code),
        tasks=tuple(dict.fromkeys((*second.tasks, *first.tasks))),
        same=", ".join(same),
    )


def _differing(
    topic: Topic,
    first: Mapping[str, str],
    second: Mapping[str, str],
    *,
    length: int | None = None,
) -> tuple[RunDifference, ...]:
    names = dict.fromkeys((*first, *second))
    return tuple(
        RunDifference(topic=topic, what=name, first=a and a[:length], second=b and b[:length])
        for name in names
        if (a := first.get(name)) != (b := second.get(name))
    )


def _texts(config: Mapping[str, object]) -> dict[str, str]:
    return {
        key: value if isinstance(value, str) else json.dumps(value, default=str)
        for key, value in config.items()
    }
