"""From a version that was deployed to a plan that deploys it again, code included. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sfdag_magics.client.deploying.difference import compared, only_there
from sfdag_magics.client.deploying.planning import Folder, planned, read_folder, started_then
from sfdag_magics.client.deploying.undoing.kept_definitions import definitions_of
from sfdag_magics.client.kept.files import VersionFile, read_one, version_files
from sfdag_magics.client.kept.version import KeptVersion
from sfdag_magics.errors import InputError
from sfdag_magics.place_words import to_type

if TYPE_CHECKING:
    from sfdag_magics.client.deploying.plan import Plan
    from sfdag_magics.client.deploying.standing import Standing


def plan_back(there: Standing, graph: str, number: int | None) -> Plan:
    """What makes a graph again what it was; tasks that came since are dropped.

    Args:
        there: what is deployed, with its code.
        number: the version; None for the one before the newest.

    Raises:
        InputError: it is not kept.
    """
    folder = read_folder(there, graph)
    version = _version(there, graph, folder, number)
    wanted = definitions_of(version)
    before = there.before
    # A schedule that is there now stays as it was left, on or off; one that is not comes as it was.
    comes_back = before is None or before.schedule is None
    starts = comes_back and wanted[0].stored in version.started
    found = (*compared(wanted, before), *only_there(wanted, before, frozenset(), prune=True))
    return planned(
        there,
        graph,
        wanted,
        found,
        folder,
        code=version.code,
        started=started_then(wanted, before, folder.left_to_start, starts=starts, stops=False),
        back_to=version.number,
    )


def _version(there: Standing, graph: str, folder: Folder, number: int | None) -> KeptVersion:
    files = version_files(folder.files or ())
    lists = str(to_type("rollback", list=True))
    place = there.backend.place
    if not files or (number is None and len(files) == 1):
        raise InputError(
            f"graph {graph} on {place} has {'one version' if files else 'no version'} that is kept,"
            " so there is none to go back to",
            hint=f"{to_type('deploy')} keeps what it leaves, and the next one can be taken back",
        )
    file = files[-2] if number is None else _named(files, number)
    if file is None:
        kept = f"{files[0].number} to {files[-1].number}"
        raise InputError(f"graph {graph} on {place} has no version {number}: {kept}", hint=lists)
    version = read_one(there.backend, folder.place, file)
    if version is None:
        raise InputError(f"version {file.number} of graph {graph} cannot be read", hint=lists)
    if file.archive and file.archive not in (folder.files or ()):
        raise InputError(f"the code of version {file.number} is no longer there", hint=lists)
    return version


def _named(files: Sequence[VersionFile], number: int) -> VersionFile | None:
    return next((file for file in reversed(files) if file.number == number), None)
