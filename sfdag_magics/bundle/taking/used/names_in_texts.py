"""Names and modules that code reaches by a text: of a query, of globals(), of an import.

Reads syntax trees, and the texts that the notebook's names are; runs nothing.
"""

from __future__ import annotations

import ast
import re
import symtable
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeGuard

from sfdag_magics.bundle.inspection import attributes_of, bases_of, is_a, module_of, name_of
from sfdag_magics.bundle.modules import is_local
from sfdag_magics.bundle.taking.used.held_values import held_values
from sfdag_magics.bundle.taking.used.names_made_up import names_made_up
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.written.as_written import as_written
from sfdag_magics.bundle.written.cell_texts import names_in, nodes_of, parsed, parsed_or_none

_IMPORTING = ("import_module", "__import__")
#: Those that find what is in a module by a text, which may be written where they are called.
_LOCATING = ("locate", "resolve_name", "import_string")
#: Functions that are told by its name which package to read from, or which module to run.
_READING = frozenset(
    (
        *("files", "open_text", "open_binary", "read_text", "read_binary", "is_resource"),
        *("get_data", "resource_filename", "resource_string", "resource_stream", "run_module"),
    )
)
#: `@limit` in a query.
_ASKED = re.compile(r"@([^\W\d]\w*)")
_FROM = re.compile(r"\b(?:from|join)\s+([^\W\d]\w*)", re.I)
_CALLED = re.compile(r"([^\W\d]\w*)\s*[.(]")
_FROM_MAIN = re.compile(r"from __main__ import ([\w, ]+)")
#: Names that a text is filled in with: `{name}`, `%(name)s`, `$name`.
_FILLED_IN = re.compile(r"\{([^\W\d]\w*)|%\(([^\W\d]\w*)\)|\$\{?([^\W\d]\w*)")
_IN_FORMULAS = (types.FunctionType, types.ModuleType)
#: Things of one container of a configuration that are looked at for the name of a module.
_MOST = 1_000
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\.?")


def prepared_names(text: str, namespace: Mapping[str, object]) -> frozenset[str]:
    """Names that bodies of classes read and that their metaclass may give them."""
    return frozenset(
        each.id
        for node in (nodes_of(text) if "class" in text else ())
        if isinstance(node, ast.ClassDef)
        and any(_prepares(base, namespace) for base in (*node.bases, *_metaclasses(node)))
        for statement in node.body
        for each in ast.walk(statement)
        if isinstance(each, ast.Name)
    )


def _metaclasses(node: ast.ClassDef) -> list[ast.expr]:
    return [keyword.value for keyword in node.keywords if keyword.arg == "metaclass"]


def _prepares(node: ast.expr, namespace: Mapping[str, object]) -> bool:
    """Whether a metaclass, or that of a base, fills the names of a body before it runs."""
    kind = as_written(node, namespace)
    metaclass = kind if is_a(kind, type) and issubclass(kind, type) else type(kind)
    above = bases_of(metaclass) if module_of(metaclass) not in ("enum", "typing") else ()
    return any("__prepare__" in attributes_of(each) for each in above if each is not type)


def possible_names(text: str, namespace: Mapping[str, object]) -> frozenset[str]:
    """Globals that code may read without a symbol of theirs, as far as they exist.

    `query("@x")`, `eval("x + 1")`, `globals()["x"]`, quoted annotations, and `seed = seed` in a
    class, which reads the global of the same name. What is queried or evaluated may be in a name.
    """
    found = set(_read_before_set(symtable.symtable(text, "<piece>", "exec")))
    tree = parsed(text)
    for node in nodes_of(text):
        match node:
            case ast.Call(func=ast.Attribute(attr="query" | "eval") as called):
                for said in _said_in(node.args, tree, namespace):
                    found.update(_ASKED.findall(said))
                    if _is_of_pandas(called, namespace):
                        found |= _names_of(said)
            case ast.Call(func=ast.Name(id="eval" | "exec")):
                for said in _said_in(node.args[:1], tree, namespace):
                    found |= _names_of(said)
            case ast.Subscript(
                value=ast.Call(func=ast.Name(id="globals"))
                | ast.Attribute(attr="__globals__" | "f_globals")
            ):
                found.update(_texts_in([node.slice]), names_made_up(node.slice, namespace))
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Call(func=ast.Name(id="globals"))
                    | ast.Attribute(attr="__globals__" | "f_globals")
                )
            ):
                for each in node.args[:1]:
                    found.update(_texts_in([each]), names_made_up(each, namespace))
            case ast.Compare(
                left=ast.Constant(value=str(said)),
                comparators=[ast.Call(func=ast.Name(id="globals"))],
            ):
                found.add(said)
            case ast.arg(annotation=ast.expr() as hint) | ast.AnnAssign(annotation=hint):
                for said in _texts_in([hint]):
                    found |= _names_of(said)
            case ast.FunctionDef(returns=ast.expr() as hint):
                for said in _texts_in([hint]):
                    found |= _names_of(said)
            case ast.Constant(value=str(said)) if "__main__" in said:
                found.update(re.findall(r"\w+", "".join(_FROM_MAIN.findall(said))))
    if any(map(gives_globals, nodes_of(text))):
        for said in _said_in([tree], tree, namespace):
            found |= _names_of(said) | {name for each in _FILLED_IN.findall(said) for name in each}
    return frozenset(found & set(namespace))


