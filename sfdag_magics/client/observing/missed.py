"""What a failed task missed and its notebook has: a sentence with a way out, from an error.

A task runs in a process of its own, with Snowflake on another machine: other cells, files,
variables and people are not there. What there is in the notebook is asked of `Here` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Protocol

from sfdag_magics.client.observing.frames import without_services_words
from sfdag_magics.place_words import to_type


class Here(Protocol):
    """The notebook around the person who reads the error."""

    def place_of_name(self, name: str) -> str | None:
        """The cell that made a global name, such as `Cell [5]`; None where none is there."""

    def place_of_attribute(self, name: str) -> str | None:
        """The cell that set or registered an attribute of something; None where none did."""

    def has_file(self, path: str) -> bool:
        """Whether a path leads to a file or folder from here."""

    def has_folder(self, path: str) -> bool:
        """Whether a path leads to a folder from here."""

    def has_variable(self, name: str) -> bool:
        """Whether the environment of this kernel has a variable."""

    def has_module(self, name: str) -> bool:
        """Whether a module can be imported here."""


_NAME = re.compile(r"NameError: name '(\w+)' is not defined")
#: A function that gives a name to something has it for itself only, from its first line on.
_UNBOUND = re.compile(r"UnboundLocalError: .*local variable '(\w+)'")
_ATTRIBUTE = re.compile(r"AttributeError: .*has no attribute '(\w+)'")
#: Of pickle, which looks for a class in the notebook's own module.
_PICKLED = re.compile(r"AttributeError: Can't get (?:local )?attribute '(\w+)' on <module")
#: Of pandas, for a name in the text of a query.
_QUERIED = re.compile(r"(?:[\w.]+\.)?UndefinedVariableError: .*'(\w+)' is not defined")
_FILE = re.compile(
    r"(?:FileNotFound|NotADirectory|IsADirectory|Permission|OS)Error: "
    r"\[Errno \d+\] [^:]*: '([^']+)'"
)
#: A line of code that writes a file: where its folder is missing, the error is that of reading.
_WRITES = re.compile(
    r"\b(?:savefig|to_(?:csv|parquet|json|pickle|excel|feather|html)|dump|save\w*|write_\w+|imwrite)\("
    r"|\bopen\(.*['\"][wax][bt]?\+?['\"]"
)
_DATABASE = re.compile(r"sqlite3\.OperationalError: unable to open database file")
_KEY = re.compile(r"KeyError: '([^']+)'")
_MODULE = re.compile(r"(?:ModuleNotFoundError|ImportError): No module named '([\w.]+)'")
_RELATIVE = re.compile(
    r"ImportError: attempted relative import|ModuleNotFoundError: .*'sfdag_bundle\b"
)
_EXIT = re.compile(r"SystemExit(?::|$)")
_STARTS = re.compile(r"\bsubprocess\b|\bPopen\b|_execute_child|create_subprocess")
_PUT_FOLDER = "session.file.put('{path}/*', '@STAGE/{name}') here, session.file.get(…) there"
_PUT = "session.file.put('{path}', '@STAGE') here, session.file.get_stream('@STAGE/{name}') there"


def missed(task: str, error: str, here: Here) -> str:
    """What `task` had not that the notebook has, and what to do; empty where nothing is known."""
    text = without_services_words(error)
    last = text.rstrip().rpartition("\n")[2]
    said = _said(task, text, last, here)
    return f"{task} runs in a process of its own: {said}" if said else ""


def _said(task: str, text: str, last: str, here: Here) -> str:
    if found := _NAME.match(last) or _QUERIED.match(last):
        return _of_name(task, found[1], here)
    if found := _UNBOUND.match(last):
        return _of_unbound(task, found[1], here)
    if found := _PICKLED.match(last):
        return _of_name(task, found[1], here)
    if found := _ATTRIBUTE.match(last):
        return _of_attribute(task, found[1], text, here)
    if found := _FILE.match(last):
        is_program = _STARTS.search(text) and not here.has_file(found[1])
        return _of_program(found[1]) if is_program else _of_file(found[1], text, here)
    if _DATABASE.match(last):
        return "files beside the notebook are not there, and folders it writes to it has to make"
    if (found := _KEY.match(last)) and "environ" in text:
        return _of_variable(task, found[1], here)
    if found and "globals()" in text:
        return _of_name(task, found[1], here)
    if _RELATIVE.match(last):
        return "a cell is in no package, so import the module by its own name"
    if (found := _MODULE.match(last)) and here.has_module(found[1]):
        top = found[1].partition(".")[0]
        return (
            f"{found[1]!r} is there in this kernel only; what travels is what import statements "
            f"name: import {top} in the cell, or {to_type('sftask', packages=top)}"
        )
    if last.startswith("EOFError"):
        return f"nobody answers there, so take it as a config key: def {task}(…, *, answer: str)"
    if _EXIT.match(last):
        return "sys.exit() ends the task as failed whatever its code is: return instead"
    return ""


def _of_name(task: str, name: str, here: Here) -> str:
    if name in ("display", "get_ipython"):
        logs = to_type("logs", task=task)
        return f"{name!r} is there only in a notebook: print() it, and read {logs}"
    if name == "__file__":
        return "a cell is no file, so name the file or stage that is meant"
    place = here.place_of_name(name)
    if place is None:
        return ""
    return (
        f"{name!r} of this notebook ({place}) did not travel, because no code of {task} names it: "
        f"mention {name} in the function, outside of texts"
    )


def _of_unbound(task: str, name: str, here: Here) -> str:
    place = here.place_of_name(name)
    if place is None:
        return ""
    return (
        f"{name!r} of this notebook ({place}) is not read, because the function gives {name} a "
        f"value itself: give what {task} makes of it another name, such as new_{name}"
    )


def _of_attribute(task: str, name: str, text: str, here: Here) -> str:
    if "get_ipython()" in text and "'NoneType'" in text:
        return "get_ipython() is None where there is no notebook"
    place = here.place_of_attribute(name)
    if place is None:
        return ""
    return (
        f"{place} sets {name!r} in this kernel only; do the same in {task}, or in a module beside "
        "the notebook that it imports"
    )


def _of_program(name: str) -> str:
    return (
        f"programs such as {name!r} are not there, only Python and the packages of the task: "
        "do it in Python, or here before the run"
    )


def _of_file(path: str, text: str, here: Here) -> str:
    folder = str(PurePath(path).parent)
    if _WRITES.search(text) and folder != "." and here.has_folder(folder):
        return (
            f"{folder!r} is a folder of this notebook's machine: os.makedirs({folder!r}, "
            "exist_ok=True) in the task, and session.file.put(…, '@STAGE') for what is to stay"
        )
    found = next((each for each in _from_here(path) if here.has_file(each)), None)
    if found is not None:
        kind, put = ("folder", _PUT_FOLDER) if here.has_folder(found) else ("file", _PUT)
        said = put.format(path=found, name=PurePath(found).name)
        return f"{found!r} is a {kind} of this notebook's machine: {said}"
    if PurePath(path).is_absolute():
        return ""
    return "its folder is empty, and files come from a stage or are written by the task itself"


def _from_here(path: str) -> Iterator[str]:
    """A path, and where it may lie beside the notebook if code found it from its own place."""
    yield path
    parts = PurePath(path).parts
    if PurePath(path).is_absolute():
        yield from (str(PurePath(*parts[first:])) for first in range(1, len(parts)))


def _of_variable(task: str, name: str, here: Here) -> str:
    if not here.has_variable(name):
        return ""
    key = re.sub(r"\W", "_", name.lower())
    return (
        f"the environment variable {name!r} is set in this kernel only; let it be a config key: "
        f"def {task}(…, *, {key}: str), {to_type('run', set=key)}"
    )
