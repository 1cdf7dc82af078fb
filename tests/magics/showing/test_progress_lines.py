"""The lines of a run that is followed: every state a task reaches, also one it had before."""

from dataclasses import replace

from sfdag_magics.client.observing.derive import snapshot_from_rows
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.magics.showing.follow import ProgressLines
from tests.client.rows import deployed, row


def said_of(*states):
    """What is said of a task that is seen in these states, one after the other."""
    seen = snapshot_from_rows(deployed("a"), [row("g"), row("a", "EXECUTING")], None)
    lines = []
    tell = ProgressLines(lines.append)
    for state in states:
        tell(replace(seen, tasks={"a": replace(seen.tasks["a"], state=DisplayState(state))}))
    return lines


def test_a_state_is_said_once():
    assert said_of("pending", "running", "running") == ["● a  running"]


def test_a_task_that_begins_again_is_said_to_run_again():
    assert said_of("running", "pending", "pending", "running") == ["● a  running"] * 2
    assert said_of("running", "retrying", "running") == ["● a  running"] * 2
