"""The code of a run's task as it ran, beside an attempt's, the last success's, and the cell's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.code.differing_lines import Against, CodeAsk
from sfdag_magics.client.running.ran_lines import RanLines
from sfdag_magics.errors import InputError, RunFailedError
from sfdag_magics.magics.showing.views import _actions
from tests.client.running_snowflake import RunningSnowflake

TASKS = {
    "one": "%%sftask\ndef a():\n    x = 1\n    return x\n",
    "two": "%%sftask\n# written anew\ndef a():\n    x = 2\n    return x\n",
    "few": "%%sftask\ndef a(*, rows=1, day='Monday'): return rows\n",
    "many": "%%sftask\ndef a(*, rows=2): return rows\n",
    "bad": "%%sftask\ndef a():\n    x = 3\n    return 1 / 0\n",
}


class TimelySnowflake(RunningSnowflake):
    """Its runs and their tasks have the times at which they run."""

    def _execute(self, statement):
        count = len(self.history)
        answer = super()._execute(statement)
        if len(self.history) > count:
            self._timed()
        return answer

    def _ran(self, name, run):
        super()._ran(name, run)
        self._timed()

    def _timed(self):
        times = ("SCHEDULED_TIME", "QUERY_START_TIME", "COMPLETED_TIME")
        self.history[-1].update(dict.fromkeys(times, self.now))


@pytest.fixture
def fake():
    return TimelySnowflake()


@pytest.fixture
def ran(notebook):
    """Runs the named versions one after the other, an hour apart."""

    def runs(*names, last="run"):
        notebook.fake.now -= timedelta(hours=len(names))
        notebook.run("%sfdag graph g")
        for at, name in enumerate(names):
            notebook.fake.now += timedelta(hours=1)
            notebook.run(TASKS[name])
            notebook.fake.failing = {"G$A"} if name == "bad" else set()
            verb = last if at == len(names) - 1 else "run"
            if name == "bad":
                with pytest.raises(RunFailedError):
                    notebook.run(f"%sfdag {verb}")
            else:
                notebook.run(f"%sfdag {verb}")
        return notebook

    return runs


def lines(notebook, against, attempt=None, *, run=None, runs=()):
    desk = notebook.magics.desk
    shown = desk.workspace.runs.find(notebook.graph, run)
    found = _actions(desk, notebook.graph, shown, "embedded").lines(
        shown, "a", CodeAsk(against=against, attempt=attempt, runs=runs)
    )
    return [(each.mark.value, each.number, each.text) for each in found]


def test_code_is_told_as_it_ran_with_the_lines_of_its_cell(ran):
    notebook = ran("two", "one")
    assert lines(notebook, Against.NOTHING) == [
        (" ", 2, "def a():"),
        (" ", 3, "    x = 1"),
        (" ", 4, "    return x"),
    ]


def forgotten(notebook):
    """The notebook finds its runs anew."""
    notebook.magics.desk.workspace.runs.forget("g", None)


ONE_TO_TWO = [("-", 3, "    x = 1"), ("+", 4, "    x = 2")]
CASES = [
    (("one", "two"), Against.SUCCESS, ONE_TO_TWO),
    # The archive of `one` is not sent a second time, and is older than that of `two`.
    (("two", "one", "two", "one"), Against.SUCCESS, [("-", 4, "    x = 2"), ("+", 3, "    x = 1")]),
    (("one", "two", "one", "two"), Against.SUCCESS, ONE_TO_TWO),
    (("one", "one"), Against.SUCCESS, []),
    (("one",), Against.CELL, []),
]


@pytest.mark.parametrize(("versions", "against", "changed"), CASES)
def test_what_differs_is_told_whatever_was_deployed_when(ran, versions, against, changed):
    found = lines(ran(*versions), against)
    assert [line for line in found if line[0] in "-+"] == changed


def test_the_cell_that_was_edited_since_is_the_later_of_both(ran):
    notebook = ran("one")
    notebook.run(TASKS["two"])
    assert [line for line in lines(notebook, Against.CELL) if line[0] in "-+"] == ONE_TO_TWO


def test_a_retry_is_told_beside_the_attempt_before(ran):
    notebook = ran("bad", "one", last="retry")
    found = lines(notebook, Against.ATTEMPT, 1)
    assert [line for line in found if line[0] in "-+"] == [
        ("-", 3, "    x = 3"),
        ("-", 4, "    return 1 / 0"),
        ("+", 3, "    x = 1"),
        ("+", 4, "    return x"),
    ]


def test_the_code_of_two_runs_is_told_whichever_is_shown(ran):
    notebook = ran("one", "two", "one")
    groups = [
        run.group_id
        for run in notebook.magics.desk.workspace.runs.recent(notebook.graph, "embedded", last=9)
    ]
    assert [
        line for line in lines(notebook, Against.RUN, runs=groups[2:0:-1]) if line[0] in "-+"
    ] == ONE_TO_TWO
    with pytest.raises(InputError, match="two runs"):
        lines(notebook, Against.RUN)


def test_what_is_not_there_is_said_with_why(ran):
    notebook = ran("one")
    with pytest.raises(InputError, match="no run of g before this one succeeded"):
        lines(notebook, Against.SUCCESS)
    notebook.fake.files.clear()
    desk_run = notebook.magics.desk.workspace.runs.find(notebook.graph)
    assert desk_run.ran_lines("a")  # an archive that was read once is not asked for again
    forgotten(notebook)
    with pytest.raises(InputError, match=r"that a ran in run group-1 of g is not there any more"):
        lines(notebook, Against.NOTHING)


def test_an_import_that_is_gathered_for_a_task_has_no_line_of_a_cell(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\nimport time\ndef a():\n    return time.time()\n")
    notebook.run("%sfdag run")
    assert lines(notebook, Against.NOTHING) == [
        (" ", 0, "import time"),
        (" ", 3, "def a():"),
        (" ", 4, "    return time.time()"),
    ]


def test_sql_is_told_too_as_long_as_its_definition_stands(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask a --sql\nSELECT 1\n")
    notebook.run("%sfdag run")
    assert lines(notebook, Against.NOTHING) == [(" ", 1, "SELECT 1")]
    notebook.run("%%sftask a --sql\nSELECT 2\n")
    changed = [("-", 1, "SELECT 1"), ("+", 1, "SELECT 2")]
    assert lines(notebook, Against.CELL) == changed
    notebook.fake.now += timedelta(hours=1)
    notebook.run("%sfdag deploy --yes")
    assert (
        lines(notebook, Against.CELL) == changed
    )  # who saw the run begin knows what it began with
    forgotten(notebook)
    with pytest.raises(InputError, match="its definition was replaced since"):
        lines(notebook, Against.NOTHING)


def test_a_task_that_did_not_run_has_no_code_that_ran(ran):
    notebook = ran("one")
    run = notebook.magics.desk.workspace.runs.find(notebook.graph, None)
    waiting = replace(run.snapshot.tasks["a"], started=None)
    with pytest.raises(InputError, match=r"a did not run in"):
        RanLines(run._backend, run.deployed).of(run.snapshot, waiting)


def test_a_name_that_no_task_returned_opens_no_table(ran):
    notebook = ran("one")
    run = notebook.magics.desk.workspace.runs.find(notebook.graph, None)
    with pytest.raises(InputError, match="a returned no name of a table 'SECRETS' that is there"):
        run.first_rows("a", "SECRETS")


def test_what_a_key_was_by_default_is_said_by_the_code_that_ran(ran):
    notebook = ran("few", "many")
    desk = notebook.magics.desk
    newer, older = desk.workspace.runs.recent(notebook.graph, "embedded", last=2)

    def defaults(seen):
        shown = desk.workspace.runs.find(notebook.graph, seen.group_id, past=True)
        return _actions(desk, notebook.graph, shown, "embedded").defaults(shown, "a")

    assert defaults(older) == {"rows": "1", "day": "'Monday'"}
    assert defaults(newer) is None  # the cell says the same
