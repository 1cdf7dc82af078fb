"""Column definitions as CREATE TABLE and ALTER TABLE write them. Reads trees; makes sequences."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SqlError, syntax_error, unsupported
from sfdag_magics.engine.sql.ddl.column_defaults import duck_default
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.table_form import TableColumn, new_physical_name, sequence_sql
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.sql.values.types import type_from_ast
from sfdag_magics.engine.store.facts import FactsTransaction

_AUTOINCREMENT = (
    exp.AutoIncrementColumnConstraint,
    exp.GeneratedAsIdentityColumnConstraint,
)
#: Written and kept by Snowflake, and not enforced there either.
_NOT_ENFORCED = (
    exp.UniqueColumnConstraint,
    exp.Reference,
    exp.CollateColumnConstraint,
)


def columns_from_ast(
    schema: exp.Schema, translator: Translator, session: Session, facts: FactsTransaction
) -> list[TableColumn]:
    """The columns of a prepared `(name type …, PRIMARY KEY (…))`."""
    for item in schema.expressions:
        if isinstance(item, exp.Identifier | exp.Column):
            raise syntax_error(f"syntax error: column '{item.name}' has no data type.")
    columns = [
        column_from_ast(item, translator, session)
        for item in schema.expressions
        if isinstance(item, exp.ColumnDef)
    ]
    keys = _out_of_line_keys(schema.expressions)
    unique = _unique_alone(schema.expressions)
    return [
        TableColumn(
            **{
                **{name: getattr(column, name) for name in column.__dataclass_fields__},
                "primary_key": column.primary_key or column.name in keys,
                "nullable": column.nullable and column.name not in keys,
                "unique": column.unique or column.name in unique,
            }
        )
        for column in columns
    ]


def _out_of_line_keys(items: Iterable[exp.Expr]) -> set[str]:
    keys: set[str] = set()
    for item in items:
        found = item.find(exp.PrimaryKey) if not isinstance(item, exp.ColumnDef) else None
        if found is not None:
            keys.update(part.name for part in found_in(found, exp.Identifier))
    return keys


def _unique_alone(items: Iterable[exp.Expr]) -> set[str]:
    """Columns that are a unique key by themselves, as it is written behind all columns."""
    found: set[str] = set()
    for item in items:
        if isinstance(item, exp.Constraint | exp.UniqueColumnConstraint):
            for key in found_in(item, exp.UniqueColumnConstraint):
                names = [part.name for part in found_in(key, exp.Identifier)]
                found.update(names if len(names) == 1 else ())
    return found


def column_from_ast(node: exp.ColumnDef, translator: Translator, session: Session) -> TableColumn:
    """One column; an AUTOINCREMENT gets its sequence here."""
    if node.kind is None:
        raise SqlError(
            f"SQL compilation error:\nMissing data type for column '{node.name}'.", code=2018
        )
    kind = type_from_ast(node.kind)
    nullable, primary, unique = True, False, False
    default = default_text = sequence = comment = None
    for constraint in node.constraints:
        what = constraint.args.get("kind")
        if isinstance(what, exp.NotNullColumnConstraint):
            nullable = bool(what.args.get("allow_null"))
        elif isinstance(what, exp.PrimaryKeyColumnConstraint):
            primary, nullable = True, False
        elif isinstance(what, exp.DefaultColumnConstraint):
            default_text = what.this.sql(dialect="snowflake")
            default = duck_default(what.this, kind, translator)
        elif isinstance(what, exp.CommentColumnConstraint):
            comment = what.this.name
        elif isinstance(what, _AUTOINCREMENT):
            sequence, default_text = _sequence(what, session)
            default = f"nextval('{sequence}')"
        elif isinstance(what, _NOT_ENFORCED):
            unique = unique or isinstance(what, exp.UniqueColumnConstraint)
        else:
            raise unsupported(f"The column option {constraint.sql(dialect='snowflake')}")
    return TableColumn(
        name=node.name,
        type=kind,
        nullable=nullable,
        default=default,
        default_text=default_text,
        sequence=sequence,
        comment=comment,
        primary_key=primary,
        unique=unique,
    )


def _sequence(node: exp.Expr, session: Session) -> tuple[str, str]:
    start = node.args.get("start")
    step = node.args.get("increment")
    first = int(start.sql()) if start is not None else 1
    by = int(step.sql()) if step is not None else 1
    name = new_physical_name("s")
    session.connection.execute(sequence_sql(name, first, by))
    return name, f"IDENTITY START {first} INCREMENT {by} NOORDER"
