"""From the tasks of a source to graphs as they are here. Pure.

A graph here has a root without a body, and tasks that are called `GRAPH$TASK`. Where the source's
root does something, that becomes a task of its own, above those that were right below the root.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from sfdag_magics.client.deploying.task_statements import TASK_TIMEOUT
from sfdag_magics.client.importing.conditions import Chosen, chosen, renamed, tasks_named
from sfdag_magics.client.importing.families import Family, families
from sfdag_magics.client.importing.found import Findings, FoundTask
from sfdag_magics.client.importing.naming import name_here
from sfdag_magics.client.observing.deployed import (
    NOTED_GROUP,
    NOTED_OPTIONS,
    split_comment,
)
from sfdag_magics.errors import InputError
from sfdag_magics.graph.grammar.clauses import contact_list, tag_list
from sfdag_magics.graph.maps import of_element
from sfdag_magics.graph.model import (
    GraphOptions,
    Task,
    TaskGraph,
    TaskOptions,
    python_task,
    sql_task,
    task_function,
)
from sfdag_magics.graph.names import deployed_name, key_of
from sfdag_magics.graph.rules import MAX_TIMEOUT_MS
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, TokenKind, sql_identifier, tokenize

#: What a root's body says that does nothing: a value, or the time.
_IDLE = (TokenKind.STRING, TokenKind.NUMBER, TokenKind.DOLLAR_STRING)
_IDLE_WORDS = frozenset({"NULL", "TRUE", "FALSE", "CURRENT_TIMESTAMP", "CURRENT_DATE"})
_OF_ROOTS = (
    *("warehouse", "schedule", "config", "overlap_policy", "user_task_timeout_ms"),
    *("suspend_task_after_num_failures", "task_auto_retry_attempts", "comment"),
)
_OF_TASKS = (
    *("warehouse", "user_task_managed_initial_warehouse_size", "user_task_timeout_ms"),
    *("comment", "finalize"),
)


def assembled(tasks: Iterable[FoundTask], findings: Findings) -> Iterator[TaskGraph]:
    """The graphs that tasks are, each with what is said of it among the findings."""
    names: list[str] = []
    for family in families(tasks, findings):
        graph = _Assembly(family, findings, names).graph()
        names.append(graph.name)
        yield graph


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A task of the source and what it is called here."""

    found: FoundTask
    name: str
    chosen: Chosen


