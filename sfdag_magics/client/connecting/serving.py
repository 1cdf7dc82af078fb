"""The engine that serves a data directory, beside what is installed here. Starts nothing."""

from __future__ import annotations

from pathlib import Path

from sfdag_magics.client.connecting.connect import data_directory
from sfdag_magics.client.connecting.older_code import runs_older_code
from sfdag_magics.client.connecting.releases import ServingEngine, installed_release
from sfdag_magics.engine.directory import rendezvous


def serving_engine(data_dir: Path | None = None) -> ServingEngine | None:
    """The engine that runs for a data directory; None for none. Reads files only.

    Raises:
        MachineError: somebody else could have written what it says of itself.
    """
    directory = data_directory(data_dir)
    met = rendezvous.read(directory)
    if met is None or not met.is_alive:
        return None
    return ServingEngine(
        data="" if directory == data_directory() else str(directory),
        process=met.pid,
        release=met.version,
        is_older=met.version != installed_release() or runs_older_code(met.pid),
    )
