"""Where a data directory lies: what is said of places that are none for one."""

from pathlib import Path

import pytest

from sfdag_magics.engine.directory.file_systems import Mount, doubt, doubt_about, mount_of

MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
23 22 0:5 / /srv/a\\040b rw,nosuid shared:9 - nfs4 server:/export rw,vers=4.2
24 22 0:6 / /mnt rw - tmpfs tmpfs rw
25 22 0:7 / /mnt rw - fuse.sshfs host: rw
no mount
"""


@pytest.mark.parametrize(
    ("directory", "place", "kind"),
    [
        ("/var/x", "/", "ext4"),
        ("/srv/a b/data", "/srv/a b", "nfs4"),
        ("/srv/a", "/", "ext4"),
        ("/mnt/data", "/mnt", "fuse.sshfs"),
    ],
)
def test_the_mount_is_the_one_that_is_seen_there(directory, place, kind):
    assert mount_of(Path(directory), MOUNTS) == Mount(place=place, kind=kind)


@pytest.mark.parametrize(
    ("kind", "in_container", "said"),
    [
        *((k, False, "a network file system") for k in ("nfs", "nfs4", "cifs", "smb3", "9p")),
        ("fuse.sshfs", False, "a network file system"),
        ("tmpfs", False, "in memory"),
        ("overlay", True, "in the container's own layer"),
        ("overlay", False, None),
        ("fuseblk", False, None),
        ("ext4", True, None),
    ],
)
def test_what_is_no_place_is_said_with_what_to_set(kind, in_container, said):
    told = doubt(Path("/data"), Mount(place="/", kind=kind), in_container=in_container)
    assert (said is None) == (told == "")
    assert said is None or (said in told and "SFDAG_DATA names another directory" in told)


def test_who_means_it_is_told_nothing(monkeypatch):
    monkeypatch.setenv("SFDAG_TEMPORARY", "yes")
    assert doubt_about(Path("/")) == ""
