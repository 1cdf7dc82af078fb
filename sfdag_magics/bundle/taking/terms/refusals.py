"""Why a thing cannot travel, in words. Knows no notebook."""

from __future__ import annotations

import itertools
import types

from sfdag_magics.bundle.inspection import is_a, module_of
from sfdag_magics.bundle.literals.expressions import HOLDS_ITSELF, TOO_DEEP
from sfdag_magics.bundle.literals.writing import NOT_SEEN_THROUGH, NoExpression
from sfdag_magics.bundle.ways_out import described, never_travels, way_out, way_out_of_secret

#: What `list` would never end with.
_ENDLESS = (itertools.count, itertools.cycle, itertools.repeat)
#: Whose things hold what cells define: their classes, and containers.
_OF_USERS = ("__main__", "builtins", "collections", "functools")
_CONTAINERS = (list, dict, tuple, set, frozenset)
#: What to do about code whose text is not there.
REWRITE = "write it with def in a cell and run that cell"


class Refused(Exception):  # noqa: N818 - an answer: the walk makes a problem of it
    """A thing cannot travel.

    Attributes:
        message: what is wrong, to be read behind the name.
        hint: what to do instead.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def unknown_source(file: str | None = None) -> Refused:
    """A function or class whose text is nowhere, or no more in the file that it was read from."""
    if file is not None:
        return Refused(f"whose source is not in {file} as it ran", f"run {file} again")
    return Refused("whose source is not known", REWRITE)


def not_in_its_module(function: types.FunctionType) -> Refused:
    """A function that another module's call made, or that no file is the text of."""
    file = function.__code__.co_filename
    if file.startswith("<"):
        return Refused("a function whose source is not known: a text was executed", REWRITE)
    module = function.__module__ or file
    said = f"a function that a call of {module} made and that has no name there"
    return Refused(said, "make it inside the function")


class ReadBefore(Refused):
    """A function or class that its module has otherwise since the notebook took it from there."""

    def __init__(self, kind: str, module: str, name: str) -> None:
        said = f"a {kind} of {module} as it was before {module} was read again"
        super().__init__(said, f"run `from {module} import {name}` again")


def not_its_definition(place: str, *, is_decorated: bool) -> Refused:
    """A name that was bound to what a call made of its own function."""
    said = f"which is bound to something else than what {place} defines"
    if is_decorated:
        return Refused(said, "let the decorator give back a def of its own, or call it in the task")
    return Refused(said, "write it as a decorator above the def, or call it inside the task")


def given_by_a_count(call: str, place: str) -> Refused:
    """A function below a decorator of others that was given an answer which comes once."""
    return Refused(
        f"whose decorator was given what {call} gave as it ran ({place}), and a second call "
        "gives another",
        f"keep it under a name above: n = {call}, and give the decorator that",
    )


def unreadable(raised: Exception) -> Refused:
    """A thing that cannot be looked at: code of its own ran, or it goes too deep."""
    hint = "make it inside the function"
    if isinstance(raised, RecursionError):
        return Refused("which holds things that hold things, deeper than can be followed", hint)
    name = type(raised).__name__
    return Refused(f"whose own code raises {name} when it is looked at", hint)


def read_once(value: object) -> Refused:
    """An iterator, which is used up by being read."""
    hint = "make it inside the function"
    if not is_a(value, *_ENDLESS):
        hint = f"{hint}, or keep what it gives: list(…)"
    return Refused(f"{described(value)}, an iterator: it is used up by being read", hint)


def secret_column(label: str) -> Refused:
    """A frame or series that is labelled as one of secrets."""
    return Refused(
        f"which has a column that is called like a secret, {label!r}, and code is readable where "
        "it ships",
        f"drop the column, or {way_out_of_secret(label)}",
    )


def refusal_of(value: object, found: NoExpression, name: str = "") -> Refused:
    """`value` cannot be written, because of a part of it."""
    cause = found.__cause__
    if isinstance(cause, Refused):
        part = getattr(found.part, "__name__", type(found.part).__name__)
        # Nobody can write again what a library made for itself.
        is_theirs = cause.hint == REWRITE and module_of(type(value)) not in _OF_USERS
        hint = way_out(value) if is_theirs else cause.hint
        if isinstance(cause, ReadBefore):
            hint = f"run the cell that makes it again: it holds what {part} was before"
        return Refused(f"{described(value)}, which holds {part!r}, {cause.message}", hint)
    holds = "" if found.part is value else f": it holds {described(found.part)}"
    why = f": {found.why}" if found.why else ""
    is_secret = found.why == NOT_SEEN_THROUGH
    # What belongs to this process says best what to do; else what was asked for by its name.
    # Of a container, only its size is a matter of where to keep it.
    is_of_part = never_travels(found.part) or (type(value) in _CONTAINERS and not found.why)
    told = (found.part, value) if is_of_part else (value, found.part)
    hint = way_out_of_secret(name) if is_secret else way_out(*told)
    if found.why in (HOLDS_ITSELF, TOO_DEEP):
        hint = "make it inside the function"  # a table has no such rows
    return Refused(f"{described(value)}, which cannot be shipped{holds}{why}", hint)
