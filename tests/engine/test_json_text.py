"""The text of semi-structured values, as clients get it in both encodings."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sfdag_magics.engine.answers import Column, Result, SfType
from sfdag_magics.engine.json_text import canonical, indented
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
