"""Where a function or class of the notebook is written: found by what it is, not by its name.

Compiles the texts of cells and compares; never runs or imports anything.
"""

from __future__ import annotations
import __future__

import ast
import types
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from sfdag_magics.bundle.written.cell_texts import CellText, lines_of, parsed_or_none
from sfdag_magics.bundle.written.cells import Cells
from sfdag_magics.bundle.written.same_code import codes_in, same_code
from sfdag_magics.light_classes import dataclass

#: `nested_scopes` and `generators` share bits with ordinary code flags.
_FUTURES = __future__.annotations.compiler_flag

Node = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A def, class or lambda in a cell.

    Attributes:
        code: what it compiles to; a class has that of its body.
        is_nested: whether it stands inside another one, not only below an `if`, `try` or `with`.
    """

    node: Node
    code: types.CodeType
    cell: CellText
    is_nested: bool

    @property
    def name(self) -> str:
        """The name it binds; a lambda binds none."""
        return "" if isinstance(self.node, ast.Lambda) else self.node.name

    @property
    def decorators(self) -> list[ast.expr]:
        """Its decorators, the outermost first."""
        return [] if isinstance(self.node, ast.Lambda) else self.node.decorator_list

    @property
    def line(self) -> int:
        """The number of its first line in its place, decorators included."""
        return self.cell.first_line + _first_line(self.node) - 1

    @property
    def place(self) -> str:
        """The cell and the line, for people."""
        return f"{self.cell.place}, line {self.line}"

    def text(
        self,
        without: Sequence[ast.expr] = (),
        instead: Mapping[ast.expr, str] = types.MappingProxyType({}),
    ) -> tuple[int, str]:
        """Its number of the first line left in its place, and its lines.

        Args:
            without: expressions whose lines are blanked.
            instead: what stands in the place of others; no line moves.
        """
        lines = lines_of(self.cell.text)
        start, last = _first_line(self.node), (self.node.end_lineno or 0) - 1
        lines[last] = _without_continuation(lines[last], self.node.end_col_offset or 0)
        _put_all(lines, instead)
        for decorator in without:
            for number in range(decorator.lineno, (decorator.end_lineno or decorator.lineno) + 1):
                lines[number - 1] = ""
        while not lines[start - 1].strip():
            start += 1
        return self.cell.first_line + start - 1, "\n".join(lines[start - 1 : last + 1])

    def futures(self, value: object) -> frozenset[str]:
        """The `from __future__` names in force there: cells inherit them from earlier ones."""
        said = {
            alias.name
            for node in (parsed_or_none(self.cell.text) or ast.Module([], [])).body
            if isinstance(node, ast.ImportFrom) and node.module == "__future__"
            for alias in node.names
        }
        flags = [each.co_flags for each in _codes_of(value)]
        in_force = {
            name
            for name in __future__.all_feature_names
            if any(flag & getattr(__future__, name).compiler_flag & _FUTURES for flag in flags)
        }
        return frozenset(said | in_force)

    def segment(self, instead: Mapping[ast.expr, str] = types.MappingProxyType({})) -> str:
        """Its own text, from its first to its last character; `instead` as in `text`."""
        first, last = self.node.lineno - 1, self.node.end_lineno or self.node.lineno
        lines = lines_of(self.cell.text)[:last]
        lines[-1] = lines[-1].encode()[: self.node.end_col_offset].decode()
        _put_all(lines, instead)
        lines[first] = lines[first].encode()[self.node.col_offset :].decode()
        return "\n".join(lines[first:])


def _put_all(lines: list[str], instead: Mapping[ast.expr, str]) -> None:
    for node in sorted(instead, key=lambda each: (each.lineno, each.col_offset), reverse=True):
        _put(lines, node, instead[node])


def _put(lines: list[str], node: ast.expr, text: str) -> None:
    """Let a text stand in the place of an expression, over as many lines."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    head = lines[first].encode()[: node.col_offset].decode()
    tail = lines[last].encode()[node.end_col_offset :].decode()
    lines[first : last + 1] = f"{head}({text}{chr(10) * (last - first)}){tail}".split("\n")


def _without_continuation(line: str, end: int) -> str:
    """A last line whose code ends at byte `end`, without a backslash that joins it to the next."""
    tail = line.encode()[end:].decode()
    return line.rstrip().removesuffix("\\") if "#" not in tail else line


