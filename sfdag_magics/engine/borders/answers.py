"""What one SQL statement answers: columns, rows, a file transfer, or an error with its code.

The vocabulary between the rooms of the engine. Knows no protocol (that is `wire`) and no DuckDB
(that is `sql`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sfdag_magics.light_classes import dataclass

if TYPE_CHECKING:
    import pyarrow as pa


class SfType(StrEnum):
    """Snowflake's types as the connector names them in a result's row type."""

    FIXED = "FIXED"
    REAL = "REAL"
    TEXT = "TEXT"
    BINARY = "BINARY"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    TIME = "TIME"
    TIMESTAMP_NTZ = "TIMESTAMP_NTZ"
    TIMESTAMP_LTZ = "TIMESTAMP_LTZ"
    TIMESTAMP_TZ = "TIMESTAMP_TZ"
    VARIANT = "VARIANT"
    OBJECT = "OBJECT"
    ARRAY = "ARRAY"


class StatementType(IntEnum):
    """The statement type ids that clients act on (snowflake-connector-python, `cursor.py`).

    By SEVERAL the connector's compiled core knows an answer that names those of its statements.
    """

    UNKNOWN = 0x0000
    SELECT = 0x1000
    DML = 0x3000
    INSERT = 0x3100
    UPDATE = 0x3200
    DELETE = 0x3300
    MERGE = 0x3400
    COPY = 0x3600
    TRANSACTION = 0x5000
    DDL = 0x6000
    TRANSFER = 0x7000
    SEVERAL = 0xA000


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One result column: precision and scale of FIXED and times, length of TEXT and BINARY."""

    name: str
    type: SfType
    nullable: bool = True
    precision: int | None = None
    scale: int | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTransfer:
    """What a client needs to carry out a PUT or GET itself.

    Some clients read and write the files of this machine themselves; others send and fetch them by
    HTTP, and look first what is there.

    Attributes:
        upload: PUT when true, GET when false.
        sources: PUT: patterns of the client's files that are to be written; GET: names of files
            in the stage.
        pattern: PUT: all of the client's files, those that are there already among them.
        stage_id: names the stage.
        prefix: PUT: where in the stage the files belong, as a path.
        directory: gives the directory of this machine; PUT: a new one to write to; GET: where the
            sources lie. For clients that reach it; nobody else calls it.
        local_path: GET: the client's directory.
    """

    upload: bool
    sources: tuple[str, ...]
    pattern: str = ""
    stage_id: str
    prefix: str = ""
    directory: Callable[[], Path]
    local_path: str | None = None
    parallel: int = 4
    auto_compress: bool = True
    source_compression: str = "auto_detect"
    overwrite: bool = False


#: How often a result has a column's name: among its columns, and in the schemas of its rows.
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer to one statement.

    Attributes:
        rows: an Arrow table with one column per `columns` entry in plain Arrow types: FIXED as
            int64 or decimal128, REAL as float64, TEXT and VARIANT/OBJECT/ARRAY (as JSON text) as
            string, TIMESTAMP_NTZ as timestamp without zone, _LTZ with zone UTC, _TZ as struct<utc:
            timestamp[us], offset_minutes: int32>. The wire gives them Snowflake's encoding.
        shown: by its number, what clients are shown of a semi-structured column: texts on several
            lines, keys by the alphabet. A column that is not here is shown as it is in `rows`.
        in_file: whether the rows lie in a file and only look as if they were in memory: whoever
            reads them does it in parts. The same is then so of what is shown.
        rows_affected: the count a DML statement reports, None elsewhere.
        rows_made: how many rows a CREATE TABLE put into the table, 0 elsewhere.
    """

    columns: tuple[Column, ...]
    rows: pa.Table
    shown: Mapping[int, pa.ChunkedArray] = field(default_factory=dict)
    in_file: bool = False
    statement_type: StatementType = StatementType.SELECT
    rows_affected: int | None = None
    rows_made: int = 0
    transfer: FileTransfer | None = None

    @property
    def sent(self) -> pa.Table:
        """The rows as clients are shown them."""
        rows = self.rows
        for number, texts in self.shown.items():
            rows = rows.set_column(number, rows.schema.field(number), texts)
        return rows

    @property
    def nbytes(self) -> int:
        """Of the rows, of what is shown of them, and of names: a long expression is one."""
        values = self.rows.nbytes + sum(texts.nbytes for texts in self.shown.values())
        return int(values + _NAMED * sum(len(column.name) for column in self.columns))


class SqlError(Exception):
    """A statement's failure as Snowflake reports it: HTTP 200, code, SQLSTATE and message."""

    def __init__(self, message: str, *, code: int = 2, sqlstate: str = "42000") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.sqlstate = sqlstate


def unsupported(what: str, way_out: str = "") -> SqlError:
    """What the engine knows that it cannot do; `what` names the statement, clause or function.

    Args:
        way_out: what does it instead, as a sentence without a full stop.
    """
    instead = f" ({way_out})" if way_out else ""
    return SqlError(
        f"SQL compilation error:\n{what} is not supported by the embedded engine{instead}.",
        code=2,
        sqlstate="0A000",
    )


def syntax_error(message: str) -> SqlError:
    """The statement cannot be read; `message` says where and at what."""
    return SqlError(f"SQL compilation error:\n{message}", code=1003, sqlstate="42000")


def does_not_exist(kind: str, name: str) -> SqlError:
    """`kind` is Snowflake's word ('Table', 'Task'), `name` as the user can find it."""
    return SqlError(
        f"SQL compilation error:\n{kind} '{name}' does not exist or not authorized.",
        code=2003,
        sqlstate="02000",
    )


#: Of a COPY that lost against another one; Snowflake has no code for it.
LOADED_MEANWHILE = 90251

#: Snowflake's code for a name that is taken.
ALREADY_EXISTS = 2002


def already_exists(name: str) -> SqlError:
    """An object of that name is there already, and the statement did not say OR REPLACE."""
    return SqlError(
        f"SQL compilation error:\nObject '{name}' already exists.",
        code=ALREADY_EXISTS,
        sqlstate="42710",
    )
