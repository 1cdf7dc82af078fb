"""The code of a graph's Python tasks as it is deployed: an archive on a stage, one procedure.

Knows where the archive lies and how the procedure names it; the archive itself is `bundle`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import field, replace
from datetime import datetime
from json import dumps  # as it is now: a cell may put its own in the module

from sfdag_magics.bundle import HANDLER, not_shippable
from sfdag_magics.client.connecting.backend import Answering, Backend, utc
from sfdag_magics.client.observing.deployed import (
    DOES_NOT_EXIST,
    DeployedGraph,
    marked_comment,
    split_comment,
)
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.versions import (
    PackageSet,
    Version,
    noted_sets,
    noted_versions,
    present_last,
    present_set_last,
    read_sets,
    read_versions,
    set_at,
    whole_set,
)
from sfdag_magics.errors import BackendError, Problem
from sfdag_magics.graph.names import key_of
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, quoted_string, sql_identifier

DEFAULT_STAGE = "SFDAG_CODE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What the graph's procedure is to run.

    Attributes:
        digest: of the archive's content; names the archive.
        code_hash: of the tasks' code alone: the same means that nothing has to be shipped.
        handler: the function the procedure calls, `module.function` inside the archive.
        tasks: `{task name: hash of its code}`, to tell which were edited.
        named: the packages that the graph itself names, for a notebook that does not.
        repository: where packages come from; None leaves it to the account.
        unpinned: packages are named without the notebook's versions.
        returns: `{task name: its return annotation}`, for a notebook without the task's cell.
        users: `{package: the tasks that name or import it}`, by `package_name`.
        cells: `{task: its cell}`, of those that stand in one.
        travels: `{task: what it takes from the notebook, in short}`.
        report: `{task name: what it takes from the notebook, in lines}`.
        notes: `{task name: what ships with it and may surprise}`.
        tells: whether a task has the context, by which it shows things and tells its progress.
        problems: what cannot be shipped; there is no archive then.
    """

    archive: bytes = field(repr=False)
    digest: str
    code_hash: str
    handler: str
    python: str
    packages: tuple[str, ...]
    tasks: Mapping[str, str]
    named: tuple[str, ...] = ()
    repository: str | None = None
    unpinned: bool | None = None
    returns: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)
    travels: Mapping[str, str] = field(default_factory=dict)
    report: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tells: bool = False
    problems: tuple[Problem, ...] = ()

    def check(self) -> None:
        """Refuse to ship a part.

        Raises:
            CaptureError: something cannot be shipped; carries all of it.
        """
        if self.problems:
            raise not_shippable(self.problems)

    def told_notes(self, tasks: Collection[str]) -> tuple[str, ...]:
        """The notes of these tasks, each once: `load, train: what may surprise`."""
        users: dict[str, list[str]] = {}
        for task, notes in self.notes.items():
            for note in notes if task in tasks else ():
                users.setdefault(note, []).append(task)
        return tuple(f"{listed(names)}: {note}" for note, names in users.items())

    def users_text(self, package: str) -> str:
        """Who needs a package, with their cells: `train (Cell [3] train)`."""
        tasks = self.users.get(package, ())
        return listed([f"{t} ({self.cells[t]})" if t in self.cells else t for t in tasks])

    @property
    def setting(self) -> str:
        """What the procedure is made of beside the archive, in one word."""
        said = repr((self.handler, self.python, sorted(self.packages), self.repository))
        return hashlib.sha256(said.encode()).hexdigest()[:8]


#: So much of a hash tells a task's code from what it was.
_SHORT = 8
#: So many versions of each task's code are remembered, in graphs of at most so many tasks.
_MOST_VERSIONS = ((100, 5), (1000, 2))
#: Under what the procedure's mark names the archives before its own, and how many of them.
_ARCHIVES, _MOST_ARCHIVES = "archives", 30
#: And under what the packages that its tasks had before.
_HAD = "had"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedCode:
    """What the graph's procedure says it runs; empty where there is none.

    Attributes:
        archive: where the archive lies, such as `@DB.S.SFDAG_CODE/mortgage/ab12.zip`; None for a
            procedure that an earlier release made.
        since: when the procedure was made, by the service's clock.
        was: `{task: its code before that, with the times from which it was deployed}`.
        archives: the names of the archives before this one, with the same times.
        had: the packages before these, with the same times.

    The rest is as in `Code`.
    """

    code_hash: str | None = None
    setting: str | None = None
    tasks: Mapping[str, str] = field(default_factory=dict)
    archive: str | None = None
    python: str | None = None
    packages: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    repository: str | None = None
    unpinned: bool | None = None
    returns: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    was: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    archives: tuple[Version, ...] = ()
    had: tuple[PackageSet, ...] = ()
    tells: bool = False

    @property
    def package_sets(self) -> tuple[PackageSet, ...]:
        """Which packages there were since when, the present ones last."""
        return present_set_last(self.had, whole_set(self.python, self.packages), self.since)

    def packages_at(self, moment: datetime) -> tuple[str, ...] | None:
        """What a task had that began then; None where that is forgotten."""
        return set_at(self.package_sets, moment)

    def archive_at(self, moment: datetime) -> str | None:
        """Where the archive lay that a task which began then ran; None where that is forgotten."""
        folder, _, name = (self.archive or "").rpartition("/")
        now = [Version(since=self.since, code=name)] if name and self.since is not None else []
        then = [each.code for each in (*self.archives, *now) if each.since <= moment]
        return f"{folder}/{then[-1]}" if then else None

    def versions(self, task: str) -> tuple[Version, ...]:
        """What was deployed of a task's code since when, the present one last."""
        return present_last(self.was.get(task, ()), self.tasks.get(task, ""), self.since)


