"""The room fuzzed: whatever is sent, nothing is a server error, and each answer is one of its kind.

Calls are made up from the room's own tables (`described.py`), such as they allow and such as they
do not; what is answered with 200 is read by snowflake.core's models, which are made from
Snowflake's own descriptions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from typing import Any

import pytest
import schemathesis
import snowflake.connector
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from sfdag_magics.engine.resources.all_operations import OPERATIONS
from tests.engine.resources.described import document

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of what makes the calls up
]
#: What there is to ask for; nothing that is made up drops the database or schema of it.
NAMES = {
    "database": ["FUZZED"],
    "schema": ["S"],
    "name": ["T", "V", "STAGE1", "TASK1", "TAG1", "SEQ1", "other"],
    "/api/v2/databases/{name} name": ["D1", "d2"],
    "/api/v2/databases/{database}/schemas/{name} name": ["S1", "s2"],
    "nameWithArgs": ["F(NUMBER)", "p()", "none(VARCHAR, NUMBER)"],
    "granteeType": ["role", "user", "database-role", "other"],
    "granteeName": ["SYSADMIN", "other", "not one"],
    "securableType": ["database", "account", "table", "other"],
    "securableName": ["FUZZED", "FUZZED.S.T", "-"],
    "bulkGrantType": ["all", "future"],
    "securableTypePlural": ["tables", "schemas", "others"],
    "scopeType": ["database", "schema"],
    "scopeName": ["FUZZED", "FUZZED.S", "-"],
    "privilege": ["usage", "CREATE TABLE", "no;ne"],
    "result_handler": ["01b66701-0000-001c-0000-0030000b9152"],
}
MADE = (
    "create or replace database FUZZED",
    "create schema S",
    "create table T(a int not null, b varchar default 'x')",
    "create view V as select a from T",
    "create stage STAGE1",
    "create task TASK1 schedule = '10 MINUTES' as select 1",
    "create tag TAG1",
    "create sequence SEQ1",
)
#: The module of the client and its model, by the last word of a path without its action.
MODELS = {
    "databases": ("database", "Database"),
    "schemas": ("schema", "Schema"),
    "tables": ("table", "Table"),
    "views": ("view", "View"),
    "stages": ("stage", "Stage"),
    "files": ("stage", "StageFile"),
    "tasks": ("task", "Task"),
    "dependents": ("task", "Task"),
    **dict.fromkeys(("current-graphs", "current_graphs"), ("task", "TaskRun")),
    **dict.fromkeys(("complete-graphs", "complete_graphs"), ("task", "TaskRun")),
    "sequences": ("sequence", "Sequence"),
    "streams": ("stream", "Stream"),
    "tags": ("tag", "Tag"),
    "procedures": ("procedure", "Procedure"),
    "user-defined-functions": ("user_defined_function", "UserDefinedFunction"),
    "warehouses": ("warehouse", "Warehouse"),
    "roles": ("role", "Role"),
    "users": ("user", "User"),
    "grants-of": ("role", "GrantOf"),
    "grants-on": ("role", "GrantOn"),
    "database-roles": ("database_role", "DatabaseRole"),
}
#: By whose they are; those of the older resource are nobody's.
GRANTS = {"roles": "role", "users": "user", "database-roles": "database_role"}
ERROR = {"message", "code", "error_code", "request_id"}


def operations() -> list[Any]:
    """All operations, as what makes calls up knows them."""
    schema = schemathesis.openapi.from_dict(document(OPERATIONS, NAMES))
    return [result.ok() for result in schema.get_all_operations()]


@pytest.fixture(scope="module")
def address(parameters) -> Iterator[tuple[str, dict[str, str]]]:
    """Where the engine is, and who asks."""
    with closing(snowflake.connector.connect(**parameters)) as connection:
        for text in MADE:
            connection.cursor().execute(text)
        token = f'Snowflake Token="{connection.rest.token}"'
        yield f"http://127.0.0.1:{parameters['port']}", {"Authorization": token}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("operation", operations(), ids=lambda each: each.label)
def test_no_call_is_a_server_error_and_each_answer_is_of_its_kind(address, operation, mode):
    url, headers = address

    @settings(
        max_examples=5, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case):
        answer = case.call(base_url=url, headers={**(case.headers or {}), **headers})
        assert answer.status_code < 500, answer.text
        assert "x-snowflake-request-id" in {name.lower() for name in answer.headers}
        if answer.status_code >= 400:
            assert set(answer.json()) == ERROR, answer.text
        elif case.method == "GET":
            read(case.path, answer.json())

    check()


def read(path: str, told: Any) -> None:
    """Read an answer by the client's model of it; those that are no resource have their words."""
    if path.endswith(":get-tags"):
        assert all({"tag_name", "tag_value"} <= set(each) for each in told)
        return
    words = [word for word in path.split("/") if not word.startswith("{")]
    if words[-1] == "results":
        assert set(told) == {"status"}
        return
    if words[-1] in ("grants", "future-grants"):
        room, name = GRANTS.get(words[-2], "grant"), "Grant"
    else:
        room, name = MODELS[words[-1]]
    model = getattr(import_module(f"snowflake.core.{room}._generated.models"), name)
    for each in told if isinstance(told, list) else [told]:
        model.from_dict(each)
