"""Everything wrong with a graph, found at once and offline. Pure; each check is one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sfdag_magics.errors import Problem
from sfdag_magics.graph.branches import answers_of, dead_tasks
from sfdag_magics.graph.described import Described
from sfdag_magics.graph.failure_notice import NOTICE, is_notice
from sfdag_magics.graph.maps import of_each
from sfdag_magics.graph.names import (
    counted,
    deployed_name,
    did_you_mean,
    key_of,
    last_part,
    name_problem,
    nearest,
)
from sfdag_magics.graph.packages import clashes, package_name, versions_asked
from sfdag_magics.graph.rules import (
    children_problem,
    graph_size_problem,
    predecessors_problem,
)
from sfdag_magics.graph.sql.condition import check_expression
from sfdag_magics.graph.sql.sql_body import body_problem
from sfdag_magics.graph.sql.when import FUNCTIONS, READS_RETURN_VALUE, names_asked, not_allowed
from sfdag_magics.graph.task import Task, TaskKind
from sfdag_magics.graph.values.returns import is_readable
from sfdag_magics.place_words import (
    AFTER,
    FINALIZER,
    PACKAGES,
    WHEN,
    OfCode,
    after,
    to_type,
)
from sfdag_magics.sqltext import SqlTextError, TokenKind, tokenize


def problems_of(graph: Described) -> tuple[Problem, ...]:
    """All that is wrong, those of one task together, tasks in their order, the graph's own last."""
    found = [problem for check in _CHECKS for problem in check(graph)]
    position = {name: index for index, name in enumerate(graph.names)}
    return tuple(sorted(found, key=lambda problem: position.get(problem.task or "", len(position))))


def _unknown_names(graph: Described) -> Iterator[Problem]:
    for task in graph.tasks.values():
        for name in task.after:
            if graph.means(name):
                continue
            if task.kind is TaskKind.NOT_LOADED:
                forget = to_type("forget", task=task.name)
                yield Problem(
                    task=task.name,
                    message=f"is deployed after {name!r}, which is to go, and its cell was not "
                    "run here",
                    hint=f"run its cell with another {AFTER}, or {forget}",
                )
            else:
                yield Problem(
                    task=task.name,
                    message=f"{AFTER} {name!r} is not a task of graph {graph.name!r}",
                    hint=did_you_mean(name, _others(graph, task)),
                )
        for parameter in task.values:
            if not graph.means(parameter.name) and not task.finalizer:
                element = task.element
                more = f"; the element goes to the first, {element.parameter!r}" if element else ""
                yield Problem(
                    task=task.name,
                    message=f"parameter {parameter.name!r} is not a task of graph {graph.name!r}",
                    hint=f"{did_you_mean(parameter.name, _others(graph, task))}; "
                    f"a config key is written after * or with a default{more}",
                )


def _maps(graph: Described) -> Iterator[Problem]:
    """Maps that are called as a task, and who takes their results as one value."""
    for key, made in graph.maps.items():
        if key in graph.tasks:
            yield Problem(
                task=graph.tasks[key].name,
                message=f"is a task, and a map of {counted(len(made.tasks), 'task')} is called so",
                hint=f"{to_type('forget', task=graph.tasks[key].name)} where it became the map, "
                "or call one of them otherwise",
            )
    for task in graph.tasks.values():
        for parameter in task.values:
            made_of = graph.maps.get(key_of(parameter.name))
            if made_of is None or key_of(parameter.name) in graph.tasks:
                continue
            if of_each(parameter) is None:
                yield Problem(
                    task=task.name,
                    message=f"takes {parameter.name} as {parameter.annotation}, and receives the "
                    f"list of what the {counted(len(made_of.tasks), 'task')} of that map return",
                    hint=f"def {task.name}({parameter.name}: list[{parameter.annotation}]), or "
                    f"one of them by its name: {made_of.tasks[0]}",
                )


def _sql(graph: Described) -> Iterator[Problem]:
    for task in graph.tasks.values():
        found = body_problem(task.body) if task.kind is TaskKind.SQL else None
        if found is not None:
            message = f"{found.message} ({task.line_text(found.line)})"
            yield Problem(task=task.name, message=message, hint=found.hint)


def _packages(graph: Described) -> Iterator[Problem]:
    """All Python tasks run in one procedure, which has each package in one version."""
    named: dict[str, tuple[str, str]] = {}
    for task in graph.tasks.values():
        for package in task.packages:
            if versions_asked(package) is None:
                yield Problem(
                    task=task.name,
                    message=f"{PACKAGES} {package!r} names no package",
                    hint=f"{PACKAGES} xgboost, or a version of it: xgboost==3.2",
                )
                continue
            first, other = named.setdefault(package_name(package), (task.name, package))
            if clashes(package, other):
                yield Problem(
                    task=task.name,
                    message=f"names {package}, and {first} names {other}: the graph's tasks share "
                    "one set of packages",
                    hint="name the same version in both cells, or make two graphs of them",
                )


