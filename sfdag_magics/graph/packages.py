"""What a package is called without its version, and when two mentions of it clash. Pure.

`packaging` compiles two dozen patterns as it loads, and most graphs name no package: it is loaded
with the first one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*")


def package_name(package: str) -> str:
    """What is installed, without a version, as all spellings of it: `Scikit_Learn` is one.

    >>> package_name("scikit_learn[alldeps]>=1.6, <2")
    'scikit-learn'
    """
    from packaging.utils import canonicalize_name

    found = _NAME.match(package)
    return canonicalize_name(found[1] if found else package)


def is_bare(package: str) -> bool:
    """Whether it is a name alone, which leaves the version open."""
    return _NAME.fullmatch(package) is not None


def clashes(one: str, other: str) -> bool:
    """Whether two mentions of one package ask for different things of it."""
    return not is_bare(one) and not is_bare(other) and _asks(one) != _asks(other)


def versions_asked(package: str) -> SpecifierSet | None:
    """The versions that fit, None for what is no specification of a package.

    >>> "1.7" in versions_asked("scikit-learn=1.6")
    False
    """
    from packaging.requirements import InvalidRequirement, Requirement

    # Conda's single = says what pip says with ==.
    for text in (re.sub(r"(?<![=<>!~])=(?!=)", "==", package), package):
        try:
            return Requirement(text).specifier
        except InvalidRequirement:
            continue
    return None


def _asks(package: str) -> str:
    return "".join(_NAME.sub("", package, count=1).split())
