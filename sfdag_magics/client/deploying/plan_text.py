"""A plan in the lines that `%sfdag plan` prints. Pure; knows what it says, not how it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfdag_magics.client.deploying.difference import SIGNS, ChangeKind
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.place_words import PRUNE, to_type

if TYPE_CHECKING:
    from sfdag_magics.client.deploying.plan import Plan

#: Of so many things of one kind the first are listed; `--json` and `--sql` have them all.
_MOST_LINES = 12


def plan_text(plan: Plan) -> str:
    """All that would change, the graph's own things first."""
    back = f", back to version {plan.back_to}" if plan.back_to is not None else ""
    lines = [f"plan: graph {plan.graph} on {plan.place}{back}"]
    if plan.compute:
        lines.append(f"  runs on: {plan.compute}")
    if plan.schedule:
        lines.append(f"  schedule: {plan.schedule}")
    if plan.completes:
        lines.append("  an earlier deploy broke off; this one completes it")
    lines += [f"  ! {warning}" for warning in plan.warnings]
    lines += [f"  {said}" for said in plan.in_flight]
    for kind in ChangeKind:
        if kind is not ChangeKind.UNCHANGED:
            lines += _told(plan, kind)
    if plan.stops and not any(said.startswith("schedule:") for said in plan.root_changes):
        lines.append(f"  ~ its schedule is suspended; {to_type('resume')} lets it go on")
    if plan.left_alone:
        lines.append(
            f"      cells not run here, tasks left as they are: {listed(plan.left_alone)}; "
            f"{to_type('forget', task='NAME')} drops one, {PRUNE} all of them"
        )
    told = {change.name for change in plan.touched if change is not plan.changes[0]}
    lines += _folded([f"  ~ {name}  code edited" for name in plan.edited if name not in told])
    lines += travelling(plan)
    of_code = plan.code.told_notes(plan.new_code) if plan.code is not None else ()
    lines += [f"  note: {note}" for note in (*of_code, *plan.notes)]
    lines.append(f"  {_unchanged(plan)} unchanged" if not plan.is_empty else "  nothing to change")
    return "\n".join(lines)


def travelling(plan: Plan) -> list[str]:
    """A line for each task whose code is new there, with what goes with it, and packages."""
    travels = plan.code.travels if plan.code is not None else {}
    code = [f"  code: {name}: {travels[name]}" for name in travels if name in plan.new_code]
    packages = [f"  packages: {listed(plan.package_changes)}"] if plan.package_changes else []
    return [*_folded(code), *packages]


def _told(plan: Plan, kind: ChangeKind) -> list[str]:
    """The changes of one kind, of many the first; what changed in the graph itself is one."""
    lines = []
    for change in plan.changes:
        if change.kind is kind:
            is_graph = change is plan.changes[0]
            name = f"graph {change.name}" if is_graph else change.name
            said = [f"  {SIGNS[kind]} {name}  {kind}"]
            is_edited = not is_graph and change.name in plan.edited
            of_code = ("code edited",) if is_edited else ()
            details = (*change.details, *of_code)
            lines.append("\n".join([*said, *(f"      {detail}" for detail in details)]))
    return _folded(lines)


def _unchanged(plan: Plan) -> int:
    same = [c.name for c in plan.changes[1:] if c.kind is ChangeKind.UNCHANGED]
    return sum(name not in plan.edited for name in same)


def _folded(lines: list[str]) -> list[str]:
    if len(lines) <= _MOST_LINES:
        return lines
    return [*lines[: _MOST_LINES - 1], f"    … and {len(lines) - _MOST_LINES + 1} more of these"]
