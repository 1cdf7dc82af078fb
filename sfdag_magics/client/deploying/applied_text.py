"""What a run says of the deploy it began with: what is other now, what stayed. Asks nobody."""

from __future__ import annotations

from sfdag_magics.client.deploying.difference import ChangeKind
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.plan_text import travelling
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.place_words import to_type


def applied_text(plan: Plan) -> str:
    """The lines on a plan that was carried out for a run; it was not empty."""
    notes = (f"  note: {note}" for note in _notes(plan))
    return "\n".join((_done(plan), *travelling(plan), *notes))


def _done(plan: Plan) -> str:
    tasks = [change for change in plan.touched if change.stored != plan.root.name]
    gone = [change.name for change in tasks if change.kind is ChangeKind.DROPPED]
    changed = [change.name for change in tasks if change.kind is not ChangeKind.DROPPED]
    changed += [name for name in plan.edited if name not in changed]
    parts = [f"deployed {listed(changed)}"] if changed else []
    parts += [f"dropped {listed(gone)}"] if gone else []
    options = f" ({'; '.join(plan.root_changes)})" if plan.root_changes else ""
    line = f"{' and '.join(parts) or f'deployed the graph{options}'} · {plan.place}"
    line += _of_the_schedule(plan)
    left = f"\n  left as deployed, not loaded here: {listed(plan.left_alone)}"
    return line + (left if plan.left_alone else "")


def _of_the_schedule(plan: Plan) -> str:
    """What deploying for a run did to the schedule: it is as it was before."""
    before, root = plan.before, plan.changes[0].definition
    if before is not None and before.is_started and (plan.touched or plan.resumes):
        return "\n  its schedule was suspended for the moment and goes on"
    there = before.schedule if before is not None else None
    schedule = root.statement.properties.schedule if root is not None else there
    if schedule is None or plan.root.name in plan.started:
        return ""
    return f"\n  its schedule is off: {to_type('resume')} starts it"


def _notes(plan: Plan) -> tuple[str, ...]:
    of_code = plan.code.told_notes(plan.new_code) if plan.code and plan.changes_code else ()
    older = (f"what is older here replaced {plan.newer_there}",) if plan.older else ()
    again = (f"what is older here made again {plan.dropped_there}",) if plan.again else ()
    return (*older, *again, *of_code)
