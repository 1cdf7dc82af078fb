"""Queries that read staged files: `SELECT $1, $1:name::INT FROM @stage (FILE_FORMAT => …)`.

Each staged source becomes a relation, and `$n` a column of it, by changing tokens of the text.
Knows which `$n` belongs to which source; types and meaning of the rest are SQL's business. A
Parquet file's fields keep their types where the text names them (`$1:name::type`); else `$1` is a
VARIANT.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field

import pyarrow as pa

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.ports import SqlSession, Statement
from sfdag_magics.engine.copying.staged_rows import FileRows, read_file
from sfdag_magics.engine.files.arrow_types import column_of, json_rows, variant_field
from sfdag_magics.engine.files.file_formats import FileFormat, format_from_options
from sfdag_magics.engine.files.format_options import FileType
from sfdag_magics.engine.objects.statement_reader import OptionValue, StatementReader
from sfdag_magics.engine.stages.locations import default_format, locate
from sfdag_magics.engine.stages.stage_statements import matching
from sfdag_magics.engine.stages.stage_store import StagedFile, StageStore
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import Token, TokenKind, quoted_identifier

_BEFORE_SOURCE = ("FROM", "JOIN", "USING")
_SET_OPERATORS = ("UNION", "INTERSECT", "EXCEPT", "MINUS")
_QUERY_STARTS = ("SELECT", "WITH", "VALUES")
_METADATA = "METADATA$"
_PATH_GOES_ON = (".", ":", "[")


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedSource:
    """A stage named in a query: tokens [first, last), and what is read from it."""

    first: int
    last: int
    location: str
    options: Mapping[str, OptionValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """One `$n` of a query block: tokens [first, last); `name` of `$1:name`."""

    first: int
    last: int
    number: int
    name: str | None
    is_cast: bool


#: The rows of a source, file by file, and the files' format.
RowsOf = Callable[[StagedSource], tuple[Sequence[FileRows], FileFormat]]


class StagedQueries:
    """Answers `SqlFeature.staged_sources`, over one store. Any thread."""

    def __init__(self, store: StageStore) -> None:
        self._store = store

    def sources(
        self, statement: Statement, session: SqlSession
    ) -> tuple[str, Mapping[str, Result]] | None:
        """The text over relations, and those relations; None where no stage is read."""
        found = tuple(staged_sources(statement))
        if not found:
            return None

        def rows_of(source: StagedSource) -> tuple[Sequence[FileRows], FileFormat]:
            files, described = self.files(source, session)
            return [read_file(file, described) for file in files], described

        return over_relations(statement, found, rows_of, keep_types=False)

    def files(
        self, source: StagedSource, session: SqlSession
    ) -> tuple[Sequence[StagedFile], FileFormat]:
        """The files a source means, by its PATTERN, and its FILE_FORMAT or the stage's."""
        facts = session.catalogue()
        location = locate(source.location, session, facts)
        base = default_format(source.location, session, facts)
        options = dict(source.options)
        given = options.pop("FILE_FORMAT", {})
        pattern = options.pop("PATTERN", None)
        if options:
            raise SqlError(f"SQL compilation error:\ninvalid parameter '{next(iter(options))}'")
        described = format_from_options(given, session, facts, base=base)
        wanted = None if pattern is None else str(pattern)
        return matching(self._store.files(location), location.listed_as, wanted), described


def staged_sources(statement: Statement) -> Iterator[StagedSource]:
    """Every stage that the statement reads from, in order."""
    reader = StatementReader(statement)
    for index, token in enumerate(statement.tokens[1:], start=1):
        before = statement.tokens[index - 1]
        is_name = token.text == "@" and (before.word in _BEFORE_SOURCE or before.text == ",")
        is_string = (
            token.kind is TokenKind.STRING
            and before.word in _BEFORE_SOURCE
            and token.value.startswith("@")
        )
        if is_name or is_string:
            reader.seek(index)
            yield _source(reader)


def _source(reader: StatementReader) -> StagedSource:
    first = reader.index()
    location = reader.location()
    options: dict[str, OptionValue] = {}
    if reader.accept("("):
        while not reader.accept(")"):
            key = reader.identifier()
            reader.expect("=>")
            options[key] = reader.option_value()
            reader.accept(",")
    return StagedSource(first=first, last=reader.index(), location=location, options=options)


