"""Rows in and out of tasks, and a task that is green but empty, on a real engine."""

import json

import pytest

from sfdag_magics.errors import RunFailedError

pytestmark = pytest.mark.slow

CELLS = (
    "%sfdag graph fed",
    "%%sftask load --sql\nbegin\n"
    "  let most int := SYSTEM$GET_TASK_GRAPH_CONFIG('most')::int;\n"
    "  create or replace table fed_raw as\n"
    "    select seq4() as n from table(generator(rowcount => 100)) where n < :most;\nend\n",
    "%%sftask --after load\ndef clean(session) -> int:\n"
    "    frame = session.table('fed_raw').to_pandas()\n"
    "    session.create_dataframe(frame[frame.N >= 10]).write.save_as_table(\n"
    "        'fed_clean', mode='overwrite')\n"
    "    return len(frame)\n",
    "%%sftask --after clean\ndef train(clean: int):\n    return 1 / (clean - 5)\n",
)


def test_rows_are_told_and_a_green_task_that_wrote_none_is_named(notebook):
    for cell in CELLS:
        notebook.run(cell)
    notebook.run("%sfdag run --set most=60")
    notebook.run("%sfdag run --set most=50")
    said = notebook.run("status = %sfdag status")
    assert "50 rows written" in said
    assert "40 rows written, 50 rows read" in said
    assert "last time" in said
    # Everything is green, and one task has written nothing.
    notebook.run("%sfdag run --set most=10")
    said = notebook.run("%sfdag status")
    empty = "clean wrote no rows, and usually about 45: green but empty"
    assert f"note: {empty}" in said
    assert empty in notebook.run("cause = %sfdag why")
    assert "green but empty: clean" in notebook.run("runs = %sfdag runs")
    with pytest.raises(RunFailedError, match="ZeroDivisionError") as raised:
        notebook.run("%sfdag run --set most=5")
    assert "changed since the last success: rows that load wrote: 10 → 5" in str(raised.value)
    told = json.loads(notebook.run("x = %sfdag status --json"))
    assert (told["tasks"]["load"]["rows_written"], told["tasks"]["clean"]["rows_read"]) == (5, 5)
    assert told["usual"]["tasks"]["load"]["rows_written"] == 50
