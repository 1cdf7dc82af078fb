"""QUERY_HISTORY, its functions and its view: statements that ended since the engine was started.

What has no meaning here (clouds, credits, queues) is NULL or 0, as where a feature is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError
from sfdag_magics.engine.borders.ports import (
    Arguments,
    SqlSession,
    TableFunction,
    Value,
    VirtualTable,
)
from sfdag_magics.engine.borders.redaction import redacted
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.borders.table_arguments import moment
from sfdag_magics.engine.sql.sessions.ended import Ended
from sfdag_magics.engine.sql.sessions.session import own_session

_T, _N, _TIME = SfType.TEXT, SfType.FIXED, SfType.TIMESTAMP_LTZ
#: Snowflake docs, QUERY_HISTORY: RESULT_LIMIT.
_ROWS, _MOST_ROWS = 100, 10_000
_Column = tuple[SfType, Callable[[Ended], Any]]


def _milliseconds(ended: Ended) -> int:
    return int((ended.ended - ended.began).total_seconds() * 1000)


def _type(kind: str) -> str:
    """Snowflake's word: some verbs stand there alone, whatever they are of."""
    verb = kind.partition(" ")[0]
    return verb if verb in ("SHOW", "DROP") else kind.replace(" ", "_") or "UNKNOWN"


def _nothing(_ended: Ended) -> None:
    """Not known here."""


def _none(_ended: Ended) -> int:
    """None of it here."""
    return 0


#: Snowflake docs, QUERY_HISTORY: the columns in their order.
_COLUMNS: Mapping[str, _Column] = {
    "QUERY_ID": (_T, lambda each: each.query_id),
    "QUERY_TEXT": (_T, lambda each: redacted(each.text)),
    "DATABASE_NAME": (_T, lambda each: each.database),
    "SCHEMA_NAME": (_T, lambda each: each.schema),
    "QUERY_TYPE": (_T, lambda each: _type(each.kind)),
    "SESSION_ID": (_N, lambda each: int(each.session_id)),
    "USER_NAME": (_T, lambda each: each.user),
    "ROLE_NAME": (_T, lambda each: each.role),
    "WAREHOUSE_NAME": (_T, lambda each: each.warehouse),
    "WAREHOUSE_SIZE": (_T, _nothing),
    "WAREHOUSE_TYPE": (_T, _nothing),
    "CLUSTER_NUMBER": (_N, _nothing),
    "QUERY_TAG": (_T, lambda each: each.tag),
    "EXECUTION_STATUS": (
        _T,
        lambda each: "SUCCESS" if each.error_code is None else "FAILED_WITH_ERROR",
    ),
    "ERROR_CODE": (_N, lambda each: each.error_code),
    "ERROR_MESSAGE": (_T, lambda each: each.error_message and redacted(each.error_message)),
    "START_TIME": (_TIME, lambda each: each.began),
    "END_TIME": (_TIME, lambda each: each.ended),
    "TOTAL_ELAPSED_TIME": (_N, _milliseconds),
    "BYTES_SCANNED": (_N, _none),
    "ROWS_PRODUCED": (_N, lambda each: each.rows),
    "COMPILATION_TIME": (_N, _none),
    "EXECUTION_TIME": (_N, _milliseconds),
    **dict.fromkeys(
        (
            "QUEUED_PROVISIONING_TIME", "QUEUED_REPAIR_TIME", "QUEUED_OVERLOAD_TIME",
            "TRANSACTION_BLOCKED_TIME",
        ),
        (_N, _none),
    ),
    "OUTBOUND_DATA_TRANSFER_CLOUD": (_T, _nothing),
    "OUTBOUND_DATA_TRANSFER_REGION": (_T, _nothing),
    "OUTBOUND_DATA_TRANSFER_BYTES": (_N, _none),
    "INBOUND_DATA_TRANSFER_CLOUD": (_T, _nothing),
    "INBOUND_DATA_TRANSFER_REGION": (_T, _nothing),
    "INBOUND_DATA_TRANSFER_BYTES": (_N, _none),
    "CREDITS_USED_CLOUD_SERVICES": (_N, _none),
    "ROWS_WRITTEN_TO_RESULT": (_N, lambda each: each.answered),
    "ROWS_INSERTED": (_N, lambda each: each.changed.inserted),
}  # fmt: skip
#: What the view of ACCOUNT_USAGE tells besides.
_OF_VIEW: Mapping[str, _Column] = {
    "ROWS_UPDATED": (_N, lambda each: each.changed.updated),
    "ROWS_DELETED": (_N, lambda each: each.changed.deleted),
}
_RANGE = ("END_TIME_RANGE_START", "END_TIME_RANGE_END")
#: By function: its own argument, and what of a statement that is compared with.
_FUNCTIONS: Mapping[str, tuple[str | None, Callable[[Ended], str | None]]] = {
    "QUERY_HISTORY": (None, lambda each: None),
    "QUERY_HISTORY_BY_SESSION": ("SESSION_ID", lambda each: each.session_id),
    "QUERY_HISTORY_BY_USER": ("USER_NAME", lambda each: each.user),
    "QUERY_HISTORY_BY_WAREHOUSE": ("WAREHOUSE_NAME", lambda each: each.warehouse),
}


