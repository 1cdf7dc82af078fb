"""Which options there are and what each takes, for who writes them in Python. Knows no rule.

The magics read text and cannot get a name or a type wrong; `@sftask(tiemout="5m")` can.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta

from sfdag_magics.graph.names import nearest
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What an option takes.

    Attributes:
        says: in words, as in `a text`.
        example: as it is typed behind `=`.
        fits: whether a value is one; None is never asked about.
    """

    says: str
    example: str
    fits: Callable[[object], bool]


def _of(kind: type, says: str, example: str) -> Value:
    return Value(says=says, example=example, fits=lambda value: isinstance(value, kind))


def _are_names(value: object) -> bool:
    if isinstance(value, Mapping) or not isinstance(value, Collection):
        return False
    return all(isinstance(each, str) for each in value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


TEXT = _of(str, "a text", "'…'")
FLAG = _of(bool, "True or False", "True")
COUNT = Value(says="a whole number", example="3", fits=_is_count)
DURATION = _of(timedelta, "a timedelta", "datetime.timedelta(minutes=5)")
NAMES = Value(says="a list of names", example="['a', 'b']", fits=_are_names)


def names_of(value: Iterable[str]) -> tuple[str, ...]:
    """The names of an option that takes several; a text is read as the magics read it: `a, b`."""
    names = value.split(",") if isinstance(value, str) else value
    return tuple(name.strip() for name in names if name.strip())


def options_problem(
    options: Mapping[str, object], known: Mapping[str, Value]
) -> tuple[str, str] | None:
    """What is wrong with the names or types of options, and what to write instead."""
    for name, value in options.items():
        if name not in known:
            near = nearest(name, known)
            did = f"; did you mean {near}?" if near else ""
            return f"no option {name!r}{did}", f"options: {', '.join(known)}"
        takes = known[name]
        if value is not None and not takes.fits(value):
            return f"{name} is {takes.says}, not {_shown(value)}", f"{name}={takes.example}"
    return None


def _shown(value: object) -> str:
    """A value as a message names it: texts and numbers themselves, of others what they are."""
    if isinstance(value, (str, int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_shown(each) for each in value)}]"
    kind, named = type(value).__name__, getattr(value, "__name__", None)
    if named:
        return f"the {kind} {named}"
    return f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"
