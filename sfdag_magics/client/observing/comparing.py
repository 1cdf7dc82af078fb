"""What two runs of a graph have in common and what not: configuration, code, packages, their tasks.

Pure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.observing.versions import differing_packages
from sfdag_magics.graph.model import Parameter, ParameterKind
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.values.signature import UNKNOWN_DEFAULT
from sfdag_magics.light_classes import dataclass

#: Says what a task is given, by its name; None of one that nobody here knows.
Reads = Callable[[str], Sequence[Parameter] | None]

#: So much of a hash tells one version of a task's code from another.
_SHORT = 8


class Topic(StrEnum):
    """What a difference is one of."""

    CONFIG = "config"
    CODE = "code"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDifference:
    """One thing that is not the same in two runs; None where a run has none of it.

    Attributes:
        what: the key of the configuration, the task whose code it is, or the package.
        default: what tasks take where a run sets no such key, as their code says it by now; None
            where that is not known.
    """

    topic: Topic
    what: str
    first: str | None
    second: str | None
    default: str | None = None

    @property
    def said(self) -> tuple[str, str]:
        """What either run has, in words: the value, or what stands for one that is not set."""
        none = "none" if self.topic is Topic.PACKAGE else "not set"
        unset = none if self.default is None else f"default {self.default}"
        return (
            unset if self.first is None else self.first,
            unset if self.second is None else self.second,
        )


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


def compared(
    first: RunSnapshot, second: RunSnapshot, reads: Reads = lambda _: None
) -> ComparedRuns:
    """What differs between two runs, and what does not.

    Args:
        reads: what a task is given, as it is known now: what it takes for a key that is not set.
    """
    config = _differing(Topic.CONFIG, _texts(first.config), _texts(second.config))
    known = {name for name in first.code if name in second.code}
    code = _differing(
        Topic.CODE,
        *({name: run.code[name] for name in run.code if name in known} for run in (first, second)),
        length=_SHORT,
    )
    packages = _packages(first, second)
    keys = len({*first.config, *second.config}) - len(config)
    same = (
        *([f"{counted(keys, 'key')} of the configuration"] if keys else []),
        *(
            [f"the code of {counted(len(known) - len(code), 'task')}"]
            if len(known) > len(code)
            else []
        ),
    )
    tasks = tuple(dict.fromkeys((*second.tasks, *first.tasks)))
    # Of a task whose code differs, today's default says nothing of both runs.
    edited = {each.what for each in code}
    defaults = _defaults((name for name in tasks if name not in edited), reads)
    return ComparedRuns(
        differences=(
            *(replace(each, default=defaults.get(each.what)) for each in config),
            *code,
            *packages,
        ),
        tasks=tasks,
        same=", ".join(same),
    )


def _defaults(tasks: Iterable[str], reads: Reads) -> dict[str, str]:
    """What these tasks take for keys that are not set; of a key with several defaults nothing."""
    found: dict[str, set[str]] = {}
    for each in (each for name in tasks for each in reads(name) or ()):
        if each.kind is ParameterKind.CONFIG and each.default not in (None, UNKNOWN_DEFAULT):
            found.setdefault(each.name, set()).add(each.default)
    return {key: min(texts) for key, texts in found.items() if len(texts) == 1}


def _packages(first: RunSnapshot, second: RunSnapshot) -> Iterator[RunDifference]:
    """Nothing where it is not known of both."""
    if first.packages is None or second.packages is None:
        return
    for name, then, now in differing_packages(first.packages, second.packages):
        yield RunDifference(topic=Topic.PACKAGE, what=name, first=then, second=now)


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
