"""Which facts there are, and which tests hold them. Reads tests; runs none."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sfdag_magics.engine.tasks.unknowns import UNKNOWNS

HERE = Path(__file__).parent
TESTS = HERE.parent
#: The most facts that one test may hold: one that holds more shows none of them.
MOST = 3
_MARK = "pytest.mark.rule"


@dataclass(frozen=True)
class Section:
    """`facts` by their whole numbers, in order: `3.3.2`."""

    title: str
    facts: dict[str, str]


def sections() -> list[Section]:
    """All facts, in the order of the reference; what it leaves open is the last section."""
    read = []
    for path in sorted(HERE.glob("*.toml")):
        for title, facts in tomllib.loads(path.read_text("utf-8")).items():
            number = title.split(" ")[0]
            read.append(Section(title, {f"{number}.{n}": fact for n, fact in facts.items()}))
    decided = {one.number: f"{one.question}: {one.chosen}" for one in UNKNOWNS}
    return [*read, Section("18 What is not known, and what was chosen", decided)]


def held() -> dict[str, list[str]]:
    """The tests that hold a fact, by its number: `tests/engine/….py::test_name`."""
    found = defaultdict(list)
    for test, numbers in claims():
        for number in numbers:
            found[number].append(test)
    return dict(found)


@cache
def claims() -> tuple[tuple[str, list[str]], ...]:
    """Each test that holds facts, with their numbers."""
    return tuple(
        (f"{path.relative_to(TESTS.parent)}::{name}", numbers)
        for path in sorted(TESTS.rglob("test_*.py"))
        for text in [path.read_text("utf-8")]
        if _MARK in text  # most have none, and to parse them all takes a second
        for name, numbers in _marked(ast.parse(text))
        if numbers
    )


def _marked(module: ast.Module) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = [mark for mark in node.decorator_list if _is_rule(mark)]
            yield node.name, [number.value for mark in marks for number in mark.args]


def _is_rule(mark: ast.expr) -> bool:
    return isinstance(mark, ast.Call) and ast.unparse(mark.func) == _MARK
