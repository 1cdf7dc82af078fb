"""INSERT, UPDATE, DELETE, MERGE, TRUNCATE: what is written and how it is counted.

Values are fitted to the columns of the target by `assigned`; lengths and NOT NULL are constraints
of the stored table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlglot import exp

from sfdag_magics.engine.borders.answers import (
    Result,
    SqlError,
    StatementType,
    does_not_exist,
    unsupported,
)
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import Statement, Value
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.sql.names.scope import Namespace, table_name
from sfdag_magics.engine.sql.reading.parse import expected
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.engine.sql.results.matches import match_counts, refusal, update_refusal
from sfdag_magics.engine.sql.results.result_rows import counts
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.statements.merge_by_name import with_columns_by_name
from sfdag_magics.engine.sql.statements.plans import Plan, plan_of, tracked_plan, write_of
from sfdag_magics.engine.sql.statements.query import tree_of
from sfdag_magics.engine.sql.stored.assigned import fit_of, fit_value
from sfdag_magics.engine.sql.stored.fitted_rows import fitted_rows
from sfdag_magics.engine.sql.stored.loading import forgetting
from sfdag_magics.engine.sql.stored.table_form import columns_of, new_physical_name
from sfdag_magics.engine.sql.stored.tracked_form import is_tracked
from sfdag_magics.engine.sql.stored.transaction import Answers, Write
from sfdag_magics.engine.sql.streams.tracking import Tracking, all_columns_named
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.sql.translating.translated import release
from sfdag_magics.sqltext import quoted_identifier


def insert(statement: Statement, session: Session) -> Result:
    """INSERT [OVERWRITE] INTO table [(columns)] query or VALUES."""
    tree = expected(tree_of(statement), exp.Insert)
    return insert_tree(tree, Translator(session, statement.bindings), session)


def insert_tree(tree: exp.Insert, translator: Translator, session: Session) -> Result:
    """Carry out a parsed INSERT."""
    overwrite = bool(tree.args.get("overwrite"))
    tree.set("overwrite", None)
    is_constant = isinstance(tree.expression, exp.Values) and not tree.find(exp.Query)
    target, prepared = prepared_insert(tree, translator, session)
    resolved = translator.resolved_only(prepared)
    if overwrite:
        return _overwritten(resolved, target, translator, session)
    translated = translator.finished(resolved)
    write = write_of(translated, target, fresh=is_constant)
    plan = plan_of(translated, [write])
    if (tracking := Tracking.of(target)) is not None:
        plan.before += tracking.begun(fresh=write.fresh)
    return _carried_out(session, plan, lambda answers: _inserted(answers[0]))


def _inserted(answer: list[tuple[Value, ...]]) -> Result:
    return counts(StatementType.INSERT, number_of_rows_inserted=int(answer[0][0]))


def _overwritten(
    resolved: exp.Expr, target: ObjectFact, translator: Translator, session: Session
) -> Result:
    """The rows are computed before the old ones go: the query may read the table it fills."""
    kept = exp.to_identifier(new_physical_name(), quoted=True)
    query = resolved.args["expression"]
    resolved.set("expression", exp.select("*").from_(exp.Table(this=kept.copy())))
    into = translator.generated(resolved)
    if isinstance(query, exp.Values):
        query.set("alias", exp.TableAlias(this=exp.to_identifier("v")))
        query = exp.select("*").from_(query)
    computed = translator.finished(query)
    physical = target.detail["physical"]
    name = quoted_identifier(kept.name)
    first = write_of(computed)
    writes = [
        replace(first, sql=f"CREATE TEMP TABLE {name} AS {computed.sql}"),
        emptying(physical),
        Write(sql=into, exact=computed.exact, table=physical),
        Write(sql=f"DROP TABLE {name}"),
    ]
    plan = plan_of(computed, writes)
    if (tracking := Tracking.of(target)) is not None:
        plan.before += [*tracking.begun(), *tracking.kept_all()]
    return _carried_out(session, plan, lambda answers: _inserted(answers[-2]))


def prepared_insert(
    tree: exp.Insert, translator: Translator, session: Session
) -> tuple[ObjectFact, exp.Insert]:
    """The target, and the statement with its values fitted to the target's columns."""
    prepared = expected(translator.prepared(tree), exp.Insert)
    target = _target(prepared, translator, session)
    columns = columns_of(target)
    named = prepared.this.expressions if isinstance(prepared.this, exp.Schema) else []
    names = [name.name for name in named] or [column.name for column in columns]
    by_name = {column.name: column for column in columns}
    for name in names:
        if name not in by_name:
            raise SqlError(
                f"SQL compilation error: error line 1 at position 0\ninvalid identifier '{name}'",
                code=904,
            )
    columns_filled = [by_name[name] for name in names]
    if is_tracked(target) and not named:
        prepared.set("this", all_columns_named(prepared.this, target))
    prepared.set("expression", fitted_rows(prepared.expression, columns_filled))
    return target, prepared


