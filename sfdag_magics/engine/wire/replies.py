"""What is sent back: Snowflake's JSON around results, errors and logins. Knows the field names.

A failed statement is HTTP 200 with `success: false`; any 5xx would make clients retry for minutes.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sfdag_magics.engine.borders.answers import FileTransfer, Result, SqlError, StatementType
from sfdag_magics.engine.borders.changed_rows import changed_rows
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.wire.door import STAGES_PATH
from sfdag_magics.engine.wire.encoding.arrow_rows import arrow_stream
from sfdag_magics.engine.wire.encoding.chunks import in_chunks
from sfdag_magics.engine.wire.encoding.columns import MAX_TEXT_LENGTH, row_type
from sfdag_magics.engine.wire.encoding.json_rows import json_rows
from sfdag_magics.light_classes import dataclass

Reply = dict[str, Any]

IN_PROGRESS = "333333"
IN_PROGRESS_ASYNCHRONOUSLY = "333334"
SESSION_EXPIRED = "390112"  # the connector then asks for a new session token
LOGIN_EXPIRED = "390114"  # the connector then gives up and says so
FENCED = (
    "What this process was started for has ended: its task was cut off, given up or stopped, or the"
    " engine that started it is gone. Nothing that it does from here on takes effect."
)
BAD_REQUEST = "390400"
OBJECT_MISSING_AT_LOGIN = "390201"

# Four hours, as Snowflake has it; clients derive the pace of their heartbeat from it.
MASTER_VALIDITY_S = 4 * 3600
SESSION_VALIDITY_S = 3600

#: Session parameters that clients act on and that are the protocol's to decide, not the user's.
PROTOCOL_PARAMETERS: Mapping[str, Any] = {
    # 0: array bindings come inline. Through a stage they would be a second way to the same rows.
    "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": 0,
    # Nothing is reported to anybody from a local engine.
    "CLIENT_TELEMETRY_ENABLED": False,
    "QUERY_CONTEXT_CACHE_SIZE": 5,
    "SERVICE_NAME": "",
    "VARCHAR_AND_BINARY_MAX_SIZE_IN_RESULT": MAX_TEXT_LENGTH,
}
#: Those repeated with every result, because cursors keep their own copy.
_FORMATS = ("_OUTPUT_FORMAT", "TIMEZONE")

#: More bytes than a file can have.
_NEVER_IN_PARTS = 2**62

_DML = {
    StatementType.DML,
    StatementType.INSERT,
    StatementType.UPDATE,
    StatementType.DELETE,
    StatementType.MERGE,
}


def success(data: object = None, *, code: str | None = None, message: str | None = None) -> Reply:
    """An answer that went well."""
    return {"data": data, "code": code, "message": message, "success": True}


def failure(code: str, message: str, data: object = None) -> Reply:
    """An answer that did not; `code` is six digits."""
    return {"data": data, "code": code, "message": message, "success": False}


def sql_failure(error: SqlError, query_id: str | None = None) -> Reply:
    """A statement's failure."""
    code = f"{error.code:06d}"
    return failure(
        code,
        error.message,
        {
            "internalError": False,
            "errorCode": code,
            "sqlState": error.sqlstate,
            "queryId": query_id,
            "age": 0,
            "line": -1,
            "pos": -1,
            "type": "COMPILATION",
        },
    )


