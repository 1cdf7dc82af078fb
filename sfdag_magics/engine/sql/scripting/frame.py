"""The variables of a running block, and how statements and expressions see them.

A variable is a value or, where it was declared so, a RESULTSET; a RESULTSET is never bound as a
value. Knows nothing of the steps of a block.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING, Any

from sfdag_magics.engine.borders.answers import Column, Result, SfType, SqlError, syntax_error
from sfdag_magics.engine.borders.ports import Bindings, Value
from sfdag_magics.engine.sql.scripting.catching import Failed, RaisedError
from sfdag_magics.engine.sql.scripting.script_text import bound_names, bound_text, query_inside
from sfdag_magics.engine.sql.values.constants import SemiStructured, moment_with_offset
from sfdag_magics.engine.sql.values.types import JSON_TYPES
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import TokenReader, tokenize

if TYPE_CHECKING:
    import pyarrow as pa

#: Carries out a statement with its bindings, under an id where that is given.
Run = Callable[[str, Bindings, str | None], Result]
#: A row's values as they can be bound again.
Row = tuple[Value, ...]
#: What a name was as each kind of thing, empty where it was none of that kind.
_Meaning = list[dict[str, Any]]


@dataclass(slots=True)
class Cursor:
    """A declared cursor: its query or the RESULTSET that it goes over, and how far it is.

    Attributes:
        rows: while it is open.
        unread: those of them that FETCH has not given yet.
    """

    source: str
    rows: Result | None = None
    unread: Iterator[Row] = field(default_factory=lambda: iter(()))


@dataclass(slots=True)
class Frame:
    """The variables of a running block; inner blocks see and change the outer ones."""

    run: Run
    values: dict[str, Value] = field(default_factory=dict)
    #: A RESULTSET without a query yet is None.
    result_sets: dict[str, Result | None] = field(default_factory=dict)

    cursors: dict[str, Cursor] = field(default_factory=dict)
    #: As declared; empty or missing where a variable takes the type of what it is given.
    types: dict[str, str] = field(default_factory=dict)
    #: The exceptions that were declared, as RAISE raises them.
    exceptions: dict[str, RaisedError] = field(default_factory=dict)
    #: What the last error came from, or the exception that was raised.
    failed: str = Failed.STATEMENT
    #: The error that a handler is at work on, and what it came from.
    handled: tuple[SqlError, str] | None = None
    #: What the names that a block declares meant before it.
    _hidden: dict[str, _Meaning] = field(default_factory=dict)

    @contextmanager
    def scope(self, counter: str = "") -> Iterator[None]:
        """A block within: what it declares hides what is outside, and goes with it.

        Args:
            counter: of a loop, where only that hides something.
        """
        outside, self._hidden = self._hidden, {}
        try:
            yield
        finally:
            for name, meaning in self._hidden.items():
                if counter and name.split(".")[0] != counter:
                    outside.setdefault(name, meaning)
                    continue
                self._forget(name)
                for names, kept in zip(self._kinds, meaning, strict=True):
                    names.update(kept)
            self._hidden = outside

    def hide(self, name: str) -> None:
        """Whatever has this name is no longer seen until the scope ends."""
        if name not in self._hidden:
            self._hidden[name] = [
                {name: names[name]} if name in names else {} for names in self._kinds
            ]
        self._forget(name)

    def _forget(self, name: str) -> None:
        for names in self._kinds:
            names.pop(name, None)

    @property
    def _kinds(self) -> list[dict[str, Any]]:
        return [self.values, self.result_sets, self.cursors, self.types, self.exceptions]

    @contextmanager
    def _failing_as(self, failed: Failed) -> Iterator[None]:
        try:
            yield
        except SqlError:
            self.failed = failed
            raise

    @property
    def names(self) -> Collection[str]:
        """All that was declared."""
        return self.values.keys() | self.result_sets.keys()

    def sql(self, text: str, used: Sequence[Value] = ()) -> Result:
        """Carry out one SQL statement with `:name` bound.

        Args:
            used: bound to its question marks instead.
        """
        query_id = str(uuid.uuid4())
        with self._failing_as(Failed.STATEMENT):
            result = self.run(text, used, query_id) if used else self._run(text, query_id)
        count = result.rows_affected
        self.values |= {
            "SQLID": query_id,
            "SQLROWCOUNT": count,
            "SQLFOUND": None if count is None else count > 0,
            "SQLNOTFOUND": None if count is None else count == 0,
        }
        return result

    def value(self, text: str, declared: str = "") -> Value:
        """What an expression is; variables stand in it without a colon.

        Args:
            declared: the type that it is to have.
        """
        if all(token.text in "()" for token in tokenize(text)):
            raise syntax_error("syntax error: an expression is missing, and its place is empty.")
        bound = bound_text(text, self.names)
        with self._failing_as(Failed.EXPRESSION):
            result = self._run(f"SELECT {f'({bound})::{declared}' if declared else bound} AS V")
        return next(rows_of_result(result), (None,))[0]

    def declare(self, name: str, declared: str, given: str | None, *, is_result_set: bool) -> None:
        """A variable; one of the same name, which its first value may name, is hidden by it.

        Args:
            declared: its type, empty where it takes that of what it is given.
            given: the expression or query of its first value; none leaves it empty.
        """
        kind = applied_type(declared)
        value = None if given is None or is_result_set else self.value(given, kind)
        self.hide(name)
        self.types[name] = kind
        if not is_result_set:
            self.values[name] = value
            return
        self.result_sets[name] = None
        if given is not None:
            self.assign(name, given)

    def assign(self, name: str, text: str) -> None:
        """`name := text`: the rows of a RESULTSET's query, or the value of an expression.

        Raises:
            SqlError: there is no such variable, or something in the text failed.
        """
        if name in self.result_sets:
            query = query_inside(text)
            self.result_sets[name] = self.result_set(text) if query is None else self.sql(query)
        elif name in self.values:
            self.values[name] = self.value(text, self.types.get(name, ""))
        else:
            raise not_declared(name)

    def put(self, name: str, value: Value) -> None:
        """Give a variable a value in the type it was declared with; else it keeps what it has."""
        if declared := self.types.get(name):
            with self._failing_as(Failed.EXPRESSION):
                cast = self.run(f"SELECT (:V)::{declared} AS V", {"V": value}, None)
            [(value,)] = rows_of_result(cast)
        self.values[name] = value

    def result_set(self, text: str) -> Result:
        """What the RESULTSET of that name holds.

        Raises:
            SqlError: it is none, or no query was assigned to it.
        """
        found = self.result_sets.get(TokenReader(text).identifier())
        if found is None:
            raise SqlError(
                f"SQL compilation error:\n'{text.strip()}' is no RESULTSET with a query: write"
                " LET name RESULTSET := (SELECT …).",
                code=2211,
                sqlstate="42601",
            )
        return found

    def _run(self, text: str, query_id: str | None = None) -> Result:
        for name in bound_names(text):
            if name in self.result_sets:
                raise _no_value(name)
        return self.run(text, self.values, query_id)


def rows_of_result(result: Result) -> Iterator[Row]:
    """The rows one by one, a few of them in memory at a time: the others may lie in a file."""
    for start in range(0, result.rows.num_rows, _PART):
        part = result.rows.slice(start, _PART)
        columns = zip(result.columns, part.columns, strict=True)
        yield from zip(*(_values(column, array) for column, array in columns), strict=True)


#: So many rows become Python's values at once.
_PART = 1024


def _values(column: Column, array: pa.ChunkedArray) -> list[Value]:
    values: list[Value] = array.to_pylist()
    if column.type in JSON_TYPES:
        return [None if text is None else SemiStructured(text, column.type) for text in values]
    if column.type is SfType.TIMESTAMP_TZ:
        return [None if value is None else moment_with_offset(value) for value in values]
    return values


def applied_type(declared: str) -> str:
    """The type that values are cast to; none for those that hold values of any type.

    A text is not cut to its length: whether the service refuses or cuts it is not documented.
    """
    tokens = tokenize(declared)
    word = tokens[0].word if tokens else ""
    if word in _OF_ANY_TYPE:
        return ""
    if word in _TEXTS:
        return "VARCHAR"
    end = next((token.start for token in tokens if token.word == "NOT"), None)  # NOT NULL
    return declared[:end]


_OF_ANY_TYPE = frozenset({"VARIANT", "OBJECT", "ARRAY", "MAP", "GEOGRAPHY", "GEOMETRY", "VECTOR"})
_TEXTS = frozenset({"VARCHAR", "CHAR", "CHARACTER", "NCHAR", "STRING", "TEXT", "NVARCHAR"})


def not_declared(name: str) -> SqlError:
    """The error for a variable that nothing made."""
    return SqlError(
        "SQL compilation error: error line 1 at position 0\n"
        f"invalid identifier '{name}': LET or DECLARE makes a variable.",
        code=904,
        sqlstate="42000",
    )


def _no_value(name: str) -> SqlError:
    return SqlError(
        f"SQL compilation error:\n{name} is a RESULTSET and no value: FOR row IN {name} DO … reads"
        f" its rows, RETURN TABLE({name}) answers them.",
        code=2211,
        sqlstate="42601",
    )