def update(statement: Statement, session: Session) -> Result:
    """UPDATE table SET … [FROM …] [WHERE …]."""
    tree = expected(tree_of(statement), exp.Update)
    translator = Translator(session, statement.bindings)
    prepared = expected(translator.prepared(tree), exp.Update)
    target = _target(prepared, translator, session)
    _fit_assignments(prepared.expressions, target)
    resolved = expected(translator.resolved_only(prepared), exp.Update)
    before = []
    if resolved.args.get("from_") is not None:
        before = [write_of(translator.finished(match_counts(resolved)))]
        if session.parameters["ERROR_ON_NONDETERMINISTIC_UPDATE"]:
            refused = update_refusal(resolved, target)
            before.append(write_of(translator.finished(refused)))
    plan = _plan(resolved, target, translator, before)
    return _carried_out(session, plan, _updated)


def _updated(answers: Answers) -> Result:
    """What an UPDATE changed; with FROM, as it was counted before."""
    changed, several = (*answers[0][0], 0)[:2]
    return counts(
        StatementType.UPDATE,
        **{
            "number_of_rows_updated": int(changed),
            "number_of_multi-joined_rows_updated": int(several),
        },
    )


def _fit_assignments(assignments: Sequence[exp.Expr], target: ObjectFact) -> None:
    """Fit what is assigned; DuckDB wants the assigned column without its table."""
    fits = {column.name: fit_of(column.type) for column in columns_of(target)}
    for assignment in assignments:
        column, value = assignment.this, assignment.expression
        if isinstance(column, exp.Column):
            column.set("table", None)
            column.set("db", None)
            column.set("catalog", None)
        if _is_default(value) and value.name not in fits:
            value.replace(exp.var(value.name))
        else:
            fit_value(value, fits.get(column.name))


def _is_default(value: exp.Expr) -> bool:
    return isinstance(value, exp.Column) and value.name == "DEFAULT" and not value.table


def delete(statement: Statement, session: Session) -> Result:
    """DELETE FROM table [USING …] [WHERE …]."""
    tree = expected(tree_of(statement), exp.Delete)
    translator = Translator(session, statement.bindings)
    prepared = translator.prepared(tree)
    target = _target(prepared, translator, session)
    plan = _plan(translator.resolved_only(prepared), target, translator, [])
    return _carried_out(
        session,
        plan,
        lambda answers: counts(StatementType.DELETE, number_of_rows_deleted=int(answers[0][0][0])),
    )


def merge(statement: Statement, session: Session) -> Result:
    """MERGE INTO table USING … ON … WHEN …; counts only what its clauses can do."""
    tree = expected(tree_of(statement), exp.Merge)
    translator = Translator(session, statement.bindings)
    prepared = expected(translator.prepared(tree), exp.Merge)
    target = _target(prepared, translator, session)
    with_columns_by_name(prepared, [column.name for column in columns_of(target)])
    actions = _merge_actions(prepared, target)
    resolved = expected(translator.resolved_only(prepared), exp.Merge)
    before = []
    if session.parameters.get("ERROR_ON_NONDETERMINISTIC_MERGE", True):
        check = refusal(resolved, target)
        before = [write_of(translator.finished(check))] if check is not None else []
    resolved.set("returning", exp.Returning(expressions=[exp.column("merge_action")]))
    plan = _plan(resolved, target, translator, before)
    return _carried_out(session, plan, partial(_merged, actions))


def _merged(actions: Mapping[str, str], answers: Answers) -> Result:
    done = [row[0] for row in answers[-1]]
    return counts(
        StatementType.MERGE,
        **{f"number_of_rows_{word}": done.count(action) for action, word in actions.items()},
    )


_MERGE_WORDS = {"INSERT": "inserted", "UPDATE": "updated", "DELETE": "deleted"}


