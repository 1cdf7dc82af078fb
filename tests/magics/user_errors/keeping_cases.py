"""Data directories that are not copied, and backups that are not restored, by name."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

from sfdag_magics.client.keeping.backup import FIRST, back_up
from sfdag_magics.client.keeping.restoring import restore

#: `name: line`.
TYPED = {
    "a command on the engine that is none": "%sfdag local statsu",
    "a command on the engine with a file": "%sfdag local status b.tar",
    "a backup without a name": "%sfdag local backup",
    "a backup of nothing": "%sfdag local backup b.tar --data /nowhere",
}


def a_backup_over_a_file(_notebook):
    data = Path("data")
    data.mkdir()
    for path in (data / "data.duckdb", Path("b.tar")):
        path.touch()
    back_up(data, Path("b.tar"), replaces=False)


def a_backup_into_no_folder(_notebook):
    data = Path("data")
    data.mkdir()
    (data / "data.duckdb").touch()
    back_up(data, Path("kept/b.tar"), replaces=False)


def a_restore_of_no_file(_notebook):
    restore(Path("b.tar"), Path("data"), replaces=False)


def a_restore_of_no_backup(_notebook):
    Path("b.tar").write_text("rows")
    restore(Path("b.tar"), Path("data"), replaces=False)


def a_restore_over_something(_notebook):
    Path("data").mkdir()
    Path("data/mine").touch()
    restore(Path("b.tar"), Path("data"), replaces=False)


def a_restore_of_a_newer_release(_notebook):
    content = json.dumps({"format": 1, "release": "99.0"}).encode()
    entry = tarfile.TarInfo(FIRST)
    entry.size = len(content)
    with tarfile.open("b.tar", "w") as archive:
        archive.addfile(entry, io.BytesIO(content))
    restore(Path("b.tar"), Path("data"), replaces=False)


REACHED = (
    a_backup_over_a_file,
    a_backup_into_no_folder,
    a_restore_of_no_file,
    a_restore_of_no_backup,
    a_restore_over_something,
    a_restore_of_a_newer_release,
)


def _typed(line):
    return lambda notebook: notebook.run(line)


KEEPING_CASES = {
    **{name: _typed(line) for name, line in TYPED.items()},
    **{case.__name__.replace("_", " "): case for case in REACHED},
}
