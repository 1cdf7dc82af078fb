"""What Snowflake's clients raise, as ours. Knows no session."""

from __future__ import annotations

from sfdag_magics.errors import BackendError, ConnectError, UnsupportedError
from sfdag_magics.place_words import to_type

#: What the clients report when nothing answered or the login is no longer good: connector errno.
_NO_ANSWER = frozenset({250001, 250002, 250003, 251005, 251012, 390100, 390112, 390114, 390144})


def foreign_errors() -> tuple[type[Exception], ...]:
    """All that Snowflake's clients raise; imported late, because they take a second to load."""
    from snowflake.connector.errors import Error
    from snowflake.snowpark.exceptions import SnowparkClientException

    return (Error, SnowparkClientException, OSError)


def backend_error(error: Exception) -> BackendError:
    """Ours for an exception of the connector or of Snowpark, with its code, SQLSTATE, query id."""
    code = _number(getattr(error, "sql_error_code", None) or getattr(error, "errno", None))
    kind = _kind(error, code)
    told = (getattr(error, name, None) for name in ("raw_msg", "raw_message", "message"))
    message = str(next(filter(None, told), error))
    hint = f"{to_type('target')}, then the same again" if kind is ConnectError else None
    return kind(
        message.strip(),
        code=code,
        sqlstate=getattr(error, "sqlstate", None),
        query_id=getattr(error, "sfqid", None),
        hint=hint,
    )


def _kind(error: Exception, code: int | None) -> type[BackendError]:
    if code in _NO_ANSWER or _is_network(error):
        return ConnectError
    # SQLSTATE 0A000 is "feature not supported"
    return UnsupportedError if getattr(error, "sqlstate", None) == "0A000" else BackendError


def _is_network(error: BaseException) -> bool:
    return isinstance(error, ConnectionError | TimeoutError)


def _number(code: object) -> int | None:
    try:
        return int(str(code))
    except ValueError:
        return None
