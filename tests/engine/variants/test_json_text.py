"""The texts of semi-structured values on one line, and the one text that equal values have."""

from __future__ import annotations

import json

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.limits.hearing import heard
from sfdag_magics.engine.variants import json_text
from sfdag_magics.engine.variants.json_lines import NotInPiecesError, in_pieces
from sfdag_magics.engine.variants.json_text import canonical, compact, one_line
from tests.engine.limits.test_hearing import Must

#: A text, and the same on one line; None for what stays as it is.
LINES = {
    ' {"b":1}': None,
    '{"b": 1, "a": [1, {"d": null, "c": "x"}]}': '{"a":[1,{"c":"x","d":null}],"b":1}',
    "[ ]": "[]",
    "{ }": "{}",
    "[1.50, -20.00, 1.0, 100, 0.00, -0.00, -0.0, true]": "[1.5,-20,1.0,100,0,-0,-0.0,true]",
    "[12345678901234567890123.50, 1e400, 0.00000010]": (
        "[12345678901234567890123.5,1e400,0.0000001]"
    ),
    "1.912e2": "1.912000000000000e+02",
    '["\\u00e4\\/\\n\\""]': '["ä/\\n\\""]',
    '"\\u00e4"': None,
    "true": None,
    '["\\ud800"]': None,
    "12x": None,
    "20 000": None,
    "[not JSON": None,
    f"{'[' * 60_000}": None,
}


#: A text and the one that all texts of the same value become.
CANONICAL = {
    ' {"b": 1.50, "a": [1.0, {"d": null, "c": "x"}]}': '{"a":[1,{"c":"x","d":null}],"b":1.5}',
    "12345678901234567890123.50": "12345678901234567890123.5",
    "[0.000010, -0.25, 1e400]": "[0.00001,-0.25,1e400]",
    "100.0": "100",
    f"[{'9' * 38}, -{'1' * 38}]": f"[{'9' * 38},-{'1' * 38}]",
    f'{{"a":{"1234567890" * 5}}}': '{"a":1.2345678901234567e+49}',
    f"[0.{'12' * 30}, 0.{'0' * 50}1, 1]": f"[1.2121212121212122e-01,0.{'0' * 50}1,1]",
    f"[-0, -0.0, 0.00, {'9' * 39}]": "[0,0,0,9.9999999999999994e+38]",
    '"\\u00e4\\/\\n"': '"ä/\\n"',
    '"\\ud800"': '"\\ud800"',
    "[not JSON": "[not JSON",
}


@pytest.mark.parametrize("text", CANONICAL)
def test_a_value_has_one_text(text: str):
    assert canonical(text) == CANONICAL[text]


@pytest.mark.parametrize("text", LINES)
def test_a_value_is_written_on_one_line(text: str):
    assert one_line(text) == LINES[text]
    assert compact(text) == (text if LINES[text] is None else LINES[text])


@pytest.mark.parametrize("text", CANONICAL)
def test_a_long_value_has_the_same_text(text: str, monkeypatch):
    monkeypatch.setattr(json_text, "_LONG", 0)
    monkeypatch.setattr(json_text, "_PART", 1)
    assert canonical(text) == CANONICAL[text]


#: Large values of every build: of each, parts are written one after the other.
LARGE = {
    "objects": "[" + '{"b":1,"a":[1,{"c":"x"}]},' * 20_000 + "1]",
    "numbers": "[" + "1," * 100_000 + "1]",
    "keys": "{" + ",".join(f'"{number:06}":1' for number in range(50_000)) + "}",
    "within": '{"a":{"a":[' + '["x"],' * 50_000 + "1]}}",
}


@pytest.mark.slow
@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_others_have_their_turns_while_a_large_value_is_written(text: str, monkeypatch):
    lengths = []

    class Encoder(json.JSONEncoder):
        def encode(self, o):
            written = super().encode(o)
            lengths.append(len(written))
            return written

    expected = json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    encoder = Encoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    monkeypatch.setattr(json_text, "_COMPACT", encoder)
    assert canonical(text) == expected
    assert max(lengths) < len(text) / 10


def test_what_goes_deeper_than_its_parts_can_be_written_is_written_at_once():
    text = f"[{'1,' * 50_000}{'[' * 600}1.50{']' * 600}]"
    assert canonical(text) == text.replace("1.50", "1.5")


#: Written without a tree as with one.
IN_PIECES = (
    *(text for text, line in LINES.items() if text[0] in "[{" and line is not None),
    '[1,[2.50,[]],{"a":[{"b":"x, y: [z]"}],"c":{"d":1e3}}, "\\u00e4\\n", null,false , -1.0]',
    f"[{'1,' * 50_000}1]",
)


@pytest.mark.parametrize("text", IN_PIECES)
def test_a_long_text_is_written_as_a_short_one(text: str, monkeypatch):
    monkeypatch.setattr(json_text, "_LONG", 10**9)
    by_tree = one_line(text)
    monkeypatch.setattr(json_text, "_LONG", 0)
    assert one_line(text) == by_tree


def test_of_a_long_text_no_tree_is_made(monkeypatch):
    monkeypatch.setattr(json_text, "_one_line", None)
    text = f'{{"a":[{"1.50," * 20_000}1],"b":"x"}}'
    assert compact(text).count("1.5,") == 20_000


@pytest.mark.parametrize("text", ["[1,[2]", '{"b":1,"a":2}', '{"a":1,"a":2}', "[1]]", '["\\x"]'])
def test_what_cannot_be_written_in_pieces_is_said(text: str):
    with pytest.raises(NotInPiecesError):
        in_pieces(text, str)


#: Texts for which many pieces or a tree are made.
LONG = {
    "pieces": "[" + '"x",' * 50_000 + "1]",
    "an array": "[" + "1," * 50_000 + '{"b":1,"a":2}]',
    "an object": "{" + ",".join(f'"{number}":0' for number in range(50_000)) + "}",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_on_the_way_through_a_long_text_it_is_heard_that_the_statement_must_end(text: str):
    with heard(Must(patience=100)), pytest.raises(SqlError, match="canceled"):
        one_line(text)
