"""What a task's function takes from the notebook, and whether it can be shipped as source.

Imports become import lines, functions and classes of the notebook come along as source, small
literals as assignments, modules beside the notebook as files. Anything else is a problem that names
it and the ways out. Looks at values and at their text; runs nothing of them.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import inspect
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sfdag_magics.bundle.literals import is_secret, is_secret_value, source_of
from sfdag_magics.bundle.modules import (
    import_of_module,
    import_of_object,
    installed_part,
    is_local,
    is_own,
    is_standard,
    local_files,
)
from sfdag_magics.bundle.names_used import global_names, imported_modules, without_annotations
from sfdag_magics.bundle.ways_out import described, way_out
from sfdag_magics.bundle.written import Written, defined_in, find_written, innermost
from sfdag_magics.errors import Problem
from sfdag_magics.graph.source import FunctionSource

#: IPython puts these among the builtins.
_ONLY_IN_NOTEBOOKS = frozenset({"display", "get_ipython"})


class TakenAs(StrEnum):
    """How something a task takes from the notebook travels."""

    IMPORT = "import"
    SOURCE = "source"
    LITERAL = "literal"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One thing a task takes, for the report before a deploy; `text` is what ships, in short."""

    name: str
    how: TakenAs
    text: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCapture:
    """All that travels with one task, and what cannot.

    Attributes:
        imports: import lines.
        assignments: lines that set small literals.
        aliases: `{definition: lines that give it another name}`.
        definitions: what is written in the notebook, each after what it needs; the task's own
            function is the last.
        files: `{path in the archive: content}` of local modules.
        third_party: modules that must be installed where the task runs: `xgboost`, `snowflake.ml`.
        notes: what is shipped and may surprise.
        fingerprints: `{name: what it is}`, to see later whether it was redefined.
    """

    task: str
    imports: tuple[str, ...] = ()
    assignments: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    definitions: tuple[Written, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    third_party: tuple[str, ...] = ()
    taken: tuple[Taken, ...] = ()
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)

    @property
    def futures(self) -> tuple[str, ...]:
        """The `from __future__` names its code is written for."""
        return tuple(sorted(frozenset().union(*(each.futures for each in self.definitions))))

    @property
    def size(self) -> int:
        """The bytes that travel."""
        return sum(taken.size for taken in self.taken)


def capture(task: str, source: FunctionSource) -> TaskCapture:
    """Everything the function of `task` needs, and every problem with it.

    Raises:
        InputError: the source is not Python or has no such function.
    """
    return _Walk(task, source).result()


