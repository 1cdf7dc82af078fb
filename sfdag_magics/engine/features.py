"""Everything about staged files, as one feature of SQL. Only puts together."""

from __future__ import annotations

from sfdag_magics.engine.copying.copy_into import CopyInto
from sfdag_magics.engine.copying.infer_schema import InferSchema
from sfdag_magics.engine.copying.staged_queries import StagedQueries
from sfdag_magics.engine.files.file_formats import (
    create_file_format,
    describe_file_format,
    drop_file_format,
    show_file_formats,
)
from sfdag_magics.engine.ports import SqlFeature
from sfdag_magics.engine.stages.copy_files import CopyFiles
from sfdag_magics.engine.stages.stage_statements import StageStatements
from sfdag_magics.engine.stages.stage_store import StageStore
from sfdag_magics.engine.stages.transfer import Transfers


def stages_feature(store: StageStore) -> SqlFeature:
    """Stages, file formats, PUT and GET, COPY, INFER_SCHEMA and queries of staged files."""
    stages = StageStatements(store)
    transfers = Transfers(store)
    queries = StagedQueries(store)
    return SqlFeature(
        statements={
            "CREATE STAGE": stages.create,
            "ALTER STAGE": stages.alter,
            "DROP STAGE": stages.drop,
            "SHOW STAGES": stages.show,
            "DESCRIBE STAGE": stages.describe,
            "LIST": stages.list_files,
            "REMOVE": stages.remove_files,
            "PUT": transfers.put,
            "GET": transfers.get,
            "CREATE FILE FORMAT": create_file_format,
            "DROP FILE FORMAT": drop_file_format,
            "SHOW FILE FORMATS": show_file_formats,
            "DESCRIBE FILE FORMAT": describe_file_format,
            "COPY INTO": CopyInto(store).copy,
            "COPY FILES": CopyFiles(store).copy,
        },
        table_functions={"INFER_SCHEMA": InferSchema(store, queries).infer},
        staged_sources=queries.sources,
        objects_dropped=stages.dropped,
    )