def _merge_actions(tree: exp.Merge, target: ObjectFact) -> dict[str, str]:
    found: set[str] = set()
    whens = tree.args["whens"]
    for when in whens.expressions if isinstance(whens, exp.Whens) else whens:
        then = when.args["then"]
        if isinstance(then, exp.Update):
            found.add("UPDATE")
            _fit_assignments(then.expressions, target)
        elif isinstance(then, exp.Insert):
            found.add("INSERT")
            for column in found_in(then, exp.Column):
                if column.find_ancestor(exp.Tuple) is then.this:
                    column.set("table", None)
            _fit_merged(then, target)
        else:
            found.add("DELETE")
    return {action: word for action, word in _MERGE_WORDS.items() if action in found}


def _fit_merged(then: exp.Insert, target: ObjectFact) -> None:
    """Fit what a MERGE inserts; DuckDB says itself where values are missing."""
    fits = {column.name: fit_of(column.type) for column in columns_of(target)}
    if is_tracked(target) and not then.this:  # the hidden columns have defaults
        columns = [exp.to_identifier(name, quoted=True) for name in fits]
        then.set("this", exp.Tuple(expressions=columns))
    names = [column.name for column in then.this.expressions] if then.this else list(fits)
    values = then.expression.expressions if isinstance(then.expression, exp.Tuple) else []
    for name, value in zip(names, list(values), strict=False):
        fit_value(value, fits.get(name))


def truncate(statement: Statement, session: Session) -> Result:
    """TRUNCATE [TABLE] [IF EXISTS] table."""
    tree = expected(tree_of(statement), exp.TruncateTable)
    translator = Translator(session, statement.bindings)
    name = table_name(translator.prepared(tree.expressions[0]), translator)
    namespace = Namespace(database=session.database, schema=session.schema)
    try:
        fact = translator.table(translator.qualified(name, namespace))
    except SqlError:
        fact = None
    if fact is None or fact.kind != "TABLE":
        if tree.args.get("exists"):
            return _truncated()
        raise does_not_exist("Table", name.sql())
    gone = emptying(fact.detail["physical"])
    tracking = Tracking.of(fact)
    kept = [] if tracking is None else [*tracking.begun(), *tracking.kept_all()]
    return session.write(*kept, gone, forgetting(fact.id), answer=lambda _: _truncated())


def plan_for(statement: Statement, bindings: Sequence[Value], session: Session) -> Plan:
    """One DML statement with its values, not carried out yet; it must not read computed rows."""
    tree = tree_of(statement)
    translator = Translator(session, bindings)
    if isinstance(tree, exp.Insert):
        target, prepared = prepared_insert(tree, translator, session)
        translated = translator.finished(translator.resolved_only(prepared))
        plan = plan_of(translated, [write_of(translated, target)])
        if (tracking := Tracking.of(target)) is not None:
            plan.before += tracking.begun()
    else:
        changing = translator.prepared(tree)
        target = _target(changing, translator, session)
        plan = _plan(translator.resolved_only(changing), target, translator, [])
    if plan.translated.registered or plan.translated.streams:
        release(session, plan.translated)
        raise unsupported("Binding several rows to a statement that reads computed tables")
    return plan


def emptying(table: str) -> Write:
    """What takes all rows out of a stored table."""
    return Write(sql=f"DELETE FROM {quoted_identifier(table)}", table=table)  # noqa: S608 - a name of ours


def _truncated() -> Result:
    return status("Statement executed successfully.")


def _target(tree: exp.Expr, translator: Translator, session: Session) -> ObjectFact:
    node = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    name = table_name(node, translator)
    namespace = Namespace(database=session.database, schema=session.schema)
    fact = translator.table(translator.qualified(name, namespace))
    if fact is None:
        raise does_not_exist("Table" if isinstance(tree, exp.Insert) else "Object", name.sql())
    if fact.kind != "TABLE":
        raise SqlError(
            "SQL compilation error:\n"
            f"Invalid operation: the {fact.kind.lower()} '{name.sql()}' cannot be written.",
            code=2039,
        )
    return fact


def _plan(
    resolved: exp.Expr, target: ObjectFact, translator: Translator, before: Sequence[Write]
) -> Plan:
    """An UPDATE, DELETE or MERGE behind what it is counted by."""
    tracking = Tracking.of(target)
    if tracking is None:
        translated = translator.finished(resolved)
        return plan_of(translated, [*before, write_of(translated, target)])
    return tracked_plan(resolved, tracking, translator, before)


def _carried_out(session: Session, plan: Plan, answer: Callable[[Answers], Result]) -> Result:
    try:
        return plan.carried_out(session, answer)
    finally:
        release(session, plan.translated)
