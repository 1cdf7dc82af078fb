"""Which packages and which Python a target has, beside those that the graph's code needs.

Asked as Snowflake's own clients do, by INFORMATION_SCHEMA.PACKAGES, and where no target is open, of
this environment, in which the embedded engine would start. Packages of PyPI are more than any
account lists: of those that are not installed here either, only the deploy can tell.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from packaging.version import InvalidVersion, Version

from sfdag_magics.client.code.deployed_code import DEFAULT_REPOSITORY, Code, DeployedCode
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend, Row
from sfdag_magics.client.connecting.looked_ahead import LookedAhead
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.errors import Problem
from sfdag_magics.graph.names import nearest
from sfdag_magics.graph.packages import package_name, versions_asked
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type
from sfdag_magics.sqltext import QualifiedName, quoted_string, sql_identifier

#: Every target has it, in each version of Python that it has.
_SNOWPARK = "snowflake-snowpark-python"
_NORMAL = "REPLACE(REPLACE(LOWER(PACKAGE_NAME), '_', '-'), '.', '-')"
_COLUMNS = "PACKAGE_NAME, VERSION, RUNTIME_VERSION"
#: So many versions are named of a package that is there in others.
_MOST_VERSIONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What a target has of what was asked for; packages by `package_name`.

    Attributes:
        place: the target, for people.
        versions: `{package: its versions}`.
        pythons: the versions of Python; empty where that is not known.
        is_embedded: it runs every Python 3 on its own.
        is_all: what is not here is nowhere to be had.
        names: all packages, asked for only when one is missing.
    """

    place: str
    versions: Mapping[str, frozenset[str]]
    pythons: frozenset[str] = frozenset()
    is_embedded: bool = True
    is_all: bool = True
    names: tuple[str, ...] = ()


def new_packages(code: Code, before: DeployedCode) -> tuple[str, ...]:
    """The packages that the procedure does not have as it is deployed."""
    return tuple(package for package in code.packages if package not in before.packages)


def packages_question(root: QualifiedName) -> str:
    """The statement that asks for all packages of Python, which the embedded engine has few of."""
    table = f"{sql_identifier(root.database or '')}.INFORMATION_SCHEMA.PACKAGES"
    return f"SELECT {_COLUMNS} FROM {table} WHERE LANGUAGE = 'python'"  # noqa: S608 - as quoted


def stock_of(
    backend: Backend,
    root: QualifiedName,
    code: Code,
    packages: Iterable[str],
    answers: LookedAhead,
) -> Stock:
    """What a target has of these packages.

    One request; on the service one more where one is missing. There an account lists thousands.

    Args:
        answers: what was asked of the backend already.

    Raises:
        BackendError: it does not say.
    """
    doing("looking for packages")
    wanted = {package_name(package) for package in packages}
    every = packages_question(root)
    asked = ", ".join(quoted_string(name) for name in sorted({*wanted, _SNOWPARK}))
    rows = answers.rows(every if backend.is_embedded else f"{every} AND {_NORMAL} IN ({asked})")
    versions = _versions(rows, None if backend.is_embedded else code.python)
    names: Sequence[Row] = ()
    if wanted - versions.keys():
        names = rows if backend.is_embedded else backend.rows(_names_question(root))
    return Stock(
        place=backend.place,
        versions=versions,
        pythons=_pythons(rows),
        is_embedded=backend.is_embedded,
        is_all=backend.is_embedded or (code.repository or "").lower() == "anaconda",
        names=tuple(sorted({str(row["PACKAGE_NAME"]) for row in names})),
    )


def _names_question(root: QualifiedName) -> str:
    return packages_question(root).replace(_COLUMNS, "DISTINCT PACKAGE_NAME")


def stock_here() -> Stock:
    """What an engine has that is started from this environment."""
    found: dict[str, frozenset[str]] = {}
    for distribution in importlib.metadata.distributions():
        if name := distribution.metadata["Name"]:
            found.setdefault(package_name(name), frozenset({distribution.version}))
    return Stock(place="embedded engine", versions=found, names=tuple(found))


def lacking(code: Code, packages: Iterable[str], stock: Stock) -> Iterator[Problem]:
    """What the target is known to lack, for each task that needs it."""
    for package in packages:
        if (lack := _lack(package, stock)) is None:
            continue
        message, hint = lack
        for user in code.users.get(package_name(package), ("",)):
            where = f" ({code.cells[user]})" if user in code.cells else ""
            yield Problem(task=user or None, message=f"{message}{where}", hint=hint)
    if stock.pythons and not stock.is_embedded and code.python not in stock.pythons:
        yield Problem(
            task=None,
            message=f"{stock.place} has no Python {code.python}, which this notebook runs on",
            hint=f"run the notebook on one that it has: {listed(sorted(stock.pythons))}",
        )


def unsure(code: Code, packages: Iterable[str], stock: Stock) -> Iterator[str]:
    """Notes on what only the deploy can tell."""
    for package in packages:
        if _is_missing(package, stock) and not stock.is_all and not _is_here(package):
            where = code.repository or DEFAULT_REPOSITORY
            yield f"{package} is not installed here, and only the deploy can tell if {where} has it"


def _lack(package: str, stock: Stock) -> tuple[str, str] | None:
    """What is wrong with a package there and what to do; None where nothing is known to be."""
    name, asked = package_name(package), versions_asked(package)
    if not stock.is_all or asked is None:  # that it names no package is told by the graph
        return None
    if _is_missing(package, stock):
        meant = nearest(name, stock.names)
        install = f"pip install {name} where it runs" if stock.is_embedded else "leave it out"
        hint = f"did you mean {meant}? Else {install}" if meant else install
        return f"{stock.place} has no package {name!r}", hint
    there = stock.versions[name]
    if any(asked.contains(each, prereleases=True) for each in there):
        return None
    newest = sorted(there, key=_ordered, reverse=True)[:_MOST_VERSIONS]
    unpinned = to_type("graph", unpinned=True)
    hint = f"name one that is there, or {unpinned}: {', '.join(newest)}"
    return f"{stock.place} has no {package} but {name} {', '.join(newest)}", hint


def _is_missing(package: str, stock: Stock) -> bool:
    return package_name(package) not in stock.versions


def _is_here(package: str) -> bool:
    try:
        importlib.metadata.version(package_name(package))
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _versions(rows: Sequence[Row], python: str | None) -> dict[str, frozenset[str]]:
    """`{package: its versions}` for a version of Python, or for any."""
    found: dict[str, set[str]] = {}
    for row in rows:
        runtime = row["RUNTIME_VERSION"]
        if python is None or not runtime or runtime == python:
            name = package_name(str(row["PACKAGE_NAME"]))
            found.setdefault(name, set()).add(str(row["VERSION"]))
    return {name: frozenset(versions) for name, versions in found.items()}


def _pythons(rows: Sequence[Row]) -> frozenset[str]:
    of_snowpark = (row for row in rows if package_name(str(row["PACKAGE_NAME"])) == _SNOWPARK)
    return frozenset(str(row["RUNTIME_VERSION"]) for row in of_snowpark if row["RUNTIME_VERSION"])


def _ordered(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:
        return Version("0")
