"""Parts of a graph and retries by a bridge, on a real engine with real workers."""

import json
import os
import signal

import pytest

from sfdag_magics.client.connecting import connect
from sfdag_magics.errors import InputError, RunFailedError
from sfdag_magics.magics import extension
from sfdag_magics.workspace.registry import Registry

pytestmark = pytest.mark.slow

#: Names that the code asks for in every way: by parameter, context, SQL of its own, SQL task.
CELLS = (
    "%sfdag graph parts --set rows=7",
    "%%sftask\ndef load(*, rows: int) -> dict:\n    return {'rows': rows, 'it': \"it's \\\\ a\"}\n",
    "%%sftask --after load --branch\ndef pick(load: dict) -> str:\n    return 'train'\n",
    "%%sftask --after pick --group ml\ndef train(session, ctx, load: dict, *, bad: bool = False):\n"
    "    if bad:\n        raise ValueError('boom')\n"
    "    ask = \"select system$get_predecessor_return_value('PARTS$PICK')\"\n"
    "    own = session.sql(ask).collect()[0][0]\n"
    "    full = ctx.get_predecessor_return_value('PARTS$PICK')\n"
    "    return [load, own, full, ctx.get_current_task_short_name()]\n",
    "%%sftask other --after pick --sql\nselect 1\n",
    "%%sftask report --after train --sql\nbegin\n"
    "  let v varchar := (select system$get_predecessor_return_value('PARTS$TRAIN'));\n"
    "  call system$set_return_value(:v);\nend\n",
    "%%sftask --finalizer\ndef tidy(): return 'tidied'\n",
)
TRAINED = '[{"rows": 7, "it": "it\'s \\\\ a"}, "train", "train", "TRAIN"]'


@pytest.fixture
def parts(notebook):
    """The notebook with the graph, and one run of it."""
    for cell in CELLS:
        notebook.run(cell)
    notebook.run("whole = %sfdag run")
    return notebook


def states(run):
    return {name: task.state.word for name, task in run.tasks.items()}


def there(notebook):
    """The tasks of bridges that are on the engine."""
    backend = notebook.magics.desk.workspace.places.backend()
    return [row["name"] for row in backend.rows("SHOW TASKS LIKE 'PARTS_SFDAG_BRIDGE%'")]


def test_a_part_runs_with_what_was_recorded_and_leaves_nothing_there(parts):
    said = parts.run("run = %sfdag run --only train,report")
    run, whole = parts.names["run"], parts.names["whole"]
    assert f"with what run {whole.snapshot.short_id} returned: load, pick" in said
    assert "the finalizer tidy does not run: --only train,report,tidy runs it as well" in said
    assert states(run) == {"load": "reused", "pick": "reused"} | dict.fromkeys(
        ("train", "report"), "succeeded"
    )
    assert run.tasks["train"].return_value == run.tasks["report"].return_value == TRAINED
    assert run.tasks["pick"].return_value == "train"
    assert there(parts) == []
    assert f"only train, report, with what run {whole.snapshot.short_id}" in parts.run(
        "%sfdag runs --last 1"
    )
    assert f"run {run.group_id[:8]}" in parts.run("%sfdag status")
    assert "with what run" in parts.run(f"%sfdag status {run.group_id[:8]}")
    # What it was given, by the names that its code has for the graph, which are not the bridge's.
    parts.run("again = %sfdag debug train --call")
    assert parts.names["again"] == json.loads(TRAINED)
    skipped = parts.run("run = %sfdag run --only other")  # the branch answered train
    assert "whatever its condition says: other" in skipped
    assert states(parts.names["run"])["other"] == "succeeded"
    parts.run("run = %sfdag run --from train --inputs " + whole.snapshot.short_id)
    assert states(parts.names["run"])["tidy"] == "succeeded"
    parts.run("run = %sfdag run --group ml")
    assert states(parts.names["run"]) == {
        **dict.fromkeys(("load", "pick"), "reused"),
        "train": "succeeded",
    }
    parts.run("run = %sfdag run --to pick --set rows=8")
    assert states(parts.names["run"]) == {"load": "succeeded", "pick": "succeeded"}
    assert parts.names["run"].tasks["load"].return_value.startswith('{"rows": 8')


def test_what_is_proven_to_give_the_same_is_left_out(parts):
    said = parts.run("run = %sfdag run --reuse")
    assert "nothing to run: all of parts is as it last succeeded" in said
    said = parts.run("run = %sfdag run --reuse --set bad=false")
    assert "train runs: other configuration: bad – → False" in said
    assert states(parts.names["run"]) == {
        **dict.fromkeys(("load", "pick"), "reused"),
        **dict.fromkeys(("train", "report", "tidy"), "succeeded"),
    }


def test_a_failed_run_goes_on_as_it_is_meant(parts):
    with pytest.raises(RunFailedError):
        parts.run("failed = %sfdag run --set bad=true")
    failed = parts.names["failed"] = parts.magics.desk.workspace.runs.find(parts.graph)
    said = parts.run("run = %sfdag retry --set bad=false --set rows=9 --preview")
    assert "note: load, reused, may read rows 7 → 9; --from load runs it again" in said
    said = parts.run("run = %sfdag retry --set bad=false")
    run = parts.names["run"]
    assert "by a bridge, a run of its own: the service's retry takes no configuration" in said
    assert states(run) == {
        **dict.fromkeys(("load", "pick"), "reused"),
        "other": "skipped",
        **dict.fromkeys(("train", "report", "tidy"), "succeeded"),
    }
    assert f"continued by run {run.group_id[:8]}" in parts.run(
        f"%sfdag status {failed.group_id[:8]}"
    )
    by_hand = "--mark-done train='[1]' --because 'sent by mail'"
    parts.run(f"run = %sfdag retry {failed.group_id[:8]} {by_hand}")
    run = parts.names["run"]
    assert run.tasks["report"].return_value == "[1]"
    assert "train done by" in parts.run("%sfdag status")
    assert "sent by mail" in parts.run("%sfdag status")
    with pytest.raises(InputError, match="train would run again and be done by hand at once"):
        parts.run(f"%sfdag retry {failed.group_id[:8]} --from train --skip train --because no")
    parts.run(f"run = %sfdag retry {failed.group_id[:8]} --skip train --because 'not today'")
    assert states(parts.names["run"])["report"] == "skipped"
    assert parts.names["run"].state == "SUCCEEDED"


def test_what_a_kernel_left_behind_goes_with_the_next_run(parts, data_directory):
    parts.run("run = %sfdag run --only train --no-wait")
    parts.names["run"]._over.clear()  # as a kernel that is killed sees no end
    parts.names["run"].result(timeout=120)
    assert len(there(parts)) == 4
    extension.load(parts.shell, registry=Registry())
    parts.magics = extension.load(parts.shell, registry=Registry())
    assert "parts" in parts.run("%sfdag graphs")
    assert "BRIDGE" not in parts.run("%sfdag graphs").upper()
    parts.run("%sfdag run -g parts")
    assert there(parts) == []
    os.kill(connect.engine_status(data_directory)["pid"], signal.SIGTERM)
