"""What is said of Snowflake's functions that the engine does not carry out."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.sql.checking.documented_functions import NOT_CARRIED_OUT
from sfdag_magics.engine.sql.checking.known_functions import FUNCTIONS, TABLES
from sfdag_magics.engine.sql.functions.macros import AS_WRITTEN
from tests.engine.sql.conftest import Asker

_NAMED = {
    "select get_ddl('pipe', 't')": "GET_DDL of a PIPE is not supported by the embedded engine"
    " (DESCRIBE and SHOW tell what an object is).",
    "select parse_ip('1.2.3.4', 'INET')": "PARSE_IP",
    "select approx_percentile_accumulate(1)": "APPROX_PERCENTILE_ACCUMULATE",
    "select xmlget(1, 'a')": "XMLGET",
    "select st_makepoint(1, 2)": "ST_MAKEPOINT",
    "select system$pipe_status('p')": "SYSTEM$PIPE_STATUS",
    "select ai_complete('m', 'p')": "AI_COMPLETE",
    "select snowflake.cortex.complete('m', 'p')": "SNOWFLAKE.CORTEX.COMPLETE",
    "select * from table(information_schema.login_history())": "LOGIN_HISTORY",
    "select * from table(information_schema.pipe_usage_history())": "PIPE_USAGE_HISTORY",
    "select * from table(getnextval(numbers))": "GETNEXTVAL is not supported by the embedded engine"
    " (sequence.NEXTVAL gives the next number)",
    "select * from table(validate_pipe_load(pipe_name => 'p'))": "VALIDATE_PIPE_LOAD",
}


@pytest.mark.parametrize("statement", _NAMED)
def test_a_function_of_snowflakes_is_named_as_not_supported(
    calculator: Asker, statement: str
) -> None:
    found = calculator.error(statement)
    assert (found.code, found.sqlstate) == (2, "0A000")
    assert _NAMED[statement] in found.message
    assert "is not supported by the embedded engine" in found.message


@pytest.mark.parametrize(
    ("statement", "code"),
    {
        "select get_dll('table', 't')": 2140,
        "select s.parse_ip('1.2.3.4', 'INET')": 2140,
        "select * from table(no_such_rows())": 2141,
    }.items(),
)
def test_a_name_that_nobody_has_is_unknown(calculator: Asker, statement: str, code: int) -> None:
    assert calculator.error(statement).code == code


def test_no_function_is_both_carried_out_and_not() -> None:
    assert not (FUNCTIONS | TABLES) & set(NOT_CARRIED_OUT)


def test_every_function_with_a_macro_is_known() -> None:
    assert AS_WRITTEN <= FUNCTIONS
