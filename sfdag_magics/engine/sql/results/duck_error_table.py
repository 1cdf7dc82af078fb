"""What DuckDB says and what Snowflake says in its place: patterns with code, SQLSTATE and message.

A table in the order of asking: the first that matches answers.
"""

from __future__ import annotations

import re

from sfdag_magics.engine.borders.answers import LOADED_MEANWHILE
from sfdag_magics.engine.sql.results.matches import DUPLICATE
from sfdag_magics.engine.sql.values.duck_words import UNREAD
from sfdag_magics.engine.store import loads
from sfdag_magics.engine.store.facts import CHANGED_MEANWHILE
from sfdag_magics.engine.variants.json_text import DUPLICATE_KEY
from sfdag_magics.light_classes import dataclass

COMPILATION = "SQL compilation error:\n"
#: What `stored/claims` says, as DuckDB says of its own conflicts.
MADE_ANEW = "Conflict: a table is made anew, and written to meanwhile"


@dataclass(frozen=True, slots=True)
class Rule:
    """`message` is formatted with the pattern's groups."""

    pattern: str
    code: int
    sqlstate: str
    message: str
    #: Whether a group may name types and functions of DuckDB's.
    in_duck_words: bool = False


def _rule(pattern: str, code: int, sqlstate: str, message: str) -> Rule:
    return Rule(pattern, code, sqlstate, message)


def _translated(pattern: str, code: int, sqlstate: str, message: str) -> Rule:
    return Rule(pattern, code, sqlstate, message, in_duck_words=True)


