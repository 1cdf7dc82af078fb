"""Has a preloaded process keep its objects in large pages: a fork then copies fewer entries.

What a fork and its end cost grows with the number of pages that the process has written to, some
25,000 small ones after the imports. Knows the switches of glibc and of Python's allocator, which
count from a process's start on; what the user's code starts does not inherit them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping

#: Objects of Python in glibc's one heap instead of in scattered pieces of a megabyte; that heap in
#: pages of two megabytes where the kernel leaves it to the process ("madvise").
_SWITCHES = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


def with_large_pages(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for a preloaded process; as it is where somebody uses these switches."""
    if not _has_glibc() or any(name in environment for name in _SWITCHES):
        return dict(environment)
    return {**environment, **_SWITCHES}


def forget(environment: MutableMapping[str, str]) -> None:
    """Take the switches out again, once they count."""
    for name, value in _SWITCHES.items():
        if environment.get(name) == value:
            del environment[name]


def _has_glibc() -> bool:
    try:
        return bool(os.confstr("CS_GNU_LIBC_VERSION"))
    except (OSError, ValueError, AttributeError):  # another C library, or none that says
        return False
