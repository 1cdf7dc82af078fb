"""Rows of a table of another target: which columns it has, and the query that reads them exactly.

One SELECT, so the rows are of one moment, and no right but to read is needed. What a client would
round or shift (decimals, moments, nested values) is asked for as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa

from sfdag_magics.client.arriving.columns import NESTED, Column, Rows
from sfdag_magics.client.connecting.backend import Backend, Row
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.graph.names import nearest
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, quoted_identifier

#: Types by their first word: how a value is asked for, and as what it then travels.
_ASKED = {
    "NUMBER": ("TO_VARCHAR({})", pa.string()),
    "FLOAT": ("{}", pa.float64()),
    "BOOLEAN": ("{}", pa.bool_()),
    "VARCHAR": ("{}", pa.string()),
    "BINARY": ("{}", pa.binary()),
    "DATE": ("TO_VARCHAR({}, 'YYYY-MM-DD')", pa.string()),
    "TIME": ("TO_VARCHAR({}, 'HH24:MI:SS.FF9')", pa.string()),
    "TIMESTAMP_NTZ": ("TO_VARCHAR({}, 'YYYY-MM-DD HH24:MI:SS.FF9')", pa.string()),
    "TIMESTAMP_LTZ": ("TO_VARCHAR({}, 'YYYY-MM-DD HH24:MI:SS.FF9 TZHTZM')", pa.string()),
    "TIMESTAMP_TZ": ("TO_VARCHAR({}, 'YYYY-MM-DD HH24:MI:SS.FF9 TZHTZM')", pa.string()),
    **dict.fromkeys(NESTED, ("TO_JSON({})", pa.string())),
}
#: A plain type, with its lengths; `ARRAY(NUMBER)` and `VECTOR(FLOAT, 3)` are none.
_TYPE = re.compile(
    r"(?P<word>[A-Z_]+)(?:\(\s*\d+\s*(?:,\s*\d+\s*)?\))?(?P<collated>\s+COLLATE .*)?"
)

#: Where an error of a query lies, and a name that is no column of it.
_PLACED = re.compile(r"SQL compilation error:\s*|error line \d+ at position -?\d+\s*")
_UNKNOWN = re.compile(r"invalid identifier '(?P<name>[^'\n]+)'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rows and columns of a table.

    Attributes:
        percent: of the rows, by chance; None is all.
        most: rows at most.
        where: a condition in SQL.
        without: columns that are left out.
    """

    percent: float | None = None
    most: int | None = None
    where: str | None = None
    without: tuple[str, ...] = ()


def selected_rows(source: Backend, table: QualifiedName, selection: Selection) -> Rows:
    """The rows of a table or view of the source.

    Raises:
        InputError: a column is of a type that only the service has, or is not there.
        BackendError: there is no such table, or this role may not read it.
    """
    described = _described(source, table)
    there = [str(row["name"]) for row in described]
    left_out = _left_out(selection.without, there, table)
    kept = [row for row in described if str(row["name"]) not in left_out]
    if not kept:
        raise InputError(f"{table.sql()} has no column left", hint="leave out fewer of them")
    _check_types(table, {str(row["name"]): str(row["type"]) for row in kept})
    columns = tuple(
        _column(str(r["name"]), str(r["type"]), str(r.get("null?", "Y")) != "N") for r in kept
    )
    notes = tuple(
        f"{row['name']}: its collation is left out" for row in kept if "COLLATE" in str(row["type"])
    )
    query = _query(table, columns, selection)
    reading = partial(_batches, source, query, columns, _Condition(selection.where, tuple(there)))
    return Rows(columns=columns, batches=reading, notes=notes)


def _described(source: Backend, table: QualifiedName) -> Sequence[Row]:
    try:
        return source.rows(f"DESCRIBE TABLE {table.sql()}")
    except BackendError as problem:
        problem.hint = (
            problem.hint or f"name it whole, DB.SCHEMA.TABLE: it was looked for on {source.place}"
        )
        raise


def _left_out(without: tuple[str, ...], there: list[str], table: QualifiedName) -> set[str]:
    found = set()
    for name in without:
        exact = [each for each in there if name in (each, quoted_identifier(each))]
        near = exact or [each for each in there if each == name.upper()]
        if not near:
            raise InputError(
                f"{table.sql()} has no column {name} to leave out; it has {', '.join(there)}",
                hint="name it as it is spelled there",
            )
        found.update(near)
    return found


def _check_types(table: QualifiedName, types: dict[str, str]) -> None:
    strange = {name: kind for name, kind in types.items() if _word(kind) not in _ASKED}
    if strange:
        said = ", ".join(f"{name} is {kind}" for name, kind in strange.items())
        raise InputError(
            f"{table.sql()}: {said}, which the embedded engine does not have",
            hint=f"leave out what is so: --without {','.join(strange)}",
        )


def _word(kind: str) -> str:
    found = _TYPE.fullmatch(kind)
    return found["word"] if found else ""


def _column(name: str, kind: str, is_nullable: bool) -> Column:  # noqa: FBT001 - one caller
    found = _TYPE.fullmatch(kind)
    plain = kind[: found.start("collated")] if found and found["collated"] else kind
    _, travels = _ASKED[_word(kind)]
    return Column(name=name, type=plain, travels=travels, is_nullable=is_nullable)


def _query(table: QualifiedName, columns: tuple[Column, ...], selection: Selection) -> str:
    values = ", ".join(
        f"{_ASKED[_word(column.type)][0].format(quoted_identifier(column.name))} AS c{number}"
        for number, column in enumerate(columns)
    )
    query = f"SELECT {values} FROM {table.sql()}"  # noqa: S608 - quoted names
    if selection.percent is not None:
        query += f" SAMPLE BERNOULLI ({selection.percent:f})"
    if selection.where is not None:
        query += f" WHERE (\n{selection.where}\n)"  # a comment ends with its line
    return query if selection.most is None else f"{query} LIMIT {selection.most}"


@dataclass(frozen=True, slots=True)
class _Condition:
    """What somebody typed of a query that they never see.

    Attributes:
        there: the names of all columns it may use.
    """

    text: str | None
    there: tuple[str, ...]

    def explain(self, problem: BackendError) -> None:
        """Say the error of the condition and not of a place in the query."""
        if self.text is None:
            return
        columns = f"columns: {', '.join(self.there)}"
        found = _UNKNOWN.search(problem.message)
        if found is None:
            reason = _PLACED.sub("", problem.message)
            problem.message = f"the condition {self.text!r} is refused: {reason}"
            problem.hint = problem.hint or columns
            return
        near = nearest(found["name"].upper(), self.there)
        did = f"; did you mean {near}?" if near else ""
        problem.message = f"the condition {self.text!r}: there is no column {found['name']}{did}"
        problem.hint = columns


def _batches(
    source: Backend, query: str, columns: tuple[Column, ...], condition: _Condition
) -> Iterator[pa.RecordBatch]:
    """In the columns' own types: each part of an answer has the narrowest that hold its values."""
    try:
        for part in source.tables(query):
            arrays = [
                values.cast(column.travels).combine_chunks()
                for values, column in zip(part.columns, columns, strict=True)
            ]
            names = [column.name for column in columns]
            yield from pa.Table.from_arrays(arrays, names).to_batches()
    except BackendError as problem:
        condition.explain(problem)
        raise
    except pa.ArrowException as problem:
        raise BackendError(f"the answer cannot be read: {problem}") from problem
