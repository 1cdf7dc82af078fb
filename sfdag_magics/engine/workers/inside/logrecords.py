"""Python's `logging` in a worker, forwarded to the engine record by record while the job runs."""

from __future__ import annotations

import json
import logging
import traceback
from contextlib import suppress
from typing import Any

from sfdag_magics.engine.workers.channel import Channel, Message

# Their INFO says which request was sent when; a task's log is about the task.
_TALKATIVE = ("snowflake", "botocore", "urllib3", "matplotlib", "asyncio", "numba")
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
_LONGEST = 64 * 1024
#: By Snowflake's names (docs: LOG_LEVEL), of which Python has no first and no last.
_LEVELS = {
    "TRACE": logging.NOTSET,
    **logging.getLevelNamesMapping(),
    "OFF": logging.CRITICAL + 1,
}
#: The level from which this process keeps records, once that was said.
_kept: dict[str, int] = {}


def quieten(level: int = logging.INFO) -> None:
    """Keep records from `level` on, of talkative libraries warnings at the least.

    To set a level clears what every logger has remembered, so it is done once before the fork, and
    in a worker only where another one is wanted: 2 of the 20 ms of a small task (measured).
    """
    if _kept.get("from") == level:
        return
    _kept["from"] = level
    logging.getLogger().setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(True)  # noqa: FBT003 - logging's own signature


def prepare() -> None:
    """Have the root logger's one handler ready, and nothing else to end with the process."""
    quieten()
    root = logging.getLogger()
    root.handlers[:] = [_FORWARDING]
    logging._handlerList.clear()  # type: ignore[attr-defined]  # noqa: SLF001 - what `logging.shutdown` flushes: the user's


def forward_logging(channel: Channel, level: str, import_directory: str) -> None:
    """Send every record from `level` on; `OFF` sends none."""
    root = logging.getLogger()
    if root.handlers != [_FORWARDING]:
        prepare()
    quieten(_LEVELS.get(level.upper(), logging.INFO))
    _FORWARDING.channel, _FORWARDING.import_directory = channel, import_directory


class _Forwarding(logging.Handler):
    """Sends records; a dead engine is no reason to fail in the middle of the user's code."""

    #: None before there is a job.
    channel: Channel | None = None
    import_directory = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record."""
        if self.channel is None:
            return
        try:
            message = record.getMessage()
        except Exception as error:  # noqa: BLE001 - wrong arguments of the user's logging call
            message = f"{record.msg} (arguments do not fit: {error})"
        fields = {
            "level": record.levelname,
            "logger": record.name,
            "message": message[:_LONGEST],
            "path": record.pathname.removeprefix(f"{self.import_directory}/"),
            "function": record.funcName or "",
            "line": record.lineno,
            "attributes": self._attributes(record),
        }
        with suppress(OSError):
            self.channel.send(Message(kind="log", fields=fields))

    def _attributes(self, record: logging.LogRecord) -> dict[str, Any]:
        extra = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        extra = {name: _jsonable(value) for name, value in extra.items()}
        if record.exc_info and record.exc_info[0] is not None:
            extra["exception.type"] = record.exc_info[0].__name__
            extra["exception.message"] = str(record.exc_info[1])
            extra["exception.stacktrace"] = "".join(traceback.format_exception(*record.exc_info))
        return extra


_FORWARDING = _Forwarding()


def _jsonable(value: object) -> object:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return repr(value)
    return value
