"""DuckDB's errors in Snowflake's words: code, SQLSTATE, message. Knows both sides' texts only.

A table of patterns over DuckDB's messages; what it does not have keeps DuckDB's first sentence,
with physical names (`t_…`) replaced by what the user calls the table, and without its suggestions,
which name things the user never wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import duckdb

from sfdag_magics.engine.answers import LOADED_MEANWHILE, SqlError, unsupported
from sfdag_magics.engine.budget import MEMORY_VARIABLE
from sfdag_magics.engine.json_text import DUPLICATE_KEY
from sfdag_magics.engine.sql.checking.documented_functions import NOT_CARRIED_OUT
from sfdag_magics.engine.sql.checking.known_functions import FUNCTIONS
from sfdag_magics.engine.sql.reading.nesting import too_deep
from sfdag_magics.engine.sql.results.matches import DUPLICATE
from sfdag_magics.engine.sql.values import duck_words
from sfdag_magics.engine.sql.values.duck_words import UNREAD
from sfdag_magics.engine.store import loads
from sfdag_magics.light_classes import dataclass

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
_COMPILATION = "SQL compilation error:\n"


@dataclass(frozen=True, slots=True)
class _Rule:
    """`message` is formatted with the pattern's groups."""

    pattern: str
    code: int
    sqlstate: str
    message: str
    #: Whether a group may name types and functions of DuckDB's.
    in_duck_words: bool = False


def _rule(pattern: str, code: int, sqlstate: str, message: str) -> _Rule:
    return _Rule(pattern, code, sqlstate, message)


def _translated(pattern: str, code: int, sqlstate: str, message: str) -> _Rule:
    return _Rule(pattern, code, sqlstate, message, in_duck_words=True)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Not before an error needs it: the sixty of them would be a part of the engine's start."""
    return re.compile(pattern, re.DOTALL)


