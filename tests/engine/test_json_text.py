"""The text of semi-structured values, as clients get it in both encodings."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sfdag_magics.engine import json_text
from sfdag_magics.engine.answers import Column, Result, SfType
from sfdag_magics.engine.json_lines import NotInPiecesError, in_pieces
from sfdag_magics.engine.json_text import canonical, compact, indented
from sfdag_magics.engine.wire.arrow_rows import arrow_stream

CASES = {
    '{"b":1,"a":[1,{"d":null,"c":"x"}]}': (
        '{\n  "a": [\n    1,\n    {\n      "c": "x",\n      "d": null\n    }\n  ],\n  "b": 1\n}'
    ),
    "[]": "[]",
    "{}": "{}",
    '{"a":{},"b":[]}': '{\n  "a": {},\n  "b": []\n}',
    "[1.50,12345678901234567890123.5,1e400,true]": (
        "[\n  1.5,\n  12345678901234567890123.5,\n  1e400,\n  true\n]"
    ),
    '["ä\\n\\""]': '[\n  "ä\\n\\""\n]',
    '"x"': '"x"',
    "5": "5",
    "1.10": "1.1",
    "-20.00": "-20",
    "100": "100",
    "1.0": "1.0",
    "1.912e2": "1.912000000000000e+02",
    "12x": "12x",
    "20 000": "20 000",
    "[not JSON": "[not JSON",
}


#: A text and the one that all texts of the same value become.
CANONICAL = {
    ' {"b": 1.50, "a": [1.0, {"d": null, "c": "x"}]}': '{"a":[1,{"c":"x","d":null}],"b":1.5}',
    "12345678901234567890123.50": "12345678901234567890123.5",
    "[0.000010, -0.25, 1e400]": "[0.00001,-0.25,1e400]",
    "100.0": "100",
    '"\\u00e4\\/\\n"': '"ä/\\n"',
    '"\\ud800"': '"\\ud800"',
    "[not JSON": "[not JSON",
}


@pytest.mark.parametrize("text", CANONICAL)
def test_a_value_has_one_text(text: str):
    assert canonical(text) == CANONICAL[text]


#: Written without a tree as with one.
IN_PIECES = (
    *(text for text in CASES if text[0] in "[{" and text != "[not JSON"),
    '[1,[2.50,[]],{"a":[{"b":"x, y: [z]"}],"c":{"d":1e3}}, "\\u00e4\\n", null,false , -1.0]',
    f"[{'1,' * 50_000}1]",
)


@pytest.mark.parametrize("text", IN_PIECES)
@pytest.mark.parametrize("written", [indented, compact])
def test_a_long_text_is_written_as_a_short_one(written, text: str, monkeypatch):
    monkeypatch.setattr(json_text, "_LONG", 10**9)
    by_tree = written(text)
    monkeypatch.setattr(json_text, "_LONG", 0)
    assert written(text) == by_tree


def test_of_a_long_text_no_tree_is_made(monkeypatch):
    monkeypatch.setattr(json_text, "_lines", None)
    monkeypatch.setattr(json_text, "_one_line", None)
    text = f'{{"a":[{"1.50," * 20_000}1],"b":"x"}}'
    assert indented(text).count("\n    1.5,") == 20_000
    assert compact(text).count("1.5,") == 20_000


@pytest.mark.parametrize("text", ["[1,[2]", '{"b":1,"a":2}', '{"a":1,"a":2}', "[1]]", '["\\x"]'])
def test_what_cannot_be_written_in_pieces_is_said(text: str):
    with pytest.raises(NotInPiecesError):
        in_pieces(text, str, None)


@pytest.mark.parametrize("text", CASES)
def test_values_are_indented_with_sorted_keys(text: str):
    assert indented(text) == CASES[text]


def test_values_are_sent_so():
    column = Column(name="V", type=SfType.VARIANT)
    rows = pa.table({"V": pa.array(['{"b":1,"a":2}', None, "5"])})
    stream = arrow_stream(Result(columns=(column,), rows=rows))
    assert pa.ipc.open_stream(stream).read_all().column(0).to_pylist() == [
        '{\n  "a": 2,\n  "b": 1\n}',
        None,
        "5",
    ]
