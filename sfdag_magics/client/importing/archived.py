"""The code of Python tasks out of a deployed archive, as cells. Asks no target.

What stands in the modules of several tasks becomes a cell before theirs.
"""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sfdag_magics.bundle import Shipped
from sfdag_magics.client.code.shipping import packages_of
from sfdag_magics.client.importing.found import Findings, FoundCode
from sfdag_magics.graph.packages import package_name
from sfdag_magics.graph.values.element import Element
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedCode:
    """What the tasks of a graph run.

    Attributes:
        shared: the cells before theirs.
        tasks: `{task: its cell}`.
        more: `{task: options that the archive alone tells}`.
    """

    shared: tuple[str, ...]
    tasks: Mapping[str, FoundCode]
    more: Mapping[str, Mapping[str, Any]]


def archived_code(
    shipped: Shipped, names: Mapping[str, Element | None], findings: Findings
) -> ArchivedCode:
    """The code of these tasks; what the archive does not have is a finding.

    Args:
        names: with the place of each in its map, which its archive gives the element.
    """
    modules: dict[str, list[str]] = {}
    more: dict[str, Mapping[str, Any]] = {}
    for name in names:
        if name.upper() not in shipped.tasks:
            findings.problem(f"task {name}: its archive has no code of it")
            continue
        entry = shipped.tasks[name.upper()]
        modules[name] = [*_pieces(shipped.module(name)[1].decode(), entry)]
        more[name] = _options(entry, modules[name])
        for path in shipped.local_modules(name):
            findings.left(f"file {path}: it has to lie beside the notebook, as it did")
    counts = Counter(text for texts in modules.values() for text in dict.fromkeys(texts))
    last = {texts[-1] for texts in modules.values() if texts}
    shared = [text for text, count in counts.items() if count > 1 and text not in last]
    _say_of_names(modules, findings)
    tasks = {
        name: FoundCode(
            text="\n\n\n".join(t for t in texts if t not in shared),
            element=_element(names[name], shipped.tasks[name.upper()]),
        )
        for name, texts in modules.items()
    }
    cell = "\n".join(shared)
    return ArchivedCode(shared=(cell,) if shared else (), tasks=tasks, more=more)


def _element(place: Element | None, entry: Mapping[str, Any]) -> Element | None:
    """What a task of a map is given."""
    if place is None:
        return None
    for parameter in entry["parameters"]:
        if "value" in parameter:
            text = json.dumps(parameter["value"], ensure_ascii=False)
            return replace(place, parameter=parameter["name"], text=text)
    return None


def _pieces(text: str, entry: Mapping[str, Any]) -> Iterator[str]:
    """The statements of a module, without its title and the places of its lines."""
    lines = text.split("\n")
    places = {first - 2 for first, *_ in entry["pieces"]}
    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        # Which module a function says it is of is said in each that ships.
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).endswith(".__module__"):
            continue
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(each.lineno for each in decorators)]) - 1
        while first and lines[first - 1].startswith("#") and first - 1 not in places:
            first -= 1
        yield "\n".join(lines[first : node.end_lineno])


def _options(entry: Mapping[str, Any], texts: Sequence[str]) -> Mapping[str, Any]:
    modules = {
        name
        for text in texts
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in _imported(node)
    }
    found = {package_name(each) for each in packages_of(tuple(sorted(modules)))}
    named = tuple(each for each in entry["packages"] if package_name(each) not in found)
    options: dict[str, Any] = {"packages": named} if named else {}
    if entry.get("retries"):
        options["retries"] = entry["retries"]
        if entry.get("backoff_s"):
            options["backoff"] = timedelta(seconds=entry["backoff_s"])
    return options


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]


def _say_of_names(modules: Mapping[str, Sequence[str]], findings: Findings) -> None:
    """Names that mean one thing to one task and another to another: a notebook has one of each."""
    meant: dict[str, dict[str, str]] = {}
    for task, texts in modules.items():
        for text in texts[:-1]:
            for node in ast.parse(text).body:
                if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                    meant.setdefault(node.name, {}).setdefault(text, task)
    for name, tasks in meant.items():
        if len(tasks) > 1:
            users = " and ".join(tasks.values())
            findings.problem(f"tasks {users} each have a {name} of their own, and cells one of all")
