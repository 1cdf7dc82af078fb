"""What a plan will have left there, as a version to be kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sfdag_magics.client.code.deployed_code import code_there
from sfdag_magics.client.deploying.difference import ChangeKind
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.task_statements import TASK_TIMEOUT, Definition
from sfdag_magics.client.deploying.undoing.rebuilt import definitions_there
from sfdag_magics.client.kept.files import next_number
from sfdag_magics.client.kept.version import KeptTask, KeptVersion
from sfdag_magics.client.observing.intentions import listed

#: So many changed tasks are named by what is said of a version.
_MOST_NAMED = 6


def version_of(plan: Plan, wanted: Iterable[Definition], now: datetime) -> KeptVersion | None:
    """The version that a plan makes; None where it changes nothing that could be wanted back.

    Args:
        wanted: what the plan is to lead to, but for tasks that are not loaded.
    """
    if not (plan.touched or plan.changes_code or plan.resumes):
        return None
    left_alone = {c.stored for c in plan.changes if c.kind is ChangeKind.NOT_LOADED}
    there = definitions_there(plan.before) if plan.before is not None else ()
    stays = (definition for definition in there if definition.stored in left_alone)
    return _version(plan, (*wanted, *stays), _said(plan), now)


def code_version(plan: Plan, now: datetime) -> KeptVersion | None:
    """The same where only the code of the plan is shipped, and the graph stays as it is."""
    if plan.before is None or not plan.changes_code:
        return None
    return _version(plan, definitions_there(plan.before), f"code of {listed(plan.edited)}", now)


def _version(
    plan: Plan, definitions: Iterable[Definition], said: str, now: datetime
) -> KeptVersion:
    return KeptVersion(
        number=next_number(plan.files),
        since=now,
        who=plan.journal.who,
        said=said,
        tasks=tuple(map(_kept, _finalizer_last(definitions))),
        started=plan.started,
        code=plan.code if plan.changes_code else code_there(plan.before_code),
        back_to=plan.back_to,
        token=plan.token,
    )


def _finalizer_last(definitions: Iterable[Definition]) -> list[Definition]:
    return sorted(definitions, key=lambda each: each.statement.properties.finalize is not None)


def _kept(definition: Definition) -> KeptTask:
    properties = replace(definition.statement.properties, comment=definition.comment or None)
    statement = replace(definition.statement, properties=properties)
    noted = definition.noted
    return KeptTask(
        name=definition.name,
        sql=statement.to_sql(),
        defaults={TASK_TIMEOUT: noted[TASK_TIMEOUT]} if TASK_TIMEOUT in noted else {},
        waits=definition.waits,
        group=definition.group,
        element=definition.element,
    )


def _said(plan: Plan) -> str:
    if plan.back_to is not None:
        return f"back to version {plan.back_to}"
    parts = [*_parts(plan)]
    more = [f"{len(parts) - _MOST_NAMED} more"] if len(parts) > _MOST_NAMED else []
    return ", ".join([*parts[:_MOST_NAMED], *more])


def _parts(plan: Plan) -> Iterator[str]:
    if plan.before is None:
        yield "the first one"
        return
    for name, how, details in plan.by_task:
        named = listed(sorted({detail.partition(":")[0] for detail in details}))
        yield f"{name} {how} ({named})" if named and how == ChangeKind.CHANGED else f"{name} {how}"
    if plan.changes_code and not plan.edited:
        yield "packages" if plan.package_changes else "code"
    if plan.resumes:
        yield "the rest of a deploy that broke off"
