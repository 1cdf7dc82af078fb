"""What a task ran with besides its code, by what its graph's procedure says now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sfdag_magics.client.code.deployed_code import DeployedCode
from sfdag_magics.client.observing.versions import Version
from sfdag_magics.client.running.ran_with import ran_with
from sfdag_magics.graph.states import DisplayState
from tests.render.builders import NOON, task

CODE = DeployedCode(
    archive="@DB.S.SFDAG_CODE/g/cd34cd34cd34cd34.zip",
    python="3.11",
    packages=("pandas==2.2.3", "snowflake-snowpark-python"),
    since=NOON - timedelta(minutes=5),
    archives=(Version(since=NOON - timedelta(days=1), code="ab12ab12ab12ab12.zip"),),
)
NOW = (
    ("Python", "3.11"),
    ("Packages", "pandas==2.2.3, snowflake-snowpark-python"),
    ("Version", "cd34cd34cd34 · deployed 2026-11-23 11:55:00 UTC · as deployed now"),
)
NOT_NOTED = ("Packages", "not known any more: they were noted for the code that is deployed")
BEFORE = (NOT_NOTED, ("Version", "ab12ab12ab12 · other code is deployed now"))


@pytest.mark.parametrize(("index", "told"), [(0, NOW), (-60, BEFORE), (-20_000, (NOT_NOTED,))])
def test_python_packages_and_version_are_those_of_the_code_that_it_began_with(index, told):
    ran = task("a", DisplayState.SUCCEEDED, index)
    assert ran_with(ran, None, CODE, is_embedded=True) == told


def test_what_did_not_begin_ran_with_nothing():
    assert ran_with(task("a", DisplayState.BLOCKED), None, CODE, is_embedded=True) == ()
