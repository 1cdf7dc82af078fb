"""INSERT ALL and INSERT FIRST: the rows of one query into several tables, all or none of them.

The query is computed once, into a temporary table; each INTO is an INSERT from that. What fits
values to columns is `dml`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from sfdag_magics.engine.borders.answers import Result, StatementType
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.borders.rowset import rows_result
from sfdag_magics.engine.sql.names.lineage import TYPES, Lineage
from sfdag_magics.engine.sql.names.scope import table_name
from sfdag_magics.engine.sql.reading.parse import expected
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.statements.dml import emptying, prepared_insert
from sfdag_magics.engine.sql.statements.plans import Plan, plan_of, write_of
from sfdag_magics.engine.sql.statements.query import tree_of
from sfdag_magics.engine.sql.stored.table_form import columns_of, new_physical_name
from sfdag_magics.engine.sql.stored.transaction import Answers, Write
from sfdag_magics.engine.sql.streams.tracking import Tracking
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.sql.translating.translated import release
from sfdag_magics.engine.sql.values.types import number
from sfdag_magics.sqltext import quoted_identifier

#: What the rows are called in each INTO.
_ROWS = "SFDAG_ROWS"


def insert_several(statement: Statement, session: Session) -> Result:
    """INSERT [OVERWRITE] {ALL | FIRST} [WHEN … THEN] INTO … [ELSE INTO …] query."""
    tree = expected(tree_of(statement), exp.MultitableInserts)
    translator = Translator(session, statement.bindings)
    kept = exp.to_identifier(new_physical_name(), quoted=True)
    into: list[tuple[ObjectFact, Write]] = []
    for insert in _inserts(tree):
        _leave_defaults_out(insert, translator, session)
        target, prepared = prepared_insert(insert, translator, session)
        resolved = translator.resolved_only(prepared)
        _read_from(resolved, kept)
        into.append((target, write_of(translator.finished(resolved), target)))
    rows = translator.finished(translator.resolved(_query(tree)))
    try:
        plan = _plan(write_of(rows), kept.name, into, plan_of(rows, []))
        if statement.tokens[1].word == "OVERWRITE":
            _empty_before(plan, [target for target, _ in into])
        targets = [target for target, _ in into]
        return plan.carried_out(session, lambda answers: _counted(targets, answers))
    finally:
        release(session, rows)


def _query(tree: exp.MultitableInserts) -> exp.Expr:
    source: exp.Expr = tree.args["source"]
    if isinstance(source, exp.Values):
        return exp.select("*").from_(source)
    return source.copy()


def _inserts(tree: exp.MultitableInserts) -> Iterator[exp.Insert]:
    """An INSERT for each INTO, from the rows that it is meant for."""
    is_first = str(tree.args["kind"]).upper() == "FIRST"
    before: list[exp.Expr] = []
    condition: exp.Expr | None = None
    for each in tree.expressions:
        if each.args.get("expression") is not None:
            own = each.expression
            condition = exp.and_(own.copy(), *map(_is_not, before if is_first else []))
            before.append(own)
        elif each.args.get("else_"):
            condition = exp.and_(*map(_is_not, before))
        yield _insert(each.this, _query(tree), condition)


def _is_not(condition: exp.Expr) -> exp.Expr:
    """What is not known is not true."""
    truth = exp.Paren(this=condition.copy())
    return exp.Not(this=exp.Coalesce(this=truth, expressions=[exp.false()]))


def _insert(written: exp.Insert, query: exp.Expr, condition: exp.Expr | None) -> exp.Insert:
    alias = exp.TableAlias(this=exp.to_identifier(_ROWS, quoted=True))
    rows = exp.Subquery(this=query, alias=alias)
    values = written.expression.expressions[0].expressions if written.expression else [exp.Star()]
    selected = exp.select(*(value.copy() for value in values)).from_(rows)
    if condition is not None:
        selected = selected.where(condition)
    return exp.Insert(this=written.this.copy(), expression=selected)


def _leave_defaults_out(insert: exp.Insert, translator: Translator, session: Session) -> None:
    """A column whose value is DEFAULT is not written."""
    select = insert.expression
    written = list(select.expressions)
    given = [each for each in written if not _is_default(each)]
    if len(given) == len(written):
        return
    select.set("expressions", given)
    target = insert.this
    if isinstance(target, exp.Schema):
        names = list(target.expressions)
        target = target.this
    else:
        name = table_name(translator.prepared(target.copy()), translator)
        fact = session.relation(session.resolve(name))
        columns = [] if fact is None else columns_of(fact)
        names = [exp.to_identifier(each.name, quoted=True) for each in columns]
    kept = [name for name, each in zip(names, written, strict=False) if not _is_default(each)]
    insert.set("this", exp.Schema(this=target.copy(), expressions=[each.copy() for each in kept]))


def _is_default(value: exp.Expr) -> bool:
    return isinstance(value, exp.Var | exp.Column) and value.name.upper() == "DEFAULT"


def _read_from(resolved: exp.Expr, kept: exp.Identifier) -> None:
    """Let the INSERT read the rows where they are kept."""
    rows = next(each for each in found_in(resolved, exp.Subquery) if each.alias == _ROWS)
    columns = Lineage().columns(rows.this)
    table = exp.Table(this=kept.copy(), alias=rows.args["alias"].copy())
    if columns is not None:
        table.meta[TYPES] = columns
    rows.replace(table)


def _plan(rows: Write, kept: str, into: Sequence[tuple[ObjectFact, Write]], plan: Plan) -> Plan:
    name = quoted_identifier(kept)
    making = replace(rows, sql=f"CREATE TEMP TABLE {name} AS {rows.sql}")
    plan.own = [*(write for _, write in into)]
    plan.before = [making]
    plan.behind = [Write(sql=f"DROP TABLE {name}")]
    for target in _each_once([target for target, _ in into]):
        if (tracking := Tracking.of(target)) is not None:
            plan.before += tracking.begun()
    return plan


def _empty_before(plan: Plan, targets: Sequence[ObjectFact]) -> None:
    for target in _each_once(targets):
        if (tracking := Tracking.of(target)) is not None:
            plan.before += tracking.kept_all()
        plan.before.append(emptying(target.detail["physical"]))


def _each_once(targets: Sequence[ObjectFact]) -> list[ObjectFact]:
    return list({target.id: target for target in targets}.values())


def _counted(targets: Sequence[ObjectFact], answers: Answers) -> Result:
    """How many rows each table got, in the order in which they are first named."""
    found: dict[str, int] = {}
    for target, answer in zip(targets, answers, strict=True):
        found[target.name] = found.get(target.name, 0) + int(answer[0][0])
    columns = [number().column(f"number of rows inserted into {name}") for name in found]
    made = rows_result(columns, [tuple(found.values())], statement_type=StatementType.INSERT)
    return replace(made, rows_affected=sum(found.values()))
