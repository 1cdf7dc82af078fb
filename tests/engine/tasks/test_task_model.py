"""Any order of statements about four tasks: what is accepted, and what tasks are then.

The model is a dict of tasks that knows what Snowflake's pages say of graphs, and nothing of how the
engine keeps them. It says whether a statement is accepted, not in which words it is refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from random import Random

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.tasks.defined import changes, checks

NAMES = "ABCD"
KINDS = (
    *("create", "create", "create", "clone", "add", "add", "add", "add"),
    *("remove", "remove", "remove", "schedule", "finalize", "unfinalize"),
    *("resume", "resume", "resume", "suspend", "suspend", "drop", "enable"),
)
#: Stories and statements in each: two and a half seconds of CPU, and a fifth of that where all of
#: the tests have to be quick.
STORIES, QUICK, STEPS = 60, 12, 30


@dataclass(frozen=True)
class Task:
    parents: tuple[str, ...] = ()
    finalizes: str | None = None
    scheduled: bool = False
    started: bool = False
    reason: str | None = None

    @property
    def is_root(self) -> bool:
        return not self.parents and self.finalizes is None

    def suspended(self, reason: str) -> Task:
        return replace(self, started=False, reason=reason) if self.started else self


class Refused(Exception):  # noqa: N818 - the model's word for it
    pass


class Model:
    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}

    def need(self, holds: bool) -> None:  # noqa: FBT001 - as `assert` reads
        if not holds:
            raise Refused

    def roots(self, name: str) -> set[str]:
        found, seen, waiting = set(), set(), [name]
        while waiting:
            each = waiting.pop()
            if each in seen or each not in self.tasks:
                continue
            seen.add(each)
            task = self.tasks[each]
            waiting += [*task.parents, *([task.finalizes] if task.finalizes else [])]
            found |= {each} if task.is_root else set()
        return found

    def children(self, name: str) -> list[str]:
        return [each for each, task in self.tasks.items() if name in task.parents]

    def finalizer(self, name: str) -> str | None:
        return next((e for e, task in self.tasks.items() if task.finalizes == name), None)

    def all_suspended(self, name: str, *, but: str = "") -> None:
        self.need(not any(self.tasks[each].started for each in self.roots(name) - {but}))

    def put(self, name: str, task: Task) -> None:
        """The task as it is to be, in the graph as it was before."""
        self.need(task.is_root or not task.scheduled)
        self.need(task.is_root or self.finalizer(name) is None)
        for parent in task.parents:
            is_itself = parent == name and name in self.tasks
            above = task if is_itself else self.tasks.get(parent)
            self.need(above is not None and above.finalizes is None)
            self.all_suspended(parent)
        if task.finalizes is not None:
            root = self.tasks.get(task.finalizes)
            self.need(root is not None and root.is_root and task.finalizes != name)
            self.need(not task.parents and not self.children(name) and not root.started)
            self.need(self.finalizer(task.finalizes) in (None, name))
        self.tasks = {**self.tasks, name: task}

    def new(self, name: str, task: Task, mode: str) -> None:
        if name in self.tasks and mode == "IF NOT EXISTS":
            return
        if name in self.tasks:
            self.need(mode == "OR REPLACE")
            self.all_suspended(name, but=name)
        self.put(name, task)

    def changed(self, name: str, **said: object) -> None:
        self.need(name in self.tasks)
        self.all_suspended(name)
        self.put(name, replace(self.tasks[name], **said))

    def runnable(self, root: str) -> list[str]:
        """The tasks of a graph that may run: one root above each, and no cycle."""
        below, waiting = [root], [root]
        while waiting:
            fresh = [each for each in self.children(waiting.pop()) if each not in below]
            below += fresh
            waiting += fresh
        done: set[str] = set()
        while rest := [each for each in below if each not in done]:
            ready = [each for each in rest if set(self.tasks[each].parents) <= done]
            self.need(bool(ready))
            done |= set(ready)
        return below

    # statements

    def create(self, name: str, mode: str, task: Task) -> None:
        self.new(name, task, mode)

    def clone(self, name: str, source: str) -> None:
        self.need(source in self.tasks)
        kept = replace(self.tasks[source], finalizes=None, started=False, reason=None)
        self.new(name, kept, "")

    def add(self, name: str, parent: str) -> None:
        self.need(name in self.tasks)
        parents = self.tasks[name].parents
        self.changed(name, parents=parents if parent in parents else (*parents, parent))

    def remove(self, name: str, parent: str) -> None:
        self.need(name in self.tasks and parent in self.tasks[name].parents)
        self.all_suspended(name)
        self.put(name, self.without(self.tasks[name], parent))

    def without(self, task: Task, parent: str) -> Task:
        left = replace(task, parents=tuple(each for each in task.parents if each != parent))
        return left if left.parents else left.suspended("CHILD_BECAME_ROOT")

    def schedule(self, name: str, *, scheduled: bool) -> None:
        self.changed(name, scheduled=scheduled)

    def finalize(self, name: str, root: str) -> None:
        self.changed(name, finalizes=root)

    def unfinalize(self, name: str) -> None:
        self.need(name in self.tasks)
        self.all_suspended(name)
        task = self.tasks[name]
        if task.finalizes is not None:
            self.put(name, replace(task.suspended("FINALIZER_BECAME_ROOT"), finalizes=None))

    def resume(self, name: str) -> None:
        self.need(name in self.tasks)
        if self.tasks[name].is_root:
            self.runnable(name)
        else:
            self.need(bool(self.roots(name)))
            self.all_suspended(name)
        self.tasks[name] = replace(self.tasks[name], started=True)

    def suspend(self, name: str) -> None:
        self.need(name in self.tasks)
        self.all_suspended(name, but=name)
        self.tasks[name] = self.tasks[name].suspended("USER_SUSPENDED")

    def drop(self, name: str) -> None:
        self.need(name in self.tasks)
        is_alone = self.tasks[name].is_root and not self.children(name)
        if not is_alone or self.finalizer(name) is not None:
            self.all_suspended(name)
        finalizer = self.finalizer(name)
        for child in self.children(name):
            self.tasks[child] = self.without(self.tasks[child], name)
        if finalizer is not None:
            freed = self.tasks[finalizer].suspended("FINALIZER_BECAME_ROOT")
            self.tasks[finalizer] = replace(freed, finalizes=None)
        del self.tasks[name]

    def enable(self, name: str) -> None:
        self.need(name in self.tasks)
        self.need(bool(self.roots(name)))
        for root in self.roots(name):
            finalizer = self.finalizer(root)
            members = [*self.runnable(root), *([finalizer] if finalizer else [])]
            stopped = [each for each in members if not self.tasks[each].started]
            self.need(not (stopped and self.tasks[root].started))
            for each in stopped:
                self.tasks[each] = replace(self.tasks[each], started=True)


def drawn(random: Random) -> tuple[str, str, tuple[object, ...], dict[str, object]]:
    """A statement, and what it is to the model."""
    name, other = random.choice(NAMES), random.choice(NAMES)
    kind = random.choice(KINDS)
    alter = f"ALTER TASK {name}"
    if kind == "create":
        mode = random.choice(("", "", "OR REPLACE", "IF NOT EXISTS"))
        parents = tuple(random.sample(NAMES, random.choice((0, 0, 1, 1, 2))))
        finalizes = random.choice((None, None, None, None, other))
        scheduled = random.random() < 0.2
        said = [
            f"CREATE {mode if mode == 'OR REPLACE' else ''} TASK",
            mode if mode == "IF NOT EXISTS" else "",
            name,
            "SCHEDULE = '9 h'" if scheduled else "",
            f"FINALIZE = {finalizes}" if finalizes else "",
            f"AFTER {', '.join(parents)}" if parents else "",
            "AS SELECT 1",
        ]
        task = Task(parents=parents, finalizes=finalizes, scheduled=scheduled)
        return " ".join(said), "create", (name, mode, task), {}
    if kind == "schedule":
        on = random.random() < 0.5
        text = f"{alter} SET SCHEDULE = '9 h'" if on else f"{alter} UNSET SCHEDULE"
        return text, kind, (name,), {"scheduled": on}
    texts = {
        "clone": (f"CREATE TASK {name} CLONE {other}", (name, other)),
        "add": (f"{alter} ADD AFTER {other}", (name, other)),
        "remove": (f"{alter} REMOVE AFTER {other}", (name, other)),
        "finalize": (f"{alter} SET FINALIZE = {other}", (name, other)),
        "unfinalize": (f"{alter} UNSET FINALIZE", (name,)),
        "resume": (f"{alter} RESUME", (name,)),
        "suspend": (f"{alter} SUSPEND", (name,)),
        "drop": (f"DROP TASK {name}", (name,)),
        "enable": (f"ENABLE {name}", (name,)),
    }
    text, arguments = texts[kind]
    return text, kind, arguments, {}


def shown(engine) -> dict[str, Task]:
    def short(full: str) -> str:
        return full.rpartition(".")[2]

    found = {}
    for row in engine.sql("SHOW TASKS"):
        relations = json.loads(row["task_relations"])
        root = relations.get("FinalizedRootTask")
        found[row["name"]] = Task(
            parents=tuple(short(each) for each in json.loads(row["predecessors"])),
            finalizes=short(root) if root else None,
            scheduled=row["schedule"] is not None,
            started=row["state"] == "started",
            reason=row["last_suspended_reason"],
        )
    return found


def tell(engine, seed: int) -> None:
    """One story, told to both; they agree after each statement."""
    random, model, told = Random(seed), Model(), []  # noqa: S311 - stories, no secrets
    for _ in range(STEPS):
        text, kind, arguments, said = drawn(random)
        told.append(text)
        before = dict(model.tasks)
        try:
            getattr(model, kind)(*arguments, **said)
            is_accepted = True
        except Refused:
            model.tasks, is_accepted = before, False
        try:
            if kind == "enable":
                engine.ask("SYSTEM$TASK_DEPENDENTS_ENABLE", arguments[0])
            else:
                engine.sql(text)
            refusal = ""
        except SqlError as problem:
            refusal = problem.message
        assert (refusal == "") == is_accepted, (seed, told, refusal)
        assert shown(engine) == model.tasks, (seed, told)
    for name in model.tasks:
        if model.tasks[name].is_root:
            engine.sql(f"ALTER TASK {name} SUSPEND")
    for name in model.tasks:
        engine.sql(f"DROP TASK {name}")


def tell_all(engine, seeds=range(STORIES)) -> None:
    for seed in seeds:
        tell(engine, seed)


@pytest.mark.parametrize(
    "seeds", [range(QUICK), pytest.param(range(QUICK, STORIES), marks=pytest.mark.slow)], ids=str
)
def test_every_order_of_statements_leaves_the_tasks_that_the_model_has(engine, seeds):
    tell_all(engine, seeds)


@pytest.mark.parametrize(
    ("room", "name", "fault"),
    [
        (checks, "check_suspended", lambda family, name, *, but_itself=False: None),
        (changes, "check_suspended", lambda family, name, *, but_itself=False: None),
        (changes, "without", lambda task, parent, now: replace(task, predecessors=())),
        (checks, "_check_root_only", lambda task: None),
    ],
    ids=["a graph of a started root", "its own root", "what becomes a root", "a child's schedule"],
)
def test_the_stories_find_a_planted_fault(engine, monkeypatch, room, name, fault):
    monkeypatch.setattr(room, name, fault)
    with pytest.raises(AssertionError):
        tell_all(engine)
