"""From a graph's Python tasks to the code that is deployed: what `bundle` makes, as `Code`."""

from __future__ import annotations

import functools
import importlib.metadata
import sys
from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.bundle import build, load_check, travels_text
from sfdag_magics.client.code.deployed_code import Code
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.graph.model import ParameterKind, TaskGraph, TaskKind
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.packages import is_bare, package_name

#: What a procedure's handler needs to get a session.
_SNOWPARK = "snowflake-snowpark-python"
#: Distributions of one shared top-level package, which metadata cannot tell apart.
_SNOWFLAKES = {
    "snowflake.snowpark": _SNOWPARK,
    "snowflake.ml": "snowflake-ml-python",
    "snowflake.core": "snowflake.core",
    "snowflake.connector": "snowflake-connector-python",
}


def code_of(graph: TaskGraph) -> Code | None:
    """The code of the graph's Python tasks, and what of it cannot be shipped.

    Returns:
        None where the graph has no such task.
    """
    python_tasks = [task for task in graph.tasks if task.kind is TaskKind.PYTHON]
    if not python_tasks:
        return None
    doing("collecting the code", counted(len(python_tasks), "task"))
    bundle = build(graph, packages_of, load_check())
    options = graph.options
    of_tasks = [(task.name, name) for task in python_tasks for name in task.packages]
    of_tasks += [(t.task, name) for t in bundle.tasks for name in packages_of(t.third_party)]
    needed = without_twins([*options.packages, *(name for _, name in of_tasks), _SNOWPARK])
    return Code(
        archive=bundle.archive,
        digest=bundle.digest,
        code_hash=bundle.code_hash,
        handler=bundle.handler,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        packages=needed if options.unpinned else tuple(map(pinned, needed)),
        tasks=bundle.hashes,
        named=options.packages,
        repository=options.packages_from,
        unpinned=options.unpinned,
        returns={task.name: task.returns for task in python_tasks if task.returns},
        users=_users(of_tasks),
        cells={task.name: task.place for task in python_tasks if task.place},
        travels={task.task: travels_text(task) for task in bundle.tasks},
        report=bundle.report(),
        notes={task.task: tuple(dict.fromkeys(task.notes)) for task in bundle.tasks},
        tells=any(
            each.kind is ParameterKind.CONTEXT for task in python_tasks for each in task.parameters
        ),
        problems=bundle.problems,
    )


def _users(of_tasks: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """`{package: the tasks that need it}`."""
    users: dict[str, list[str]] = {}
    for task, package in of_tasks:
        tasks = users.setdefault(package_name(package), [])
        if task not in tasks:
            tasks.append(task)
    return {package: tuple(tasks) for package, tasks in users.items()}


def packages_of(modules: tuple[str, ...]) -> Iterator[str]:
    """The packages to install for these modules: `sklearn` → `scikit-learn`."""
    for module in modules:
        if module in _SNOWFLAKES:
            yield _SNOWFLAKES[module]
        else:
            yield _distribution_of(module, tuple(sys.path))


@functools.cache
def _distribution_of(module: str, path: tuple[str, ...]) -> str:
    """The distribution that has a module; several share the top of `google.cloud.storage`."""
    found = sorted(set(_distributions(path).get(module.partition(".")[0], [])))
    if len(found) > 1:
        start = module.replace(".", "/")
        for name in found:
            files = importlib.metadata.files(name) or ()
            if any(str(file).startswith((f"{start}/", f"{start}.")) for file in files):
                return name
    return found[0] if found else module


def pinned(package: str) -> str:
    """The package in the version that this environment has; as it is where it says one itself.

    What was trained and tried here must not meet another release there. Snowpark is the service's
    own: a pin of it would keep tasks of two kernels out of one procedure at each of its releases.
    """
    if package_name(package) == _SNOWPARK or not is_bare(package):
        return package
    try:
        installed = importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        return package
    # As it calls itself: another spelling is no package to those who do not read names as pip does.
    own = installed.metadata["Name"]
    return f"{package if package.lower() == own.lower() else own}=={installed.version}"


@functools.cache
def _distributions(_path: tuple[str, ...]) -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()


def without_twins(packages: Iterable[str]) -> tuple[str, ...]:
    """Each package once, as it is named first: `xgboost==3.2` stands for `xgboost`."""
    kept: dict[str, str] = {}
    for package in packages:
        kept.setdefault(package_name(package), package)
    return tuple(kept.values())
