"""What travels with a task, in a sentence. Knows what was captured; `%sfdag bundle` says more."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from sfdag_magics.bundle.taking.terms.captured import TakenAs, TaskCapture
from sfdag_magics.graph.displayed import size_text
from sfdag_magics.graph.names import counted

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def travels_text(captured: TaskCapture) -> str:
    """The kinds of things with their numbers, the modules beside the notebook, and the size.

    Such as `3 functions, 1 class, 2 values, module features.py, 14.3 kB`.
    """
    kinds = Counter(_kind(piece.text) for piece in captured.definitions)
    kinds["value"] += sum(item.how is TakenAs.LITERAL for item in captured.taken)
    parts = [
        f"1 {kind}" if kinds[kind] == 1 else f"{kinds[kind]} {_plural(kind)}"
        for kind in ("function", "class", "value")
        if kinds[kind]
    ]
    pickles = sum(item.how is TakenAs.PICKLE for item in captured.taken)
    parts += [counted(pickles, "pickle")] if pickles else []
    return ", ".join([*parts, *_modules(captured), size_text(captured.size)])


def _kind(text: str) -> str:
    first = ast.parse(text).body[0]
    if isinstance(first, ast.ClassDef):
        return "class"
    return "function" if isinstance(first, _FUNCTIONS) else "value"


def _plural(kind: str) -> str:
    return "classes" if kind == "class" else f"{kind}s"


def _modules(captured: TaskCapture) -> Iterator[str]:
    """The files of single modules, and the folders of packages with all that is in them."""
    for name in dict.fromkeys(path.partition("/")[0] for path in captured.files):
        yield f"module {name}" if name in captured.files else f"package {name}/"
