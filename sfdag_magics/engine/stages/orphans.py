"""Files of stages that nobody can name any more. Knows the catalogue and the store's ids."""

from __future__ import annotations

from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.objects.model_versions import StoredModel
from sfdag_magics.engine.stages.locations import ALWAYS_THERE, version_stage
from sfdag_magics.engine.stages.stage_store import StageStore


def remove_orphans(store: StageStore, session: SqlSession) -> None:
    """Delete the files of stages that nobody can name any more.

    They are those of temporary stages whose engine was killed. Call before other sessions exist:
    theirs would be taken for orphans.
    """
    facts = session.catalogue()
    models = [StoredModel.of(fact) for fact in facts.listed("MODEL")]
    known = {fact.id for fact in facts.listed("STAGE")}
    known |= {version_stage(version.files) for model in models for version in model.versions}
    for stage_id in store.stage_ids():
        if stage_id not in known and not stage_id.startswith(ALWAYS_THERE):
            store.remove_stage(stage_id)
