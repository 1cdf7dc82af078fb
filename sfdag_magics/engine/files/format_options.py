"""The options of file formats: their kinds, their defaults, and which of them are carried out.

Only data (Snowflake docs: "CREATE FILE FORMAT", format type options).
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class FileType(StrEnum):
    """The types of files that are read and written."""

    CSV = "CSV"
    JSON = "JSON"
    PARQUET = "PARQUET"


class OptionRule(NamedTuple):
    """One option: Snowflake's word for its kind, its default, and whether others are honoured.

    An option that is not honoured may only be given its default: silently ignoring it would read
    other data than the user asked for.
    """

    kind: str
    default: str | int | bool | tuple[str, ...]
    honoured: bool


_TIMES = {
    "DATE_FORMAT": OptionRule("String", "AUTO", honoured=True),
    "TIME_FORMAT": OptionRule("String", "AUTO", honoured=True),
    "TIMESTAMP_FORMAT": OptionRule("String", "AUTO", honoured=True),
    "BINARY_FORMAT": OptionRule("String", "HEX", honoured=False),
}
_COMMON = {
    "TRIM_SPACE": OptionRule("Boolean", default=False, honoured=True),
    "COMPRESSION": OptionRule("String", "AUTO", honoured=True),
    # files are read as UTF-8 with what is not replaced: both settings give the same for valid text
    "REPLACE_INVALID_CHARACTERS": OptionRule("Boolean", default=False, honoured=True),
    "FILE_EXTENSION": OptionRule("String", "", honoured=True),
    "SKIP_BYTE_ORDER_MARK": OptionRule("Boolean", default=True, honoured=True),
    "MULTI_LINE": OptionRule("Boolean", default=True, honoured=True),
}

OPTIONS: dict[FileType, dict[str, OptionRule]] = {
    FileType.CSV: {
        "RECORD_DELIMITER": OptionRule("String", "\n", honoured=True),
        "FIELD_DELIMITER": OptionRule("String", ",", honoured=True),
        "SKIP_HEADER": OptionRule("Integer", 0, honoured=True),
        "PARSE_HEADER": OptionRule("Boolean", default=False, honoured=True),
        **_TIMES,
        "ESCAPE": OptionRule("String", "NONE", honoured=True),
        "ESCAPE_UNENCLOSED_FIELD": OptionRule("String", "\\", honoured=True),
        "FIELD_OPTIONALLY_ENCLOSED_BY": OptionRule("String", "NONE", honoured=True),
        "NULL_IF": OptionRule("List", ("\\N",), honoured=True),
        "ERROR_ON_COLUMN_COUNT_MISMATCH": OptionRule("Boolean", default=True, honoured=True),
        "VALIDATE_UTF8": OptionRule("Boolean", default=True, honoured=True),
        "SKIP_BLANK_LINES": OptionRule("Boolean", default=False, honoured=True),
        "EMPTY_FIELD_AS_NULL": OptionRule("Boolean", default=True, honoured=True),
        "ENCODING": OptionRule("String", "UTF8", honoured=True),
        **_COMMON,
    },
    FileType.JSON: {
        **_TIMES,
        "NULL_IF": OptionRule("List", (), honoured=False),
        "ENABLE_OCTAL": OptionRule("Boolean", default=False, honoured=False),
        "ALLOW_DUPLICATE": OptionRule("Boolean", default=False, honoured=False),
        "STRIP_OUTER_ARRAY": OptionRule("Boolean", default=False, honoured=True),
        "STRIP_NULL_VALUES": OptionRule("Boolean", default=False, honoured=True),
        "IGNORE_UTF8_ERRORS": OptionRule("Boolean", default=False, honoured=False),
        **_COMMON,
    },
    FileType.PARQUET: {
        "NULL_IF": OptionRule("List", (), honoured=False),
        "SNAPPY_COMPRESSION": OptionRule("Boolean", default=True, honoured=True),
        "BINARY_AS_TEXT": OptionRule("Boolean", default=True, honoured=True),
        # Parquet's logical types are always understood, as the newer scanner does
        "USE_LOGICAL_TYPE": OptionRule("Boolean", default=False, honoured=True),
        "USE_VECTORIZED_SCANNER": OptionRule("Boolean", default=False, honoured=True),
        **_COMMON,
    },
}
