"""Tags on objects: what whoever keeps an object with tags promises, and what a tag takes as value.

A tag is a fact of the kind TAG; an object keeps the values it has by the ids of tags, so that a
renamed tag goes on and one that was dropped is seen no more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

from sfdag_magics.engine.borders.answers import SqlError, does_not_exist
from sfdag_magics.engine.borders.object_facts import FactsView, ObjectFact
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName

#: The kind of the fact that is a tag; what its detail says of values, None for any.
TAG, ALLOWED = "TAG", "allowed_values"
#: In the detail of a fact with tags: its values by the tags' ids.
TAGS = "tags"
#: Snowflake docs, "Tag quotas": tags of one object.
MOST_TAGS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """An object that may have tags; `domain` is Snowflake's word for its kind."""

    domain: str
    name: QualifiedName
    tags: Mapping[str, str]


#: All objects with tags that one part of the engine keeps outside the catalogue.
TaggedObjects = Callable[[], Iterable[Tagged]]


def tag_of(facts: FactsView, name: QualifiedName) -> ObjectFact:
    """The tag of a full name.

    Raises:
        SqlError: there is none.
    """
    found = facts.find(TAG, name)
    if found is None:
        raise does_not_exist("Tag", name.sql())
    return found


def allowed_text(tag: ObjectFact) -> str | None:
    """A tag's allowed values as a JSON list, None where it takes any."""
    allowed = tag.detail.get(ALLOWED)
    return None if allowed is None else json.dumps(allowed, separators=(",", ":"))


def with_values(tags: Mapping[str, str], said: Iterable[tuple[ObjectFact, str]]) -> dict[str, str]:
    """An object's tags with those that were set.

    Raises:
        SqlError: a tag does not take its value, or the object would have too many.
    """
    values = dict(tags)
    for tag, value in said:
        allowed = tag.detail.get(ALLOWED)
        if allowed is not None and value not in allowed:
            raise SqlError(
                f"Tag value '{value}' is not allowed for tag '{tag.name}'; allowed are:"
                f" {', '.join(allowed)}.",
                code=391884,
                sqlstate="22023",
            )
        values[tag.id] = value
    if len(values) > MOST_TAGS:
        raise SqlError(f"An object has at most {MOST_TAGS} tags, and would have {len(values)}.")
    return values
