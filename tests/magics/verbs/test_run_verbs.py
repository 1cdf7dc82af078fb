"""Which run the verbs mean, and what they say of it: status, runs, logs, why, stop, retry."""

import pytest

from sfdag_magics.client.connecting.activity import heard_by
from sfdag_magics.client.observing.derive import snapshot_from_rows
from sfdag_magics.client.observing.snapshot import TaskRun
from sfdag_magics.client.running.rootcause import RootCause
from sfdag_magics.errors import BackendError, InputError, RunFailedError
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.magics import extension
from sfdag_magics.magics.showing.follow import follow
from sfdag_magics.magics.showing.next_step import what_next
from sfdag_magics.workspace.answers.listings import RunListing
from sfdag_magics.workspace.registry import Registry
from tests.client.parts.test_retried import SEEN as RETRIED
from tests.client.rows import deployed, row
from tests.magics.scenes import failed_run, person, two_tasks

HOUR = 3600


def scheduled_run(fake, *, group="by-schedule", seconds=HOUR, state="SUCCEEDED"):
    """A run that nobody here started."""
    first = fake.history[0]
    moment = first["SCHEDULED_TIME"].replace(hour=seconds // HOUR)
    for name in ("G", "G$A", "G$B"):
        fake.history.append(
            first
            | {
                "NAME": name,
                "STATE": "SUCCEEDED" if name == "G" else state,
                "QUERY_ID": f"{group}-{name}",
                "SCHEDULED_TIME": moment,
                "QUERY_START_TIME": moment,
                "COMPLETED_TIME": moment if state == "SUCCEEDED" or name == "G" else None,
                "SCHEDULED_FROM": "SCHEDULE",
                "CONFIG": None,
                "GRAPH_RUN_GROUP_ID": group,
                "RETURN_VALUE": "42" if name == "G$B" else None,
            }
        )
    fake.graphs.insert(
        0,
        {
            "STATE": state,
            "ATTEMPT_NUMBER": 1,
            "GRAPH_RUN_GROUP_ID": group,
            "ROOT_TASK_ID": "id-G",
        },
    )


def test_the_newest_run_is_meant_whoever_started_it(notebook):
    failed_run(notebook)
    scheduled_run(notebook.fake)
    notebook.fake.events["by-schedule-G$A"] = [
        {"TIMESTAMP": None, "SEVERITY": "INFO", "LOGGER": "", "MESSAGE": "at night"}
    ]
    assert "run by-sched · 2026-11-23 01:00:00 UTC" in notebook.run("run = %sfdag status")
    assert "at night" in notebook.run("lines = %sfdag logs a")
    assert "nothing failed" in notebook.run("cause = %sfdag why")
    listed = notebook.run("runs = %sfdag runs").splitlines()
    assert listed[0].startswith("✓ by-sched  2026-11-23 01:00:00 UTC  succeeded  2 of 2 ran")
    assert listed[0].endswith("by schedule  b → 42")
    notebook.run("cause = %sfdag why --run group")
    assert repr(notebook.names["cause"]) == "RootCause(run group-1 of g: b)"


def test_runs_tell_date_configuration_and_result(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag run --set +rows=10")
    (line,) = notebook.run("runs = %sfdag runs").splitlines()
    assert line == "✓ group-1  2026-11-23 00:00:00 UTC  succeeded  2 of 2 ran  0 ms  rows=10"


def test_after_a_restart_the_deployed_graph_needs_no_cells(notebook, shell, capsys):
    failed_run(notebook)
    openers = notebook.magics.desk.workspace._openers
    notebook.magics = extension.load(shell, openers=openers, registry=Registry())
    said = notebook.run("run = %sfdag status -g g")
    assert "✕ b  failed" in said
    assert said.count("not loaded here") == 2
    assert "failed: b" in notebook.run("runs = %sfdag runs -g g")
    assert "✕ b failed" in notebook.run("cause = %sfdag why -g g")
    assert "printed and logged nothing" in notebook.run("lines = %sfdag logs b -g g")
    assert "✕ b  failed" in notebook.run("%sfdag show -g g --format text")
    assert "✓ b  succeeded · attempt 2" in notebook.run("run = %sfdag retry -g g")


def test_a_new_kernel_that_has_named_no_graph_is_told_which_there_are(notebook, shell):
    failed_run(notebook)
    openers = notebook.magics.desk.workspace._openers
    notebook.magics = extension.load(shell, openers=openers, registry=Registry())
    with pytest.raises(InputError, match=r"'notebook' is not deployed .*; there are: g") as raised:
        notebook.run("%sfdag status")
    assert raised.value.hint == "%sfdag graph g"


def test_of_a_graph_that_was_named_nobody_elses_is_put_in_its_place(notebook):
    failed_run(notebook)
    notebook.run("%sfdag graph mine")
    with pytest.raises(InputError, match=r"'mine' is not deployed .*; there are: g") as raised:
        notebook.run("%sfdag status")
    assert raised.value.hint.startswith("%sfdag graph NAME, if one of them is meant; else run its")


def test_stop_means_the_run_that_is_executing(notebook):
    failed_run(notebook)
    scheduled_run(notebook.fake, state="EXECUTING")
    ends_when_cancelled(notebook.fake)
    said = notebook.run("run = %sfdag stop --yes")
    assert "cancelling a of run by-sched of g" in said
    assert sorted(notebook.fake.cancelled) == ["by-schedule-G$A", "by-schedule-G$B"]


def ends_when_cancelled(fake):
    cancel = fake._cancel_query

    def cancelled(sql):
        fake.graphs[0]["STATE"] = "CANCELLED"
        return cancel(sql)

    fake._cancel_query = cancelled


def test_of_several_that_are_executing_one_has_to_be_named(notebook, monkeypatch):
    failed_run(notebook)
    for number in (1, 2):
        scheduled_run(
            notebook.fake, group=f"going-{number}", seconds=number * HOUR, state="EXECUTING"
        )
    with pytest.raises(InputError, match="2 runs of g are going: going-2, going-1"):
        notebook.run("%sfdag stop --yes")
    asked = person(monkeypatch, "n")
    notebook.run("run = %sfdag stop going-1")
    assert asked[0].startswith("cancel run going-1 of g · a, b are cancelled")


def test_an_id_that_several_runs_begin_with_is_not_enough(notebook):
    failed_run(notebook)
    scheduled_run(notebook.fake, group="group-77")
    with pytest.raises(InputError, match="2 runs are called 'group': group-77, group-1"):
        notebook.run("%sfdag status group")


def test_logs_without_a_task_are_those_of_all_with_their_names(notebook):
    failed_run(notebook)
    line = {"TIMESTAMP": None, "SEVERITY": "INFO", "LOGGER": "", "MESSAGE": "read 5 rows"}
    notebook.fake.events["q-G$A"] = [line]
    said = notebook.run("lines = %sfdag logs")
    assert "a  INFO  read 5 rows" in said
    assert said.splitlines()[0].startswith("b  ")
    assert said.splitlines()[0].endswith("ValueError: boom (%sfdag logs b)")
    assert str(notebook.names["lines"]) == "a  INFO  read 5 rows"
    notebook.run("lines = %sfdag logs --grep nothing")
    assert notebook.names["lines"] == ()
    assert "a  INFO  read 5 rows" in notebook.run("%sfdag logs -f --grep 5")


def test_logs_follow_a_task_to_its_end(notebook):
    failed_run(notebook)
    notebook.fake.events["q-G$B"] = [
        {"TIMESTAMP": None, "SEVERITY": "INFO", "LOGGER": "", "MESSAGE": f"step {n}"}
        for n in range(3)
    ]
    said = notebook.run("lines = %sfdag logs b -f --grep [12]")
    assert said.splitlines() == [
        "following b of run group-1 of g",
        "INFO  step 1",
        "INFO  step 2",
    ]
    with pytest.raises(InputError, match="--follow goes with none of"):
        notebook.run("%sfdag logs b -f --json")


def test_a_run_that_was_replaced_is_over_and_says_by_which(notebook):
    two_tasks(notebook)
    notebook.run("run = %sfdag run --no-wait")
    run, fake = notebook.names["run"], notebook.fake
    fake.history[0]["STATE"] = fake.graphs[0]["STATE"] = "SCHEDULED"
    del fake.history[1:]
    fake._go_on = lambda: None
    assert run.refresh().note == "waits for its turn"
    later = fake.history[0]["SCHEDULED_TIME"].replace(hour=1)
    replaced = fake.history[0] | {"GRAPH_RUN_GROUP_ID": "group-2", "SCHEDULED_TIME": later}
    fake.history[:] = [replaced]
    fake.graphs.clear()
    assert (run.wait().note, run.snapshot.is_over) == ("replaced by run group-2", True)
    with pytest.raises(RunFailedError, match="run group-1 of g replaced by run group-2"):
        follow(run, lambda _: None, explain=lambda cause: cause)


def test_the_run_itself_is_retried_as_the_verb_does_it(notebook):
    failed_run(notebook)
    notebook.run("run = %sfdag status")
    assert notebook.names["run"].retry().attempt == 2
    assert notebook.names["run"].wait().state == "SUCCEEDED"
    with pytest.raises(InputError, match="nothing failed in run group-1 of g, attempt 2"):
        notebook.names["run"].retry()


def test_a_stop_that_takes_too_long_says_what_it_waits_for(notebook):
    failed_run(notebook)
    scheduled_run(notebook.fake, state="EXECUTING")
    notebook.fake._cancel_query = lambda sql: []
    run = notebook.magics.desk.workspace.runs.find(notebook.graph)
    with pytest.raises(BackendError, match="still going after 0 s: waiting for a, b"):
        run.stop(timeout=0)


def test_a_failed_wait_is_not_taken_for_a_replaced_run(notebook):
    two_tasks(notebook)
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError, match="✕ b failed"):
        notebook.run("%sfdag run")


def test_what_was_dropped_is_not_spoken_of_as_if_it_were_there(notebook):
    failed_run(notebook)
    notebook.run("%sfdag drop --yes")
    assert "run group-1" not in notebook.run("%sfdag show --format text")
    assert "failed" not in notebook.run("%sfdag")
    for verb in ("status", "retry", "suspend"):
        with pytest.raises(InputError, match="graph 'g' is not deployed on fake") as raised:
            notebook.run(f"%sfdag {verb}")
        assert raised.value.hint == "%sfdag deploy"


@pytest.mark.parametrize(
    ("states", "result"),
    [
        ({"one": "CANCELLED"}, "cancelled: one"),
        ({"one": "FAILED"}, "failed: one"),
        ({"one": "FAILED", "two": "CANCELLED"}, "failed: one · cancelled: two"),
        ({"one": "FAILED", "two": "FAILED"}, "failed: one, two"),
    ],
)
def test_a_task_that_was_cancelled_is_not_told_as_failed(states, result):
    rows = [row("g"), *(row(name, state) for name, state in states.items())]
    seen = snapshot_from_rows(deployed(", ".join(states)), rows, None)
    assert str(RunListing([seen])).endswith(f"  {result}")


class View:
    """A live view that a page shows or does not."""

    def __init__(self, *, is_looked_at):
        self.is_looked_at = is_looked_at
        self.ends = []

    def show_end(self, seen):
        self.ends.append(seen.state)


@pytest.mark.parametrize("is_looked_at", [True, False])
def test_under_a_live_view_only_the_end_is_a_line(notebook, is_looked_at):
    two_tasks(notebook)
    notebook.run("run = %sfdag run --no-wait")
    said, heard, view = [], [], View(is_looked_at=is_looked_at)
    with heard_by(heard.append):
        follow(notebook.names["run"], said.append, explain=lambda cause: cause, view=view)
    assert len(said) == 1
    assert view.ends == ["SUCCEEDED"]  # shown before the cell ends: a kernel may end with it
    assert said[0].startswith("run group-1 of g: Succeeded")
    told = {begun.what for begun in heard if not begun.is_aside}
    assert ("run group-1 of g" in told) is not is_looked_at
    far = {begun.detail for begun in heard if begun.what == "run group-1 of g"}
    assert ("2 of 2 ran" in far) is not is_looked_at


def test_a_run_that_was_ended_asks_for_no_correction(notebook):
    two_tasks(notebook)
    notebook.run("run = %sfdag run --no-wait")
    task = TaskRun(name="a", state=DisplayState.CANCELLED)
    said = what_next(notebook.names["run"], RootCause(run="run 1 of g", task=task))
    assert said == "%sfdag retry goes on where it was ended, %sfdag run starts over"


@pytest.mark.slow
def test_a_note_is_said_of_the_tasks_that_changed_and_once_for_all_of_them(notebook):
    notebook.run("import random\nrandom.seed(1)")
    for name, below in (("a", ""), ("b", "a"), ("c", "b")):
        notebook.run(f"%%sftask\ndef {name}({below}): return random.random()\n")
    seed = "random.seed(1) in Cell [1] does not count"
    assert f"note: a, b, c: {seed}" in notebook.run("%sfdag run")
    assert seed not in notebook.run("%sfdag run")
    notebook.run("%%sftask\ndef c(b): return random.random() + 1\n")
    assert f"note: c: {seed}" in notebook.run("%sfdag run")
    assert f"note: a, b, c: {seed}" in notebook.run("%sfdag validate")


def test_what_a_cell_raises_is_shown_without_our_frames(notebook):
    notebook.shell.colors = "nocolor"
    with pytest.raises(ZeroDivisionError):
        notebook.run("%%sftask\n1 / 0\ndef a(): ...\n")
    assert "skipping hidden" in notebook.output
    assert "sfdag_magics" not in notebook.output


def test_a_run_that_continued_another_counts_only_what_ran_in_it():
    # As of test_retried: load is another run's, split was said to be done, three ran.
    assert "  3 of 5 ran, 1 reused, 1 by hand  " in str(RunListing([RETRIED]))
