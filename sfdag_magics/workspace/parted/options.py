"""What of a graph a program asks to run, read and checked. Knows no target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, cast

from sfdag_magics.client.parts.asked import FROM, ONLY, TO, Asked, check_names_some
from sfdag_magics.client.parts.retried import RetryAsked, check_said
from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.option_values import (
    FLAG,
    KEYED,
    NAMES,
    TEXT,
    names_of,
    options_problem,
)
from sfdag_magics.workspace.asking.given_values import config_given
from sfdag_magics.workspace.parted.planning import Part


class PartOptions(TypedDict, total=False):
    """A part of a graph.

    Attributes:
        only: these tasks and no others.
        start: these tasks and what stands below them, with the finalizer.
        end: these tasks and what stands above them.
        group: the tasks of this group.
        inputs: the start of the id of the run whose values stand for what does not run; else the
            newest that has all that are needed.
    """

    only: Sequence[str]
    start: Sequence[str]
    end: Sequence[str]
    group: str | None
    inputs: str | None


_TAKES = {
    "only": NAMES,
    "start": NAMES,
    "end": NAMES,
    "group": TEXT,
    "inputs": TEXT,
    "reuse": FLAG,
}


class RetryOptions(TypedDict, total=False):
    """What is asked of a retry beyond running again what did not succeed.

    Attributes:
        start: these run again although they succeeded, and what stands below them.
        group: the same of the tasks of a group.
        config: laid over the run's own configuration.
        done: `{task: what it is said to have returned, as text}`.
        skip: these are said to be skipped.
        because: why; it is noted with the run, as who said it.
    """

    start: Sequence[str]
    group: str | None
    config: Mapping[str, Any] | None
    done: Mapping[str, str] | None
    skip: Sequence[str]
    because: str | None


_RETRY_TAKES = {
    "start": NAMES,
    "group": TEXT,
    "config": KEYED,
    "done": KEYED,
    "skip": NAMES,
    "because": TEXT,
}


def retry_from(options: RetryOptions) -> tuple[RetryAsked, str | None]:
    """What the options ask for, and the group that they name.

    Raises:
        InputError: there is no such option, its value is of another type or no JSON, or what is
            said by hand contradicts itself or has no reason.
    """
    if wrong := options_problem(cast("Mapping[str, object]", options), _RETRY_TAKES):
        raise InputError(f"retry: {wrong[0]}", hint=wrong[1])
    done = options.get("done") or {}
    asked = RetryAsked(
        again=names_of(options.get("start") or ()),
        config=config_given(options.get("config")),
        done={task: str(value) for task, value in done.items()},
        skip=names_of(options.get("skip") or ()),
        because=options.get("because") or "",
    )
    check_said(asked)
    return asked, options.get("group")


def part_from(options: PartOptions, *, reuse: bool = False) -> Part:
    """The part that the options name; of none the whole graph.

    Args:
        reuse: leave out what is proven to return the same again.

    Raises:
        InputError: there is no such option, its value is of another type, or a list of tasks is
            empty.
    """
    named = {**cast("Mapping[str, object]", options), "reuse": reuse}
    if wrong := options_problem(named, _TAKES):
        unknown = next((name for name in named if name not in _TAKES), None)
        key = f"config={{{unknown!r}: …}} for a key of the configuration; " if unknown else ""
        raise InputError(f"run: {wrong[0]}", hint=f"{key}{wrong[1]}")
    for option, name in ((ONLY, "only"), (FROM, "start"), (TO, "end")):
        if (value := named.get(name)) is not None:
            check_names_some(option, names_of(cast("Sequence[str]", value)))
    return Part(
        asked=Asked(
            only=names_of(options.get("only") or ()),
            start=names_of(options.get("start") or ()),
            end=names_of(options.get("end") or ()),
            group=options.get("group"),
        ),
        inputs=options.get("inputs"),
        reuse=reuse,
    )
