"""Names that a notebook has of its kernel, and that are nothing, or another thing, in a task.

What IPython and Python put among the built-in names, and the notebook as a module of its own.
"""

from __future__ import annotations

import ast
import builtins
import sys
import types
from collections.abc import Iterator, Mapping

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a, module_of, name_of
from sfdag_magics.bundle.modules import is_local, is_there
from sfdag_magics.bundle.taking.terms.refusals import Refused
from sfdag_magics.bundle.taking.used.names_in_texts import gives_globals
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.written.cell_texts import nodes_of
from sfdag_magics.place_words import to_type

_ONLY_HERE = "which there is only in a notebook"
#: `{name: (what is wrong, what to do)}` of what IPython puts among the names.
_NOT_THERE = {
    "display": (f"uses 'display', {_ONLY_HERE}", "print() it, and read it with {logs}"),
    "get_ipython": (
        f"uses 'get_ipython', {_ONLY_HERE}; a line with % or ! is such a call",
        "leave that line out of the function; for a ! line: subprocess.run(…, shell=True)",
    ),
    "exit": ("uses 'exit', which ends a kernel", "return, or raise an exception"),
    "quit": ("uses 'quit', which ends a kernel", "return, or raise an exception"),
    "input": (
        "uses 'input', and nobody answers where tasks run",
        "take the value as a config key: def f(session, *, answer: str)",
    ),
}
#: Built-in names that front ends replace by their own; a task that uses one is refused.
OF_FRONT_ENDS = frozenset(_NOT_THERE)
_NOTHING = object()
_MAIN_HINT = "use its names as they are, without the module"


def not_there(name: str, namespace: Mapping[str, object]) -> tuple[str, str] | None:
    """What is wrong with using a name, and what to do, where it is the kernel's own."""
    value = namespace.get(name, _NOTHING)
    if name not in _NOT_THERE or (value is not _NOTHING and not _is_of_kernel(value, name)):
        return None
    wrong, instead = _NOT_THERE[name]
    return wrong, instead.format(logs=to_type("logs"))


def _is_of_kernel(value: object, name: str) -> bool:
    if value is vars(builtins).get(name, _NOTHING):
        return True
    owner = attribute_of(value, "__self__", value) if is_a(value, types.MethodType) else value
    return module_of(type(owner)).partition(".")[0] in ("IPython", "ipykernel")


def check_module(module: types.ModuleType) -> None:
    """See that a module can be imported elsewhere.

    Raises:
        Refused: it is the notebook itself, or was made by a call.
    """
    name = name_of(module)
    if name == "__main__":
        raise Refused("which is the notebook itself", _MAIN_HINT)
    kept = attributes_of(module)
    is_made = kept.get("__spec__") is None and kept.get("__file__") is None
    if is_made and ("." not in name or not is_there(name)):
        raise Refused(
            "a module that no file makes",
            "write it to a file beside the notebook, or make it a class with these attributes",
        )
    if sys.modules.get(name) is not module and not is_there(name):
        raise Refused(
            f"a module that was read from {kept.get('__file__')} by its path, and that no import "
            "finds",
            "let its file lie beside the notebook, under a name that one can import, and import it",
        )
    if sys.modules.get(name) is not module and is_local(name):
        raise Refused(
            f"a module that was taken out of sys.modules: another {name} is imported over there",
            f"import {name} again under the name that the task uses",
        )


def main_problem(text: str) -> tuple[str, str] | None:
    """What is wrong with code that asks for the module `__main__`, and what to do."""
    for node in nodes_of(text):
        match node:
            case ast.Import(names=names) if any(each.name == "__main__" for each in names):
                found = "imports __main__"
            case ast.ImportFrom(module="__main__"):
                found = "imports from __main__"
            case ast.Subscript(
                value=ast.Attribute(attr="modules"), slice=ast.Constant(value="__main__")
            ):
                found = "takes '__main__' of sys.modules"
            case ast.Call(func=called, args=[ast.Constant(value="__main__"), *_]) if last_name(
                called
            ) in ("__import__", "import_module"):
                found = "imports __main__"
            case _:
                continue
        return f"{found}, which is the notebook only here", _MAIN_HINT
    return None


def notes_of_names(text: str, where: str) -> Iterator[str]:
    """What code asks of its own module, which is another one in a task."""
    nodes = nodes_of(text)
    told = {id(each) for node in nodes for each in _looked_up_by_name(node)}
    if any(map(_asks_whether_main, nodes)):
        yield f"{where} asks whether __name__ is '__main__', which it is not where the task runs"
    if any(_looks_up(node) for node in nodes if id(node) not in told):
        yield (
            f"{where} looks names up by texts (globals, eval, exec): of the notebook's names only "
            "those are there that its code mentions: keep what it looks up in a dict"
        )


def _asks_whether_main(node: ast.AST) -> bool:
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    named = any(isinstance(each, ast.Name) and each.id == "__name__" for each in sides)
    return named and any(isinstance(e, ast.Constant) and e.value == "__main__" for e in sides)


def _looked_up_by_name(node: ast.AST) -> Iterator[ast.AST]:
    """The names of a function in which a text is looked up that one can read: it is taken."""
    match node:
        case (
            ast.Subscript(value=names, slice=ast.Constant())
            | ast.Call(func=ast.Attribute(value=names, attr="get"), args=[ast.Constant(), *_])
        ):
            yield names


def _looks_up(node: ast.AST) -> bool:
    if gives_globals(node):
        return True
    match node:
        case ast.Subscript(value=ast.Attribute(attr="modules"), slice=ast.Name(id="__name__")):
            return True
        case ast.Attribute(attr="f_globals" | "__globals__"):
            return True
        case ast.Subscript(value=ast.Call(func=ast.Name(id="globals")), slice=wanted):
            return not isinstance(wanted, ast.Constant)
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="globals")), attr="get"),
            args=[wanted, *_],
        ):
            return not isinstance(wanted, ast.Constant)
        case ast.Attribute(
            value=ast.Call(func=ast.Name(id="globals")), attr="items" | "keys" | "values" | "copy"
        ):
            return True
        case (
            ast.For(iter=ast.Call(func=ast.Name(id="globals")))
            | ast.comprehension(iter=ast.Call(func=ast.Name(id="globals")))
        ):
            return True
        case ast.Call(func=ast.Name(id="eval" | "exec"), args=[wanted]):
            return not isinstance(wanted, ast.Constant)
    return False
