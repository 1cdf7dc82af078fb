"""Archives of code on an engine's stages that nothing names any more, and freeing them.

A procedure names the one it runs and, in its mark, those before; a kept version one to go back to;
a run by its config the one of a part or retry with other code. Whatever is named by any of them, in
whatever schema, stays. Asks a running engine: what stands in its files is its own to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from sfdag_magics.client.code.deployed_code import stage_location
from sfdag_magics.client.connecting.backend import Backend, Row
from sfdag_magics.client.kept.files import version_files
from sfdag_magics.client.observing.history_arguments import MOST_ROWS
from sfdag_magics.graph.displayed import size_text
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, quoted_string, sql_identifier

#: As archives of ours are named, by their content.
_ARCHIVE = re.compile(r"\b[0-9a-f]{16}\.zip\b")
#: A deploy sends its archive before anything names it.
_SETTLED = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnnamedArchive:
    """One that may go: its folder on the stage, its name, and how many bytes it has."""

    folder: str
    name: str
    bytes: int

    def __str__(self) -> str:
        what = "code that nothing names any more"
        return f"{size_text(self.bytes):>9}  {what}: {self.folder}{self.name}"


def has_archives(directory: Path) -> bool:
    """Whether the stages of a data directory have any, also where no engine runs."""
    files = (directory / "stages").glob("*/*/*.zip")
    return any(_ARCHIVE.fullmatch(file.name) for file in files)


def unnamed_archives(backend: Backend, now: datetime) -> tuple[UnnamedArchive, ...]:
    """Those of all stages.

    None where the history has more runs of parts than it gives at once: one of them may name any.

    Raises:
        BackendError: nobody answers.
    """
    found = [each for stage in _stages(backend) for each in _on_stage(backend, stage, now)]
    if not found:
        return ()
    in_runs = _in_runs(backend)
    if in_runs is None:
        return ()
    named = in_runs | {name for text in _of_code(backend) for name in _ARCHIVE.findall(text)}
    return tuple(each for each in found if each.name not in named)


def free_archives(backend: Backend, found: Sequence[UnnamedArchive]) -> None:
    """Delete them. Raises BackendError where they cannot be."""
    for folder in dict.fromkeys(each.folder for each in found):
        names = "|".join(e.name.replace(".", "[.]") for e in found if e.folder == folder)
        backend.rows(f"REMOVE {quoted_string(folder)} PATTERN = '.*/({names})'")


def _stages(backend: Backend) -> Iterator[QualifiedName]:
    for row in backend.rows("SHOW STAGES IN ACCOUNT"):
        if row["database_name"] and row["schema_name"]:
            names = (str(row[key]) for key in ("name", "schema_name", "database_name"))
            yield QualifiedName(*names)


def _on_stage(backend: Backend, stage: QualifiedName, now: datetime) -> Iterator[UnnamedArchive]:
    """The archives in a stage's folders that no version there names, and that lie there a while."""
    folders: dict[str, list[Row]] = {}
    for row in backend.rows(f"LIST {quoted_string(stage_location(stage, ''))}"):
        _, *path = str(row["name"]).split("/")
        if len(path) == 2:  # GRAPH/ARCHIVE
            folders.setdefault(path[0], []).append(row)
    for folder, rows in folders.items():
        files = {str(row["name"]).rpartition("/")[2]: row for row in rows}
        kept = {each.archive for each in version_files(files)}
        for name, row in files.items():
            came = parsedate_to_datetime(str(row["last_modified"]))
            if _ARCHIVE.fullmatch(name) and name not in kept and came < now - _SETTLED:
                place = stage_location(stage, f"{folder}/")
                yield UnnamedArchive(folder=place, name=name, bytes=int(row["size"]))


def _in_runs(backend: Backend) -> frozenset[str] | None:
    """What the configs of runs name; None where there are more than the history gives."""
    rows = backend.rows(
        "SELECT CONFIG, COUNT(*) AS MANY FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY("  # noqa: S608 - a number of ours
        f"CONFIG_PART => '.zip', RESULT_LIMIT => {MOST_ROWS})) GROUP BY CONFIG"
    )
    if sum(int(row["MANY"]) for row in rows) >= MOST_ROWS:
        return None
    return frozenset(name for row in rows for name in _ARCHIVE.findall(str(row["CONFIG"])))


def _of_code(backend: Backend) -> Iterator[str]:
    """What procedures and functions say they run: their marks, and else their imports."""
    for kind in ("PROCEDURE", "USER FUNCTION"):
        for row in backend.rows(f"SHOW {kind}S IN ACCOUNT"):
            said = str(row["description"] or "")
            if _ARCHIVE.search(said):
                yield said
            elif row["schema_name"] and row["catalog_name"]:  # not built in
                yield _imports(backend, kind.rpartition(" ")[2], row)


def _imports(backend: Backend, kind: str, row: Row) -> str:
    place = f"{sql_identifier(str(row['catalog_name']))}.{sql_identifier(str(row['schema_name']))}"
    types = str(row["arguments"]).partition("(")[2].partition(") RETURN")[0].replace("DEFAULT ", "")
    name = sql_identifier(str(row["name"]))
    said = backend.rows(f"DESCRIBE {kind} {place}.{name}({types})")
    return " ".join(str(each["value"]) for each in said if each["property"] == "imports")
