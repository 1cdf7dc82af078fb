"""PARSE_URL: what an address is made of."""

from __future__ import annotations

import json

import pytest

from tests.engine.sql.conftest import Asker, in_every_form

_KEYS = ("fragment", "host", "parameters", "path", "port", "query", "scheme")
#: Snowflake docs: PARSE_URL, and what follows from its rules.
PARTS = {
    "https://www.snowflake.com/": (None, "www.snowflake.com", None, "", None, None, "https"),
    "http://USER:PASS@EXAMPLE.INT:4345/HELLO.PHP?USER=1": (
        *(None, "USER:PASS@EXAMPLE.INT", {"USER": "1"}, "HELLO.PHP", "4345", "USER=1", "http"),
    ),
    "mailto:abc@xyz.com": (None, None, None, "abc@xyz.com", None, None, "mailto"),
    "https://h/p/q?a=1&b=2&b=3=4&c#part": (
        *("part", "h", {"a": "1", "b": "3=4", "c": ""}, "p/q", None, "a=1&b=2&b=3=4&c", "https"),
    ),
}


@pytest.mark.parametrize("url", PARTS)
def test_an_address_is_taken_apart(calculator: Asker, url: str) -> None:
    [found] = in_every_form(calculator, "parse_url", f"'{url}'")
    assert json.loads(found) == dict(zip(_KEYS, PARTS[url], strict=True))


def test_what_is_no_address_is_an_error_or_says_so(calculator: Asker) -> None:
    assert "scheme not specified" in calculator.error("select parse_url('www.x.com')").message
    assert calculator("select parse_url('www.x.com', 1):error::varchar, parse_url(null)") == [
        ("scheme not specified", None)
    ]
