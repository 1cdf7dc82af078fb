"""The fields of procedures and functions: what a body says in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sfdag_magics.engine.resources.forms.fields import Field, Record, Union, only_told
from sfdag_magics.engine.resources.forms.shapes import (
    AnyObject,
    ListOf,
    Moment,
    Name,
    OneOf,
    Text,
    Truth,
    Whole,
)
from sfdag_magics.sqltext import dollar_quoted, quoted_string, sql_identifier

_TEXTS = ListOf(Text())
_NAMED_TYPE = (Field("name", Name(), required=True), Field("datatype", Text(), required=True))
_ARGUMENT = Record((*_NAMED_TYPE, Field("default_value", Text())))
_RETURN_TYPE = Union(
    by="type",
    kinds={
        "DATATYPE": Record((Field("datatype", Text(), required=True), Field("nullable", Truth()))),
        "TABLE": Record((Field("column_list", ListOf(Record(_NAMED_TYPE))),)),
    },
)
_OF_ALL_LANGUAGES = (
    Field("called_on_null_input", Truth()),
    Field("is_volatile", Truth()),
)
_OF_CODE = (
    *_OF_ALL_LANGUAGES,
    Field("runtime_version", Text()),
    Field("packages", _TEXTS),
    Field("imports", _TEXTS),
    Field("handler", Text()),
    Field("external_access_integrations", _TEXTS),
    Field("secrets", AnyObject()),
    Field("target_path", Text()),
    Field("artifact_repository", Text()),
)
_LANGUAGE = Union(
    by="language",
    kinds={
        "PYTHON": Record(_OF_CODE),
        "JAVA": Record(_OF_CODE),
        "SCALA": Record(_OF_CODE),
        "JAVASCRIPT": Record(_OF_ALL_LANGUAGES),
        "SQL": Record(_OF_ALL_LANGUAGES),
    },
)
_COMMON = (
    Field("name", Name(), required=True),
    Field("is_secure", Truth()),
    Field("arguments", ListOf(_ARGUMENT), required=True),
    Field("return_type", _RETURN_TYPE, required=True),
    Field("language_config", _LANGUAGE, required=True),
    Field("comment", Text()),
    Field("body", Text()),
    only_told("created_on", Moment()),
    only_told("schema_name", Name()),
    only_told("database_name", Name(), "catalog_name"),
    only_told("min_num_arguments", Whole()),
    only_told("max_num_arguments", Whole()),
    only_told("owner", Text()),
    only_told("owner_role_type", Text()),
    only_told("is_builtin", Truth()),
)
PROCEDURE = (*_COMMON, Field("execute_as", OneOf(("CALLER", "OWNER"))))
FUNCTION = (
    *_COMMON,
    Field("is_temporary", Truth()),
    Field("is_aggregate", Truth()),
    Field("is_memoizable", Truth()),
    only_told("is_table_function", Truth()),
    only_told("valid_for_clustering", Truth()),
)


def signature(body: Mapping[str, Any]) -> str:
    """The arguments, as they follow the name."""
    return f"({', '.join(map(_argument, body['arguments']))})"


def _argument(argument: Mapping[str, Any]) -> str:
    default = f" DEFAULT {argument['default_value']}" if "default_value" in argument else ""
    return f"{sql_identifier(argument['name'])} {argument['datatype']}{default}"


def clauses(body: Mapping[str, Any]) -> list[str]:
    """What follows the signature."""
    return [*_returned(body["return_type"]), *_language(body["language_config"]), *_rest(body)]


def _returned(returned: Mapping[str, Any]) -> Iterator[str]:
    if returned["type"] == "TABLE":
        columns = [
            f"{sql_identifier(each['name'])} {each['datatype']}"
            for each in returned.get("column_list", ())
        ]
        yield f"RETURNS TABLE ({', '.join(columns)})"
        return
    yield f"RETURNS {returned['datatype']}"
    if returned.get("nullable") is False:
        yield "NOT NULL"


def _language(config: Mapping[str, Any]) -> Iterator[str]:
    yield f"LANGUAGE {config['language']}"
    for name in ("runtime_version", "handler", "target_path", "artifact_repository"):
        if name in config:
            yield f"{name.upper()} = {quoted_string(config[name])}"
    for name in ("packages", "imports"):
        if name in config:
            yield f"{name.upper()} = ({', '.join(map(quoted_string, config[name]))})"
    if config.get("external_access_integrations"):
        names = ", ".join(config["external_access_integrations"])
        yield f"EXTERNAL_ACCESS_INTEGRATIONS = ({names})"
    if config.get("secrets"):
        pairs = ", ".join(
            f"{quoted_string(key)} = {value}" for key, value in config["secrets"].items()
        )
        yield f"SECRETS = ({pairs})"
    if "called_on_null_input" in config:
        called = config["called_on_null_input"]
        yield "CALLED ON NULL INPUT" if called else "RETURNS NULL ON NULL INPUT"
    if "is_volatile" in config:
        yield "VOLATILE" if config["is_volatile"] else "IMMUTABLE"


def _rest(body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("is_memoizable"):
        yield "MEMOIZABLE"
    if "comment" in body:
        yield f"COMMENT = {quoted_string(body['comment'])}"
    if "execute_as" in body:
        yield f"EXECUTE AS {body['execute_as']}"
    if "body" in body:
        yield f"AS {dollar_quoted(body['body'])}"
