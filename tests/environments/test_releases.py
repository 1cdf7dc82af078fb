"""The releases our SQL is written against: each of them passes the quick tests of SQL."""

from __future__ import annotations

import tomllib
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement

from sfdag_magics.engine.sql.releases import WRITTEN_AGAINST, untested
from tests.conftest import SUMMARY
from tests.environments import newest
from tests.environments.installs import ROOT
from tests.environments.lock import locked
from tests.environments.older import OLDER, QUICK, RELEASES, passes


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
@pytest.mark.timeout(1200)  # the quick tests of SQL, once more
@pytest.mark.parametrize(("name", "release"), OLDER)
def test_the_engines_tests_pass_with_each_older_release(name, release, tmp_path, record_property):
    passed, said = passes(name, release, tmp_path, QUICK)
    record_property(SUMMARY, f"tests/engine with {name} {release}: {said}")
    assert passed, said


@pytest.mark.parametrize(
    ("releases", "passed", "said"),
    [
        (
            {"duckdb": "2.0.1", "attrs": "1"},
            True,
            "the bounds allow nothing newer than the lock (2",
        ),
        (
            {"duckdb": "2.0.1", "attrs": "2", "six": "1"},
            True,
            "work with attrs 1 → 2, six new → 1: 7",
        ),
        ({"duckdb": "2.0.1", "attrs": "2"}, False, "FAIL with attrs 1 → 2: 7 tests"),
    ],
)
def test_of_the_newest_a_line_says_what_they_are_and_whether_they_work(
    releases, passed, said, monkeypatch
):
    monkeypatch.setattr(newest, "locked", lambda: {"duckdb": "2.0.1", "attrs": "1"})
    monkeypatch.setattr(newest, "newest", lambda: releases)
    monkeypatch.setattr(newest, "overlay", lambda _folder, asked: dict.fromkeys(asked, ""))
    ran = []

    def passes_with(environment, *arguments):
        ran.append((sorted(environment), arguments[2:]))
        return passed, "7 tests"

    monkeypatch.setattr(newest, "passes_with", passes_with)
    works, line = newest.tried()
    assert (works, line[: len(said)]) == (passed, said)
    newer = sorted(f"{name}=={each}" for name, each in releases.items() if each != "2.0.1")
    assert ran == ([] if "nothing" in said else [(newer, newest.rooms_for(["attrs"]))])


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
    assert newest.rooms_for([raised, "numpy"]).count("tests/engine/sql") == all_of_sql
