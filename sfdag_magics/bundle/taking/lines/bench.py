"""What the makers of functions, classes and instances work with. Knows no kind of thing."""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from sfdag_magics.bundle.inspection import attribute_of, is_a
from sfdag_magics.bundle.taking.terms.contents import Copies
from sfdag_magics.bundle.taking.terms.pieces import Item, Made, Written
from sfdag_magics.bundle.written.cell_texts import names_in
from sfdag_magics.bundle.written.definitions import Definition, Definitions


class Bench(Protocol):
    """Gives things their names, writes down their lines, and takes what these use."""

    @property
    def namespace(self) -> Mapping[str, object]:
        """The notebook's names."""

    @property
    def definitions(self) -> Definitions:
        """Where its code is written."""

    @property
    def copies(self) -> Copies:
        """What objects said of themselves."""

    def is_allowed(self, *names: str) -> bool:
        """Whether one of these, or what is being written, may look like a secret."""

    def begin(self, value: object, *, wanted: str | None, base: str, written: str = "") -> Item:
        """An item for `value`, known from now on.

        Args:
            value: what it makes.
            wanted: the name under which it was asked for; None for a part of something.
            base: what its name is made of where it has none.
            written: the name it has where it is written, which wins where it still has it.
        """

    def inside(self, item: Item) -> AbstractContextManager[None]:
        """While inside, what is named is what `item` needs."""

    def add(self, item: Item, pieces: Iterable[Written | Made], at_once: frozenset[str]) -> None:
        """Write down lines; of the names they use, `at_once` are needed as soon as they run."""

    def end(self, item: Item, value: object = None, text: str | None = None) -> Item:
        """The item is whole; `text` is the expression that makes `value`, for the report."""

    def after(self, item: Item, lines: Callable[[], list[str]]) -> None:
        """Lines that run once `item` is there; what they name may need it as well."""

    def before_patches(self, item: Item) -> None:
        """Let `item` be there before what cells set in things of others is set."""

    def is_built(self, item: Item) -> None:
        """Say that the lines of `item` can be run in this kernel, to compare what they make."""

    def fresh(self, base: str) -> str:
        """A name that nothing has yet."""

    def part(self, value: object) -> str:
        """An expression for a value; raises `NoExpression`."""

    def whole(self, value: object) -> str:
        """The same, of a value that has to be as it is before the lines run that name it."""

    def can_travel(self, value: object) -> bool:
        """Whether `part` would write it; tried on a bench of its own."""

    def note(self, said: str) -> None:
        """Say something of what ships before it is sent."""

    def module(self, name: str) -> str:
        """Make sure that a module is imported; answers with how to spell it."""

    def is_known(self, value: object, item: Item) -> bool:
        """Whether `item` is what makes `value`."""

    def is_shared(self, value: object) -> bool:
        """Whether `value` can be changed in place, and something else holds it as well."""

    def is_shared_cell(
        self, cell: types.CellType, variable: str, holder: object, *, is_set: bool
    ) -> bool:
        """Whether something else than `holder` encloses this variable, and one of both sets it."""

    def is_of_notebook(self, value: object) -> bool:
        """Whether a function or class, also behind decorators, was made in the notebook."""

    def is_ours(self, decorator: ast.expr) -> bool:
        """Whether a decorator is this package's, which marks the task and does not ship."""

    def is_foreign(self, decorator: ast.expr) -> bool:
        """Whether a decorator is of a module that is not ours: it runs again over there.

        One of an object that the notebook made does not: what it keeps ships with the object.
        """

    def is_of_others(self, decorator: ast.expr) -> bool:
        """Whether a decorator is code of others, also where an object of the notebook has it."""


def innermost(value: object) -> object:
    """The function behind decorators that say what they wrap; anything else as it is."""
    seen: set[int] = set()
    while callable(value) and not is_a(value, type) and id(value) not in seen:
        seen.add(id(value))
        inner = attribute_of(value, "__wrapped__")
        if inner is None:
            break
        value = inner
    return value


def names_at_once(definition: Definition, value: object = None) -> frozenset[str]:
    """The names that a definition of `value` reads when it runs, not first when it is called."""
    hints = "annotations" not in definition.futures(value)
    return frozenset().union(*map(names_in, read_at_once(definition.node, hints=hints)))


def read_at_once(node: ast.AST, *, hints: bool) -> list[ast.AST]:
    """The parts of a definition that run as it is made; `hints`: its annotations as well."""
    if isinstance(node, ast.ClassDef):
        above = [*node.decorator_list, *node.bases, *node.keywords]
        return [*above, *(part for each in node.body for part in read_at_once(each, hints=hints))]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        said = [node.args, *([] if node.returns is None else [node.returns])]
        return [*node.decorator_list, *(said if hints else _defaults(node.args))]
    if isinstance(node, ast.AnnAssign) and not hints:
        return [] if node.value is None else [node.value]
    return [node.args] if isinstance(node, ast.Lambda) else [node]


def _defaults(arguments: ast.arguments) -> list[ast.AST]:
    return [*arguments.defaults, *filter(None, arguments.kw_defaults)]
