"""Rows into the embedded engine, by `load` and `pull`: all with their types, or none."""

import datetime as dt
from contextlib import closing
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

from sfdag_magics.client.arriving.arrival import Way, bring
from sfdag_magics.client.arriving.columns import Column, Rows
from sfdag_magics.client.connecting.connect import stop_engine
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.sqltext import QualifiedName
from sfdag_magics.workspace.opening import open_target

OF_ALL_TYPES = """
    create or replace table every (
      n number(10,2) not null, big number(38,0), v varchar(20), d date, t time(3),
      ntz timestamp_ntz, ltz timestamp_ltz, tz timestamp_tz, var variant, o object, a array,
      b binary(10), yes boolean, f float, "odd ""name" varchar)"""
A_ROW = """
    insert into every select 1.5, 12345678901234567890123456789012345678, 'x', '0001-01-01',
      '12:00:00.123', '9999-12-31 23:59:59.999999', '2024-01-01 12:00:00 +0200',
      '2024-01-01 12:00:00 +0200', parse_json('{"a": [1.50, null]}'), object_construct('k', 1),
      array_construct(1, 'b'), to_binary('00FF', 'HEX'), true, '-inf'::float, ''"""


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Two engines of their own, described by a file."""
    folder = tmp_path_factory.mktemp("rows")
    paths = {name: folder / name for name in ("here", "there")}
    (folder / "sfdag.toml").write_text(
        "".join(f'[target.{name}]\npath = "{path}"\n' for name, path in paths.items())
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder
    for path in paths.values():
        stop_engine(path)


@pytest.fixture(scope="module")
def here(places):
    with closing(open_target("here")) as target:
        yield target


@pytest.fixture(scope="module")
def there(places):
    with closing(open_target("there")) as target:
        target.session.sql(OF_ALL_TYPES).collect()
        target.session.sql(A_ROW).collect()
        target.session.sql("insert into every (n) values (2), (3)").collect()
        yield target


def rows(target, query):
    return [tuple(row) for row in target.session.sql(query).collect()]


def tables(target):
    return {row["name"] for row in target.session.sql("show tables").collect()}


def test_a_table_of_every_type_is_the_same_afterwards(here, there):
    pulled = here.pull("every", "there", name='"Pulled #1"')
    assert repr(pulled) == """Arrived('SFDAG.PUBLIC."Pulled #1"', rows=3)"""
    described = [
        [row[:4] for row in target.session.sql(f"describe table {name}").collect()]
        for target, name in ((here, '"Pulled #1"'), (there, "every"))
    ]
    assert described[0] == described[1]
    ordered = "select *, to_json(var), typeof(var:a[0]) from {} order by n"
    assert rows(here, ordered.format('"Pulled #1"')) == rows(there, ordered.format("every"))


def test_some_rows_of_a_table(here, there):
    assert here.pull("every", "there", name="two", rows=2, without=["big"]).rows == 2
    assert here.pull("every", "there", name="one", where="n > 2 -- not all").rows == 1
    assert here.pull("every", "there", name="none", sample="0.000001%").rows == 0
    assert "BIG" not in here.session.table("two").columns


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("bgi = 1", "the condition 'bgi = 1': there is no column BGI; did you mean BIG?"),
        ("n >", "the condition 'n >' is refused: "),
    ],
)
def test_a_condition_that_is_refused_is_named_with_the_columns_there_are(here, there, where, said):
    with pytest.raises(BackendError) as raised:
        here.pull("every", "there", name="refused", where=where)
    assert raised.value.message.startswith(said)
    assert "error line" not in raised.value.message
    assert str(raised.value.hint).startswith("columns: N, BIG")
    assert "REFUSED" not in tables(here)


def test_a_frame_comes_back_as_it_was(here):
    frame = pd.DataFrame(
        {
            "day": [dt.date(2024, 1, 1), None],
            "dec": [Decimal("1.50"), None],
            "kind": pd.Categorical(["u", None]),
            "x y": [1.5, None],
            "tags": [[1, None], None],
        }
    )
    found = here.load(frame, "frames")
    assert found.columns["DEC"] == "NUMBER(38,2)"
    assert rows(here, 'select day, dec, kind, "x y", tags[0]::int from frames order by 1') == [
        (dt.date(2024, 1, 1), Decimal("1.50"), "u", 1.5, 1),
        (None, None, None, None, None),
    ]


def test_a_table_that_is_there_stays_until_somebody_says_otherwise(here, places):
    (places / "a.csv").write_text("id\n1\n")
    here.load(places / "a.csv")
    (places / "a.csv").write_text("id\n2\n")
    with pytest.raises(InputError, match=r"SFDAG\.PUBLIC\.A is there already") as refused:
        here.load(places / "a.csv")
    assert refused.value.hint == 'replace=True, or another name: name="NAME"'
    assert here.load(places / "a.csv", append=True).way is Way.APPEND
    assert rows(here, "select id from a order by 1") == [(1,), (2,)]
    assert here.load(places / "a.csv", replace=True).way is Way.REPLACE
    assert rows(here, "select id from a") == [(2,)]


def _rows_that_end(parts):
    def batches():
        yield from (pa.RecordBatch.from_arrays([pa.array(["1"] * 50_000)], ["A"]),) * parts
        raise OSError("the disk is gone")

    return Rows(columns=(Column(name="A", type="INT", travels=pa.string()),), batches=batches)


@pytest.mark.parametrize("way", Way)
def test_what_ends_in_between_leaves_the_table_as_it_was(way, here):
    here.load(pd.DataFrame({"a": [7]}), "kept", replace=True)
    before = tables(here)
    name = QualifiedName("NEW" if way is Way.NEW else "KEPT", "PUBLIC", "SFDAG")
    with here._workspace.places.apart() as backend, pytest.raises(OSError, match="disk"):
        bring(backend, name, _rows_that_end(3), way)
    assert tables(here) == before
    assert rows(here, "select a from kept") == [(7,)]


def test_what_does_not_fit_the_table_is_refused_as_a_whole(here):
    here.load(pd.DataFrame({"a": [7]}), "numbers", replace=True)
    with pytest.raises(BackendError, match="x"):
        here.load(pd.DataFrame({"a": ["1", "x"]}), "numbers", append=True)
    assert rows(here, "select a from numbers") == [(7,)]


def test_a_pull_from_itself_and_of_nothing(here, there):
    with pytest.raises(InputError, match="here is where the rows go"):
        here.pull("every", "here")
    with pytest.raises(BackendError, match="NOTHERE"):
        here.pull("nothere", "there")
