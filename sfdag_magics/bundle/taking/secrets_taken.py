"""Where in what a task takes something looks like a secret: lines of cells, of ours, of files."""

from __future__ import annotations

import ast
import collections
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from sfdag_magics.bundle.secret_names import is_secret_name
from sfdag_magics.bundle.secrets import (
    FoundSecret,
    secrets_in_data,
    secrets_in_source,
    secrets_kept,
)
from sfdag_magics.bundle.taking.terms.pieces import Item, Made, Written
from sfdag_magics.bundle.ways_out import way_out_of_secret
from sfdag_magics.bundle.written.cell_texts import nodes_of, parsed_or_none
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenSecret:
    """What looks like a secret, where it is, and the function or file that it stands in."""

    found: FoundSecret
    place: str
    within: str

    @property
    def said(self) -> tuple[str, str]:
        """The problem with it, and what to do."""
        name = self.found.name
        what = f"a secret as {name!r}" if name else "a text that looks like a secret"
        return (
            f"has {what} ({self.place}), and code is readable where it is deployed",
            way_out_of_secret(name or self.within),
        )

    def is_allowed(self, allowed: frozenset[str]) -> bool:
        """Whether it, or what it stands in, is allowed by name."""
        return bool({self.found.name or self.within, self.within} & allowed)


def in_written(piece: Written, namespace: Mapping[str, object]) -> Iterator[TakenSecret]:
    """Those in lines of a cell."""
    for found in secrets_in_source(piece.text, nodes_of(piece.text), namespace):
        place = f"{piece.place}, line {piece.first_line + found.line - 1}"
        yield TakenSecret(found=found, place=place, within=piece.name)


def in_made(items: Sequence[Item], namespace: Mapping[str, object]) -> Iterator[TakenSecret]:
    """Those in lines that we made of what the notebook set, by the names that it has there."""
    made = [
        (item, piece.lines) for item in items for piece in item.pieces if isinstance(piece, Made)
    ]
    known = {**namespace, **_named_tuples([lines for _item, lines in made])}
    kept_as = _kept_as(items)
    for item, lines in made:
        text = "\n".join(lines)
        nodes = list(ast.walk(ast.parse(text)))  # not kept: data may be long
        renamed = secrets_kept(nodes, kept_as) if kept_as else []
        for found in (*secrets_in_source(text, nodes, known), *renamed):
            name = _owner_of(item, items, namespace) or lines[0].partition(" ")[0]
            yield TakenSecret(found=found, place="set in the notebook", within=name)


def _kept_as(items: Sequence[Item]) -> dict[str, str]:
    """`{attribute: parameter}` where methods keep what is called like a secret otherwise."""
    written = [piece.text for item in items for piece in item.pieces if isinstance(piece, Written)]
    found = {}
    for node in (node for text in written if "class " in text for node in nodes_of(text)):
        match node:
            case ast.Assign(targets=[target], value=given):
                targets = target.elts if isinstance(target, ast.Tuple) else [target]
                values = given.elts if isinstance(given, ast.Tuple) else [given]
                for kept, value in zip(targets, values, strict=False):
                    if isinstance(kept, ast.Attribute) and isinstance(value, ast.Name):
                        found[kept.attr] = value.id
    return {kept: name for kept, name in found.items() if is_secret_name(name)}


def _owner_of(item: Item, items: Sequence[Item], namespace: Mapping[str, object]) -> str:
    """The notebook's name of a thing, or of what holds it, where it has none of its own."""
    met = {item}
    waiting = [item]
    while waiting:
        each = waiting.pop(0)
        if each.name in namespace:
            return each.name
        follows = [each.follows] if each.follows is not None else []
        holders = follows or [o for o in items if each in o.needs and o not in met]
        met.update(holders)
        waiting += holders
    return ""


def _named_tuples(made: Iterable[Sequence[str]]) -> dict[str, type]:
    """`{name: class}` of the lines that make one of `collections`: it may be called otherwise."""
    found = {}
    for text in ("\n".join(lines) for lines in made):
        tree = parsed_or_none(text) if "namedtuple(" in text else None
        match tree.body if tree is not None else []:
            case [
                ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=ast.Call(
                        func=ast.Attribute(attr="namedtuple"), args=[_, ast.List(elts=parts)]
                    ),
                ),
                *_,
            ]:
                names = [str(part.value) for part in parts if isinstance(part, ast.Constant)]
                found[name] = collections.namedtuple(name, names, rename=True)
    return found


def in_files(files: Mapping[str, bytes]) -> Iterator[TakenSecret]:
    """Those in modules and data beside the notebook."""
    for path, content in files.items():
        by_name: dict[str, list[FoundSecret]] = {}
        for found in _in_file(path, content):
            by_name.setdefault(found.name, []).append(found)
        for first, *more in by_name.values():
            others = f" and {len(more):,} more" if more else ""
            place = f"{path}, line {first.line}{others}"
            yield TakenSecret(found=first, place=place, within=path)


@lru_cache(maxsize=1024)  # asked for each task that takes the package
def _in_file(path: str, content: bytes) -> tuple[FoundSecret, ...]:
    text = content.decode("utf-8", "replace")
    is_code = path.endswith(".py") and parsed_or_none(text) is not None
    found = secrets_in_source(text, nodes_of(text), {}) if is_code else secrets_in_data(text)
    return tuple(found)
