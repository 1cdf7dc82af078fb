"""A database or schema that was cloned, for whoever keeps something of it outside the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sfdag_magics.engine.borders.object_facts import FactsView
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloned:
    """What was cloned, and where to.

    Attributes:
        schema, new_schema: None of a whole database.
        ids: of its objects, each with that of its clone.
        facts: the catalogue with the clone.
    """

    database: str
    schema: str | None
    new_database: str
    new_schema: str | None
    ids: Mapping[str, str]
    facts: FactsView


#: Clones what somebody keeps of it; the ids that grants are kept by, each with that of its clone.
CloneOthers = Callable[[Cloned], Mapping[str, str]]
