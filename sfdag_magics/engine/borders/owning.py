"""Objects with an owner that a part of the engine keeps outside the catalogue, for GRANT."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """One object; grants on it are kept by its id."""

    id: str
    name: QualifiedName
    owner: str
    created_on: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedObjects:
    """All objects of a kind.

    Attributes:
        kind: Snowflake's word, upper-case.
        privileges: what ALL means, which OWNERSHIP is no part of.
        give: makes a role own objects that are there.
    """

    kind: str
    privileges: Sequence[str]
    all: Callable[[], Iterable[Owned]]
    give: Callable[[Sequence[QualifiedName], str], None]
