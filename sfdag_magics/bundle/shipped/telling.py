"""What a task tells while it runs, as files beside its graph's archive. Ships: Python 3.9.

A file lies on the stage of the graph's code, as `GRAPH$runs/RUN/TASK.BEGIN.NAME`, where one LIST
finds those of a run, on both engines. Not in a table, whose rows an open transaction of the task
would hide or take back; not in the log, which an account collects nothing of as it comes. Never
fails a task: what cannot be kept is said once in its log.
"""

from __future__ import annotations

import io
import json
import logging
import time
from datetime import datetime, timezone
from typing import Any

from .context import TaskContext, literal
from .showing import file_of, item_of

_LOG = logging.getLogger("sfdag")
#: A file is written again after so many seconds at the earliest, and so many times what it took.
_LEAST_S, _SHARE = 0.5, 20
_UTC = timezone.utc  # noqa: UP017 - the short name came with Python 3.11
#: So many things of one execution are kept; the same name is the same thing.
MOST_SHOWN = 20
#: The file that says how far the task is.
PROGRESS = "progress.json"
_MOST_NAME, _MOST_SAID = 80, 200


class Telling:
    """The files of one execution of one task. One thread at a time, as the session has it."""

    def __init__(self, session: Any, context: TaskContext, task: str) -> None:  # noqa: ANN401 - a Snowpark session
        self._session = session
        self._context = context
        self._task = task
        self._began = int(time.time() * 1000)
        self._place: str | None = None
        self._is_off = False
        self._waiting: dict[str, bytes] = {}
        self._due: dict[str, float] = {}
        #: {what is shown: its number}, in the order in which it was shown first.
        self._names: dict[str, int] = {}

    def show(self, thing: Any, name: str | None) -> None:  # noqa: ANN401 - whatever a task shows
        """Keep what a thing looks like, under its name or under one by its kind: `picture 1`."""
        if self._is_off:
            return
        try:
            item = item_of(thing)
        except Exception as exc:  # noqa: BLE001 - whatever a library's drawing raises
            kind = type(thing).__name__
            _LOG.warning("%s: ctx.show could not draw a %s: %s", self._task, kind, exc)
            return
        named = str(name)[:_MOST_NAME] if name else f"{item['kind']} {len(self._names) + 1}"
        if named not in self._names and len(self._names) == MOST_SHOWN:
            _LOG.warning("%s: %d things are shown; %s is not", self._task, MOST_SHOWN, named)
            return
        number = self._names.setdefault(named, len(self._names) + 1)
        if item["cut"]:
            _LOG.warning("%s: ctx.show keeps of %s: %s", self._task, named, item["cut"])
        self._write(file_of(named), {"name": named, "number": number, "made": _now(), **item})

    def progress(self, done: Any, of: Any, text: Any) -> None:  # noqa: ANN401 - as the user gives it
        """Keep how far the task is."""
        if self._is_off:
            return
        try:
            told = [float(done), None if of is None else float(of), str(text)[:_MOST_SAID]]
        except (TypeError, ValueError) as exc:
            _LOG.warning("%s: ctx.progress(done, of, text) wants numbers: %s", self._task, exc)
            self._is_off = True
            return
        self._write(PROGRESS, {"done": told[0], "of": told[1], "text": told[2], "made": _now()})

    def _write(self, name: str, content: dict[str, Any]) -> None:
        """Keep `content` under `name`; what comes too soon after the last waits for the next."""
        self._waiting[name] = json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
        if time.monotonic() >= self._due.get(name, 0.0):
            self._send(name)

    def end(self) -> None:
        """Keep what still waits: the last of everything."""
        for name in list(self._waiting):
            self._send(name)

    def _send(self, name: str) -> None:
        if self._is_off:
            return
        began = time.monotonic()
        content = self._waiting.pop(name)
        try:
            location = f"{self._place or self._found_place()}{name}"
            self._session.file.put_stream(
                io.BytesIO(content), location, auto_compress=False, overwrite=True
            )
        except Exception as exc:  # noqa: BLE001 - whatever the client raises: telling is no part of the work
            self._give_up(exc)
            return
        took = time.monotonic() - began
        self._due[name] = time.monotonic() + max(_LEAST_S, _SHARE * took)

    def _give_up(self, exc: Exception) -> None:
        self._is_off = True
        self._waiting.clear()
        if "must be called from within a task" in str(exc) or isinstance(exc, _NoRunError):
            why = "this is no run of a graph of %sfdag"
        else:
            why = str(exc).strip().split("\n")[0]
        _LOG.warning("%s: ctx.show and ctx.progress keep nothing here: %s", self._task, why)

    def _found_place(self) -> str:
        runs = self._runs_folder()
        group = self._context.get_current_task_graph_run_group_id()
        # Another name for each: a GET of several leaves out the folders they lie in.
        self._place = f"{runs}{group}/{self._task}.{self._began}."
        return self._place

    def _runs_folder(self) -> str:
        """Beside the folder of the archive that the graph's procedure says it runs."""
        if not self._context.get_current_task_name():
            raise _NoRunError
        root = self._context.get_current_root_task_name()
        schema, name = root[: root.rfind(".")], root[root.rfind(".") + 1 :].strip('"')
        like = literal(f"{name}$RUN")
        rows = self._session.sql(f"show procedures like {like} in schema {schema}").collect()
        for row in rows:
            if row["name"] == f"{name}$RUN":
                mark = str(row["description"]).rpartition("sfdag: ")[2]
                archive: str = json.loads(mark)["archive"]
                return f"{archive.rpartition('/')[0]}$runs/"
        raise _NoRunError


def _now() -> str:
    return datetime.now(tz=_UTC).isoformat(timespec="milliseconds")


class _NoRunError(Exception):
    """The code runs, and not as a task of a graph that was deployed from a notebook."""