#: A run's config notes the code of each task; a larger graph's as a whole.
_MOST_NOTED = 100
#: What is noted of SQL begins so.
NOTED_SQL = "sql-"


def noted_code(
    tasks: Mapping[str, str], code_hash: str | None, graph: DeployedGraph
) -> dict[str, str]:
    """`{task: hash}` short enough to be kept with every run: of its code, or of its SQL.

    Args:
        tasks: `{Python task: hash of its code}`.
        graph: what is deployed; its other tasks are SQL.
    """
    python = {key_of(name) for name in tasks}
    sql = [task for task in graph.tasks.values() if key_of(task.name) not in python]
    bodies = {task.name: task.definition for task in sql}
    if len(tasks) + len(bodies) <= _MOST_NOTED:
        code = {name: digest[:_SHORT] for name, digest in tasks.items()}
        return code | {name: noted_sql(body) for name, body in bodies.items()}
    return {"some task": code_hash or "", "some query": noted_sql(dumps(bodies))}


def noted_sql(text: str) -> str:
    """What a run notes of the definition of a SQL task."""
    return NOTED_SQL + hashlib.sha256(text.encode()).hexdigest()[:_SHORT]


def noted_definitions(graph: DeployedGraph) -> str:
    """All definitions of a deployed graph in one word; empty of one that was not made here."""
    marks = {task.stored: task.mark.get("hash") for task in graph.tasks.values()}
    if "hash" not in graph.mark or not all(marks.values()):
        return ""
    said = dumps([graph.mark["hash"], marks], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:_SHORT]


def stage_location(stage: QualifiedName, path: str) -> str:
    """A place on a stage, such as `@DB.S.SFDAG_CODE/mortgage/ab12.zip`."""
    return f"@{stage.sql()}/{path}"


def default_stage(root: QualifiedName) -> QualifiedName:
    """Where the code of a graph lies that names no stage of its own."""
    return QualifiedName(DEFAULT_STAGE, root.schema, root.database)


def graph_folder(graph: str) -> str:
    """Where what belongs to a graph lies below the stage: archives, journals, what was dropped."""
    return f"{graph.lower()}/"


def told_folder(graph: str) -> str:
    """Where what the tasks of its runs tell lies, beside that (`bundle.shipped.telling`)."""
    return f"{graph_folder(graph).rstrip('/')}$runs/"


def archive_path(graph: str, code: Code) -> str:
    """Where the archive lies below the stage; its name says its content."""
    return f"{graph_folder(graph)}{code.digest}.zip"


def show_code(procedure: QualifiedName) -> str:
    """The statement that `read_code` asks."""
    place = f"{sql_identifier(procedure.database or '')}.{sql_identifier(procedure.schema or '')}"
    return f"SHOW PROCEDURES LIKE {quoted_string(procedure.name)} IN SCHEMA {place}"


def read_code(backend: Answering, procedure: QualifiedName) -> DeployedCode:
    """What is deployed as the graph's procedure. One request."""
    try:
        rows = backend.rows(show_code(procedure))
    except BackendError as error:
        if error.code == DOES_NOT_EXIST:
            return DeployedCode()
        raise
    for row in rows:
        if row["name"] == procedure.name:
            mark = split_comment(str(row["description"] or ""))[1]
            return DeployedCode(
                code_hash=mark.get("code"),
                setting=mark.get("setting"),
                tasks=mark.get("tasks", {}),
                archive=mark.get("archive"),
                python=mark.get("python"),
                packages=tuple(mark.get("packages", ())),
                named=tuple(mark.get("named", ())),
                repository=mark.get("from"),
                unpinned=mark.get("unpinned"),
                returns=mark.get("returns", {}),
                since=utc(row.get("created_on")),
                was=read_versions(mark.get("was", {})),
                archives=read_versions({_ARCHIVES: mark.get(_ARCHIVES, ())})[_ARCHIVES],
                had=read_sets(mark.get(_HAD, ())),
                tells=bool(mark.get("tells")),
            )
    return DeployedCode()


