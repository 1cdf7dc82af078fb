"""Registered models in a tree: `MODEL(name, version)!METHOD(…)`, and names given to them by WITH.

Trees only; whether there is such a model is not known here.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import syntax_error, unsupported
from sfdag_magics.engine.borders.ports import ModelMethod
from sfdag_magics.engine.sql.reading.walking import found_in
from sfdag_magics.sqltext import QualifiedName

MODEL = "MODEL"


def model_of(name: exp.Expr, version: exp.Expr | None) -> exp.Anonymous:
    """What stands before the `!` of a call."""
    return exp.Anonymous(this=MODEL, expressions=[name, *([version] if version else [])])


def with_models_written_out(tree: exp.Expr) -> exp.Expr:
    """The tree with `WITH m AS MODEL name VERSION v` put where m is called."""
    models: dict[str, exp.Expr] = {}
    for clause in list(found_in(tree, exp.With)):
        rest = []
        for each in clause.expressions:
            if isinstance(each.this, exp.Anonymous):
                models[_stored(each.args["alias"].this)] = each.this
            else:
                rest.append(each)
        clause.set("expressions", rest)
        if not rest:
            clause.pop()
    for call in list(found_in(tree, exp.ModelAttribute)) if models else ():
        parts = _parts(call.this)
        if len(parts) == 1 and parts[0] in models:
            call.set("this", models[parts[0]].copy())
    return tree


def model_call(node: exp.ModelAttribute) -> tuple[ModelMethod, list[exp.Expr]]:
    """What is called, and its arguments.

    Raises:
        SqlError: it is written in no way that Snowflake reads.
    """
    if isinstance(node.parent, exp.TableFromRows):
        raise unsupported(
            "A model's method that gives a table", "version.load() gives the model itself"
        )
    model, call = node.this, node.expression
    if not isinstance(call, exp.Anonymous):
        raise syntax_error("syntax error unexpected '!': a method with its arguments follows it")
    version = None
    if isinstance(model, exp.Anonymous):
        if model.name.upper() != MODEL or not 1 <= len(model.expressions) <= 2:
            raise syntax_error("syntax error unexpected '!': behind MODEL(name, version)")
        model, *versions = model.expressions
        version = _parts(versions[0])[-1] if versions else None
    schema, database = [*_parts(model)[-2::-1], None, None][:2]
    name = QualifiedName(_parts(model)[-1], schema, database)
    method = call.this if isinstance(call.this, exp.Identifier) else exp.to_identifier(call.name)
    return ModelMethod(model=name, version=version, method=_stored(method)), call.expressions


def _parts(node: exp.Expr) -> list[str]:
    """The stored parts of a name, as a column, a table or a chain of dots has it."""
    match node:
        case exp.Dot(this=left, expression=right):
            return [*_parts(left), *_parts(right)]
        case exp.Column() | exp.Table():
            return [_stored(part) for part in node.parts]
        case exp.Identifier():
            return [_stored(node)]
        case _:
            raise syntax_error(f"syntax error unexpected '{node.sql('snowflake')}': a name")


def _stored(part: exp.Expr) -> str:
    return str(part.name if part.args.get("quoted") else part.name.upper())
