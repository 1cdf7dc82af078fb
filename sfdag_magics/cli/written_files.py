"""The files that a command of a shell is to write: from here, and seen to be writable beforehand.

A file's cells take their time, and a run more: who named a file that cannot be written learns it
before them.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from sfdag_magics.errors import InputError

#: Verbs that follow a run, of which they can leave a report.
FOLLOWING = ("run", "retry")
_JUNIT, _TO, _NOTEBOOK = "--junit", "--to", "--notebook"
_EXPORT = "export"
#: Verbs of which `--to` names a file; that of `run` names tasks.
_WRITING = (_EXPORT, "trace")


def names(words: Sequence[str], *options: str) -> bool:
    """Whether one of these options is among the words, with its value attached or not."""
    return any(word.partition("=")[0] in options for word in words)


def junit_file(verb: str, words: list[str]) -> Path | None:
    """The file that `--junit` names, taken out of the words.

    Raises:
        InputError: it names none, cannot be written, or the verb runs nothing.
    """
    place = next((n for n, word in enumerate(words) if word.split("=")[0] == _JUNIT), None)
    if place is None:
        return None
    _, equals, named = words.pop(place).partition("=")
    if not equals and place < len(words) and not words[place].startswith("-"):
        named = words.pop(place)
    if verb not in FOLLOWING or not named:
        missing = f"{_JUNIT} needs a file" if verb in FOLLOWING else f"{verb} has no {_JUNIT}"
        raise InputError(missing, hint=f"sfdag run NOTEBOOK.ipynb {_JUNIT} report.xml")
    return _writable(_JUNIT, Path(named))


def written_words(verb: str, file: Path | None, words: Sequence[str]) -> list[str]:
    """What is said of files, as it is meant: from here, and not from the notebook's folder.

    Raises:
        InputError: what `--to` names cannot be written.
    """
    if verb not in _WRITING:
        return [*words]
    said: list[str] = []
    for before, word in pairwise(("", *words)):
        option, equals, path = word.partition("=")
        if before == _TO:
            said.append(str(_to(verb, Path(word))))
        elif option == _TO and equals:
            said.append(f"{_TO}={_to(verb, Path(path))}")
        else:
            said.append(word)
    if verb == _EXPORT and file is not None and not names(words, _NOTEBOOK):
        said.append(f"{_NOTEBOOK}={Path(os.path.relpath(file)).as_posix()}")
    return said


def _to(verb: str, path: Path) -> Path:
    """A file that can be written, or a folder, which an export makes."""
    return _writable(_TO, path) if path.suffix or verb != _EXPORT else path.absolute()


def _writable(option: str, path: Path) -> Path:
    """The file with its folder.

    Raises:
        InputError: it cannot be written.
    """
    whole = path.absolute()
    example = path / ("report.xml" if option == _JUNIT else "NAME")
    try:
        if whole.is_dir():
            raise InputError(
                f"{option} {path} is a folder, and no file",
                hint=f"{option} {shlex.quote(str(example))}",
            )
        if not whole.parent.is_dir():
            raise InputError(
                f"{option} {path}: there is no folder {path.parent}",
                hint=f"mkdir -p {shlex.quote(str(path.parent))}, then the same again",
            )
        _try_to_write(whole)
    except OSError as error:
        raise InputError(
            f"{option} {path} cannot be written: {error.strerror}",
            hint=f"the same with {option} FILE, where you may write",
        ) from error
    return whole


def _try_to_write(file: Path) -> None:
    """See that a file can be written, and leave it as it was, or not there."""
    is_there = file.exists()
    file.open("a").close()
    if not is_there:
        file.unlink()  # what is refused leaves nothing