_INSTEAD = ": TRY_CAST(value::VARCHAR AS type) gives NULL instead"
#: In order: the first that matches answers.
_MARK = rf"(?:{re.escape(UNREAD)})?"
_RULES = (
    _rule(rf"({DUPLICATE}\nRow Values: .*)", 100090, "42P18", "{0}"),
    # no table of a user's has a key that DuckDB knows
    _rule(
        rf"{loads.LOADED_MEANWHILE}|violates primary key|PRIMARY KEY or UNIQUE constraint",
        LOADED_MEANWHILE,
        "40001",
        "Another session has loaded a file of this COPY since the transaction began. ROLLBACK, then"
        " run the transaction again: files that are loaded already are left out.",
    ),
    # DuckDB 2.0.0 says this of every MERGE with several matches, also where they all delete
    _rule(r"cannot affect the same target row more than once", 100090, "42P18", DUPLICATE),
    _rule(
        r"Positional reference (\d+) out of range",
        904,
        "42000",
        _COMPILATION + "error line 1 at position 0\ninvalid identifier '${0}'",
    ),
    _rule(r"(Recursion exceeded max iteration count .*)", 100183, "22000", "{0}"),
    _rule(
        r"(Failed to cast variant value .* to OBJECT)",
        100071,
        "22000",
        "{0}: AS_OBJECT(value) gives NULL instead",
    ),
    _rule(
        r"Failed to cast value to (?:decimal|numerical):"
        r" \"?(-?\d[\d.]*(?:[eE][+-]?\d+)?)\"?(?:\n|$)",
        100039,
        "22003",
        "Numeric value '{0}' is out of range",
    ),
    _rule(
        r"Failed to cast value to decimal: ([^\n]*)",
        100071,
        "22000",
        f"Failed to cast variant value {{0}} to FIXED{_INSTEAD}",
    ),
    _rule(
        r"Failed to cast value to numerical: ([^\n]*)",
        100071,
        "22000",
        f"Failed to cast variant value {{0}} to REAL{_INSTEAD}",
    ),
    _rule(
        r"(Failed to cast variant value .* to \w+)",
        100071,
        "22000",
        f"{{0}}{_INSTEAD}",
    ),
    _rule(r"((?:Array|Object|String) is too long: [^\n]*)", 100183, "22000", "{0}"),
    _rule(
        r"(Can't parse '.*' as number with format '.*'|Bad format of numbers '.*)",
        100140,
        "22007",
        "{0}",
    ),
    _rule(r"(Strings are too long: [^\n]*)", 300005, "53400", "{0}"),
    _rule(
        r"Cannot cast STRUCTs of different size",
        1044,
        "42P13",
        _COMPILATION + "Rows that are compared must have the same number of values.",
    ),
    _rule(r"Division by zero", 100051, "22012", "Division by zero"),
    _rule(
        r"CHECK constraint failed .*\(Error: (String .* would be truncated)\)",
        100078,
        "22000",
        "{0}",
    ),
    _rule(r"(String '.*' is too long and would be truncated)", 100078, "22000", "{0}"),
    _rule(r"NOT NULL constraint failed", 100072, "22000", "NULL result in a non-nullable column"),
    _rule(
        r"Referenced column \"(.*?)\" (?:was )?not found",
        904,
        "42000",
        _COMPILATION + "error line 1 at position 0\ninvalid identifier '{0}'",
    ),
    _rule(
        r"Table \"(.*?)\" does not have a column named \"(.*?)\"",
        904,
        "42000",
        _COMPILATION + "error line 1 at position 0\ninvalid identifier '{0}.{1}'",
    ),
    _rule(
        r"Referenced (?:update )?(?:table|column) \"?(.*?)\"? not found",
        904,
        "42000",
        _COMPILATION + "error line 1 at position 0\ninvalid identifier '{0}'",
    ),
    _rule(
        r"Ambiguous reference to column name \"(.*?)\"",
        1052,
        "42601",
        _COMPILATION + "ambiguous column name '{0}'",
    ),
    _rule(
        r"Ambiguous reference to table .*duplicate alias \"(?:.*\.)?(.*?)\"",
        2014,
        "42601",
        _COMPILATION + "Duplicate alias '{0}'",
    ),
    _rule(
        r"column \"(.*?)\" must appear in the GROUP BY",
        979,
        "42601",
        _COMPILATION + "'{0}' in select clause is neither an aggregate nor in the group by clause.",
    ),
    _rule(
        rf"Malformed JSON .*({DUPLICATE_KEY} \".*\", pos \d+)",
        100069,
        "22P02",
        "Error parsing JSON: {0}",
    ),
    _rule(r"Malformed JSON (.*)", 100069, "22P02", "Error parsing JSON: {0}"),
    _rule(
        r"Could not convert string '(.*)' to (?:U?INT\d+|DOUBLE|FLOAT)",
        100038,
        "22018",
        "Numeric value '{0}' is not recognized",
    ),
    _rule(
        r"Could not convert string \"(.*)\" to DECIMAL",
        100038,
        "22018",
        "Numeric value '{0}' is not recognized",
    ),
    _rule(
        r"Could not convert string '(.*)' to BOOL",
        100037,
        "22018",
        "Boolean value '{0}' is not recognized",
    ),
    _rule(
        rf"(?:date field value out of range|invalid date field format): \"{_MARK}(.*?)\"",
        100040,
        "22007",
        "Date '{0}' is not recognized",
    ),
    _rule(
        rf"(?:timestamp field value out of range|invalid timestamp field format): \"{_MARK}(.*?)\"",
        100035,
        "22007",
        "Timestamp '{0}' is not recognized",
    ),
    _rule(
        rf"(?:time field value out of range|invalid time field format): \"{_MARK}(.*?)\"",
        100108,
        "22007",
        "Time '{0}' is not recognized",
    ),
    _rule(
        rf"Could not parse string \"(?:1970 )?{_MARK}(.*?)\""
        r" according to format specifier \"(.*?)\"",
        100096,
        "22007",
        "Can't parse '{0}' with the given format",
    ),
    _rule(
        r"with value (\S+) can't be cast because the value is out of range",
        100039,
        "22003",
        "Numeric value '{0}' is out of range",
    ),
    _rule(
        r"Could not cast value (\S+) to DECIMAL",
        100039,
        "22003",
        "Numeric value '{0}' is out of range",
    ),
    _rule(
        r"(?:Casting|BIGNUM) value \"?([^\s\"]+)\"? (?:to type .* failed: value )?is out of range",
        100039,
        "22003",
        "Numeric value '{0}' is out of range",
    ),
    _rule(  # DuckDB 2.0.0 does not say which
        r"(?:Positive|Negative) bignum too large for type",
        100039,
        "22003",
        "Numeric value is out of range: a NUMBER has at most 38 digits",
    ),
    _translated(
        r"Overflow in (.*?)!", 100039, "22003", "Numeric value out of range: overflow in {0}"
    ),
    _translated(
        r"Unimplemented type for cast \((.*) -> ([\w ]+(?:\([^()]*\))?)\)",
        1065,
        "22023",
        _COMPILATION + "Can not convert a value of type [{0}] into type [{1}]",
    ),
    _rule(
        r"(?:(WHERE|HAVING|QUALIFY|GROUP BY) clause|(JOIN) condition)s? cannot contain aggregates",
        2035,
        "42601",
        _COMPILATION + "Invalid aggregate function in {0}{1} clause",
    ),
    _rule(
        r"Set operations can only apply to expressions with the same number of result columns",
        1789,
        "42601",
        _COMPILATION + "invalid number of result columns for set operator input branches",
    ),
    _rule(
        r"Cannot extract field '(.*?)' from expression \"(.*?)\"",
        904,
        "42000",
        _COMPILATION + "error line 1 at position 0\ninvalid identifier '{1}.{0}'",
    ),
    _rule(
        r"resulted in an empty set of columns",
        2038,
        "42601",
        _COMPILATION + "SELECT with no columns",
    ),
    _rule(
        r"has (\d+) columns available but (\d+) columns specified",
        2020,
        "21S01",
        _COMPILATION + "Insert value list does not match column list expecting {1} but got {0}",
    ),
    _rule(
        r"VALUES lists must all be the same length, expected (\d+) .* with (\d+)",
        2020,
        "21S01",
        _COMPILATION + "Each row of VALUES has as many values as the first: {0}, and not {1}",
    ),
    _rule(
        r"Sample sample_size (\S+?)(?:\.0+)? out of range",
        1003,
        "42000",
        _COMPILATION + "SAMPLE takes a probability between 0 and 100, and not {0}",
    ),
    _rule(
        r"UNNEST\(\) can only be applied",
        1003,
        "42000",
        _COMPILATION + "FLATTEN gives rows: it stands behind FROM, as in"
        " TABLE(FLATTEN(INPUT => ...))",
    ),
    _rule(
        r"extract specifier \"(.*?)\" not recognized",
        1003,
        "42000",
        _COMPILATION + "'{0}' is not a valid date/time component",
    ),
    _rule(r"Unknown TimeZone '(.*?)'", 100183, "22023", "Unknown timezone: '{0}'"),
    _rule(
        r"has (\d+) columns but (\d+) values were supplied",
        2020,
        "21S01",
        _COMPILATION + "Insert value list does not match column list expecting {0} but got {1}",
    ),
    _rule(
        r"Column name/value mismatch for insert .* expected (\d+) columns but (\d+) values",
        2020,
        "21S01",
        _COMPILATION + "Insert value list does not match column list expecting {0} but got {1}",
    ),
    _rule(
        r"Duplicate column name \"(.*?)\" in INSERT",
        2025,
        "42S21",
        _COMPILATION + "duplicate column name '{0}'",
    ),
    _rule(
        r"Column \"(.*?)\" (?:does not exist on (?:left|right) side of join|in EXCLUDE list)",
        904,
        "42000",
        _COMPILATION + "error line 1 at position 0\ninvalid identifier '{0}'",
    ),
    _rule(
        r"Values list \"(.*?)\" does not have a column named \"(.*?)\"",
        904,
        "42000",
        _COMPILATION + "error line 1 at position 0\ninvalid identifier '{0}.{1}'",
    ),
    _translated(
        r"Macro (?:_sf_)?(\w+)\(\) does not support the supplied arguments",
        938,
        "22023",
        _COMPILATION + 'wrong number of arguments for function "{0}"',
    ),
    _rule(
        r"More than one row returned by a subquery",
        90150,
        "22000",
        "Single-row subquery returns more than one row.",
    ),
    _rule(
        r"invalid perl operator: \(\?([a-z]+)",
        100048,
        "2201B",
        "Invalid regular expression parameters '{0}': they are c, i, m, e and s.",
    ),
    _rule(
        r"((?:missing (?:closing )?[)\]]|unexpected \)|no argument for repetition operator"
        r"|bad repetition operator|trailing \\|invalid (?:escape sequence|perl operator"
        r"|character class|repetition size|nested repetition|named capture group)).*)",
        100048,
        "2201B",
        "Invalid regular expression: {0}",
    ),
    _rule(
        r"argument in function \"(?:try_)?strptime\" must be a constant",
        2,
        "0A000",
        _COMPILATION + "A format of dates or times to read that is not a constant is not supported"
        " by the embedded engine.",
    ),
    _translated(
        r"argument in (function \"\w+\") must be a constant expression",
        1015,
        "22023",
        _COMPILATION + "an argument of {0} needs to be constant",
    ),
    _rule(r"Map keys must be unique", 100091, "22000", "Duplicate field key in an object"),
    _rule(
        r"DEFAULT value cannot contain column names",
        2,
        "0A000",
        _COMPILATION + "This function in a column's DEFAULT is not supported by the embedded"
        " engine.",
    ),
    _rule(
        r"No space left on device|disk full|Could not write all",
        100132,
        "53100",
        "The disk of the data directory is full; nothing was changed.",
    ),
)

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
    for rule in _RULES:
        if found := _compiled(rule.pattern).search(text):
            message = rule.message.format(*(group or "" for group in found.groups()))
            if rule.in_duck_words:
                message = duck_words.words(message)
            return SqlError(message, code=rule.code, sqlstate=rule.sqlstate)
    if isinstance(problem, duckdb.CatalogException) and (found := _FUNCTION.search(text)):
        return unsupported(f"The function {_function(found[1])}")
    if found := _NO_MATCH.search(text):
        return SqlError(
            f"{_COMPILATION}Invalid argument types for function"
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
        return SqlError(f"{_COMPILATION}{reason}", code=2043, sqlstate="42601")
    return SqlError(f"SQL execution error: {reason}", code=100183, sqlstate="22000")
