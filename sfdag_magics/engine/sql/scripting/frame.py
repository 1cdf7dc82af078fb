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
from sfdag_magics.engine.sql.scripting.script_text import (
    bound_names,
    bound_text,
    immediate_parts,
    query_inside,
    statement_inside,
)
from sfdag_magics.engine.sql.values.constants import SemiStructured, moment_with_offset
from sfdag_magics.engine.sql.values.types import JSON_TYPES
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import TokenReader, tokenize

if TYPE_CHECKING:
    import pyarrow as pa

#: Syntax, names and kinds of names that do not fit.
_OF_WRITING = frozenset({1003, 904, 2211})
#: What was cancelled ends the block, whoever waits for it.
_CANCELED = 604
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
    #: The last error that a statement or an expression ended in.
    raised: SqlError | None = None
    #: The last error, and the line and position of the statement that it came from.
    failed_at: tuple[SqlError, tuple[int, int]] | None = None
    #: What ASYNC began and AWAIT is to tell of, by its RESULTSET; those without one under "".
    begun: dict[str, SqlError] = field(default_factory=dict)
    #: The error that a handler is at work on, and what it came from.
    handled: tuple[SqlError, str] | None = None
    #: Carries out a CONTINUE clause of the innermost block, where one takes the error.
    continues: Callable[[SqlError], bool] | None = None
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
        except SqlError as problem:
            self.failed, self.raised = failed, problem
            raise

    def failing_at(self, problem: SqlError, place: tuple[int, int]) -> None:
        """A statement failed; where one within it did, that is the place already."""
        if self.failed_at is None or self.failed_at[0] is not problem:
            self.failed_at = problem, place

    def goes_on(self, problem: SqlError) -> bool:
        """Whether the block goes on behind what failed, having done what it has to for that."""
        return self.continues is not None and self.continues(problem)

    def is_of_statement(self, problem: SqlError) -> bool:
        """Whether an error is no fault of how the block is written."""
        is_last = self.failed_at is not None and self.failed_at[0] is problem
        return is_last and (problem is self.raised or problem.code not in _OF_WRITING)

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
            text = text.strip()
            result = self.run(text, used, query_id) if used else self._run(text, query_id)
        count = result.rows_affected
        self.values |= {
            "SQLID": query_id,
            "SQLROWCOUNT": count,
            "SQLFOUND": None if count is None else count > 0,
            "SQLNOTFOUND": None if count is None else count == 0,
        }
        return result

    def carried_out(self, text: str) -> Result:
        """The same, where it may be EXECUTE IMMEDIATE of a text that is an expression."""
        reader = TokenReader(text)
        if not reader.accept("EXECUTE", "IMMEDIATE") or reader.peek_words("FROM"):
            return self.sql(text)
        expression, used = immediate_parts(reader)
        statement = self.value(expression)
        if statement is None:
            raise syntax_error(f"EXECUTE IMMEDIATE of NULL, which {expression.strip()} is.")
        return self.sql(str(statement), [self.value(each) for each in used])

    def begin(self, text: str, name: str = "") -> None:
        """`ASYNC (statement)`, for a RESULTSET where it is named.

        It is carried out before the block goes on; what goes wrong is told by AWAIT.
        """
        reader = TokenReader(text)
        reader.expect("ASYNC")
        statement = reader.parenthesized()
        if not reader.at_end:
            raise reader.unexpected()
        try:
            result = self.carried_out(statement)
        except SqlError as problem:
            if problem.code == _CANCELED:
                raise
            self.begun[name] = problem
            return
        if name:
            self.result_sets[name] = result

    def end_begun(self, name: str) -> None:
        """AWAIT of a RESULTSET, or of all that was begun: raises what went wrong there."""
        if name and name not in self.result_sets:
            raise not_declared(name)
        found = [self.begun.pop(each) for each in list(self.begun) if name in ("", each)]
        if found:
            raise found[0]

    def value(self, text: str, declared: str = "") -> Value:
        """What an expression is; variables stand in it without a colon.

        `(CALL …)` is the first value of what that answers.

        Args:
            declared: the type that it is to have.
        """
        statement = statement_inside(text)
        if statement is not None:
            return self._first_value(self.carried_out(statement), declared)
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
            if query is not None:
                self.result_sets[name] = self.carried_out(query)
            elif TokenReader(text).peek_words("ASYNC"):
                self.begin(text, name)
            else:
                self.result_sets[name] = self.result_set(text)
        elif name in self.values:
            self.values[name] = self.value(text, self.types.get(name, ""))
        else:
            raise not_declared(name)

    def put(self, name: str, value: Value) -> None:
        """Give a variable a value in the type it was declared with; else it keeps what it has."""
        self.values[name] = self._cast(value, self.types.get(name, ""))

    def _first_value(self, result: Result, declared: str) -> Value:
        row = next(rows_of_result(result), ())
        return self._cast(row[0] if row else None, declared)

    def _cast(self, value: Value, declared: str) -> Value:
        if not declared:
            return value
        with self._failing_as(Failed.EXPRESSION):
            cast = self.run(f"SELECT (:V)::{declared} AS V", {"V": value}, None)
        [(value,)] = rows_of_result(cast)
        return value

    def result_set(self, text: str) -> Result:
        """What the RESULTSET of that name holds.

        Raises:
            SqlError: it is none, or no query was assigned to it.
        """
        name = TokenReader(text).identifier()
        if name in self.begun:
            raise self.begun.pop(name)
        found = self.result_sets.get(name)
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
