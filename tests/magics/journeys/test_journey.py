"""The main line, on a real engine with real workers, in a data directory of its own."""

import contextlib
import json
import os
import signal

import pytest

from sfdag_magics.client.connecting import connect
from sfdag_magics.client.connecting.sessions import open_target
from sfdag_magics.client.observing.traces.log_window import LogAsk
from sfdag_magics.errors import BackendError, InputError, RunFailedError
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.magics import extension
from sfdag_magics.workspace.places import Openers

pytestmark = pytest.mark.slow


def engine_pid(path):
    return connect.engine_status(path)["pid"]


def test_what_ran_and_what_was_returned_is_looked_at(notebook):
    notebook.run("%sfdag graph seen")
    for number in (1, 2):
        notebook.run(
            "%%sftask\ndef make(session):\n"
            f"    session.sql('create or replace table made as select {number} as x').collect()\n"
            "    return {'table': 'made', 'other': 'nowhere'}\n"
        )
        notebook.run("run = %sfdag run")
    run = notebook.names["run"]
    assert [(each.said, each.rows) for each in run.named_tables("make")] == [("made", 1)]
    assert run.first_rows("make", "made").rows == (("2",),)
    with pytest.raises(InputError, match="'nowhere' that is there"):
        run.first_rows("make", "nowhere")
    told = [
        [line.text for line in lines]
        for lines in (run.last_good_lines("make"), run.ran_lines("make"))
    ]
    assert [text for text in told[1] if text not in told[0]] == [
        "    session.sql('create or replace table made as select 2 as x').collect()"
    ]
    assert told[0] != told[1]


def test_what_was_granted_in_sql_is_what_a_doctor_counts(notebook):
    notebook.run("granting = %sfdag session")
    granting = notebook.names["granting"]
    for text in (
        "create schema granted",
        *("create role ds", "create role team", "create database role makers"),
        *("grant role team to role ds", "grant database role makers to role team"),
        *("grant usage on warehouse compute_wh to role ds", "use role ds"),
        "grant create task, create procedure on schema granted to role team",
        "grant create stage, usage on schema granted to database role makers",
        "grant usage on database sfdag to database role makers",
    ):
        granting.sql(text).collect()
    notebook.run("%sfdag target use granting\n%sfdag graph granted")
    assert notebook.run("%sfdag doctor").splitlines() == [
        "granting · SFDAG.GRANTED: role DS lacks privileges on 1 object, which an account would"
        " ask for",
        "  GRANT EXECUTE TASK ON ACCOUNT TO ROLE DS;  -- an ACCOUNTADMIN",
    ]
    told = json.loads(notebook.run("%sfdag doctor --json"))
    assert (told["is_well"], told["is_refused"], len(told["lacks"])) == (False, False, 1)
    granting.sql("grant execute task on account to role team").collect()
    assert "role DS lacks no privilege that a deploy needs" in notebook.run("%sfdag doctor")
    notebook.run("%sfdag graph granted --warehouse none")
    assert "  GRANT EXECUTE MANAGED TASK ON ACCOUNT TO ROLE DS;" in notebook.run("%sfdag doctor")


def describe(notebook, graph, check="return total"):
    notebook.run(f"%sfdag graph {graph} --set n=3")
    notebook.run(
        "%%sftask\ndef prepare(session, *, n: int) -> dict:\n"
        "    print('preparing', n)\n"
        "    session.sql('create or replace table nums as select seq4() as x '\n"
        "                f'from table(generator(rowcount => {n}))').collect()\n"
        "    return {'rows': session.table('nums').count()}\n"
    )
    notebook.run(
        "%%sftask doubled --after prepare --sql\n"
        "create or replace table twice as select x * 2 as y from nums\n"
    )
    notebook.run(
        "%%sftask --after doubled\ndef check(session, prepare: dict) -> int:\n"
        "    total = int(session.sql('select sum(y) from twice').collect()[0][0])\n    " + check
    )
    notebook.run("%%sftask --finalizer\ndef tidy(session):\n    print('tidied')\n")


def test_a_graph_runs_fails_is_explained_fixed_and_retried(notebook):
    describe(notebook, "journey", check="raise ValueError(f'bad total {total}')")
    with pytest.raises(RunFailedError, match="bad total 6"):
        notebook.run("%sfdag run")
    assert "✕ check failed (Cell [4] check, line 4)" in notebook.run("cause = %sfdag why")
    assert "preparing 3" in notebook.run("lines = %sfdag logs prepare")
    first = notebook.run("run = %sfdag status") and notebook.names["run"].snapshot
    describe(notebook, "journey")
    said = notebook.run("run = %sfdag retry")
    assert (
        "reused: prepare, doubled · runs again at the end: tidy · with edited code: check" in said
    )
    second = notebook.names["run"].snapshot
    assert (second.state, second.attempt, second.group_id) == ("SUCCEEDED", 2, first.group_id)
    assert second.tasks["check"].return_value == "6"
    assert second.tasks["prepare"].started == first.tasks["prepare"].started
    assert {name: task.state for name, task in second.tasks.items()} == {
        "prepare": DisplayState.REUSED,
        "doubled": DisplayState.REUSED,
        "check": DisplayState.SUCCEEDED,
        "tidy": DisplayState.SUCCEEDED,
    }
    assert "nothing failed" in notebook.run("run = %sfdag retry")


