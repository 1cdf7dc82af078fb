"""A query that is one call of a system function answers as the same call among others does."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SessionOptions, SqlFeature
from sfdag_magics.engine.sql.reading.gate import classify
from sfdag_magics.engine.sql.sql_engine import open_engine
from sfdag_magics.engine.sql.statements import query
from sfdag_magics.engine.sql.statements.called_alone import call_alone
from tests.engine.furnished import furnished


def _refuses(_values, _session):
    raise SqlError("not now", code=7)


FUNCTIONS = {
    "SYSTEM$JOINED": lambda values, _session: "+".join(map(str, values)),
    "SYSTEM$NOTHING": lambda _values, _session: None,
    "SYSTEM$NUMBER": lambda _values, _session: 12,
    "SYSTEM$TRUTH": lambda _values, _session: True,
    "SYSTEM$REFUSES": _refuses,
}
#: Whether it is read as a call alone.
QUERIES = {
    "SELECT SYSTEM$JOINED('a')": True,
    "select system$joined('it''s') ;": True,
    "SELECT SYSTEM$JOINED('a', 'b') AS told": True,
    "SELECT SYSTEM$JOINED( 'a','b' ) as \"Told\"": True,
    "SELECT SYSTEM$JOINED()": True,
    "SELECT SYSTEM$JOINED('a\\'b') AS X": True,
    "SELECT SYSTEM$NOTHING() AS N": True,
    "SELECT SYSTEM$NUMBER()": True,
    "SELECT SYSTEM$TRUTH('x') AS T": True,
    "SELECT SYSTEM$JOINED($$a\\n'b$$)": False,
    "SELECT SYSTEM$JOINED('a') AS \"select\"": True,
    "SELECT SYSTEM$JOINED('a', 'b')": False,
    "SELECT SYSTEM$JOINED('\\ud83d\\ude00') AS X": False,
    "SELECT SYSTEM$JOINED('\\400') AS X": False,
    "SELECT SYSTEM$JOINED('a') AS FROM": False,
    "SELECT SYSTEM$JOINED ('a')": False,
    "SELECT SYSTEM$JOINED(1)": False,
    "SELECT SYSTEM$JOINED('a' || 'b')": False,
    "SELECT SYSTEM$JOINED('a'), 1": False,
    "SELECT SYSTEM$JOINED('a') WHERE TRUE": False,
    "SELECT SYSTEM$JOINED('a') || 'b'": False,
}
#: The same of values that are bound.
BOUND = {
    ("SELECT SYSTEM$JOINED(?) AS X", ("a'\\n",)): True,
    ("SELECT SYSTEM$JOINED(?, 'b', ?) AS X", ("a", "c")): True,
    ("SELECT SYSTEM$JOINED(?)", ("a",)): False,
    ("SELECT SYSTEM$JOINED(?) AS X", (1,)): False,
    ("SELECT SYSTEM$JOINED(?) AS X", (None,)): False,
    ("SELECT SYSTEM$JOINED('?') AS X", ()): True,
}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    engine = open_engine(
        furnished(tmp_path_factory.mktemp("data")), [SqlFeature(functions=FUNCTIONS)]
    )
    session = engine.open_session(SessionOptions())
    yield session
    session.close()
    engine.close()


@pytest.mark.parametrize(
    ("text", "bindings", "is_alone"),
    [
        *((text, (), is_alone) for text, is_alone in QUERIES.items()),
        *((*asked, is_alone) for asked, is_alone in BOUND.items()),
    ],
)
def test_it_answers_as_the_long_way_does(session, monkeypatch, text, bindings, is_alone):
    statement = classify(text, "id", bindings)
    assert (call_alone(statement, FUNCTIONS) is not None) == is_alone
    short = session.execute(text, bindings=bindings)
    monkeypatch.setattr(query, "call_alone", lambda *_: None)
    long = session.execute(text, bindings=bindings)
    assert short.columns == long.columns
    assert short.rows.to_pylist() == long.rows.to_pylist()
    assert short.rows.schema == long.rows.schema
    assert short.statement_type == long.statement_type


@pytest.mark.parametrize("name", ["SELECT", "NOT", '""'])
def test_what_is_no_name_names_no_column(session, name):
    with pytest.raises(SqlError, match="syntax error"):
        session.execute(f"SELECT SYSTEM$JOINED('a') AS {name}")


def test_what_the_function_refuses_is_the_error(session):
    with pytest.raises(SqlError, match="not now"):
        session.execute("SELECT SYSTEM$REFUSES('a')")


def test_only_its_columns_are_asked_for_without_calling_it(session):
    described = session.describe("SELECT SYSTEM$REFUSES('a') AS told")
    assert [column.name for column in described.columns] == ["TOLD"]


@pytest.mark.parametrize("bindings", [(), ("a", "b")])
def test_as_many_values_have_to_be_bound_as_are_asked_for(session, bindings):
    statement = classify("SELECT SYSTEM$JOINED(?) AS X", "id", bindings)
    assert call_alone(statement, FUNCTIONS) is None
