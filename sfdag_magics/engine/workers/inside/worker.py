"""The worker: one forked process, one job, one answer. Runs the user's code and nothing after it.

Its first file is the socket to the engine; its other two are its standard output and error, which
the engine reads and caps. It never returns: whatever happens, the process ends here.
"""

from __future__ import annotations

import importlib
import logging
import os
import socket
import sys
from contextlib import suppress
from typing import Any, NoReturn

from sfdag_magics.engine.workers.channel import Channel, ChannelError, Message
from sfdag_magics.engine.workers.import_sets import Imports
from sfdag_magics.engine.workers.inside import sandbox
from sfdag_magics.engine.workers.inside.failures import failure_text
from sfdag_magics.engine.workers.inside.handlers import Handler, HandlerError, load_handler
from sfdag_magics.engine.workers.inside.logrecords import forward_logging
from sfdag_magics.engine.workers.inside.vectors import answer_batches
from sfdag_magics.engine.workers.jobs import Job
from sfdag_magics.engine.workers.ready_runtime import ReadyRuntime
from sfdag_magics.engine.workers.values import (
    ConversionError,
    declared_type,
    decoded,
    encoded,
)

#: Imports Snowpark, so it is imported where a job needs it; the zygote has done so before.
LATE_SESSION = "sfdag_magics.engine.workers.inside.late_session"


def run(files: list[int], *, parent: int, ready: ReadyRuntime | None = None) -> NoReturn:
    """Be the worker of one job.

    Args:
        files: its socket, standard output and standard error.
        ready: the runtime of graphs, where this process has imported it already.
    """
    status = 1
    try:
        sandbox.detach(parent)
        channel = Channel(socket.socket(fileno=files[0]))
        sandbox.attach_output(files[1], files[2])
        sandbox.reseed()
        order = channel.receive()
        if order is not None:
            carry_out(order, channel, ready)
            status = 0
    except (OSError, ChannelError) as error:
        with suppress(OSError):
            os.write(2, f"the engine is gone: {error}\n".encode())
    finally:
        os._exit(status)


def carry_out(order: Message, channel: Channel, ready: ReadyRuntime | None) -> None:
    """Do what was ordered, and answer."""
    job = Job.from_fields(order.fields["job"])
    imports = Imports.from_fields(order.fields["imports"])
    sandbox.move_into(order.fields["directory"])
    forward_logging(channel, job.log_level, imports.directory)
    try:
        handler = load_handler(job.code.source, job.code.handler, imports, ready)
        if order.kind == "batches":
            answer_batches(channel, handler, job)
            return
        answer = Message(kind="returned", fields=_called(handler, job))
    except (HandlerError, ConversionError) as error:
        answer = _raised(error, str(error))
    except BaseException as error:  # noqa: BLE001 - the border: all of the user's code is above
        answer = _raised(error, failure_text(error, imports.directory))
    logging.shutdown()
    sandbox.flush_output()
    channel.send(answer)


def _called(handler: Handler, job: Job) -> dict[str, Any]:
    types = [declared_type(text) for text in job.argument_types]
    arguments = [decoded(*pair) for pair in zip(job.arguments, types, strict=True)]
    session = _session(job)
    value = handler(session, *arguments) if session is not None else handler(*arguments)
    if job.returns is None:
        return {"query_id": _query_id_of(value, session)}
    return {"value": encoded(value, declared_type(job.returns))}


def _session(job: Job) -> Any:  # noqa: ANN401 - Snowpark is imported where it is needed
    if job.connection is None:
        return None
    module = sys.modules.get(LATE_SESSION) or importlib.import_module(LATE_SESSION)
    return module.LateSession(job.connection)


def _query_id_of(value: Any, session: Any) -> str | None:  # noqa: ANN401 - as above
    """The query that a returned table is the result of; runs it."""
    if value is None:
        return None
    if hasattr(value, "_execute_and_get_query_id"):
        return str(value._execute_and_get_query_id())  # noqa: SLF001 - made for just this place
    if "pandas" in sys.modules and isinstance(value, sys.modules["pandas"].DataFrame):
        return _query_id_of(session.create_dataframe(value), session)
    raise ConversionError(
        f"a procedure that returns a table must return a DataFrame, not a {type(value).__name__}"
    )


def _raised(error: BaseException, text: str) -> Message:
    fields = {"type": type(error).__name__, "message": _message(error), "text": text}
    return Message(kind="raised", fields=fields)


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as second:  # noqa: BLE001 - a user's __str__ may raise anything
        return f"its message cannot be shown: {type(second).__name__}"