def _history(function: str, arguments: Arguments, session: SqlSession) -> Result:
    """The statements that a function asks for, the newest first."""
    own_argument, of = _FUNCTIONS[function]
    own = own_session(session)
    said = _named(function, own_argument, arguments)
    limit = _limit(said.get("RESULT_LIMIT"))
    start, end = (moment(said.get(name)) for name in _RANGE)
    wanted = None
    if own_argument is not None:
        usual = {"SESSION_ID": own.id, "USER_NAME": own.user}.get(own_argument, own.warehouse)
        wanted = str(said.get(own_argument, usual)).upper()
    found = [
        each
        for each in own.shared.query_log.newest_first()
        if (wanted is None or str(of(each)).upper() == wanted)
        and (start is None or each.ended >= start)
        and (end is None or each.ended <= end)
    ]
    return _rows(found[:limit], _COLUMNS)


def _rows(found: Iterable[Ended], columns: Mapping[str, _Column]) -> Result:
    return rowset(
        {name: kind for name, (kind, _) in columns.items()},
        [[tell(each) for _, tell in columns.values()] for each in found],
    )


def _view(session: SqlSession) -> Result:
    """ACCOUNT_USAGE.QUERY_HISTORY: all of them."""
    return _rows(own_session(session).shared.query_log.newest_first(), {**_COLUMNS, **_OF_VIEW})


def _named(function: str, own: str | None, arguments: Arguments) -> dict[str, Value]:
    names: Sequence[str] = (
        *([own] if own is not None else []), *_RANGE, "RESULT_LIMIT",
        "INCLUDE_CLIENT_GENERATED_STATEMENT",
    )  # fmt: skip
    said = dict(zip(names, arguments.positional, strict=False)) | dict(arguments.named)
    unknown = set(said) - set(names)
    if unknown or len(arguments.positional) > len(names):
        raise SqlError(
            f"SQL compilation error:\ninvalid arguments for {function}:"
            f" {', '.join(sorted(unknown)) or 'too many'}"
        )
    return said


def _limit(value: Value) -> int:
    text = str(_ROWS if value is None else value)
    limit = int(text) if text.isdecimal() else 0
    if not 1 <= limit <= _MOST_ROWS:
        raise SqlError(f"Invalid value [{value}] for RESULT_LIMIT: 1 to {_MOST_ROWS}.")
    return limit


QUERY_FUNCTIONS: Mapping[str, TableFunction] = {
    name: partial(_history, name) for name in _FUNCTIONS
}
QUERY_VIEWS: Mapping[str, VirtualTable] = {"SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY": _view}
