"""Carry out a plan, step by step, and check that what is there then equals it.

A deploy that breaks off ends with the old graph as it was, or says what to type to go on; the
journal on the stage lets the next deploy, by whomever, complete this one.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sfdag_magics.client.code.deployed_code import graph_folder, listed_files, read_code
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.deploying.difference import Change, ChangeKind, by_stored
from sfdag_magics.client.deploying.journal import Journal
from sfdag_magics.client.deploying.outdated import remove_outdated
from sfdag_magics.client.deploying.plan import Plan, Step
from sfdag_magics.client.deploying.putting_back import put_back
from sfdag_magics.client.deploying.turns import Awaited, Turns
from sfdag_magics.client.observing.deployed import NOTED_OPTIONS, DeployedGraph, read_graph
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.packages import package_name
from sfdag_magics.graph.times.schedule import parse_schedule
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import RUN_IT, to_type
from sfdag_magics.sqltext import tokenize

#: What may be the name of a package in a message.
_WORD = re.compile(r"[A-Za-z][\w.-]*\w")
#: Statements of one request to the embedded engine; each takes milliseconds, or some tens of them.
_TOGETHER = 20


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
        due = parse_schedule(self.graph.schedule).next_after(datetime.now(UTC))
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
    """
    if plan.is_empty:
        return verified(backend, plan)
    with _turn(backend, plan, awaited=awaited, insists=insists):
        plan = _as_it_lies_there(backend, plan)
        _carry_out(backend, plan, plan.own_steps())
        try:
            done = verified(backend, plan)
            return replace(done, removed=remove_outdated(backend, plan, done.graph))
        finally:
            for journal in (plan.journal, *plan.journals):
                backend.rows(journal.remove)


@contextlib.contextmanager
def _turn(
    backend: Backend, plan: Plan, *, awaited: Awaited | None = None, insists: bool = False
) -> Iterator[None]:
    """While inside, this plan alone is carried out, and it is still true."""
    _carry_out(backend, plan, plan.first_steps())
    given_up = [journal.location for journal in plan.journals] if insists else []
    with Turns(backend, plan.graph, plan.stage).taken(plan.journal, given_up, awaited):
        try:
            _check_nobody_was_faster(backend, plan)
        except BaseException:
            with contextlib.suppress(BackendError):
                backend.rows(plan.journal.remove)
            raise
        yield


def _as_it_lies_there(backend: Backend, plan: Plan) -> Plan:
    """The plan, where it ships an archive that lay there: another deploy may have taken it away."""
    if plan.code is None or not (plan.changes_code and plan.has_archive):
        return plan
    files = listed_files(backend, plan.stage, graph_folder(plan.graph)) or ()
    return replace(plan, has_archive=f"{plan.code.digest}.zip" in files)


def _check_nobody_was_faster(backend: Backend, plan: Plan) -> None:
    """Refuse a plan that was made from what is no longer there."""
    for journal in plan.journals:
        if not _lies_there(backend, journal):
            raise _overtaken(f"graph {plan.graph}", [f"{journal.who} has ended a deploy"])
    if plan.touched or plan.stops:
        now = read_graph(backend, plan.root)
        if not _same(plan.before, now):
            raise _overtaken(f"graph {plan.graph}", _different(plan.before, now))
    if plan.changes_code:
        code = read_code(backend, plan.procedure)
        if code != plan.before_code:
            was, now_is = plan.before_code.tasks, code.tasks
            edited = [name for name in {**was, **now_is} if was.get(name) != now_is.get(name)]
            raise _overtaken(f"the code of graph {plan.graph}", edited or ["its packages"])


def _overtaken(what: str, names: list[str]) -> BackendError:
    return BackendError(
        f"{what} was changed by somebody else since it was planned: {listed(names)}; "
        "nothing of yours was deployed",
        hint=f"{to_type('plan')} shows what differs now; the same again deploys yours beside it",
    )


def _same(before: DeployedGraph | None, now: DeployedGraph | None) -> bool:
    """Whether both are the same, but for what was asked for beside SHOW TASKS."""
    if before is not None and now is not None and NOTED_OPTIONS not in now.mark:
        mark = {key: said for key, said in before.mark.items() if key != NOTED_OPTIONS}
        return replace(before, mark=mark) == now
    return before == now


def _different(before: DeployedGraph | None, now: DeployedGraph | None) -> list[str]:
    tasks = [graph.tasks if graph else {} for graph in (before, now)]
    names = dict.fromkeys((*tasks[0], *tasks[1]))
    found = [name for name in names if tasks[0].get(name) != tasks[1].get(name)]
    return found or ["its root"]


def apply_code(backend: Backend, plan: Plan, *, awaited: Awaited | None = None) -> None:
    """Ship the code and nothing else: no task is altered, so a failed run can be retried.

    Args:
        awaited: as in `apply`.

    Raises:
        BackendError: somebody else shipped code since the plan was made, or a step failed.
    """
    if not plan.changes_code:
        return
    code_alone = replace(plan, changes=(), started=(), journals=())
    with _turn(backend, code_alone, awaited=awaited):
        plan = _as_it_lies_there(backend, plan)
        _carry_out(backend, plan, plan.code_steps())
        backend.rows(code_alone.journal.remove)


