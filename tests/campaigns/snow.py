"""Drive an engine by the `snow` command line: `python -m tests.campaigns snow PATH/TO/snow`.

Snowflake's own client, unmodified, from an environment of its own: `python -m venv snow` and
`snow/bin/pip install snowflake-cli` (tried: 3.30.0). It is in none of the tests' environments: its
bounds are other ones than ours, and each call of it takes seconds. Every step says what has to be
in its answer; it fails (exit code 1) where one says something else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sfdag_magics.client.connecting.connect import connection_parameters, stop_engine

_OBJECTS = (
    "create table t (a int); create view v as select a from t; create stage s;"
    " create stream st on table t; create sequence q;"
    " create task tk schedule = '1 hour' as select 1"
)
_LISTED = (
    *(("table", "T"), ("view", "V"), ("stage", "S"), ("stream", "ST"), ("task", "TK")),
    *(("warehouse", "COMPUTE_WH"), ("role", "ACCOUNTADMIN"), ("user", "SFDAG")),
    *(("database", "SFDAG"), ("schema", "PUBLIC")),
)
_DESCRIBED = ("table t", "view v", "stage s", "stream st", "task tk", "schema sfdag.public")


@dataclass(frozen=True, slots=True)
class Step:
    """One call: its arguments, and what its answer has in it."""

    arguments: str
    said: str


STEPS = (
    Step("connection test", '"Status": "OK"'),
    Step(f"sql|-q|{_OBJECTS}", "Task TK successfully created"),
    Step("sql|-q|select 6 * 7 as answer", '"ANSWER": 42'),
    # it takes a block apart at its semicolons where that is not in a text
    Step("sql|-q|execute immediate $$begin let x := 1; return x; end$$", "anonymous block"),
    Step("sql|-q|execute task tk", "is scheduled to run immediately"),
    *(Step(f"object list {kind}", f'"name": "{name}"') for kind, name in _LISTED),
    *(Step(f"object describe {what}", "[") for what in _DESCRIBED),
    Step("object describe warehouse COMPUTE_WH", '"kind": "WAREHOUSE"'),
    Step("object describe database SFDAG", '"name": "PUBLIC"'),
    Step("object create schema name=made", "MADE successfully created"),
    Step("object drop schema made", "MADE successfully dropped"),
    Step("stage create st1", "ST1 successfully created"),
    Step("stage copy one.sql @st1/up --overwrite", "UPLOADED"),
    Step("stage list-files st1", "st1/up/one.sql"),
    Step("stage execute @st1/up/one.sql", "SUCCESS"),
    Step("stage copy @st1/up back", "DOWNLOADED"),
    Step("stage remove st1 up/one.sql", "removed"),
    Step("stage drop st1", "ST1 successfully dropped"),
)


def main(arguments: Sequence[str]) -> int:
    """0 when every step said what it has to say."""
    if len(arguments) != 1:
        sys.exit("python -m tests.campaigns snow PATH/TO/snow")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "one.sql").write_text("select 1 as a;\n")
        try:
            environment = _environment(place, connection_parameters(place / "data"))
            said = [_told(step, arguments[0], place, environment) for step in STEPS]
        finally:
            stop_engine(place / "data")
    sys.stdout.write(f"held: {said.count(True)} of {len(said)}\n")
    return 0 if all(said) else 1


def _environment(place: Path, parameters: Mapping[str, object]) -> dict[str, str]:
    """Where the command finds a connection to the engine, by its default name."""
    lines = [f"{name} = {json.dumps(value)}" for name, value in parameters.items()]
    for name, text in (("connections.toml", "[default]\n" + "\n".join(lines)), ("config.toml", "")):
        (place / name).write_text(text)
        (place / name).chmod(0o600)
    return {**os.environ, "SNOWFLAKE_HOME": str(place)}


def _told(step: Step, snow: str, place: Path, environment: Mapping[str, str]) -> bool:
    words = step.arguments.split("|") if "|" in step.arguments else step.arguments.split()
    ran = subprocess.run(  # noqa: S603 - the command that was named, no shell
        [snow, *words, "--format", "json"],
        cwd=place, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    held = ran.returncode == 0 and step.said in ran.stdout
    why = "" if held else (ran.stdout + ran.stderr)[-2000:]
    sys.stdout.write(f"{'ok' if held else 'NO'}  {' '.join(words)[:100]}\n{why}")
    sys.stdout.flush()
    return held
