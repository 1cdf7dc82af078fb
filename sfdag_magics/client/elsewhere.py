"""What somebody else changed of a graph since this notebook deployed it. Pure.

Two notebooks with one graph each deploy what they have; without this the older code of one would
replace the newer of the other without a word. A kernel remembers what it left behind. One that was
restarted does not: it is told by the code itself, which was deployed before and then replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sfdag_magics.client.deployed import DeployedGraph
from sfdag_magics.client.difference import ChangeKind
from sfdag_magics.client.intentions import listed
from sfdag_magics.client.plan import Plan
from sfdag_magics.client.questions import Question
from sfdag_magics.graph.names import key_of

_ROOT = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A graph as this notebook left it, by the keys of its tasks' names; the root's is empty.

    Attributes:
        definitions: `{task: hash of its definition}`.
        code: `{task: hash of its code}`.
    """

    definitions: Mapping[str, object]
    code: Mapping[str, str]


def left_by(graph: DeployedGraph, plan: Plan) -> Left:
    """What a plan left behind that was carried out; `graph` was read back."""
    return Left(definitions=_definitions(graph), code=_code_after(plan))


def with_code(left: Left, plan: Plan) -> Left:
    """The same after a plan of which only the code was shipped."""
    return Left(definitions=left.definitions, code=_code_after(plan))


def changed_elsewhere(plan: Plan, left: Left | None) -> tuple[str, ...]:
    """What the plan would replace that is not as this notebook left it."""
    if left is None or plan.takes_over:
        return ()
    there = _definitions(plan.before) if plan.before is not None else {}
    code = _keyed(plan.before_code.tasks)
    touched = {
        change.name: _ROOT if change.stored == plan.root.name else key_of(change.name)
        for change in plan.touched
        if change.kind is not ChangeKind.DROPPED
    }
    found = [
        name
        for name, key in touched.items()
        if key in left.definitions and left.definitions[key] != there.get(key)
    ]
    edited = (name for name in plan.edited if key_of(name) in left.code)
    found += [name for name in edited if left.code[key_of(name)] != code.get(key_of(name))]
    return tuple(dict.fromkeys(found))


def older_here(plan: Plan, left: Left | None) -> dict[str, datetime]:
    """`{task: when its code was deployed}` where older code would replace what is deployed.

    Nothing where this kernel knows what it left behind: it goes back on purpose.
    """
    if left is not None or plan.code is None:
        return {}
    versions = {name: plan.before_code.versions(name) for name in plan.edited}
    return {
        name: known[-1].since
        for name, known in versions.items()
        if any(plan.code.tasks[name].startswith(version.code) for version in known[:-1])
    }


def replacing(plan: Plan, command: str) -> Question | None:
    """What is to be asked before the plan replaces another notebook's code; None for nothing.

    Args:
        command: what is typed to carry the plan out.
    """
    instead = f"{command} --yes"
    if plan.elsewhere:
        names = listed(plan.elsewhere)
        what = f"replace {names}, changed elsewhere since your deploy, by what this notebook has"
        return Question(what=what, instead=instead)
    if plan.older:
        what = f"replace {plan.newer_there} by the older code that this notebook has"
        return Question(what=what, instead=instead, for_people=True)
    return None


def _definitions(graph: DeployedGraph) -> dict[str, object]:
    tasks = {key_of(name): task.mark.get("hash") for name, task in graph.tasks.items()}
    return {_ROOT: graph.mark.get("hash"), **tasks}


def _code_after(plan: Plan) -> dict[str, str]:
    return _keyed((plan.code or plan.before_code).tasks)


def _keyed(hashes: Mapping[str, str]) -> dict[str, str]:
    return {key_of(name): digest for name, digest in hashes.items()}
