"""On what a data directory lies, where that is no place for one. Knows mounts, and no content.

Locks and syncs of a network file system may not hold, and what an engine was told is written is
then lost; what lies in a container's own layer, or in memory, goes with it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sfdag_magics.light_classes import dataclass

#: Set by whoever means it, so that nothing is said.
MEANT_VARIABLE = "SFDAG_TEMPORARY"
_NETWORK = (
    "nfs",
    "cifs",
    "smb",
    "9p",
    "afs",
    "ceph",
    "gluster",
    "lustre",
    "beegfs",
    "ncpfs",
    "fuse",
)
#: Of FUSE's those that are a disk of this machine all the same.
_LOCAL_FUSE = ("fuseblk", "fuse.fuse-overlayfs")
_IN_MEMORY = ("tmpfs", "ramfs")
_LAYERS = ("overlay", "aufs", "fuse.fuse-overlayfs")
_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
_ELSEWHERE = "SFDAG_DATA names another directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """Where something is mounted, and of which kind it is."""

    place: str
    kind: str


def doubt_about(directory: Path) -> str:
    """What is to be known of where the directory lies, in a line; empty where all is well."""
    if os.environ.get(MEANT_VARIABLE, "").strip():
        return ""
    found = mount_of(directory, _mounts())
    return "" if found is None else doubt(directory, found, in_container=_in_container())


def doubt(directory: Path, mount: Mount, *, in_container: bool) -> str:
    """The same for a mount that is known."""
    kind = mount.kind
    if kind.startswith(_NETWORK) and kind not in _LOCAL_FUSE:
        return (
            f"the data directory {directory} lies on a network file system ({kind} at"
            f" {mount.place}), where locks and syncs may not hold: {_ELSEWHERE} on a disk of this"
            " machine"
        )
    if kind in _IN_MEMORY:
        return (
            f"the data directory {directory} lies in memory ({kind} at {mount.place}) and goes with"
            f" it: {_ELSEWHERE}, or {MEANT_VARIABLE}=yes says that it is meant"
        )
    if kind in _LAYERS and in_container:
        return (
            f"the data directory {directory} lies in the container's own layer and goes with it:"
            f" {_ELSEWHERE} on a volume, or {MEANT_VARIABLE}=yes says that it is meant"
        )
    return ""


def mount_of(directory: Path, mounts: str) -> Mount | None:
    """The mount that a directory lies on, of the text of `mountinfo`; the last one hides others."""
    place = directory.resolve()
    found: Mount | None = None
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        at = Path(fields[4].replace("\\040", " "))
        if place.is_relative_to(at) and (found is None or len(str(at)) >= len(found.place)):
            found = Mount(place=str(at), kind=after.split(" ")[0])
    return found


def _mounts() -> str:
    if sys.platform != "linux":
        return ""
    try:
        return Path("/proc/self/mountinfo").read_text("utf-8", "replace")
    except OSError:
        return ""


def _in_container() -> bool:
    return any(mark.exists() for mark in _MARKS) or "KUBERNETES_SERVICE_HOST" in os.environ
