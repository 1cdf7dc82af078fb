"""The event table, as a client reads it while and after a procedure runs."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError
from snowflake.snowpark import Session

from tests.engine.python_code.conftest import Run
from tests.engine.python_code.test_procedures import procedure

# a real engine process, with workers
pytestmark = pytest.mark.slow

OF_ONE_QUERY = """
select scope['name']::string, record['severity_text']::string, value::string,
       record_attributes, resource_attributes
from snowflake.telemetry.events
where record_type = 'LOG' and resource_attributes['snow.query.id']::string = ?
order by timestamp
"""


def called(session: Session, text: str) -> str:
    cursor = session.connection.cursor()
    cursor.execute(text)
    return str(cursor.sfqid)


@pytest.mark.rule("14.1", "18.21")
def test_lines_and_records_are_rows_with_severity_scope_and_query(
    session: Session, run: Run
) -> None:
    run(
        procedure(
            "import logging, sys\n"
            "def main(session):\n"
            "  print('to out')\n"
            "  logging.getLogger('mine').warning('careful')\n"
            "  print('to err', file=sys.stderr)"
        )
    )
    query_id = called(session, "call p()")

    rows = run(OF_ONE_QUERY, query_id)
    assert sorted(row[:3] for row in rows) == [
        ("mine", "WARN", "careful"),
        ("stderr", "INFO", "to err"),
        ("stdout", "INFO", "to out"),
    ]
    [record] = [json.loads(row[3]) for row in rows if row[0] == "mine"]
    assert record == {"code.filepath": "_udf_code.py", "code.function": "main", "code.lineno": 5}
    resource = json.loads(rows[0][4])
    assert resource["snow.executable.name"] == "P():VARCHAR"
    assert resource["snow.query.id"] == query_id


@pytest.mark.rule("14.2")
def test_an_unhandled_exception_is_a_fatal_record(session: Session, run: Run) -> None:
    run(procedure("def main(session): raise LookupError('gone')"))
    with pytest.raises(ProgrammingError) as caught:
        called(session, "call p()")

    [(_scope, severity, value, attributes, _resource)] = run(OF_ONE_QUERY, caught.value.sfqid)
    assert (severity, value) == ("FATAL", "exception")
    told = json.loads(attributes)
    assert (told["exception.type"], told["exception.message"]) == ("LookupError", "gone")


def test_what_is_printed_can_be_read_while_the_procedure_runs(
    run: Run, parameters: dict[str, Any], tmp_path: Any
) -> None:
    go = tmp_path / "go"
    run(
        procedure(
            "import pathlib, time\n"
            "def main(session, path):\n"
            "  print('already')\n"
            "  while not pathlib.Path(path).exists(): time.sleep(0.02)",
            signature="(path varchar)",
        )
    )
    [(where,)] = run("select current_database() || '.' || current_schema()")
    with snowflake.connector.connect(**parameters) as connection:
        cursor = connection.cursor()
        cursor.execute_async(f"call {where}.p('{go}')")
        seen: list[tuple[Any, ...]] = []
        for _round in range(300):
            if seen := run(OF_ONE_QUERY, cursor.sfqid):
                break
            threading.Event().wait(0.05)
        go.touch()
        cursor.get_results_from_sfqid(str(cursor.sfqid))
        cursor.fetchall()

    assert [row[2] for row in seen] == ["already"]
