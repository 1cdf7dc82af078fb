"""A failure that is looked into where the code is: `%sfdag debug`, on a real engine."""

import json

import jsonschema
import pytest

from sfdag_magics.client.connecting import activity
from sfdag_magics.errors import InputError, RunFailedError
from sfdag_magics.magics.showing.schemas import DOCUMENTS

pytestmark = pytest.mark.slow

LOAD = (
    "%%sftask\ndef load(session, *, rows: int = 5) -> dict:\n"
    "    return {'rows': rows, 'table': 't'}\n"
)
TRAIN = (
    "%%sftask\nfrom datetime import date\n"
    "def train(session, load: dict, ctx, *, rate: float = 0.5, day: date = date(2026, 1, 1)):\n"
    "    told = session.sql(\"select system$get_predecessor_return_value('LOOKED$LOAD') as v,\"\n"
    "                       \" system$get_task_graph_config('rate') as r\").collect()[0]\n"
    "    ctx.set_return_value('kept nowhere')\n"
    "    if load['rows'] > 6:\n"
    "        raise ValueError(f'too many: {load} {told.R} {ctx.get_current_task_short_name()}')\n"
    "    return (told.V, rate, day.isoformat(), ctx.get_task_graph_config_property('rows'))\n"
)
PLAIN = (
    "%%sftask --after load\ndef plain(session):\n"
    "    from snowflake.core.task.context import TaskContext\n"
    "    context = TaskContext(session)\n"
    "    return context.get_predecessor_return_value('LOAD') + context.get_current_task_name()\n"
)

LISTENS = (
    "%%sftask --after load\nheard = []\ndef plain(session):\n"
    "    from sfdag_magics.client.connecting import activity\n"
    "    heard.append(activity.listener())\n"
)


def failed(notebook):
    notebook.run("%sfdag graph looked")
    for cell in (LOAD, TRAIN, PLAIN):
        notebook.run(cell)
    with pytest.raises(RunFailedError, match="too many"):
        notebook.run("%sfdag run --set rows=7 --set rate=0.25 --set day=2026-03-04")


def test_what_a_task_was_given_comes_back_and_its_function_fails_as_it_did(notebook):
    failed(notebook)
    said = notebook.run("inputs = %sfdag debug")  # of itself the task that failed
    assert "load     {'rows': 7, 'table': 't'}  (dict)" in said
    assert "it raised: ValueError: too many" in said
    inputs = notebook.names["inputs"]
    assert (inputs["rate"], inputs["day"].isoformat()) == (0.25, "2026-03-04")
    with pytest.raises(ValueError, match=r"too many: \{'rows': 7, 'table': 't'\} 0.25 TRAIN"):
        notebook.run("train(**inputs)")
    with pytest.raises(ValueError, match="too many"):
        notebook.run("%sfdag debug train --call")
    with pytest.raises(ValueError, match="too many"):
        notebook.run("%sfdag debug train --call --json")
    told = json.JSONDecoder().raw_decode(notebook.output)[0]
    jsonschema.validate(told, DOCUMENTS["debug"], jsonschema.Draft202012Validator)
    assert told["raised"].startswith("ValueError: too many")
    assert told["inputs"]["load"]["value"] == {"rows": 7, "table": "t"}
    assert (told["inputs"]["day"]["type"], told["inputs"]["day"]["value"]) == ("date", None)
    # What was corrected is tried on what the task was given, before anything is deployed.
    notebook.run(TRAIN.replace("> 6", "> 60"))
    notebook.run("found = %sfdag debug train --call")
    assert notebook.names["found"] == ('{"rows": 7, "table": "t"}', 0.25, "2026-03-04", 7)
    notebook.run("found = %sfdag debug plain --call")
    assert notebook.names["found"].startswith('{"rows": 7, "table": "t"}')
    assert notebook.names["found"].endswith("LOOKED$PLAIN")
    # A debugger may stand in it: what it does is not told on the line that is typed on.
    notebook.run(LISTENS)
    notebook.run("%sfdag debug plain --call")
    assert notebook.names["heard"] == [activity.nobody]


def test_what_cannot_be_restored_is_named(notebook):
    failed(notebook)
    for line, said in (
        ("debug nope", "'nope' is not a task"),
        ("debug train --attempt 3", "attempt"),
        ("debug train --run ffff", "ffff"),
    ):
        with pytest.raises(InputError, match=said):
            notebook.run(f"%sfdag {line}")


PARTS = "%%sftask --map PARTS\ndef part(i: int):\n    return 5 / i\n"


def test_an_element_of_a_map_is_the_one_that_the_run_had_whatever_the_cell_says_now(notebook):
    notebook.run("%sfdag graph parted")
    notebook.names["PARTS"] = {"a": 1, "b": 0}
    notebook.run(PARTS)
    with pytest.raises(RunFailedError, match="ZeroDivisionError"):
        notebook.run("%sfdag run")
    failed = notebook.magics.desk.workspace.runs.known(notebook.graph).snapshot.short_id
    notebook.names["PARTS"] = {"a": 1, "b": 2}
    notebook.run(PARTS)
    said = notebook.run("given = %sfdag debug part_b")
    assert "i  0  (int)" in said
    assert "next: part(**given) · or %sfdag debug part_b --call" in said
    with pytest.raises(ZeroDivisionError):
        notebook.run("%sfdag debug part_b --call")
    notebook.run("%sfdag run")
    assert "i  2  (int)" in notebook.run("%sfdag debug part_b")
    said = notebook.run(f"%sfdag debug part_b --run {failed}")
    assert "i  0  (int)" in said
    assert f"inputs = %sfdag debug part_b --run {failed}, then part(**inputs)" in said
