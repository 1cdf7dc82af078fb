"""One name of a module beside the notebook that is not what its file says.

Knows how that is said, and whether code that ships counts on it; finds none.
"""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Iterable, Mapping
from pathlib import Path

from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.secrets import is_secret
from sfdag_magics.bundle.taking.used.names_used import attribute_chains
from sfdag_magics.bundle.written.as_written import UNKNOWN, is_plain
from sfdag_magics.bundle.written.cell_texts import nodes_of
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleDifference:
    """One name of a module that is not what its file says.

    Attributes:
        name: the name in the module, `LR` or `CFG.lr`.
        how: what differs, for people; a value itself only where it is short.
        is_code: whether a function or class differs, which may be called from anywhere.
        is_filled: whether code of the module's own fills it, at its import or later: then what
            the notebook put into it cannot be told.
        value: what it is here, for a line that sets it; UNKNOWN where none does.
        sets: the attribute that such a line sets, where that is not the name.
        variable: the variable around a function that differs, where it is one.
        is_anew: whether each import makes another, so that nothing of its state hangs on it.
        is_steady: whether nothing that ran may have made it another one since that import.
        is_maybe: whether nobody can tell that it differs: it is as the notebook has it where it can
            travel, and said where it cannot.
        is_touched: whether it only passed through hands that may have made it differ, as they
            hardly ever do: nothing is said of it, and nothing is set.
        is_own: whether the file's own code makes it so, and nothing that ran since, as far as one
            can tell: it is carried all the same, without a word.
        is_same_type: whether the file makes a container of the same type, as far as is known.
    """

    module: types.ModuleType
    file: Path
    name: str
    how: str
    is_code: bool = False
    is_filled: bool = False
    value: object = UNKNOWN
    sets: str = ""
    variable: str = ""
    is_anew: bool = False
    is_steady: bool = False
    is_maybe: bool = False
    is_touched: bool = False
    is_own: bool = False
    is_same_type: bool = False

    @property
    def place(self) -> str:
        """The path of the attribute that makes the difference."""
        return self.sets or self.name

    @property
    def last_name(self) -> str:
        """What holds the value is called so."""
        return self.variable or self.name.rpartition(".")[2]

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others, and by which a patch of a cell is the same."""
        return self.module.__name__, self.place

    @property
    def hint(self) -> str:
        """What to do where no line makes up for it."""
        if self.is_anew:
            return f"make it inside the function, and no more in {self.file.name}"
        if self.variable:
            return f"importlib.reload({self.module.__name__}), and call in the task what sets it"
        return f"change {self.file.name} itself, then importlib.reload({self.module.__name__})"

    @property
    def hint_of_edited(self) -> str:
        """The same where the file was edited since it was loaded, and is what is meant."""
        if self.is_anew or self.variable:
            return self.hint
        return f"importlib.reload({self.module.__name__}), and import again what comes from it"

    @property
    def said_of_carried(self) -> str:
        """The difference, where a line sets it."""
        return f"{self.module.__name__}.{self.name} {self.how}, and is set where the task runs"

    @property
    def said_of_used(self) -> str:
        """The difference, of a name that what ships counts on."""
        return f"{self.module.__name__}.{self.name}, which {self.how}, and the file is what ships"

    @property
    def said(self) -> str:
        """The difference as a sentence."""
        name = f"{self.module.__name__}.{self.name}"
        if self.is_filled and not self.is_maybe:
            return f"{name} {self.how}; its own code fills it, and nothing that the notebook put in"
        return f"{name} {self.how}, and the file is what ships"


def is_reached(
    difference: ModuleDifference,
    imports: Iterable[str],
    texts: Iterable[str],
    namespace: Mapping[str, object],
) -> bool:
    """Whether what ships uses the name that differs, as far as its text says."""
    if difference.is_filled or difference.is_maybe or difference.is_own:
        return False
    module, path = difference.module, difference.name.split(".")
    named = f"from {module.__name__} import {path[0]}"
    if difference.is_code or any(line.startswith(named) for line in imports):
        return True
    package = sys.modules.get(module.__name__.partition(".")[0])
    called = [name for name, value in namespace.items() if value is module or value is package]
    return any(
        list(chain[: len(path)]) == path or list(chain[-len(path) :]) == path
        for text in texts
        for name in called
        for chain in attribute_chains(text, name)
    )


def is_read_in(difference: ModuleDifference, texts: Mapping[str, str]) -> bool:
    """Whether code of modules that travel reads the name that differs.

    Args:
        texts: `{module: text of its file}`.
    """
    if difference.is_filled or difference.is_maybe or difference.is_own:
        return False
    owner, _, last = difference.name.rpartition(".")
    return any(
        _reads(node, last, is_own=not owner and module == difference.module.__name__)
        for module, text in texts.items()
        if last in text
        for node in nodes_of(text)
    )


def _reads(node: ast.AST, name: str, *, is_own: bool) -> bool:
    match node:
        case ast.Name(id=read, ctx=ast.Load()):
            return is_own and read == name
        case ast.Attribute(attr=read, ctx=ast.Load()):
            return read == name
        case ast.ImportFrom(names=names):
            return any(each.name == name for each in names)
    return False


def shortly(value: object, name: str) -> str:
    """What a name has, for people: the value itself only where it is short, and no secret."""
    if is_secret(name, value):
        return f"a {type(value).__name__} that looks like a secret"
    if is_a(value, types.FunctionType):
        return "another function"
    if not is_plain(value):
        return f"a {type(value).__name__} of other things"
    text = repr(value)
    return text if len(text) <= 40 else f"a {type(value).__name__} of {len(text):,} characters"
