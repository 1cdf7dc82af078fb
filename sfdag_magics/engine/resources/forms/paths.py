"""Which operation a path is, and the names in it. Knows spelling only.

A path is compared before anything of it is decoded, so that `%2F`, `%3A` and `%22` belong to a
name; behind the last colon of the last part stands an action (`…/tasks/{name}:execute`). A slash
at the end says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, Protocol, TypeVar
from urllib.parse import unquote

from sfdag_magics.engine.resources.forms.refusals import (
    NOT_ALLOWED,
    NOT_FOUND,
    RefusedCallError,
)
from sfdag_magics.light_classes import dataclass

_ROOT = ("api", "v2")
_PARAMETER = re.compile(r"\{(\w+)\}")


class Offered(Protocol):
    """What stands at a path."""

    @property
    def method(self) -> str:
        """GET, POST, PUT or DELETE."""

    @property
    def path(self) -> str:
        """As Snowflake's descriptions write it: `/api/v2/databases/{name}:clone`."""


_Operation = TypeVar("_Operation", bound=Offered)
#: The parts of a path, the last without its action, and the action.
_Split = tuple[tuple[str, ...], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[_Operation]):
    """An operation, and the names in the path it was asked by, as they were written there."""

    operation: _Operation
    names: Mapping[str, str]


class Paths(Generic[_Operation]):
    """All operations by their paths."""

    def __init__(self, operations: Iterable[_Operation]) -> None:
        self._templates = [(_split(each.path[1:].split("/")), each) for each in operations]
        #: What lists are called, as the last part of their paths.
        self._lists = {parts[-1] for (parts, action), _ in self._templates if not action}

    def find(self, method: str, parts: Sequence[str]) -> Found[_Operation]:
        """The operation that was asked for.

        Raises:
            RefusedCallError: none is offered there. It says that nothing is there of a list only
                that Snowflake has in another place, as clients ask that look for it.
        """
        if not parts[-1]:
            parts = parts[:-1]
        matching = list(self._matching(_split(parts)))
        for found in matching:
            if found.operation.method == method:
                return found
        asked = f"{method[:20]} /{'/'.join(parts)}"[:300]
        if not matching and self._is_of_a_list(parts):
            raise RefusedCallError(
                f"There is no {asked}: such objects are listed in another place.", NOT_FOUND
            )
        allowed = sorted({found.operation.method for found in matching})
        instead = f" It offers {' and '.join(allowed)} there." if allowed else ""
        raise RefusedCallError(
            f"The embedded engine does not offer {asked}.{instead} Whether the object exists is"
            " not said by that; SQL may have a statement for it.",
            NOT_ALLOWED,
        )

    def _is_of_a_list(self, parts: Sequence[str]) -> bool:
        """Whether a list's name stands there where an object's cannot: `/api/v2/(list/name/)*`."""
        return tuple(parts[:2]) == _ROOT and len(parts) % 2 == 1 and parts[-1] in self._lists

    def _matching(self, asked: _Split) -> Iterator[Found[_Operation]]:
        for template, operation in self._templates:
            names = _names(template, asked)
            if names is not None:
                yield Found(operation=operation, names=names)


def _split(parts: Sequence[str]) -> _Split:
    last, colon, action = parts[-1].rpartition(":")
    if not colon:
        return tuple(parts), ""
    return (*parts[:-1], last), action


def _names(template: _Split, asked: _Split) -> Mapping[str, str] | None:
    """The names in a path, where it is one of this template."""
    if template[1] != asked[1] or len(template[0]) != len(asked[0]):
        return None
    names: dict[str, str] = {}
    for expected, given in zip(template[0], asked[0], strict=True):
        parameter = _PARAMETER.fullmatch(expected)
        if parameter is not None:
            names[parameter[1]] = unquote(given)
        elif expected != given:
            return None
    return names
