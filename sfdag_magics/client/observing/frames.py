"""A traceback's text taken apart: what was raised, and through whose code it came. Asks nobody.

Here is decided which calls a person is shown: the drawer and the printed answers fold the same. The
text comes from the embedded engine or from Snowflake, which puts words of its own around it. A
text that is no traceback gives nothing: it is then shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from sfdag_magics.light_classes import dataclass

_HEADER = re.compile(r"^Traceback \(most recent call last\):\n", re.MULTILINE)
_FRAME = re.compile(r'  File "(?P<file>[^"]*)", line (?P<line>\d+)(?:, in (?P<function>.+))?')
_INSTALLED = re.compile(r"(?:site|dist)-packages/([^/]+)")
_PYTHONS_OWN = re.compile(r"(?:^<frozen |/lib/python\d[\d.]*/)")
_COMPILED = (".pxi", ".pyx")
#: Functions that nobody wrote as one: of such a call the line has been told with the one around it.
_WITHIN_A_LINE = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>"})
#: What Snowflake writes below a traceback; which handler it was, nobody chose.
_SERVICES_WORDS = re.compile(r"\n\s*in function \S+ with handler \S+\Z")
#: The archive that a module lay in, and where the service put it.
_ARCHIVE = re.compile(r'(?<=  File ")[^"]*\b(?:[0-9a-f]{16}\.zip|sfdag_modules_\w+)/')
#: The modules before the name of an exception.
_MODULES = re.compile(r"\A(?:\w+\.)+(?=\w+(?::|\Z|\n))")
_ID = r"[0-9a-f]{8}-[0-9a-f-]{27}: "
#: What Snowflake and its client put before what is wrong: `(1304): ID: 002003 (42S02): …`.
_SERVICES_CODES = re.compile(
    rf"\A(?P<name>\w+: )(?P<codes>(?:\(\d+\): )?(?:{_ID})?\d{{6}} \(\w{{5}}\): (?:{_ID})?"
    r"(?:SQL \w+ error:\s*)?)(?P<says>\S[^\n]*)"
)
_SERVICES_HEADING = "Python Interpreter Error:\n"
#: What Python writes between two tracebacks when one exception led to another.
_CHAINED = re.compile(
    r"\n\n(?:During handling of the above exception, another exception occurred:"
    r"|The above exception was the direct cause of the following exception:)\n\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One call of a traceback.

    Attributes:
        place: as a person says it: `Cell [7] train, line 12, in train`.
        code: its source lines with Python's marks below them; may be empty.
        library: the package it belongs to; empty for the user's own code.
    """

    place: str
    code: str
    library: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One exception: what it says, and its frames, the outermost first.

    Attributes:
        folded: what stands for the calls of libraries, `7 calls in pandas`; empty without one.
    """

    message: str
    frames: tuple[Frame, ...]
    folded: str = ""


def without_services_words(text: str) -> str:
    r"""An error without the words of the service around a traceback.

    >>> without_services_words("Python Interpreter Error:\nboom\n in function F with handler h")
    'boom'
    """
    bare = _SERVICES_WORDS.sub("", text.strip()).removeprefix(_SERVICES_HEADING)
    return _ARCHIVE.sub("", bare)


def reason_of(error: str) -> str:
    r"""What an error says, in one line.

    >>> reason_of("SQL compilation error:\nObject 'X' does not exist")
    "SQL compilation error: Object 'X' does not exist"
    """
    raised = raised_in(error)
    if raised:
        return _message_first(_MODULES.sub("", raised[0].message))
    return " ".join(without_services_words(error).split())


def _message_first(message: str) -> str:
    """The first line of what an exception says; Snowflake's codes and ids stand behind it."""
    found = _SERVICES_CODES.match(message)
    if found is None:
        return message.partition("\n")[0]
    codes = " ".join(found["codes"].rstrip(": \n").split())
    return f"{found['name']}{found['says']} · {codes}"


def raised_in(text: str) -> tuple[Raised, ...]:
    """The exceptions of a traceback, the one that ended the task first; empty for other texts."""
    if _HEADER.search(text) is None:
        return ()
    found = [_raised(part) for part in _CHAINED.split(_ARCHIVE.sub("", text))]
    return tuple(reversed([each for each in found if each.message or each.frames]))


def folded(text: str) -> str:
    """A traceback's text with the calls of libraries counted; another text as it is."""
    if not raised_in(text):
        return text
    blocks = groupby(_blocks(text.split("\n")), key=lambda block: bool(_library_of(block)))
    lines: list[str] = []
    for is_foreign, together in blocks:
        if is_foreign:
            lines.append(f"  … {_counted(map(_library_of, together))}")
        else:
            lines += [line for block in together for line in block]
    return "\n".join(lines)


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """The lines of each frame together, and every other line by itself."""
    at = 0
    while at < len(lines):
        end = at + 1
        # Deeper than a frame: its code, its marks, and how often the line before was repeated.
        if _FRAME.match(lines[at]):
            while end < len(lines) and lines[end].startswith("  ") and not _FRAME.match(lines[end]):
                end += 1
        yield lines[at:end]
        at = end


def _library_of(block: list[str]) -> str:
    start = _FRAME.match(block[0])
    return _library(start["file"]) if start else ""


def _counted(libraries: Iterable[str]) -> str:
    """`7 calls in pandas, sklearn`; empty without one."""
    names = [name for name in libraries if name]
    calls = "call" if len(names) == 1 else "calls"
    return f"{len(names)} {calls} in {', '.join(dict.fromkeys(names))}" if names else ""


def _raised(text: str) -> Raised:
    """One exception; words before its header are Snowflake's and say nothing more."""
    frames: list[Frame] = []
    said: list[str] = []
    for block in _blocks(_HEADER.split(text)[-1].split("\n")):
        start = _FRAME.match(block[0]) if not said else None
        if start is None:
            said += block
        else:
            _add(frames, start, block[1:])
    message = _SERVICES_WORDS.sub("", "\n".join(said).strip())
    last_first = (frame.library for frame in reversed(frames))
    return Raised(message=message, frames=tuple(frames), folded=_counted(last_first))


def _add(frames: list[Frame], start: re.Match[str], code: list[str]) -> None:
    frame = _frame(start, code)
    line = f"{start['file']}, line {start['line']}"
    is_within = start["function"] in _WITHIN_A_LINE and bool(frames)
    if is_within and frames[-1].place.partition(", in ")[0] == line:
        frames[-1] = replace(frames[-1], code=frame.code)  # its marks are the closer ones
    else:
        frames.append(frame)


def _frame(start: re.Match[str], code: list[str]) -> Frame:
    file, function = start["file"], start["function"]
    within = f", in {function}" if function and not file.startswith("Cell") else ""
    return Frame(
        place=f"{file}, line {start['line']}{within}",
        code="\n".join(line.removeprefix("    ") for line in code),
        library=_library(file),
    )


def _library(file: str) -> str:
    installed = _INSTALLED.search(file)
    if installed is not None:
        return installed[1].removesuffix(".py")
    if file.endswith(_COMPILED):
        return file.lstrip("/").split("/")[0]
    return "Python" if _PYTHONS_OWN.search(file) else ""
