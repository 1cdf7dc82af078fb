"""A Backend in memory: as much of Snowflake's tasks as deploying and starting runs needs.

It refuses what the service refuses (a graph whose root is started cannot be altered), and it can
break off at any call, before or after doing what was asked.
"""

import functools
import hashlib
import importlib.metadata
import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import formatdate

from packaging.utils import canonicalize_name

from sfdag_magics.client.connecting.targets import closed_target
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.graph.grammar import (
    HIDDEN_DEFAULTS,
    AlterTask,
    CreateMode,
    CreateTask,
    DropTask,
    ExecuteTask,
    ResumeTask,
    SetProperties,
    ShowTasks,
    SuspendTask,
    TaskProperties,
    parse_task_statement,
)
from tests.client.fake_models import FakeModels

_PROCEDURE = re.compile(r"CREATE OR REPLACE PROCEDURE (\S+?)\(", re.IGNORECASE)
#: What an engine of an earlier release, which has no news, does not know either.
_NEWER = ("SYSTEM$SFDAG_NEWS", "SYSTEM$SFDAG_RUN_BEGUN")
_COMMENT = re.compile(r"COMMENT = '((?:[^'\\]|''|\\.)*)'")
_TASK_WORDS = re.compile(
    r"(CREATE( OR (ALTER|REPLACE))?|ALTER|DROP|EXECUTE|SHOW|DESCRIBE) TASK", re.IGNORECASE
)


@functools.cache
def _installed():
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = importlib.metadata.distributions()
    return {(each.metadata["Name"], python): each.version for each in found}


