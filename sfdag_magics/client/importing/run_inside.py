"""The process in which a program runs that makes `DAG`s: keeps them, and lets none be deployed."""

from __future__ import annotations

import contextlib
import importlib
import json
import runpy
import sys
from typing import Any

from sfdag_magics.client.importing.dag_objects import imported_dags
from sfdag_magics.errors import SfdagError


def main(path: str) -> None:
    """Run a program and print what it made, as a line of JSON."""
    made: list[Any] = []
    try:
        with contextlib.redirect_stdout(sys.stderr):
            _keep(made)
            sys.argv = [path]
            with contextlib.suppress(SystemExit):
                runpy.run_path(path, run_name="__main__")
            found = imported_dags(made, "the program")
            told: dict[str, Any] = {
                "module": found.module,
                "problems": found.problems,
                "not_carried": found.not_carried,
                "notes": found.notes,
            }
    except SfdagError as error:
        told = {"error": error.message}
    except Exception as error:  # noqa: BLE001 - the program's own
        told = {"error": f"{type(error).__name__}: {error}"}
    sys.stdout.write(f"{json.dumps(told)}\n")


def _keep(made: list[Any]) -> None:
    """Keep each `DAG` that is made from now on; what would send one does nothing."""
    try:
        dagv1 = importlib.import_module("snowflake.core.task.dagv1")
    except ImportError as error:
        raise SfdagError(
            "snowflake.core is not installed", hint="pip install snowflake.core"
        ) from error
    begin = dagv1.DAG.__init__

    def kept(self: Any, *given: Any, **named: Any) -> None:  # noqa: ANN401 - as it is called
        begin(self, *given, **named)
        made.append(self)

    dagv1.DAG.__init__ = kept
    for name in ("deploy", "run", "drop", "delete"):
        setattr(dagv1.DAGOperation, name, lambda *given, **named: None)


if __name__ == "__main__":
    main(sys.argv[1])
