"""What users type that cannot be carried out; the answer to each stands in `answers.txt`.

A case is the cells of a fresh notebook, the last of which is refused, or a function of the
notebook where cells alone do not get there.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sfdag_magics.client.code.shipping import code_of
from sfdag_magics.client.connecting.entered import take_role
from sfdag_magics.client.connecting.local_settings import local_settings
from sfdag_magics.client.connecting.sessions import backend_of
from sfdag_magics.client.connecting.targets import Target, read_targets
from sfdag_magics.client.deploying.lifecycle import check_droppable, resume
from sfdag_magics.client.importing.ran import imported_by_running
from sfdag_magics.client.observing.deployed import marked_comment, read_graph
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import BackendError, RunFailedError
from sfdag_magics.graph.grammar import CreateTask, TaskProperties
from sfdag_magics.graph.model import TaskGraph, python_task, sql_task, task_function
from sfdag_magics.magics.verbs.all_verbs import carry_out_words
from sfdag_magics.render.shape_of import shape_of
from sfdag_magics.sqltext import QualifiedName
from sfdag_magics.widget.messages import Ask, Request
from sfdag_magics.widget.view import LiveView
from sfdag_magics.workspace.decorator import TaskDecorator, source_of
from tests.client.planned import make_plan
from tests.client.told import GRAPH, going
from tests.magics.scenes import restarted
from tests.magics.user_errors.keeping_cases import KEEPING_CASES
from tests.magics.user_errors.row_cases import ROW_CASES

SQL = "%%sftask {} --sql\nselect 1\n"
ONE = SQL.format("load")
TWO = (ONE, "%%sftask train --sql --after load\nselect 2\n")

DAILY = (*TWO, '%sfdag graph notebook --schedule "0 5 * * * UTC"')

BRANCHED = (
    "%%sftask check --sql --branch\nselect 1\n",
    "%%sftask train --sql --after check\nselect 2\n",
    "%%sftask tell --sql --after check\nselect 3\n",
)
MANY_WAYS = tuple(
    cell
    for number in range(7)
    for cell in (
        f"%%sftask b{number} --sql --branch\nselect 1\n",
        f"%%sftask x{number} --sql --after b{number}\nselect 2\n",
        f"%%sftask y{number} --sql --after b{number}\nselect 3\n",
    )
)

WRITE = "from pathlib import Path; "
SCRIPT = (
    WRITE + "Path('tasks.sql').write_text('create task nightly as insert into t values (1)')",
)
DEPLOYED, ALTERED = "%sfdag deploy --yes", "%%sftask train --sql --after load\nselect 3\n"

#: `name: cells`; the last cell is refused.
TYPED: dict[str, tuple[str, ...]] = {
    "unknown verb": ("%sfdag statsu",),
    "a verb of another tool": ("%sfdag cancel",),
    "an option and no verb": ("%sfdag --wait",),
    "a command of a shell": ("%sfdag demo",),
    "a target where none matters": ("%sfdag help -t prod",),
    "no graph of which something is deployed": ("%sfdag status",),
    "unknown option": (*TWO, "%sfdag run --wiat"),
    "a document and another form": (*TWO, "%sfdag show --json --format svg"),
    "a part that names no task": (*TWO, '%sfdag run --only ""'),
    "one word too many": (*TWO, "%sfdag run load"),
    "a form that no graph has": (*TWO, "%sfdag export --as modul"),
    "an export under the name of another form": (*TWO, "%sfdag export --as sql --to back.py"),
    "an export of nothing": ("%sfdag export",),
    "a job for no notebook": (*TWO, "%sfdag export --as ci"),
    "an export of two things of one name": (
        "%%sftask load\ndef run(): return 1",
        "%%sftask train\ndef run(n: int = 3): return run(n - 1) if n else 0",
        "%sfdag export",
    ),
    "an export over a file of one's own": (
        ONE,
        "open('nightly.py', 'w').close()",
        "%sfdag export --to nightly.py",
    ),
    "all slots of no time": (*DAILY, "%sfdag backfill --reprocess all"),
    "slots that count from nowhere": (*TWO, '%sfdag backfill --every "1 day"'),
    "slots of no length": (*TWO, "%sfdag backfill 2025-03-24 --every soon"),
    "slots without a schedule": (*TWO, "%sfdag backfill 2025-03-24"),
    "slots of a schedule that never began": (*DAILY, "%sfdag backfill"),
    "slots of a day that is none": (*DAILY, "%sfdag backfill 2025-02-30"),
    "slots of a range that is reversed": (*DAILY, "%sfdag backfill 2025-03-24 2025-03-20"),
    "slots of days to come": (*DAILY, "%sfdag backfill 9999-03-24"),
    "slots up to days to come": (*DAILY, "%sfdag backfill 2025-03-24 9999-03-24"),
    "more slots than anybody looks at": (*TWO, "%sfdag backfill 2020-03-24 2020-04-24 --every 1m"),
    "several slots at once of runs that do not overlap": (
        *DAILY,
        "%sfdag backfill 2025-03-24 2025-03-25 --max-active 2",
    ),
    "an import of nothing": ("%sfdag import",),
    "an import of nothing but -g": ("%sfdag import -g nightly",),
    "an import of a file that is not there": ("%sfdag import tasks.sql",),
    "an import of a folder": ("import os; os.mkdir('d.sql')", "%sfdag import d.sql"),
    "an import of a project of nothing": (
        "import pathlib; at = pathlib.Path('dcm'); at.mkdir()\n"
        "_ = (at / 'manifest.yml').write_text('type: DCM_PROJECT')",
        "%sfdag import dcm",
    ),
    "an import of what is nowhere": ("%sfdag import nightly",),
    "an import of a task": (*TWO, "%sfdag deploy --yes --quiet", "%sfdag import notebook$load"),
    "an import into a form that there is not": (*SCRIPT, "%sfdag import tasks.sql --to tasks.txt"),
    "an import over a file of one's own": (
        *SCRIPT,
        WRITE + "Path('mine.py').touch()",
        "%sfdag import tasks.sql --to mine.py",
    ),
    "an import of one graph that a script has not": (*SCRIPT, "%sfdag import tasks.sql -g other"),
    "an import of a script that is open": (
        WRITE + "Path('t.sql').write_text(\"create task a as select 'x\")",
        "%sfdag import t.sql",
    ),
    "an import of no task": (
        WRITE + "Path('t.sql').write_text('select 1')",
        "%sfdag import t.sql",
    ),
    "an import of what is no Python": (
        WRITE + "Path('t.py').write_text('x = (')",
        "%sfdag import t.py",
    ),
    "an import of another encoding": (
        WRITE + "Path('t.sql').write_bytes(b'select 1;\\n-- \\xff')",
        "%sfdag import t.sql",
    ),
    "an import of no text": (
        WRITE + "Path('t.sql').write_bytes(b'select 1;\\n\\0')",
        "%sfdag import t.sql",
    ),
    "an import of a notebook of tasks": (
        WRITE + "import json; Path('n.ipynb').write_text(json.dumps({'cells': "
        "[{'cell_type': 'code', 'source': '%%sftask\\ndef a(): ...'}]}))",
        "%sfdag import n.ipynb",
    ),
    "an import of no notebook": (
        WRITE + "Path('n.ipynb').write_text('[]')",
        "%sfdag import n.ipynb",
    ),
    "a strict import of mistakes": (
        WRITE + "Path('t.sql').write_text('create task a after b as select 1')",
        "%sfdag import t.sql --strict",
    ),
    "a run of a script": (*SCRIPT, "%sfdag import tasks.sql --run"),
    "a run that ends its process": (
        WRITE + "Path('t.py').write_text('import os; os._exit(3)')",
        "%sfdag import t.py --run",
    ),
    "an import of a very large file": (
        WRITE + "Path('t.sql').write_text(' ' * 16_777_217)",
        "%sfdag import t.sql",
    ),
    "an import of a program without end": (
        WRITE + "Path('t.py').write_text('x = ' + '-' * 100_000 + '1')",
        "%sfdag import t.py",
    ),
    "a run of what is no file": ("%sfdag import nightly --run",),
    "a run of a program that fails": (
        WRITE + "Path('t.py').write_text('1 / 0')",
        "%sfdag import t.py --run",
    ),
    "a branch that is none": (*TWO, "%sfdag simulate --branch load=train"),
    "an answer that no branch can give": (*BRANCHED, "%sfdag simulate --branch check=trian"),
    "a value for a branch": (*BRANCHED, "%sfdag simulate --returns check=train"),
    "a value too large to return": (*TWO, f"%sfdag simulate --returns load={'x' * 10_241}"),
    "a task that fails and returns": (*TWO, "%sfdag simulate --fail load --returns load=1"),
    "a condition of a task without one": (*TWO, "%sfdag simulate --when load=false"),
    "a condition that is neither": (*TWO, "%sfdag simulate --when load=maybe"),
    "nobody by whom to tell of a failure": ("%sfdag graph g --notify ops@example.com",),
    "no address to tell of a failure": ("%sfdag graph g --notify OPS,ops@home",),
    "no integration to tell of a failure": ("%sfdag graph g --notify 'a b'",),
    "a finalizer where there is one": (
        "%%sftask books --sql --finalizer\nselect 1",
        "%sfdag graph notebook --notify OPS",
    ),
    "a finalizer in Python where there is one": (
        "%%sftask --finalizer\ndef books(session):\n    pass\n",
        "%sfdag graph notebook --notify OPS,ann@x.org",
    ),
    "events for nobody": (
        *TWO,
        "run = %sfdag run --wait",
        "%sfdag trace --as openlineage",
    ),
    "a form of a trace that is none": (
        *TWO,
        "run = %sfdag run --wait",
        "%sfdag trace --as otle",
    ),
    "a model where there is none": ("%sfdag models fraud",),
    "a metric of no model": ("%sfdag models --plot f1",),
    "two things of a model at once": ("%sfdag models fraud V1 --plot f1",),
    "a run to compare with none": (*TWO, "run = %sfdag run --wait", "%sfdag compare"),
    "nothing to look into": (*TWO, "run = %sfdag run --wait", "%sfdag debug"),
    "ways without number": (*MANY_WAYS, "%sfdag simulate"),
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
    "config that holds itself": (
        *TWO,
        "CONFIG = {}; CONFIG['again'] = CONFIG",
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
    "retries of a SQL task": ("%%sftask s --sql --retries 3\nselect 1\n",),
    "more retries than there are": ("%%sftask --retries 21\ndef f(): ...\n",),
    "a wait before nothing": ("%%sftask --backoff 30s\ndef f(): ...\n",),
    "retries that are no number": ("%%sftask --retries often\ndef f(): ...\n",),
    "timeout of a task": ("%%sftask --timeout 8d\ndef f(): ...\n",),
    "a map of SQL": ("%%sftask s --sql --map L\nselect 1\n",),
    "a map of nothing": ("%%sftask --map L\ndef f(each): ...\n",),
    "a map of what is no JSON": ("%%sftask --map '[1,'\ndef f(each): ...\n",),
    "a map of no element": ("%%sftask --map []\ndef f(each): ...\n",),
    "a map of too many": ("L = [*range(101)]", "%%sftask --map L\ndef f(each): ...\n"),
    "a map of a generator": ("L = (n for n in 'ab')", "%%sftask --map L\ndef f(each): ...\n"),
    "a map of numbers as keys": ("L = {1: 2}", "%%sftask --map L\ndef f(each): ...\n"),
    "a map of keys that are one": ("L = {'a': 1, 'A': 2}", "%%sftask --map L\ndef f(x): ...\n"),
    "a map of a key with a brace": ("L = {'{a}': 1}", "%%sftask --map L\ndef f(x): ...\n"),
    "a map of an object": ("L = [print]", "%%sftask --map L\ndef f(each): ...\n"),
    "a map of a tuple": ("L = [('a', 1)]", "%%sftask --map L\ndef f(each): ...\n"),
    "a map of a finalizer": ("%%sftask --map [1] --finalizer\ndef f(each): ...\n",),
    "a map that nothing receives": ("%%sftask --map [1]\ndef f(): ...\n",),
    "one name twice": (
        "from sfdag_magics import sftask\ndef f(): ...\nfor each in 'ab': sftask(f)",
    ),
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
    "a schedule of years": ("%sfdag graph g --schedule '9999 HOURS'",),
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
    "logs of no task": (*TWO, "%sfdag run", "%sfdag logs laod"),
    "follow an attempt": (*TWO, "%sfdag logs load --follow --attempt 1"),
    "no such attempt": (*TWO, "%sfdag run", "%sfdag logs load --attempt 9"),
    "no regular expression": (*TWO, "%sfdag run", "%sfdag logs load --grep '('"),
    "no such run": (*TWO, "%sfdag run", "%sfdag status zz"),
    "a task for a run": (*TWO, "%sfdag run", "%sfdag retry train"),
    "what a retry is told where nothing failed": (*TWO, "%sfdag run", "%sfdag retry --from train"),
    "a setting that no target has": ("%sfdag target --explain schma",),
    "no active session": ("%sfdag target use active",),
    "a version that is none": (*TWO, "%sfdag deploy --yes", "%sfdag rollback first"),
    "a version that is not kept": (*TWO, DEPLOYED, ALTERED, DEPLOYED, "%sfdag rollback 7"),
    "no version before": (*TWO, DEPLOYED, "%sfdag rollback"),
    "a list of one version": (*TWO, DEPLOYED, "%sfdag rollback 1 --list"),
    "a rollback of nothing": (*TWO, "%sfdag rollback"),
    "a task for a graph": (*TWO, "%sfdag run", "%sfdag drop train"),
    "a part of no task": (*TWO, "%sfdag run --only laod"),
    "two parts at once": (*TWO, "%sfdag run --only load --from train"),
    "a part of no group": (*TWO, "%sfdag run --group ml"),
    "a part with nothing in it": (*TWO, "%sfdag run --from train --to load"),
    "a part of which nothing is recorded": (*TWO, "%sfdag run --only train"),
    "inputs of no run": (*TWO, "%sfdag run", "%sfdag run --only train --inputs zz"),
    "inputs of the whole graph": (*TWO, "%sfdag run --inputs group-1"),
    "a task by hand that is none": (*TWO, "%sfdag retry --mark-done train"),
    "a secret for a run": (*TWO, "%sfdag run --set +password=hunter2"),
}

#: Files beside the notebook that cannot be used, met by the first verb that needs a target.
FILES = {
    "sfdag.toml is not TOML": "default = ",
    "sfdag.toml with another section": "[prod]\nconnection = 'company'\n",
    "sfdag.toml with a misspelt section": "[targt.prod]\nconnection = 'company'\n",
    "sfdag.toml with a target that is no table": "[target]\nprod = 1\n",
    "sfdag.toml with a default that is not there": "default = 'prod'\n",
    "sfdag.toml with an unknown setting": "[local]\ntask_memroy = '3GB'\n",
    "sfdag.toml with a list for a setting": "[local]\nparallel_tasks = [4]\n",
    "sfdag.toml whose settings are no table": "local = 5\n",
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


def schema_that_the_role_does_not_see(notebook):
    graph = _graph(notebook)
    notebook.fake.namespace = ("DB", None)
    there = Target(name="prod", connection="company", database="DB", schema="ML")
    make_plan(notebook.fake, graph, code_of(graph), there)


def no_warehouse(notebook):
    graph = _graph(notebook)
    notebook.fake.is_embedded = False
    make_plan(notebook.fake, graph, code_of(graph), Target(name="prod", connection="company"))


def _of_models(*words):
    """A case of `%sfdag models` where there are some."""

    def case(notebook):
        for name in ("DB.A.M", "DB.B.M", 'DB.S."we ""ird"""', "DB.S.EMPTY"):
            notebook.fake.models.add(
                name, **({} if "EMPTY" in name else {"V1": {"f1": 1}, "V2": {}})
            )
        notebook.fake.models.add("DB.S.BARE", V1={})
        notebook.fake.models.add("DB.S.KEPT", V1={}, V2={})
        notebook.fake.models.comments["DB.S.KEPT"] = 'sfdag: {"default":["V0","V2"]}'
        notebook.run(" ".join(("%sfdag models", *words)))

    return case


