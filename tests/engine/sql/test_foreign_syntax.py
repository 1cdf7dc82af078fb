"""What DuckDB would carry out and Snowflake has not: it is refused where it stands."""

from __future__ import annotations

import pytest

from tests.engine.sql.conftest import Asker

#: A statement, the code of its error, and what the message says.
REFUSED: dict[str, tuple[int, str]] = {
    "select 5 ^ 2": (1003, "unexpected '^'"),
    "select 5 & 2": (1003, "unexpected '&'"),
    "select 5 | 2": (1003, "unexpected '|'"),
    "select 1 << 2": (1003, "BITSHIFTLEFT"),
    "select 5 div 2": (1003, "syntax error line 1"),
    "select 'a' glob 'a'": (1003, "unexpected 'glob'"),
    "select [x for x in [1, 2]]": (1003, "TRANSFORM"),
    "select [1, 2, 3][1:2]": (1003, "ARRAY_SLICE"),
    "select distinct on (column1) column1 from values (1)": (1003, "QUALIFY"),
    "select 1::hugeint": (2040, "Unsupported data type 'HUGEINT'"),
    "create table t (n hugeint)": (2040, "Unsupported data type 'HUGEINT'"),
    "select sha2('a', 384)": (2, "SHA2 with 384 bits"),
    "selec 1": (1003, "syntax error line 1 at position 0 unexpected 'selec'."),
    "attach 'x.db'": (1003, "unexpected 'attach'"),
}


@pytest.mark.parametrize("statement", REFUSED)
def test_another_systems_syntax_is_refused(calculator: Asker, statement: str):
    code, words = REFUSED[statement]
    error = calculator.error(statement)
    assert error.code == code
    assert words in error.message
