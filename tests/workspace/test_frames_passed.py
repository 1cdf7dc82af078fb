"""Frames between the tasks of a run, on the embedded engine: tables of the run, by their names."""

import pandas as pd
import pytest
from snowflake.snowpark import DataFrame

from sfdag_magics.client.connecting.connect import stop_engine
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.workspace.decorator import TaskDecorator
from sfdag_magics.workspace.opening import open_target
from sfdag_magics.workspace.registry import Registry

pytestmark = pytest.mark.slow


def load(session, *, rows: int = 3) -> DataFrame:
    return session.sql(f"select seq4() as N from table(generator(rowcount => {rows}))")


def scored(load: DataFrame, *, bad: bool = False) -> pd.DataFrame:
    assert not bad
    frame = load.to_pandas()
    frame["two words"] = frame["N"] * 2.5
    return frame


def told(load: str, scored: pd.DataFrame, session) -> list[object]:
    return [session.table(load).count(), list(scored.columns), float(scored["two words"].sum())]


def part(below: int, load: DataFrame) -> DataFrame:
    return load.filter(load["N"] < below)


def counts(part: list[DataFrame]) -> list[int]:
    return [each.count() for each in part]


def clean():
    return None


@pytest.fixture
def graph():
    made = TaskGraph("framed")
    sftask = TaskDecorator(Registry())
    for function in (load, scored, told, counts):
        sftask(function, graph=made)
    sftask.map(part, over=[1, 2], graph=made)
    sftask(clean, finalizer=True, graph=made)
    return made


@pytest.fixture
def target(tmp_path):
    with open_target(Target(name="here", path=str(tmp_path))) as opened:
        yield opened
    stop_engine(tmp_path)


def frames(target):
    return {row["name"].split("$")[1] for row in target.session.sql("show tables").collect()}


def test_frames_go_with_a_run_that_succeeds_and_stay_for_the_retry_of_one_that_fails(graph, target):
    seen = target.run(graph).result(timeout=300)
    assert seen.tasks["told"].return_value == '[3, ["N", "two words"], 7.5]'
    assert seen.tasks["counts"].return_value == "[1, 2]"
    assert frames(target) == set()
    with pytest.raises(
        InputError, match="the table of a frame goes with a run that succeeds"
    ) as told:
        target.run(graph, only=["told"])
    assert "start=['load']" in str(told.value)

    failed = target.run(graph, config={"bad": True}).wait(300)
    assert failed.tasks["scored"].state == "failed"
    assert frames(target) == {"LOAD", "PART_1", "PART_2"}
    borrowed = target.run(graph, only=["scored", "clean"]).result(timeout=300)
    assert borrowed.lineage.kept == {"load": failed.group_id}
    assert frames(target) == {"LOAD", "PART_1", "PART_2"}
    seen = target.retry(graph, failed.short_id, config={"bad": False}).result(timeout=300)
    assert seen.tasks["load"].state == "reused"
    assert seen.tasks["told"].return_value == '[3, ["N", "two words"], 7.5]'
    assert frames(target) == set()
    with pytest.raises(InputError, match="the frame that load returned"):
        target.retry(graph, failed.short_id)