#: `name: words`, typed behind `%sfdag models`.
OF_MODELS = {
    "an unknown model": ("fruad",),
    "a model of several schemas": ("m", "--plot", "f1"),
    "a metric of several models": ("--plot", "f1"),
    "an unknown version": ("a.m", "V11"),
    "a model without versions": ("empty",),
    "a metric that no version has": ('\'"we ""ird"""\'', "--plot", "f2"),
    "a metric where there is none": ("bare", "--plot", "f1"),
    "a promotion of no version": ("a.m", "--promote", "V11", "--yes"),
    "a default that is not known": ("a.m", "--rollback"),
    "a default that is gone": ("kept", "--rollback"),
}


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


def _two_versions(notebook):
    for cell in (*TWO, DEPLOYED, ALTERED, DEPLOYED):
        notebook.run(cell)
    return next(name for name in notebook.fake.files if "version-1-" in name)


def version_that_is_cut_short(notebook):
    notebook.fake.files[_two_versions(notebook)] = b"{}"
    notebook.run("%sfdag rollback 1")


def version_without_its_code(notebook):
    named = _two_versions(notebook)
    content = notebook.fake.files.pop(named)
    notebook.fake.files[named.replace("-none-", "-ab12-")] = content
    notebook.run("%sfdag rollback 1")