def _cycles(graph: Described) -> Iterator[Problem]:
    for cycle in graph.topology.cycles:
        yield Problem(
            task=cycle[0],
            message=f"waits for itself: {' → '.join(cycle)}",
            hint=f"take one of these out of {AFTER} or of the parameters",
        )


def _finalizers(graph: Described) -> Iterator[Problem]:
    finalizers = [task for task in graph.tasks.values() if task.finalizer]
    for task in finalizers[1:]:
        yield _second_finalizer(finalizers[0], task)
    for task in finalizers:
        if task.after:
            yield Problem(
                task=task.name,
                message=f"a finalizer runs when all others have ended and takes no {AFTER}",
                hint=f"leave out {AFTER}",
            )
        if task.when:
            yield Problem(
                task=task.name, message=f"a finalizer takes no {WHEN}", hint=f"leave out {WHEN}"
            )
        for parameter in task.values:
            yield Problem(
                task=task.name,
                message=f"a finalizer cannot read the return value of {parameter.name!r}: "
                "no task stands above it",
                hint="read the run's history with session, or a table",
            )


def _second_finalizer(first: Task, second: Task) -> Problem:
    if is_notice(first) or is_notice(second):
        own = second if is_notice(first) else first
        return Problem(
            task=own.name,
            message=f"a graph has one finalizer, and {NOTICE} of --notify is one",
            hint=f"leave that out (--notify none); {own.name} tells itself by the text of"
            " failure_notice(…).body",
        )
    if second.kind is not TaskKind.NOT_LOADED:
        return Problem(
            task=second.name,
            message=f"a graph has one finalizer, and that is {first.name!r}",
            hint=f"leave out one {FINALIZER}",
        )
    return Problem(
        task=first.name,
        message=f"a graph has one finalizer, and {second.name!r} is deployed as such",
        hint=f"{to_type('forget', task=second.name)}, then deploy",
    )


def _after_finalizer(graph: Described) -> Iterator[Problem]:
    for task in graph.tasks.values():
        for above in graph.topology.parents[task.name]:
            if graph.tasks[key_of(above)].finalizer and above != task.name:
                yield Problem(
                    task=task.name,
                    message=f"{above!r} is the finalizer, and nothing comes after it",
                    hint=f"leave {above!r} out of {AFTER} and of the parameters",
                )


#: Of a branch; no longer so where a task that names it is made.
NO_ARMS = "a branch chooses among the tasks after it, and there are none"


def _branch_answers(graph: Described) -> Iterator[Problem]:
    for branch, arms in graph.arms.items():
        task = graph.tasks[key_of(branch)]
        if not arms:
            yield Problem(
                task=branch,
                message=NO_ARMS,
                hint=f"{after(branch)} on each task it may answer with",
            )
            continue
        by_key = {key_of(arm): arm for arm in arms}
        for answer, line in answers_of(task).names.items():
            if answer in arms:
                continue
            place = f"{task.place}, line {line}: " if task.place else ""
            yield Problem(
                task=branch,
                message=f"{place}answers {answer!r}, {_why_no_arm(graph, answer)}",
                hint=did_you_mean(answer, arms)
                if key_of(answer) in by_key or key_of(answer) not in graph.tasks
                else f"{after(branch)} on {answer!r}, or answer one of {', '.join(arms)}",
            )


def _why_no_arm(graph: Described, answer: str) -> str:
    known = graph.tasks.get(key_of(answer))
    if known is None:
        return f"which is not a task of graph {graph.name!r}"
    if known.name != answer:
        return f"and the task is spelled {known.name!r}"
    return "which does not come after it"


def _dead(graph: Described) -> Iterator[Problem]:
    if graph.topology.cycle is not None:
        return
    for dead in dead_tasks(graph.tasks, graph.topology, graph.arms):
        yield Problem(
            task=dead.task,
            message=f"can never run: it needs {dead.arms[0]!r} and {dead.arms[1]!r}, "
            f"and {dead.branch!r} chooses one of them",
            hint="a task below a skipped one does not run; let it come after one of the two, "
            "or register it twice: sftask(f, name=…, after=[…])",
        )


def _conditions(graph: Described) -> Iterator[Problem]:
    for task in graph.tasks.values():
        if task.kind is TaskKind.NOT_LOADED or task.when is None:
            continue
        word = not_allowed(task.when)
        if word is not None:
            yield Problem(
                task=task.name,
                message=f"{WHEN} has {word!r}, which a condition cannot have",
                hint=f"constants, comparisons and {', '.join(FUNCTIONS)}",
            )
            continue
        try:
            check_expression(task.when)
        except SqlTextError as problem:
            yield Problem(
                task=task.name,
                message=f"{WHEN} {task.when!r}: {problem}",
                hint="one expression, as in 1 = 1",
            )


