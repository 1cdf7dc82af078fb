"""What cells set on loggers that a task writes to, as notes: the task's process has its own.

Of code that ships, of modules beside the notebook, and of installed modules that it uses.
"""

from __future__ import annotations

import ast
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from sfdag_magics.bundle.beside import loaded_modules
from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.written.as_written import as_written
from sfdag_magics.bundle.written.cell_texts import parsed_or_none, text_of_file
from sfdag_magics.bundle.written.cells import Cells, words_of
from sfdag_magics.bundle.written.computed import fixed_value
from sfdag_magics.light_classes import dataclass

#: What every logger has that was got by its name.
_OWN = frozenset((*vars(logging.Logger("")), "manager"))  # noqa: LOG001 - no one logs to it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Code:
    """A text with the names around it."""

    text: str
    namespace: Mapping[str, object]

    @property
    def tree(self) -> ast.AST:
        """What is written there; nothing where it is not Python."""
        return parsed_or_none(self.text) or ast.Module([], [])


def logger_notes(
    texts: Iterable[str],
    cells: Cells,
    modules: Iterable[str],
    namespace: Mapping[str, object],
) -> Iterator[str]:
    """Levels, handlers and filters of the loggers that code has, and of those above them."""
    modules = list(modules)
    running = [
        *_codes(texts, namespace),
        *(
            code
            for name, file in loaded_modules(modules)
            for code in _codes([text_of_file(str(file)) or ""], vars(sys.modules[name]))
        ),
    ]
    named = [each for code in running for each in _loggers_in(code)]
    named += _told_in(cells, modules)
    loggers = {each.name: each for one in named for each in _with_those_above(one)}
    for name, logger in loggers.items():
        found = [said for said, setter in _set_on(logger) if not _is_set(logger, setter, running)]
        if found:
            yield (
                f"the logger {name!r} has {' and '.join(found)} in this kernel and not where the "
                "task runs: set it in the task"
            )


def _codes(texts: Iterable[str], namespace: Mapping[str, object]) -> Iterator[_Code]:
    yield from (_Code(text=text, namespace=namespace) for text in texts)


def _loggers_in(code: _Code) -> Iterator[logging.Logger]:
    known = logging.root.manager.loggerDict
    has_one = any(name in code.text for name in ("log", "Log", "LOG")) or any(
        is_a(code.namespace.get(word), logging.Logger) for word in words_of(code.text)
    )
    for node in ast.walk(code.tree) if has_one else ():
        match node:
            case ast.Name(id=name):
                value = code.namespace.get(name)
                value = known.get(str(value)) if name == "__name__" else value
            case ast.Constant(value=str(name)):
                value = known.get(name)
            case ast.Call(args=[said]) if _gets(node):
                value = _nearest(str(fixed_value(said, code.namespace)))
            case _:
                continue
        if is_a(value, logging.Logger) and value is not logging.root and _is_known(value):
            yield value


def _told_in(cells: Cells, modules: Iterable[str]) -> Iterator[logging.Logger]:
    """Loggers of these modules that cells name in order to set something."""
    tops = {module.partition(".")[0] for module in modules}
    for cell in cells.where(_got_in):
        for name in _got_in(cell.text):
            logger = logging.root.manager.loggerDict.get(name)
            if name.partition(".")[0] in tops and is_a(logger, logging.Logger):
                yield logger


@lru_cache(maxsize=16_384)  # the cells of a long day: most get none
def _got_in(text: str) -> tuple[str, ...]:
    """The names of the loggers that a text gets."""
    tree = parsed_or_none(text) if "getLogger" in text else None
    return tuple(
        name
        for node in (ast.walk(tree) if tree is not None else ())
        if isinstance(node, ast.Call) and _gets(node)
        for name in _only_text(node.args)
    )


def _only_text(args: list[ast.expr]) -> Iterator[str]:
    match args:
        case [ast.Constant(value=str(text))]:
            yield text


def _gets(node: ast.Call) -> bool:
    return last_name(node.func) == "getLogger"


def _is_known(logger: logging.Logger) -> bool:
    """Whether it is one that is got by its name: others ship as the objects that they are."""
    return logging.root.manager.loggerDict.get(logger.name) is logger


def _nearest(name: str) -> object:
    """The logger of a name, or the next one above it that there is."""
    known = logging.root.manager.loggerDict
    while name and not is_a(known.get(name), logging.Logger):
        name = name.rpartition(".")[0]
    return known.get(name)


def _with_those_above(logger: logging.Logger) -> Iterator[logging.Logger]:
    """A logger, and those that get its records or lend it their level."""
    each: logging.Logger | None = logger
    while each is not None and each is not logging.root:
        yield each
        each = each.parent if each.propagate else None


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
    for name in sorted(set(vars(logger)) - _OWN if type(logger) is logging.Logger else ()):
        yield f"the attribute {name!r}", f".{name} ="


def _is_set(logger: logging.Logger, setter: str, running: Iterable[_Code]) -> bool:
    """Whether code that runs there sets it by itself: a level, to the same."""
    found = [code for code in running if setter in code.text]
    if setter != "setLevel":
        return bool(found)
    return any(
        as_written(node.args[0], code.namespace)
        in (logger.level, logging.getLevelName(logger.level))
        for code in found
        for node in ast.walk(code.tree)
        if isinstance(node, ast.Call) and last_name(node.func) == setter and node.args
    )
