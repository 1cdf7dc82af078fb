"""Everything about staged files, as one feature of SQL. Only puts together.

The room `copying` is imported with the first statement for it: it is no part of a start.
"""

from __future__ import annotations

from functools import cache, partial
from importlib import import_module

from sfdag_magics.engine.borders.ports import (
    SqlFeature,
    StagedSources,
    StatementHandler,
    TableFunction,
    VirtualTable,
)
from sfdag_magics.engine.files.file_formats import (
    create_file_format,
    describe_file_format,
    drop_file_format,
    show_file_formats,
)
from sfdag_magics.engine.stages.copy_files import CopyFiles
from sfdag_magics.engine.stages.stage_statements import StageStatements
from sfdag_magics.engine.stages.stage_store import StageStore
from sfdag_magics.engine.stages.staged_scripts import StagedScripts
from sfdag_magics.engine.stages.transfer import Transfers
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copying:
    """The doors of `copying`."""

    copy: StatementHandler
    infer: TableFunction
    sources: StagedSources
    history: TableFunction
    account_history: VirtualTable


def _copying(store: StageStore) -> _Copying:
    room = "sfdag_magics.engine.copying"
    queries = import_module(f"{room}.staged_queries").StagedQueries(store)
    history = import_module(f"{room}.copy_history")
    return _Copying(
        copy=import_module(f"{room}.copy_into").CopyInto(store).copy,
        infer=import_module(f"{room}.infer_schema").InferSchema(store, queries).infer,
        sources=queries.sources,
        history=history.copy_history,
        account_history=history.account_copy_history,
    )


def stages_feature(store: StageStore) -> SqlFeature:
    """Stages, file formats, PUT and GET, COPY, INFER_SCHEMA and queries of staged files."""
    stages = StageStatements(store)
    transfers = Transfers(store)
    copying = cache(partial(_copying, store))
    return SqlFeature(
        statements={
            "CREATE STAGE": stages.create,
            "CREATE OR ALTER STAGE": stages.create,
            "ALTER STAGE": stages.alter,
            "DROP STAGE": stages.drop,
            "SHOW STAGES": stages.show,
            "DESCRIBE STAGE": stages.describe,
            "EXECUTE IMMEDIATE FROM": StagedScripts(store).execute,
            "LIST": stages.list_files,
            "REMOVE": stages.remove_files,
            "PUT": transfers.put,
            "GET": transfers.get,
            "CREATE FILE FORMAT": create_file_format,
            "DROP FILE FORMAT": drop_file_format,
            "SHOW FILE FORMATS": show_file_formats,
            "DESCRIBE FILE FORMAT": describe_file_format,
            "COPY INTO": lambda statement, session: copying().copy(statement, session),
            "COPY FILES": CopyFiles(store).copy,
        },
        table_functions={
            "INFER_SCHEMA": lambda given, session: copying().infer(given, session),
            "COPY_HISTORY": lambda given, session: copying().history(given, session),
        },
        virtual_tables={
            "SNOWFLAKE.ACCOUNT_USAGE.COPY_HISTORY": lambda session: copying().account_history(
                session
            ),
        },
        staged_sources=lambda statement, session: copying().sources(statement, session),
        objects_dropped=stages.dropped,
    )