_INSTEAD = ": TRY_CAST(value::VARCHAR AS type) gives NULL instead"
_MARK = rf"(?:{re.escape(UNREAD)})?"
#: In order: the first that matches answers.
RULES = (
    _rule(rf"({DUPLICATE}\nRow Values: .*)", 100090, "42P18", "{0}"),
    # no table of a user's has a key that DuckDB knows
    _rule(
        rf"{loads.LOADED_MEANWHILE}|violates primary key|PRIMARY KEY or UNIQUE constraint",
        LOADED_MEANWHILE,
        "40001",
        "Another session has loaded a file of this COPY since the transaction began. ROLLBACK, then"
        " run the transaction again: files that are loaded already are left out.",
    ),
    # of a COMMIT: a statement of its own is carried out again
    _rule(
        rf"{MADE_ANEW}|Attempting to modify table|attempting to (?:insert into|update) table",
        625,
        "40001",
        "Another session has changed or dropped a table that this transaction has written to."
        " Nothing of the transaction was written. Run it again.",
    ),
    _rule(
        CHANGED_MEANWHILE,
        625,
        "40001",
        "Another session has changed or dropped the object meanwhile. Nothing of this statement was"
        " done. Run it again.",
    ),
    # DuckDB 2.0.0 says this of every MERGE with several matches, also where they all delete
    _rule(r"cannot affect the same target row more than once", 100090, "42P18", DUPLICATE),
    _rule(
        r"Positional reference (\d+) out of range",
        904,
        "42000",
        COMPILATION + "error line 1 at position 0\ninvalid identifier '${0}'",
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
        COMPILATION + "Rows that are compared must have the same number of values.",
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
        COMPILATION + "error line 1 at position 0\ninvalid identifier '{0}'",
    ),
    _rule(
        r"Table \"(.*?)\" does not have a column named \"(.*?)\"",
        904,
        "42000",
        COMPILATION + "error line 1 at position 0\ninvalid identifier '{0}.{1}'",
    ),
    _rule(
        r"Referenced (?:update )?(?:table|column) \"?(.*?)\"? not found",
        904,
        "42000",
        COMPILATION + "error line 1 at position 0\ninvalid identifier '{0}'",
    ),
    _rule(
        r"Ambiguous reference to column name \"(.*?)\"",
        1052,
        "42601",
        COMPILATION + "ambiguous column name '{0}'",
    ),
    _rule(
        r"Ambiguous reference to table .*duplicate alias \"(?:.*\.)?(.*?)\"",
        2014,
        "42601",
        COMPILATION + "Duplicate alias '{0}'",
    ),
    _rule(
        r"column \"(.*?)\" must appear in the GROUP BY",
        979,
        "42601",
        COMPILATION + "'{0}' in select clause is neither an aggregate nor in the group by clause.",
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
        COMPILATION + "Can not convert a value of type [{0}] into type [{1}]",
    ),
    _rule(
        r"(?:(WHERE|HAVING|QUALIFY|GROUP BY) clause|(JOIN) condition)s? cannot contain aggregates",
        2035,
        "42601",
        COMPILATION + "Invalid aggregate function in {0}{1} clause",
    ),
    _rule(
        r"Set operations can only apply to expressions with the same number of result columns",
        1789,
        "42601",
        COMPILATION + "invalid number of result columns for set operator input branches",
    ),
    _rule(
        r"Cannot extract field '(.*?)' from expression \"(.*?)\"",
        904,
        "42000",
        COMPILATION + "error line 1 at position 0\ninvalid identifier '{1}.{0}'",
    ),
    _rule(
        r"resulted in an empty set of columns",
        2038,
        "42601",
        COMPILATION + "SELECT with no columns",
    ),
    _rule(
        r"has (\d+) columns available but (\d+) columns specified",
        2020,
        "21S01",
        COMPILATION + "Insert value list does not match column list expecting {1} but got {0}",
    ),
    _rule(
        r"VALUES lists must all be the same length, expected (\d+) .* with (\d+)",
        2020,
        "21S01",
        COMPILATION + "Each row of VALUES has as many values as the first: {0}, and not {1}",
    ),
    _rule(
        r"Sample sample_size (\S+?)(?:\.0+)? out of range",
        1003,
        "42000",
        COMPILATION + "SAMPLE takes a probability between 0 and 100, and not {0}",
    ),
    _rule(
        r"UNNEST\(\) can only be applied",
        1003,
        "42000",
        COMPILATION + "FLATTEN gives rows: it stands behind FROM, as in"
        " TABLE(FLATTEN(INPUT => ...))",
    ),
    _rule(
        r"extract specifier \"(.*?)\" not recognized",
        1003,
        "42000",
        COMPILATION + "'{0}' is not a valid date/time component",
    ),
    _rule(r"Unknown TimeZone '(.*?)'", 100183, "22023", "Unknown timezone: '{0}'"),
    _rule(
        r"has (\d+) columns but (\d+) values were supplied",
        2020,
        "21S01",
        COMPILATION + "Insert value list does not match column list expecting {0} but got {1}",
    ),
    _rule(
        r"Column name/value mismatch for insert .* expected (\d+) columns but (\d+) values",
        2020,
        "21S01",
        COMPILATION + "Insert value list does not match column list expecting {0} but got {1}",
    ),
    _rule(
        r"Duplicate column name \"(.*?)\" in INSERT",
        2025,
        "42S21",
        COMPILATION + "duplicate column name '{0}'",
    ),
    _rule(
        r"Column \"(.*?)\" (?:does not exist on (?:left|right) side of join|in EXCLUDE list)",
        904,
        "42000",
        COMPILATION + "error line 1 at position 0\ninvalid identifier '{0}'",
    ),
    _rule(
        r"Values list \"(.*?)\" does not have a column named \"(.*?)\"",
        904,
        "42000",
        COMPILATION + "error line 1 at position 0\ninvalid identifier '{0}.{1}'",
    ),
    _translated(
        r"Macro (?:_sf_)?(\w+)\(\) does not support the supplied arguments",
        938,
        "22023",
        COMPILATION + 'wrong number of arguments for function "{0}"',
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
        COMPILATION + "A format of dates or times to read that is not a constant is not supported"
        " by the embedded engine.",
    ),
    _translated(
        r"argument in (function \"\w+\") must be a constant expression",
        1015,
        "22023",
        COMPILATION + "an argument of {0} needs to be constant",
    ),
    _rule(r"Map keys must be unique", 100091, "22000", "Duplicate field key in an object"),
    _rule(
        r"DEFAULT value cannot contain column names",
        2,
        "0A000",
        COMPILATION + "This function in a column's DEFAULT is not supported by the embedded"
        " engine.",
    ),
    _rule(
        r"No space left on device|disk full|Could not write all",
        100132,
        "53100",
        "The disk of the data directory is full; nothing was changed.",
    ),
)
