"""DuckDB's errors in Snowflake's words: code, SQLSTATE, message. Knows both sides' texts only.

What `duck_error_table` does not have keeps DuckDB's first sentence, with physical names (`t_…`)
replaced by what the user calls the table, and without its suggestions, which name things the user
never wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import duckdb

from sfdag_magics.engine.borders.answers import SqlError, unsupported
from sfdag_magics.engine.limits.budget import MEMORY_VARIABLE
from sfdag_magics.engine.sql.checking.documented_functions import NOT_CARRIED_OUT
from sfdag_magics.engine.sql.checking.known_functions import FUNCTIONS
from sfdag_magics.engine.sql.reading.nesting import too_deep
from sfdag_magics.engine.sql.results.duck_error_table import COMPILATION, RULES
from sfdag_magics.engine.sql.values import duck_words

CANCELED = SqlError("SQL execution canceled", code=604, sqlstate="57014")

_PHYSICAL = re.compile(r"\b[tsv]_[0-9a-f]{12,32}\b")
_CTE_PREFIX = re.compile(r"\bq_[0-9a-f]{12}_")
_TAIL = re.compile(
    r"\s*(LINE \d+:|Candidate (bindings|functions|tables):|Did you mean|Use TRY\(|Either add it).*",
    re.DOTALL,
)
#: The line of our translation that DuckDB shows below what it says.
_SHOWN_LINE = re.compile(r"\n\nLINE \d+: .*?\n *\^+\s*\Z", re.DOTALL)
#: The name of a column, or what a macro of ours names a value.
_CAST_OF = re.compile(r" when casting from source column \S+")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Not before an error needs it: the sixty of them would be a part of the engine's start."""
    return re.compile(pattern, re.DOTALL)


#: SQLSTATE class 53: not enough of something (53100 disk, 53200 memory, 53400 a limit of ours).
OUT_OF_MEMORY = SqlError(
    "The statement needs more memory than the embedded engine may take, also with what it has put"
    " on the disk. Make it smaller (a join without its condition? an aggregate over too much?), or"
    f" let the engine take more: stop it (sfdag local stop) and set {MEMORY_VARIABLE}, such as"
    f" {MEMORY_VARIABLE}=60%, where it is started.",
    code=300005,
    sqlstate="53200",
)

#: How DuckDB tells that a function of ours, which it calls in Python, had no memory.
_IN_A_FUNCTION = "occurred while executing the UDF: MemoryError"

_FUNCTION = re.compile(r"(?:Scalar |Table |Aggregate |Macro )?Function with name \"?(\S+?)\"? ")
_NO_MATCH = re.compile(
    r"(?:No function matches the given name and argument types"
    r"|Could not choose a best candidate function for the function call) ['\"](.*?)\((.*?)\)['\"]"
)


#: Snowflake's names by their letters: sqlglot builds others from its classes' (`M_D5_BINARY`).
_DOCUMENTED = {name.replace("_", ""): name for name in (*NOT_CARRIED_OUT, *FUNCTIONS)}


def _function(duck: str) -> str:
    """The user's word for a function that DuckDB was asked for."""
    name = duck_words.function_name(duck)
    is_word = name in FUNCTIONS or name in NOT_CARRIED_OUT
    return name if is_word else _DOCUMENTED.get(name.replace("_", ""), name)


def sql_error(problem: duckdb.Error, named: Callable[[str], str | None]) -> SqlError:
    """What the user is told of `problem`; `named` gives the name behind a physical one."""
    if isinstance(problem, duckdb.InterruptException):
        return copied(CANCELED)
    if isinstance(problem, duckdb.OutOfMemoryException) or _IN_A_FUNCTION in str(problem):
        return copied(OUT_OF_MEMORY)
    said = _SHOWN_LINE.sub("", str(problem))
    text = _CAST_OF.sub("", with_users_names(said, named))
    if "Max expression depth limit" in text:
        return too_deep()
    for rule in RULES:
        if found := _compiled(rule.pattern).search(text):
            message = rule.message.format(*(group or "" for group in found.groups()))
            if rule.in_duck_words:
                message = duck_words.words(message)
            return SqlError(message, code=rule.code, sqlstate=rule.sqlstate)
    if isinstance(problem, duckdb.CatalogException) and (found := _FUNCTION.search(text)):
        return unsupported(f"The function {_function(found[1])}")
    if found := _NO_MATCH.search(text):
        return SqlError(
            f"{COMPILATION}Invalid argument types for function"
            f" '{_function(found[1])}': ({duck_words.types(found[2])})",
            code=1044,
            sqlstate="42P13",
        )
    if isinstance(problem, duckdb.ParserException):
        return unsupported(_form(text))
    return _other(problem, text)


def copied(error: SqlError) -> SqlError:
    """The error to raise: one that was raised before carries its earlier traceback."""
    return SqlError(error.message, code=error.code, sqlstate=error.sqlstate)


def with_users_names(text: str, named: Callable[[str], str | None]) -> str:
    """DuckDB's text with the user's names for what it calls `t_…`."""
    return _PHYSICAL.sub(lambda found: named(found[0]) or "object", _CTE_PREFIX.sub("", text))


def _form(text: str) -> str:
    """Where DuckDB's reader stopped; a name of ours there says nothing."""
    near = re.search(r'at or near "(.*?)"', text)
    is_named = near is not None and not near[1].startswith("_sf_")
    return f"This form of the statement at '{near[1]}'" if near and is_named else "This statement"


def _other(problem: duckdb.Error, text: str) -> SqlError:
    sentence = _TAIL.sub("", text.split(": ", 1)[-1]).strip().splitlines()
    reason = duck_words.words(sentence[0]) if sentence else "it could not be carried out"
    if isinstance(problem, duckdb.BinderException | duckdb.CatalogException):
        return SqlError(f"{COMPILATION}{reason}", code=2043, sqlstate="42601")
    return SqlError(f"SQL execution error: {reason}", code=100183, sqlstate="22000")