class Definitions:
    """All that stands in some texts, to be found by value. Texts that are no Python have nothing.

    Args:
        cells: in the order in which they are asked; the first that fits wins.
    """

    def __init__(self, cells: Cells) -> None:
        self.cells = cells

    def of_code(self, code: types.CodeType) -> Definition | None:
        """The def or lambda that `code` was compiled from."""
        flags = code.co_flags & _FUTURES
        spelled = "lambda" if code.co_name == "<lambda>" else code.co_name
        for cell in self.cells.naming(spelled, first=code.co_filename):
            fits = [
                (node, own, nested)
                for node, own, nested in _compiled(cell.text, flags)
                if own.co_name == code.co_name and same_code(own, code)
            ]
            if fits:
                fits.sort(key=lambda found: found[1].co_firstlineno != code.co_firstlineno)
                node, own, nested = fits[0]
                return Definition(node=node, code=own, cell=cell, is_nested=nested)
        return None

    def last_in(self, cell: CellText, name: str) -> Definition | None:
        """The last definition of `name` at the top of a cell: def, class or `name = lambda`."""
        lambdas = {
            id(node.value)
            for node in getattr(parsed_or_none(cell.text), "body", ())
            if isinstance(node, ast.Assign | ast.AnnAssign)
            and isinstance(node.value, ast.Lambda)
            and name in map(ast.unparse, getattr(node, "targets", [getattr(node, "target", None)]))
        }
        found = [each for each in _in_cell(cell, 0) if not each.is_nested]
        fits = [each for each in found if each.name == name or id(each.node) in lambdas]
        return fits[-1] if fits else None

    def of_classes(self, name: str, filename: str | None) -> Iterator[Definition]:
        """Every class of this name, those of the file of its methods first."""
        for cell in self.cells.naming(name, first=filename):
            for node, code, nested in reversed(_compiled(cell.text, 0)):
                if isinstance(node, ast.ClassDef) and node.name == name:
                    yield Definition(node=node, code=code, cell=cell, is_nested=nested)


def _codes_of(value: object) -> Iterator[types.CodeType]:
    """The code of a function, or of the methods of a class."""
    for each in vars(value).values() if isinstance(value, type) else (value,):
        if isinstance(each, types.FunctionType):
            yield each.__code__


def _in_cell(cell: CellText, flags: int) -> list[Definition]:
    return [
        Definition(node=node, code=code, cell=cell, is_nested=nested)
        for node, code, nested in _compiled(cell.text, flags)
    ]


@lru_cache(maxsize=1024)
def _compiled(text: str, flags: int) -> tuple[tuple[Node, types.CodeType, bool], ...]:
    """Each definition of a text with its code and whether it is nested.

    Twice, where its code is another one when its statement is compiled by itself, as IPython does
    with those of a cell: where a module's import stands in the same text, calls of it differ.
    """
    tree = parsed_or_none(text)
    if tree is None:
        return ()
    nodes = sorted(_nodes(tree, nested=False), key=lambda found: _position(found[0]))
    alone = [ast.Module([statement], []) for statement in tree.body]
    paired = _paired(nodes, [tree], flags)
    known = {id(node): code for node, code, _ in paired}
    for node, code, nested in _paired(nodes, alone, flags):
        if id(node) not in known or not same_code(known[id(node)], code):
            paired.append((node, code, nested))
    return tuple(paired)


def _paired(
    nodes: Sequence[tuple[Node, bool]], programs: Sequence[ast.Module], flags: int
) -> list[tuple[Node, types.CodeType, bool]]:
    """The definitions with their code in these programs, as far as these compile."""
    codes: dict[tuple[str, int], list[types.CodeType]] = {}
    for program in programs:
        for code in _codes_in(program, flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
            codes.setdefault((code.co_name, code.co_firstlineno), []).append(code)
    paired = []
    for node, nested in nodes:
        name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
        waiting = codes.get((name, _first_line(node)))
        if waiting:
            paired.append((node, waiting.pop(0), nested))
    return paired


def _codes_in(program: ast.Module, flags: int) -> list[types.CodeType]:
    try:
        return codes_in(compile(program, "<cell>", "exec", flags=flags, dont_inherit=True))
    except (SyntaxError, ValueError, RecursionError):
        return []


def _nodes(tree: ast.AST, *, nested: bool) -> Iterator[tuple[Node, bool]]:
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, _SCOPES):
            yield child, nested
        yield from _nodes(child, nested=nested or isinstance(child, _SCOPES))


def _position(node: Node) -> tuple[int, int]:
    return _first_line(node), node.col_offset


def _first_line(node: Node) -> int:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
