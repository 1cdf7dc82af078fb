"""Grants on what is made later: which of them a new object gets. Pure rules over kept grants.

Snowflake docs, "GRANT privileges": of a kind with future grants on the schema and on its database,
those on the schema count alone. What was granted to an object so is a grant of its own from then
on, and stays where the future grant is revoked.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sfdag_magics.engine.borders.object_facts import Facts, FactsView, ObjectFact
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, identifier_from_sql, sql_identifier

#: The kind of fact that a grant is; future ones have the kind of their place as `scope`.
GRANT = "GRANT"
OWNERSHIP = "OWNERSHIP"
_GRANTEES = ("ROLE", "DATABASE ROLE", "USER")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new object.

    Attributes:
        schema: where it lies; None for a schema itself.
        shown: its name in grants.
        has_owner: whether its owner is kept with it; OWNERSHIP is a grant like any otherwise.
    """

    kind: str
    id: str
    database: str
    schema: str | None
    shown: str
    has_owner: bool = False


def grant_ahead(facts: Facts, made: Sequence[Made]) -> None:
    """Keep what new objects are granted, as if it had been said of each of them."""
    future = _future(facts, {each.kind for each in made})
    if not future:
        return
    for each in made:
        for said in _said_of(facts, future, each):
            kept = {**said, "scope": "", "name": each.shown, "object_id": each.id}
            facts.add_to_account(GRANT, key_of_grant(kept), detail=kept)


def is_granted_ahead(facts: FactsView, made: Made) -> bool:
    """Whether a new object is granted anything."""
    return bool(_said_of(facts, _future(facts, {made.kind}), made))


def owner_ahead(facts: FactsView, made: Made) -> str | None:
    """The role that is to own a new object; None where no future grant says so."""
    said = _covering(facts, _future(facts, {made.kind}), made)
    roles = [each["grantee"] for each in said if each["privilege"] == OWNERSHIP]
    return identifier_from_sql(roles[-1]) if roles else None


def _future(facts: FactsView, kinds: Collection[str]) -> list[Mapping[str, Any]]:
    """What is granted on later objects of some kinds, to who is still there."""
    said = [
        fact.detail
        for fact in facts.listed(GRANT)
        if fact.detail["scope"] and fact.detail["on"] in kinds
    ]
    if not said:
        return []
    there = {None, *(fact.id for kind in _GRANTEES for fact in facts.listed(kind))}
    return [each for each in said if each["grantee_id"] in there]


def _said_of(
    facts: FactsView, future: Sequence[Mapping[str, Any]], made: Made
) -> list[Mapping[str, Any]]:
    said = _covering(facts, future, made)
    return [each for each in said if not (made.has_owner and each["privilege"] == OWNERSHIP)]


def _covering(
    facts: FactsView, future: Sequence[Mapping[str, Any]], made: Made
) -> list[Mapping[str, Any]]:
    places = [
        *(
            facts.listed("SCHEMA", database=made.database, schema=made.schema)
            if made.schema
            else ()
        ),
        *facts.listed("DATABASE", database=made.database),
    ]
    of_places = ([each for each in future if _is_in(each, made, place)] for place in places)
    return next((found for found in of_places if found), [])


def _is_in(said: Mapping[str, Any], made: Made, place: ObjectFact) -> bool:
    return bool(said["on"] == made.kind and said["object_id"] == place.id)


def key_of_grant(detail: Mapping[str, Any]) -> str:
    """What a grant is kept under."""
    names = ("scope", "on", "name", "to", "grantee", "privilege", "object_id", "grantee_id")
    return json.dumps([detail[name] for name in names])


def made_of(fact: ObjectFact) -> Made:
    """An object of the catalogue as something new."""
    if fact.kind == "DATABASE":
        shown = sql_identifier(fact.name)
        return Made(kind=fact.kind, id=fact.id, database=fact.name, schema=None, shown=shown)
    if fact.kind == "SCHEMA":
        shown = QualifiedName(fact.name, fact.database).sql()
        return Made(kind=fact.kind, id=fact.id, database=fact.database, schema=None, shown=shown)
    name = QualifiedName(fact.name, fact.schema, fact.database).sql()
    return Made(
        kind=fact.kind,
        id=fact.id,
        database=fact.database,
        schema=fact.schema,
        shown=f"{name}{fact.arguments}",
    )
