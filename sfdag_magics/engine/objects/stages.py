"""Everything about staged files, as one feature of SQL. Only puts together."""

from __future__ import annotations

from sfdag_magics.engine.objects.copy import CopyInto
from sfdag_magics.engine.objects.copy_files import CopyFiles
from sfdag_magics.engine.objects.file_formats import (
    create_file_format,
    describe_file_format,
    drop_file_format,
    show_file_formats,
)
from sfdag_magics.engine.objects.infer_schema import InferSchema
from sfdag_magics.engine.objects.locations import ALWAYS_THERE, version_stage
from sfdag_magics.engine.objects.model_versions import Model
from sfdag_magics.engine.objects.stage_statements import StageStatements
from sfdag_magics.engine.objects.stage_store import StagedFile, StageLocation, StageStore
from sfdag_magics.engine.objects.staged_queries import StagedQueries
from sfdag_magics.engine.objects.transfer import Transfers
from sfdag_magics.engine.ports import SqlFeature, SqlSession

__all__ = ["StageLocation", "StageStore", "StagedFile", "remove_orphans", "stages_feature"]


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


def remove_orphans(store: StageStore, session: SqlSession) -> None:
    """Delete the files of stages that nobody can name any more.

    They are those of temporary stages whose engine was killed. Call before other sessions exist:
    theirs would be taken for orphans.
    """
    facts = session.catalogue()
    models = [Model.of(fact) for fact in facts.listed("MODEL")]
    known = {fact.id for fact in facts.listed("STAGE")}
    known |= {version_stage(version.files) for model in models for version in model.versions}
    for stage_id in store.stage_ids():
        if stage_id not in known and not stage_id.startswith(ALWAYS_THERE):
            store.remove_stage(stage_id)
