"""A model called from SQL: `MODEL(name, version)!METHOD(…)`, evaluated by a worker batch by batch.

The version's files are laid out for the worker as they lie in the version: the handler that the
registry's client wrote loads the model from them. Only that process unpickles what is in there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from sfdag_magics.engine.borders.answers import SqlError, does_not_exist, unsupported
from sfdag_magics.engine.borders.ports import FunctionRun, ModelMethod, SqlSession
from sfdag_magics.engine.models.methods import MANIFEST, Method, methods_of, packages_of
from sfdag_magics.engine.objects.model_versions import KIND, StoredModel
from sfdag_magics.engine.python_code.worker_runs import WorkerRun, Workplace
from sfdag_magics.engine.workers.jobs import Code, Job


class MethodFiles(Protocol):
    """What methods need of the files of versions."""

    def text(self, version_id: str, name: str) -> str | None:
        """A version's file as text; None where there is no such file."""

    def path(self, version_id: str, name: str) -> Path:
        """Where a file or folder of a version is; it never changes."""


class MethodCalls:
    """Implements `ports.ModelMethods`. Any thread."""

    def __init__(self, files: MethodFiles, workplace: Workplace) -> None:
        self._files = files
        self._workplace = workplace

    def find(self, called: ModelMethod, arity: int, session: SqlSession) -> FunctionRun:
        """What evaluates a method for one statement. Raises SqlError where nothing can."""
        name = session.resolve(called.model)
        fact = session.catalogue().find(KIND, name)
        if fact is None:
            raise does_not_exist("Model", name.sql())
        version = StoredModel.of(fact).version(called.version or "DEFAULT")
        shown = f"version {version.name} of model {name.sql()}"
        methods = methods_of(self._files.text(version.files, MANIFEST), shown)
        method = _chosen(methods, called.method, arity, shown)
        job = self._job(f"{name.sql()}!{method.name}", method, version.files)
        resource = {
            "db.user": session.user,
            "snow.session.id": session.id,
            "snow.executable.name": f"{job.label}{method.signature}:{method.returns}",
            "snow.executable.type": "FUNCTION",
            "telemetry.sdk.language": "python",
        }
        return WorkerRun(job, method.names, session, self._workplace, resource)

    def _job(self, label: str, method: Method, version_id: str) -> Job:
        environments = [self._files.text(version_id, name) for name in method.environments]
        code = Code(
            handler=method.handler,
            imports=tuple(str(self._files.path(version_id, name)) for name in method.folders),
            packages=packages_of([text for text in environments if text is not None]),
        )
        return Job(label=label, code=code, argument_types=method.types, returns=method.returns)


def _chosen(methods: Sequence[Method], name: str, arity: int, shown: str) -> Method:
    method = next((each for each in methods if each.name == name), None)
    if method is None:
        there = ", ".join(each.name for each in methods) or "none"
        raise SqlError(
            f"SQL compilation error: error line 1 at position 0\nUnknown function {name}: the"
            f" methods of {shown} are {there}.",
            code=2140,
            sqlstate="42601",
        )
    if method.returns_table:
        raise unsupported(
            f"{name} of {shown}, a method that gives a table",
            "in a task or notebook: version.load(), and the method of what that gives",
        )
    most = len(method.types)
    if not most - method.optional <= arity <= most:
        few = arity < most
        raise SqlError(
            "SQL compilation error: error line 1 at position 0\n"
            f"{'not enough' if few else 'too many'} arguments for function [{name}] expected"
            f" {most - method.optional if few else most}, got {arity}",
            code=938 if few else 939,
            sqlstate="22023",
        )
    return method
