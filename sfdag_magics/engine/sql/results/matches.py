"""Target rows of an UPDATE or MERGE that several source rows match. Resolved trees only.

DuckDB carries each match out and counts it; Snowflake counts the rows of the target, says how many
of them had several matches, and refuses a MERGE in which it matters which match wins (docs:
"MERGE", nondeterministic results). What is made here runs before the statement itself, in its
transaction.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.object_facts import ObjectFact

#: What a refused MERGE raises in DuckDB; `duck_errors` has Snowflake's code for it.
DUPLICATE = "Duplicate row detected during DML action"


def match_counts(update: exp.Update) -> exp.Select:
    """A query for how many rows an UPDATE … FROM changes, and how many of them match several."""
    source = update.args["from_"].this
    matches = _grouped(update, source.copy(), "CROSS", None)
    matches.set("expressions", [exp.alias_(exp.Count(this=exp.Star()), "n")])
    matches.set("where", update.args["where"].copy() if update.args.get("where") else None)
    several = exp.Filter(
        this=exp.Count(this=exp.Star()),
        expression=exp.Where(this=exp.GT(this=exp.column("n"), expression=exp.Literal.number(1))),
    )
    return exp.select(exp.Count(this=exp.Star()), several).from_(matches.subquery("matches"))


def update_refusal(update: exp.Update, target: ObjectFact) -> exp.Select:
    """A query that fails where a row of an UPDATE … FROM matches several."""
    found = _grouped(update, update.args["from_"].this.copy(), "CROSS", None)
    found.set("expressions", [_message(update, target)])
    found.set("where", update.args["where"].copy() if update.args.get("where") else None)
    several = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
    found.set("having", exp.Having(this=several))
    return found.limit(1)


def refusal(merge: exp.Merge, target: ObjectFact) -> exp.Select | None:
    """A query that fails where a row would be updated twice, or updated and deleted.

    None where no clause updates.
    """
    whens = merge.args["whens"]
    clauses = whens.expressions if isinstance(whens, exp.Whens) else whens
    matched = [when for when in clauses if when.args.get("matched")]
    if not any(isinstance(when.args["then"], exp.Update) for when in matched):
        return None
    action = exp.Case(ifs=[_action(when) for when in matched])
    updates = exp.CountIf(this=exp.EQ(this=action.copy(), expression=exp.Literal.string("UPDATE")))
    found = _grouped(merge, merge.args["using"].copy(), "", merge.args["on"].copy())
    found.set("expressions", [_message(merge, target)])
    found.set(
        "having",
        exp.Having(
            this=exp.and_(
                exp.GT(this=updates, expression=exp.Literal.number(0)),
                exp.GT(this=exp.Count(this=action), expression=exp.Literal.number(1)),
            )
        ),
    )
    return found.limit(1)


def _action(when: exp.When) -> exp.If:
    """Which of the clauses a match comes to, in their order."""
    name = "UPDATE" if isinstance(when.args["then"], exp.Update) else "DELETE"
    condition = when.args.get("condition")
    return exp.If(
        this=condition.copy() if condition is not None else exp.true(),
        true=exp.Literal.string(name),
    )


def _grouped(
    statement: exp.Update | exp.Merge, source: exp.Expr, kind: str, on: exp.Expr | None
) -> exp.Select:
    """The matches, by the target's rows."""
    target = statement.this
    row = exp.column(exp.to_identifier("rowid"), table=_name(target))
    join = exp.Join(this=source, kind=kind or None, on=on)
    return exp.Select(
        from_=exp.From(this=target.copy()), joins=[join], group=exp.Group(expressions=[row])
    )


def _message(statement: exp.Update | exp.Merge, target: ObjectFact) -> exp.Expr:
    """DuckDB's error(), with the values of a row."""
    columns: list[exp.Expr] = [
        exp.column(exp.to_identifier(column["name"], quoted=True), table=_name(statement.this))
        for column in target.detail["columns"]
    ]
    values = exp.Anonymous(this="json_array", expressions=columns)
    text = exp.Concat(
        expressions=[
            exp.Literal.string(f"{DUPLICATE}\nRow Values: "),
            exp.Cast(
                this=exp.Anonymous(this="any_value", expressions=[values]),
                to=exp.DataType(this=exp.DataType.Type.TEXT),
            ),
        ]
    )
    return exp.Anonymous(this="error", expressions=[text])


def _name(target: exp.Expr) -> exp.Identifier:
    return exp.to_identifier(target.alias_or_name, quoted=True)