class _Walk:
    """Goes from the function through all it uses; each name once, needed ones first."""

    def __init__(self, task: str, source: FunctionSource) -> None:
        self._task = task
        self._source = source
        self._namespace = source.namespace()
        self._imports: dict[str, None] = {}
        self._assignments: dict[str, str] = {}
        self._aliases: dict[str, list[str]] = {}
        self._modules: dict[str, None] = {}
        self._definitions: list[Written] = []
        self._texts: list[str] = []
        self._taken: dict[str, Taken] = {}
        self._notes: list[str] = []
        self._problems: list[Problem] = []
        self._prints: dict[str, str] = {}
        self._visited = {source.name}

    def result(self) -> TaskCapture:
        source = self._source
        _ = source.node  # refuses what is no function
        own = defined_in(
            source.text,
            source.name,
            place=source.cell,
            first_line=source.first_line,
            is_ours=self._is_ours,
        )
        if own is not None:
            self._add_definition(source.name, self._with_futures(own, source.name))
        files = local_files(self._modules)
        foreign = [m for m in self._modules if not is_standard(m) and not is_local(m)]
        self._taken.update(
            (path, Taken(name=path, how=TakenAs.FILE, text=path, size=len(content)))
            for path, content in files.items()
        )
        self._prints.update(_prints_of(files))
        return TaskCapture(
            task=self._task,
            imports=tuple(self._imports),
            assignments=tuple(self._assignments.values()),
            aliases={name: tuple(lines) for name, lines in self._aliases.items()},
            definitions=tuple(self._definitions),
            files=files,
            third_party=tuple(dict.fromkeys(map(installed_part, foreign))),
            taken=tuple(self._taken.values()),
            notes=tuple(self._notes + self._redefined()),
            problems=tuple(self._problems),
            fingerprints=self._prints,
        )

    def _redefined(self) -> list[str]:
        seen = self._source.seen
        return [
            f"{name!r} was changed after {self._source.cell} ran: what it is now is shipped"
            for name, now in self._prints.items()
            if seen.get(name, now) != now
        ]

    def _add_definition(self, name: str, written: Written) -> None:
        """Take what a definition uses, then the definition itself."""
        self._texts.append(written.text)
        needed = set(global_names(without_annotations(written.text)))
        for used in global_names(written.text):
            # Where annotations are not evaluated, a name only they use may be missing.
            self._take(used, optional="annotations" in written.futures and used not in needed)
        for module in imported_modules(written.text):
            self._add_module(module)
        self._check_constants(written)
        self._definitions.append(written)
        place = f"{written.place}, line {written.first_line}"
        self._report(name, TakenAs.SOURCE, place, written.text)

    def _take(self, name: str, *, optional: bool = False) -> None:
        if name in self._visited:
            return
        self._visited.add(name)
        if name in self._namespace:
            self._take_value(name, self._namespace[name])
        elif name in _ONLY_IN_NOTEBOOKS:
            self._problem(
                f"uses {name!r}, which there is only in a notebook",
                "print() it, and read it with %sfdag logs",
            )
        elif hasattr(builtins, name) or name in ("__name__", "__file__"):
            return
        elif (written := self._in_own_cell(name)) is not None:
            self._add_definition(name, written)
        elif not optional:
            self._problem(
                f"uses {name!r}, which the notebook does not define",
                "run the cell that defines it, or import it inside the function",
            )

    def _take_value(self, name: str, value: object) -> None:
        if isinstance(value, types.ModuleType):
            self._take_module(name, value)
        elif self._is_of_notebook(value):
            self._take_definition(name, value)
        elif (literal := source_of(value)) is not None:
            self._take_literal(name, value, *literal)
        elif (line := import_of_object(name, value)) is not None:
            self._take_import(name, line)
        elif callable(value) and (written := self._written(name, value)) is not None:
            self._add_definition(name, written)
        else:
            self._refuse(name, value)

    def _take_module(self, name: str, module: types.ModuleType) -> None:
        if is_own(module.__name__):
            self._take_import(name, f"import {module.__name__}")
            return
        for line in import_of_module(name, module, "\n".join(self._texts)):
            self._take_import(name, line)

    def _take_import(self, name: str, line: str) -> None:
        module = line.split()[1]
        if is_own(module):
            self._problem(
                f"uses {name!r} of {module}, which is not there where tasks run",
                "leave it out of the task's code",
            )
            return
        self._imports.setdefault(line)
        self._add_module(module)
        self._report(name, TakenAs.IMPORT, line, line)

    def _add_module(self, module: str) -> None:
        if not is_own(module):
            self._modules.setdefault(module)

    def _take_definition(self, name: str, value: object) -> None:
        written = self._written(name, value)
        if written is not None:
            self._add_definition(name, written)
            return
        original = getattr(value, "__name__", name)
        if original != name and self._namespace.get(original) is value:
            self._take(original)
            self._aliases.setdefault(original, []).append(f"{name} = {original}")
            return
        self._problem(
            f"uses {name!r}, whose source is not known",
            "write it with def in a cell and run that cell, not inside another function",
        )

    def _written(self, name: str, value: object) -> Written | None:
        """Where `name` is written; another cell wins over the own one if it ran later."""
        own = self._in_own_cell(name)
        found = find_written(name, value, self._source.place_of, self._is_ours)
        if own is None:
            return found and self._with_futures(found, name)
        if found is not None and found.text != own.text:
            self._notes.append(
                f"{name!r} of {own.place} was redefined in {found.place}: that one is shipped"
            )
            return self._with_futures(found, name)
        return self._with_futures(own, name)

    def _in_own_cell(self, name: str) -> Written | None:
        return defined_in(
            self._source.text,
            name,
            place=self._source.cell,
            first_line=self._source.first_line,
            is_ours=self._is_ours,
        )

    def _take_literal(self, name: str, value: object, text: str, modules: tuple[str, ...]) -> None:
        if is_secret(name, value):
            self._problem(
                f"takes {name!r} from the notebook, which looks like a secret, and code is "
                "readable where it is deployed",
                "read it inside the task from a Snowflake secret, or rename it if it is none",
            )
            return
        for module in modules:
            self._imports.setdefault(f"import {module}")
        self._assignments[name] = f"{name} = {text}"
        self._report(name, TakenAs.LITERAL, text if len(text) <= 60 else f"{text[:57]}…", text)

    def _refuse(self, name: str, value: object) -> None:
        self._problem(
            f"takes {name!r} from the notebook, {described(value)}, which cannot be shipped",
            way_out(value),
        )

    def _check_constants(self, written: Written) -> None:
        for node in ast.walk(ast.parse(written.text)):
            if isinstance(node, ast.Constant) and is_secret_value(node.value):
                line = written.first_line + node.lineno - 1
                place = f"{written.place}, line {line}"
                self._notes.append(f"{place}: a text there looks like a secret")

    def _report(self, name: str, how: TakenAs, shown: str, shipped: str) -> None:
        self._taken[name] = Taken(name=name, how=how, text=shown, size=len(shipped.encode()))
        self._prints[name] = _print_of(shipped.encode())

    def _problem(self, message: str, hint: str) -> None:
        self._problems.append(Problem(task=self._task, message=message, hint=hint))

    def _is_of_notebook(self, value: object) -> bool:
        inner = innermost(value)
        if isinstance(inner, types.FunctionType) and inner.__globals__ is self._namespace:
            return True
        here = self._namespace.get("__name__", "__main__")
        return isinstance(inner, types.FunctionType | type) and inner.__module__ == here

    def _is_ours(self, decorator: ast.expr) -> bool:
        """Whether a decorator is this package's, which marks the task and does not ship."""
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        first = next((node.id for node in ast.walk(called) if isinstance(node, ast.Name)), "")
        value = self._namespace.get(first)
        module = getattr(value, "__name__" if inspect.ismodule(value) else "__module__", None)
        return isinstance(module, str) and is_own(module)

    def _with_futures(self, written: Written, name: str) -> Written:
        """With what the compiled code says: cells inherit `from __future__` from earlier ones."""
        value = self._namespace.get(name)
        code = getattr(innermost(value), "__code__", None)
        return written.with_flags(code.co_flags) if isinstance(code, types.CodeType) else written


def _print_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _prints_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """One fingerprint for each module or package beside the notebook: `features.py`, `prices/`."""
    parts: dict[str, list[str]] = {}
    for path, content in files.items():
        top, slash, _ = path.partition("/")
        parts.setdefault(top + slash, []).append(f"{path} {_print_of(content)}")
    return {top: _print_of("\n".join(lines).encode()) for top, lines in parts.items()}
