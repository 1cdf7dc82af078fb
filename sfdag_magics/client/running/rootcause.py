"""Why a run failed: the first task that failed itself, where, and what it kept from running.

Knows snapshots and log lines; asks nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sfdag_magics.client.code.deployed_code import NOTED_SQL
from sfdag_magics.client.observing.frames import folded, without_services_words
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.observing.traces.logs import LogLine
from sfdag_magics.client.observing.versions import differing_packages
from sfdag_magics.client.running.cancelled import Cancelled
from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import DisplayState, state_word
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type

# The runtime names the notebook's own cell in tracebacks, as Python names a file; and the script
# that wrote a task by its name alone: files of packages have their folders in front.
_CELL = re.compile(r'File "((?:Cell|<cell)[^"]*)", line (\d+)')
_SCRIPT = re.compile(r'File "([^"/\\<>]+\.py)", line (\d+)')
_TAIL = 12
#: So much of a SQL task's text is shown.
_MOST_SQL = 300
#: So many times more or fewer rows are told.
_MUCH = 1.5
_TROUBLE = frozenset({DisplayState.FAILED, DisplayState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RootCause(Displayed):
    """The card: what failed first and what followed from it.

    Attributes:
        task: the task that is explained, else the first to fail; None where none failed.
        first: the first task that failed, where another one is explained.
        running: the tasks that run now, of a run that is still going.
        is_over: whether nothing of the run will change any more.
        place: the cell, or script, and line, such as `Cell [7] train, line 3`; None if unknown.
        reason: the last line of the error, which says what happened.
        others: tasks that failed by themselves as well, later.
        not_run: tasks that did not run because of it; None where that is not known.
        changes: what is known to be different from the last run that succeeded.
        code: what the task ran, where another code would run now.
        missed: what it had not that the notebook has, and what to do.
        interrupted: that the engine ended meanwhile, and what began again.
        grant: whom to ask for the privilege that it lacked; empty where it lacked none.
        empty: what succeeded and wrote no rows where it usually does, in lines.
        waits: why it does not run yet, of a task of a run that goes on.
        page: where Snowsight shows the query that ran it; empty on the embedded engine.
        sql: what it ran, of a SQL task whose definition is still that of the run.
        is_by_hand: whether a person said what became of the task.
        cancelled: who cancelled it and when, where a statement that did is known; else None.
    """

    run: str
    task: TaskRun | None
    place: str | None = None
    reason: str = ""
    logs: tuple[LogLine, ...] = ()
    others: tuple[str, ...] = ()
    not_run: tuple[str, ...] | None = ()
    changes: tuple[str, ...] = ()
    first: str | None = None
    running: tuple[str, ...] = ()
    is_over: bool = True
    code: str = ""
    missed: str = ""
    interrupted: str = ""
    grant: str = ""
    empty: tuple[str, ...] = ()
    waits: str = ""
    page: str = ""
    sql: str = ""
    is_by_hand: bool = False
    cancelled: Cancelled | None = None

    def __str__(self) -> str:
        after = [f"  {each}" for each in self.empty]
        after += [f"  {self.interrupted}"] if self.interrupted else []
        return "\n".join([*self._lines(), *after])

    def __repr__(self) -> str:
        return f"RootCause({self.run}: {self.task.name if self.task else 'nothing failed'})"

    def _lines(self) -> list[str]:
        if self.task is None:
            return [f"{self.run}: nothing failed{self._so_far()}"]
        if self.task.state not in _TROUBLE:
            return self._without_trouble(self.task)
        where = f" ({self.place})" if self.place else ""
        logs = to_type("logs", task=self.task.name)
        lines = [f"✕ {self.task.name} {self.task.state.word}{where}: {self._followed()}"]
        error = without_services_words(self.task.error_message or self.reason)
        lines += [f"  {line}" for line in folded(error).splitlines()]
        if folded(error) != error:
            lines.append(f"  the whole traceback: {logs}")
        lines += [f"  {self.cancelled}"] if self.cancelled else []
        lines += [f"  its SQL: {_in_short(self.sql)}"] if self.sql else []
        if self.missed:
            lines.append(f"  note: {self.missed}")
        if self.grant:
            lines.append(f"  {self.grant}")
        if self.others:
            lines.append(f"  failed as well: {listed(self.others)}")
        if self.task.shown:
            many = counted(self.task.shown, "thing")
            lines.append(f"  it shows {many}: {logs} names them")
        if self.logs:
            lines.append(f"  the last it printed and logged ({logs}):")
            lines += [f"    {line}" for line in self.logs]
        if self.code:
            lines.append(f"  {self.task.name} {self.code}")
        lines += [f"  changed since the last success: {change}" for change in self.changes]
        lines += [f"  in Snowsight: {self.page}"] if self.page else []
        return lines if self.is_over else [*lines, f"  {self.run} is still going{self._running()}"]

    def _so_far(self) -> str:
        return "" if self.is_over else f" so far; it is still going{self._running()}"

    def _running(self) -> str:
        return f": {', '.join(self.running)} running" if self.running else ""

    def _without_trouble(self, task: TaskRun) -> list[str]:
        """Of a task that did not fail: what became of it, and what failed instead."""
        word = state_word(task.state, is_by_hand=self.is_by_hand)
        line = f"{task.state.glyph} {task.name} {word} in {self.run}"
        if task.state is DisplayState.BLOCKED and self.first:
            return [f"{line}: {self.first} failed ({to_type('why', task=self.first)})"]
        line += f": {self.waits}" if self.waits else ""
        lines = [line, *([f"  it returned {task.return_value}"] if task.return_value else [])]
        failed = f"the first that failed is {self.first}: {to_type('why', task=self.first)}"
        return [*lines, f"  {failed}" if self.first else f"  nothing failed{self._so_far()}"]

    def _followed(self) -> str:
        if self.not_run is None:
            return "what it kept from running is not known, for the graph is gone"
        if not self.not_run:
            return "nothing else was kept from running"
        count = len(self.not_run)
        were = "other was" if count == 1 else "others were"
        return f"{count} {were} not run because of it ({listed(self.not_run)})"


def first_failure(snapshot: RunSnapshot, task: str | None = None) -> TaskRun | None:
    """The task to explain: the one that is named, else the first that failed itself."""
    if task is not None:
        return snapshot.tasks[task]
    failed = [run for run in snapshot.failed if run.state is DisplayState.FAILED]
    return next(iter(failed or snapshot.failed), None)


def root_cause(
    snapshot: RunSnapshot,
    failed: TaskRun | None,
    logs: Sequence[LogLine],
    changes: Sequence[str] = (),
) -> RootCause:
    """The card for one attempt; `logs` are those of `failed`."""
    running = [t.name for t in snapshot.tasks.values() if t.state is DisplayState.RUNNING]
    if failed is None:
        return RootCause(
            run=f"{snapshot.label} {snapshot.note}".rstrip(),
            task=None,
            running=tuple(running),
            is_over=snapshot.is_over,
            interrupted=snapshot.interrupted,
        )
    first = first_failure(snapshot)
    return RootCause(
        run=snapshot.label,
        task=failed,
        place=place_of(failed.error_message or ""),
        reason=without_services_words(failed.error_message or "").rpartition("\n")[2],
        logs=tuple([line for line in logs if not line.is_crash][-_TAIL:]),
        others=tuple(other.name for other in snapshot.failed if other.name != failed.name),
        not_run=_not_run_because_of(snapshot, failed.name) if snapshot.is_whole else None,
        changes=tuple(changes),
        is_by_hand=failed.name in snapshot.by_hand,
        first=first.name if first is not None and first.name != failed.name else None,
        running=tuple(running),
        is_over=snapshot.is_over,
        interrupted=snapshot.interrupted,
    )


def place_of(message: str) -> str | None:
    """The innermost frame of the notebook or script in a traceback: `Cell [7] train, line 3`."""
    frames = _CELL.findall(message) or _SCRIPT.findall(message)
    return f"{frames[-1][0]}, line {frames[-1][1]}" if frames else None


def _in_short(sql: str) -> str:
    line = " ".join(sql.split())
    return line if len(line) <= _MOST_SQL else f"{line[:_MOST_SQL]}…"


def changes_since(
    success: RunSnapshot | None, now: RunSnapshot, failed: str = "", *, looked_through: int = 0
) -> tuple[str, ...]:
    """What is known to be different from the last run that succeeded.

    Args:
        looked_through: so many runs before it were asked for a success, where there may be more.
        failed: the task that is explained: its rows and those of what stands above it are compared.
    """
    if success is None and looked_through:
        return (f"not known, for none of the {looked_through} runs before it succeeded",)
    if success is None:
        return ("no run of this graph has succeeded yet",)
    keys = dict.fromkeys((*success.config, *now.config))
    found = [
        f"config {key}: {_shown(success.config, key)} → {_shown(now.config, key)}"
        for key in keys
        if _shown(success.config, key) != _shown(now.config, key)
    ]
    edited = [name for name in now.code if _is_edited(name, success, now)]
    if success.code and edited:
        found += _told_edits(edited, now.code)
    found += _told_packages(success, now)
    found += _told_rows(success, now, failed)
    return tuple(found) or (f"nothing that is known of ({success.label})",)


def _is_edited(name: str, success: RunSnapshot, now: RunSnapshot) -> bool:
    """Where nobody knows what it ran then, or only others ran, nothing is said of a task."""
    then = success.code.get(name)
    if then is None and (name in success.tasks or success.lineage is not None):
        return False
    return then != now.code[name]


def _told_packages(success: RunSnapshot, now: RunSnapshot) -> list[str]:
    if success.packages is None or now.packages is None:
        return []
    differing = [*differing_packages(success.packages, now.packages)]
    found = [f"{name} {then} → {after}" for name, then, after in differing if then and after]
    found += [f"+ {name} {after}" for name, then, after in differing if then is None]
    found += [f"- {name} {then}" for name, then, after in differing if after is None]
    return [f"packages: {listed(found)}"] if found else []


def _told_edits(edited: Sequence[str], code: Mapping[str, str]) -> list[str]:
    sql = [name for name in edited if str(code[name]).startswith(NOTED_SQL)]
    python = [name for name in edited if name not in sql]
    told = {"code": python, "SQL": sql}
    return [f"{what} of {listed(names)}" for what, names in told.items() if names]


def _told_rows(success: RunSnapshot, now: RunSnapshot, failed: str) -> Iterator[str]:
    """What the tasks above one wrote and it read, where that is much more or less than it was."""
    for name in [*_above(now, failed), failed]:
        before, after = success.tasks.get(name), now.tasks.get(name)
        if before is None or before.rows is None or after is None or after.rows is None:
            continue
        if name != failed and _is_much(before.rows.written, after.rows.written):
            yield f"rows that {name} wrote: {before.rows.written:,} → {after.rows.written:,}"
        # One that had read nothing yet says nothing of what there was to read.
        if name == failed and after.rows.read and _is_much(before.rows.read, after.rows.read):
            until = f"until it {after.state.word}"
            yield f"rows that {name} read {until}: {before.rows.read:,} → {after.rows.read:,}"


def _is_much(was: int, by_now: int) -> bool:
    return was != by_now and not was / _MUCH < by_now < was * _MUCH


def _above(seen: RunSnapshot, task: str) -> list[str]:
    """The tasks above one, in topological order."""
    above = {*seen.tasks[task].predecessors} if task in seen.tasks else set()
    for name in reversed([*seen.tasks]):
        if name in above:
            above |= {*seen.tasks[name].predecessors}
    return [name for name in seen.tasks if name in above]


def _shown(config: Mapping[str, Any], key: str) -> str:
    return repr(config[key]) if key in config else "not set"


def _not_run_because_of(snapshot: RunSnapshot, failed: str) -> tuple[str, ...]:
    below = {failed}
    for name, task in snapshot.tasks.items():  # topological order: one pass reaches everything
        if below & set(task.predecessors):
            below.add(name)
    return tuple(
        name
        for name in snapshot.tasks
        if name in below - {failed} and snapshot.tasks[name].state is DisplayState.BLOCKED
    )
