"""Format 3: the values of VARIANT, OBJECT and ARRAY columns in the one text that each has.

Before, they were kept as the text that they were made of. Knows DuckDB and `json_text`, no table of
its own.
"""

from __future__ import annotations

import duckdb

from sfdag_magics.engine.starting.later_numpy import have_numpy
from sfdag_magics.engine.variants.json_text import canonical
from sfdag_magics.sqltext import quoted_identifier

_FUNCTION = "canonical_json"
_COLUMNS = """
    SELECT DISTINCT columns.schema_name, columns.table_name, columns.column_name
    FROM duckdb_columns() columns
    JOIN duckdb_tables() USING (database_name, schema_name, table_name)
    WHERE columns.data_type = 'JSON' AND NOT columns.internal
      AND columns.database_name = current_database()
    """


def written_in_one_way(root: duckdb.DuckDBPyConnection) -> None:
    """Rewrite what equals another value and is another text."""
    columns = root.execute(_COLUMNS).fetchall()
    if not columns:
        return
    have_numpy()
    root.create_function(_FUNCTION, canonical, ["VARCHAR"], "VARCHAR")
    for schema, table, column in columns:
        name, value = (
            f"{quoted_identifier(schema)}.{quoted_identifier(table)}",
            quoted_identifier(column),
        )
        root.execute(
            f"UPDATE {name} SET {value} = CAST({_FUNCTION}(CAST({value} AS VARCHAR)) AS JSON)"  # noqa: S608 - names of ours, quoted
            f" WHERE {_FUNCTION}(CAST({value} AS VARCHAR)) <> CAST({value} AS VARCHAR)"
        )
    root.remove_function(_FUNCTION)
