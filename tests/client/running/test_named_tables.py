"""The tables that a return value names: looked for in the catalogue, and no other is ever read."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sfdag_magics.client.running.named_tables import first_rows, named_tables
from sfdag_magics.errors import BackendError
from sfdag_magics.sqltext import QualifiedName
from tests.render.builders import HOSTILE

PLACE = QualifiedName("G", "S", "DB")


class Catalogue:
    """A target with some tables; `statements` are what it was asked."""

    def __init__(self, *tables, rows=(), count=7):
        self.tables, self.answer, self.count = tables, list(rows), count
        self.statements = []

    def rows(self, sql):
        self.statements.append(sql)
        if "INFORMATION_SCHEMA" not in sql:
            return self.answer
        database = sql.partition(" FROM ")[2].partition(".INFORMATION")[0].strip('"')
        if database == "GONE":
            raise BackendError("Database 'GONE' does not exist", code=2003)
        return [
            {"TABLE_SCHEMA": table.schema, "TABLE_NAME": table.name, "ROW_COUNT": self.count}
            for table in self.tables
            if table.database == database
        ]


TRAIN, LOW = QualifiedName("TRAIN", "S", "DB"), QualifiedName("low", "S", "DB")
OTHER = QualifiedName("T", "RUN", "DEV")
CATALOGUE = Catalogue(TRAIN, LOW, OTHER, QualifiedName("G$A$FRAME_01", "S", "DB"))
CASES = [
    ('"TRAIN"', ["TRAIN"]),
    ("TRAIN", ["TRAIN"]),
    ('"train"', ["train"]),
    ('"DB.S.TRAIN"', ["DB.S.TRAIN"]),
    ('"low"', ["low"]),
    ('"\\"low\\""', ['"low"']),
    ('"LOW"', []),
    ("DB.S.G$A$FRAME_01", ["DB.S.G$A$FRAME_01"]),
    ('["TRAIN", {"x": "dev.run.t", "y": "TRAIN"}]', ["TRAIN", "dev.run.t"]),
    ('{"TRAIN": 1}', []),
    ('"TRAIN; DROP TABLE x"', []),
    ('"GONE.S.TRAIN"', []),
    ('"a.b.c.TRAIN"', []),
    ("12", []),
    ("[" * 3000, []),
    ('""', []),
]


@pytest.mark.parametrize(("value", "found"), CASES)
def test_names_are_those_of_tables_that_are_there(value, found):
    assert [each.said for each in named_tables(CATALOGUE, PLACE, value)] == found


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_is_no_name_of_the_catalogue_is_never_read(text):
    fake = Catalogue(TRAIN)
    assert named_tables(fake, PLACE, text) == ()
    assert all(sql.startswith("SELECT TABLE_SCHEMA") for sql in fake.statements)


def test_the_first_rows_are_texts_and_bounded():
    row = {
        "ID": 1,
        "RATIO": Decimal("9.8"),
        "AT": datetime(2026, 6, 26, 21, 14, tzinfo=UTC),
        "WHAT": "x" * 500,
        "RAW": b"123",
        "NONE": None,
    }
    fake = Catalogue(TRAIN, rows=[row], count=2798)
    (table,) = named_tables(fake, PLACE, "train")
    shown = first_rows(fake, table)
    assert fake.statements[-1] == "SELECT * FROM DB.S.TRAIN LIMIT 20"
    assert shown.columns == (
        *(("ID", True), ("RATIO", True), ("AT", False)),
        *(("WHAT", False), ("RAW", False), ("NONE", False)),
    )
    cells = ("1", "9.8", "2026-06-26 21:14:00+00:00", "x" * 200 + "…", "3 bytes", "")
    assert shown.rows == (cells,)
    assert (shown.total, shown.cut) == (2798, "the first 1 of 2,798 rows")


def test_a_table_without_a_row_says_so():
    fake = Catalogue(TRAIN)
    (table,) = named_tables(fake, PLACE, "TRAIN")
    assert first_rows(fake, table).cut == "no row"
