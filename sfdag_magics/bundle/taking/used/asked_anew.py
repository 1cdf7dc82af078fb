"""What the lines of a file ask as they run, and are answered otherwise each time.

Identities, the time, draws; of what belongs to each process, as its number, nothing. Reads syntax
trees; runs nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.light_classes import dataclass

#: Functions of whose answers there is one each time.
_ANEW = frozenset(
    (
        *("uuid1", "uuid4", "now", "utcnow", "today", "time_ns", "getrandbits"),
        *("token_hex", "token_bytes", "token_urlsafe", "urandom"),
    )
)
#: Functions of `time` that tell the time unless they are given one, with what else they take.
_OF_TIME = {"time": 0, "ctime": 0, "localtime": 0, "gmtime": 0, "strftime": 1}
#: Names in `random` that draw nothing.
_NO_DRAWS = frozenset(("seed", "Random", "RandomState", "default_rng", "Generator", "SeedSequence"))
#: What begins anywhere where it is given no seed.
_UNSEEDED = frozenset(("Random", "RandomState", "default_rng", "SeedSequence"))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A name of a file that is another thing each time.

    Attributes:
        path: below the module: `RUN`, `Config.started`.
        is_default: whether a default of the function of this name is.
        call: what is asked, as it is written, or the name that it comes from.
    """

    path: str
    is_default: bool
    call: str


def asked_anew(tree: ast.Module) -> list[Asked]:
    """What the statements of a module, and of its classes, ask."""
    return list(_File(tree).of_body(tree.body, ""))


class _File:
    """The functions of a file that give such answers, and names that hold one."""

    def __init__(self, tree: ast.Module) -> None:
        self._is_seeded = any(
            isinstance(node, ast.Call) and last_name(node.func) in ("seed", "set_seed")
            for node in ast.walk(tree)
        )
        self._asking: set[str] = set()
        functions = [node for node in tree.body if isinstance(node, _FUNCTIONS)]
        while any(self._returns(each) for each in functions if each.name not in self._asking):
            pass  # those that call it may give its answer back

    def _returns(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        """Whether a function gives back what it asked; from now on, its name is known."""
        own = self._holding(function)
        gives = any(
            isinstance(node, ast.Return) and node.value is not None and self._asks(node.value, own)
            for node in ast.walk(function)
        )
        self._asking |= {function.name} if gives else set()
        return gives

    def _holding(self, function: ast.AST) -> set[str]:
        """The variables of a function that hold what it asked."""
        own: set[str] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and self._asks(node.value, own):
                own |= {each.id for each in node.targets if isinstance(each, ast.Name)}
        return own

    def of_body(self, statements: Iterable[ast.stmt], prefix: str) -> Iterator[Asked]:
        """What the statements of a module or class ask, blocks inside of them too."""
        for node in statements:
            match node:
                case ast.ClassDef(name=name, body=body):
                    yield from self.of_body(body, f"{prefix}{name}.")
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    given = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
                    calls = [call for each in given if (call := self._asks(each))]
                    if calls:
                        yield Asked(path=prefix + name, is_default=True, call=calls[0])
                case ast.Assign(targets=targets, value=value):
                    yield from self._of_line(targets, value, prefix)
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    yield from self._of_line([target], value, prefix)
                case _:
                    for name in ("body", "orelse", "handlers", "finalbody"):
                        yield from self.of_body(getattr(node, name, ()), prefix)

    def _of_line(
        self, targets: Iterable[ast.expr], value: ast.expr, prefix: str
    ) -> Iterator[Asked]:
        call = self._asks(value)
        for target in targets if call else ():
            if isinstance(target, ast.Name):
                self._asking |= set() if prefix else {target.id}
                yield Asked(path=prefix + target.id, is_default=False, call=call)

    def _asks(self, node: ast.AST, own: Iterable[str] = ()) -> str:
        """What an expression asks, in its own words; empty where it asks nothing."""
        if isinstance(node, ast.Lambda):
            return ""
        if isinstance(node, ast.Name) and (node.id in self._asking or node.id in own):
            return node.id
        if isinstance(node, ast.Call) and self._is_asking(node):
            return ast.unparse(node)
        return next(filter(None, (self._asks(e, own) for e in ast.iter_child_nodes(node))), "")

    def _is_asking(self, node: ast.Call) -> bool:
        name = last_name(node.func)
        owner = last_name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        if name in _OF_TIME and owner in ("time", ""):
            return len(node.args) <= _OF_TIME[name] and not (owner == "" and node.args)
        if name in _UNSEEDED and not (node.args or node.keywords):
            return True
        draws = owner == "random" and name not in _NO_DRAWS and not self._is_seeded
        return name in _ANEW or draws