def _values_asked(graph: Described) -> Iterator[Problem]:
    """Names in SYSTEM$GET_PREDECESSOR_RETURN_VALUE that are not as they are stored."""
    for task in graph.tasks.values():
        if task.kind is TaskKind.NOT_LOADED or graph.topology.cycle is not None:
            continue
        above = graph.topology.ancestors(task.name)
        stored = {deployed_name(graph.name, name): name for name in sorted(above)}
        for where, text in ((str(WHEN), task.when), ("the SQL", task.body)):
            for asked in names_asked(text or "", READS_RETURN_VALUE):
                if last_part(asked) in stored:
                    continue
                meant = next((s for s, n in stored.items() if key_of(n) == key_of(asked)), None)
                meant = meant or nearest(asked, stored)
                yield Problem(
                    task=task.name,
                    message=f"{where} asks for the return value of {asked!r}, which is not the "
                    "stored name of a task above",
                    hint=f"{READS_RETURN_VALUE}('{meant}')"
                    if meant
                    else f"names above: {', '.join(stored) or 'none'}",
                )


def _braces(graph: Described) -> Iterator[Problem]:
    for task in graph.tasks.values():
        if task.kind is TaskKind.SQL and (found := _placeholder(task.body)):
            name, written = found
            yield Problem(
                task=task.name,
                message=f"{written} is not replaced in SQL",
                hint=f"SYSTEM$GET_TASK_GRAPH_CONFIG('{name}') reads the key of the configuration",
            )


def _placeholder(sql: str) -> tuple[str, str] | None:
    """A name that stands alone in braces, as Python's formats or Jinja write it, and with them."""
    tokens = tokenize(sql)
    for at, (opening, name, closing) in enumerate(
        zip(tokens, tokens[1:], tokens[2:], strict=False)
    ):
        if (opening.text, closing.text) == ("{", "}") and name.kind is TokenKind.WORD:
            is_jinja = at > 0 and tokens[at - 1].text == "{"
            return name.text, f"{{{{ {name.text} }}}}" if is_jinja else f"{{{name.text}}}"
    return None


def _values_taken(graph: Described) -> Iterator[Problem]:
    """Where one task's code is not here; of two that are, their types are compared themselves."""
    for task in graph.tasks.values():
        for parameter in task.values:
            above = graph.tasks.get(key_of(parameter.name))
            if above is None or (above.source is not None and task.source is not None):
                continue
            if is_readable(above.returns, parameter.annotation):
                continue
            yield Problem(
                task=task.name,
                message=f"takes {parameter.name} as {parameter.annotation}, and {above.name} "
                f"says that it returns {above.returns}",
                hint=f"annotate both alike: def {task.name}({parameter.name}: {above.returns})",
            )


def _defaults(graph: Described) -> Iterator[Problem]:
    first: dict[str, tuple[str, str]] = {}
    for task in graph.tasks.values():
        for key in task.config_keys:
            if key.default is None:
                continue
            name, default = first.setdefault(key.name, (task.name, key.default))
            if default != key.default:
                yield Problem(
                    task=task.name,
                    message=f"config key {key.name!r} has the default {key.default}, "
                    f"but {default} in {name!r}",
                    hint="give both the same default, or set the key in the graph's config",
                )


def _limits(graph: Described) -> Iterator[Problem]:
    for task in graph.tasks.values():
        reasons = (
            predecessors_problem(len(graph.topology.parents[task.name])),
            children_problem(len(graph.topology.children[task.name])),
            name_problem(deployed_name(graph.name, task.name).replace("$", "_")),
        )
        for reason in reasons:
            if reason:
                yield Problem(task=task.name, message=reason)
    first = [name for name in graph.topology.roots if not graph.tasks[key_of(name)].finalizer]
    for reason in (graph_size_problem(len(graph.tasks) + 1), children_problem(len(first))):
        if reason:
            hint = "split the graph, or let some of the first tasks wait for another"
            yield Problem(task=None, message=reason, hint=hint)


_MAKES_A_TASK = OfCode(
    "%%sftask above a function makes the cell a task", "@sftask above a function makes a task"
)


def _empty(graph: Described) -> Iterator[Problem]:
    if all(task.finalizer for task in graph.tasks.values()):
        yield Problem(
            task=None,
            message=f"graph {graph.name!r} has no task",
            hint=str(_MAKES_A_TASK),
        )


def _others(graph: Described, task: Task) -> tuple[str, ...]:
    others = (name for name in graph.names if name != task.name)
    return (*others, *(made.name for made in graph.maps.values()))


_CHECKS: tuple[Callable[[Described], Iterator[Problem]], ...] = (
    _sql,
    _packages,
    _unknown_names,
    _maps,
    _cycles,
    _finalizers,
    _after_finalizer,
    _branch_answers,
    _dead,
    _conditions,
    _values_asked,
    _braces,
    _values_taken,
    _defaults,
    _limits,
    _empty,
)
