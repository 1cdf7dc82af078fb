"""The lock and the environment are the same, both ways."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.environments.installs import ROOT
from tests.environments.lock import LOCK, locked, write

#: A virtual environment brings pip; ours is what is tested.
NOT_LOCKED = {"pip", "sfdag-magics"}


def installed() -> dict[str, Distribution]:
    # The first of a name is the one that is imported.
    found: dict[str, Distribution] = {}
    for each in distributions():
        found.setdefault(canonicalize_name(each.name), each)
    return found


def test_every_distribution_of_the_environment_is_locked_at_its_release():
    here = {name: each.version for name, each in installed().items() if name not in NOT_LOCKED}
    assert here.items() <= locked().items()


def test_every_locked_distribution_is_installed_unless_this_python_or_system_needs_none():
    here = installed()
    asked = [Requirement(text) for each in here.values() for text in each.requires or ()]
    elsewhere = {
        canonicalize_name(each.name)
        for each in asked
        if each.marker is not None and not each.marker.evaluate({"extra": ""})
    }
    assert locked().keys() - here.keys() <= elsewhere


def test_the_lock_names_no_path_no_address_and_no_hash():
    lines = LOCK.read_text("utf-8").splitlines()
    assert all(re.fullmatch(r"#.*|[a-z0-9-]+==[\w.+!]+", line) for line in lines)
    assert not any(re.search(r"[/@]|sha256", line) for line in lines if not line.startswith("#"))


def test_what_is_written_is_read_back(tmp_path, monkeypatch):
    path = tmp_path / "constraints.txt"
    write({"duckdb": "2.0.1", "attrs": "26.1.0"}, path)
    monkeypatch.setattr("tests.environments.lock.LOCK", path)
    assert locked() == {"attrs": "26.1.0", "duckdb": "2.0.1"}


def test_the_build_requirement_is_pinned_for_constraints_do_not_reach_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (requirement,) = project["build-system"]["requires"]
    assert re.fullmatch(r"hatchling==[\d.]+", requirement)