def gives_globals(node: ast.AST) -> bool:
    """Whether all names are given to something that finds there what a text says."""
    match node:
        case ast.Call(args=args, keywords=keywords):
            given = [*args, *(each.value for each in keywords)]
        case ast.BinOp(op=ast.Mod(), right=right):
            given = [right]
        case _:
            return False
    return any(
        isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "globals"
        for each in given
    )


def names_in_data(
    texts: Iterable[str],
    lines: Iterable[str],
    modules: Iterable[str],
    namespace: Mapping[str, object],
) -> frozenset[str]:
    """Names that a library finds where it is called, by texts that may stand anywhere.

    Where what is queried is put together from values, all texts count; to DuckDB tables are
    data frames of the notebook, to formulas of patsy its functions and modules.

    Args:
        texts: the code that ships.
        lines: what makes the values that ship, a text each.
        modules: what it imports.
    """
    texts = list(texts)
    nodes = [node for text in texts for node in nodes_of(text)]
    tops = {module.partition(".")[0] for module in modules}
    queried = [node for node in nodes if _queries_a_value(node)]
    by_formula = bool(tops & {"patsy", "statsmodels", "formulaic"})
    if not (queried or by_formula or "duckdb" in tops):
        return frozenset()
    trees = filter(None, map(parsed_or_none, lines))
    said = [*_texts_in([node for node in nodes if isinstance(node, ast.Constant)])]
    said += _texts_in([*trees])
    found: set[str] = set()
    if queried:
        found.update(name for each in said for name in _ASKED.findall(each))
    if any(_is_of_pandas(node.func, namespace) for node in queried):
        found.update(*(_names_of(each) for each in said if not each.isidentifier()))
    if "duckdb" in tops:
        tables = {name for each in said for name in _FROM.findall(each)}
        found.update(name for name in tables if _is_table(namespace.get(name)))
    if by_formula:
        called = {name for each in said for name in _CALLED.findall(each)}
        found.update(name for name in called if is_a(namespace.get(name), *_IN_FORMULAS))
    return frozenset(found & set(namespace))


def _queries_a_value(node: ast.AST) -> TypeGuard[ast.Call]:
    match node:
        case ast.Call(func=ast.Attribute(attr="query" | "eval"), args=[said, *_]):
            return not isinstance(said, ast.Constant)
    return False


def _is_of_pandas(called: ast.expr, namespace: Mapping[str, object]) -> bool:
    """Whether it is `pd.eval`, to which names are those around it."""
    if not isinstance(called, ast.Attribute) or called.attr != "eval":
        return False
    owner = as_written(called.value, namespace)
    return is_a(owner, types.ModuleType) and name_of(owner) == "pandas"


def _is_table(value: object) -> bool:
    return module_of(type(value)).partition(".")[0] in ("pandas", "polars", "pyarrow")


def possible_modules(texts: Iterable[str], namespace: Mapping[str, object]) -> frozenset[str]:
    """Modules beside the notebook that these texts may import by a name which is a value.

    Where one asks for a module so, each text that is the name of one counts, or begins with it.
    """
    texts = list(texts)
    said = {each for text in texts for each in _read_from(text, namespace)}
    if any(map(_imports_a_value, texts)):
        trees = [parsed(text) for text in texts]
        said |= {each for tree in trees for each in _said_in([tree], tree, namespace)}
        names = frozenset().union(*map(names_in, trees))
        said |= {each for name in names for each in _held_texts(namespace.get(name))}
    places = {each.partition(":")[0] for each in said}  # `mods.linear:Model`
    tops = {each.partition(".")[0] for each in places if _DOTTED.fullmatch(each)}
    return frozenset(top for top in tops if is_local(top))


def _held_texts(value: object) -> Iterator[str]:
    """The texts in a configuration: in containers, and in attributes of classes and objects."""
    return (each for each in held_values(value, _is_opened, _MOST) if type(each) is str)


def _is_opened(value: object) -> bool:
    return not is_a(value, types.ModuleType, types.FunctionType, bytes)


def _read_from(text: str, namespace: Mapping[str, object]) -> Iterator[str]:
    """What may be the packages whose data a text reads: `files("prices")`."""
    for node in nodes_of(text):
        if isinstance(node, ast.Call) and last_name(node.func) in _READING:
            yield from _said_in(node.args[:1], parsed(text), namespace)


def _imports_a_value(text: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and (
            last_name(node.func) in _LOCATING
            or (
                last_name(node.func) in _IMPORTING
                and not all(isinstance(each, ast.Constant) for each in node.args[:1])
            )
        )
        for node in nodes_of(text)
    )


def _said_in(
    nodes: Sequence[ast.AST], tree: ast.AST, namespace: Mapping[str, object]
) -> Iterator[str]:
    """The texts in these nodes, and those that their names are: globals, or set in this tree."""
    yield from _texts_in(nodes)
    names = frozenset().union(*map(names_in, nodes))
    for name in names:
        if type(value := namespace.get(name)) is str:
            yield value
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=given) if name in names:
                yield from _texts_in([given])


def _texts_in(nodes: Sequence[ast.AST]) -> Iterator[str]:
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value


def _names_of(text: str) -> set[str]:
    try:
        nodes = ast.walk(ast.parse(text.strip()))
    except (SyntaxError, ValueError):
        return set()
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _read_before_set(table: symtable.SymbolTable) -> Iterator[str]:
    if table.get_type() == "class":
        for symbol in table.get_symbols():
            if symbol.is_referenced() and symbol.is_assigned():
                yield symbol.get_name()
    for child in table.get_children():
        yield from _read_before_set(child)
