"""The graphs that are measured, and a workspace on an engine of its own to run them in."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from sfdag_magics import TaskGraph, sftask, sql_task
from sfdag_magics.client.connecting.connect import stop_engine
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.engine.directory import rendezvous
from sfdag_magics.workspace.registry import Registry
from sfdag_magics.workspace.workspace import Workspace
from tests.benchmarks.processor import family_s

LAYERS_OF = 10


@contextlib.contextmanager
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sfdag-bench-") as name:
        yield Path(name)
        stop_engine(Path(name))


@contextlib.contextmanager
def workspace_on(data: Path) -> Iterator[Workspace]:
    """A workspace whose engine keeps its data there."""
    workspace = Workspace(Registry())
    workspace.places.use_target(Target(name="bench", path=str(data)))
    try:
        yield workspace
    finally:
        workspace.places.close()


def engine_s(data: Path) -> float:
    """The processor seconds of the engine that serves there, and of its workers."""
    met = rendezvous.read(data)
    if met is None:
        raise AssertionError(f"no engine serves {data}")
    return family_s(met.pid)


def layered(tasks: int, make: Callable[[str, list[str]], object]) -> None:
    """Layers of ten tasks, each below two of the layer above."""
    for number in range(tasks):
        layer, place = divmod(number, LAYERS_OF)
        above = (layer - 1) * LAYERS_OF
        after = [] if layer == 0 else [f"t{above + place}", f"t{above + (place + 1) % LAYERS_OF}"]
        make(f"t{number}", after)


def python_graph(tasks: int) -> TaskGraph:
    graph = TaskGraph(f"bench_python_{tasks}")

    def work(session):
        """A task that does nothing with a session of its own."""

    layered(tasks, lambda name, after: sftask(work, name=name, after=after, graph=graph))
    return graph


def sql_graph(tasks: int) -> TaskGraph:
    graph = TaskGraph(f"bench_sql_{tasks}")
    layered(tasks, lambda name, after: graph.add(sql_task(name, "SELECT 1", after=after)))
    return graph
