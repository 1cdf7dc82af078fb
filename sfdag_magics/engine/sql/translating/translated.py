"""What a translation is, and what is lent to DuckDB for it: rows under a name, functions.

Knows no SQL of Snowflake. A translation that is kept is answered again with the rows of then.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime
from functools import partial

from sfdag_magics.engine.borders.answers import Column, Result, SqlError
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Arguments, Value
from sfdag_magics.engine.sql.results.result_rows import rows_for_duck
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.translating.user_functions import (
    LentFunction,
)
from sfdag_magics.engine.sql.values.types import SqlType
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """A DuckDB statement with its values, and what is known of its columns."""

    sql: str
    parameters: Mapping[str, Value]
    types: tuple[SqlType | None, ...] | None
    registered: tuple[str, ...]
    lent: tuple[LentFunction, ...]
    exact: bool
    #: Whether the same text may be answered from this translation again in the same session.
    stable: bool
    #: Whether it is a query without a FROM.
    reads_nothing: bool = False
    #: Where rows that are registered come from: they are asked for at each answer.
    asked: tuple[Asked, ...] = ()
    #: Whether it picks the same rows when it is carried out twice at the same moment.
    settled: bool = True
    #: The streams that it reads, and the number of the last commit that all of them show.
    streams: tuple[ObjectFact, ...] = ()
    shown: int | None = None
    #: Whether it is the same for other bound values of the same kinds.
    for_any_bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Rows that stand for a virtual table or a table function in a translation.

    Attributes:
        name: what they are registered as.
        columns: what the translation relied on.
        arguments: those of the function; a `BoundText` stands for its binding.
        kept: the positions of the columns that the translation names; None names all.
    """

    name: str
    columns: tuple[Column, ...]
    arguments: Arguments
    answer: Callable[[Arguments, Session], Result | None]
    kept: tuple[int, ...] | None = None

    def bindings(self) -> set[str]:
        """The parameters that it has its arguments from."""
        given = (*self.arguments.positional, *self.arguments.named.values())
        return {each.parameter for each in given if isinstance(each, BoundText)}

    def again(self, session: Session, bindings: Sequence[str]) -> Result | None:
        """The rows of now, with other bindings than then."""

        def value(given: Value) -> Value:
            return bindings[given.place - 1] if isinstance(given, BoundText) else given

        arguments = Arguments(
            positional=tuple(map(value, self.arguments.positional)),
            named={name: value(given) for name, given in self.arguments.named.items()},
        )
        return self.answer(arguments, session)


class BoundText(str):
    """A text that a binding gave, and which: another may take its place another time."""

    place: int

    @classmethod
    def of(cls, text: str, place: int) -> BoundText:
        """The text of the binding at this place, from 1."""
        made = cls(text)
        made.place = place
        return made

    @property
    def parameter(self) -> str:
        """What DuckDB would know it by."""
        return parameter_name(self.place)


def parameter_name(place: int) -> str:
    """What DuckDB knows the binding of this place by."""
    return f"p{place}_"  # the underscore tells $p1_ from $p10_ in the text


def is_place(parameter: str) -> bool:
    """Whether it is what DuckDB knows a binding by that has a place and no name."""
    return parameter[:1] == "p" and parameter[1:-1].isdigit()


@dataclass(slots=True, kw_only=True)
class Noted:
    """What one translation gathers, views included."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    parameters: dict[str, Value] = field(default_factory=dict)
    registered: list[str] = field(default_factory=list)
    lent: list[LentFunction] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    #: What a virtual table or a table function refused, which no other translation would change.
    refused: SqlError | None = None
    exact: bool = True
    settled: bool = True
    stable: bool = True
    #: Whether a bound value was read, so that with another the translation may be another.
    reads_bound: bool = False
    #: By name, the query that stands for it in DuckDB's text.
    stands: dict[str, str] = field(default_factory=dict)
    streams: dict[str, ObjectFact] = field(default_factory=dict)
    #: The last commit that its streams show: others commit while a statement is translated.
    shown: int | None = None

    def standing(self, query: str) -> str:
        """A name for a query of DuckDB's, which takes its place in the end."""
        name = f"q_{uuid.uuid4().hex}"
        self.stands[name] = query
        return name

    def put_in(self, sql: str) -> str:
        """The text with queries in the place of their names."""
        for name, query in self.stands.items():
            sql = sql.replace(f'"{name}"', f"({query})")
        return sql


def registered(session: Session, result: Result, kept: tuple[int, ...] | None = None) -> str:
    """The name under which DuckDB finds these rows until they are released."""
    name = f"v_{uuid.uuid4().hex}"
    session.connection.register(name, rows_for_duck(result, kept))
    session.lendings.add(name, partial(session.connection.unregister, name))
    return name


def asked_again(
    session: Session, remembered: Translated, bindings: Sequence[str] = ()
) -> Translated | None:
    """A remembered translation with the rows of now; None where they have other columns."""
    sql, names = remembered.sql, list[str]()
    try:
        for asked in remembered.asked:
            rows = asked.again(session, bindings)
            if rows is None or rows.columns != asked.columns:
                break
            names.append(registered(session, rows, asked.kept))
            sql = sql.replace(asked.name, names[-1])
        else:
            return replace(remembered, sql=sql, registered=tuple(names))
    except BaseException:
        release(session, replace(remembered, registered=tuple(names)))
        raise
    release(session, replace(remembered, registered=tuple(names)))
    return None


def release(session: Session, translated: Translated) -> None:
    """Forget what was registered for a statement.

    Raises:
        SqlError: why the statement failed, where a function of the user's is the reason.
    """
    lent = (each.name for each in translated.lent)
    session.lendings.take_back([*lent, *translated.registered])
