"""The code of several tasks as one module: what they share stands once. Pure.

Each task ships as a module of its own; two of them may call different things by one name, which
one file cannot.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from sfdag_magics.bundle import TaskCapture
from sfdag_magics.bundle.taking.terms.pieces import Made, Written
from sfdag_magics.errors import InputError
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type

_TWO_VALUES = "two values, or one of which only one task takes a part by another name as well"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Lines of the module.

    Attributes:
        tasks: the tasks whose function it defines.
        is_definition: a function or class, or else lines that make or change something.
    """

    text: str
    tasks: tuple[str, ...] = ()
    is_definition: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedCode:
    """What the tasks take together.

    Attributes:
        pieces: `{task: what it takes that no task above it took}`.
        names: all that the module calls something.
        otherwise: the tasks that were written without one of the `futures`.
    """

    futures: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    pieces: Mapping[str, tuple[Piece, ...]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    otherwise: tuple[str, ...] = ()


def merged_code(captured: Sequence[TaskCapture], functions: Mapping[str, str]) -> MergedCode:
    """One module of what tasks take.

    Args:
        functions: `{task: the name of its function}`.

    Raises:
        InputError: two of them call different things by one name; lists all.
    """
    bound = {each.task: _bound(each) for each in captured}
    own = {each.task: _own_text(each, functions[each.task]) for each in captured}
    _check_names(bound, own, captured)
    owners = _owners(own)
    met: set[str] = set()
    pieces = {each.task: tuple(_new_pieces(each, owners, met)) for each in captured}
    futures = tuple(sorted(frozenset().union(*(each.futures for each in captured))))
    return MergedCode(
        futures=futures,
        imports=tuple(dict.fromkeys(line for each in captured for line in each.imports)),
        pieces=pieces,
        names=frozenset().union(*bound.values()),
        otherwise=tuple(each.task for each in captured if each.futures != futures),
    )


def _new_pieces(
    captured: TaskCapture, owners: Mapping[str, Sequence[str]], met: set[str]
) -> Iterator[Piece]:
    for piece in captured.pieces:
        text = _text_of(piece)
        if text not in met:
            met.add(text)
            is_definition = isinstance(piece, Written)
            tasks = tuple(owners.get(text, ()))
            yield Piece(text=text, tasks=tasks, is_definition=is_definition)


def _owners(own: Mapping[str, str]) -> dict[str, list[str]]:
    """`{the text of a function: the tasks that it is}`."""
    owners: dict[str, list[str]] = {}
    for task, text in own.items():
        owners.setdefault(text, []).append(task)
    return owners


def _own_text(captured: TaskCapture, function: str) -> str:
    return [_text_of(piece) for piece in captured.definitions if piece.name == function][-1]


def _text_of(piece: Written | Made) -> str:
    return "\n".join(piece.lines) if isinstance(piece, Made) else piece.text.strip("\n")


def _bound(captured: TaskCapture) -> dict[str, tuple[str, ...]]:
    """`{name: the lines that give it a value}` of a task's module."""
    bound: dict[str, tuple[str, ...]] = {}
    for text in (*captured.imports, *map(_text_of, captured.pieces)):
        for symbol in symtable.symtable(text, captured.task, "exec").get_symbols():
            if symbol.is_assigned() or symbol.is_imported():
                name = symbol.get_name()
                bound[name] = (*bound.get(name, ()), text)
    return bound


def _check_names(
    bound: Mapping[str, Mapping[str, tuple[str, ...]]],
    own: Mapping[str, str],
    captured: Sequence[TaskCapture],
) -> None:
    pieces = [piece for each in captured for piece in each.pieces]
    made = {_text_of(piece) for piece in pieces if isinstance(piece, Made)}
    said = _names_said(map(_text_of, pieces))
    clashes = []
    for name in dict.fromkeys(name for each in bound.values() for name in each):
        meant = {task: each[name] for task, each in bound.items() if name in each}
        # Functions that nobody calls may have one name: each is its task.
        are_tasks = name not in said and all(of == (own[task],) for task, of in meant.items())
        if len(set(meant.values())) > 1 and not are_tasks:
            is_value = all(made.issuperset(lines) for lines in meant.values())
            why = f": {_TWO_VALUES}" if is_value else ""
            clashes.append(f"\n  {name} of {_listed(_first_of_each(meant))}{why}")
    if clashes:
        raise InputError(
            f"a file has one thing of each name, and tasks take several:{''.join(clashes)}",
            hint=f"call them otherwise, run their cells again, then {to_type('export')}",
        )


def _names_said(texts: Iterable[str]) -> set[str]:
    """The names whose values these lines ask for, and the texts in them, which may be names."""
    said: set[str] = set()
    for node in (node for text in texts for node in ast.walk(ast.parse(text))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            said.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            said.add(node.value)
    return said


def _first_of_each(meant: Mapping[str, tuple[str, ...]]) -> list[str]:
    """A task for each of the things that a name means."""
    return list({lines: task for task, lines in reversed(list(meant.items()))}.values())[::-1]


def _listed(tasks: Iterable[str]) -> str:
    return " and of ".join(tasks)
