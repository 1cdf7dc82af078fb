"""Cut deploys and rollbacks at every call with every fault, and say what is there then.

For each: is the graph as it was, or as it was to be, or does the command that is printed complete
it? `python -m tests.campaigns faults` on a fake service, which gets each statement alone; with
`--engine`, on an embedded engine in a new directory, which gets them together.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from sfdag_magics.client.code.deployed_code import Code, read_code
from sfdag_magics.client.connecting.connect import stop_engine
from sfdag_magics.client.connecting.sessions import open_target
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.deploy import apply, apply_code
from sfdag_magics.client.deploying.standing import read_standing
from sfdag_magics.client.deploying.undoing.going_back import plan_back
from sfdag_magics.client.kept.files import version_files
from sfdag_magics.client.observing.deployed import read_graph
from sfdag_magics.errors import BackendError
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.sqltext import QualifiedName
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.faulty import FAULTS, Faulty
from tests.client.planned import make_plan

TARGET = Target(name="embedded")
OLD, NEW, COMPLETED = "as it was", "as it was to be", "the command completes it"


def _graph(*described, hours):
    made = TaskGraph("g")
    for text in described:
        name, _, above = text.partition("<")
        made.add(sql_task(name.strip(), f"SELECT '{text}'", after=above.split()))
    made.configure(schedule=f"{hours} hours", warehouse="w")
    return made


def _code(digest, task):
    return Code(
        archive=b"zip",
        digest=digest,
        code_hash=digest,
        handler="m.run",
        python="3.11",
        packages=("snowflake-snowpark-python",),
        tasks={"a": task},
    )


BEFORE, CODE = _graph("a", "b < a", "z < b", hours=1), _code("c1", "h1")
AFTER, EDITED = _graph("a", "b", "x < a b", hours=2), _code("c2", "h2")


def _deploy(backend, graph, code):
    apply(backend, make_plan(backend, graph, code, TARGET, prune=True))


def _ship(backend):
    apply_code(backend, make_plan(backend, BEFORE, EDITED, TARGET))


def _back(backend):
    alone = TaskGraph("g")
    there = read_standing(backend, alone, TARGET, leaving=None, with_code=True)
    apply(backend, plan_back(there, "g", 1))


#: `{what is cut off: what is deployed before, and what is done}`.
SCENES = {
    "first deploy": ((), lambda backend: _deploy(backend, BEFORE, CODE)),
    "edited function": (((BEFORE, CODE),), lambda backend: _deploy(backend, BEFORE, EDITED)),
    "altered graph": (((BEFORE, CODE),), lambda backend: _deploy(backend, AFTER, EDITED)),
    "code for a retry": (((BEFORE, CODE),), _ship),
    "rollback": (((BEFORE, CODE), (AFTER, EDITED)), _back),
}


@dataclass(frozen=True)
class Cut:
    """What came of one deploy that was cut off."""

    scene: str
    call: int
    asked: str
    fault: str
    end: str
    said: str = ""


def state(backend):
    """What is deployed, but for when: definitions, states, code, versions; journals as they lie."""
    root = QualifiedName("G", *reversed(backend.namespace))
    graph = read_graph(backend, root)
    if graph is None:
        return None
    tasks = {
        name: (task.mark.get("hash"), task.is_started, task.predecessors)
        for name, task in graph.tasks.items()
    }
    code = read_code(backend, replace(root, name="G$RUN"))
    return graph.mark.get("hash"), graph.is_started, tasks, code.code_hash, code.archive


def left(backend):
    """The journals that lie there, and the numbers of the versions."""
    stage = ".".join((*backend.namespace, "SFDAG_CODE"))
    names = [str(row["name"]).rpartition("/")[2] for row in backend.rows(f"LIST '@{stage}/g/'")]
    numbers = [file.number for file in version_files(names)]
    return [name for name in names if name.startswith("deploy")], numbers


class Place:
    """Where scenes are played: each begins with nothing there. A fake, or an embedded engine."""

    def __init__(self, engine=None):
        self._engine = engine

    def empty(self):
        """A backend on which nothing is deployed."""
        if self._engine is None:
            fake = FakeSnowflake()
            fake.is_embedded = False
            return fake
        self._engine.rows("CREATE OR REPLACE SCHEMA FAULTS")
        self._engine.rows("USE SCHEMA FAULTS")
        return self._engine

    def begun(self, scene):
        """The same with what was deployed before."""
        backend = self.empty()
        for graph, code in SCENES[scene][0]:
            _deploy(backend, graph, code)
        return backend


def played(place, scene):
    """A scene that nothing cuts off: its calls, what was there before and is afterwards."""
    backend = place.begun(scene)
    before, whole = state(backend), Faulty(backend)
    SCENES[scene][1](whole)
    return whole.asked, before, state(backend)


def cut(place, scene, call, fault, whole):
    """One cut: what is there then, and whether doing it again leads to what was to be.

    Args:
        whole: the scene as it was played without one.
    """
    asked, before, wanted = whole
    backend = place.begun(scene)
    said = ""
    try:
        SCENES[scene][1](Faulty(backend, call, fault))
    except BackendError as error:
        said = str(error)
    now = state(backend)
    end = NEW if now == wanted else OLD if now == before else COMPLETED
    _check_words(said, scene, end, now)
    SCENES[scene][1](backend)
    where = f"{scene}: {fault} at {call} ({asked[call - 1]})"
    assert state(backend) == wanted, f"{where}: the same again does not complete it"
    journals, numbers = left(backend)
    assert journals == [], f"{where}: a journal is left"
    assert len(numbers) == len(SCENES[scene][0]) + 1, f"{where}: versions {numbers}"
    return Cut(scene, call, asked[call - 1], fault, end, said)


def _check_words(said, scene, end, now):
    """What was said is so."""
    if "is as it was" in said:
        assert end == OLD, said
    if "nothing of graph g is left there" in said:
        assert now is None, said
    if end == COMPLETED:
        again = "rollback" if scene == "rollback" else "deploy"
        assert f"target.{again}(" in said, said


def cuts(place, scenes=tuple(SCENES), faults=tuple(FAULTS)):
    """All cuts of these scenes."""
    for scene in scenes:
        whole = played(place, scene)
        for call in range(1, len(whole[0]) + 1):
            for fault in faults:
                yield cut(place, scene, call, fault, whole)


def table(found):
    """The cuts as a table: a row for each call, a column for each fault."""
    signs = {OLD: "old", NEW: "new", COMPLETED: "resumed"}
    width = max(len(each.asked) for each in found)
    lines = [" " * (width + 24) + "".join(f"{fault:>20}" for fault in FAULTS)]
    rows = {}
    for each in found:
        rows.setdefault((each.scene, each.call, each.asked), {})[each.fault] = signs[each.end]
    for (scene, call, asked), ends in rows.items():
        told = "".join(f"{ends.get(fault, ''):>20}" for fault in FAULTS)
        lines.append(f"{scene:<18}{call:>3}  {asked:<{width}} {told}")
    ends = Counter(each.end for each in found)
    counted = ", ".join(f"{count} {signs[end]}" for end, count in ends.items())
    lines.append(f"{len(found)} cuts: {counted}; all complete after the same again")
    return "\n".join(lines)


def main(arguments):
    """Play all scenes; returns the exit code."""
    if "--engine" not in arguments:
        print(table([*cuts(Place())]))  # noqa: T201 - what a campaign is run for
        return 0
    with tempfile.TemporaryDirectory() as folder:
        backend = open_target(Target(name="faults", path=folder))
        try:
            print(table([*cuts(Place(backend))]))  # noqa: T201
        finally:
            stop_engine(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
