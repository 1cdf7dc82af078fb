"""Carry out a plan, step by step, and check that what is there then equals it.

A deploy that breaks off ends with the old graph as it was, or says what to type to go on; the
journal on the stage lets the next deploy, by whomever, complete this one.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sfdag_magics.client.code.deployed_code import (
    archive_path,
    graph_folder,
    listed_files,
    read_code,
    show_code,
    stage_location,
)
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.looked_ahead import LookedAhead
from sfdag_magics.client.deploying.clearing.old_runs import remove_old_runs
from sfdag_magics.client.deploying.clearing.outdated import remove_outdated
from sfdag_magics.client.deploying.difference import Change, ChangeKind, by_stored
from sfdag_magics.client.deploying.plan import Plan, Step
from sfdag_magics.client.deploying.refused_for import all_lacks_told
from sfdag_magics.client.deploying.still_so import (
    check_graph,
    check_nobody_was_faster,
    is_same,
    lies_there,
    looks_of,
)
from sfdag_magics.client.deploying.turns import Awaited, Turns
from sfdag_magics.client.deploying.undoing.left_there import code_version
from sfdag_magics.client.deploying.undoing.putting_back import put_back
from sfdag_magics.client.observing.deployed import (
    ALREADY_EXISTS,
    DeployedGraph,
    read_graph,
    show_graph,
)
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.displayed import Displayed, size_text
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.packages import package_name
from sfdag_magics.graph.times.cron import CronSchedule
from sfdag_magics.graph.times.schedule import parse_schedule
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import RUN_IT, to_type

#: What may be the name of a package in a message.
_WORD = re.compile(r"[A-Za-z][\w.-]*\w")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Deployed(Displayed):
    """What a deploy left behind; `graph` was read back.

    Attributes:
        removed: how many archives went that nothing runs any more.
    """

    graph: DeployedGraph
    plan: Plan
    removed: int = 0

    def __str__(self) -> str:
        names = listed(self.plan.left_alone)
        left = f"\n  left as deployed, not loaded here: {names}" if names else ""
        old = counted(self.removed, "archive")
        gone = f"\n  {old} of code that nothing runs any more removed" if self.removed else ""
        return self._line + left + gone

    def __repr__(self) -> str:
        return f"<{self._line}>"

    @property
    def _line(self) -> str:
        plan = self.plan
        changed = len([change for change in plan.touched if change.stored != plan.root.name])
        parts = [f"{changed} changed"] if changed else []
        parts += [f"code of {listed(plan.edited)}"] if plan.edited else []
        is_new = plan.before is None
        parts += (
            [f"graph {'; '.join(plan.root_changes)}"] if plan.root_changes and not is_new else []
        )
        nothing = "nothing changed" if plan.is_empty or plan.stops else "brought up to date"
        count = counted(len(self.graph.tasks), "task")
        what = ", ".join(parts or [nothing])
        return f"deployed: {count}, {what}{self._schedule()} · {plan.place}"

    def _schedule(self) -> str:
        if self.graph.schedule is None:
            return ""
        if not self.graph.is_started:
            return f", schedule off ({to_type('resume')} starts it)"
        schedule = parse_schedule(self.graph.schedule)
        if self.plan.is_empty and not isinstance(schedule, CronSchedule):
            return ", root started"  # an interval counts from a moment that was before this
        due = schedule.next_after(datetime.now(UTC))
        return f", root started, next run {due.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def apply(
    backend: Backend, plan: Plan, *, awaited: Awaited | None = None, insists: bool = False
) -> Deployed:
    """Do what the plan says, then read back and compare. Nobody else changes the graph meanwhile.

    Args:
        awaited: what has to be over first; looked at when nobody else can begin any more.
        insists: a deploy of another machine that the plan is to complete did break off.

    Raises:
        BackendError: somebody else deployed since the plan was made, a step failed, or what is
            there is not what was planned; says how to go on.
        ConnectError: the connection broke; deploying again completes it.
        OutdatedError: the plan remembered another graph than is there, and nothing was done.
    """
    if plan.is_empty:
        if plan.is_remembered:
            check_graph(backend, plan)
        return verified(LookedAhead(backend), plan)
    with (
        _lost_is_told(plan),
        all_lacks_told(backend, plan),
        _turn(backend, plan, awaited=awaited, insists=insists) as answers,
    ):
        _see_archive(backend, plan, answers)
        seen = _carry_out(backend, plan, plan.own_steps(), _looks_at_result(plan))
        try:
            done = verified(seen, plan)
            remove_old_runs(backend, plan)
            return replace(done, removed=remove_outdated(backend, plan, done.graph))
        finally:
            _end(backend, plan)


def _end(backend: Backend, plan: Plan) -> None:
    """Take the journals away. All is done: one that stays is completed by the next deploy."""
    try:
        backend.script([step.text for step in plan.last_steps()])
    except ConnectError:
        raise
    except BackendError:
        doing("deploying", "the note of it stays until the next deploy")


@contextlib.contextmanager
def _lost_is_told(plan: Plan) -> Iterator[None]:
    """Say of a connection that is lost on the way what may be left, and what completes it."""
    try:
        yield
    except ConnectError as error:
        raise _broken_off(plan, error, *_unsure(plan)) from error


def _unsure(plan: Plan) -> tuple[str, str]:
    """How a graph may be left where that cannot be looked at, and what to type."""
    left = f"graph {plan.graph} may be partly deployed"
    return left, f"{plan.command} goes on where this stopped"


@contextlib.contextmanager
def _turn(
    backend: Backend, plan: Plan, *, awaited: Awaited | None = None, insists: bool = False
) -> Iterator[LookedAhead]:
    """While inside, this plan alone is carried out, and it is still true.

    Yields:
        What was asked with the turn taken.
    """
    _carry_out(backend, plan, plan.first_steps())
    given_up = [journal.location for journal in plan.journals] if insists else []
    turn = Turns(backend, plan.graph, plan.stage).taken(
        plan.journal,
        given_up,
        awaited,
        files=plan.puts,
        looks=looks_of(plan),
        makes_graph=plan.makes_graph and not plan.resumes,
    )
    doing("deploying", _size_of(plan))
    with turn as answers:
        try:
            check_nobody_was_faster(backend, plan, answers)
        except BaseException:
            with contextlib.suppress(BackendError):
                backend.rows(plan.journal.withdraw)
            raise
        yield answers


def _see_archive(backend: Backend, plan: Plan, answers: LookedAhead) -> None:
    """Send an archive after all that lay there: another deploy may have taken it away.

    Raises:
        BackendError: nobody has it any more.
    """
    if plan.code is None or not (plan.changes_code and plan.has_archive):
        return
    files = listed_files(answers, plan.stage, graph_folder(plan.graph)) or ()
    if f"{plan.code.digest}.zip" in files:
        return
    if not plan.code.archive:
        backend.rows(plan.journal.withdraw)
        raise BackendError(
            f"the code of version {plan.back_to} was taken away meanwhile; nothing was changed",
            hint=str(to_type("rollback", list=True)),
        )
    path = archive_path(plan.graph, plan.code)
    backend.upload(plan.code.archive, stage_location(plan.stage, path))


def apply_code(backend: Backend, plan: Plan, *, awaited: Awaited | None = None) -> None:
    """Ship the code and nothing else: no task is altered, so a failed run can be retried.

    Args:
        awaited: as in `apply`.

    Raises:
        BackendError: somebody else shipped code since the plan was made, or a step failed.
    """
    # Another that shipped code alone and broke off left nothing to be started.
    done = tuple(each for each in plan.journals if not each.started and each.has_broken_off)
    if not plan.changes_code:
        if done:  # it came as far as that
            backend.script([journal.remove for journal in done])
        return
    version = code_version(plan, datetime.now(UTC))
    code_alone = replace(plan, changes=(), started=(), journals=done, version=version)
    with (
        _lost_is_told(plan),
        all_lacks_told(backend, plan),
        _turn(backend, code_alone, awaited=awaited) as answers,
    ):
        _see_archive(backend, code_alone, answers)
        _carry_out(backend, plan, plan.code_steps())
        _end(backend, code_alone)


def _carry_out(
    backend: Backend, plan: Plan, steps: list[Step], looks: Sequence[str] = ()
) -> LookedAhead:
    """Carry steps out; answers with what was asked behind them."""
    done, answers = 0, LookedAhead(backend)
    for batch in batches(steps, most=len(steps) if backend.is_embedded else 1):
        doing("deploying", _how_far(done, len(batch), len(steps)))
        done += len(batch)
        try:
            answers.carry_out([step.text for step in batch], looks)
        except ConnectError:
            raise
        except BackendError as error:
            if plan.makes_graph and error.code == ALREADY_EXISTS:  # its root: nothing is done yet
                backend.rows(plan.journal.withdraw)
                check_graph(backend, plan)
            try:
                left, hint = _what_is_left(backend, plan)
            except BackendError:  # it answers nothing any more
                left, hint = _unsure(plan)
            raise _broken_off(plan, error, left + _who_needs(plan, error), hint) from error
    return answers


def _who_needs(plan: Plan, error: BackendError) -> str:
    """The tasks behind a package that a refusal names: the procedure is all of theirs."""
    if plan.code is None:
        return ""
    words = {package_name(word) for word in _WORD.findall(error.message)}
    needed = [name for name in plan.code.users if name in words]
    return "".join(f"\n  {name} is needed by {plan.code.users_text(name)}" for name in needed)


def _size_of(plan: Plan) -> str:
    is_sent = plan.code is not None and plan.changes_code and not plan.has_archive
    size = len(plan.code.archive) if is_sent and plan.code is not None else 0
    return f"{size_text(size)} of code" if size else "taking its turn"


def _how_far(done: int, together: int, count: int) -> str:
    last = f" to {done + together}" if together > 1 else ""
    return f"statement {done + 1}{last} of {count}"


def batches(steps: Sequence[Step], *, most: int) -> Iterator[Sequence[Step]]:
    """Statements that travel together, in one request."""
    for start in range(0, len(steps), most or 1):
        yield steps[start : start + most]


def _what_is_left(backend: Backend, plan: Plan) -> tuple[str, str]:
    """How a refused statement leaves the graph, and what to do; the old graph is put back."""
    now = read_graph(backend, plan.root)
    undone = next((change.name for change in plan.touched if not _is_done(change, now)), None)
    correct = _correction(plan, undone)
    as_it_was = f"graph {plan.graph} is as it was"
    if plan.before is None:
        as_it_was = f"nothing of graph {plan.graph} is left there"
    if not plan.resumes and is_same(plan.before, now):
        backend.rows(plan.journal.withdraw)
        return as_it_was, correct
    if not lies_there(backend, plan.journal):
        return (
            f"somebody else is deploying graph {plan.graph} at the same time",
            f"{to_type('plan')}, once that has ended",
        )
    if not put_back(backend, plan, now):
        at = f" up to {undone}" if undone else ""
        left = f"graph {plan.graph} is partly deployed{at}, its schedule is off"
        return left, f"{correct}, which goes on where this stopped"
    return as_it_was, correct


def _correction(plan: Plan, refused: str | None) -> str:
    is_here = plan.back_to is None and refused in {change.name for change in plan.changes[1:]}
    if is_here:
        what = f"correct {refused}{RUN_IT} (or {to_type('forget', task=refused)})"
    else:
        what = "correct what was refused"
    return f"{what}, then {plan.command}"


def _is_done(change: Change, now: DeployedGraph | None) -> bool:
    if now is None or change.definition is None:
        return False
    found = by_stored(now).get(change.stored)
    mark = now.mark if change.stored == now.root.name else found.mark if found else {}
    return mark.get("hash") == change.definition.digest


def _broken_off(plan: Plan, error: BackendError, left: str, hint: str) -> BackendError:
    # Going on alone would stop at the same place: what is refused has to be granted first.
    if error.hint is not None and not isinstance(error, ConnectError):
        hint = f"{error.hint}; then {plan.command}"
    return type(error)(
        f"deploying broke off: {error.message}\n  {left}",
        code=error.code,
        sqlstate=error.sqlstate,
        query_id=error.query_id,
        hint=hint,
    )


def _looks_at_result(plan: Plan) -> list[str]:
    """What `verified` asks: where no task was touched, what the plan read is what is there."""
    shows = [show_graph(plan.root)] if plan.touched or plan.resumes or plan.stops else []
    return [*shows, *([show_code(plan.procedure)] if plan.changes_code else [])]


def verified(answers: LookedAhead, plan: Plan) -> Deployed:
    """What is deployed now, if that is what was planned.

    Args:
        answers: those of a look at it, as far as it was asked already.

    Raises:
        BackendError: it is not; names the difference.
    """
    doing("deploying", "checking what is there")
    alters = plan.touched or plan.resumes or plan.stops
    graph = read_graph(answers, plan.root) if alters else plan.before
    if graph is None:
        raise BackendError(f"graph {plan.graph} is not there", hint=str(plan.command))
    differences = _differences(graph, plan)
    if plan.changes_code and read_code(answers, plan.procedure).code_hash != _code_hash(plan):
        differences.append("the procedure runs other code")
    if differences:
        raise BackendError(
            f"graph {plan.graph} is not as planned; somebody else deployed it meanwhile?\n  "
            + "\n  ".join(differences),
            hint=str(plan.command),
        )
    return Deployed(graph=graph, plan=plan)


def _code_hash(plan: Plan) -> str | None:
    return plan.code.code_hash if plan.code else None


def _differences(graph: DeployedGraph, plan: Plan) -> list[str]:
    found = {task.stored: task for task in graph.tasks.values()}
    differences = []
    for change in plan.changes:
        if change.stored == plan.root.name:
            continue
        task = found.get(change.stored)
        if change.kind is ChangeKind.DROPPED:
            if task is not None:
                differences.append(f"{change.name} is still there")
        elif task is None:
            differences.append(f"{change.name} is not there")
        elif change.definition and task.mark.get("hash") != change.definition.digest:
            differences.append(f"{change.name} is defined differently")
        elif task.is_started != (change.stored in plan.started) and change.definition:
            differences.append(f"{change.name} is {'started' if task.is_started else 'suspended'}")
    if graph.is_started != (plan.root.name in plan.started) and not plan.is_empty:
        differences.append(f"the root is {'started' if graph.is_started else 'suspended'}")
    return differences
