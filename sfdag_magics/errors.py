"""Every error a user can see. Knows how an error shows itself; knows nothing of what can go wrong.

The first split is whose fault it is::

    SfdagError
    ├── InputError         what you typed
    │   ├── CaptureError   a task's code takes something from the notebook that cannot be shipped
    │   └── NoSuchTaskError a task was asked for that a run does not have; also a `KeyError`
    ├── GraphError         what you described; carries every problem, not only the first
    ├── BackendError       what Snowflake or the embedded engine answered
    │   ├── ConnectError   no answer at all: not reachable, not allowed in
    │   ├── UnsupportedError the embedded engine knows that it cannot do this
    │   ├── RunFailedError a graph run ended, and not well
    │   └── StillGoingError it did not end in the time that was given for it
    ├── MachineError   this machine: a missing package, a directory in use, a full disk
    └── InternalError      we were wrong: please report it, with the story
"""

from __future__ import annotations

import shutil
import sys
import textwrap

from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import ByPlace, Next

#: An error is text alone, which JupyterLab breaks within words at the edge of its cell
#: (`word-break: break-all`): so long a line fits beside an open file browser at 1280 pixels.
_PAGE_COLUMNS = 96
_TRACEBACK = "Traceback (most recent call last):"


def in_whole_words(text: str) -> list[str]:
    """The lines of a text, broken at spaces where they are too long; code in tracebacks stays."""
    width = _width()
    lines, inside = [], sys.maxsize
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if indent > inside:
            lines.append(line)
            continue
        inside = indent if line.lstrip() == _TRACEBACK else sys.maxsize
        lines += _broken(line, width, " " * (indent + 6)) or [line]
    return lines


def _broken(line: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        line,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
        expand_tabs=False,
    )


def _width() -> int:
    """How many characters of an error stand in a line where it is shown."""
    terminal = sys.stdout is not None and sys.stdout.isatty()
    return shutil.get_terminal_size().columns if terminal else _PAGE_COLUMNS


#: What helps where a file that was named is not there.
NO_FILE = "check its name: a path begins in the folder of this kernel or shell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a graph: which task, what, and what to do about it."""

    task: str | None
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        name = f"{self.task}: " if self.task else ""
        hint = f"\n    {self.hint}" if self.hint else ""
        return f"{name}{self.message}{hint}"

    @property
    def in_a_line(self) -> str:
        """The same where a line stands for each thing that is wrong."""
        alone = str(Problem(task=self.task, message=self.message))
        said = f"{alone} · {self.hint}" if self.hint else alone
        return " ".join(said.split())


class SfdagError(Exception):
    """The root of every error this package raises on purpose.

    Args:
        message: what happened to which named thing, in one sentence.
        hint: the next thing to type.
        where: the cell, file or task the message is about.
        problems: each thing that is wrong, where that is more than the message says.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | Next | ByPlace | None = None,
        where: str | None = None,
        problems: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = str(hint) if hint else None
        self.where = where
        self.problems = problems

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        listed = "".join(f"\n  {problem}" for problem in self.problems)
        hint = f"\n  next: {self.hint}" if self.hint else ""
        return f"{self.message}{place}{listed}{hint}"

    def _render_traceback_(self) -> list[str]:
        """The short form IPython shows instead of a traceback; the cause stays in `__cause__`."""
        return in_whole_words(f"{type(self).__name__}: {self}")


class InputError(SfdagError):
    """What was typed cannot be understood or does not fit: an option, a name, a cell's code."""


class NoSuchTaskError(InputError, KeyError):
    """A run was asked for a task that it does not have."""


class CaptureError(InputError):
    """Code of tasks uses what cannot be shipped as source. `problems` holds all of it."""


class GraphError(SfdagError):
    """The described graph cannot run as it is. `problems` holds all of them, in task order."""


class BackendError(SfdagError):
    """Snowflake, or the embedded engine in its place, answered with an error."""

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        sqlstate: str | None = None,
        query_id: str | None = None,
        hint: str | Next | ByPlace | None = None,
        where: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint, where=where)
        self.code = code
        self.sqlstate = sqlstate
        self.query_id = query_id


class ConnectError(BackendError):
    """Nothing answered, or what answered does not let this user in."""


class RunFailedError(BackendError):
    """A followed graph run ended in FAILED or CANCELLED. Raised headless, where it must be loud."""


class StillGoingError(BackendError):
    """A graph run was not over when the time given for it was up; it goes on."""


class UnsupportedError(BackendError):
    """The embedded engine does not do this, and says so instead of pretending."""


class MachineError(SfdagError):
    """This machine is in the way: a missing extra, a directory in use, read-only or full."""


class InternalError(SfdagError):
    """An invariant of this package does not hold. Carries the story of how it came to that."""

    def __init__(self, message: str, *, story: str = "") -> None:
        super().__init__(
            message,
            hint=f"please report this, with the following story:\n{story}" if story else None,
        )
        self.story = story


def not_installed(name: str, wanted: str) -> MachineError:
    """The error for a missing optional package.

    Args:
        name: of the package, for people.
        wanted: what pip is to install, as a shell reads it.
    """
    return MachineError(
        f"{name} is not installed", hint=f"{sys.executable} -m pip install {wanted}"
    )