def over_relations(
    statement: Statement, sources: Sequence[StagedSource], rows_of: RowsOf, *, keep_types: bool
) -> tuple[str, Mapping[str, Result]]:
    """The statement's text with each source replaced by a relation, and the relations.

    Args:
        statement: the statement.
        sources: what `staged_sources` found in it.
        rows_of: reads the files of each.
        keep_types: whether `$1:name` without a cast may have the file's type instead of VARIANT.
    """
    changes: list[tuple[int, int, str]] = []
    relations: dict[str, Result] = {}
    for number, source in enumerate(sources, start=1):
        name = f"SFDAG$STAGED_{number}"
        block = _block(statement.tokens, source.first)
        uses = tuple(_uses(statement.tokens, block))
        metadata = {
            written
            for written in (_written_name(statement.tokens[index]) for index in block)
            if written.startswith(_METADATA)
        }
        rows, described = rows_of(source)
        alone = not any(other.first in block for other in sources if other is not source)
        typed = alone and described.type is FileType.PARQUET and _all_named(uses, keep_types)
        table = _relation(rows, described, uses, typed=typed)
        table = _with_metadata(table, rows, metadata)
        changes.append((source.first, source.last, quoted_identifier(name)))
        if typed:
            table, names = _told_apart(table)
            changes.extend((use.first, use.last, names[str(use.name)]) for use in uses)
        else:
            changes.extend((use.first, use.last, _column(use)) for use in uses)
        relations[name] = Result(columns=tuple(map(column_of, table.schema)), rows=table)
    return _changed(statement, changes), relations


def _written_name(token: Token) -> str:
    """A word, or a quoted name: Snowpark quotes those of METADATA$ columns."""
    return token.text.strip('"') if token.kind is TokenKind.QUOTED_NAME else token.word


def _changed(statement: Statement, changes: Sequence[tuple[int, int, str]]) -> str:
    """The text with each token range replaced; two that say the same count once."""
    parts, position = [], 0
    for first, last, replacement in sorted(set(changes)):
        start = statement.tokens[first].start
        parts += [statement.text[position:start], replacement]
        position = statement.tokens[last - 1].end
    return "".join([*parts, statement.text[position:]])


def _block(tokens: Sequence[Token], inside: int) -> range:
    """The token range of the query block that a source stands in."""
    start = inside
    depth = 0
    while start > 0:
        token = tokens[start - 1]
        depth += {")": 1, "(": -1}.get(token.text, 0)
        if depth < 0 or (depth == 0 and token.word in _SET_OPERATORS):
            break
        start -= 1
    end, depth = inside, 0
    while end < len(tokens):
        depth += {"(": 1, ")": -1}.get(tokens[end].text, 0)
        if depth < 0 or (depth == 0 and tokens[end].word in _SET_OPERATORS):
            break
        end += 1
    return range(start, end)


def _uses(tokens: Sequence[Token], block: range) -> Iterator[_Use]:
    """Every `$n` of the block, without those of subqueries in it."""
    index, nested = block.start, 0
    while index < block.stop:
        token = tokens[index]
        if nested or (token.text == "(" and tokens[index + 1].word in _QUERY_STARTS):
            nested += {"(": 1, ")": -1}.get(token.text, 0)
        elif token.kind is TokenKind.VARIABLE and token.text[1:].isdigit():
            use = _use(tokens[: block.stop], index)
            yield use
            index = use.last
            continue
        index += 1


def _use(tokens: Sequence[Token], index: int) -> _Use:
    number = int(tokens[index].text[1:])
    name, last = None, index + 1
    following = [token.text for token in tokens[index + 1 : index + 4]]
    if following[:1] == [":"] and len(following) > 1:
        part = tokens[index + 2]
        if part.kind in (TokenKind.WORD, TokenKind.QUOTED_NAME) and not (
            following[2:] and following[2] in _PATH_GOES_ON
        ):
            # a path's names keep their case without quotes too
            name = part.value if part.kind is TokenKind.QUOTED_NAME else part.text
            last = index + 3
    is_cast = last < len(tokens) and tokens[last].text == "::"
    return _Use(first=index, last=last, number=number, name=name, is_cast=is_cast)


