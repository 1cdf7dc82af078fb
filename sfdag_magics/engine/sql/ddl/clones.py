"""CREATE DATABASE | SCHEMA … CLONE: what is inside is copied, each object with an id of its own.

Snowflake docs, "Cloning considerations": tables with their rows, views as they are written, streams
without what was not read yet; clones refer to clones where what they refer to is cloned as well.
What is granted on objects inside is granted on their clones, and so are future grants; not what is
granted on the database or schema itself. Stages are not cloned, nor are models; the answer names
them. What other parts keep of a namespace is theirs to clone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sfdag_magics.engine.borders.future_grants import GRANT, key_of_grant, made_of
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.tagging import TAGS
from sfdag_magics.engine.sql.ddl.own_numbers import next_number, with_own_numbers
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.table_form import (
    columns_of,
    creation_sql,
    new_physical_name,
    sequence_sql,
    table_detail,
)
from sfdag_magics.engine.sql.stored.tracked_form import HISTORY
from sfdag_magics.engine.sql.streams.watched import name_of, stream_of
from sfdag_magics.engine.sql.streams.watching import watch
from sfdag_magics.engine.store import changes
from sfdag_magics.engine.store.facts import FactsTransaction
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, quoted_identifier

#: In this order: what comes later refers to what came before.
_CLONED = ("SCHEMA", "TAG", "SEQUENCE", "TABLE", "VIEW", "FILE FORMAT", "PROCEDURE", "FUNCTION")
_STREAM = "STREAM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clones:
    """The ids of what was cloned with those of the clones, and what was not cloned, for people."""

    ids: Mapping[str, str]
    left: Sequence[str]


def clone_inside(
    session: Session, facts: FactsTransaction, source: ObjectFact, new: ObjectFact
) -> Clones:
    """Copy what is inside a database or schema into a new one, in the transaction of its facts."""
    inside = [
        fact
        for fact in facts.within(source.database, source.schema or None)
        if fact.id != source.id and fact.session_id is None
    ]
    cloning = _Cloning(session, facts, new)
    for kind in _CLONED:
        for fact in inside:
            if fact.kind == kind:
                cloning.copy(fact)
    for fact in inside:
        if fact.kind == _STREAM:
            cloning.copy_stream(fact)
    names = {clone.id: made_of(clone).shown for clone in cloning.clones.values()}
    copy_grants(facts, cloning.ids, names)
    _copy_future_grants(facts, source, new)
    left = [fact for fact in inside if fact.kind not in (*_CLONED, _STREAM)]
    return Clones(ids=cloning.ids, left=[f"{fact.kind.lower()} {fact.name}" for fact in left])


def copy_grants(facts: FactsTransaction, ids: Mapping[str, str], names: Mapping[str, str]) -> None:
    """Grant on clones what is granted on their sources, by ids; `names` are by clones' ids."""
    for grant in facts.listed(GRANT):
        clone = ids.get(grant.detail["object_id"])
        if clone is not None:
            _grant(facts, grant.detail, clone, names[clone])


def _copy_future_grants(facts: FactsTransaction, source: ObjectFact, new: ObjectFact) -> None:
    """What is granted on later objects of a place, without what is granted on the place."""
    shown = made_of(new).shown
    for grant in facts.listed(GRANT):
        if grant.detail["object_id"] == source.id and grant.detail["scope"]:
            _grant(facts, grant.detail, new.id, shown)


def _grant(facts: FactsTransaction, said: Mapping[str, Any], clone: str, name: str) -> None:
    kept = {**said, "object_id": clone, "name": name}
    facts.add_to_account(GRANT, key_of_grant(kept), detail=kept)


class _Cloning:
    """Copies objects one by one; what was copied before is what the next refer to."""

    def __init__(self, session: Session, facts: FactsTransaction, new: ObjectFact) -> None:
        self._session = session
        self._facts = facts
        self._new = new
        self.clones: dict[str, ObjectFact] = {}
        #: DuckDB's names of sequences, each with that of its clone.
        self._numbers: dict[str, str] = {}

    @property
    def ids(self) -> Mapping[str, str]:
        """Of sources and clones."""
        return {source: clone.id for source, clone in self.clones.items()}

    def copy(self, fact: ObjectFact) -> None:
        """Copy an object that is not made of others by their ids."""
        detail = {**fact.detail}
        if TAGS in detail:
            detail[TAGS] = {self._id(tag): value for tag, value in detail[TAGS].items()}
        if fact.kind == "SEQUENCE":
            detail["physical"] = self._sequence(fact)
        elif fact.kind == "TABLE":
            detail = self._table(fact, detail)
        self._put(fact, detail)

    def copy_stream(self, fact: ObjectFact) -> None:
        """Copy a stream, which begins where it is made: what was not read is not in the clone."""
        stream = stream_of(fact)
        sources = {old: self.clones[old] for old in stream.tables if old in self.clones}
        for table in sources.values():
            full = QualifiedName(table.name, table.schema, table.database)
            there = self._facts.find("TABLE", full)
            if there is not None:
                watch(self._session, self._facts, there)
        clone = self.clones.get(stream.source_id)
        copied = replace(
            stream,
            source=name_of(clone) if clone is not None else stream.source,
            source_id=self._id(stream.source_id),
            tables={
                self._id(old): name_of(sources[old]) if old in sources else name
                for old, name in stream.tables.items()
            },
            shows_initial_rows=False,
        )
        put = self._put(fact, {**fact.detail, **copied.stored()})
        placed = {"stream_id": put.id, "number": self._session.shared.clock.last_change}
        now = {"at": changes.moment(), "first": False}
        self._session.connection.execute(changes.PLACED, {**placed, **now})

    def _put(self, fact: ObjectFact, detail: Mapping[str, Any]) -> ObjectFact:
        clone = replace(
            fact,
            id=uuid4().hex,
            database=self._new.database,
            schema=self._new.schema or fact.schema,
            created_on=datetime.now(UTC),
            detail=dict(detail),
        )
        self._facts.put_back(clone)
        self.clones[fact.id] = clone
        return clone

    def _id(self, source: str) -> str:
        """Of the clone where there is one."""
        return self.clones[source].id if source in self.clones else source

    def _sequence(self, fact: ObjectFact) -> str:
        connection, physical = self._session.connection, new_physical_name("s")
        first = next_number(connection, fact.detail["physical"])
        connection.execute(sequence_sql(physical, first, int(fact.detail["increment"])))
        self._numbers[fact.detail["physical"]] = physical
        return physical

    def _table(self, fact: ObjectFact, detail: Mapping[str, Any]) -> dict[str, Any]:
        connection, physical = self._session.connection, new_physical_name()
        columns = with_own_numbers(connection, columns_of(fact), go_on=True)
        columns = [
            replace(column, default=_replaced(column.default, self._numbers.items()))
            for column in columns
        ]
        connection.execute(creation_sql(physical, columns, temporary=False))
        named = ", ".join(quoted_identifier(column.name) for column in columns)
        connection.execute(
            f"INSERT INTO {quoted_identifier(physical)} ({named})"  # noqa: S608 - names of ours
            f" SELECT {named} FROM {quoted_identifier(fact.detail['physical'])}"
        )
        transient = bool(fact.detail.get("transient"))
        kept = {name: value for name, value in detail.items() if name != HISTORY}
        return {**kept, **table_detail(physical, columns, transient=transient)}


def _replaced(default: str | None, names: Iterable[tuple[str, str]]) -> str | None:
    for old, new in names:
        default = default.replace(old, new) if default is not None else None
    return default
