"""From delimited text to rows of fields and back. Knows Snowflake's CSV options, no files.

Snowflake's rules differ from other readers' (docs: "CREATE FILE FORMAT", TYPE = CSV): delimiters
may be several characters, an empty field is NULL unless it is enclosed, NULL_IF applies to fields
as they are after unescaping, and a backslash escapes outside of quotes by default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sfdag_magics.engine.files.file_formats import FileFormat
from sfdag_magics.light_classes import dataclass

Field = str | None
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0"}
_ENCODINGS = {"UTF8": "utf-8", "UTF-8": "utf-8"}


class CsvError(ValueError):
    """The text does not fit the format; the message says how, `line` where (from 1)."""

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """One record: the line it began on (from 1) and its fields."""

    line: int
    fields: tuple[Field, ...]


class CsvReader:
    """Reads text by one format."""

    def __init__(self, described: FileFormat) -> None:
        self._field_end = described.text("FIELD_DELIMITER")
        self._record_end = described.text("RECORD_DELIMITER") or "\n"
        self._quote = described.text("FIELD_OPTIONALLY_ENCLOSED_BY")
        self._escape = described.text("ESCAPE")
        self._bare_escape = self._escape or described.text("ESCAPE_UNENCLOSED_FIELD")
        self._null = frozenset(described.texts("NULL_IF"))
        self._empty_is_null = described.flag("EMPTY_FIELD_AS_NULL")
        self._trim = described.flag("TRIM_SPACE")
        self._skip_blank = described.flag("SKIP_BLANK_LINES")
        self._parse_header = described.flag("PARSE_HEADER")
        self._skipped = described.number("SKIP_HEADER")
        encoding = str(described.text("ENCODING"))
        self._encoding = _ENCODINGS.get(encoding.upper(), encoding)
        self._pattern = self._compiled()

    def rows(self, content: bytes) -> Iterator[CsvRow]:
        """The records, without those that SKIP_HEADER leaves out.

        Raises:
            CsvError: the bytes are not of this encoding, or a quoted field is not closed.
        """
        skipped = self._skipped + (1 if self._parse_header else 0)
        for number, row in enumerate(self._records(content)):
            if number >= skipped:
                yield row

    def header(self, content: bytes) -> tuple[str, ...] | None:
        """The column names of the first record that counts; None without PARSE_HEADER."""
        if not self._parse_header:
            return None
        for number, row in enumerate(self._records(content)):
            if number == self._skipped:
                return tuple(field or "" for field in row.fields)
        return ()

    def _records(self, content: bytes) -> Iterator[CsvRow]:
        text = self._decoded(content)
        special = [mark for mark in (self._quote, self._bare_escape) if mark]
        if any(mark in text for mark in special):
            yield from self._by_pattern(text)
        else:
            yield from self._by_splitting(text)

    def _decoded(self, content: bytes) -> str:
        try:
            text = content.decode(self._encoding).removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError) as problem:
            raise CsvError(
                f"Invalid {self._encoding} text detected: {problem}", line=1
            ) from problem
        return text.replace("\r\n", "\n") if self._record_end == "\n" else text

    def _by_splitting(self, text: str) -> Iterator[CsvRow]:
        """Text without quotes and escapes, which is most of it."""
        records = text.split(self._record_end)
        if records and not records[-1]:
            records.pop()
        for number, record in enumerate(records, start=1):
            if not record and self._skip_blank:
                continue
            fields = record.split(self._field_end) if self._field_end else [record]
            yield CsvRow(line=number, fields=tuple(self._field(field) for field in fields))

    def _by_pattern(self, text: str) -> Iterator[CsvRow]:
        position, line, started = 0, 1, 1
        fields: list[Field] = []
        while position < len(text):
            found = self._pattern.match(text, position)
            if found is None:
                raise CsvError("Found a quote that is not closed", line=line)
            fields.append(self._matched_field(found))
            line += found[0].count("\n")
            position = found.end()
            if found["end"] == self._field_end and self._field_end:
                if position == len(text):
                    fields.append(self._field(""))
                else:
                    continue
            if not (self._skip_blank and fields == [self._field("")]):
                yield CsvRow(line=started, fields=tuple(fields))
            fields, started = [], line
        if fields:
            yield CsvRow(line=started, fields=tuple(fields))

    def _matched_field(self, found: re.Match[str]) -> Field:
        quoted = found["quoted"] if self._quote else None
        if quoted is None:
            return self._field(_unescaped(found["bare"], self._bare_escape))
        assert self._quote is not None  # noqa: S101 - the pattern has this group only with a quote
        value = _unescaped(quoted.replace(self._quote * 2, self._quote), self._escape)
        return None if value in self._null else value

    def _field(self, value: str) -> Field:
        if self._trim:
            value = value.strip()
        if value in self._null or (not value and self._empty_is_null):
            return None
        return value

    def _compiled(self) -> re.Pattern[str]:
        ends = [re.escape(end) for end in (self._field_end, self._record_end) if end]
        end = rf"(?P<end>{'|'.join(ends)}|\Z)"
        escaped = rf"{re.escape(self._bare_escape)}.|" if self._bare_escape else ""
        bare = rf"(?P<bare>(?:{escaped}(?!{'|'.join(ends)}).)*)"
        if not self._quote:
            return re.compile(bare + end, re.DOTALL)
        mark = re.escape(self._quote)
        inner = rf"{re.escape(self._escape)}.|" if self._escape else ""
        around = r"[ \t]*" if self._trim else ""
        quoted = rf"{around}{mark}(?P<quoted>(?:{inner}{mark}{mark}|(?!{mark}).)*){mark}{around}"
        unquoted = rf"(?!{around}{mark}){bare}"
        return re.compile(rf"(?:{quoted}|{unquoted}){end}", re.DOTALL)


def _unescaped(value: str, escape: str | None) -> str:
    if not escape or escape not in value:
        return value
    pattern = re.compile(rf"{re.escape(escape)}(.)", re.DOTALL)
    if escape != "\\":
        return pattern.sub(r"\1", value)
    # \N is NULL's usual spelling, which NULL_IF is compared with
    return pattern.sub(
        lambda found: found[0] if found[1] == "N" else _ESCAPES.get(found[1], found[1]), value
    )


class CsvWriter:
    """Writes rows of text by one format."""

    def __init__(self, described: FileFormat) -> None:
        self._field_end = described.text("FIELD_DELIMITER") or ""
        self._record_end = described.text("RECORD_DELIMITER") or "\n"
        self._quote = described.text("FIELD_OPTIONALLY_ENCLOSED_BY")
        self._escape = described.text("ESCAPE") or described.text("ESCAPE_UNENCLOSED_FIELD")
        null = described.texts("NULL_IF")
        empty = "" if described.flag("EMPTY_FIELD_AS_NULL") and self._quote else None
        self._null = null[0] if null else (empty or "")

    def line(self, fields: tuple[Field, ...]) -> str:
        """One record with its delimiter; None is the first NULL_IF."""
        return self._field_end.join(map(self._written, fields)) + self._record_end

    def _written(self, field: Field) -> str:
        if field is None:
            return self._null
        if self._quote:
            return self._quote + field.replace(self._quote, self._quote * 2) + self._quote
        if self._escape:
            for mark in (self._escape, self._field_end, self._record_end):
                field = field.replace(mark, self._escape + mark) if mark else field
        return field
