"""What a query's body must have, and how it is told what is wrong with it."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.wire.query_request import BadRequestError, query_request


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{}", "sqlText: a text is needed"),
        (b'{"sqlText": 1}', "sqlText: a text is needed"),
        (rb'{"sqlText": "select \ud800"}', "sqlText: character 8 is half of a surrogate pair"),
        (b"[", "not JSON"),
    ],
)
def test_a_text_is_needed(body: bytes, said: str):
    with pytest.raises(BadRequestError, match=said):
        query_request(body, {})


def test_a_pair_is_one_character():
    assert query_request(rb'{"sqlText": "\ud83d\ude00"}', {}).text == "\U0001f600"
