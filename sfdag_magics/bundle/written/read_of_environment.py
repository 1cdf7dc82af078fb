"""What code asks of the environment as it is made, and so where it ships before any task runs.

`os.environ["X"]` in a class body, in a default, at the top of a module: where that variable is not
set, nothing of the code is there. Reads syntax trees; `os.environ` only by what a text names.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.bundle.written.as_written import as_written

#: What runs when it is called.
_LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
#: What every process has.
EVERYWHERE = frozenset({"HOME", "PATH", "USER", "TMPDIR", "LANG"})


def variables_asked(
    nodes: Iterable[ast.AST], namespace: Mapping[str, object]
) -> Iterator[tuple[ast.Subscript, str]]:
    """`(expression, variable)` of what fails where a variable is not set, of all that runs at once.

    Args:
        nodes: what runs: the functions in there do not.
        namespace: the names that it sees.
    """
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(name)), ctx=ast.Load()):
                if as_written(owner, namespace) is os.environ and name not in EVERYWHERE:
                    yield node, name
        waiting += [each for each in ast.iter_child_nodes(node) if not isinstance(each, _LATER)]


def asked_by_import(tree: ast.Module, namespace: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    """`(variable, line)` of what a module's import needs, where nothing answers for its lack."""
    plain = [each for each in tree.body if not isinstance(each, (*_LATER, ast.Try, ast.If))]
    for node, name in variables_asked(plain, namespace):
        yield name, node.lineno
