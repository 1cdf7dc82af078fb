"""What users type that cannot be carried out; the answer to each stands in `answers.txt`.

A case is the cells of a fresh notebook, the last of which is refused, or a function of the
notebook where cells alone do not get there.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from sfdag_magics.client.code.shipping import code_of
from sfdag_magics.client.connecting.sessions import backend_of
from sfdag_magics.client.connecting.targets import Target, read_targets
from sfdag_magics.client.deploying.lifecycle import check_droppable, resume
from sfdag_magics.client.observing.deployed import read_graph
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import RunFailedError
from sfdag_magics.graph.model import TaskGraph, python_task, sql_task, task_function
from sfdag_magics.render.shape_of import shape_of
from sfdag_magics.sqltext import QualifiedName
from sfdag_magics.widget.messages import Ask, Request
from sfdag_magics.widget.view import LiveView
from sfdag_magics.workspace.decorator import TaskDecorator, source_of
from tests.client.planned import make_plan
from tests.client.told import GRAPH, going

SQL = "%%sftask {} --sql\nselect 1\n"
ONE = SQL.format("load")
TWO = (ONE, "%%sftask train --sql --after load\nselect 2\n")

#: `name: cells`; the last cell is refused.
TYPED: dict[str, tuple[str, ...]] = {
    "unknown verb": ("%sfdag statsu",),
    "a verb of another tool": ("%sfdag cancel",),
    "an option and no verb": ("%sfdag --wait",),
    "a command of a shell": ("%sfdag local status",),
    "a target where none matters": ("%sfdag help -t prod",),
    "no graph of which something is deployed": ("%sfdag status",),
    "unknown option": (*TWO, "%sfdag run --wiat"),
    "one word too many": (*TWO, "%sfdag run load"),
    "an option as a word": (*TWO, "%sfdag run wait"),
    "a second task": (*TWO, "%sfdag logs load train"),
    "a word that is nothing": (*TWO, "%sfdag run everything"),
    "a run as an option": (*TWO, "%sfdag stop --run 3f"),
    "a value of two words": ("%%sftask --timeout 20 minutes\ndef f(): ...\n",),
    "an option as in Python": ("%%sftask after=load\ndef f(): ...\n",),
    "an option of a verb at a cell": ("%%sftask --schedule '5 minutes'\ndef f(): ...\n",),
    "an option of another verb": (*TWO, "%sfdag run --schedule '1 day'"),
    "a key without its value": (*TWO, "%sfdag run --set rows = 5"),
    "an option without its value": ("%sfdag graph g --timeout",),
    "no duration": ("%%sftask --timeout soon\ndef f(): ...\n",),
    "a value that is no choice": (
        "from typing import Literal",
        "%%sftask\ndef load(*, mode: Literal['fast', 'full'] = 'fast'): ...\n",
        "%sfdag run --set mode=ful",
    ),
    "a value that is none of an alias": (
        "Rows = int",
        "%%sftask\ndef load(*, rows: Rows = 5): ...\n",
        "%sfdag run --set rows=many",
    ),
    "a quote inside a value": (*TWO, "%sfdag run --set note=it's"),
    "a backslash before the last quote": (*TWO, r"%sfdag run --set folder='C:\my dir\'"),
    "a quote that is not closed": ("%sfdag graph g --comment 'once",),
    "unknown variable": ("%%sftask --warehouse {wh}\ndef f(): ...\n",),
    "config of no variable": (*TWO, "%sfdag run --config CONFIG"),
    "config that is no object": (*TWO, "%sfdag run --config '[1]'"),
    "config that is no JSON": (*TWO, "%sfdag run --config {n:1}"),
    "config that JSON cannot carry": (
        *TWO,
        "CONFIG = {'frame': object()}",
        "%sfdag run --config CONFIG",
    ),
    "config of another type": (
        "%%sftask\ndef load(*, o: str | None, n: int): ...\n",
        "%sfdag run --set o=null --set n=null",
    ),
    "config that no task reads": (*TWO, "%sfdag run --set learning_rat=0.5"),
    "wait and do not wait": (*TWO, "%sfdag run --wait --no-wait"),
    "nobody to ask": (*TWO, "%sfdag deploy"),
    "the name of another target": (*TWO, "%sfdag deploy -t prod --production dev"),
    "unknown graph": (*TWO, "%sfdag show -g mortgag"),
    "unknown target": ("%sfdag target use prd",),
    "unknown connection": ("%sfdag target -c nope",),
    "a data directory nowhere": ("%sfdag target --local /dev/null/at/all",),
    "unknown target of a verb": (*TWO, "%sfdag plan -t prd"),
    "graph name": ("%sfdag graph 'my graph'",),
    "a warehouse that is no name": ("%sfdag graph x --warehouse 'my wh'",),
    "a warehouse of a task that is no name": ("%%sftask --warehouse 'a b'\ndef f(): ...\n",),
    "a stage that is no name": ("%sfdag graph x --stage 'my stage'",),
    "a warehouse of a database": ("%sfdag graph x --warehouse db.wh",),
    "graph option": ("%sfdag graph g --auto-retry 31",),
    "graph timeout": ("%sfdag graph g --graph-timeout 8d",),
    "task name": ("%%sftask größe\ndef f(): ...\n",),
    "something above the cell's magic": ("# load it\n%%sftask\ndef load(): ...\n",),
    "a cell without a body": ("%%sftask train",),
    "no function": ("%%sftask\nx = 1\n",),
    "no function under a name": ("%%sftask load\nx = 1\n",),
    "asynchronous": ("%%sftask\nasync def load(): ...\n",),
    "generator": ("%%sftask\ndef load():\n    yield 1\n",),
    "not Python": ("%%sftask\ndef load(:\n    ...\n",),
    "code that cannot stand in a cell": ("%%sftask\nawait f()\ndef load(): ...\n",),
    "a line for notebooks": ("%%sftask\ndef load():\n    %time x = 1\n    return x\n",),
    "starred parameter": ("%%sftask\ndef load(*tables): ...\n",),
    "SQL without a name": ("%%sftask --sql\nselect 1\n",),
    "no SQL": ("%%sftask load --sql\n-- nothing\n",),
    "several statements": ("%%sftask load --sql\nselect 1; select 2\n",),
    "SQL that is not closed": ("%%sftask load --sql\nselect 'a\n",),
    "branch and finalizer": ("%%sftask --branch --finalizer\ndef f(): ...\n",),
    "warehouse and serverless": ("%%sftask --warehouse W --serverless SMALL\ndef f(): ...\n",),
    "no size": ("%%sftask --serverless HUGE\ndef f(): ...\n",),
    "timeout of a task": ("%%sftask --timeout 8d\ndef f(): ...\n",),
    "a condition that does not end": ('%%sftask --when "\'"\ndef f(): ...\n',),
    "more than a condition": ('%%sftask --when "1 = 1 AS SELECT 2"\ndef f(): ...\n',),
    "cron without a zone": ("%sfdag graph g --schedule 'USING CRON 0 5 * * *'",),
    "cron that is none": ("%sfdag graph g --schedule 'USING TIME 5'",),
    "cron of four fields": ("%sfdag graph g --schedule 'USING CRON 0 5 * * UTC'",),
    "cron of another zone": ("%sfdag graph g --schedule 'USING CRON 0 5 * * * Moon/Base'",),
    "an hour that no day has": ("%sfdag graph g --schedule 'USING CRON 0 25 * * * UTC'",),
    "a minute that is no number": ("%sfdag graph g --schedule 'USING CRON x 5 * * * UTC'",),
    "a range from high to low": ("%sfdag graph g --schedule 'USING CRON 9-5 5 * * * UTC'",),
    "a day that no month has": ("%sfdag graph g --schedule 'USING CRON 0 5 31 2 * UTC'",),
    "no schedule": ("%sfdag graph g --schedule often",),
    "a package that is not there": (
        "%%sftask load --packages nosuchpkg\ndef load(): return 1\n",
        "%sfdag validate",
    ),
    "no name of a package": (
        "%%sftask load --packages 3.1<\ndef load(): return 1\n",
        "%sfdag validate",
    ),
    "SQL without a column": (ONE, "%%sftask b --sql\nselect\nfrom t\n", "%sfdag validate"),
    "a problem of the graph": ("%%sftask train --sql --after laod\nselect 1\n", "%sfdag validate"),
    "a part of a field that is none": ("%sfdag graph g --schedule 'USING CRON *-5 5 * * * UTC'",),
    "strictly": (
        "%sfdag graph g --set x=1",
        "%%sftask\ndef a(ctx): return ctx.get_task_graph_config()\n",
        "%sfdag validate --strict",
    ),
    "what cannot be shipped": (
        "import sys\nFRAME = sys._getframe()\n",
        "%%sftask\ndef load(): return FRAME\n",
        "%sfdag plan",
    ),
    "forget what is not there": (*TWO, "%sfdag forget laod"),
    "the bundle of no task": (*TWO, "%sfdag bundle laod"),
    "the bundle of a SQL task": ("%%sftask s --sql\nselect 1\n", "%sfdag bundle s"),
    "prune with no cell": ("%sfdag graph g", "%sfdag deploy --prune"),
    "not deployed": (*TWO, "%sfdag status"),
    "no run yet": (*TWO, "%sfdag deploy --yes", "%sfdag why"),
    "which logs": (*TWO, "%sfdag run", "%sfdag logs"),
    "logs of no task": (*TWO, "%sfdag run", "%sfdag logs laod"),
    "follow an attempt": (*TWO, "%sfdag logs load --follow --attempt 1"),
    "no such attempt": (*TWO, "%sfdag run", "%sfdag logs load --attempt 9"),
    "no regular expression": (*TWO, "%sfdag run", "%sfdag logs load --grep '('"),
    "no such run": (*TWO, "%sfdag run", "%sfdag status zz"),
    "a task for a run": (*TWO, "%sfdag run", "%sfdag retry train"),
    "a task for a graph": (*TWO, "%sfdag run", "%sfdag drop train"),
    "a secret for a run": (*TWO, "%sfdag run --set +password=hunter2"),
}

#: Files beside the notebook that cannot be used, met by the first verb that needs a target.
FILES = {
    "sfdag.toml is not TOML": "default = ",
    "sfdag.toml with another section": "[prod]\nconnection = 'company'\n",
    "sfdag.toml with a misspelt section": "[targt.prod]\nconnection = 'company'\n",
    "sfdag.toml with a target that is no table": "[target]\nprod = 1\n",
    "sfdag.toml with a default that is not there": "default = 'prod'\n",
    "sfdag.toml with a secret": "[target.prod]\npassword = 'x'\n",
    "sfdag.toml whose targets are no table": "target = 5\n",
    "sfdag.toml with a number for a name": "[target.prod]\ndatabase = 5\n",
    "sfdag.toml with a text for a flag": "[target.prod]\nproduction = 'yes'\n",
    "sfdag.toml with a text for the configuration": "[target.prod]\nconfig = 'x'\n",
    "sfdag.toml with a default that is no text": "default = 5\n",
    "sfdag.toml with a name that is none": "[target.prod]\nwarehouse = 'my wh'\n",
    "sfdag.toml with an unknown key": "[target.prod]\ndatabse = 'x'\n",
}


def _graph(notebook) -> TaskGraph:
    for cell in ("%sfdag graph g", *TWO):
        notebook.run(cell)
    return notebook.graph


def _deployed(notebook, **options):
    graph = _graph(notebook)
    graph.configure(**options)
    notebook.run("%sfdag deploy --yes")
    return read_graph(notebook.fake, QualifiedName("G", "S", "DB"))


def _failed(notebook):
    _graph(notebook)
    notebook.fake.failing = {"G$TRAIN"}
    try:
        notebook.run("%sfdag run")
    except RunFailedError:
        notebook.fake.failing = set()


def two_packages(notebook):
    def task(name, package):
        source = task_function(f"def {name}(): ...\n", cell=f"Cell [1] {name}", namespace=dict)
        return python_task(source, packages=[package])

    both = TaskGraph("g", tasks=[task("load", "numpy>=1"), task("train", "numpy>=1")])
    notebook.run("%sfdag graph g")
    workspace = notebook.magics.desk.workspace
    for each in both.tasks:
        notebook.graph.add(each)
    notebook.run("%sfdag deploy --yes")
    notebook.graph.forget("load")
    notebook.graph.add(task("train", "numpy>=2"))
    workspace.deploys.plan(notebook.graph)


def no_text_of_a_function(notebook):
    python_task(3)


def no_schema(notebook):
    graph = _graph(notebook)
    notebook.fake.namespace = ("DB", None)
    make_plan(notebook.fake, graph, code_of(graph), Target(name="dev"))


def no_warehouse(notebook):
    graph = _graph(notebook)
    notebook.fake.is_embedded = False
    make_plan(notebook.fake, graph, code_of(graph), Target(name="prod", connection="company"))


def resume_without_a_schedule(notebook):
    resume(notebook.fake, _deployed(notebook))


def drop_under_a_run(notebook):
    graph = _deployed(notebook)
    notebook.fake.graphs = [
        {
            "STATE": "EXECUTING",
            "ATTEMPT_NUMBER": 1,
            "GRAPH_RUN_GROUP_ID": "group-1",
            "ROOT_TASK_ID": graph.root_id,
        }
    ]
    check_droppable(notebook.fake, graph)


def no_session(notebook):
    backend_of(5, "five")


def stop_that_would_hit_others(notebook):
    notebook.fake.refuses_query_ids = True
    going(notebook.fake, group="other")
    going(notebook.fake)
    Run(notebook.fake, GRAPH, group_id="group-1").stop()


def task_of_another_run(notebook):
    going(notebook.fake)
    Run(notebook.fake, GRAPH, group_id="group-1").logs("publish")


def retry_while_running(notebook):
    going(notebook.fake)
    Run(notebook.fake, GRAPH, group_id="group-1").check_retryable()


def retry_where_nothing_failed(notebook):
    going(notebook.fake)["STATE"] = "SUCCEEDED"
    notebook.fake.history[-1]["STATE"] = "SUCCEEDED"
    Run(notebook.fake, GRAPH, group_id="group-1").check_retryable()


def decorated_lambda(notebook):
    source_of(lambda session: None)


def decorated_text(notebook):
    names = {}
    exec("def train(session): ...", names)  # noqa: S102 - a function without a source
    source_of(names["train"])


def option_of_a_decorator(notebook):
    TaskDecorator(notebook.registry)(tiemout="5m")(refused_function)


def duration_of_a_decorator(notebook):
    TaskDecorator(notebook.registry)(timeout="5m")(refused_function)


def refused_function(session): ...


def option_of_a_graph_object(notebook):
    TaskGraph("g").configure(auto_retry="3")


def unknown_task(notebook):
    TaskGraph("mortgage", tasks=[sql_task("train", "select 1")]).task("trian")


def null_character(notebook):
    task_function("def load():\0 ...", cell="Cell [1]", namespace=dict)


def not_made_here(notebook):
    _deployed(notebook)
    for task in notebook.fake.tasks.values():
        object.__setattr__(task["statement"].properties, "comment", "by hand")
    notebook.run("%sfdag run")


def production_unasked(notebook):
    notebook.run("%sfdag target use prod")
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef train(): return 1 / 0\n")
    notebook.fake.failing = {"G$TRAIN"}
    notebook.run("%sfdag deploy --production prod")
    try:
        notebook.run("%sfdag run --production prod")
    except RunFailedError:
        notebook.run("%%sftask\ndef train(): return 1\n")
    workspace = notebook.magics.desk.workspace
    workspace.runs.known(notebook.graph).retry()


def retry_of_edited_sql(notebook):
    _failed(notebook)
    notebook.run("%%sftask train --sql --after load\nselect 3\n")
    notebook.run("%sfdag retry")


def retry_of_a_graph_that_was_changed(notebook):
    _failed(notebook)
    notebook.run("%%sftask score --sql --after train\nselect 3\n")
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag retry --preview")


def two_runs_going(notebook):
    _deployed(notebook)
    going(notebook.fake, group="first-run")
    going(notebook.fake, group="other-run")
    notebook.run("%sfdag stop")


def two_runs_of_one_name(notebook):
    _deployed(notebook)
    going(notebook.fake, group="group-1")
    going(notebook.fake, group="group-2")
    notebook.run("%sfdag status group")


def argument_of_another_type(notebook):
    TaskGraph("g").task(5)


def retry_in_a_view_of_no_run(notebook):
    with _view(notebook) as view:
        view._acting.started(Request(id="1", ask=Ask.RETRY))


def another_run_in_a_view_that_asks_for_none(notebook):
    with _view(notebook) as view:
        view._show(["group-1"])


def comparing_what_is_none_of_the_last_runs(notebook):
    with _view(notebook) as view:
        view._past.compared(["group-1", "group-2"])


@contextlib.contextmanager
def _view(notebook):
    view = LiveView(shape_of(_graph(notebook)))
    try:
        yield view
    finally:
        view.close()


REACHED = [
    two_packages,
    no_schema,
    no_warehouse,
    resume_without_a_schedule,
    drop_under_a_run,
    no_session,
    stop_that_would_hit_others,
    task_of_another_run,
    retry_while_running,
    retry_where_nothing_failed,
    no_text_of_a_function,
    decorated_lambda,
    decorated_text,
    option_of_a_decorator,
    duration_of_a_decorator,
    option_of_a_graph_object,
    unknown_task,
    argument_of_another_type,
    null_character,
    not_made_here,
    production_unasked,
    retry_of_edited_sql,
    retry_of_a_graph_that_was_changed,
    two_runs_going,
    two_runs_of_one_name,
    retry_in_a_view_of_no_run,
    another_run_in_a_view_that_asks_for_none,
    comparing_what_is_none_of_the_last_runs,
]


def cell_by_cell(cells):
    def typed(notebook):
        *before, last = cells
        for cell in before:
            notebook.run(cell)
        notebook.run(last)

    return typed


def beside(text, name="sfdag.toml"):
    def typed(notebook):
        Path(name).write_text(text, "utf-8")
        read_targets(Path.cwd())

    return typed


CASES = {
    **{name: cell_by_cell(cells) for name, cells in TYPED.items()},
    **{name: beside(text) for name, text in FILES.items()},
    "pyproject.toml whose part is no table": beside("[tool]\nsfdag = 5\n", "pyproject.toml"),
    **{case.__name__.replace("_", " "): case for case in REACHED},
}
