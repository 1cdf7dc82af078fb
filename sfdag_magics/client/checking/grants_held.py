"""What the session's role may do, by SHOW GRANTS: its own privileges and those of roles below it.

Only the primary role counts, and no secondary ones: what is created belongs to it, and tasks run
with its privileges alone (Snowflake docs: tasks-intro). SHOW needs no warehouse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sfdag_magics.client.connecting.backend import Backend, Row
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import SqlTextError, TokenReader, sql_identifier

#: Every role has what this one has.
_PUBLIC = "PUBLIC"
#: Who owns everything on the embedded engine, which tells of what was granted alone.
_OWNS_ALL_HERE = "ACCOUNTADMIN"
_ROLE, _DATABASE_ROLE = "ROLE", "DATABASE ROLE"
#: A hierarchy of more roles is read no further: each is a request.
_MOST_ROLES = 60

Name = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a role has.

    Attributes:
        roles: itself, and those that were granted to it, directly or by others.
        granted: kind of object, its stored name (empty of the account), privilege.
        unseen: of these roles that this one may not be told the grants of.
        has_all: nothing is shut for it.
    """

    role: str
    roles: frozenset[str]
    granted: frozenset[tuple[str, Name, str]]
    unseen: tuple[str, ...] = ()
    has_all: bool = False

    def has(self, privilege: str, kind: str, name: Name) -> bool:
        """Whether it has a privilege on something; who owns it has every one."""
        on = [(kind, name, privilege), (kind, name, "OWNERSHIP")]
        return self.has_all or any(each in self.granted for each in on)

    def has_some(self, kind: str, name: Name) -> bool:
        """Whether it has any privilege on it, which lets it use what is inside."""
        return self.has_all or any(each[:2] == (kind, name) for each in self.granted)


def read_held(backend: Backend) -> Held:
    """What the session's role has. One request for each role below it.

    Raises:
        BackendError: it is not told what this role itself has.
    """
    own = str(backend.rows("SELECT CURRENT_ROLE() AS ROLE")[0]["ROLE"])
    granted: set[tuple[str, Name, str]] = set()
    unseen: list[str] = []
    left: list[tuple[str, Name]] = [(_ROLE, (own,)), (_ROLE, (_PUBLIC,))]
    for kind, name in left:  # it grows meanwhile
        spelled = ".".join(map(sql_identifier, name))
        try:
            told = {*_told(backend.rows(f"SHOW GRANTS TO {kind} {spelled}"))}
        except ConnectError:
            raise
        except BackendError:
            if name == (own,):
                raise
            unseen += [spelled] if name != (_PUBLIC,) else []
            continue
        granted |= told
        below = {(on, each) for on, each, _ in told if on in (_ROLE, _DATABASE_ROLE)}
        left += sorted(below - {*left})[: _MOST_ROLES - len(left)]
    return Held(
        role=own,
        roles=frozenset(name[0] for kind, name in left if kind == _ROLE),
        granted=frozenset(granted),
        unseen=tuple(unseen),
        has_all=backend.is_embedded and own == _OWNS_ALL_HERE,
    )


def _told(rows: Iterable[Row]) -> Iterator[tuple[str, Name, str]]:
    for row in rows:
        kind = str(row["granted_on"]).replace("_", " ")
        yield kind, () if kind == "ACCOUNT" else _stored(str(row["name"])), str(row["privilege"])


def _stored(shown: str) -> Name:
    """The parts of a name as SHOW tells it: stored ones, in quotes where a word would not do."""
    if '"' not in shown:
        return tuple(shown.split("."))
    try:
        name = TokenReader(shown).qualified_name()
    except SqlTextError:
        return (shown,)
    return tuple(part for part in (name.database, name.schema, name.name) if part is not None)
