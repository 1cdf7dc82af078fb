"""The versions of models that the tasks of one run made, beside what is the default now.

Asks only where the graph's code has the registry's package, and again when a task has ended: those
that come later set metrics and the default. No answer is no reason not to show the run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.models.made_by_runs import executions_by_version
from sfdag_magics.client.models.maker import Execution
from sfdag_magics.client.models.registered import Model, ModelVersion, models_there, versions_there
from sfdag_magics.client.observing.snapshot import ModelMade, RunSnapshot, TaskRun
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.names import key_of

#: What a graph's code has to have; anything else that makes versions is not looked for.
_PACKAGE = "snowflake-ml-python"
#: Of models that no task named, so many are looked into where nothing was seen of them before.
_MOST_MODELS = 10
#: `{task, by the key of its name: the versions it made}`.
_Made = Mapping[str, tuple[ModelMade, ...]]


class ModelsOfRun:
    """What the tasks of one run made. One thread at a time; whoever asks sees to that.

    Args:
        packages: of the graph's code; raises BackendError where nobody may tell.
        database: one whose information schema can be asked.
    """

    def __init__(
        self, backend: Backend, packages: Callable[[], Sequence[str]], database: str | None
    ) -> None:
        self._backend = backend
        self._packages = packages
        self._database = database
        #: Which attempt was asked for last, and which tasks had ended then.
        self._asked: object = None
        self._made: _Made = {}
        #: {model: the names of its versions}, as they were seen last.
        self._known: dict[str, tuple[str, ...]] = {}
        #: Models of which this run made a version: their metrics may change.
        self._own: set[str] = set()
        #: {(model, version): what made it}
        self._makers: dict[tuple[str, str], tuple[Execution, ...]] = {}

    def with_models(self, seen: RunSnapshot) -> RunSnapshot:
        """The same with what its tasks have made by now."""
        ended = frozenset(
            (task.name, task.attempt) for task in seen.tasks.values() if task.completed is not None
        )
        which = (seen.group_id, ended)
        if seen.group_id is None or not ended:
            return seen
        if which != self._asked:
            with contextlib.suppress(BackendError):
                self._made = self._looked(seen) if self._trains() else {}
                self._asked = which
        tasks = {name: self._with(task) for name, task in seen.tasks.items()}
        return seen if tasks == dict(seen.tasks) else replace(seen, tasks=tasks)

    def _with(self, task: TaskRun) -> TaskRun:
        made = self._made.get(key_of(task.name), ())
        return task if task.models == made else replace(task, models=made)

    def _trains(self) -> bool:
        return any(package.startswith(_PACKAGE) for package in self._packages())

    def _looked(self, seen: RunSnapshot) -> _Made:
        models = models_there(self._backend)
        made: dict[str, tuple[ModelMade, ...]] = {}
        for model in self._worth_a_look(models, seen):
            for task, version in self._of_model(model, seen):
                made[task] = (*made.get(task, ()), version)
        self._known = {model.name.sql(): model.version_names for model in models}
        return made

    def _worth_a_look(self, models: Sequence[Model], seen: RunSnapshot) -> list[Model]:
        """Those of this run, those with new versions, those whose versions tasks returned."""
        said = " ".join(task.return_value or "" for task in seen.tasks.values()).lower()
        known = self._known or {model.name.sql(): model.version_names for model in models}
        found = [
            model
            for model in models
            if model.name.sql() in self._own
            or known.get(model.name.sql()) != model.version_names
            or any(name.lower() in said for name in model.version_names)
        ]
        return found or ([] if self._known else [*models[:_MOST_MODELS]])

    def _of_model(self, model: Model, seen: RunSnapshot) -> Iterable[tuple[str, ModelMade]]:
        name = model.name.sql()
        versions = versions_there(self._backend, model.name)
        of_its_time = [version for version in versions if _is_of_its_time(version, seen)]
        self._find_makers(name, of_its_time)
        default = next((version for version in versions if version.is_default), None)
        for version in of_its_time:
            executions = self._makers.get((name, version.name), ())
            if len(executions) == 1 and executions[0].group_id == seen.group_id:
                self._own.add(name)
                task = executions[0].task.name.rpartition("$")[2]
                yield key_of(task), _made(model, version, default)

    def _find_makers(self, model: str, versions: Sequence[ModelVersion]) -> None:
        new = [each for each in versions if not self._makers.get((model, each.name))]
        if new:
            found = executions_by_version(self._backend, new, self._database)
            self._makers |= {(model, name): those for name, those in found.items()}


def _is_of_its_time(version: ModelVersion, seen: RunSnapshot) -> bool:
    """Whether it was made while a task of the run executed; then another run may have made it."""
    made = version.created
    return made is not None and any(
        task.started is not None
        and task.started <= made
        and (task.completed is None or made <= task.completed)
        for task in seen.tasks.values()
    )


def _made(model: Model, version: ModelVersion, default: ModelVersion | None) -> ModelMade:
    return ModelMade(
        model=model.name.sql(),
        version=version.name,
        metrics=_numbers(version),
        default=default.name if default else "",
        beside=_numbers(default) if default else {},
    )


def _numbers(version: ModelVersion) -> dict[str, float]:
    numbers = {name: version.number(name) for name in version.metrics}
    return {name: number for name, number in numbers.items() if number is not None}