@contextlib.contextmanager
def _environment(**said):
    before = {name: os.environ.get(name) for name in said}
    os.environ.update(said)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def nobody_whose_schema_it_is(notebook):
    with _environment(SFDAG_USER="..."):
        notebook.run("%sfdag target embedded --mine")


def default_target_that_is_not_there(notebook):
    with _environment(SFDAG_TARGET="prd"):
        read_targets(Path.cwd())


def own_schema_of_a_brought_session(notebook):
    notebook.names["open_one"] = notebook.fake
    notebook.run("%sfdag target open_one")
    notebook.run("%sfdag plan --mine")


def role_that_the_engine_does_not_have(notebook):
    notebook.fake.rows = _no_role
    take_role(notebook.fake, Target(name="dev", role='"Data S"'))


def _no_role(sql):
    raise BackendError(f"Role does not exist: {sql}", code=2043)


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


def run_of_a_program_that_waits(notebook):
    Path("t.py").write_text("import time; time.sleep(60)")
    imported_by_running(Path("t.py"), seconds=0.1)


def decorated_lambda(notebook):
    source_of(lambda session: None)


def decorated_text(notebook):
    names = {}
    exec("def train(session): ...", names)  # noqa: S102 - a function without a source
    source_of(names["train"])


def option_of_a_decorator(notebook):
    TaskDecorator(notebook.registry)(tiemout="5m")(refused_function)