class FakeSnowflake:
    """Answers the statements the client sends; `statements` keeps them in order."""

    is_embedded = True
    has_ended = False
    is_gone = False
    place = "fake · DB.S"
    namespace = ("DB", "S")
    warehouse = None

    def __init__(self):
        self.tasks = {}
        self.waits_for = None
        self.procedures = {}
        self.files = {}
        self.streams = []
        self.integrations = []
        self.role = "DS"
        self.grants = {}  # {grantee, as SHOW GRANTS TO names it: [(privilege, kind, name)]}
        self.log_level = "INFO"
        self.has_stage = False
        self.columns = {}  # {table: its columns' types by name}
        self.looks_at_once = False
        self.statements = []
        self.uploads = []
        self.packages = None  # {(name, Python): version}; else what is installed here
        self.starts_as = "EXECUTING"  # the root's row of a run that is asked for
        self.begun_again = []  # [attempt, stored name] of tasks that an engine's end cut off
        self.lacks = ()  # of what is ours alone, as an engine of an earlier release
        self.stirred = b""  # another value after each change; empty where nobody tells
        self.ended = b""  # the same after each end, where that is told apart
        self.changed = None  # the names told to have changed since a mark; None tells all
        self.news = None  # what a run's last change is marked with; None is an earlier release
        self.models = FakeModels()
        self.account = {"ORGANIZATION": "ACME", "ACCOUNT": "EU"}
        self.history = []
        self.graphs = []
        self.events = {}
        self.cancels = []  # rows of it that cancelled something
        self.following = []  # rows of CURRENT_TASK_GRAPHS that say when the schedule is due again
        self.queries = []  # rows of QUERY_HISTORY, the oldest first
        self.came = {}  # {file: when, in seconds}; others came in 1970, one after the other
        self.refuse = {}  # {a word of a statement: the error it is answered with}
        self.break_before = None
        self.break_after = None
        self.break_within = None  # a call, and how many statements of its script are still done
        self.now = datetime(2026, 11, 23, tzinfo=UTC)
        self.calls = 0
        self.last_marked = ""  # of all runs, where a file tells it
        self.most_rows = 10_000
        self.keeps_ranges = False
        self.refuses_query_ids = False
        self.cancelled = []
        self._questions = []
        self._closed = None

    def knows(self, word):
        return word not in self.lacks and (self.news is not None or word not in _NEWER)

    def last_stir(self):
        return self.stirred

    def last_mark(self):
        return self.last_marked

    def last_end(self):
        self._check_open()
        return self.ended or self.stirred

    def rows(self, sql):
        return self._counted(lambda: self._answer(sql), sql)

    def looks(self, statements):
        if not self.looks_at_once:
            return None
        return self._counted(lambda: [self._look(sql) for sql in statements], None)

    def _look(self, sql):
        self.statements.append(sql)
        try:
            return self._answer(sql)
        except BackendError as error:
            return error

    def script(self, statements, looks=()):
        def each():
            for number, sql in enumerate(statements):
                if self.break_within == (self.calls, number):
                    raise ConnectError("the network is gone")
                self.statements.append(sql)
                self._answer(sql)
            return [self._look(sql) for sql in looks] if self.looks_at_once and looks else None

        return self._counted(each, None)

    def upload(self, content, location):
        def put():
            self.files[location] = content
            self.uploads.append(location)

        self._counted(put, f"PUT {location}")

    def upload_all(self, files):
        def put():
            self.files.update(files)
            self.uploads += [*files]
            self.statements += [f"PUT {location}" for location in files]

        self._counted(put, None)

    def download(self, location):
        def get():
            if location not in self.files:
                raise BackendError(f"the file {location} does not exist")
            return self.files[location]

        return self._counted(get, f"GET {location}")

    def download_all(self, location, pattern):
        def get():
            wanted = re.compile(pattern)
            return {
                name.rpartition("/")[2]: content
                for name, content in self.files.items()
                if name.startswith(location) and wanted.fullmatch(name)
            }

        return self._counted(get, f"GET {location} PATTERN = '{pattern}'")

    def opened(self):
        self._closed = None
        return self

    def close(self, target, *, keeps_session=False):
        self.is_closed = not keeps_session
        self._closed = target

    def _check_open(self):
        if self._closed is not None:
            raise closed_target(self._closed)

    def _counted(self, do, what):
        self._check_open()
        self.calls += 1
        if self.calls == self.break_before:
            raise ConnectError("the network is gone")
        if what is not None:
            self.statements.append(what)
        answer = do()
        if self.calls == self.break_after:
            raise ConnectError("the answer was lost")
        return answer

    def _answer(self, sql):
        for word, error in self.refuse.items():
            if word in sql:
                raise error
        if _TASK_WORDS.match(sql):
            return self._task_statement(parse_task_statement(sql))
        for start, answer in (
            ("CREATE OR REPLACE PROCEDURE", self._create_procedure),
            ("SHOW PROCEDURES", self._show_procedures),
            ("DROP PROCEDURE IF EXISTS", self._drop_procedure),
            ("DESCRIBE PROCEDURE", self._describe_procedure),
            ("SHOW PARAMETERS IN TASK", self._show_parameters),
            ("SELECT SYSTEM$SFDAG_HIDDEN_OPTIONS", self._hidden_options),
            ("SELECT GET_DDL('TASK'", self._definitions),
            ("EXPLAIN ", lambda _: []),
            ("SELECT PACKAGE_NAME", self._packages),
            ("SELECT DISTINCT PACKAGE_NAME", self._packages),
            ("SHOW TABLES", lambda _: []),
            ("SHOW STREAMS", lambda _: [{"name": name} for name in self.streams]),
            ("SHOW NOTIFICATION INTEGRATIONS", lambda _: [{"name": n} for n in self.integrations]),
            ("SELECT CURRENT_ROLE()", lambda _: [{"ROLE": self.role}]),
            ("SHOW GRANTS TO ", self._show_grants),
            ("SHOW PARAMETERS LIKE 'LOG_LEVEL'", lambda _: [{"value": self.log_level}]),
            ("CREATE STAGE", self._create_stage),
            ("DESCRIBE TABLE", self._describe_table),
            ("CREATE TEMPORARY ", lambda _: []),
            ("DROP TABLE IF EXISTS", lambda _: []),
            ("DROP STAGE IF EXISTS", lambda _: []),
            ("LIST ", self._list),
            ("REMOVE ", self._remove),
            ("CREATE WAREHOUSE IF NOT EXISTS ", lambda _: []),
            ("SELECT NAME, STATE, QUERY_ID", self._task_history),
            ("SELECT ROOT_TASK_ID", self._past_root_id),
            ("SELECT NAME, GRAPH_RUN_GROUP_ID ", self._run_names),
            ("SELECT STATE, ATTEMPT_NUMBER", self._task_graphs),
            ("SELECT NEXT_SCHEDULED_TIME", lambda _: self.following),
            ("SELECT ROOT_TASK_NAME, STATE", self._told_runs),
            ("SELECT CURRENT_ORGANIZATION_NAME", lambda _: [self.account]),
            ("SELECT TIMESTAMP", self._events),
            ("SELECT SESSION_ID", self._queries),
            ("SELECT USER_NAME, START_TIME", lambda _: self.cancels),
            ("SELECT COUNT(*)", self._task_history),
            ("SELECT SYSTEM$SFDAG_RUN_WAITS_FOR", self._waits_for),
            ("SELECT SYSTEM$SFDAG_RUNS_BEGUN_AGAIN", self._again),
            ("SELECT SYSTEM$SFDAG_NEWS", self._mark),
            ("SELECT SYSTEM$SFDAG_RUN_BEGUN", self._begun),
            ("SELECT SYSTEM$CANCEL_QUERY", self._cancel_query),
            ("SELECT SYSTEM$SFDAG_CANCEL_RUN", self._cancel_run),
            ("SELECT SYSTEM$USER_TASK_CANCEL", self._cancel),
        ):
            if sql.startswith(start):
                return answer(sql)
        found = self.models.answer(sql)
        if found is None:
            raise BackendError(f"the fake does not know: {sql}", code=2)
        return found

    def _task_statement(self, statement):
        match statement:
            case ShowTasks():
                return [self._shown(name) for name in sorted(self.tasks)]
            case CreateTask():
                return self._create_task(statement)
            case AlterTask(if_exists=True) if statement.name.name not in self.tasks:
                pass
            case AlterTask(action=ResumeTask()):
                self._changeable(statement.name.name)
                self.tasks[statement.name.name]["started"] = True
            case AlterTask(action=SuspendTask()):
                if self._root_of(statement.name.name) != statement.name.name:
                    self._changeable(statement.name.name)
                self.tasks[statement.name.name]["started"] = False
            case AlterTask(action=SetProperties(properties=TaskProperties(comment=comment))):
                self._changeable(statement.name.name)
                task = self.tasks[statement.name.name]
                properties = replace(task["statement"].properties, comment=comment)
                task["statement"] = replace(task["statement"], properties=properties)
            case DropTask():
                self._changeable(statement.name.name)
                self.tasks.pop(statement.name.name, None)
            case ExecuteTask():
                return self._execute(statement)
            case _:
                raise BackendError(f"the fake does not know {statement}", code=2)
        return []

    def _create_task(self, statement):
        name = statement.name.name
        assert statement.mode in {CreateMode.CREATE, CreateMode.OR_ALTER}
        if statement.mode is CreateMode.CREATE and name in self.tasks:
            raise BackendError(f"Object '{statement.name.sql()}' already exists.", code=2002)
        finalized = statement.properties.finalize
        above = [parent.name for parent in statement.after]
        missing = [
            other
            for other in [*above, *([finalized.name] if finalized else [])]
            if other not in self.tasks
        ]
        if missing:
            raise BackendError(f"Task '{missing[0]}' does not exist", code=2003)
        others = [n for n, task in self.tasks.items() if task["statement"].properties.finalize]
        if finalized and set(others) - {name}:
            raise BackendError(f"Task {finalized.sql()} already has the finalizer {others[0]}.")
        self._changeable(name, above)
        statement = replace(statement, mode=CreateMode.OR_ALTER)  # a task is none of both
        self.tasks[name] = {"statement": statement, "started": False, "id": f"id-{name}"}
        return []

    def _show_grants(self, sql):
        names = ("privilege", "granted_on", "name")
        held = self.grants.get(sql.removeprefix("SHOW GRANTS TO "), ())
        return [dict(zip(names, each, strict=True)) for each in held]

    def _hidden_options(self, sql):
        said = {name: task["statement"].properties.said() for name, task in self.tasks.items()}
        told = {
            name: {each: value for each, value in properties.items() if each in HIDDEN_DEFAULTS}
            for name, properties in said.items()
        }
        return [{"TOLD": json.dumps(told)}]

    def _definitions(self, sql):
        names = re.findall(r"GET_DDL\('TASK', '([^']+)'\) AS (D\d+)", sql)
        found = {column: self.tasks[name.rpartition(".")[2]] for name, column in names}
        texts = {column: task["statement"].to_sql() for column, task in found.items()}
        return [{column: f"{text};" for column, text in texts.items()}]

    def _root_of(self, name):
        return name.partition("$")[0]

    def _changeable(self, name, above=()):
        root = self._root_of(name)
        if root in self.tasks and self.tasks[root]["started"]:
            raise BackendError(
                f"Unable to update graph with root task DB.S.{root} since that root task is not "
                "suspended.",
                code=91421,
            )

    def _shown(self, name):
        task = self.tasks[name]
        statement = task["statement"]
        said = statement.properties
        finalized = f'"FinalizedRootTask":"{said.finalize.sql()}"' if said.finalize else ""
        return {
            "name": name,
            "id": task["id"],
            "database_name": "DB",
            "schema_name": "S",
            "state": "started" if task["started"] else "suspended",
            "schedule": said.schedule,
            "condition": statement.condition,
            "definition": statement.body,
            "config": said.config,
            "warehouse": said.warehouse,
            "allow_overlapping_execution": "true" if said.overlap_policy else "false",
            "comment": said.comment or "",
            "last_suspended_on": task.get("suspended_on", "some time"),
            "created_on": task.get("created_on", None if "$" in name else self.now),
            "predecessors": json.dumps([parent.sql() for parent in statement.after]),
            "task_relations": f"{{{finalized}}}",
        }

    def _execute(self, statement):
        root = statement.name.name
        if root not in self.tasks:
            raise BackendError(f"Task '{root}' does not exist or not authorized.", code=2003)
        if statement.config:
            self.history.append(
                {
                    "NAME": root,
                    "STATE": self.starts_as,
                    "QUERY_ID": "q-root",
                    "ERROR_CODE": None,
                    "ERROR_MESSAGE": None,
                    "SCHEDULED_TIME": datetime(2026, 11, 23, tzinfo=UTC),
                    "QUERY_START_TIME": datetime(2026, 11, 23, tzinfo=UTC),
                    "COMPLETED_TIME": None,
                    "RETURN_VALUE": None,
                    "SCHEDULED_FROM": "EXECUTE_TASK",
                    "ATTEMPT_NUMBER": 1,
                    "CONFIG": statement.config,
                    "GRAPH_RUN_GROUP_ID": f"group-{len(self.history) + 1}",
                }
            )
        return [{"status": "scheduled"}]

    def _describe_table(self, sql):
        table = sql.removeprefix("DESCRIBE TABLE ")
        if table not in self.columns:
            raise BackendError(f"Table '{table}' does not exist or not authorized.", code=2003)
        return [{"name": n, "type": t, "null?": "Y"} for n, t in self.columns[table].items()]

    def _create_procedure(self, sql):
        comment = _COMMENT.search(sql)
        self.procedures[_PROCEDURE.match(sql)[1].rpartition(".")[2]] = {
            "sql": sql,
            "comment": comment[1].replace("''", "'").replace("\\\\", "\\") if comment else "",
            "created_on": self.now,
        }
        return []

    def _packages(self, sql):
        there = _installed() if self.packages is None else self.packages
        asked = re.search(r"IN \(([^)]*)\)$", sql)
        return [
            {"PACKAGE_NAME": name, "VERSION": version, "RUNTIME_VERSION": python}
            for (name, python), version in there.items()
            if asked is None or f"'{canonicalize_name(name)}'" in asked[1]
        ]

    def _show_procedures(self, sql):
        return [
            {
                "name": name,
                "description": procedure["comment"],
                "created_on": procedure["created_on"],
            }
            for name, procedure in self.procedures.items()
        ]

    def _describe_procedure(self, sql):
        said = self.procedures[sql.split()[2].partition("(")[0].rpartition(".")[2]]["sql"]
        found = {
            name: re.search(rf"{name} = (.+)", said)[1].replace("(", "[").replace(")", "]")
            for name in ("IMPORTS", "PACKAGES", "RUNTIME_VERSION")
        }
        found["RUNTIME_VERSION"] = found["RUNTIME_VERSION"].strip("'")
        return [{"property": name.lower(), "value": value} for name, value in found.items()]

    def _show_parameters(self, sql):
        said = self.tasks[sql.rpartition(".")[2]]["statement"].properties.said()
        return [
            {"key": name, "value": str(said.get(name.lower(), 0)), "level": level}
            for name in ("USER_TASK_TIMEOUT_MS", "TASK_AUTO_RETRY_ATTEMPTS")
            for level in ["TASK" if name.lower() in said else ""]
        ]

    def _create_stage(self, sql):
        self.has_stage = True
        return []

    def _list(self, sql):
        if not self.has_stage:
            raise BackendError("Stage does not exist or not authorized.", code=2003)
        location = sql.removeprefix("LIST ").strip("'")
        stage = location.lstrip("@").rpartition("DB.S.")[2].partition("/")[0].lower()
        return [
            {
                "name": f"{stage}/{name.partition('/')[2]}",
                "size": len(content),
                "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
                "last_modified": formatdate(self.came.get(name, second), usegmt=True),
            }
            for second, (name, content) in enumerate(self.files.items())
            if name.startswith(location)
        ]

    def _remove(self, sql):
        location, _, pattern = sql.removeprefix("REMOVE ").partition(" PATTERN = ")
        start, wanted = location.strip("'"), re.compile(pattern.strip("'") or ".*")
        for name in [name for name in self.files if name.startswith(start)]:
            if wanted.fullmatch(name):
                del self.files[name]
        return []

    def _drop_procedure(self, sql):
        self.procedures.pop(sql.rpartition(".")[2].partition("(")[0], None)
        return []

    def _task_history(self, sql):
        """Arguments and the limit first, then the conditions, as the service does."""
        self._check_arguments(sql)
        table, _, where = sql.partition("WHERE ")
        self._questions.append(table)
        found = self._in_range(self.history, table)
        for argument, column in (("TASK_NAME", "NAME"), ("GRAPH_RUN_GROUP_ID",) * 2):
            if (said := re.search(rf"{argument} => '([^']+)'", table)) is not None:
                found = [row for row in found if row[column] in said[1].split(",")]
        for argument, holds in _PARTS.items():
            if (said := re.search(rf"{argument} => '([^']+)'", table)) is not None:
                found = [row for row in found if holds(row, said[1])]
        if "CHANGED_SINCE => " in table and self.changed is not None:
            found = [row for row in found if row["NAME"] in self.changed]
        if (said := re.search(r"ROOT_TASK_ID => 'id-([^']+)'", table)) is not None:
            found = [row for row in found if row["NAME"].partition("$")[0] == said[1]]
        limit = min(int(re.search(r"RESULT_LIMIT => (\d+)", table)[1]), self.most_rows)
        found = sorted(found, key=lambda row: row["SCHEDULED_TIME"], reverse=True)[:limit]
        if sql.startswith("SELECT COUNT(*)"):
            return [{"ROW_COUNT": len(found) if len(found) < self.most_rows else 10_000}]
        return [row | {"ROOT_CONFIG": row["CONFIG"]} for row in found if _holds(where, row)]

    def _again(self, sql):
        asked = len(re.findall(r"'[^']*'", sql))
        return [{"TOLD": json.dumps([self.begun_again] * asked)}]

    def _waits_for(self, _sql):
        told = None if self.waits_for is None else json.dumps({"G$A": self.waits_for})
        return [{"WAITS_FOR": told}]

    def _mark(self, sql):
        if self.news is None:
            raise BackendError(f"the fake does not know: {sql}", code=2)
        return [{"MARK": self.news}]

    def _begun(self, sql):
        token = re.search(r"BEGUN\('[^']+', '([^']+)'\)", sql)[1]
        begun = (row for row in reversed(self.history) if row["STATE"] != "SCHEDULED")
        found = (row["GRAPH_RUN_GROUP_ID"] for row in begun if token in (row["CONFIG"] or ""))
        return [{"RUN": next(found, None)}]

    def _past_root_id(self, sql):
        root = re.search(r"TASK_NAME => '([^']+)'", sql)[1]
        ids = [f"id-{root}" for row in self.history if row["NAME"] == root]
        return [{"ROOT_TASK_ID": found} for found in ids[:1]]

    def _run_names(self, sql):
        return sorted(self._task_history(sql), key=lambda row: len(row["NAME"]), reverse=True)

    def _in_range(self, rows, table):
        if not self.keeps_ranges:  # most tests are about rows of a day that will be long ago
            return rows
        times = re.findall(r"RANGE_(START|END) => TO_TIMESTAMP_LTZ\('([^']+)'\)", table)
        bounds = {name: datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f %z") for name, text in times}
        earliest = bounds.get("START", datetime.min.replace(tzinfo=UTC))
        latest = bounds.get("END", datetime.max.replace(tzinfo=UTC))
        return [row for row in rows if earliest <= row["SCHEDULED_TIME"] <= latest]

    def _check_arguments(self, sql):
        for argument in self.lacks:
            if f"{argument} =>" in sql:
                name = argument.rpartition(" ")[2]
                raise BackendError(f"SQL compilation error:\ninvalid argument name '{name}'")

    def _told_runs(self, sql):
        """Each run with what its root's row says of it, as all three views together tell it."""
        named = set(re.findall(r"ROOT_TASK_NAME => '([^']*)'", sql))
        roots = {}
        for row in self.history:
            if row["NAME"] in named:
                roots.setdefault(row["GRAPH_RUN_GROUP_ID"], row)
        return [
            {**roots[run["GRAPH_RUN_GROUP_ID"]], "ROOT_TASK_NAME": "?", **run}
            for run in self.graphs
            if run["GRAPH_RUN_GROUP_ID"] in roots
        ]

    def _task_graphs(self, sql):
        self._check_arguments(sql)
        groups = re.search(r"GRAPH_RUN_GROUP_ID (?:IN \(|=> )('[^)]+')\)", sql)
        state = re.search(r"AND STATE (?:IN \(|= )('[^)]+')", sql)
        root = re.search(r"ROOT_TASK_ID = '(id-[^']+)'", sql)
        return [
            row
            for row in self.graphs
            if (groups is None or row["GRAPH_RUN_GROUP_ID"] in re.split("[', ]+", groups[1]))
            and (state is None or f"'{row['STATE']}'" in state[1])
            and (root is None or _is_of(row, root[1]))
        ]

    def _events(self, sql):
        asked = re.search(r"snow.query.id'\]::VARCHAR IN \(([^)]+)\)", sql)[1]
        return [
            row | {"QUERY_ID": query_id}
            for query_id in re.findall(r"'([^']+)'", asked)
            for row in self.events.get(query_id, [])
        ]

    def _queries(self, sql):
        asked = re.findall(r"'([^']+)'", re.search(r"QUERY_ID IN \(([^)]+)\)", sql)[1])
        sessions = {row["SESSION_ID"] for row in self.queries if row["QUERY_ID"] in asked}
        return [row for row in self.queries if row["SESSION_ID"] in sessions]

    def _cancel_query(self, sql):
        if self.refuses_query_ids:
            raise BackendError("insufficient privileges to cancel the query", code=3001)
        query_id = re.search(r"'([^']+)'", sql)[1]
        for row in self.history:
            if row["QUERY_ID"] == query_id and row["STATE"] == "EXECUTING":
                row["STATE"] = "CANCELLED"
        self.cancelled.append(query_id)
        return []

    def _cancel_run(self, sql):
        group = re.search(r"'([^']+)'", sql)[1]
        self.history = [row for row in self.history if row["GRAPH_RUN_GROUP_ID"] != group]
        self.graphs = [row for row in self.graphs if row["GRAPH_RUN_GROUP_ID"] != group]
        return []

    def _cancel(self, sql):
        name = re.search(r"'([^']+)'", sql)[1].rpartition(".")[2]
        for row in self.history:
            if row["NAME"] == name and row["STATE"] == "EXECUTING":
                row["STATE"] = "CANCELLED"
        return []


#: Arguments of the embedded engine's that no column equals.
_PARTS = {
    "GRAPH_RUN_GROUP_ID_START": lambda row, said: row["GRAPH_RUN_GROUP_ID"].startswith(said),
    "CONFIG_PART": lambda row, said: said in (row["CONFIG"] or ""),
}


def _is_of(row, root_id):
    """Rows by hand have a root of their own, which stands for any."""
    own = row.get("ROOT_TASK_ID", "")
    return own == root_id or not own.startswith("id-")


def _holds(where, row):
    """The conditions the client writes; whatever else stands there does not matter."""
    due = row["STATE"] == "SCHEDULED" and row["SCHEDULED_FROM"] == "SCHEDULE"
    if "NOT (STATE = 'SCHEDULED'" in where and due:
        return False
    for pattern, holds in (
        (r"GRAPH_RUN_GROUP_ID = '([^']+)'", lambda said: row["GRAPH_RUN_GROUP_ID"] == said),
        (r"GRAPH_RUN_GROUP_ID LIKE '([^']*)%'", row["GRAPH_RUN_GROUP_ID"].startswith),
        (r"CONFIG LIKE '%([^%']+)%'", lambda said: said in (row["CONFIG"] or "")),
    ):
        if (said := re.search(pattern, where)) is not None and not holds(said[1]):
            return False
    return True