def _carry_out(backend: Backend, plan: Plan, steps: list[Step]) -> None:
    count = sum(step.content is None for step in steps)
    done = 0
    for batch in _batches(steps, most=_TOGETHER if backend.is_embedded else 1):
        doing("deploying", _how_far(batch, done, count))
        done += sum(step.content is None for step in batch)
        try:
            if batch[0].content is not None:
                backend.upload(batch[0].content, batch[0].text)
            elif len(batch) == 1:
                backend.rows(batch[0].text)
            else:
                backend.script([step.text for step in batch])
        except ConnectError as error:
            left = f"graph {plan.graph} may be partly deployed"
            hint = f"{to_type('deploy')} goes on where this stopped"
            raise _broken_off(error, left, hint) from error
        except BackendError as error:
            left, hint = _what_is_left(backend, plan)
            raise _broken_off(error, left + _who_needs(plan, error), hint) from error


def _who_needs(plan: Plan, error: BackendError) -> str:
    """The tasks behind a package that a refusal names: the procedure is all of theirs."""
    if plan.code is None:
        return ""
    words = {package_name(word) for word in _WORD.findall(error.message)}
    needed = [name for name in plan.code.users if name in words]
    return "".join(f"\n  {name} is needed by {plan.code.users_text(name)}" for name in needed)


def _how_far(batch: list[Step], done: int, count: int) -> str:
    content = batch[0].content
    if content is not None:
        return f"{math.ceil(len(content) / 1024)} kB of code"
    last = f" to {done + len(batch)}" if len(batch) > 1 else ""
    return f"statement {done + 1}{last} of {count}"


def _batches(steps: list[Step], *, most: int) -> Iterator[list[Step]]:
    """Steps that travel together: statements in one request, but files and blocks alone.

    A request has so few that whoever waits sees them go on. How a service splits a script with a
    Scripting block in it is not documented.
    """
    batch: list[Step] = []
    for step in steps:
        if step.content is None and not _has_semicolon(step.text):
            batch.append(step)
            if len(batch) == most:
                yield batch
                batch = []
            continue
        if batch:
            yield batch
        yield [step]
        batch = []
    if batch:
        yield batch


def _has_semicolon(statement: str) -> bool:
    return any(token.text == ";" for token in tokenize(statement))


def _what_is_left(backend: Backend, plan: Plan) -> tuple[str, str]:
    """How a refused statement leaves the graph, and what to do; the old graph is put back."""
    now = read_graph(backend, plan.root)
    undone = next((change.name for change in plan.touched if not _is_done(change, now)), None)
    correct = _correction(plan, undone)
    as_it_was = f"graph {plan.graph} is as it was"
    if plan.before is None:
        as_it_was = f"nothing of graph {plan.graph} is left there"
    if not plan.resumes and _same(plan.before, now):
        backend.rows(plan.journal.remove)
        return as_it_was, correct
    if not _lies_there(backend, plan.journal):
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
    if refused in {change.name for change in plan.changes[1:]}:
        what = f"correct {refused}{RUN_IT} (or {to_type('forget', task=refused)})"
    else:
        what = "correct what was refused"
    return f"{what}, then {to_type('deploy')}"


def _lies_there(backend: Backend, journal: Journal) -> bool:
    """Whether a journal is still there: who completes a deploy for another removes it."""
    try:
        return bool(backend.download(journal.location))
    except ConnectError:
        raise
    except BackendError:
        return False


def _is_done(change: Change, now: DeployedGraph | None) -> bool:
    if now is None or change.definition is None:
        return False
    found = by_stored(now).get(change.stored)
    mark = now.mark if change.stored == now.root.name else found.mark if found else {}
    return mark.get("hash") == change.definition.digest


def _broken_off(error: BackendError, left: str, hint: str) -> BackendError:
    # Going on alone would stop at the same place: what is refused has to be granted first.
    if error.hint is not None and not isinstance(error, ConnectError):
        hint = f"{error.hint}; then {to_type('deploy')}"
    return type(error)(
        f"deploying broke off: {error.message}\n  {left}",
        code=error.code,
        sqlstate=error.sqlstate,
        query_id=error.query_id,
        hint=hint,
    )


def verified(backend: Backend, plan: Plan) -> Deployed:
    """What is deployed now, if that is what was planned.

    Raises:
        BackendError: it is not; names the difference.
    """
    doing("deploying", "checking what is there")
    # Where no task was touched, what the plan read is what is there.
    alters = plan.touched or plan.resumes or plan.stops
    graph = read_graph(backend, plan.root) if alters else plan.before
    if graph is None:
        raise BackendError(f"graph {plan.graph} is not there", hint=to_type("deploy"))
    differences = _differences(graph, plan)
    if plan.changes_code and read_code(backend, plan.procedure).code_hash != _code_hash(plan):
        differences.append("the procedure runs other code")
    if differences:
        raise BackendError(
            f"graph {plan.graph} is not as planned; somebody else deployed it meanwhile?\n  "
            + "\n  ".join(differences),
            hint=to_type("deploy"),
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
