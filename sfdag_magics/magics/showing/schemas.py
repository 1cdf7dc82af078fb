"""What verbs print with `--json`, as JSON Schema. Knows the shapes; `records` makes the values.

A document has exactly the keys that stand here; a test holds each against its schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer"}
_TRUTH: Schema = {"type": "boolean"}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_ANY_OBJECT: Schema = {"type": "object"}
_NULL: Schema = {"type": "null"}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, _NULL]}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _by_name(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _object(keys: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**keys, **(optional or {})},
        "required": [*keys],
        "additionalProperties": False,
    }


_TEXTS = _list(_TEXT)
_TASK_RUN = _object(
    {
        "state": _TEXT,
        "attempt": _WHOLE,
        "query_id": _or_null(_TEXT),
        "started": _or_null(_MOMENT),
        "completed": _or_null(_MOMENT),
        "return_value": _or_null(_TEXT),
        "error_code": _or_null(_TEXT),
        "error_message": _or_null(_TEXT),
        "group": _or_null(_TEXT),
        **dict.fromkeys(("rows_read", "rows_written"), _or_null(_WHOLE)),
    }
)
_SECONDS = _or_null({"type": "number"})
_USUAL = _object(
    {
        "seconds": _SECONDS,
        "tasks": _by_name(_object({"seconds": _SECONDS, "rows_written": _or_null(_WHOLE)})),
    }
)
_GROUP_RUN = _object(
    {
        "state": _TEXT,
        "tasks": _TEXTS,
        "started": _or_null(_MOMENT),
        "completed": _or_null(_MOMENT),
    }
)
_SLOT = _object(
    {
        "start": _MOMENT,
        "end": _MOMENT,
        "state": _TEXT,
        "run": _or_null(_TEXT),
        "is_chosen": _TRUTH,
    }
)
_RUN_KEYS: Mapping[str, Schema] = {
    "graph": _TEXT,
    "root": _TEXT,
    "group_id": _or_null(_TEXT),
    "attempt": _or_null(_WHOLE),
    "state": _or_null(_TEXT),
    **dict.fromkeys(("scheduled", "begun", "started", "completed"), _or_null(_MOMENT)),
    "tasks": _by_name(_TASK_RUN),
}
#: Of a graph that has not run yet they are left out.
_OF_A_RUN: Mapping[str, Schema] = {
    "scheduled_from": _or_null(_TEXT),
    "config": _ANY_OBJECT,
    "differs": _ANY_OBJECT,
    "note": _TEXT,
    "lineage": _or_null(_ANY_OBJECT),
    "slot": _or_null(_list(_MOMENT)),
    "begun_again": _TEXTS,
    "older_code": _TEXTS,
    "groups": _by_name(_GROUP_RUN),
}
_RUN = _object({**_RUN_KEYS, **_OF_A_RUN})
_SCHEDULE: Mapping[str, Schema] = {
    "schedule": _or_null(_TEXT),
    "schedule_state": _or_null(_TEXT),
    "next_run": _or_null(_MOMENT),
}
_LOG = _object(
    {
        "time": _or_null(_MOMENT),
        **dict.fromkeys(("task", "severity", "logger", "message"), _TEXT),
    }
)
_CHANGE = _object({"task": _TEXT, "kind": _TEXT, "details": _TEXTS})
_PLAN: Mapping[str, Schema] = {
    "graph": _TEXT,
    "place": _TEXT,
    "changes": _list(_CHANGE),
    **dict.fromkeys(("edited", "changed_elsewhere", "older_here", "code", "packages"), _TEXTS),
    **dict.fromkeys(("altered_there", "drifted", "in_flight"), _TEXTS),
    "is_empty": _TRUTH,
}
_VERSION = _object(
    {
        "version": _WHOLE,
        "at": _MOMENT,
        **dict.fromkeys(("who", "said"), _TEXT),
        "back_to": _or_null(_WHOLE),
        "tasks": _TEXTS,
    }
)
_SAID = _object({"value": {}, "from": _TEXT})
_PROBLEM = _object({"task": _or_null(_TEXT), "message": _TEXT, "hint": _or_null(_TEXT)})
#: What a command of a shell prints where it ends before there is anything else to tell.
ON_ERROR: Schema = _object(
    {
        "error": _object(
            {
                **dict.fromkeys(("kind", "message"), _TEXT),
                **dict.fromkeys(("place", "hint"), _or_null(_TEXT)),
                "problems": _list(_PROBLEM),
                "exit_code": _WHOLE,
            }
        )
    }
)
_WAY = _object(
    {
        "answers": _by_name(_TEXT),
        "state": _TEXT,
        "attempts": _WHOLE,
        "tasks": _by_name(_object({"state": _TEXT, "why": _TEXT})),
    }
)
_TAKEN = _object({"name": _TEXT, "how": _TEXT, "what": _TEXT, "bytes": _WHOLE})
_DIFFERENCE = _object(
    {
        "topic": _TEXT,
        "what": _TEXT,
        **dict.fromkeys(("first", "second", "default"), _or_null(_TEXT)),
    }
)
_DID = _object(
    {"state": _TEXT, "seconds": _or_null({"type": "number"}), "return_value": _or_null(_TEXT)}
)
_LAST_RUN = _object(
    {key: _RUN_KEYS[key] for key in ("group_id", "attempt", "state", "started", "completed")}
)
_PREVIEW = {"type": "object", "required": ["graph", "group_id", "attempt", "by", "why"]}
_VERB = _object(
    {
        "name": _TEXT,
        "summary": _TEXT,
        "example": _TEXT,
        "options": _ANY_OBJECT,
        "in_shells": _TRUTH,
        **dict.fromkeys(("prints", "prints_on_error"), _ANY_OBJECT),
    }
)

_VERSION_KEYS: Mapping[str, Schema] = {
    **dict.fromkeys(("model", "version", "comment"), _TEXT),
    "created": _or_null(_MOMENT),
    "is_default": _TRUTH,
    "aliases": _TEXTS,
    "metrics": _ANY_OBJECT,
    "made_by": _or_null(
        _object(
            {
                **dict.fromkeys(("run", "graph"), _TEXT),
                **dict.fromkeys(("task", "query_id"), _or_null(_TEXT)),
                "attempt": _WHOLE,
            }
        )
    ),
}
#: All models, one with its versions, one version, a metric of each, and a default that was set.
_MODELS: Schema = {
    "anyOf": [
        _list(_object({"model": _TEXT, "default": _TEXT, "versions": _TEXTS})),
        _object({"model": _TEXT, "versions": _list(_object(_VERSION_KEYS))}),
        _object({**_VERSION_KEYS, "config": _or_null(_ANY_OBJECT), "code": _or_null(_TEXT)}),
        _object(
            {"model": _TEXT, "metric": _TEXT, "values": _by_name(_or_null({"type": "number"}))}
        ),
        _object({"model": _TEXT, "default": _TEXT, "before": _or_null(_TEXT)}),
    ]
}

_LOCAL_STATUS = {
    "type": "object",  # and what the engine tells of itself, where one runs
    "properties": {
        "running": _TRUTH,
        "data": _TEXT,
        "note": _TEXT,
        "disk": _object(
            {
                "bytes": _WHOLE,
                "parts": _by_name(_WHOLE),
                "free_within": _WHOLE,
                "tables": _or_null(_list(_object({"table": _TEXT, "bytes": _WHOLE}))),
            }
        ),
    },
    "required": ["running", "data", "note", "disk"],
}
_CONNECTION = {"type": "object", "required": ["account", "host", "port", "user", "password"]}

_LOCAL_DONE = _object({"did": _TEXT, "data": _TEXT, "done": _TRUTH, "said": _TEXTS})

_VALUE = _object({**dict.fromkeys(("type", "text"), _TEXT), "value": {}})
_NODE = _object({"kind": _TEXT, **dict.fromkeys(("group", "absence"), _or_null(_TEXT))})
_LATER = _object({**dict.fromkeys(("graph", "place", "did", "said"), _TEXT), "done": _TRUTH})

#: `{verb: the schema of its document}`.
DOCUMENTS: Mapping[str, Schema] = {
    "graph": _object({"graph": _TEXT, "tasks": _TEXTS, "options": _ANY_OBJECT}),
    "show": _object(
        {
            "graph": _TEXT,
            "tasks": _by_name(_NODE),
            "edges": _list(_object(dict.fromkeys(("from", "to", "kind"), _TEXT))),
            "run": _or_null(_RUN),
        }
    ),
    "forget": _object({"graph": _TEXT, "tasks": _TEXTS, "said": _TEXT}),
    "session": _object({"target": _TEXT, "place": _TEXT}),
    **dict.fromkeys(("suspend", "resume", "drop"), _LATER),
    "debug": _object(
        {
            **dict.fromkeys(("task", "run"), _TEXT),
            **dict.fromkeys(("error", "raised"), _or_null(_TEXT)),
            "inputs": _by_name(_VALUE),
            "returned": _or_null(_VALUE),
        }
    ),
    "validate": _object(
        {
            "graph": _TEXT,
            "tasks": _TEXTS,
            "problems": _list(_PROBLEM),
            "notes": _TEXTS,
            "not_loaded": _TEXTS,
        }
    ),
    "doctor": _object(
        {
            "place": _TEXT,
            "role": _TEXT,
            "is_well": _TRUTH,
            "is_refused": _TRUTH,
            "lacks": _list(_object({"statement": _TEXT, "who": _TEXT})),
            "problems": _TEXTS,
            "notes": _TEXTS,
        }
    ),
    "simulate": _object({"graph": _TEXT, "ways": _list(_WAY), "notes": _TEXTS}),
    "target": {
        "anyOf": [
            _object({"chosen": _TEXT, "targets": _list(_ANY_OBJECT)}),
            _object({"target": _TEXT, "key": _TEXT, "value": {}, "said": _list(_SAID)}),
        ]
    },
    "plan": _object(_PLAN),
    "deploy": _object({**_PLAN, "is_deployed": _TRUTH}),
    "rollback": {"anyOf": [_object({**_PLAN, "is_deployed": _TRUTH}), _list(_VERSION)]},
    "bundle": _list(
        _object(
            {
                "task": _TEXT,
                "taken": _list(_TAKEN),
                **dict.fromkeys(("packages", "notes", "problems"), _TEXTS),
            }
        )
    ),
    "export": _object(
        {
            "graph": _TEXT,
            "form": _TEXT,
            "text": _TEXT,
            **dict.fromkeys(("needs", "not_carried"), _TEXTS),
            "files": _by_name(_TEXT),
            "written": _or_null(_TEXT),
        }
    ),
    "import": _object(
        {
            "source": _TEXT,
            "graphs": _list(_object({"graph": _TEXT, "tasks": _TEXTS})),
            **dict.fromkeys(("cells", "problems", "not_carried", "notes"), _TEXTS),
            "written": _or_null(_TEXT),
        }
    ),
    "run": _or_null(_RUN),
    "retry": {"anyOf": [_RUN, _PREVIEW, _NULL]},
    "stop": _RUN,
    "backfill": _object(
        {
            **dict.fromkeys(("graph", "schedule", "zone"), _TEXT),
            "slots": _list(_SLOT),
            **dict.fromkeys(("to_run", "left"), _list(_MOMENT)),
            "expected_seconds": _or_null({"type": "number"}),
            "notes": _TEXTS,
            "stopped": _or_null(_TEXT),
        }
    ),
    "status": _object(
        {
            **_RUN_KEYS,
            **_SCHEDULE,
            "continued_by": _TEXTS,
            "usual": _USUAL,
            "missed": _WHOLE,
        },
        _OF_A_RUN,
    ),
    "runs": _list(_RUN),
    "compare": _object(
        {
            "graph": _TEXT,
            "first": _or_null(_TEXT),
            "second": _or_null(_TEXT),
            "differences": _list(_DIFFERENCE),
            "same": _TEXT,
            "tasks": _by_name(_object({"first": _or_null(_DID), "second": _or_null(_DID)})),
        }
    ),
    "logs": _list(_LOG),
    "why": _object(
        {
            "run": _TEXT,
            **dict.fromkeys(("task", "place", "error", "code", "missed"), _or_null(_TEXT)),
            "reason": _TEXT,
            "not_run": _or_null(_TEXTS),
            "others": _TEXTS,
            "changes": _TEXTS,
            "empty": _TEXTS,
            "waits": _TEXT,
            "sql": _or_null(_TEXT),
            "cancelled": _or_null(_object({"by": _TEXT, "at": _or_null(_MOMENT)})),
            "logs": _list(_LOG),
        }
    ),
    "models": _MODELS,
    "trace": _object({"run": _TEXT, "form": _TEXT, "count": _WHOLE, "to": _TEXT}),
    "graphs": _list(
        _object(
            {
                "graph": _TEXT,
                "root": _TEXT,
                "tasks": _TEXTS,
                **_SCHEDULE,
                "last_run": _or_null(_LAST_RUN),
            }
        )
    ),
    "local": {"anyOf": [_LOCAL_STATUS, _CONNECTION, _LOCAL_DONE]},
    **dict.fromkeys(
        ("load", "pull"),
        _object(
            {
                "table": _TEXT,
                "rows": _WHOLE,
                "way": _TEXT,
                "columns": _by_name(_TEXT),
                "notes": _TEXTS,
            }
        ),
    ),
    "version": _object(
        {"version": _TEXT, "python": _TEXT, "target": _TEXT, "engine": _or_null(_ANY_OBJECT)}
    ),
    "help": {"anyOf": [_object({"verbs": _list(_VERB)}), _VERB]},
}
