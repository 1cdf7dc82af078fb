"""What CREATE and DROP say of their object, from their text; a note has only that it took effect.

What was created or dropped is noted in the commit of the object, before anything is said of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.engine.borders.ports import Statement
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.sqltext import SqlTextError

_GENERIC = "Statement executed successfully."
#: Snowflake's words for the kinds that are not called as they are written.
_CALLED: Mapping[str, str] = {
    "STAGE": "Stage area",
    "FILE FORMAT": "File format",
    "PROCEDURE": "Function",
}


def said_again(statement: Statement) -> str:
    """The answer of a statement that took effect and answers a sentence."""
    verb, _, noun = statement.kind.partition(" ")
    name = _name(statement, noun) if verb in ("CREATE", "DROP") else None
    if name is None:
        return _GENERIC
    if verb == "DROP":
        return f"{name} successfully dropped."
    return f"{_CALLED.get(noun, noun.capitalize())} {name} successfully created."


def _name(statement: Statement, noun: str) -> str | None:
    """The object's own name; None where it is not written as one."""
    reader = StatementReader(statement)
    try:
        while not reader.accept(*noun.split()):
            reader.take()
        if not reader.accept("IF", "NOT", "EXISTS"):
            reader.accept("IF", "EXISTS")
        return reader.object_name().name
    except SqlTextError:
        return None
