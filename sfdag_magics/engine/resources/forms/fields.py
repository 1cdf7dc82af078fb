"""Tables of fields: what a body has, checked against its table, and what a row tells of them.

A field that only answers have is ignored where a body has it, as Snowflake does; one that no table
has is an error that names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from sfdag_magics.engine.resources.forms.refusals import RefusedCallError
from sfdag_magics.engine.resources.forms.shapes import OneOf, Shape, not_of
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        sql: the property's name in SQL; empty where it is none of its own.
        column: where SHOW and DESCRIBE tell it under another name than the field's.
        read_only: only answers have it.
    """

    name: str
    shape: Shape
    sql: str = ""
    column: str = ""
    required: bool = False
    read_only: bool = False

    @property
    def told_in(self) -> str:
        """The column that tells it."""
        return self.column or self.name


def only_told(name: str, shape: Shape, column: str = "") -> Field:
    """A field that only answers have."""
    return Field(name, shape, column=column, read_only=True)


@dataclass(frozen=True, slots=True)
class Record:
    """An object with these fields."""

    fields: tuple[Field, ...]

    def checked(self, value: Any, where: str) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
        """See `Shape`: the fields that say something, by name; null says nothing."""
        if not isinstance(value, dict):
            raise not_of(where, "an object", value)
        known = {each.name: each for each in self.fields}
        for name in value:
            if name not in known:
                raise RefusedCallError(f"{where}: there is no field '{_printable(name)}'")
        said = {
            name: known[name].shape.checked(each, f"{where}.{name}")
            for name, each in value.items()
            if each is not None and not known[name].read_only
        }
        for each in self.fields:
            if each.required and each.name not in said:
                raise RefusedCallError(f"{where}: the field '{each.name}' is missing")
        return said

    def sql(self, value: Mapping[str, Any]) -> str:
        """See `Shape`: options in parentheses."""
        return f"({' '.join(properties(self.fields, value))})"

    def told(self, cell: Any) -> Any:  # noqa: ANN401 - what a row has
        """See `Shape`."""
        return cell if isinstance(cell, dict) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """An object whose fields depend on the word under `by`; checked, it has that word."""

    by: str
    kinds: Mapping[str, Record] = field(default_factory=dict)
    otherwise: str = ""

    def checked(self, value: Any, where: str) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
        """See `Shape`."""
        if not isinstance(value, dict):
            raise not_of(where, "an object", value)
        word = value.get(self.by, self.otherwise)
        OneOf(tuple(self.kinds)).checked(word, f"{where}.{self.by}")
        rest = {name: each for name, each in value.items() if name != self.by}
        return {self.by: word, **self.kinds[word].checked(rest, where)}

    def sql(self, value: Mapping[str, Any]) -> str:
        """See `Shape`."""
        return self.kinds[value[self.by]].sql(value)

    def told(self, cell: Any) -> Any:  # noqa: ANN401 - what a row has
        """See `Shape`."""
        return cell if isinstance(cell, dict) else None


def properties(fields: Iterable[Field], said: Mapping[str, Any]) -> Sequence[str]:
    """`NAME = value` of all that is said and is a property of its own in SQL."""
    return [
        f"{each.sql} = {each.shape.sql(said[each.name])}"
        for each in fields
        if each.sql and each.name in said
    ]


def told(fields: Iterable[Field], row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row of SHOW or DESCRIBE tells of the fields; what it does not tell is left out."""
    found = {each.name: each.shape.told(row.get(each.told_in)) for each in fields}
    return {name: value for name, value in found.items() if value is not None}


def _printable(name: str) -> str:
    return name[:60].encode("ascii", "replace").decode()
