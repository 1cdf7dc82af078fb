"""How an error ends a command of a shell: its code, its document. Knows kinds, and no command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sfdag_magics.errors import GraphError, InputError, SfdagError

FAILED, WRONG = 1, 2


def exit_code(error: SfdagError) -> int:
    """2 for what was typed or described wrongly or nobody is there to answer, 1 for what failed."""
    return WRONG if isinstance(error, InputError | GraphError) else FAILED


def error_record(error: SfdagError, said: Callable[[str], str] = str) -> dict[str, Any]:
    """An error as JSON, where no other document tells what became of the command.

    Args:
        said: its words as they are meant where they are read.
    """

    def told(text: str | None) -> str | None:
        return said(text) if text is not None else None

    return {
        "error": {
            "kind": type(error).__name__,
            "message": told(error.message),
            "place": error.where,
            "hint": told(error.hint),
            "problems": [
                {key: told(value) for key, value in asdict(each).items()} for each in error.problems
            ],
            "exit_code": exit_code(error),
        }
    }
