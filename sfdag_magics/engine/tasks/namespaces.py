"""What a kill kept tasks from: the renames and drops of their databases and schemas.

Tasks are in the run log, schemas in the catalogue, each with commits of its own; a schema's comes
first. Pure: which schemas there are is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sfdag_magics.engine.borders.object_facts import MOVED_FROM, FactsView
from sfdag_magics.light_classes import dataclass

Place = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A database (schema None) or schema that is no more; `new` is its name now, None for none."""

    database: str
    schema: str | None
    new: str | None


def renames(facts: FactsView, of_tasks: Iterable[Place]) -> Iterator[Missed]:
    """Renames of places in which tasks still are."""
    there = _places(facts)
    lost = {place for place in of_tasks if place not in there}
    for fact in (*facts.listed("DATABASE"), *facts.listed("SCHEMA")):
        database, schema = fact.detail.get(MOVED_FROM, (None, None))
        if any(place[0] == database and schema in ("", place[1]) for place in lost):
            yield Missed(database=database, schema=schema or None, new=fact.name)


def drops(facts: FactsView, of_tasks: Iterable[Place]) -> Iterator[Missed]:
    """Places of tasks that are no more, where no rename explains it."""
    there = _places(facts)
    for database, schema in sorted({place for place in of_tasks if place not in there}, key=str):
        yield Missed(database=str(database), schema=schema, new=None)


def _places(facts: FactsView) -> set[Place]:
    return {(fact.database, fact.schema) for fact in facts.listed("SCHEMA")}
