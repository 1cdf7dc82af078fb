"""The fields of a table: what a body says in SQL, and what rows tell in a body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sfdag_magics.engine.resources.forms.fields import (
    Field,
    Record,
    Union,
    only_told,
    properties,
    told,
)
from sfdag_magics.engine.resources.forms.shapes import (
    ListOf,
    Moment,
    Name,
    OneOf,
    Text,
    Truth,
    Whole,
)
from sfdag_magics.sqltext import quoted_string, sql_identifier

_KINDS = ("PERMANENT", "TRANSIENT", "TEMPORARY", "", "transient", "temporary")
_IDENTITY = re.compile(r"IDENTITY START (-?\d+) INCREMENT (-?\d+)")
_NAMES = ListOf(Name())
_CONSTRAINT = (Field("name", Name()), Field("column_names", _NAMES))
_CONSTRAINTS = Union(
    by="constraint_type",
    kinds={
        "PRIMARY KEY": Record(_CONSTRAINT),
        "UNIQUE": Record(_CONSTRAINT),
        "FOREIGN KEY": Record(
            (
                *_CONSTRAINT,
                Field("referenced_table_name", Text(), required=True),
                Field("referenced_column_names", _NAMES, required=True),
            )
        ),
    },
)
COLUMN = Record(
    (
        Field("name", Name(), required=True),
        Field("datatype", Text(), required=True),
        Field("nullable", Truth()),
        Field("collate", Text()),
        Field("default", Text()),
        Field("autoincrement", Truth()),
        Field("autoincrement_start", Whole()),
        Field("autoincrement_increment", Whole()),
        Field("constraints", ListOf(_CONSTRAINTS)),
        Field("comment", Text()),
    )
)
_OPTIONS = (
    Field("enable_schema_evolution", Truth(), "ENABLE_SCHEMA_EVOLUTION"),
    Field("data_retention_time_in_days", Whole(), "DATA_RETENTION_TIME_IN_DAYS"),
    Field("max_data_extension_time_in_days", Whole(), "MAX_DATA_EXTENSION_TIME_IN_DAYS"),
    Field("change_tracking", Truth(), "CHANGE_TRACKING"),
    Field("default_ddl_collation", Text(), "DEFAULT_DDL_COLLATION"),
    Field("row_timestamp", Truth(), "ROW_TIMESTAMP"),
    Field("error_logging", Truth(), "ERROR_LOGGING"),
    Field("comment", Text(), "COMMENT"),
)
_TOLD = (
    only_told("created_on", Moment()),
    only_told("database_name", Name()),
    only_told("schema_name", Name()),
    only_told("rows", Whole()),
    only_told("bytes", Whole()),
    only_told("owner", Text()),
    only_told("dropped_on", Moment()),
    only_told("automatic_clustering", Truth()),
    only_told("search_optimization", Truth()),
    only_told("search_optimization_progress", Whole()),
    only_told("search_optimization_bytes", Whole()),
    only_told("search_optimization_configuration", ListOf(Text())),
    only_told("owner_role_type", Text()),
    only_told("budget", Text()),
    only_told("table_type", Text()),
)
NAME = Field("name", Name(), required=True)
TABLE_FIELDS = (
    NAME,
    Field("kind", OneOf(_KINDS)),
    Field("cluster_by", ListOf(Text())),
    Field("columns", ListOf(COLUMN)),
    Field("constraints", ListOf(_CONSTRAINTS)),
    *_OPTIONS,
    *_TOLD,
)
#: What SHOW tells of a table in columns of the same names.
_SHOWN = (NAME, *_OPTIONS[:1], *_OPTIONS[3:4], *_OPTIONS[-1:], *_TOLD)


def definition(body: Mapping[str, Any]) -> str:
    """The columns and constraints of a body in parentheses; empty where there is none."""
    listed = [_column_sql(each) for each in body.get("columns", ())]
    listed += [_constraint_sql(each, inline=False) for each in body.get("constraints", ())]
    return f"({', '.join(listed)})" if listed else ""


def _column_sql(column: Mapping[str, Any]) -> str:
    return " ".join([sql_identifier(column["name"]), column["datatype"], *_column_parts(column)])


def _column_parts(column: Mapping[str, Any]) -> Iterator[str]:
    if "collate" in column:
        yield f"COLLATE {quoted_string(column['collate'])}"
    if column.get("nullable") is False:
        yield "NOT NULL"
    if "default" in column:
        yield f"DEFAULT {column['default']}"
    if column.get("autoincrement"):
        start, step = (column.get(f"autoincrement_{end}", 1) for end in ("start", "increment"))
        yield f"AUTOINCREMENT START {start} INCREMENT {step}"
    for constraint in column.get("constraints", ()):
        yield _constraint_sql(constraint, inline=True)
    if "comment" in column:
        yield f"COMMENT {quoted_string(column['comment'])}"


def _constraint_sql(constraint: Mapping[str, Any], *, inline: bool) -> str:
    kind, words = constraint["constraint_type"], []
    if "name" in constraint:
        words.append(f"CONSTRAINT {sql_identifier(constraint['name'])}")
    if not (inline and kind == "FOREIGN KEY"):
        words.append(kind)
    if not inline:
        words.append(_NAMES.sql(constraint.get("column_names", ())))
    if kind == "FOREIGN KEY":
        referenced = _NAMES.sql(constraint["referenced_column_names"])
        words.append(f"REFERENCES {constraint['referenced_table_name']} {referenced}")
    return " ".join(words)


def clauses(body: Mapping[str, Any]) -> list[str]:
    """What follows the columns in CREATE TABLE."""
    clustered = body.get("cluster_by")
    keys = [f"CLUSTER BY ({', '.join(clustered)})"] if clustered else []
    return [*keys, *properties(_OPTIONS, body)]


def kind_word(body: Mapping[str, Any]) -> str:
    """What stands before TABLE."""
    kind = str(body.get("kind", "")).upper()
    return "" if kind == "PERMANENT" else kind


def told_alone(row: Mapping[str, Any]) -> dict[str, Any]:
    """A table as a body without its columns, from its row of SHOW."""
    kind = str(row.get("kind") or "TABLE")
    body = told(_SHOWN, row)
    return {**body, "kind": "PERMANENT" if kind == "TABLE" else kind, "table_type": "NORMAL"}


def told_column(row: Mapping[str, Any]) -> dict[str, Any]:
    """A column as bodies have it, from its row of DESCRIBE."""
    column = {
        "name": sql_identifier(row["name"]),
        "datatype": row["type"],
        "nullable": row["null?"] == "Y",
        "comment": row["comment"],
        "default": row["default"],
    }
    identity = _IDENTITY.match(row["default"] or "")
    if identity is not None:
        column |= {
            "default": None,
            "autoincrement": True,
            "autoincrement_start": int(identity[1]),
            "autoincrement_increment": int(identity[2]),
        }
    return {name: value for name, value in column.items() if value is not None}
