"""Where versions lie on a graph's stage, and what their files' names tell without being read.

A name says the version's number, the archive it runs and the deploy that wrote it, so that a
listing of the folder, which every plan has, tells what must stay.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.kept.version import KeptVersion, read_version
from sfdag_magics.light_classes import dataclass

#: So many stay, the newest ones, with the archives that they run.
KEPT = 50
_NAME = re.compile(r"version-(\d+)-([0-9a-f]+|none)-([0-9a-f]+)\.json\.gz")
_NO_CODE = "none"


@dataclass(frozen=True, slots=True)
class VersionFile:
    """A file's name, read."""

    number: int
    digest: str
    token: str
    name: str

    @property
    def archive(self) -> str:
        """The archive's name; empty where it runs none."""
        return "" if self.digest == _NO_CODE else f"{self.digest}.zip"


def version_file(version: KeptVersion) -> str:
    """The name of a version's file."""
    digest = version.code.digest if version.code is not None else _NO_CODE
    return f"version-{version.number}-{digest}-{version.token}.json.gz"


def version_files(names: Iterable[str]) -> list[VersionFile]:
    """Those among the files of a graph's folder, the oldest version first."""
    found = ((_NAME.fullmatch(name), name) for name in names)
    files = [VersionFile(int(m[1]), m[2], m[3], name) for m, name in found if m is not None]
    return sorted(files, key=lambda file: (file.number, file.name))


def next_number(names: Iterable[str]) -> int:
    """The number of the version that comes next."""
    return max((each.number for each in version_files(names)), default=0) + 1


def archives_kept(names: Collection[str]) -> frozenset[str]:
    """The archives that a version which stays names."""
    return frozenset(each.archive for each in version_files(names)[-KEPT:])


def versions_gone(names: Collection[str]) -> list[str]:
    """The files of versions that are too many."""
    return [each.name for each in version_files(names)[:-KEPT]]


def read_versions_of(backend: Backend, folder: str, files: Collection[str]) -> list[KeptVersion]:
    """All versions whose files are among these, the oldest first. One request, if there is any.

    Args:
        folder: of the graph on its stage, such as `@DB.S.SFDAG_CODE/mortgage/`.
    """
    named = version_files(files)
    if not named:
        return []
    contents = backend.download_all(folder, r".*version-.*[.]json[.]gz")
    found = (_read(contents[each.name]) for each in named if each.name in contents)
    return [version for version in found if version is not None]


def read_one(backend: Backend, folder: str, file: VersionFile) -> KeptVersion | None:
    """One of them; None where it is not what its name says.

    Raises:
        BackendError: it is not there, or nobody answers.
    """
    return _read(backend.download(f"{folder}{file.name}"))


def _read(content: bytes) -> KeptVersion | None:
    try:
        return read_version(content)
    except ValueError:  # a deploy is just writing it
        return None
