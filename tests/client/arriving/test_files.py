"""Rows of files: their columns, types and values as they travel."""

import gzip

import pytest

from sfdag_magics.client.arriving.files import rows_of_file, table_of_file


@pytest.fixture
def file(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


def types(rows):
    return {column.name: column.type for column in rows.columns}


def values(rows):
    names = [column.name for column in rows.columns]
    return [row for batch in rows.batches() for row in batch.rename_columns(names).to_pylist()]


def test_a_csv_with_quotes_and_lines_in_fields(file):
    rows = rows_of_file(file("a.csv", 'id;"a ""b""; c"\n1;"x;\ny"\n2;\n3;""\n'))
    assert types(rows) == {"ID": "NUMBER(38,0)", 'a "b"; c': "VARCHAR"}
    assert [row['a "b"; c'] for row in values(rows)] == ["x;\ny", None, ""]


def test_a_csv_of_another_encoding_with_a_mark_and_packed(file):
    packed = gzip.compress("\ufeffa,b\n1,é\n".encode())
    assert values(rows_of_file(file("a.csv.gz", packed))) == [{"A": "1", "B": "é"}]
    latin = file("b.csv", "a,b\n1,é\n".encode("cp1252"))
    assert values(rows_of_file(latin, encoding="cp1252")) == [{"A": "1", "B": "é"}]


def test_a_csv_without_rows_has_its_columns(file):
    rows = rows_of_file(file("a.csv", "a,b\n"))
    assert (types(rows), values(rows)) == ({"A": "VARCHAR", "B": "VARCHAR"}, [])


def test_columns_of_one_name_are_told_apart(file):
    rows = rows_of_file(file("a.csv", "a,A,,Odd Name\n1,2,3,4\n"))
    assert [*types(rows)] == ["A", "A_2", "COLUMN_3", "Odd Name"]
    assert rows.notes == (
        'column 2 is a second A and is "A_2"',
        'column 3 has no name and is "COLUMN_3"',
    )


def test_json_lines_keep_what_is_nested_and_what_is_mixed(file):
    lines = (
        '{"id": 1, "tags": ["a"], "of": {"k": null}, "any": 1, "text": "5"}\n\n'
        '{"id": 2, "any": "x", "on": "2024-01-01", "rest": true}\n'
    )
    rows = rows_of_file(file("a.jsonl", lines))
    assert types(rows) == {
        "ID": "NUMBER(38,0)",
        "TAGS": "ARRAY",
        "OF": "OBJECT",
        "ANY": "VARIANT",
        "TEXT": "VARCHAR",
        "ON": "DATE",
        "REST": "BOOLEAN",
    }
    first, second = values(rows)
    assert (first["OF"], first["ANY"], second["ANY"]) == ('{"k": null}', "1", '"x"')
    assert (first["ON"], second["TAGS"], second["REST"]) == (None, None, "true")
    assert rows.notes == ("column ANY holds number and text: VARIANT",)


@pytest.mark.parametrize(
    ("name", "table"),
    [("my data (1).csv", "MY_DATA_1"), ("2024.csv.gz", "_2024"), ("Ä.jsonl", "")],
)
def test_a_table_is_called_as_its_file(name, table, file):
    assert table_of_file(file(name, "a\n")) == table
