"""Elements and fields of a VARIANT, by written and by computed keys and places."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.engine.sql.conftest import Asker

#: What a field may be called, and a path is not to be taken apart at.
NAMES = (*("k", "A b", "a.b", "p/q", "$m", "*", "[0]", "0", "", "it's", 'say "x"', "é"),)

_ROW = """from (select parse_json('{"a":{"b":[1,{"c":"x"}],"n":2.5},"t":true,"z":null}') as v,
    parse_json('[1,[2,3],"q",null]') as w, 2 as i, 'a' as k)"""
#: An expression and its value.
VALUES: dict[str, Any] = {
    "v:a.b[0]": "1",
    "v:a:b[1].c": '"x"',
    "v:a.b[1].c::varchar": "x",
    "upper(v:a.b[1].c)": "X",
    "v:a.n::float + 1": 3.5,
    "v:a.n::int + 1": 4,
    "v:a.b[0] * 2 - 1": 1.0,
    "v:a.n = 2.5 and v:t": True,
    "not v:t": False,
    "v:z": "null",
    "v:z::varchar": None,
    "v:nope is null": True,
    "v['a']['n']": "2.5",
    "v['a']['n']::float": 2.5,
    "v['a.n']": None,
    "v['A']": None,
    "upper(v['a']['b'][1]['c'])": "X",
    "w[0]": "1",
    "w[1][1] + 1": 4.0,
    "w[2]::varchar": "q",
    "w[3]": "null",
    "w[9]": None,
    "w['0']": None,
    "v[0]": None,
    "v['a'].b[1].c::varchar": "x",
    "v['a'].b[1]:c": '"x"',
    "v['a'].\"b\"[0] + 1": 2.0,
    "v['a'].B": None,
    "w[1].k": None,
    "w[i]": '"q"',
    "w[i - 1][0]": "2",
    "v[k]['n']": "2.5",
    "v[k || '.n']": None,
    "get(w, i)": '"q"',
    "get_path(v, 'a.b[1].c')": '"x"',
    "split('a,b', ',')[1] || 'x'": "bx",
}


@pytest.mark.parametrize("expression", VALUES)
def test_an_expression_has_snowflakes_value(calculator: Asker, expression: str):
    assert calculator(f"select {expression} {_ROW}") == [(VALUES[expression],)]


@pytest.mark.parametrize("form", ["v[{}]", "get(v, {})", "v[lower({}) || '']"])
def test_a_field_may_be_called_anything(calculator: Asker, form: str):
    object_ = json.dumps({name.lower(): place for place, name in enumerate(NAMES)})
    named = [f"'{name.lower()}'".replace("it's", "it''s") for name in NAMES]
    read = ", ".join(form.format(name) for name in named)
    asked = f"select {read} from (select parse_json(column1) v from values (?))"
    assert calculator(asked, object_) == [tuple(str(place) for place, _ in enumerate(NAMES))]
