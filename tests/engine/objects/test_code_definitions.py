from __future__ import annotations

import json

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.objects.code_definitions import Definition, Parameter, read_definition
from sfdag_magics.sqltext import SqlTextError, TokenReader

FULL = """(
    a NUMBER(10, 2), "b c" double precision DEFAULT coalesce(1, (2)), d TIMESTAMP_TZ = NULL
) COPY GRANTS
RETURNS VARCHAR(20) NOT NULL
LANGUAGE PYTHON
STRICT IMMUTABLE
RUNTIME_VERSION = 3.11
IMPORTS = ('@s/a.zip', '@s/b.py')
ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
PACKAGES = ('numpy==2.0', 'snowflake-snowpark-python')
HANDLER = 'mod.main' -- the one
COMMENT = 'it''s'
EXECUTE AS CALLER
AS 'body'"""


def test_every_clause_is_read_in_any_order() -> None:
    definition = read_definition(TokenReader(FULL))

    assert definition == Definition(
        parameters=(
            Parameter(name="A", type="NUMBER(10, 2)"),
            Parameter(name="b c", type="DOUBLE PRECISION", default="coalesce(1, (2))"),
            Parameter(name="D", type="TIMESTAMP_TZ", default="NULL"),
        ),
        returns="VARCHAR(20)",
        language="PYTHON",
        handler="mod.main",
        source="body",
        imports=("@s/a.zip", "@s/b.py"),
        packages=("numpy==2.0", "snowflake-snowpark-python"),
        runtime_version="3.11",
        execute_as="CALLER",
        strict=True,
        volatility="IMMUTABLE",
        returns_not_null=True,
        comment="it's",
    )
    assert definition.signature == "(NUMBER, FLOAT, TIMESTAMP_TZ)"


def test_a_definition_survives_the_catalogue() -> None:
    text = "(a int) returns table (n int, t varchar) language python as $$ x $$"
    definition = read_definition(TokenReader(text))

    assert Definition.of(json.loads(json.dumps(definition.detail()))) == definition
    assert definition.returned == "TABLE (N INT, T VARCHAR)"


def test_an_anonymous_definition_ends_at_its_call() -> None:
    reader = TokenReader("() returns int language python handler='h' as $$ CALL $$ call p()")

    assert read_definition(reader, anonymous=True).source == " CALL "
    assert reader.accept("CALL", "P")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("(a int", "<EOF>"),
        ("() language python", "expected RETURNS"),
        ("(a) returns int", "unexpected '\\)'"),
        ("() returns int execute as somebody", "AS CALLER"),
        ("() returns int handler 'main'", "expected ="),
    ],
)
def test_what_is_not_the_grammar_is_refused_at_its_place(text: str, told: str) -> None:
    with pytest.raises(SqlTextError, match=told):
        read_definition(TokenReader(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("(a geography) returns int", "GEOGRAPHY"),
        ("() returns int secrets = ('a' = b)", "SECRETS"),
        ("() returns int wings = 2", "WINGS"),
    ],
)
def test_what_the_engine_does_not_know_is_refused_by_name(text: str, told: str) -> None:
    with pytest.raises(SqlError, match=told):
        read_definition(TokenReader(text))
