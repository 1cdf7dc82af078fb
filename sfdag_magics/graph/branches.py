"""What branches decide: who stands to be chosen, what a branch can answer, who can never run. Pure.

A branch answers with the name of the next task; its other candidates are skipped, and what stands
below a skipped task does not run (Snowflake docs: CREATE TASK, "WHEN").
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from sfdag_magics.graph.names import branch_condition
from sfdag_magics.graph.sql.predecessor_states import needs_any_outcome
from sfdag_magics.graph.task import Task
from sfdag_magics.graph.topology import Topology
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The literal names a branch returns, with their lines in the function's text."""

    names: Mapping[str, int]
    #: Whether some answer is computed, so that the names are not all there are.
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadTask:
    """A task that can never run: it needs two tasks of which one branch chooses one."""

    task: str
    branch: str
    arms: tuple[str, str]


def candidates(
    tasks: Mapping[str, Task], explicit: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """`{branch: the tasks that name it by --after}`; reading its answer makes no candidate."""
    return {
        branch.name: tuple(name for name, above in explicit.items() if branch.name in above)
        for branch in tasks.values()
        if branch.branch
    }


def conditions(graph: str, task: Task, arms: Mapping[str, tuple[str, ...]]) -> str | None:
    """The WHEN a task is deployed with: chosen by each branch it is a candidate of, and its own."""
    chosen = [branch_condition(graph, name, task.name) for name in arms if task.name in arms[name]]
    if chosen and task.when:
        chosen.append(f"({task.when})")
    return " and ".join(chosen) or task.when


def answers_of(task: Task) -> Answers:
    """What the branch's code can be seen to return; SQL is not looked into."""
    if task.source is None:
        return Answers(names={}, is_open=True)
    names: dict[str, int] = {}
    is_open = False
    for returned in _returns(task.source.node):
        for value in _values(returned.value):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                names.setdefault(value.value, value.lineno + task.source.first_line - 1)
            else:
                is_open = True
    return Answers(names=names, is_open=is_open)


def dead_tasks(
    tasks: Mapping[str, Task], topology: Topology, arms: Mapping[str, tuple[str, ...]]
) -> tuple[DeadTask, ...]:
    """The topmost tasks that can never run, in topological order."""
    # A condition that asks for states says by itself which of them it wants.
    own_rule = {task.name for task in tasks.values() if needs_any_outcome(task.when)}
    needed: dict[str, frozenset[str]] = {}
    dead: dict[str, DeadTask] = {}
    for name in topology.order:
        above = topology.parents[name]
        # What a task with a rule of its own needs is not known here.
        needs = frozenset() if name in own_rule else frozenset().union(*(needed[a] for a in above))
        needed[name] = needs | {name}
        if any(parent in dead for parent in above):
            dead[name] = dead[next(parent for parent in above if parent in dead)]
        elif (clash := _clash(name, needed[name], arms)) is not None:
            dead[name] = clash
    return tuple(found for name, found in dead.items() if found.task == name)


def never_chosen(
    tasks: Mapping[str, Task], topology: Topology, arms: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """What to note of candidates that their branch never answers with, in lines.

    Where its answers are literals and some of them names a candidate: else that is a problem.
    """
    for task in tasks.values():
        answers = answers_of(task) if task.branch else Answers(names={}, is_open=True)
        those = arms.get(task.name, ())
        if answers.is_open or not set(answers.names) & set(those):
            continue
        for arm in (each for each in those if each not in answers.names):
            below = [name for name in topology.order if name in topology.descendants(arm)]
            also = f", nor what waits for it: {', '.join(below)}" if below else ""
            yield (
                f"{task.name} answers with {', '.join(answers.names)} and never with {arm}, "
                f"which cannot run{also}"
            )


def _clash(
    name: str, needed: frozenset[str], arms: Mapping[str, tuple[str, ...]]
) -> DeadTask | None:
    for branch, names in arms.items():
        both = [arm for arm in names if arm in needed]
        if len(both) > 1:
            return DeadTask(task=name, branch=branch, arms=(both[0], both[1]))
    return None


def _returns(function: ast.AST) -> Iterator[ast.Return]:
    """The function's own return statements, not those of functions inside it."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, ast.Return):
            yield child
        elif not isinstance(
            child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        ):
            yield from _returns(child)


def _values(node: ast.expr | None) -> Iterator[ast.expr | None]:
    """What an expression may stand for: both arms of `a if c else b`, the parts of `a or b`."""
    match node:
        case ast.IfExp(body=body, orelse=other):
            yield from _values(body)
            yield from _values(other)
        case ast.BoolOp(values=parts):
            for part in parts:
                yield from _values(part)
        case _:
            yield node