def in_progress(query_id: str, code: str) -> Reply:
    """Not done yet; `getResultUrl` is where to wait for it."""
    data = {
        "queryId": query_id,
        "getResultUrl": f"/queries/{query_id}/result",
        "queryAbortsAfterSecs": 172_800,
    }
    return success(data, code=code, message="Query execution in progress.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """How a client comes to parts of results, and to files.

    Attributes:
        address: where it reaches this engine, `http://127.0.0.1:21234`.
        token: what opens them to it.
        sends_files: whether it carries files by HTTP, and not from disk to disk.
    """

    address: str
    token: str
    sends_files: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client said about the result it wants.

    Attributes:
        way_in: asked for where the reply is not all: few replies have anything to fetch.
    """

    as_json: bool
    described: bool = False
    way_in: Callable[[], WayIn]


def query_result(result: Result, *, query_id: str, session: SqlSession, asked: Asked) -> Reply:
    """A statement's result; where only its columns were asked for, those."""
    data: Reply = {
        "parameters": _parameters(session, only=_FORMATS),
        "queryId": query_id,
        "sqlState": "00000",
        "databaseProvider": None,
        "finalDatabaseName": session.database,
        "finalSchemaName": session.schema,
        "finalWarehouseName": session.warehouse,
        "finalRoleName": session.role,
        "numberOfBinds": 0,
        "arrayBindSupported": result.statement_type in _DML,
        "statementTypeId": int(result.statement_type),
        "version": 1,
        "sendResultTime": int(time.time() * 1000),
    }
    if result.transfer is not None and not asked.described:
        # No columns: clients then have their own of what they carried out.
        return success(data | _transfer(result.transfer, asked.way_in()))
    described = {
        "rowtype": [row_type(column) for column in result.columns],
        "total": result.rows.num_rows,
        "returned": result.rows.num_rows,
    }
    return success(data | described | _rows(result, query_id, asked) | _statistics(result))


def statements_result(query_ids: Sequence[str], types: Sequence[int], reply: Reply) -> Reply:
    """`reply` for a text of several statements, whose results are fetched one by one."""
    reply["data"]["resultIds"] = ",".join(query_ids)
    reply["data"]["resultTypes"] = ",".join(str(kind) for kind in types)
    return reply


def _rows(result: Result, query_id: str, asked: Asked) -> Reply:
    # Snowflake sends all but queries as JSON; the connector counts a DML's rows from there.
    as_json = asked.as_json or result.statement_type is not StatementType.SELECT
    if result.in_file:
        way_in = asked.way_in()
        address = f"{way_in.address}/queries/{query_id}/chunks"
        headers = {"Authorization": f'Snowflake Token="{way_in.token}"'}
        return in_chunks(result, as_json=as_json, address=address, headers=headers)
    if as_json:
        return {"rowset": json_rows(result), "queryResultFormat": "json"}
    # An empty result is an empty text: the connector fails on an empty Arrow batch.
    stream = arrow_stream(result, is_all=True) if result.rows.num_rows else b""
    return {"rowsetBase64": base64.b64encode(stream).decode(), "queryResultFormat": "arrow"}


def _statistics(result: Result) -> Reply:
    if result.statement_type not in _DML or result.rows_affected is None:
        return {}
    changed = changed_rows(result)
    stats = {
        "numRowsInserted": changed.inserted,
        "numRowsUpdated": changed.updated,
        "numRowsDeleted": changed.deleted,
    }
    # What a statement does not do is none, not unknown.
    return {"stats": {**stats, "numDmlDuplicates": 0}}


def _transfer(transfer: FileTransfer, way_in: WayIn) -> Reply:
    """PUT or GET, which clients carry out themselves (`file_transfer_agent.py`)."""
    reply: Reply = {
        "command": "UPLOAD" if transfer.upload else "DOWNLOAD",
        "operation": "Node",
        "parallel": transfer.parallel,
        "autoCompress": transfer.auto_compress,
        "overwrite": transfer.overwrite,
        "sourceCompression": transfer.source_compression,
        "clientShowEncryptionParameter": False,
        "encryptionMaterial": None,
    }
    if transfer.local_path is not None:
        reply["localLocation"] = transfer.local_path
    by_http = way_in.sends_files
    return reply | (_by_http(transfer, way_in) if by_http else _on_this_disk(transfer))


def _on_this_disk(transfer: FileTransfer) -> Reply:
    """Where a client reads and writes that reaches the disk."""
    stage: Reply = {
        "locationType": "LOCAL_FS",
        "location": str(transfer.directory()),
        "path": "",
        "creds": {},
        "region": None,
        "storageAccount": None,
        "isClientSideEncrypted": False,
    }
    return {
        "src_locations": list(transfer.sources),
        "threshold": 200 * 1024 * 1024,
        "stageInfo": stage,
    }


def _by_http(transfer: FileTransfer, way_in: WayIn) -> Reply:
    """Where a client sends and fetches that does not: a cloud's storage (`staged_files`)."""
    stage: Reply = {
        "locationType": "GCS",
        "location": f"{transfer.stage_id}/{transfer.prefix}",
        "path": "",
        "endPoint": f"{way_in.address}{STAGES_PATH}",
        "creds": {"GCS_ACCESS_TOKEN": way_in.token},
        "region": "",
        "storageAccount": None,
        "isClientSideEncrypted": False,
    }
    # One pattern: it looks itself for what is there. In one piece: no line breaks here.
    return {
        "src_locations": [transfer.pattern] if transfer.upload else list(transfer.sources),
        "threshold": _NEVER_IN_PARTS,
        "stageInfo": stage,
    }


def login_result(session: SqlSession, *, token: str, master_token: str) -> Reply:
    """A new session."""
    return success(
        {
            "token": token,
            "masterToken": master_token,
            "validityInSeconds": SESSION_VALIDITY_S,
            "masterValidityInSeconds": MASTER_VALIDITY_S,
            "displayUserName": session.user,
            "serverVersion": "9.0.0",
            "firstLogin": False,
            "healthCheckInterval": 45,
            "sessionId": _session_id(session),
            "parameters": _parameters(session),
            "sessionInfo": {
                "databaseName": session.database,
                "schemaName": session.schema,
                "warehouseName": session.warehouse,
                "roleName": session.role,
            },
        }
    )


def renewed(session: SqlSession, *, token: str, master_token: str) -> Reply:
    """New tokens for a session."""
    return success(
        {
            "sessionToken": token,
            "masterToken": master_token,
            "validityInSecondsST": SESSION_VALIDITY_S,
            "validityInSecondsMT": MASTER_VALIDITY_S,
            "sessionId": _session_id(session),
        }
    )


def _session_id(session: SqlSession) -> int | str:
    return int(session.id) if session.id.isdecimal() else session.id


def _parameters(session: SqlSession, *, only: tuple[str, ...] = ("",)) -> list[Reply]:
    merged = {**session.parameters, **PROTOCOL_PARAMETERS}
    return [{"name": name, "value": value} for name, value in merged.items() if name.endswith(only)]
