"""GRANT OWNERSHIP of objects that a feature keeps: whose they are then, and what stays granted.

Whose the others are is not kept; of them it is a grant like any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.future_grants import GRANT
from sfdag_magics.engine.sql.reading.grants import Grant
from sfdag_magics.engine.sql.sessions.grantable import Named
from sfdag_magics.engine.sql.sessions.session import Session


def give(said: Grant, objects: Sequence[Named], session: Session) -> None:
    """Let a role own objects; what is granted on them goes or stays, as the statement says.

    Raises:
        SqlError: something is granted, and the statement says neither; or no role is to own them.
    """
    if said.grantee_kind != "ROLE":
        raise SqlError(
            f"SQL compilation error:\nOWNERSHIP of a {said.on.kind} is a role's:"
            f" GRANT OWNERSHIP ON {said.on.kind} … TO ROLE name."
        )
    ids = {each.id for each in objects}
    kept = [each for each in session.catalogue().listed(GRANT) if each.detail["object_id"] in ids]
    if kept and not said.current:
        raise _dependent(said.on.kind, kept[0].detail)
    owned = session.shared.owned[said.on.kind]
    owned.give([each.name for each in owned.all() if each.id in ids], said.grantee.name)
    with session.facts() as facts:
        for each in kept if said.current == "REVOKE" else ():
            facts.remove(each)


def _dependent(kind: str, granted: Mapping[str, str]) -> SqlError:
    return SqlError(
        f"SQL execution error: Dependent grant of privilege '{granted['privilege']}' on securable"
        f" '{granted['name']}' to {granted['to'].lower()} '{granted['grantee']}' exists. It must be"
        " revoked first. More than one dependent grant may exist: use 'SHOW GRANTS' command to view"
        f" them. To revoke all of them, say 'GRANT OWNERSHIP ON {kind} … TO ROLE … REVOKE CURRENT"
        " GRANTS'.",
        code=3036,
        sqlstate="23001",
    )
