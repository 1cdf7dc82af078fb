"""Lines of a task's cell that only a notebook can run: `%time x = 1`, `!ls`, `math?`. Runs none.

What only sets up the notebook (`%matplotlib inline`) is set apart; anything else is refused, with
what does the same in Python.
"""

from __future__ import annotations

import ast
import re

from sfdag_magics.errors import InputError

#: At the left margin; it changes how a notebook shows or loads things, not what code does.
_HARMLESS = re.compile(r"%(?:matplotlib|config|load_ext|reload_ext|autoreload)\b.*")
_LINE = re.compile(r"(?P<target>[\w\s,.*\[\]]+=)?\s*(?P<mark>%%|%|!!|!)(?P<word>\w*)(?P<rest>.*)")
_QUESTION = re.compile(r"\?{0,2}[\w.]+\?{1,2}|\?{1,2}[\w.]+\??")
_ABOVE = frozenset({"time", "timeit", "capture", "prun"})
_INSTALLERS = frozenset({"pip", "conda", "mamba", "uv"})


def set_apart(text: str) -> tuple[str, tuple[str, ...]]:
    """The cell's text with its harmless lines left empty, and those lines."""
    if _is_python(text):
        return text, ()
    lines = text.split("\n")
    found = tuple(line.strip() for line in lines if _HARMLESS.fullmatch(line.rstrip()))
    rest = "\n".join("" if _HARMLESS.fullmatch(line.rstrip()) else line for line in lines)
    return (rest, found) if found else (text, ())


def check_python(text: str, *, cell: str, first_line: int) -> None:
    """See that no line is for notebooks only, where the text is no Python.

    Raises:
        InputError: one is; names it, with what to write instead.
    """
    try:
        ast.parse(text)
    except SyntaxError as error:
        lines = text.split("\n")
        number = min(error.lineno or 1, len(lines))
        line = lines[number - 1].strip()
        hint = _instead(line)
        if hint:
            raise InputError(
                f"a task is Python alone, and this line is for notebooks: {line}",
                where=f"{cell}, line {number + first_line - 1}",
                hint=hint,
            ) from None
    except ValueError:  # a null character, which is another error's to say
        return


def _instead(line: str) -> str:
    """What does the same; empty for a line that is not for notebooks."""
    if _QUESTION.fullmatch(line):
        return "ask in a cell of its own"
    found = _LINE.fullmatch(line)
    if found is None:
        return ""
    mark, word, rest = found["mark"], found["word"], found["rest"].strip()
    if word in _INSTALLERS:
        return "install in a cell of its own; for the task: %%sftask … --packages NAME"
    if mark == "%%":
        return (
            f"put %%{word} above %%sftask"
            if word in _ABOVE
            else "subprocess.run(…) inside the function, or a cell of its own"
        )
    if mark.startswith("!"):
        command = f"{word} {rest}".strip()
        return _shell_command(command, is_kept=bool(found["target"]))
    if word in _ABOVE:
        return "leave it out: a run shows how long each task took"
    return "put it in a cell of its own, above this one"


def _shell_command(command: str, *, is_kept: bool) -> str:
    if is_kept:
        call = f"subprocess.run({command!r}, shell=True, capture_output=True, text=True)"
        return f"inside the function: {call}.stdout.splitlines()"
    return f"inside the function: subprocess.run({command!r}, shell=True, check=True)"


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True