def described_code(backend: Backend, procedure: QualifiedName, there: DeployedCode) -> DeployedCode:
    """The same with what the procedure itself says, for one that an earlier release made."""
    if there.archive is not None:
        return there
    rows = backend.rows(f"DESCRIBE PROCEDURE {procedure.sql()}(VARCHAR)")
    said = {str(row["property"]).lower(): str(row["value"] or "") for row in rows}
    imports, packages = (_listed(said.get(name, "")) for name in ("imports", "packages"))
    return replace(
        there,
        archive=imports[0] if imports else None,
        python=said.get("runtime_version"),
        packages=packages,
    )


def code_there(there: DeployedCode) -> Code | None:
    """What is deployed, as it would be deployed again; None where there is none."""
    if there.archive is None or there.code_hash is None:
        return None
    return Code(
        archive=b"",
        digest=there.archive.rpartition("/")[2].removesuffix(".zip"),
        code_hash=there.code_hash,
        handler=HANDLER,
        python=there.python or "",
        packages=there.packages,
        tasks=there.tasks,
        named=there.named,
        repository=there.repository,
        unpinned=there.unpinned,
        returns=there.returns,
        tells=there.tells,
    )


def _listed(text: str) -> tuple[str, ...]:
    """The parts of `['a','b']`, as DESCRIBE writes lists."""
    parts = (part.strip().strip("'\"") for part in text.strip("[]() ").split(","))
    return tuple(part for part in parts if part)


#: Snowflake's own repositories by the names people know them by. Without one it depends on the
#: account's age where packages come from (docs: udf-python-packages).
_REPOSITORIES = {
    "pypi": "snowflake.snowpark.pypi_shared_repository",
    "anaconda": "snowflake.snowpark.anaconda_shared_repository",
}
#: The packages' names are PyPI's, whatever the notebook imports.
DEFAULT_REPOSITORY = "pypi"


def repository_name(named: str | None) -> str:
    """The artifact repository as SQL names it."""
    named = named or DEFAULT_REPOSITORY
    return _REPOSITORIES.get(named.lower(), named)


def create_stage(stage: QualifiedName) -> str:
    """The statement that makes the stage where it is not there yet."""
    return f"CREATE STAGE IF NOT EXISTS {stage.sql()}"


def _noted_versions(before: DeployedCode) -> dict[str, list[tuple[int, str]]]:
    """What is replaced, as the next procedure notes it: by then its own times are gone."""
    most = next((kept for size, kept in _MOST_VERSIONS if len(before.tasks) <= size), 1)
    return noted_versions({task: before.versions(task) for task in before.tasks}, most)


def _noted_archives(before: DeployedCode) -> list[tuple[int, str]]:
    """The archives until now: code that goes back to an earlier one is not sent again."""
    known = list(before.archives)
    if before.archive is not None and before.since is not None:
        known.append(Version(since=before.since, code=before.archive.rpartition("/")[2]))
    return noted_versions({_ARCHIVES: tuple(known)}, _MOST_ARCHIVES)[_ARCHIVES]


def create_procedure(
    procedure: QualifiedName, code: Code, location: str, before: DeployedCode
) -> str:
    """The statement that puts new code under the same name: no task is changed by it."""
    packages = ", ".join(quoted_string(package) for package in code.packages)
    mark = {
        "code": code.code_hash,
        "setting": code.setting,
        "tasks": dict(code.tasks),
        "archive": location,
        "python": code.python,
        "packages": list(code.packages),
        "named": list(code.named),
        "from": code.repository,
        "unpinned": code.unpinned,
        "returns": dict(code.returns),
        "was": _noted_versions(before),
        _ARCHIVES: _noted_archives(before),
        _HAD: noted_sets(before.package_sets),
        # What it was stays: code of a task that is not loaded here ships on.
        **({"tells": True} if code.tells or before.tells else {}),
    }
    comment = marked_comment(None, mark)
    return "\n".join(
        (
            f"CREATE OR REPLACE PROCEDURE {procedure.sql()}(task VARCHAR)",
            "  RETURNS VARCHAR",
            "  LANGUAGE PYTHON",
            f"  RUNTIME_VERSION = {quoted_string(code.python)}",
            f"  ARTIFACT_REPOSITORY = {repository_name(code.repository)}",
            f"  PACKAGES = ({packages})",
            f"  IMPORTS = ({quoted_string(location)})",
            f"  HANDLER = {quoted_string(code.handler)}",
            f"  COMMENT = {quoted_string(comment)}",
            "  EXECUTE AS CALLER",
        )
    )


def list_statement(stage: QualifiedName, path: str) -> str:
    """The statement that `listed_files` asks."""
    return f"LIST {quoted_string(stage_location(stage, path))}"


def listed_files(backend: Answering, stage: QualifiedName, path: str) -> tuple[str, ...] | None:
    """The names of the files below a path of the stage, None without the stage. One request."""
    try:
        rows = backend.rows(list_statement(stage, path))
    except BackendError as error:
        if error.code == DOES_NOT_EXIST:
            return None
        raise
    return tuple(str(row["name"]).rpartition("/")[2] for row in rows)
