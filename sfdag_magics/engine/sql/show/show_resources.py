"""SHOW AS RESOURCE TABLES and VIEWS: one JSON object for each, which `session.catalog` asks for.

The names are those of snowflake.core's models of a table and a view; what has no meaning here is
left out.
"""

from __future__ import annotations

import json
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.sql.reading.words import read_statement
from sfdag_magics.engine.sql.sessions.row_counts import row_counts
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.show.show_objects import facts_shown, table_kind
from sfdag_magics.engine.sql.stored.table_form import columns_of

#: What a model calls the table that SHOW calls TABLE.
_PERMANENT = {"TABLE": "PERMANENT"}


def show_resources(statement: Statement, session: Session) -> Result:
    """SHOW AS RESOURCE TABLES or VIEWS, with the filters of SHOW TABLES."""
    noun = statement.kind.removeprefix("SHOW AS RESOURCE ")
    with read_statement(statement, noun) as reader:
        facts = facts_shown(noun, reader, session)
    counts = row_counts(session, facts)
    rows = [[json.dumps(_resource(fact, counts.get(fact.id)))] for fact in facts]
    return rowset({"As Resource": SfType.TEXT}, rows)


def _resource(fact: ObjectFact, rows: int | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": fact.name,
        "database_name": fact.database,
        "schema_name": fact.schema,
        "comment": fact.comment or None,
        "owner": fact.owner,
        "created_on": fact.created_on.isoformat(),
        "columns": [
            {
                "name": column.name,
                "datatype": column.type.sql(),
                "nullable": column.nullable,
                "comment": column.comment,
            }
            for column in columns_of(fact)
        ],
    }
    if fact.kind == "VIEW":
        secure = bool(fact.detail.get("secure"))
        return told | {"query": fact.detail["statement"], "secure": secure}
    kind = table_kind(fact)
    return told | {"kind": _PERMANENT.get(kind, kind), "rows": rows}
