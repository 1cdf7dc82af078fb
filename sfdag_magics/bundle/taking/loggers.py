"""What cells set on loggers that a task writes to, as notes: the task's process has its own."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.bundle.inspection import is_a


def logger_notes(texts: Iterable[str], namespace: Mapping[str, object]) -> Iterator[str]:
    """Levels, handlers and filters of the loggers that these texts name."""
    texts = list(texts)
    whole = "\n".join(texts)
    loggers = {each.name: each for text in texts for each in _loggers_in(text, namespace)}
    for name, logger in loggers.items():
        found = [said for said, setter in _set_on(logger) if setter not in whole]
        if found:
            yield (
                f"the logger {name!r} has {' and '.join(found)} in this kernel and not where the "
                "task runs: set it in the task"
            )


def _loggers_in(text: str, namespace: Mapping[str, object]) -> Iterator[logging.Logger]:
    known = logging.root.manager.loggerDict
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Name(id=name):
                found = known.get(str(namespace.get(name))) if name == "__name__" else None
                value = namespace.get(name, found) if found is None else found
            case ast.Constant(value=str(name)):
                value = known.get(name)
            case _:
                continue
        if is_a(value, logging.Logger) and value is not logging.root:
            yield value


def _set_on(logger: logging.Logger) -> Iterator[tuple[str, str]]:
    """`(what is set, the word by which code sets it)`."""
    if logger.level != logging.NOTSET:
        yield f"the level {logging.getLevelName(logger.level)}", "setLevel"
    if logger.handlers:
        yield f"{len(logger.handlers)} handler(s)", "addHandler"
    if logger.filters:
        yield f"{len(logger.filters)} filter(s)", "addFilter"
    if not logger.propagate:
        yield "propagate off", "propagate"
    if logger.disabled:
        yield "been disabled", "disabled"