def test_a_branch_takes_one_arm_by_the_runs_config_and_a_run_can_be_stopped(notebook):
    notebook.run("%sfdag graph branchy")
    notebook.run("%%sftask --branch\ndef choose(*, way: str = 'left') -> str:\n    return way\n")
    notebook.run("%%sftask --after choose\ndef left():\n    return 'l'\n")
    notebook.run("%%sftask --after choose\ndef right():\n    import time\n    time.sleep(60)\n")
    notebook.run("run = %sfdag run")
    states = {name: task.state.value for name, task in notebook.names["run"].tasks.items()}
    assert states == {"choose": "succeeded", "left": "succeeded", "right": "skipped"}
    notebook.run("run = %sfdag run --set way=right --no-wait")
    run = notebook.names["run"]
    while run.refresh().tasks["right"].state is not DisplayState.RUNNING:
        assert not run.snapshot.is_over
    notebook.run("run = %sfdag stop --yes")
    assert run.refresh().tasks["right"].state is DisplayState.CANCELLED


def test_a_new_kernel_finds_a_run_whose_engine_was_killed_and_it_goes_on(
    notebook, data_directory, shell
):
    notebook.run("%sfdag graph killed")
    notebook.run("%%sftask\ndef slow(session):\n    import time\n    time.sleep(3)\n    return 1\n")
    notebook.run("%%sftask\ndef after(slow: int):\n    return slow + 1\n")
    notebook.run("run = %sfdag run --no-wait")
    run = notebook.names["run"]
    while run.refresh().tasks["slow"].state is not DisplayState.RUNNING:
        assert not run.snapshot.is_over
    os.kill(engine_pid(data_directory), signal.SIGKILL)
    extension.load(shell, registry=notebook.registry)
    assert "killed: " in notebook.run("again = %sfdag status")
    again = notebook.names["again"]
    seen = again.wait(timeout=60)
    assert again.group_id == run.group_id
    assert "the engine ended meanwhile: slow began again" in notebook.run("%sfdag status")
    assert (seen.state, seen.attempt) == ("SUCCEEDED", 1)
    assert seen.tasks["after"].return_value == "2"


SLEEPS = "%%sftask\ndef slow(*, seconds: float = 60.0):\n    import time\n    time.sleep(seconds)\n"


def until_it_runs(run, task="slow"):
    while run.refresh().tasks[task].state is not DisplayState.RUNNING:
        assert not run.snapshot.is_over
    return run


def test_stopping_one_of_two_runs_leaves_the_other_alone(notebook):
    notebook.run("%sfdag graph both --overlap ALLOW_ALL_OVERLAP")
    notebook.run(SLEEPS)
    for name in ("first", "second"):
        notebook.run(f"{name} = %sfdag run --no-wait")
        until_it_runs(notebook.names[name])
    first, second = notebook.names["first"], notebook.names["second"]
    with pytest.raises(InputError, match="2 runs of both are going"):
        notebook.run("%sfdag stop --yes")
    said = notebook.run(f"stopped = %sfdag stop {first.snapshot.short_id} --yes")
    assert f"cancelling slow of {first.snapshot.label}\n" in said
    assert first.refresh().state == "CANCELLED"
    assert second.refresh().tasks["slow"].state is DisplayState.RUNNING
    assert second.stop().state == "CANCELLED"


def test_a_run_in_the_queue_is_replaced_or_ended_and_the_one_before_it_goes_on(notebook):
    notebook.run("%sfdag graph queue")
    notebook.run(SLEEPS)
    for name in ("first", "second", "third"):
        notebook.run(f"{name} = %sfdag run --no-wait")
    first, second, third = (notebook.names[name] for name in ("first", "second", "third"))
    until_it_runs(first)
    assert second.wait(timeout=10).note == f"replaced by run {third.snapshot.short_id}"
    assert third.refresh().note == f"waits behind run {first.snapshot.short_id}"
    said = notebook.run(f"x = %sfdag stop {third.snapshot.short_id} --yes")
    assert "it is taken from the queue" in said
    assert third.refresh().note == "ended before it began"
    assert first.refresh().tasks["slow"].state is DisplayState.RUNNING
    notebook.run("x = %sfdag stop --yes")
    assert first.refresh().state == "CANCELLED"


def test_automatic_attempts_are_followed_after_a_retry_too(notebook):
    notebook.run("%sfdag graph again --auto-retry 1")
    notebook.run("%%sftask\ndef fails():\n    raise ValueError('always')\n")
    with pytest.raises(RunFailedError, match="attempt 2"):
        notebook.run("run = %sfdag run")
    run = notebook.magics.desk.workspace.runs.known(notebook.graph)
    run.retry()
    seen = run.wait(timeout=60)
    assert (seen.attempt, seen.state) == (4, "FAILED")
    assert run.retry().attempt >= 5


