"""Fixtures to test graphs with: an embedded engine of each worker's own, a schema of each test's.

pytest loads this module in every session where the package is installed, so it imports what it
works with only when a fixture is asked for.
"""

from __future__ import annotations

import importlib
import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sfdag_magics.client.observing.snapshot import RunSnapshot
    from sfdag_magics.graph.model import TaskGraph
    from sfdag_magics.workspace.open_target import OpenTarget

_SCHEMAS = itertools.count(1)


class RunInTest:
    """How a run ended.

    Attributes:
        state: Snowflake's word, such as `SUCCEEDED`.
        states: `{task: what a person reads of it}`, such as `skipped`.
        values: `{task: what it returned}`, read as JSON where it is JSON; without what returned
            nothing.
        snapshot: all that is known of it.
    """

    def __init__(self, snapshot: RunSnapshot) -> None:
        self.snapshot = snapshot
        self.state = snapshot.state.value
        self.states = {name: task.state.word for name, task in snapshot.tasks.items()}
        returned = {name: task.return_value for name, task in snapshot.tasks.items()}
        self.values = {name: _read(text) for name, text in returned.items() if text is not None}

    def __repr__(self) -> str:
        failed = "".join(f"\n  {task.name}: {task.reason}" for task in self.snapshot.failed)
        return f"<{self.snapshot.label}: {self.state}{failed}>"


def _read(text: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(text)
    except ValueError:
        return text


class RunsGraphs:
    """Deploys a graph to the test's schema, runs it and waits: `sfdag_run(graph)`."""

    def __init__(self, target: OpenTarget) -> None:
        self._target = target

    def __call__(
        self,
        graph: TaskGraph | str | Path,
        *,
        name: str | None = None,
        config: Mapping[str, Any] | None = None,
        timeout: float = 600.0,
    ) -> RunInTest:
        """Run a graph to its end; a failed run is no error but a `state`.

        Args:
            graph: a `TaskGraph`, or a notebook or Python file that describes one.
            name: which graph of the file, where it has several.
            config: laid over the graph's own.
            timeout: seconds to wait.

        Raises:
            GraphError: the graph cannot run; carries all problems.
            InputError: the file has no such graph, or the configuration does not fit.
            StillGoingError: the time is up.
        """
        if not isinstance(graph, str | Path):
            return RunInTest(self._target.run(graph, config=config).wait(timeout))
        reading = importlib.import_module("sfdag_magics.cli.reading")
        with reading.read_file(Path(graph)) as read:
            found = reading.graph_of(read, Path(graph), name)
            return RunInTest(self._target.run(found, config=config).wait(timeout))


@pytest.fixture(scope="session")
def sfdag_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data directory of this worker's engine, which ends with the session."""
    data = tmp_path_factory.mktemp("sfdag")
    yield data
    importlib.import_module("sfdag_magics.client.connecting.connect").stop_engine(data)


@pytest.fixture
def sfdag_target(sfdag_data: Path) -> Iterator[OpenTarget]:
    """The embedded engine, open at a schema that no other test sees."""
    public = importlib.import_module("sfdag_magics")
    there = public.Target(name="test", path=str(sfdag_data), schema=f"TEST_{next(_SCHEMAS)}")
    with public.open_target(there) as target:
        yield target


@pytest.fixture
def sfdag_session(sfdag_target: OpenTarget) -> Any:  # noqa: ANN401 - a Snowpark Session, imported late
    """A Snowpark session at the test's schema, to make tables with and to look at them."""
    return sfdag_target.session


@pytest.fixture
def sfdag_run(sfdag_target: OpenTarget) -> RunsGraphs:
    """Runs graphs in the test's schema; see `RunsGraphs`."""
    return RunsGraphs(sfdag_target)
