"""Notebooks executed on an engine of their own, and what can be asked of them then."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sfdag_magics.cli import main
from sfdag_magics.client.connecting.connect import connection_parameters
from tests.notebooks.executing import executed


class Executed:
    """A notebook after it ran, and the engine it ran on."""

    def __init__(self, notebook: Any, data: Path) -> None:
        self.notebook = notebook
        self.data = data

    def cell(self, start: str, number: int = 0) -> Any:
        """The `number`-th code cell whose source starts like this."""
        found = [
            c for c in self.notebook.cells if c.cell_type == "code" and c.source.startswith(start)
        ]
        return found[number]

    def printed(self, cell: Any) -> str:
        """What a cell printed."""
        return "".join(o.text for o in cell.outputs if o.output_type == "stream")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the engine answers now, by the unmodified connector."""
        import snowflake.connector

        with snowflake.connector.connect(**connection_parameters(self.data)) as connection:
            return connection.cursor().execute(sql).fetchall()


@pytest.fixture(scope="module")
def execute(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Executed]]:
    """Runs one of the repository's notebooks; its engine ends with the module."""
    data = tmp_path_factory.mktemp("engine")
    before = os.environ.get("SFDAG_DATA")
    os.environ["SFDAG_DATA"] = str(data)

    def run(name: str) -> Executed:
        return Executed(executed(name, tmp_path_factory.mktemp("cwd")), data)

    yield run
    main(["local", "stop", "--data", str(data)])
    if before is None:
        del os.environ["SFDAG_DATA"]
    else:
        os.environ["SFDAG_DATA"] = before
