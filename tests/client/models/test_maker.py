"""Which run made a version, by times, returned values and comments."""

from datetime import UTC, datetime, timedelta

import pytest

from sfdag_magics.client.models.maker import Execution, executions_of
from sfdag_magics.sqltext import QualifiedName

AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def execution(name, seconds=(0, 10), value=""):
    """One of `run.TASK`."""
    group, _, task = name.partition(".")
    started, ended = (None if each is None else AT + timedelta(seconds=each) for each in seconds)
    return Execution(
        task=QualifiedName(task, "S", "DB"),
        root_id="id",
        group_id=group,
        attempt=1,
        query_id="q",
        started=started,
        completed=ended,
        return_value=value,
    )


@pytest.mark.parametrize(
    ("executions", "comment", "made"),
    [
        ([("run1.TRAIN",)], "", ["run1.TRAIN"]),
        ([("run1.TRAIN", (0, None))], "", ["run1.TRAIN"]),
        ([("run1.TRAIN", (-9, -1))], "", []),
        ([("run1.TRAIN", (6, 9))], "", []),
        ([("run1.TRAIN",), ("run1.OTHER",)], "", ["run1.TRAIN", "run1.OTHER"]),
        ([("run1.TRAIN",), ("run2.TRAIN",)], "", []),
        ([("run1.TRAIN",), ("run2.TRAIN", (0, 10), '"v1"')], "", ["run2.TRAIN"]),
        ([("run1.TRAIN",), ("run2.TRAIN",)], "by run1", ["run1.TRAIN"]),
        ([("run1.TRAIN",), ("run2.TRAIN", (0, 10), "V1")], "by run1", ["run1.TRAIN"]),
    ],
)
def test_a_version_is_made_by_what_executed_then(executions, comment, made):
    told = [execution(*each) for each in executions]
    found = executions_of("V1", comment, AT + timedelta(seconds=5), told)
    assert [f"{each.group_id}.{each.task.name}" for each in found] == made
