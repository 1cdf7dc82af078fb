"""What the package imports comes with it: an installation without extras has every module."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import sfdag_magics
from tests.environments.installs import ROOT

PACKAGE = Path(sfdag_magics.__file__).parent
IMPORT = re.compile(r"^\s*(?:import|from) (\w+)", re.MULTILINE)
#: Imported by a worker alone, for a handler whose own module has imported it before; and by the
#: plugin, which pytest loads.
BROUGHT_BY_ITS_USER = {"pandas", "pytest"}


def installed_with(asked: Iterable[str]) -> set[str]:
    """The distributions that come with these requirements, by their canonical names."""
    found: set[str] = set()
    left = [Requirement(text) for text in asked]
    while left:
        each = left.pop()
        name = canonicalize_name(each.name)
        is_for_us = each.marker is None or each.marker.evaluate({"extra": ""})
        if is_for_us and name not in found:
            found.add(name)
            left.extend(map(Requirement, requires(name) or ()))
    return found


def test_every_imported_package_comes_with_the_dependencies():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    there = installed_with(project["dependencies"])
    makers = packages_distributions()
    words = {word for path in PACKAGE.rglob("*.py") for word in IMPORT.findall(path.read_text())}
    imported = words & makers.keys() - {"sfdag_magics"}

    missing = {
        name
        for name in imported
        if there.isdisjoint(canonicalize_name(maker) for maker in makers[name])
    }

    assert {"duckdb", "numpy", "pyarrow", "sqlglot"} <= imported
    assert missing <= BROUGHT_BY_ITS_USER
