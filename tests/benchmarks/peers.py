"""The same graphs run by Prefect, Dagster and Hamilton, in turns with ours.

Each is installed in an environment of its own, which is thrown away. What they do for a task is not
what the engine does, a process of its own and two durable commits: each line says what it is.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sfdag_magics import TaskGraph
from sfdag_magics.client.running.begun import start_run
from tests.benchmarks.floors import Bare
from tests.benchmarks.graphs import directory, layered, python_graph, workspace_on
from tests.benchmarks.measured import Measured
from tests.benchmarks.processor import family_s
from tests.benchmarks.task_works import first_run, once

_PROGRAMS = Path(__file__).parent / "peer_programs"
_TURNS = 5
_GRAPHS = (7, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another's library that runs graphs.

    Attributes:
        distribution: what is installed, as its index names it.
        does: what a task is there, and what is kept of it.
    """

    name: str
    distribution: str
    program: str
    does: str


PEERS = (
    Peer(
        name="Prefect",
        distribution="prefect",
        program="run_prefect.py",
        does="a thread, SQLite",
    ),
    Peer(
        name="Dagster",
        distribution="dagster",
        program="run_dagster.py",
        does="a call, SQLite",
    ),
    Peer(
        name="Hamilton",
        distribution="sf-hamilton",
        program="run_hamilton.py",
        does="a call, nothing kept",
    ),
)


def peers() -> list[Measured]:
    """Both graphs, by us and by each of them."""
    with tempfile.TemporaryDirectory(prefix="sfdag-peers-") as folder:
        homes = {each.distribution: Path(folder, each.distribution) for each in PEERS}
        releases = {name: _installed(name, home) for name, home in homes.items()}
        return [
            line
            for tasks in _GRAPHS
            for line in _side_by_side(python_graph(tasks), homes, releases)
        ]


def _installed(distribution: str, home: Path) -> str:
    """Install the newest release in an environment of its own; which that is."""
    print(f"… installing {distribution}", file=sys.stderr, flush=True)  # noqa: T201 - as the table
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    pip = (python, "-m", "pip", "--disable-pip-version-check", "--quiet")
    subprocess.run([*pip, "install", distribution], check=True)  # noqa: S603 - our own arguments
    asked = f"from importlib.metadata import version; print(version({distribution!r}))"
    return subprocess.check_output([python, "-c", asked], text=True).strip()  # noqa: S603


def _side_by_side(
    graph: TaskGraph, homes: dict[str, Path], releases: dict[str, str]
) -> Iterator[Measured]:
    """A line for each peer: turns of all of them and of ours, so that all meet the same machine."""
    took: dict[Peer | None, list[Bare]] = {each: [] for each in (None, *PEERS)}
    with contextlib.ExitStack() as stack:
        turns: dict[Peer | None, Callable[[], Bare]] = {None: stack.enter_context(_ours(graph))}
        for peer in PEERS:
            turns[peer] = stack.enter_context(_theirs(peer, len(graph.tasks), homes))
        for _ in range(_TURNS):
            for each, turn in turns.items():
                took[each].append(turn())
    ours = _median(took[None])
    for peer in PEERS:
        theirs = _median(took[peer])
        yield Measured(
            work=f"{len(graph.tasks)} no-op Python tasks, in turns",
            ours_s=ours.wall_s,
            ours_cpu_s=ours.processor_s,
            floor_s=theirs.wall_s,
            floor_cpu_s=theirs.processor_s,
            target="",
            floor=f"no floor: {peer.name} {releases[peer.distribution]}, each {peer.does}",
        )


@contextlib.contextmanager
def _ours(graph: TaskGraph) -> Iterator[Callable[[], Bare]]:
    with directory() as data, workspace_on(data) as workspace:
        deployed = first_run(workspace, graph).deployed
        backend = workspace.places.backend(None)
        yield lambda: once(data, lambda: start_run(backend, deployed))


@contextlib.contextmanager
def _theirs(peer: Peer, tasks: int, homes: dict[str, Path]) -> Iterator[Callable[[], Bare]]:
    """Its program, warm, which runs the graph once for each line it is sent."""
    above: dict[str, list[str]] = {}
    layered(tasks, above.__setitem__)
    with tempfile.TemporaryDirectory(prefix="sfdag-peer-") as kept:
        python = homes[peer.distribution] / "bin" / "python"
        command = [str(python), str(_PROGRAMS / peer.program), kept, json.dumps(above)]
        with subprocess.Popen(  # noqa: S603 - our own arguments
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        ) as program:
            _heard(peer, program)
            yield lambda: _told(peer, program)


def _told(peer: Peer, program: subprocess.Popen[str]) -> Bare:
    before = family_s(program.pid)
    program.stdin.write("\n")
    wall_s = float(_heard(peer, program))
    return Bare(wall_s=wall_s, processor_s=family_s(program.pid) - before)


def _heard(peer: Peer, program: subprocess.Popen[str]) -> str:
    line = program.stdout.readline()
    if not line:
        raise RuntimeError(f"{peer.name} ended with {program.wait()}: run {peer.program} by hand")
    return line


def _median(took: list[Bare]) -> Bare:
    return Bare(
        wall_s=statistics.median(each.wall_s for each in took),
        processor_s=statistics.median(each.processor_s for each in took),
    )