class KillsItsEngine:
    """A backend whose engine is killed just before its n-th call."""

    def __init__(self, inner, path, at):
        self._inner, self._path, self._left = inner, path, at
        self.is_embedded = True

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def rows(self, sql):
        self._count()
        return self._inner.rows(sql)

    def upload(self, content, location):
        self._count()
        self._inner.upload(content, location)

    def _count(self):
        self._left -= 1
        if self._left == 0:
            os.kill(engine_pid(self._path), signal.SIGKILL)


@pytest.mark.parametrize("at", [5, 8, 11])
def test_a_deploy_whose_engine_is_killed_half_way_converges(notebook, data_directory, shell, at):
    describe(notebook, f"cut{at}")
    openers = Openers(target=lambda target: KillsItsEngine(open_target(target), data_directory, at))
    magics = extension.load(shell, registry=notebook.registry, openers=openers)
    with contextlib.suppress(BackendError):  # it may say that it broke off
        notebook.run("deployed = %sfdag deploy --yes")
    notebook.run("deployed = %sfdag deploy --yes")
    workspace = magics.desk.workspace
    graph = workspace.there.deployed(notebook.graph)
    assert list(graph.tasks) == ["prepare", "doubled", "check", "tidy"]
    assert all(task.is_started for task in graph.tasks.values())
    assert workspace.deploys.plan(notebook.graph).is_empty


def test_the_same_graph_goes_to_a_second_environment_by_one_setting(
    notebook, tmp_path, monkeypatch
):
    (tmp_path / "sfdag.toml").write_text(
        '[target.staging]\ndatabase = "STAGING"\n[target.staging.config]\nn = 5\n', "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    describe(notebook, "twice_over")
    notebook.run("here = %sfdag run")
    notebook.run("there = %sfdag run -t staging")
    here, there = notebook.names["here"].snapshot, notebook.names["there"].snapshot
    assert here.root == "SFDAG.PUBLIC.TWICE_OVER"
    assert there.root == "STAGING.PUBLIC.TWICE_OVER"
    assert here.tasks["prepare"].return_value == '{"rows": 3}'
    assert there.tasks["prepare"].return_value == '{"rows": 5}'


def test_what_a_task_shows_and_tells_is_there_while_it_runs_and_afterwards(notebook):
    notebook.run("%sfdag graph teller")
    notebook.run(
        "%%sftask\ndef fit(session, ctx):\n    import time\n    import pandas as pd\n"
        "    ctx.show(pd.DataFrame({'f1': [0.5]}), name='scores')\n"
        "    session.sql('create or replace table kept (a int)').collect()\n"
        "    session.sql('begin').collect()\n"
        "    session.sql('insert into kept values (1)').collect()\n"
        "    for n in range(3):\n        ctx.progress(n + 1, 3, 'tree')\n"
        "        ctx.show(b'\\x89PNG' + b'x' * 10, name='roc')\n        time.sleep(1)\n"
        "    session.sql('rollback').collect()\n"
        "    assert session.table('kept').count() == 0\n    raise ValueError('boom')\n"
    )
    notebook.run("run = %sfdag run --no-wait")
    seen = []
    run = notebook.names["run"]
    run.wait(60, seen.append)
    told = [str(each.tasks["fit"].progress) for each in seen if each.tasks["fit"].progress]
    assert told[0] == "1 of 3 · tree"
    assert told[-1] == "3 of 3 · tree"
    assert seen[-1].state == "FAILED"
    assert [(each.name, each.kind, each.size) for each in run.shown("fit")] == [
        ("scores", "table", 3),
        ("roc", "picture", 14),
    ]
    said = notebook.run("lines = %sfdag logs fit")
    assert "shown: scores  table of 1 row " in said
    assert "it shows 2 things" in notebook.run("cause = %sfdag why")


def test_of_a_long_log_the_end_is_read_and_all_of_it_searched(notebook):
    notebook.run("%sfdag graph talker")
    notebook.run(
        "%%sftask\ndef talk(session):\n    import logging\n"
        "    for n in range(2000):\n        print('step', n, '' if n % 100 else 'AUC')\n"
        "    logging.getLogger('x').warning('late')\n    print('x' * 100_000)\n"
    )
    notebook.run("%%sftask --after talk\ndef listen(session):\n    print('heard')\n")
    notebook.run("run = %sfdag run")
    run = notebook.names["run"]
    window = run.log_window(["talk"], None, LogAsk(text="auc"))
    assert (window.total, window.found, len(window.lines)) == (2002, 20, 300)
    assert len(window.lines[-1][1].message) == 2000
    late = run.log_window((), None, LogAsk(level="WARN"))
    assert [(task, line.message) for task, line in late.lines] == [("talk", "late")]
    both = run.log_window((), None, LogAsk(most=2))
    assert [task for task, _ in both.lines] == ["talk", "listen"]
    assert [row.attempt for row in run.attempts("talk")] == [1]
