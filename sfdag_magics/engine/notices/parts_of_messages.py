"""SNOWFLAKE.NOTIFICATION's functions: the texts that SYSTEM$SEND_SNOWFLAKE_NOTIFICATION takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sfdag_magics.engine.borders.answers import Column, SfType, SqlError
from sfdag_magics.engine.borders.ports import FunctionRun, SqlSession
from sfdag_magics.sqltext import QualifiedName

if TYPE_CHECKING:
    import pyarrow as pa

_DATABASE, _SCHEMA = "SNOWFLAKE", "NOTIFICATION"
_ADDRESSES = ("toAddress", "ccAddress", "bccAddress")


def _content(kind: str) -> Callable[..., dict[str, Any]]:
    return lambda message: {kind: message}


def _integration(name: str) -> dict[str, Any]:
    return {name: {}}


def _email(name: str, subject: str | None, *addresses: str | None) -> dict[str, Any]:
    given = {"subject": subject} if subject is not None else {}
    listed = zip(_ADDRESSES, addresses, strict=False)
    return {name: {**given, **{field: _listed(text) for field, text in listed if text is not None}}}


def _listed(text: str) -> list[str]:
    """An ARRAY as its JSON text, or a text with commas."""
    if text.lstrip().startswith("["):
        return [str(each) for each in json.loads(text)]
    return [each.strip() for each in text.split(",") if each.strip()]


#: By name: what makes the object, and how many arguments it takes.
_PARTS: Mapping[str, tuple[Callable[..., dict[str, Any]], range]] = {
    "TEXT_PLAIN": (_content("text/plain"), range(1, 2)),
    "TEXT_HTML": (_content("text/html"), range(1, 2)),
    "APPLICATION_JSON": (_content("application/json"), range(1, 2)),
    "INTEGRATION": (_integration, range(1, 2)),
    "EMAIL_INTEGRATION_CONFIG": (_email, range(3, 6)),
}


def find_part(name: QualifiedName, arity: int, session: SqlSession) -> FunctionRun | None:
    """See `ports.UserFunctions`."""
    del session
    part = _PARTS.get(name.name)
    if part is None or (name.database, name.schema) != (_DATABASE, _SCHEMA):
        return None
    make, arities = part
    return _Made(make, arity) if arity in arities else None


class _Made:
    """One of the functions while a statement runs."""

    def __init__(self, make: Callable[..., dict[str, Any]], arity: int) -> None:
        self._make = make
        self.arguments = tuple(_column(f"A{number}") for number in range(arity))
        self.returns = _column("V")
        self.error: SqlError | None = None

    def evaluate(self, columns: Sequence[pa.Array]) -> pa.Array:
        """The texts of the objects."""
        import pyarrow as pa

        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        return pa.array([json.dumps(self._make(*row)) for row in rows], type=pa.string())

    def close(self) -> None:
        """Nothing is held."""


def _column(name: str) -> Column:
    return Column(name=name, type=SfType.TEXT, length=16_777_216)
