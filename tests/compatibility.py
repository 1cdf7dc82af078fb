"""What the engine carries out of Snowflake, from its own tables: `python -m tests.compatibility`.

The document lies beside the engine's own; a test holds the two together.
"""

from __future__ import annotations

import tempfile
import textwrap
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from itertools import groupby
from pathlib import Path

import sfdag_magics.engine
from sfdag_magics.engine.limits.budget import budget_from
from sfdag_magics.engine.notices.elsewhere import _KINDS as NOT_SIMULATED
from sfdag_magics.engine.process import _engine
from sfdag_magics.engine.resources.all_operations import OPERATIONS
from sfdag_magics.engine.resources.forms.operations import Operation
from sfdag_magics.engine.sql.checking.documented_functions import NOT_CARRIED_OUT
from sfdag_magics.engine.sql.checking.known_functions import FUNCTIONS, TABLES
from sfdag_magics.engine.sql.handlers import _TABLE
from sfdag_magics.engine.sql.reading.gate_words import NOUNS, SHOWN
from sfdag_magics.engine.sql.sessions.parameters import PARAMETERS
from sfdag_magics.engine.sql.sessions.shared import Shared
from sfdag_magics.engine.sql.show.show_fixed import show_nothing

DOCUMENT = Path(sfdag_magics.engine.__file__).parent / "COMPATIBILITY.md"
_HEAD = """# What of Snowflake the embedded engine carries out

Made by `python -m tests.compatibility` from the engine's own tables. What is carried out otherwise
than by Snowflake stands in the limits of the repository's README, and what tasks do in
[RULES.md](RULES.md).

## Statements

**yes** is carried out, *kept* is kept and shown, and acts on nothing, *empty* answers that
there are none; all else, `-`, is an error that names the statement.
"""
_REST = """
## REST

Any other path of a resource, and any other method, is answered 405, which names it. A call is
carried out as a statement: what the tables above do not have is answered 405 as well.

| path | methods |
| --- | --- |"""
_KEPT = """
Kept and shown, without effect on the session; those of tasks are in force where they are set on the
account, a database, a schema or a task:
"""
_OBJECT_VERBS = ("CREATE", "CREATE OR ALTER", "ALTER", "DROP", "UNDROP", "DESCRIBE")
#: How long a line of names gets.
_WIDTH = 120
_NOTHING = "-"
#: Stands for a space while lines are broken.
_NO_BREAK = "\0"


@cache
def _engines_tables() -> Shared:
    """What sessions of an engine with all its features share; the engine is closed."""
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        engine = _engine(Path(directory), budget_from({}), stack)
        return engine._sql._shared


def compatibility() -> str:
    """The document."""
    shared = _engines_tables()
    carried_out = shared.statements.keys()
    functions = _of_snowflake({*FUNCTIONS, *shared.functions})
    tables = {*TABLES, *(name.rpartition(".")[2] for name in shared.table_functions)}
    parts = [
        *_statements(carried_out),
        *_section("## Functions", functions),
        *_section("Behind `FROM`:", _of_snowflake(tables)),
        *_section("Views that no object stands behind:", shared.virtual_tables),
        *_section("Documented by Snowflake and an error that names them:", NOT_CARRIED_OUT),
        *_paths(carried_out),
        *_parameters(),
    ]
    return "\n".join(parts) + "\n"


def _section(title: str, names: Iterable[str]) -> tuple[str, str]:
    return f"\n{title}\n", _listed(sorted(names))


def _statements(carried_out: Collection[str]) -> Iterator[str]:
    yield _HEAD
    yield f"| | {' | '.join((*_OBJECT_VERBS, 'SHOW'))} |"
    yield f"| --- |{' --- |' * (len(_OBJECT_VERBS) + 1)}"
    shown = _ways_to_show()
    told: set[str] = set()
    without: list[str] = []
    for noun in sorted(NOUNS.values()):
        kinds = [*(f"{verb} {noun}" for verb in _OBJECT_VERBS), shown.get(noun, "")]
        told.update(kinds)
        words = [_word(kind, carried_out) for kind in kinds]
        if set(words) == {_NOTHING}:
            without.append(noun)
        else:
            yield f"| {noun} | {' | '.join(words)} |"
    yield from _section("All are errors of:", without)
    others = {*carried_out} - told - {*NOT_SIMULATED}
    yield from _section("Other statements that are carried out:", others)
    yield from _section(
        "Noted as not simulated here, and an error unless a setting says otherwise:", NOT_SIMULATED
    )


def _ways_to_show() -> dict[str, str]:
    """By noun: the kind of SHOW for it."""
    ways = {}
    for plural in SHOWN.values():
        singular = next((each for each in NOUNS.values() if plural in _plurals(each)), None)
        if singular is not None:
            ways[singular] = f"SHOW {plural}"
    return ways


def _plurals(noun: str) -> tuple[str, ...]:
    return f"{noun}S", f"{noun}ES", f"{noun[:-1]}IES"


def _word(kind: str, carried_out: Collection[str]) -> str:
    if kind.endswith(" DATABASE ROLE") and kind in carried_out:
        return "*kept*"
    if _TABLE.get(kind) is show_nothing:
        return "*empty*"
    return "**yes**" if kind in carried_out else _NOTHING


def _of_snowflake(names: Iterable[str]) -> set[str]:
    """Those that Snowflake has as well."""
    return {name for name in names if "SFDAG" not in name}


def _paths(carried_out: Collection[str]) -> Iterator[str]:
    yield _REST
    served = [each for each in OPERATIONS if _undrops(each) in {None, *carried_out}]
    for path, operations in groupby(sorted(served, key=_path), key=_path):
        methods = sorted(each.method for each in operations)
        yield f"| `{path}` | {', '.join(methods)} |"


def _path(operation: Operation) -> str:
    return operation.path


def _undrops(operation: Operation) -> str | None:
    """The statement of an undrop, which has a path for more objects than SQL has it for."""
    if not operation.path.endswith(":undrop"):
        return None
    return f"UNDROP {operation.path.split('/')[-2].removesuffix('s').upper()}"


def _parameters() -> Iterator[str]:
    inert = {name for name, each in PARAMETERS.items() if each.inert}
    yield from _section("## Session parameters", PARAMETERS.keys() - inert)
    yield _KEPT
    yield _listed(sorted(inert))


def _listed(names: Sequence[str]) -> str:
    """Names with commas between them, on lines that end before they are too long."""
    text = ", ".join(f"`{name.replace(' ', _NO_BREAK)}`" for name in names)
    wrapped = textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return wrapped.replace(_NO_BREAK, " ")


if __name__ == "__main__":
    DOCUMENT.write_text(compatibility(), "utf-8")