class _Assembly:
    """One graph on its way."""

    def __init__(self, family: Family, findings: Findings, taken: Iterable[str]) -> None:
        self._family = family
        self._findings = findings
        root = family.root
        self._comment, self._mark = split_comment(root.properties.comment or "")
        self._name = name_here(str(self._mark.get("name", root.spelled)), taken)
        self._noted(self._name, root, "graph")
        self._is_idle = bool(family.others) and is_idle(root)
        self._named = self._names()
        here = {each.found.name.name: each.name for each in self._named.values()}
        self._here = {stored: deployed_name(self._name, name) for stored, name in here.items()}
        self._branches = self._found_branches()

    def graph(self) -> TaskGraph:
        """The graph with all tasks that can be made."""
        graph = TaskGraph(self._name)
        for named in self._named.values():
            try:
                graph.add(self._task(named))
            except InputError as error:
                self._findings.problem(error.message, named.found.line)
        try:
            graph.options = self._options(graph)
        except InputError as error:
            self._findings.problem(f"graph {self._name}: {error.message}", self._family.root.line)
        self._say_of_starts()
        return graph

    def _names(self) -> dict[QualifiedName, _Named]:
        found: dict[QualifiedName, _Named] = {}
        tasks = self._family.others if self._is_idle else (self._family.root, *self._family.others)
        prefix = f"{self._family.root.name.name}$"
        for task in tasks:
            mark = split_comment(task.properties.comment or "")[1]
            spelled = task.spelled
            if spelled.upper().startswith(prefix.upper()):
                spelled = spelled[len(prefix) :]
            said = chosen(task.condition)
            answer = next(iter(said.answers.values()), spelled)
            if key_of(answer) == key_of(spelled):
                spelled = answer
            name = name_here(str(mark.get("name", spelled)), (n.name for n in found.values()))
            self._noted(name, task, "task")
            found[task.name] = _Named(found=task, name=name, chosen=said)
        return found

    def _noted(self, name: str, task: FoundTask, kind: str) -> None:
        if key_of(name) not in (key_of(task.spelled), task.name.name.rpartition("$")[2].upper()):
            self._findings.note(f"{kind} {task.name.sql()} is called {name} here", task.line)

    def _above(self, task: FoundTask) -> tuple[str, ...]:
        """The names of the tasks above: of what stood right below the root, the root's own."""
        above = tuple(self._named[name].name for name in self._family.above[task.name])
        is_root = task is self._family.root
        if above or self._is_idle or is_root or task.properties.finalize is not None:
            return above
        return (self._named[self._family.root.name].name,)

    def _found_branches(self) -> frozenset[str]:
        """The names of the tasks whose answer names each task that is right below."""
        below: dict[str, list[_Named]] = {}
        for named in self._named.values():
            for above in self._above(named.found):
                below.setdefault(above, []).append(named)
        found = {each.name for each in self._named.values() if each.found.branch}
        stored = {each.name: each.found.name.name for each in self._named.values()}
        for name, tasks in below.items():
            if all(each.chosen.answers.get(stored[name]) == each.name for each in tasks):
                found.add(name)
            else:
                found.discard(name)
        return frozenset(found)

    def _when(self, named: _Named) -> str | None:
        """The condition beside what branches choose."""
        above = self._above(named.found)
        stored = {
            self._named[name].found.name.name for name in self._family.above[named.found.name]
        }
        by_branch = {s for s in named.chosen.answers if s in stored and self._spelled(s) in above}
        if named.chosen.answers and by_branch == set(named.chosen.answers):
            if all(self._spelled(each) in self._branches for each in by_branch):
                own = named.chosen.rest
            else:
                own = named.found.condition
        else:
            own = named.found.condition
        own = own and renamed(own, self._here)
        inherited = self._roots_condition() if self._is_idle and not above else None
        if inherited and named.found.properties.finalize is None:
            return f"({inherited}) and ({own})" if own else inherited
        return own

    def _roots_condition(self) -> str | None:
        return self._family.root.condition

    def _spelled(self, stored: str) -> str:
        return next((e.name for e in self._named.values() if e.found.name.name == stored), "")

    def _task(self, named: _Named) -> Task:
        found, options = named.found, self._task_options(named)
        self._say_left(named)
        if found.code is None:
            self._say_of_names(named)
            return sql_task(named.name, renamed(found.body, self._here), **options)
        source = task_function(found.code.text, cell=f"task {named.name}", task=named.name)
        task = python_task(source, named.name, **options)
        element = found.code.element
        return task if element is None else of_element(task, element)

    def _task_options(self, named: _Named) -> TaskOptions:
        found, said = named.found, named.found.properties
        is_root = found is self._family.root
        of_graph = self._family.root.properties.warehouse
        comment, mark = split_comment(said.comment or "")
        options: dict[str, Any] = {
            "group": mark.get(NOTED_GROUP),
            "after": self._above(found),
            "branch": named.name in self._branches,
            "finalizer": said.finalize is not None,
            "when": self._when(named),
            "packages": found.packages,
            "serverless": said.user_task_managed_initial_warehouse_size,
        }
        if not is_root:
            options["comment"] = comment or None
            options["timeout"] = self._timeout(said.user_task_timeout_ms)
            if said.warehouse is not None and said.warehouse != of_graph:
                options["warehouse"] = sql_identifier(said.warehouse)
        if said.warehouse is None and of_graph is not None and not options["serverless"]:
            self._findings.left(
                f"task {named.name}: that it runs serverless, of no size", found.line
            )
        return cast(TaskOptions, {**options, **found.more})

    def _timeout(self, milliseconds: int | None) -> timedelta | None:
        """A task's own timeout; what the graph says of all tasks is said there."""
        of_all = self._noted_options().get(TASK_TIMEOUT)
        if milliseconds is None or milliseconds == of_all:
            return None
        return timedelta(milliseconds=milliseconds or MAX_TIMEOUT_MS)

    def _noted_options(self) -> Mapping[str, Any]:
        noted = self._mark.get(NOTED_OPTIONS)
        return noted if isinstance(noted, dict) else {}

    def _options(self, graph: TaskGraph) -> GraphOptions:
        said = self._family.root.properties
        of_all = self._noted_options().get(TASK_TIMEOUT)
        return GraphOptions(
            schedule=said.schedule,
            warehouse=sql_identifier(said.warehouse) if said.warehouse else None,
            config=self._config(graph),
            overlap=said.overlap_policy,
            timeout=timedelta(milliseconds=of_all) if of_all else None,
            graph_timeout=self._graph_timeout(said.user_task_timeout_ms),
            auto_retry=said.task_auto_retry_attempts,
            suspend_after=said.suspend_task_after_num_failures,
            comment=self._comment or None,
            packages=self._family.root.packages if self._is_idle else (),
        )

    def _graph_timeout(self, milliseconds: int | None) -> timedelta | None:
        if milliseconds is None:
            return None
        return timedelta(milliseconds=milliseconds or MAX_TIMEOUT_MS)

    def _config(self, graph: TaskGraph) -> dict[str, object]:
        """The configuration; keys that no task declares are insisted on."""
        text = self._family.root.properties.config
        said: dict[str, object] = json.loads(text) if text else {}
        declared = {key.name for task in graph.tasks for key in task.config_keys}
        return {key if key in declared else f"+{key}": value for key, value in said.items()}

    def _say_left(self, named: _Named) -> None:
        found = named.found
        is_root = found is self._family.root
        self._say_properties(f"task {named.name}", found, _OF_ROOTS if is_root else _OF_TASKS)
        if is_root and found.condition:
            self._findings.note(
                f"task {named.name}: it had the root's WHEN; a run begins all the same here, and "
                "its tasks are skipped",
                found.line,
            )

    def _say_properties(self, named: str, found: FoundTask, carried: tuple[str, ...]) -> None:
        nothing: dict[str, Any] = dict.fromkeys(carried)
        said = replace(found.properties, **nothing)
        if "user_task_managed_initial_warehouse_size" not in carried and not self._is_idle:
            said = replace(said, user_task_managed_initial_warehouse_size=None)
        lines = [*said.to_sql(), *found.left]
        lines += [f"CONTACT {each}" for each in contact_list(said.contacts or {})]
        lines += [f"TAG {tag_list((tag,))}" for tag in found.tags]
        for line in lines:
            self._findings.left(f"{named}: {line}", found.line)

    def _say_of_names(self, named: _Named) -> None:
        stored = {each.found.name.name: each.name for each in self._named.values()}
        for name in tasks_named(named.found.body):
            if name in stored:
                here = self._here[name]
                self._findings.problem(
                    f"task {named.name}: its SQL acts on task {name}, which is {here} here",
                    named.found.line,
                )

    def _say_of_starts(self) -> None:
        root = self._family.root
        if self._is_idle:
            self._say_properties(f"graph {self._name}", root, _OF_ROOTS)
            if root.condition:
                self._findings.note(
                    f"graph {self._name}: the root's WHEN is that of each first task; a run begins "
                    "all the same here, and they are skipped",
                    root.line,
                )
        if root.condition and root.properties.schedule is None:
            self._findings.left(
                f"graph {self._name}: that data starts it: it has no SCHEDULE, and its WHEN does",
                root.line,
            )
        for named in self._named.values():
            if named.found.is_started is False and named.found is not root:
                self._findings.note(
                    f"task {named.name} is not resumed there, so it does not run there; here it "
                    "does",
                    named.found.line,
                )
        if root.is_started is False and root.properties.schedule:
            self._findings.note(
                f"graph {self._name}: its schedule is not resumed there; a deploy here starts it, "
                "unless with --suspended",
                root.line,
            )


def is_idle(root: FoundTask) -> bool:
    """Whether a root does nothing: it selects one value."""
    if root.code is not None:
        return False
    words = tokenize(root.body)
    if not words or words[0].word != "SELECT" or len(words) < 2:
        return False
    value, rest = words[1], [token.text for token in words[2:]]
    is_value = value.kind in _IDLE or value.word in _IDLE_WORDS
    return is_value and rest in ([], ["(", ")"])
