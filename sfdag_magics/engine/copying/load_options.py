"""The options of COPY INTO table, read and checked. Knows no file and no row."""

from __future__ import annotations

import re
from dataclasses import field
from enum import StrEnum

from sfdag_magics.engine.borders.answers import SqlError, unsupported
from sfdag_magics.engine.objects.statement_reader import OptionValue, listed, truth
from sfdag_magics.light_classes import dataclass


class OnError(StrEnum):
    """What a bad row does to a load."""

    ABORT_STATEMENT = "ABORT_STATEMENT"
    CONTINUE = "CONTINUE"
    SKIP_FILE = "SKIP_FILE"


class Match(StrEnum):
    """How a file's columns find the table's by name."""

    CASE_SENSITIVE = "CASE_SENSITIVE"
    CASE_INSENSITIVE = "CASE_INSENSITIVE"


_SKIP_FILE = re.compile(r"SKIP_FILE_(\d+)(%?)")
#: Options whose other values would load other rows, so only these are taken.
_ONLY = {
    "VALIDATION_MODE": None,
    "INCLUDE_METADATA": None,
    "SIZE_LIMIT": None,
    "FILE_PROCESSOR": None,
}
#: Options that change nothing here: what they control does not exist on one machine.
_WITHOUT_EFFECT = (
    "LOAD_UNCERTAIN_FILES",
    "RETURN_FAILED_ONLY",
    "LOAD_MODE",
    "CLUSTER_AT_INGEST_TIME",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """What the statement says behind its source.

    Attributes:
        most_bad: SKIP_FILE_n: a file is skipped from so many bad rows on.
        is_percent: whether `most_bad` is a percentage of the file's rows.
        truncate: texts too long for their column are cut instead of refused.
    """

    file_format: OptionValue = field(default_factory=dict)
    files: tuple[str, ...] | None = None
    pattern: str | None = None
    on_error: OnError = OnError.ABORT_STATEMENT
    most_bad: int = 1
    is_percent: bool = False
    match: Match | None = None
    purge: bool = False
    force: bool = False
    truncate: bool = False

    @classmethod
    def read(cls, options: dict[str, OptionValue]) -> LoadOptions:
        """The options as the statement wrote them.

        Raises:
            SqlError: one is unknown, has an unknown value, or is not carried out here.
        """
        for key in options:
            if key in _ONLY:
                raise unsupported(f"{key} of COPY INTO")
            if key not in _WITHOUT_EFFECT and key not in _KNOWN:
                raise SqlError(f"SQL compilation error:\ninvalid parameter '{key}'", code=1003)
        on_error, most_bad, is_percent = _on_error(str(options.get("ON_ERROR", "ABORT_STATEMENT")))
        pattern = options.get("PATTERN")
        truncate = truth(options.get("TRUNCATECOLUMNS", False)) or not truth(
            options.get("ENFORCE_LENGTH", True)
        )
        return cls(
            file_format=options.get("FILE_FORMAT", {}),
            files=listed(options["FILES"]) if "FILES" in options else None,
            pattern=None if pattern is None else str(pattern),
            on_error=on_error,
            most_bad=most_bad,
            is_percent=is_percent,
            match=_match(str(options.get("MATCH_BY_COLUMN_NAME", "NONE"))),
            purge=truth(options.get("PURGE", False)),
            force=truth(options.get("FORCE", False)),
            truncate=truncate,
        )

    def too_many(self, bad: int, rows: int) -> bool:
        """Whether a file with so many bad rows is skipped."""
        return bad >= (self.most_bad * max(rows, 1) / 100 if self.is_percent else self.most_bad)

    def error_limit(self, rows: int) -> int:
        """How many bad rows a file of so many rows may have, as COPY answers it."""
        if self.on_error is OnError.CONTINUE:
            return max(rows, 1)
        return max(self.most_bad * rows // 100, 1) if self.is_percent else self.most_bad


_KNOWN = (
    "FILE_FORMAT",
    "FILES",
    "PATTERN",
    "ON_ERROR",
    "MATCH_BY_COLUMN_NAME",
    "PURGE",
    "FORCE",
    "TRUNCATECOLUMNS",
    "ENFORCE_LENGTH",
)


def _on_error(value: str) -> tuple[OnError, int, bool]:
    value = value.upper()
    if found := _SKIP_FILE.fullmatch(value):
        return OnError.SKIP_FILE, int(found[1]), bool(found[2])
    try:
        return OnError(value), 1, False
    except ValueError as problem:
        raise SqlError(
            f"SQL compilation error:\ninvalid value [{value}] for parameter 'ON_ERROR'", code=1003
        ) from problem


def _match(value: str) -> Match | None:
    if value.upper() == "NONE":
        return None
    try:
        return Match(value.upper())
    except ValueError as problem:
        raise SqlError(
            f"SQL compilation error:\ninvalid value [{value}] for parameter 'MATCH_BY_COLUMN_NAME'",
            code=1003,
        ) from problem
