"""The works that are measured, by name. Each returns the lines it adds to the table."""

from __future__ import annotations

import resource
import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nbformat
import pygraphviz
from nbclient import NotebookClient

from sfdag_magics.client.connecting.connect import connection_parameters
from sfdag_magics.engine.directory import rendezvous
from sfdag_magics.render.layout import layout, layout_source
from sfdag_magics.render.shape_of import shape_of
from tests.benchmarks import floors
from tests.benchmarks.graphs import directory, sql_graph
from tests.benchmarks.history_works import history, look
from tests.benchmarks.many_graphs import many_graphs
from tests.benchmarks.measured import Measured, median_s
from tests.benchmarks.news_works import news
from tests.benchmarks.pixel_works import pixel
from tests.benchmarks.processor import own_s
from tests.benchmarks.silence import silence
from tests.benchmarks.task_works import many_tasks, retry, tasks

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
_LOAD = "from IPython.core.interactiveshell import InteractiveShell as S; s = S.instance(); "


def load_ext() -> list[Measured]:
    loaded_s = median_s(
        partial(floors.python, _LOAD + "s.run_line_magic('load_ext', 'sfdag_magics')")
    )
    bare_s = median_s(partial(floors.python, _LOAD))
    return [
        Measured(
            work="%load_ext, in a new IPython",
            ours_s=loaded_s,
            floor_s=bare_s,
            target="",
            floor="IPython alone",
        ),
        Measured(
            work="%load_ext beyond IPython",
            ours_s=loaded_s - bare_s,
            floor_s=bare_s,
            target="0.12 s",
            floor="IPython alone",
        ),
    ]


def cold_start() -> list[Measured]:
    import snowflake.connector

    def first_query(data: Path) -> None:
        with snowflake.connector.connect(**connection_parameters(data)) as connection:
            connection.cursor().execute("SELECT 1").fetchall()

    started, used, imported = [], [], []
    libraries = partial(floors.python, "import duckdb, sqlglot, pyarrow, starlette, uvicorn")
    for _ in range(5):
        with directory() as data:
            started.append(median_s(partial(first_query, data), times=1))
            met = rendezvous.read(data)
            used += [own_s(met.pid)] if met is not None else []
        processor_s = _children_s()
        imported.append((median_s(libraries, times=1), _children_s() - processor_s))
    with directory() as data:
        first_query(data)
        attached_s = median_s(partial(first_query, data))
        parameters = connection_parameters(data)
        with snowflake.connector.connect(**parameters) as connection:
            cursor = connection.cursor()
            select_s = median_s(lambda: cursor.execute("SELECT 1").fetchall(), times=50)
        round_trip_s = floors.http_round_trip_s(parameters["host"], parameters["port"])
    return [
        Measured(
            work="engine from nothing to the first answer",
            ours_s=statistics.median(started),
            floor_s=statistics.median(wall_s for wall_s, _ in imported),
            ours_cpu_s=statistics.median(used),
            floor_cpu_s=statistics.median(cpu_s for _, cpu_s in imported),
            target="1.3 x",
            floor="a Python that imports what it is made of",
        ),
        Measured(
            work="a later kernel's first answer",
            ours_s=attached_s,
            floor_s=round_trip_s,
            target="0.2 s",
            floor="an HTTP round trip",
        ),
        Measured(
            work="SELECT 1",
            ours_s=select_s,
            floor_s=round_trip_s,
            target="5 ms",
            floor="an HTTP round trip",
        ),
    ]


def _children_s() -> float:
    """Processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def drawn() -> list[Measured]:
    lines = []
    for count, target in ((100, "0.05 s"), (1000, "2 s with script and style")):
        shape = shape_of(sql_graph(count - 1))
        source = layout_source(shape)

        def graphviz_alone(source: str = source) -> None:
            pygraphviz.AGraph(string=source).layout(prog="dot")

        lines.append(
            Measured(
                work=f"layout of {count} tasks",
                ours_s=median_s(partial(layout, shape), times=3),
                floor_s=median_s(graphviz_alone, times=3),
                target=target,
                floor="Graphviz alone, in process",
            )
        )
    return lines


def fraud() -> list[Measured]:
    """The runs of the fraud-detection notebook; the first, cold one is left out."""
    import snowflake.connector

    with directory() as data:
        notebook = nbformat.read(NOTEBOOKS / "02_fraud_detection.ipynb", as_version=4)
        setting = nbformat.v4.new_code_cell(f"import os; os.environ['SFDAG_DATA'] = {str(data)!r}")
        notebook.cells.insert(0, setting)
        NotebookClient(notebook, timeout=900, store_widget_state=False).execute()
        with snowflake.connector.connect(**connection_parameters(data)) as connection:
            runs = connection.cursor().execute(
                "SELECT DATEDIFF('millisecond', MIN(SCHEDULED_TIME), MAX(COMPLETED_TIME)) / 1000"
                " FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(RESULT_LIMIT => 10000))"
                " WHERE ATTEMPT_NUMBER = 1 AND NAME LIKE 'DAILY_TRAINING%'"
                " GROUP BY GRAPH_RUN_GROUP_ID ORDER BY MIN(SCHEDULED_TIME)"
            )
            warm = sorted(float(row[0]) for row in runs.fetchall()[1:])
    plain_s = median_s(partial(floors.python, floors.PLAIN_TRAINING), times=3)
    return [
        Measured(
            work="a run of the fraud-detection graph, warm",
            ours_s=warm[len(warm) // 2],
            floor_s=plain_s,
            target="8 s",
            floor="XGBoost on as much data in one Python",
        )
    ]


#: By name, in the order of the table.
WORKS: dict[str, Callable[[], list[Measured]]] = {
    "tasks": tasks,
    "many_tasks": many_tasks,
    "many_graphs": many_graphs,
    "retry": retry,
    "look": look,
    "history": history,
    "news": news,
    "pixel": pixel,
    "load_ext": load_ext,
    "cold_start": cold_start,
    "layout": drawn,
    "fraud": fraud,
    "silence": silence,
}
