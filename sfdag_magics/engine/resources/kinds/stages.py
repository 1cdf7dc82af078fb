"""Stages and the files in them: their operations as statements, and rows as bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfdag_magics.engine.resources.forms.fields import (
    Field,
    Record,
    Union,
    only_told,
    properties,
    told,
)
from sfdag_magics.engine.resources.forms.looking import one_shown
from sfdag_magics.engine.resources.forms.operations import (
    CREATE_MODE,
    IF_EXISTS,
    IN_SCHEMA,
    LIKE,
    Call,
    Operation,
    creation,
    drop,
    filters,
    schema_scope,
)
from sfdag_magics.engine.resources.forms.shapes import Moment, Name, OneOf, Text, Truth
from sfdag_magics.sqltext import quoted_string

_STAGES = f"{IN_SCHEMA}/stages"
_STAGE = f"{_STAGES}/{{name}}"
_ENCRYPTIONS = (
    "SNOWFLAKE_FULL",
    "SNOWFLAKE_SSE",
    "AWS_CSE",
    "AWS_SSE_S3",
    "AWS_SSE_KMS",
    "GCS_SSE_KMS",
    "AZURE_CSE",
    "NONE",
)
_CREDENTIALS = Union(
    by="credential_type",
    kinds={
        "AWS": Record(
            (
                Field("aws_key_id", Text(), "AWS_KEY_ID"),
                Field("aws_secret_key", Text(), "AWS_SECRET_KEY"),
                Field("aws_token", Text(), "AWS_TOKEN"),
                Field("aws_role", Text(), "AWS_ROLE"),
            )
        ),
        "AZURE": Record((Field("azure_sas_token", Text(), "AZURE_SAS_TOKEN"),)),
    },
)
_ENCRYPTION = Record(
    (
        Field("type", OneOf(_ENCRYPTIONS), "TYPE"),
        Field("master_key", Text(), "MASTER_KEY"),
        Field("kms_key_id", Text(), "KMS_KEY_ID"),
    )
)
_DIRECTORY = Record(
    (
        Field("enable", Truth(), "ENABLE"),
        Field("refresh_on_create", Truth(), "REFRESH_ON_CREATE"),
        Field("auto_refresh", Truth(), "AUTO_REFRESH"),
        Field("notification_integration", Name(), "NOTIFICATION_INTEGRATION"),
    )
)
_FIELDS = (
    Field("name", Name(), required=True),
    Field("kind", OneOf(("PERMANENT", "TEMPORARY"))),
    Field("url", Text(), "URL"),
    Field("endpoint", Text(), "ENDPOINT"),
    Field("storage_integration", Name(), "STORAGE_INTEGRATION"),
    Field("credentials", _CREDENTIALS, "CREDENTIALS"),
    Field("encryption", _ENCRYPTION, "ENCRYPTION"),
    Field("directory_table", _DIRECTORY, "DIRECTORY"),
    Field("comment", Text(), "COMMENT"),
    only_told("created_on", Moment()),
    only_told("has_credentials", Truth()),
    only_told("has_encryption_key", Truth()),
    only_told("owner", Text()),
    only_told("owner_role_type", Text()),
    only_told("region", Text()),
    only_told("cloud", Text()),
)
_FILE = (
    only_told("name", Text()),
    only_told("size", Text()),
    only_told("md5", Text()),
    only_told("last_modified", Text()),
)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    body = told(_FIELDS, row)
    temporary = "TEMPORARY" in str(row.get("type"))
    enabled = str(row.get("directory_enabled")).upper() in ("Y", "TRUE")
    kind = "TEMPORARY" if temporary else "PERMANENT"
    return {**body, "kind": kind, "directory_table": {"enable": enabled}}


def _created(call: Call) -> dict[str, str]:
    temporary = "TEMPORARY" if call.body.get("kind") == "TEMPORARY" else ""
    name = call.inside(call.body["name"])
    said = properties(_FIELDS, call.body)
    return call.done(creation(call, "STAGE", name, said, modifiers=temporary))


def _listed(call: Call) -> list[dict[str, Any]]:
    return [_told(row) for row in call.rows(f"SHOW STAGES{filters(call, schema_scope(call))}")]


def _fetched(call: Call) -> dict[str, Any]:
    return _told(one_shown(call, "STAGE", schema_scope(call)))


def _files(call: Call) -> list[dict[str, Any]]:
    pattern = call.query.get("pattern")
    matching = f" PATTERN = {quoted_string(pattern)}" if pattern is not None else ""
    rows = call.rows(f"LIST @{call.target.sql()}{matching}")
    return [told(_FILE, row) for row in rows]


OPERATIONS = (
    Operation(method="GET", path=_STAGES, carry_out=_listed, query=(LIKE,)),
    Operation(
        method="POST", path=_STAGES, carry_out=_created, query=(CREATE_MODE,), body=Record(_FIELDS)
    ),
    Operation(method="GET", path=_STAGE, carry_out=_fetched),
    Operation(
        method="DELETE",
        path=_STAGE,
        carry_out=lambda call: drop(call, "STAGE", call.target.sql()),
        query=(IF_EXISTS,),
    ),
    Operation(
        method="GET",
        path=f"{_STAGE}/files",
        carry_out=_files,
        query=(Field("pattern", Text()),),
    ),
)