def duration_of_a_decorator(notebook):
    TaskDecorator(notebook.registry)(timeout="20x")(refused_function)


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
    notebook.fake.is_embedded, notebook.fake.warehouse = False, "WH"
    notebook.run("%%sftask train --sql --after load\nselect 3\n")
    notebook.run("%sfdag retry")


def retry_with_code_that_is_gone(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef load(): return 1 / 0\n")
    notebook.fake.failing = {"G$LOAD"}
    with contextlib.suppress(RunFailedError):
        notebook.run("%sfdag run")
    notebook.run("%%sftask\ndef load(): return 2\n")
    ran = next(at for at in notebook.fake.files if at.endswith(".zip"))
    notebook.fake.now += timedelta(days=2)  # the run began before that
    notebook.run("%sfdag deploy --yes")
    del notebook.fake.files[ran]
    notebook.run("%sfdag retry --code original")


def retry_of_a_task_that_is_forgotten(notebook):
    _failed(notebook)
    notebook.run("%sfdag forget train")
    notebook.run("%sfdag retry")


def _older_than_there(notebook):
    for number in (1, 2, 1):
        restarted(notebook)
        notebook.run(f"%%sftask\ndef load(): return {number}\n")
        if number == 2 or not notebook.fake.tasks:
            notebook.run("%sfdag deploy --yes")


def a_yes_to_what_is_newer_there(notebook):
    _older_than_there(notebook)
    notebook.run("%sfdag deploy --yes")


def a_yes_to_what_came_there_after_it_was_typed(notebook):
    _older_than_there(notebook)
    desk = replace(notebook.magics.desk, typed=datetime(2000, 1, 1, tzinfo=UTC))
    carry_out_words(desk, "deploy", ["--yes", "--replace"])


def retry_of_a_task_that_is_gone(notebook):
    _failed(notebook)
    notebook.run("%sfdag forget train")
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag retry")


def _retry(*words):
    def retry(notebook):
        _failed(notebook)
        notebook.names["big"] = "x" * 10_001
        notebook.run(f"%sfdag retry {' '.join(words)}")

    return retry


def an_answer_by_hand_that_is_none(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask --branch\ndef check(): return 'train'\n")
    notebook.run("%%sftask train --sql --after check\nselect 2\n")
    notebook.fake.failing = {"G$CHECK"}
    with contextlib.suppress(RunFailedError):
        notebook.run("%sfdag run")
    notebook.run("%sfdag retry --mark-done check=trian --because tried")


def a_value_by_hand_of_another_type(notebook):
    notebook.run("%%sftask\ndef train() -> float: return 0.5\n")
    notebook.fake.failing = {"NOTEBOOK$TRAIN"}
    with contextlib.suppress(RunFailedError):
        notebook.run("%sfdag run")
    notebook.run("%sfdag retry --mark-done train=abc --because tried")


def a_retry_whose_frames_are_no_more(notebook):
    _failed(notebook)
    told = notebook.fake.history
    next(r for r in told if r["NAME"] == "G$LOAD")["RETURN_VALUE"] = "DB.S.G$LOAD$FRAME_01"
    notebook.run("%sfdag retry")


def _bridge(notebook, **mark):
    """A part of the graph that runs, or is being made."""
    _deployed(notebook)
    said = marked_comment(None, {"name": "g", "bridge": mark})
    root = QualifiedName("G_SFDAG_BRIDGE", "S", "DB")
    properties = TaskProperties(comment=said)
    notebook.fake.rows(CreateTask(name=root, body="SELECT 1", properties=properties).to_sql())


def a_part_beside_another(notebook):
    _bridge(notebook)
    row = going(notebook.fake, group="other-run")
    notebook.fake.graphs[-1]["ROOT_TASK_ID"] = "id-G_SFDAG_BRIDGE"
    row["CONFIG"] = None
    notebook.run("%sfdag run --only load")


def a_part_beside_one_that_is_being_made(notebook):
    _bridge(notebook, who="ana@lab", machine="lab/1", process=1, at=time.time())
    notebook.run("%sfdag run --only load")


def a_part_that_somebody_was_faster_with(notebook):
    _deployed(notebook)
    taken = BackendError("Object 'G_SFDAG_BRIDGE' already exists.", code=2002)
    notebook.fake.refuse = {"CREATE TASK DB.S.G_SFDAG_BRIDGE": taken}
    notebook.run("%sfdag run --only load")


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


def retry_in_a_view_of_a_task_that_it_has_not(notebook):
    with _view(notebook) as view:
        view._acting.started(Request(id="1", ask=Ask.RETRY, again=(99,)))


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
    schema_that_the_role_does_not_see,
    no_warehouse,
    resume_without_a_schedule,
    drop_under_a_run,
    version_that_is_cut_short,
    nobody_whose_schema_it_is,
    default_target_that_is_not_there,
    own_schema_of_a_brought_session,
    version_without_its_code,
    role_that_the_engine_does_not_have,
    no_session,
    stop_that_would_hit_others,
    task_of_another_run,
    retry_while_running,
    retry_where_nothing_failed,
    no_text_of_a_function,
    run_of_a_program_that_waits,
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
    retry_with_code_that_is_gone,
    retry_of_edited_sql,
    retry_of_a_task_that_is_forgotten,
    retry_of_a_task_that_is_gone,
    a_yes_to_what_is_newer_there,
    a_yes_to_what_came_there_after_it_was_typed,
    an_answer_by_hand_that_is_none,
    a_value_by_hand_of_another_type,
    a_retry_whose_frames_are_no_more,
    a_part_beside_another,
    a_part_beside_one_that_is_being_made,
    a_part_that_somebody_was_faster_with,
    two_runs_going,
    two_runs_of_one_name,
    retry_in_a_view_of_no_run,
    retry_in_a_view_of_a_task_that_it_has_not,
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
        local_settings(Path.cwd())

    return typed


#: `name: what is typed behind retry`, of a run in which train failed.
RETRIED = {
    "by hand without a reason": ("--skip", "train"),
    "by hand both ways": ("--skip train --mark-done train=1 --because x",),
    "by hand no more than why": ("--because x",),
    "by hand what succeeded": ("--mark-done load=1 --because x",),
    "by hand more than fits": ("--mark-done train={big} --because x",),
    "a retry from a task and of a group": ("--from load --group ml",),
    "a retry with a key that no task reads": ("--set rowz=1",),
    "a retry from no task": ("--from laod",),
}

CASES = {
    **{name: cell_by_cell(cells) for name, cells in TYPED.items()},
    **{name: beside(text) for name, text in FILES.items()},
    "pyproject.toml whose part is no table": beside("[tool]\nsfdag = 5\n", "pyproject.toml"),
    **{name: _of_models(*words) for name, words in OF_MODELS.items()},
    **{name: _retry(*words) for name, words in RETRIED.items()},
    **{case.__name__.replace("_", " "): case for case in REACHED},
    **ROW_CASES,
    **KEEPING_CASES,
}
