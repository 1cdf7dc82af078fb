"""The clauses that every SHOW has: LIKE, IN, STARTS WITH, LIMIT. Knows facts by name only."""

from __future__ import annotations

from collections.abc import Sequence

from sfdag_magics.engine.borders.answers import unsupported
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.borders.rowset import like
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import TokenReader


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFilter:
    """Which objects a SHOW statement asks for; database and schema None mean all."""

    pattern: str | None = None
    database: str | None = None
    schema: str | None = None
    starts_with: str = ""
    limit: int | None = None
    after: str | None = None

    @classmethod
    def read(cls, reader: TokenReader, session: SqlSession) -> ShowFilter:
        """Reads the clauses to the end; without IN the session's schema, as Snowflake does."""
        pattern = reader.string() if reader.accept("LIKE") else None
        database, schema = _namespace(reader, session)
        starts_with = reader.string() if reader.accept("STARTS", "WITH") else ""
        limit = reader.integer() if reader.accept("LIMIT") else None
        after = reader.string() if reader.accept("FROM") else None
        if not reader.at_end:
            raise reader.unexpected()
        return cls(
            pattern=pattern,
            database=database,
            schema=schema,
            starts_with=starts_with,
            limit=limit,
            after=after,
        )

    def of(self, facts: Sequence[ObjectFact]) -> list[ObjectFact]:
        """Those of `facts` that are asked for, by name."""
        wanted = like(self.pattern)
        found = [
            fact
            for fact in sorted(facts, key=lambda fact: fact.name)
            if wanted.match(fact.name)
            and fact.name.startswith(self.starts_with)
            and (self.after is None or fact.name > self.after)
        ]
        return found[: self.limit]


def _namespace(reader: TokenReader, session: SqlSession) -> tuple[str | None, str | None]:
    if not reader.accept("IN"):
        return session.database, session.schema
    if reader.accept("ACCOUNT"):
        return None, None
    if reader.accept("DATABASE"):
        at_end = reader.at_end or reader.peek_words("STARTS") or reader.peek_words("LIMIT")
        return (session.database if at_end else reader.identifier()), None
    if reader.peek_words("APPLICATION") or reader.peek_words("CLASS"):
        raise unsupported("SHOW … IN APPLICATION or CLASS")
    reader.accept("SCHEMA")
    if reader.at_end or reader.peek_words("STARTS") or reader.peek_words("LIMIT"):
        return session.database, session.schema
    name = reader.qualified_name()
    return name.schema or session.database, name.name
