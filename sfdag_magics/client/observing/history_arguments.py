"""What Snowflake's functions of the past are asked with, the embedded engine's own among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.sqltext import QualifiedName, quoted_string, sql_identifier

#: TASK_HISTORY and QUERY_HISTORY refuse a longer range, and give at most so many rows (Snowflake
#: docs); with a margin for clocks that differ.
KEPT, MOST_ROWS = timedelta(days=6, hours=23), 10_000
#: Arguments of the embedded engine's history functions, which then find runs by index: by their
#: id, by what their id begins with, by what their config holds.
OF_GROUP = "GRAPH_RUN_GROUP_ID"
GROUP_START = "GRAPH_RUN_GROUP_ID_START"
WITH_CONFIG = "CONFIG_PART"


def known_of(backend: Backend, arguments: Mapping[str, str]) -> dict[str, str]:
    """Those that the embedded engine has of its own: by them it finds by index.

    Without any it looks through all, as the service does.
    """
    return {name: value for name, value in arguments.items() if backend.knows(name)}


def unless(argument: str, said: Mapping[str, str], condition: str) -> str:
    """The condition where no argument says it: a text that differs from run to run is read anew."""
    return "TRUE" if argument in said else condition


def of_groups(group_ids: Sequence[str]) -> dict[str, str]:
    """What makes the embedded engine find these runs by index."""
    return {OF_GROUP: quoted_string(",".join(group_ids))}


def information(root: QualifiedName, function: str) -> str:
    """A function of INFORMATION_SCHEMA by its full name: the session may have no database."""
    prefix = f"{sql_identifier(root.database)}." if root.database else ""
    return f"{prefix}INFORMATION_SCHEMA.{function}"


def lies_in(place: QualifiedName) -> str:
    """The condition that a row is of the schema that this full name lies in."""
    return (
        f"DATABASE_NAME = {quoted_string(place.database or '')} "
        f"AND SCHEMA_NAME = {quoted_string(place.schema or '')}"
    )


def moment_argument(moment: datetime, *, is_embedded: bool) -> str:
    """A moment as the functions of the past take it.

    The embedded engine reads the text itself; to compute a time is another query there.
    """
    return _timestamp(moment) if is_embedded else f"TO_TIMESTAMP_LTZ({_timestamp(moment)})"


def _timestamp(moment: datetime) -> str:
    """A moment as a literal that says its zone."""
    return quoted_string(moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f +0000"))
