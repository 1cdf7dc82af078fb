"""Frames between tasks: each is written as a table of the run, whose name travels. Python 3.9.

A finalizer in Python drops those of its run where all of it succeeded, and of the failed ones that
it continues; of a run that failed they stay, for its retry and to be looked at.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from .context import TaskContext, literal

_LOG = logging.getLogger("sfdag")
#: How a frame's table ends: with the run that it is of.
_ENDS = re.compile(r'[\w$."]*(\$FRAME_[0-9A-Z_]+)')
#: Where a run's configuration notes the runs that it continues.
_OWN_KEY, _BRIDGE, _CONTINUES = "sfdag", "bridge", "continues"
_LONGEST = 255
#: What a table is called where nobody runs a graph.
_BY_HAND = "BY_HAND"
_FAILED = frozenset(["FAILED", "FAILED_AND_AUTO_SUSPENDED", "CANCELLED"])
SNOWPARK, PANDAS = "snowpark", "pandas"


def frame_kind(kind: Any) -> str | None:  # noqa: ANN401 - any annotation
    """Of which library an annotation is a frame; None where it is none."""
    for base in getattr(kind, "__mro__", ()):
        place = (base.__module__.partition(".")[0], base.__name__)
        if place == ("pandas", "DataFrame"):
            return PANDAS
        if place == ("snowflake", "DataFrame"):
            return SNOWPARK
    return None


def written(task: str, frame: Any, session: Any, context: TaskContext, graph: str) -> str | None:  # noqa: ANN401 - a frame
    """The name of the table that a frame was written to, in place of one of the same run."""
    if frame is None:
        return None
    kind = frame_kind(type(frame))
    if kind is None:
        returned = type(frame).__name__
        raise TypeError(f"{task} says that it returns a frame, and returned a {returned}")
    name = table_name(task, context, graph)
    if kind == PANDAS:
        frame = session.create_dataframe(frame)
    frame.write.mode("overwrite").save_as_table(name)
    return name


def table_name(task: str, context: TaskContext, graph: str) -> str:
    """`DB.SCHEMA.GRAPH$TASK$FRAME_…`, with the run's id."""
    try:
        root = context.get_current_root_task_name()
        run = context.get_current_task_graph_run_group_id()
    except Exception:  # noqa: BLE001 - outside of a run there is neither
        root, run = graph.upper(), _BY_HAND
    place = root.rpartition(".")[0]
    end = _end(run)
    # Of the graph itself, where a part of it runs in another.
    called = f"{graph.upper()}${task.upper()}"[: _LONGEST - len(end)] + end
    return f"{place}.{called}" if place else called


def _end(run: str) -> str:
    return "$FRAME_" + re.sub(r"[^0-9A-Z]", "_", run.upper())


def read(task: str, of: str, name: str | None, kind: str, session: Any) -> Any:  # noqa: ANN401 - a frame
    """The frame that a task above wrote; of a SQL task the table that it names.

    Raises:
        LookupError: the table is not there any more.
    """
    if name is None:
        return None
    frame = session.table(name)
    try:
        frame.schema  # noqa: B018 - asks for it
    except Exception as exc:
        if "does not exist" not in str(exc):
            raise
        is_frame = _ENDS.fullmatch(name)
        gone = "a run that succeeded dropped it" if is_frame else "it is not there"
        raise LookupError(
            f"{task}: the table {name}, which {of} returned, is no more: {gone}; run {of} again "
            f"(%sfdag run --from {of})"
        ) from None
    return frame.to_pandas() if kind == PANDAS else frame


def drop_of_run(session: Any, context: TaskContext) -> int:  # noqa: ANN401 - a Snowpark session
    """Drop the frames of this run if none of its tasks failed; answers with how many.

    Those of a run that it only borrowed from stay: that one may be retried yet.
    A run has done what it should, also where its tables stay.
    """
    try:
        return _dropped(session, context)
    except Exception as exc:  # noqa: BLE001 - whatever a service answers
        _LOG.warning("the tables of this run's frames stay: %s", exc)
        return 0


def _dropped(session: Any, context: TaskContext) -> int:  # noqa: ANN401 - see above
    told = _tasks_of_run(session, context)
    if any(state in _FAILED for state, _ in told.values()):
        return 0
    ends = {_end(run) for run in _finished(context)}
    found = (_ENDS.fullmatch(value) for _, value in told.values() if value)
    names = {match[0] for match in found if match and match[1] in ends}
    for name in sorted(names):
        session.sql(f"drop table if exists {name}").collect()
    return len(names)


def _finished(context: TaskContext) -> list[str]:
    """The ids of this run and of those that it continues: nothing of theirs is needed any more."""
    own = (context.get_task_graph_config() or {}).get(_OWN_KEY)
    bridge = own.get(_BRIDGE) if isinstance(own, dict) else None
    continued = bridge.get(_CONTINUES, ()) if isinstance(bridge, dict) else ()
    return [context.get_current_task_graph_run_group_id(), *map(str, continued)]


def _tasks_of_run(session: Any, context: TaskContext) -> dict[str, tuple[str, str | None]]:  # noqa: ANN401 - see above
    """`{task: (its last state, what it returned)}`."""
    run = literal(context.get_current_task_graph_run_group_id())
    due = context.get_runtime_info("CURRENT_TASK_GRAPH_ORIGINAL_SCHEDULED_TIMESTAMP")
    asked = (
        f"scheduled_time_range_start => dateadd('day', -1, to_timestamp_ltz({literal(str(due))})), "
        "result_limit => 10000"
    )
    rows = session.sql(
        "select name, state, return_value "  # noqa: S608 - literals of ours
        f"from table(information_schema.task_history({asked})) "
        f"where graph_run_group_id = {run} order by attempt_number, query_start_time"
    ).collect()
    return {row[0]: (row[1], row[2]) for row in rows}
