"""The Python packages a worker can import: those installed here, which is where workers run.

Snowflake's clients ask `INFORMATION_SCHEMA.PACKAGES` before they create a procedure, and PACKAGES
of a definition is checked against the same list: what is refused here would be refused there, with
other versions.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Sequence
from functools import lru_cache

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError
from sfdag_magics.engine.borders.ports import SqlSession, Value
from sfdag_magics.engine.borders.rowset import rowset

PYTHON_VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
#: What Snowflake's channel calls a distribution that PyPI has under the second name.
_OTHER_NAMES = {"snowflake": "snowflake-core"}
_COLUMNS = dict.fromkeys(("PACKAGE_NAME", "VERSION", "LANGUAGE", "RUNTIME_VERSION"), SfType.TEXT)


def installed_packages() -> dict[str, str]:
    """Name → version, read again when something was installed: half a second of small files.

    Each package is there under its name as PEP 503 normalises it, and as it spells itself.
    """
    return _read(tuple(map(_changed, sys.path)))


def _changed(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=1)
def _read(_changed_at: tuple[int, ...]) -> dict[str, str]:
    from packaging.utils import canonicalize_name  # no part of a start

    found: dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        if name := distribution.metadata["Name"]:
            for spelt in (canonicalize_name(name), name.lower()):
                found.setdefault(spelt, distribution.version)
    for name, here in _OTHER_NAMES.items():
        if here in found:
            found.setdefault(name, found[here])
    return found


def packages_table(_session: SqlSession) -> Result:
    """INFORMATION_SCHEMA.PACKAGES, of this machine."""
    rows = [(*pair, "python", PYTHON_VERSION) for pair in sorted(installed_packages().items())]
    return rowset(_COLUMNS, rows)


def check_packages(requirements: Sequence[str]) -> None:
    """See that every requirement of a PACKAGES clause is installed.

    Raises:
        SqlError: names all that are not, with what to install.
    """
    problems = [problem for text in requirements if (problem := _problem(text))]
    if problems:
        raise SqlError(
            "SQL compilation error:\nCannot create a Python function with the specified packages."
            f" Please check your packages specification and try again. {'; '.join(problems)}",
            code=391546,
        )


def check_runtime(version: str) -> None:
    """See that a RUNTIME_VERSION is a Python 3; which one does not matter: it runs on this one.

    Raises:
        SqlError: it is not, or there is none.
    """
    if not version:
        raise SqlError(
            "SQL compilation error:\nRUNTIME_VERSION must be specified for LANGUAGE PYTHON.",
            code=391531,
        )
    if version.split(".")[0] != "3":
        raise SqlError(
            f"SQL compilation error:\nInvalid python runtime version '{version}': this engine runs"
            f" Python {PYTHON_VERSION}.",
            code=391531,
        )


def default_artifact_repository(_arguments: tuple[Value, ...], _session: SqlSession) -> Value:
    """SYSTEM$GET_DEFAULT_PYTHON_ARTIFACT_REPOSITORY: none was set, so clients use Snowflake's."""
    return None


def terms_acknowledged(_arguments: tuple[Value, ...], _session: SqlSession) -> Value:
    """SYSTEM$ARE_ANACONDA_TERMS_ACKNOWLEDGED: packages come from this machine; no terms are due."""
    return True


def _problem(text: str) -> str:
    from packaging.requirements import InvalidRequirement, Requirement  # no part of a start
    from packaging.utils import canonicalize_name

    try:
        # conda's single = says what pip says with ==
        requirement = Requirement(text if "==" in text else text.replace("=", "==", 1))
    except InvalidRequirement:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            return f"'{text}' is not a package specification"
    installed = installed_packages().get(canonicalize_name(requirement.name))
    if installed is None:
        return (
            f"'{text}' is not installed where this engine runs"
            f" ({sys.executable} -m pip install {requirement.name})"
        )
    if not requirement.specifier.contains(installed, prereleases=True):
        return f"'{text}' was asked for, {installed} is installed where this engine runs"
    return ""
