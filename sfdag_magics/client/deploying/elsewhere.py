"""What somebody else changed of a graph since this notebook deployed it. Pure.

Two notebooks with one graph each deploy what they have; without this the older tasks of one would
replace the newer of the other without a word: code, SQL, and every other property of a definition.
A kernel remembers what it left behind. One that was restarted does not: it is told by what is
deployed, which notes what it replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from sfdag_magics.client.deploying.difference import (
    STATE,
    Change,
    ChangeKind,
    differences,
    said_of,
    there_of,
)
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.remembered import taken_back
from sfdag_magics.client.observing.deployed import BODY, DeployedGraph
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.questions import Question
from sfdag_magics.client.observing.versions import goes_back
from sfdag_magics.graph.names import key_of
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import OfKernel

_PACKAGES = "the packages"
#: A command of a shell, and a script, have a file and no notebook that is open.
_HAS = OfKernel("what this notebook has", "what is here")
_HAS_IT = OfKernel("this notebook has it", "it is here")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A graph as this notebook left it.

    Attributes:
        graph: its definitions, as they were read back.
        code: `{key of a task's name: hash of its code}`.
        setting: what its procedure was made of beside them.
        token: of the deploy that left it so.
    """

    graph: DeployedGraph
    code: Mapping[str, str]
    setting: str | None
    token: str = ""


def left_by(graph: DeployedGraph, plan: Plan) -> Left:
    """What a plan left behind that was carried out; `graph` was read back."""
    there = plan.code or plan.before_code
    return Left(graph=graph, code=_keyed(there.tasks), setting=there.setting, token=plan.token)


def with_code(left: Left, plan: Plan) -> Left:
    """The same after a plan of which only the code was shipped."""
    there = plan.code or plan.before_code
    return replace(left, code=_keyed(there.tasks), setting=there.setting, token=plan.token)


def changed_elsewhere(plan: Plan, left: Left | None) -> tuple[str, ...]:
    """What the plan would replace that is not as this notebook left it."""
    if left is None or plan.takes_over:
        return ()
    code = _keyed(plan.before_code.tasks)
    edited = {key_of(name) for name in plan.edited if key_of(name) in left.code}
    by_code = {key for key in edited if left.code[key] != code.get(key)}
    found = {}
    for change in plan.touched:
        properties = tuple(_replaced(change, left.graph, plan.before))
        if properties or _is_gone(change, left.graph, plan.before):
            found[key_of(change.name)] = _labelled(change.name, properties)
    found |= {key_of(name): name for name in plan.edited if key_of(name) in by_code}
    if plan.changes_code and left.setting != plan.before_code.setting and _resets(plan):
        found["packages"] = _PACKAGES
    return tuple(found.values())


def _replaced(change: Change, left: DeployedGraph, now: DeployedGraph | None) -> Iterator[str]:
    """The properties that a change replaces and that somebody changed meanwhile."""
    was, there = there_of(change.stored, left), there_of(change.stored, now)
    if was is None or there is None:
        return
    meanwhile = {each.what for each in differences(said_of(was), said_of(there))} - {STATE}
    replaced = {each.what for each in change.differences}
    drops_all = change.kind is ChangeKind.DROPPED
    yield from (what for what in sorted(meanwhile) if drops_all or what in replaced)


def _is_gone(change: Change, left: DeployedGraph, now: DeployedGraph | None) -> bool:
    """Whether a change makes again what somebody has dropped."""
    made_before = there_of(change.stored, left) is not None
    return made_before and there_of(change.stored, now) is None


def _resets(plan: Plan) -> bool:
    return plan.code is not None and plan.code.setting != plan.before_code.setting


def _labelled(name: str, properties: tuple[str, ...]) -> str:
    """A task by its name, with what of it is meant where that is not what it does."""
    if not properties or BODY in properties:
        return name
    return f"{name} ({', '.join(properties)})"


def older_here(plan: Plan, left: Left | None) -> dict[str, datetime | None]:
    """`{what: since when it is deployed}` where what is older here would replace it.

    Nothing where this kernel knows what it left behind: it goes back on purpose.
    """
    if left is not None or plan.takes_over:
        return {}
    found: dict[str, datetime | None] = {}
    for change in plan.touched:
        back = dict(taken_back(change, plan.before))
        if back:
            times = [since for since in back.values() if since is not None]
            found[_labelled(change.name, tuple(back))] = max(times, default=None)
    code = plan.code.tasks if plan.code is not None else {}
    for name in plan.edited:
        known = plan.before_code.versions(name)
        if goes_back(known, code[name]):
            found[name] = known[-1].since
    return found


def altered_there(plan: Plan, left: Left | None) -> tuple[str, ...]:
    """What is replaced that somebody altered by hand, where what is here was edited as well.

    Args:
        plan: in which is said what was altered, as `with_drift` does.
        left: where this kernel knows what it left behind, `changed_elsewhere` says it.
    """
    if left is not None:
        return ()
    found = []
    for change in plan.touched:
        older = {STATE, *(what for what, _ in taken_back(change, plan.before))}
        drift = (each.what for each in change.differences if each.is_drift)
        if what := tuple(each for each in drift if each not in older):
            found.append(_labelled(change.name, what))
    return tuple(found)


def of_code_alone(plan: Plan) -> Plan:
    """The plan as it is asked about where only its code is shipped: no task of it is altered.

    What somebody altered of the graph by hand, changed in it or dropped stays as it is then.
    """
    elsewhere = tuple(each for each in plan.elsewhere if each in (*plan.edited, _PACKAGES))
    older = {name: since for name, since in plan.older.items() if name in plan.edited}
    return replace(plan, elsewhere=elsewhere, older=older, altered=(), again={})


def replacing(plan: Plan, command: str) -> Question | None:
    """What is to be asked before the plan replaces another notebook's work; None for nothing.

    Args:
        command: what is typed to carry the plan out.
    """
    instead = f"{command} --replace"
    if plan.takes_over:
        what = f"take over graph {plan.graph} on {plan.place}, which was not made here"
        return Question(what=what, instead=instead, is_of_others=True)
    if plan.elsewhere:
        names = listed(plan.elsewhere)
        what = f"replace {names}, changed elsewhere since your deploy, by {_HAS}"
        return Question(what=what, instead=instead, is_of_others=True)
    older = f"replace {plan.newer_there} by {_HAS}, which is older"
    again = f"make {plan.dropped_there}, again as {_HAS_IT}, which is older"
    altered = f"replace {listed(plan.altered)}, altered there by hand, by {_HAS}"
    said = {older: plan.older, altered: plan.altered, again: plan.again}
    if asked := [what for what, things in said.items() if things]:
        # What a person did there by hand, no program was written to take back.
        meant = not plan.altered and None not in plan.older.values()
        times = (*plan.older.values(), *plan.again.values())
        return Question(
            what=", and ".join(asked),
            instead=instead,
            programs_mean_it=meant,
            is_of_others=True,
            since=max((since for since in times if since is not None), default=None),
        )
    return None


def _keyed(hashes: Mapping[str, str]) -> dict[str, str]:
    return {key_of(name): digest for name, digest in hashes.items()}
