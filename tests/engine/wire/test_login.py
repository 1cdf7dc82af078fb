"""A login with what no client sends is refused by name."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from sfdag_magics.engine.wire.login_request import login_options
from sfdag_magics.engine.wire.query_request import BadRequestError

from .fakes import request

ODD = {
    "parameters are a list": (
        {"SESSION_PARAMETERS": [1]}, {}, "SESSION_PARAMETERS: an object is needed",
    ),
    "parameters are a text": (
        {"SESSION_PARAMETERS": "x"}, {}, "SESSION_PARAMETERS: an object is needed",
    ),
    "a parameter is a list": (
        {"SESSION_PARAMETERS": {"TIMEZONE": ["UTC"]}}, {}, "SESSION_PARAMETERS: TIMEZONE is a text",
    ),
    "a parameter is named oddly": (
        {"SESSION_PARAMETERS": {"A\0B": 1}}, {}, "SESSION_PARAMETERS: 'A\\x00B' has characters",
    ),
    "the user is a number": ({"LOGIN_NAME": 7}, {}, "LOGIN_NAME: a text is needed"),
    "NUL in the user": ({"LOGIN_NAME": "a\0"}, {}, "LOGIN_NAME: 'a\\x00' has characters"),
    "NUL in the role": ({}, {"roleName": "a\0b"}, "roleName: 'a\\x00b' has characters"),
    "NUL in the database": ({}, {"databaseName": "\0"}, "databaseName: "),
    "NUL in the schema": ({}, {"schemaName": '"\0"'}, "schemaName: "),
    "a line end in the warehouse": ({}, {"warehouse": "a\nb"}, "warehouse: "),
    "half a character in the user": ({"LOGIN_NAME": "\ud800"}, {}, "LOGIN_NAME: "),
    "a name of 300 characters": ({}, {"roleName": "r" * 300}, "roleName: a name has at most 255"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_an_odd_field_is_named(engine, name):
    data, names, told = ODD[name]
    path = f"/session/v1/login-request?{urlencode(names)}"
    answer = request(engine, path, body={"data": data | {"PASSWORD": engine.token}})
    assert answer["success"] is False
    assert answer["code"] == "390400"
    assert told in answer["message"]
    assert engine.opened == []


def test_what_is_left_out_has_a_default():
    options = login_options(b"{}", {})
    assert (options.user, options.role, options.database) == ("SFDAG", "ACCOUNTADMIN", None)
    assert options.parameters == {}


def test_names_come_as_they_are_stored():
    body = json.dumps({"data": {"LOGIN_NAME": "me", "SESSION_PARAMETERS": {"query_tag": "x"}}})
    names = {"databaseName": "db", "schemaName": '"s p"', "roleName": "ünï", "warehouse": "1 x"}
    options = login_options(body.encode(), names)
    assert (options.user, options.database, options.schema) == ("ME", "DB", "s p")
    assert (options.role, options.warehouse) == ("ünï", "1 x")
    assert options.parameters == {"QUERY_TAG": "x"}


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b"null", b'{"data": []}'])
def test_a_body_that_is_no_object_is_refused(body):
    with pytest.raises(BadRequestError, match=r"the request's body is not|data: an object"):
        login_options(body, {})
