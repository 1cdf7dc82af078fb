"""What the keys of a graph's configuration are, and what is wrong with a configuration. Pure.

A Python task declares keys by its parameters. A task that reads the configuration as a whole, or
one whose cell was not run here, may read any key: an unknown one is then only worth a note.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sfdag_magics.errors import Problem
from sfdag_magics.graph.names import nearest
from sfdag_magics.graph.task import Task, TaskKind
from sfdag_magics.graph.values.signature import Parameter, ParameterKind
from sfdag_magics.graph.values.value_types import ValueType, type_of, value_from_text
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type

#: The config key that belongs to this package: the token a run is found by.
OWN_CONFIG_KEY = "sfdag"
_READ = re.compile(
    r"GET_TASK_GRAPH_CONFIG(?:_PROPERTY)?\s*\(\s*(['\"]([^'\"]*)['\"])?", re.IGNORECASE
)
_CALL = re.compile(r"\s*CALL\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFindings:
    """What was found: what cannot work, and what may be meant."""

    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def with_insisted(config: Mapping[str, object]) -> tuple[dict[str, object], frozenset[str]]:
    """The config without the `+` before keys that are wanted although no task declares them."""
    named = {str(key): value for key, value in config.items()}
    plain = {key.removeprefix("+"): value for key, value in named.items()}
    return plain, frozenset(key.removeprefix("+") for key in named if key.startswith("+"))


def config_findings(
    tasks: Sequence[Task],
    said: Mapping[str, object],
    *,
    insisted: Collection[str] = (),
    elsewhere: Mapping[str, object] | None = None,
    is_complete: bool = False,
    is_graphs: bool = False,
    more_come: bool = False,
    runs: Collection[str] | None = None,
) -> ConfigFindings:
    """What is wrong with a configuration of these tasks.

    Args:
        said: what is said here: its keys are to be keys of the tasks.
        insisted: keys that are wanted although no task declares them.
        elsewhere: what is set where the graph goes; `said` is laid over it.
        is_complete: whether nothing is added before a run, so that no required key may be missing.
        is_graphs: whether `said` is the graph's own configuration, not that of one run.
        more_come: tasks may follow that read more: only what looks mistyped is wrong.
        runs: the names of the tasks that need their keys; None where all do.
    """
    declared = _declared(tasks)
    config = {**(elsewhere or {}), **said}
    problems = list(_wrong_types(declared, config))
    missing = _missing(declared, config, runs, is_scheduled=is_complete and is_graphs)
    notes = []
    known = {*declared, *insisted, *_read_by_name(tasks), OWN_CONFIG_KEY}
    reader = _reader_of_all(tasks)
    for key in said:
        if key in known:
            continue
        if reader is not None:
            notes.append(_unknown_but_read(key, declared, reader))
        elif not more_come or nearest(key, declared):
            problems.append(_unknown(key, declared, is_graphs=is_graphs))
    if is_complete:
        problems += missing
    else:
        notes += [f"{problem.task}: {problem.message} · {problem.hint}" for problem in missing]
    return ConfigFindings(problems=tuple(problems), notes=tuple(notes))


def config_value(tasks: Sequence[Task], key: str, text: str, quote: str = "") -> Any:  # noqa: ANN401 - any JSON value
    """The value that a person typed for a key of these tasks; `quote` is what was around it."""
    readers = _declared(tasks).get(key, ())
    return value_from_text(text, [type_of(parameter) for _, parameter in readers], quote=quote)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyReaders:
    """Who reads a key, and as what.

    Attributes:
        tasks: their names; empty where only somebody unknown may.
        types: what those that declare it say of its values.
        defaults: the source texts of what they take without one.
        is_needed: nobody has a default: a run needs a value.
    """

    tasks: tuple[str, ...] = ()
    types: tuple[ValueType, ...] = ()
    defaults: tuple[str, ...] = ()
    is_needed: bool = False


def key_readers(tasks: Sequence[Task], config: Collection[str] = ()) -> dict[str, KeyReaders]:
    """The keys that a run of these tasks may be given.

    Args:
        config: the keys that are set for the graph; where somebody may read any key, they are
            among them.
    """
    declared = _declared(tasks)
    by_name = {task.name: _read_by_name([task]) for task in tasks}
    named = dict.fromkeys(key for keys in by_name.values() for key in sorted(keys))
    others = config if not tasks or _reader_of_all(tasks) is not None else ()
    return {
        key: _readers(declared.get(key, ()), [task for task in by_name if key in by_name[task]])
        for key in dict.fromkeys((*declared, *named, *others))
    }


def keys_read(task: Task) -> frozenset[str] | None:
    """The keys that a task reads; None where it may read any.

    What its helpers ask for by themselves, of a session, is not seen: such a task may read any.
    """
    if task.kind is TaskKind.NOT_LOADED or _reads_all(task):
        return None
    if task.source is not None and any(p.kind is ParameterKind.SESSION for p in task.parameters):
        handed = [p.name for p in task.parameters if p.kind is ParameterKind.SESSION]
        if any(_is_handed_on(name, task.source.text) for name in handed):
            return None
    return frozenset({*_declared([task]), *_read_by_name([task])})


def _readers(declared: Sequence[tuple[Task, Parameter]], named: Sequence[str]) -> KeyReaders:
    defaults = tuple(each.default for _, each in declared if each.default is not None)
    return KeyReaders(
        tasks=tuple(dict.fromkeys((*(task.name for task, _ in declared), *named))),
        types=tuple(type_of(parameter) for _, parameter in declared),
        defaults=defaults,
        is_needed=bool(declared) and not defaults,
    )


Declared = Mapping[str, Sequence[tuple[Task, Parameter]]]


def _declared(tasks: Sequence[Task]) -> Declared:
    found: dict[str, list[tuple[Task, Parameter]]] = {}
    for task in tasks:
        for parameter in task.config_keys:
            found.setdefault(parameter.name, []).append((task, parameter))
    return found


def _wrong_types(declared: Declared, config: Mapping[str, object]) -> Iterator[Problem]:
    for key, value in config.items():
        for task, parameter in declared.get(key, ()):
            wanted = type_of(parameter)
            if wanted.fits(value):
                continue
            yield Problem(
                task=task.name,
                message=f"config key {key!r} is {json.dumps(value, default=str)}, "
                f"which is {wanted.denied}",
                hint=wanted.example(key, value),
            )


def _missing(
    declared: Declared,
    config: Mapping[str, object],
    runs: Collection[str] | None,
    *,
    is_scheduled: bool,
) -> list[Problem]:
    """`is_scheduled`: what is set for one run sets nothing for those of the schedule."""
    why = ", as the schedule's runs take what is set for the graph" if is_scheduled else ""
    needing = {
        key: [task for task, _ in readers if runs is None or task.name in runs]
        for key, readers in declared.items()
    }
    return [
        Problem(
            task=task.name,
            message=f"needs the config key {key!r}, which nothing sets{why}",
            hint=f"{_ways_to_set(key, is_scheduled=is_scheduled)}, or give it a default",
        )
        for key, readers in declared.items()
        for task in needing[key][:1]
        if key not in config and all(each.default is None for _, each in readers)
    ]


def _ways_to_set(key: str, *, is_scheduled: bool) -> str:
    """How a key is set; for one run only where that is enough."""
    of_graph = to_type("graph", set=key)
    return str(of_graph) if is_scheduled else f"{to_type('run', set=key)}, {of_graph}"


def _unknown(key: str, declared: Declared, *, is_graphs: bool) -> Problem:
    near = nearest(key, declared)
    known = ", ".join(sorted(declared)) or "none"
    did = f"did you mean {near!r}? " if near else ""
    anyway = f"+{key} is passed all the same"
    if is_graphs:
        anyway = (
            f"{to_type('graph', set=f'+{key}')} keeps it all the same, "
            f"{to_type('graph', config='none')} takes all back"
        )
    return Problem(
        task=None,
        message=f"no task reads the config key {key!r}",
        hint=f"{did}keys: {known}; {anyway}",
    )


def _unknown_but_read(key: str, declared: Declared, reader: str) -> str:
    near = nearest(key, declared)
    did = f" (did you mean {near!r}?)" if near else ""
    return f"no task declares the config key {key!r}{did}; {reader}"


def _reader_of_all(tasks: Sequence[Task]) -> str | None:
    """Why an unknown key may be read all the same, or None."""
    absent = [task.name for task in tasks if task.kind is TaskKind.NOT_LOADED]
    if len(absent) == 1:
        return f"{absent[0]}, which was not loaded here, may read it: it is passed unchecked"
    if absent:
        names = ", ".join(absent)
        return f"one of {names}, which were not loaded here, may read it: it is passed unchecked"
    for task in tasks:
        if _reads_all(task):
            return f"{task.name} may read it: it reads the configuration as a whole"
    return None


def _reads_all(task: Task) -> bool:
    text = _text_of(task)
    if task.kind is TaskKind.SQL and _CALL.match(text):
        return True  # what is called may ask for it
    if any(found[1] is None for found in _READ.finditer(text)):
        return True
    return any(
        _is_handed_on(parameter.name, text)
        for parameter in task.parameters
        if parameter.kind is ParameterKind.CONTEXT
    )


def _is_handed_on(name: str, text: str) -> bool:
    """Whether the context is given to something else, which may ask it anything."""
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    given = (value for call in calls for value in (*call.args, *(k.value for k in call.keywords)))
    return any(isinstance(value, ast.Name) and value.id == name for value in given)


def _read_by_name(tasks: Sequence[Task]) -> set[str]:
    """Keys that a text asks for: `SYSTEM$GET_TASK_GRAPH_CONFIG('key')`, `…_property("key")`."""
    return {
        found[2].partition(".")[0].partition("[")[0]
        for task in tasks
        for found in _READ.finditer(_text_of(task))
        if found[2]
    }


def _text_of(task: Task) -> str:
    return task.source.text if task.source is not None else task.body
