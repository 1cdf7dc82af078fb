"""How a verb puts a text into a file: never over one of the person's own. Knows no verb."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sfdag_magics.errors import InputError, MachineError


def write_file(
    path: Path, text: str, is_ours: Callable[[str], bool], *, is_agreed: bool, typed: str
) -> None:
    """Put a text into a file, in place of one that the same verb made.

    Args:
        is_ours: whether the text of a file says that the verb made it, of the same thing.
        is_agreed: another file is written over as well.
        typed: the verb and what stands behind it, without the options of writing.

    Raises:
        InputError: another file is there.
        MachineError: it cannot be written.
    """
    try:
        if not is_agreed and path.is_file() and not _is_ours(path, is_ours):
            raise InputError(
                f"{path} is there already and holds something else, so it stays as it is",
                hint=f"%sfdag {typed} --to {path} --yes, or another name",
            )
        path.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise MachineError(
            f"cannot write {path}: {error.strerror}", hint="name a file in a folder that is there"
        ) from error


def make_folder(path: Path) -> None:
    """Make a folder and those above it, where they are not there.

    Raises:
        MachineError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MachineError(
            f"cannot make the folder {path}: {error.strerror}", hint="name another place"
        ) from error


def _is_ours(path: Path, is_ours: Callable[[str], bool]) -> bool:
    return is_ours(path.read_text("utf-8", errors="replace"))
