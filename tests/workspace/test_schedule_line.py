"""What a status says of a schedule that does not run."""

from dataclasses import replace

import pytest

from sfdag_magics.client.observing.derive import snapshot_from_rows
from sfdag_magics.workspace.answers.listings import schedule_line
from tests.client.rows import deployed, row


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("FAILED", ""),
        ("FAILED_AND_AUTO_SUSPENDED", " by itself, for too many runs failed in a row"),
    ],
)
def test_what_the_service_suspended_for_its_failures_is_told_apart(state, why):
    graph = replace(deployed("a"), schedule="1 DAY")
    seen = snapshot_from_rows(graph, [row("g"), row("a", state)], None)
    assert schedule_line(graph, None, seen).startswith(f"schedule 1 DAY · suspended{why}: ")