def _all_named(uses: Sequence[_Use], keep_types: bool) -> bool:  # noqa: FBT001 - private, one caller
    return bool(uses) and all(
        use.number == 1 and use.name is not None and (use.is_cast or keep_types) for use in uses
    )


def _column(use: _Use) -> str:
    column = quoted_identifier(f"${use.number}")
    return column if use.name is None else f"{column}:{quoted_identifier(use.name)}"


def _told_apart(table: pa.Table) -> tuple[pa.Table, dict[str, str]]:
    """The table with names that differ in more than case, and by old name the new one, quoted."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for number, name in enumerate(table.schema.names):
        names[name] = f"{name}${number}" if name.upper() in taken else name
        taken.add(names[name].upper())
    renamed = table.rename_columns(list(names.values()))
    return renamed, {name: quoted_identifier(new) for name, new in names.items()}


def _relation(
    rows: Sequence[FileRows], described: FileFormat, uses: Sequence[_Use], *, typed: bool
) -> pa.Table:
    tables = [file.rows for file in rows]
    if typed:
        named = [use.name for use in uses if use.name is not None]
        return concatenated(tables, named, missing=variant_field)
    highest = max((use.number for use in uses), default=1)
    numbered = [f"${number}" for number in range(1, highest + 1)]
    if described.type is FileType.CSV:
        numbered += [name for table in tables for name in table.schema.names]
        return concatenated(tables, numbered, missing=_text_field)
    if described.type is FileType.PARQUET:
        tables = [pa.table([json_rows(table)], names=["$1"]) for table in tables]
    as_variant = pa.schema([variant_field("$1")])
    return concatenated(
        [pa.table(table.columns, schema=as_variant) for table in tables],
        numbered,
        missing=variant_field,
    )


def _text_field(name: str) -> pa.Field:
    return pa.field(name, pa.string())


def concatenated(
    tables: Sequence[pa.Table], names: Sequence[str], *, missing: Callable[[str], pa.Field]
) -> pa.Table:
    """The tables one below the other, with the columns `names`; what no table has is NULL.

    Raises:
        SqlError: a column has types that do not fit together.
    """
    known = {name for table in tables for name in table.schema.names}
    wanted = list(dict.fromkeys(names))
    try:
        found = pa.concat_tables(
            [table.select([n for n in wanted if n in table.schema.names]) for table in tables],
            promote_options="permissive",
        )
    except (pa.ArrowInvalid, pa.ArrowTypeError) as problem:
        if tables:
            raise SqlError(f"The staged files do not fit together: {problem}") from problem
        found = pa.table({})
    count = sum(map(len, tables))
    fields = [found.schema.field(name) if name in known else missing(name) for name in wanted]
    arrays = [
        found.column(field.name) if field.name in known else pa.nulls(count, field.type)
        for field in fields
    ]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _with_metadata(table: pa.Table, rows: Sequence[FileRows], wanted: set[str]) -> pa.Table:
    """The METADATA$ columns that the query names, appended."""
    for name in sorted(wanted):
        values = [value for file in rows for value in _metadata(file, name)]
        kind = pa.int64() if name == "METADATA$FILE_ROW_NUMBER" else None
        if name == "METADATA$FILE_LAST_MODIFIED":
            kind = pa.timestamp("us")
        table = table.append_column(pa.field(name, kind or pa.string()), pa.array(values, kind))
    return table


def _metadata(file: FileRows, name: str) -> Iterator[object]:
    count = file.rows.num_rows
    match name:
        case "METADATA$FILENAME":
            yield from [file.file.name] * count
        case "METADATA$FILE_ROW_NUMBER":
            yield from range(1, count + 1)
        case "METADATA$FILE_CONTENT_KEY":
            yield from [file.file.md5()] * count
        case "METADATA$FILE_LAST_MODIFIED":
            yield from [file.file.modified.replace(tzinfo=None)] * count
        case _:
            raise SqlError(f"SQL compilation error:\ninvalid identifier '{name}'", code=904)
