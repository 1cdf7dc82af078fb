"""The releases our SQL is written against: each of them passes the engine's tests."""

from __future__ import annotations

import tomllib
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement

from sfdag_magics.engine.sql.releases import WRITTEN_AGAINST, untested
from tests.conftest import SUMMARY
from tests.environments.installs import ROOT, overlay, passes_with
from tests.environments.lock import locked
from tests.environments.newest import rooms_for, tried

#: Oldest to newest; a new one is added here, in `pyproject.toml`, and by writing the lock anew.
RELEASES = {
    "duckdb": ("2.0.0", "2.0.1"),
    "sqlglot": ("30.22.0",),
}
#: Rooms whose tests ask DuckDB for nothing but that it starts: processes, states, the protocol.
WITHOUT = tuple(f"--ignore=tests/engine/{room}" for room in ("scheduler", "workers", "wire"))
OLDER = [(name, each) for name, all_of in RELEASES.items() for each in all_of[:-1]]


def bounds() -> dict[str, Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [Requirement(text) for text in project["project"]["dependencies"]]
    return {each.name: each for each in asked}


@pytest.mark.parametrize("name", WRITTEN_AGAINST)
def test_the_bounds_are_the_oldest_and_the_newest_release_tried(name):
    oldest, newest = RELEASES[name][0], RELEASES[name][-1]
    exact = {f"=={newest}"} if oldest == newest else set()
    assert {str(each) for each in bounds()[name].specifier} in (
        {f">={oldest}", f"<={newest}"},
        exact,
    )
    assert locked()[name] == newest


@pytest.mark.slow
@pytest.mark.timeout(1200)  # most of the engine's tests, once more
@pytest.mark.parametrize(("name", "release"), OLDER)
def test_the_engines_tests_pass_with_each_older_release(name, release, tmp_path, record_property):
    environment = overlay(tmp_path, [f"{name}=={release}"])
    passed, said = passes_with(environment, "tests/engine", *WITHOUT)
    record_property(SUMMARY, f"tests/engine with {name} {release}: {said}")
    assert passed, said


@pytest.mark.slow
@pytest.mark.timeout(1200)  # tests of the rooms that meet foreign code
def test_the_newest_that_the_bounds_allow_were_tried(record_property):
    # Their failing is news for the summary, not a fault of what is committed.
    _works, line = tried()
    record_property(SUMMARY, f"newest: {line}")
    assert line


def test_the_installed_releases_are_tested_ones():
    assert untested() == ""


@pytest.mark.parametrize(
    "release",
    ["1.9", "1.10.2", "2", "2.0", "2.0.0", "2.0.1.0", "2.0.2", "2.0.1rc1", "2.0.10", "10.0"],
)
def test_which_releases_are_outside_is_what_pip_says(release):
    within = bounds()["duckdb"].specifier.contains(release, prereleases=False)
    said = untested(lambda name: release if name == "duckdb" else version(name))
    assert (said == "") == within


def test_a_release_outside_is_named_in_one_line_with_what_to_install():
    def release_of(name):
        return "2.0.2" if name == "duckdb" else version(name)

    said = untested(release_of)
    assert "\n" not in said
    assert said.startswith("the engine was not tested with duckdb 2.0.2 (<=2.0.1,>=2.0.0);")
    assert "pip install 'duckdb<=2.0.1,>=2.0.0' " in said


@pytest.mark.parametrize(("raised", "all_of_sql"), [("duckdb", 1), ("sqlglot", 1), ("pyarrow", 0)])
def test_another_release_of_what_sql_is_written_against_meets_all_its_tables(raised, all_of_sql):
    assert rooms_for([raised, "numpy"]).count("tests/engine/sql") == all_of_sql
