"""Python procedures as a part of SQL: which statement, function and table is answered by what."""

from __future__ import annotations

from sfdag_magics.engine.borders.ports import SqlFeature, SqlSession
from sfdag_magics.engine.borders.tickets import Tickets
from sfdag_magics.engine.python_code.calls import Calls, ConnectParameters
from sfdag_magics.engine.python_code.code_statements import PROCEDURE, CodeStatements
from sfdag_magics.engine.python_code.packages import (
    default_artifact_repository,
    packages_table,
    terms_acknowledged,
)
from sfdag_magics.engine.stages.stage_store import StageStore
from sfdag_magics.engine.workers.logs import LogStore
from sfdag_magics.engine.workers.pool import WorkerPool


def warm_up(session: SqlSession, pool: WorkerPool) -> None:
    """Begin the imports of all procedures there are; the most demanding first, it serves others."""
    wanted = {
        tuple(fact.detail.get("packages", ())) for fact in session.catalogue().listed(PROCEDURE)
    }
    for packages in sorted(wanted, key=len, reverse=True):
        pool.warm(packages)


def procedures_feature(
    pool: WorkerPool,
    tickets: Tickets,
    stages: StageStore,
    logs: LogStore,
    connect_parameters: ConnectParameters,
) -> SqlFeature:
    """What SQL gains: procedures, CALL, and what Snowpark asks before it creates one.

    Args:
        connect_parameters: asked for each call: the connector's parameters to reach this engine
            (host, port, protocol, account, user); the password will be the worker's ticket.
    """
    procedures = CodeStatements(PROCEDURE, pool.warm)
    calls = Calls(pool, tickets, stages, logs, connect_parameters)
    return SqlFeature(
        statements={
            "CREATE PROCEDURE": procedures.create,
            "CREATE OR ALTER PROCEDURE": procedures.create,
            "ALTER PROCEDURE": procedures.alter,
            "DROP PROCEDURE": procedures.drop,
            "DESCRIBE PROCEDURE": procedures.describe,
            "SHOW PROCEDURES": procedures.show,
            "SHOW USER PROCEDURES": procedures.show,
            "CALL": calls.call,
            "WITH PROCEDURE": calls.call_anonymous,
        },
        functions={
            "SYSTEM$GET_DEFAULT_PYTHON_ARTIFACT_REPOSITORY": default_artifact_repository,
            "SYSTEM$ARE_ANACONDA_TERMS_ACKNOWLEDGED": terms_acknowledged,
        },
        virtual_tables={
            "INFORMATION_SCHEMA.PACKAGES": packages_table,
            "SNOWFLAKE.INFORMATION_SCHEMA.PACKAGES": packages_table,
        },
    )
