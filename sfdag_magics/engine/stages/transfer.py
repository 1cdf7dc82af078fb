"""PUT and GET: what a client needs to carry files to and from a stage itself.

Knows the statements, and the two ways in which clients carry them out. The connector's `LOCAL_FS`
storage (read in snowflake-connector-python 4.8, `file_transfer_agent.py`,
`local_storage_client.py`) expects an absolute directory to write to for PUT (`uploads.py`), and for
GET one with the names in it; others send files by HTTP (`sent_files.py`). Moves no byte itself.
"""

from __future__ import annotations

import glob
import mimetypes
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import pyarrow as pa

from sfdag_magics.engine.borders.answers import (
    FileTransfer,
    Result,
    SfType,
    SqlError,
    StatementType,
)
from sfdag_magics.engine.borders.ports import SqlSession, Statement
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.objects.statement_reader import OptionValue, StatementReader, truth
from sfdag_magics.engine.stages.locations import locate
from sfdag_magics.engine.stages.stage_statements import matching
from sfdag_magics.engine.stages.stage_store import StagedFile, StageLocation, StageStore
from sfdag_magics.sqltext import TokenKind

_FILE_URL = "file://"
_PUT_OPTIONS = {"PARALLEL", "AUTO_COMPRESS", "SOURCE_COMPRESSION", "OVERWRITE"}
_GET_OPTIONS = {"PARALLEL", "PATTERN"}
_MOST_PARALLEL = 99
#: What the connector takes for compressed by its first bytes, and the name it knows it by.
_MAGIC = ((b"PAR1", "parquet"), (b"ORC", "orc"), (b"\x28\xb5\x2f\xfd", "zstd"))
_PUT_COLUMNS = {
    "source": SfType.TEXT,
    "target": SfType.TEXT,
    "source_size": SfType.FIXED,
    "target_size": SfType.FIXED,
    "source_compression": SfType.TEXT,
    "target_compression": SfType.TEXT,
    "status": SfType.TEXT,
    "message": SfType.TEXT,
}


class Transfers:
    """The handlers, over one store. Any thread."""

    def __init__(self, store: StageStore) -> None:
        self._store = store

    def put(self, statement: Statement, session: SqlSession) -> Result:
        """PUT 'file://…' @stage/path options."""
        reader = StatementReader(statement)
        reader.expect("PUT")
        source = _local_path(reader)
        location = locate(reader.location(), session, session.catalogue()).for_writing()
        options = _checked(reader.options(), _PUT_OPTIONS)
        transfer = FileTransfer(
            upload=True,
            sources=(source,),
            pattern=source,
            stage_id=location.stage_id,
            prefix=location.prefix.strip("/"),
            directory=Path,
            parallel=_parallel(options),
            auto_compress=truth(options.get("AUTO_COMPRESS", True)),
            source_compression=str(options.get("SOURCE_COMPRESSION", "AUTO_DETECT")).lower(),
            overwrite=truth(options.get("OVERWRITE", False)),
        )
        if transfer.overwrite:
            return self._receiving(transfer, location)
        return self._put_new(transfer, location)

    def _receiving(self, transfer: FileTransfer, location: StageLocation) -> Result:
        """The client's answer, with a directory for it if it wants one."""
        self._store.directory(location)
        directory = partial(self._store.receiving, location, transfer.sources)
        return _transferring(replace(transfer, directory=cache(directory)))

    def get(self, statement: Statement, session: SqlSession) -> Result:
        """GET @stage/path 'file://…' options."""
        reader = StatementReader(statement)
        reader.expect("GET")
        location = locate(reader.location(), session, session.catalogue())
        target = _local_path(reader)
        options = _checked(reader.options(), _GET_OPTIONS)
        pattern = options.get("PATTERN")
        files = matching(
            self._meant(location), location.listed_as, None if pattern is None else str(pattern)
        )
        stage = StageLocation(stage_id=location.stage_id)
        transfer = FileTransfer(
            upload=False,
            sources=tuple(file.name for file in files),
            stage_id=location.stage_id,
            directory=partial(self._store.path, stage),
            local_path=target,
            parallel=_parallel(options),
        )
        return _transferring(transfer)

    def _meant(self, location: StageLocation) -> tuple[StagedFile, ...]:
        """The file of just this name if there is one, else all whose names begin with it."""
        files = self._store.files(location)
        exact = tuple(file for file in files if file.name == location.prefix.strip("/"))
        return exact or files

    def _put_new(self, transfer: FileTransfer, location: StageLocation) -> Result:
        """A PUT without OVERWRITE: only of the files that are not there yet.

        The connector's LOCAL_FS storage overwrites whatever it was told, so it is told those only;
        where there are none, the answer is Snowflake's, and nothing is transferred.
        """
        matched = sorted(glob.glob(transfer.sources[0]))
        skipped, missing = [], []
        for source in matched or [transfer.sources[0]]:
            target = _target_name(Path(source), transfer)
            existing = self._store.path(location.below(target))
            if existing.is_file():
                size = existing.stat().st_size
                skipped.append((Path(source).name, target, size, 0, "NONE", "NONE", "SKIPPED", ""))
            else:
                missing.append(source)
        if not missing:
            return rowset(_PUT_COLUMNS, skipped, statement_type=StatementType.TRANSFER)
        if skipped:
            transfer = replace(transfer, sources=tuple(map(glob.escape, missing)))
        return self._receiving(transfer, location)


def _target_name(source: Path, transfer: FileTransfer) -> str:
    """The name the connector will give the file: with .gz where it will compress it."""
    if not transfer.auto_compress or transfer.source_compression not in ("auto_detect", "none"):
        return source.name
    if transfer.source_compression == "auto_detect" and _is_compressed(source):
        return source.name
    return f"{source.name}.gz"


def _is_compressed(source: Path) -> bool:
    if mimetypes.guess_type(source.name)[1] is not None or source.name.endswith(".br"):
        return True
    try:
        with source.open("rb") as opened:
            start = opened.read(4)
    except OSError:
        return False  # a stream's placeholder name
    return any(start.startswith(magic) for magic, _ in _MAGIC)


def _local_path(reader: StatementReader) -> str:
    """The path of a `file://` URL, quoted or not; an unquoted one ends at white space."""
    token = reader.peek()
    if token is not None and token.kind in (TokenKind.STRING, TokenKind.DOLLAR_STRING):
        url = reader.string()
    else:
        start = reader.position
        url = reader.text[start:].split(maxsplit=1)[0] if not reader.at_end else ""
        while (following := reader.peek()) is not None and following.start < start + len(url):
            reader.take()
    if not url.lower().startswith(_FILE_URL):
        raise SqlError(f"SQL compilation error:\ninvalid local file location: '{url}'", code=1003)
    return url[len(_FILE_URL) :]


def _checked(options: dict[str, OptionValue], known: set[str]) -> Mapping[str, OptionValue]:
    for key in options:
        if key not in known:
            raise SqlError(f"SQL compilation error:\ninvalid parameter '{key}'", code=1003)
    return options


def _parallel(options: Mapping[str, OptionValue]) -> int:
    wanted = options.get("PARALLEL", 4)
    if not isinstance(wanted, int) or not 1 <= wanted <= _MOST_PARALLEL:
        raise SqlError(f"SQL compilation error:\ninvalid value [{wanted}] for 'PARALLEL'")
    return wanted


def _transferring(transfer: FileTransfer) -> Result:
    return Result(
        columns=(),
        rows=pa.table({}),
        statement_type=StatementType.TRANSFER,
        transfer=transfer,
    )
