"""Which options there are and what each takes, for who writes them in Python. Knows no rule.

The magics read text and cannot get a name or a type wrong; `@sftask(tiemout="5m")` can.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import timedelta

from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import nearest
from sfdag_magics.graph.times.moments import duration_from
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


def of_type(kind: type, says: str, example: str) -> Value:
    """What is of one type."""
    return Value(says=says, example=example, fits=lambda value: isinstance(value, kind))


def _are_names(value: object) -> bool:
    if isinstance(value, Mapping) or not isinstance(value, Collection):
        return False
    return all(isinstance(each, str) for each in value)


def _is_keyed(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(key, str) for key in value)


def _is_time(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value >= 0  # after NaN seconds no time is ever up


def _is_duration(value: object) -> bool:
    return isinstance(value, timedelta) or (
        isinstance(value, str) and duration_from(value) is not None
    )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_amount(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


TEXT = of_type(str, "a text", "'…'")
FLAG = of_type(bool, "True or False", "True")
COUNT = Value(says="a whole number", example="3", fits=_is_count)
AMOUNT = Value(says="a whole number above 0", example="20", fits=_is_amount)
DURATION = Value(says="a time such as '20m', or a timedelta", example="'20m'", fits=_is_duration)
KEYED = Value(says="a mapping of names", example="{'key': 1}", fits=_is_keyed)
SECONDS = Value(says="a number of seconds, 0 or more", example="60", fits=_is_time)
NAMES = Value(says="a list of names", example="['a', 'b']", fits=_are_names)


def names_of(value: Iterable[str]) -> tuple[str, ...]:
    """The names of an option that takes several; a text is read as the magics read it: `a, b`."""
    names = value.split(",") if isinstance(value, str) else value
    return tuple(name.strip() for name in names if name.strip())


def duration_of(value: timedelta | str | None) -> timedelta | None:
    """The duration of an option that fits; a text is read as the magics read it."""
    return duration_from(value) if isinstance(value, str) else value


Elsewhere = Callable[[str], tuple[str, str] | None]


def _nowhere(_: str) -> None:
    """No other place has an option of this name."""


def options_problems(
    options: Mapping[str, object],
    known: Mapping[str, Value],
    elsewhere: Elsewhere = _nowhere,
) -> Iterator[tuple[str, str]]:
    """All that is wrong with the names or types of options, and what to write instead of each.

    Args:
        elsewhere: whose an option is that is none of these, and where it is said.
    """
    for name, value in options.items():
        if name not in known and (found := elsewhere(name)):
            yield f"no option {name!r}, which is one of {found[0]}", found[1]
        elif name not in known:
            near = nearest(name, known)
            did = f"; did you mean {near}?" if near else ""
            yield f"no option {name!r}{did}", f"options: {', '.join(known)}"
        elif not is_well(name, value, known):
            takes = known[name]
            yield f"{name} is {takes.says}, not {shortly(value)}", f"{name}={takes.example}"


def options_problem(
    options: Mapping[str, object],
    known: Mapping[str, Value],
    elsewhere: Elsewhere = _nowhere,
) -> tuple[str, str] | None:
    """The first of them."""
    return next(options_problems(options, known, elsewhere), None)


def is_well(name: str, value: object, known: Mapping[str, Value]) -> bool:
    """Whether there is such an option and it takes this value, as each takes None."""
    return name in known and (value is None or known[name].fits(value))


def check_value(name: str, value: object, takes: Value) -> None:
    """See that an argument is of the type that a call takes; None always is.

    Raises:
        InputError: it is not.
    """
    if problem := options_problem({name: value}, {name: takes}):
        raise InputError(problem[0], hint=problem[1])


def shortly(value: object, deep: int = 3) -> str:
    """A value as a message names it: texts and numbers themselves, of others what they are."""
    if isinstance(value, (str, int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):  # which may hold itself
        inside = [shortly(each, deep - 1) for each in value] if deep else ["…"]
        return f"[{', '.join(inside)}]"
    if isinstance(value, Mapping):  # what stands behind a key may be a secret
        return f"{{{', '.join(f'{shortly(key)}: …' for key in value)}}}"
    kind, named = type(value).__name__, getattr(value, "__name__", None)
    if named:
        return f"the {kind} {named}"
    return f"{'an' if kind[0].lower() in 'aeiou' else 'a'} {kind}"
