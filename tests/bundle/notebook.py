"""A notebook without IPython, and a session without Snowflake, for the tests of bundles."""

from __future__ import annotations

import importlib
import json
import linecache
import re
import sys
import zipfile

from sfdag_magics.bundle import build, capture
from sfdag_magics.graph.model import TaskGraph, python_task, task_function

_COUNT = iter(range(10**9))


class Notebook:
    """Runs cells in one namespace, as a kernel does, and makes tasks of them."""

    def __init__(self):
        self.names = {"__name__": "__main__"}
        self.graph = TaskGraph("mortgage")
        self._labels = {}

    def run(self, text):
        """Run a cell; answers with its label."""
        filename = f"<cell {next(_COUNT)}>"
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        self._labels[filename] = f"Cell [{len(self._labels) + 1}]"
        exec(compile(text, filename, "exec", dont_inherit=True), self.names)  # noqa: S102 - what a kernel does
        return self._labels[filename]

    def _place_of(self, filename):
        return self._labels.get(filename, filename)

    def source(self, text, *, first_line=1, seen=None):
        label = self.run("\n" * (first_line - 1) + text)
        found = task_function(text, cell=label, first_line=first_line, namespace=lambda: self.names)
        return type(found)(
            name=found.name,
            text=text,
            cell=label,
            first_line=first_line,
            namespace=found.namespace,
            place_of=self._place_of,
            seen=seen or {},
        )

    def task(self, text, name=None, *, first_line=1, **options):
        task = python_task(self.source(text, first_line=first_line), name, **options)
        self.graph.add(task)
        return task

    def build(self, check=None):
        return build(self.graph, check=check)


def found(cells, task):
    """What is captured of a task that answers with an expression, after these cells."""
    notebook = Notebook()
    for cell in cells:
        notebook.run(cell)
    return capture("train", notebook.source(f"def train(session): return {task}"))


def forget_cells():
    """Leave no text behind: the next test's kernel has cells of its own only."""
    for filename in [each for each in linecache.cache if each.startswith("<cell ")]:
        del linecache.cache[filename]


class GraphRun:
    """A Snowpark session inside a task of a graph run, as far as tasks ask."""

    def __init__(
        self,
        *,
        root="DB.S.MORTGAGE",
        config=None,
        values=None,
        inside=True,
        schedule=None,
        due=None,
    ):
        self.root, self.config, self.values, self.inside = root, config, values or {}, inside
        self.schedule, self.due = schedule, due
        self.asked, self.returned = [], None
        self.states = {}
        self.procedures, self.files, self.came = [], {}, {}
        self.refusing = None
        self.file = self

    def deployed(self, archive="@DB.S.SFDAG_CODE/mortgage/ab12.zip", name="MORTGAGE$RUN"):
        """With the procedure that a deploy leaves."""
        mark = f"what a person wrote\nsfdag: {json.dumps({'archive': archive})}"
        self.procedures.append({"name": name, "description": mark})
        return self

    def put_stream(self, stream, location, *, auto_compress, overwrite):
        if self.refusing is not None:
            raise self.refusing
        assert (auto_compress, overwrite) == (False, True)
        self.files[location] = stream.read()
        self.came[location] = "Sun, 29 Nov 2026 22:17:45 GMT"

    def told(self):
        """`{what follows the time at which the task began: content}` of the files of the run."""
        files = {name.split(".")[-2]: json.loads(text) for name, text in self._of_runs()}
        return dict(sorted(files.items()))

    def _of_runs(self):
        return [each for each in self.files.items() if each[0].endswith(".json")]

    def sql(self, text, params=()):
        self.asked.append(text)
        return _Answer(self._answer(text.lower(), text, params))

    def _answer(self, lower, text, params):
        if "current_user_task_name" in lower:
            return f"{self.root}$TRAIN" if self.inside else ""
        if not self.inside:
            raise RuntimeError("Function X must be called from within a task")
        if "set_return_value" in lower:
            (self.returned,) = params
            return None
        name = re.search(r"'(.*)'", text)
        if lower.startswith("show procedures"):
            return self.procedures
        if lower.startswith("list "):
            return [
                {"name": key.rpartition("S.")[2], "last_modified": self.came[key]}
                for key in self.files
                if key.startswith(name[1])
            ]
        if lower.startswith("remove "):
            for key in [key for key in self.files if key.startswith(name[1])]:
                del self.files[key]
            return []
        if lower.count("get_predecessor_return_value") > 1:
            row = tuple(self.values[each] for each in re.findall(r"value\('([^']*)'\)", text))
            if None in row:
                raise RuntimeError("NULL result in a non-nullable column")
            return [row]
        if "get_predecessor_return_value" in lower:
            return self.values[name[1]]
        if "task_completion_state" in lower:
            return self.states[name[1]]
        if "task_runtime_info" in lower and name[1] == "CURRENT_ROOT_TASK_NAME":
            return self.root
        if "get_task_graph_config" in lower:
            return self.config
        if "task_runtime_info" in lower and name[1] == "CURRENT_TASK_GRAPH_RUN_GROUP_ID":
            return "group-1"
        if lower == f"describe task {self.root}".lower():
            return [{"name": self.root, "schedule": self.schedule}]
        if "task_runtime_info" in lower and name[1].endswith("ORIGINAL_SCHEDULED_TIMESTAMP"):
            return self.due
        if "task_runtime_info" in lower:
            raise RuntimeError("NULL result in a non-nullable column")
        return None


class _Answer:
    def __init__(self, value):
        self._value = value

    def collect(self):
        return self._value if isinstance(self._value, list) else [(self._value,)]


class Shipped:
    """An archive where a procedure finds it: on the path, in a process that knows nothing else."""

    def __init__(self, archive, folder):
        self._zip = folder / "code.zip"
        self._zip.write_bytes(archive)

    def names(self):
        with zipfile.ZipFile(self._zip) as archive:
            return archive.namelist()

    def text(self, name):
        with zipfile.ZipFile(self._zip) as archive:
            return archive.read(name).decode()

    def run(self, session, task):
        before = set(sys.modules)
        sys.path.insert(0, str(self._zip))
        try:
            return importlib.import_module("sfdag_bundle").run(session, task)
        finally:
            sys.path.remove(str(self._zip))
            for name in set(sys.modules) - before:
                del sys.modules[name]
            sys.path_importer_cache.pop(str(self._zip), None)
