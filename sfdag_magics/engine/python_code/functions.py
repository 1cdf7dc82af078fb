"""Python functions (scalar and vectorised) as a part of SQL: their statements and their evaluation.

A function is evaluated by one worker per statement, batch by batch, while DuckDB runs the query.
Table functions and aggregates of the user's are refused by name.
"""

from __future__ import annotations

from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.borders.ports import SqlFeature, SqlSession
from sfdag_magics.engine.objects.code_definitions import Definition
from sfdag_magics.engine.python_code.code_statements import (
    FUNCTION,
    CodeStatements,
    definition_of,
    overloads,
)
from sfdag_magics.engine.python_code.imports import import_paths
from sfdag_magics.engine.python_code.worker_runs import WorkerRun, Workplace
from sfdag_magics.engine.stages.stage_store import StageStore
from sfdag_magics.engine.workers.jobs import Code, Job
from sfdag_magics.sqltext import QualifiedName


def functions_feature(workplace: Workplace, stages: StageStore) -> SqlFeature:
    """What SQL gains: Python functions of the user's."""
    functions = CodeStatements(FUNCTION, workplace.pool.warm)

    def find(name: QualifiedName, arity: int, session: SqlSession) -> WorkerRun | None:
        for fact in overloads(session.catalogue(), FUNCTION, name):
            definition = definition_of(fact)
            if len(definition.parameters) == arity:
                return _run(fact, definition, session, workplace, stages)
        return None

    return SqlFeature(
        statements={
            "CREATE FUNCTION": functions.create,
            "CREATE OR ALTER FUNCTION": functions.create,
            "ALTER FUNCTION": functions.alter,
            "DROP FUNCTION": functions.drop,
            "DESCRIBE FUNCTION": functions.describe,
            "SHOW FUNCTIONS": functions.show,
            "SHOW USER FUNCTIONS": functions.show,
        },
        user_functions=find,
    )


def _run(
    fact: ObjectFact,
    definition: Definition,
    session: SqlSession,
    workplace: Workplace,
    stages: StageStore,
) -> WorkerRun:
    code = Code(
        handler=definition.handler,
        source=definition.source,
        imports=import_paths(definition.imports, session, stages),
        packages=definition.packages,
    )
    job = Job(
        label=fact.name,
        code=code,
        argument_types=tuple(parameter.type for parameter in definition.parameters),
        returns=definition.returns,
        strict=definition.strict,
    )
    names = [parameter.name for parameter in definition.parameters]
    return WorkerRun(job, names, session, workplace, _resource(fact, definition, session))


def _resource(fact: ObjectFact, definition: Definition, session: SqlSession) -> dict[str, str]:
    return {
        "db.user": session.user,
        "snow.session.id": session.id,
        "snow.executable.name": f"{fact.name}{definition.signature}:{definition.returned}",
        "snow.executable.type": FUNCTION,
        "telemetry.sdk.language": "python",
    }
