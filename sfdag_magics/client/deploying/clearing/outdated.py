"""Archives on a graph's stage that nothing runs any more, which later deploys take away.

No run names an archive: a task's body calls the graph's procedure, an automatic or a manual retry
calls it again, and the procedure names one archive. Needed are therefore the one it names now and,
for executions that began a moment ago, the one before. The newest of the others stay as well: who
looks back at a run wants the code it ran. So do the newest versions, and the archives that they
name: a rollback makes one of them again. Both engines, by the same statements.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Sequence
from email.utils import parsedate_to_datetime

from sfdag_magics.client.code.deployed_code import graph_folder, stage_location
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.kept.files import archives_kept, version_files, versions_gone
from sfdag_magics.client.observing.attempts import executing
from sfdag_magics.client.observing.deployed import DeployedGraph, split_comment
from sfdag_magics.errors import BackendError
from sfdag_magics.sqltext import quoted_string

#: Fewer stay: to look for who may need them costs three requests, and most deploys ship an archive.
MOST_OUTDATED = 100
#: So many of them stay where there are more, the newest ones.
KEPT = 50
#: As archives of ours are named, by `content_hash`; people may put their own beside them.
_ARCHIVE = re.compile(r"[0-9a-f]{16}\.zip")


def remove_outdated(backend: Backend, plan: Plan, graph: DeployedGraph) -> int:
    """Take away the oldest of what is outdated once it is much; how many files that were.

    None where something of the graph is executing, which may have begun with any of them, nor on a
    stage of another schema: graphs of the same name in other schemas may have theirs there.

    Args:
        plan: was just carried out.
        graph: as it is now.
    """
    if not is_much(plan) or not _is_own_stage(plan):
        return 0
    with contextlib.suppress(BackendError):  # the graph is deployed, and the next one tries again
        if executing(backend, graph):
            return 0
        needed = {*_named_elsewhere(backend, plan), *archives_kept(plan.files)}
        old = _oldest(backend, plan, _outdated(plan))
        gone = [name for name in old if name not in needed]
        doing("deploying", "taking old code away")
        _remove(backend, plan, [*gone, *versions_gone(plan.files)])
        return len(gone)
    return 0


def is_much(plan: Plan) -> bool:
    """Whether so much lies there that it is to be looked through."""
    old = len(_outdated(plan)) if plan.changes_code else 0
    return max(old, len(version_files(plan.files)) - 2) > MOST_OUTDATED


def _outdated(plan: Plan) -> list[str]:
    now = f"{plan.code.digest}.zip" if plan.code is not None else ""
    before = (plan.before_code.archive or "").rpartition("/")[2]
    return [name for name in plan.files if _ARCHIVE.fullmatch(name) and name not in (now, before)]


def _oldest(backend: Backend, plan: Plan, found: Collection[str]) -> list[str]:
    """All but the newest of those that lie there, as LIST tells when they came."""
    rows = backend.rows(f"LIST {quoted_string(_folder(plan))}")
    came = {
        str(row["name"]).rpartition("/")[2]: parsedate_to_datetime(str(row["last_modified"]))
        for row in rows
    }
    return sorted((name for name in found if name in came), key=came.__getitem__)[:-KEPT]


def _folder(plan: Plan) -> str:
    return stage_location(plan.stage, graph_folder(plan.graph))


def _is_own_stage(plan: Plan) -> bool:
    stage, root = plan.stage, plan.root
    return (stage.database, stage.schema) == (root.database, root.schema)


def _named_elsewhere(backend: Backend, plan: Plan) -> Collection[str]:
    """What procedures of that name run, in whatever schema: one may name this stage."""
    like = quoted_string(plan.procedure.name)
    rows = backend.rows(f"SHOW PROCEDURES LIKE {like} IN ACCOUNT")
    marks = [split_comment(str(row["description"] or ""))[1] for row in rows]
    return {str(mark.get("archive", "")).rpartition("/")[2] for mark in marks}


def _remove(backend: Backend, plan: Plan, names: Sequence[str]) -> None:
    if not names:
        return
    listed = "|".join(name.replace(".", "[.]") for name in names)
    backend.rows(f"REMOVE {quoted_string(_folder(plan))} PATTERN = '.*/({listed})'")
