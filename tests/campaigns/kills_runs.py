"""Runs, a stream and REST while the engine is killed: each run once, each change once, each object.

Each for a session of its own. A run says its key in two tasks, a stream is read for good into a
table, and a REST call that was cut off is asked for before it is made again, as a program must.
"""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.campaigns.kills_load import Client

#: What must be there before the load begins.
SETUP = (
    "create table ran (what varchar)",
    "create table taken (k int)",
    "create stream changes on table rows_",
)
_TAKE = "insert into taken select k from changes where metadata$action = 'INSERT'"
_CONFIG = "SYSTEM$GET_TASK_GRAPH_CONFIG('key')"
_SCHEMA = "/api/v2/databases/SFDAG/schemas/PUBLIC"
_LOOK_S = 0.05
#: Nothing that is asked for by REST takes so long in an engine that lives.
_ANSWER_S = 20.0
_NOT_THERE = (http.client.UNAUTHORIZED, 0)


def ran(client: Client) -> Sequence[int]:
    """A run of this thread's graph, to its end: one that waits is replaced by the next."""
    [key] = client.keys(1)
    root = f"sfdag.public.runs_{client.number}"
    client.run(f"create task if not exists {root} as insert into ran select 'root ' || {_CONFIG}")
    client.run(
        f"create task if not exists {root}_below after {root}"
        f" as insert into ran select 'below ' || {_CONFIG}"
    )
    client.run(f"alter task {root}_below resume")
    client.run(f'execute task {root} using config = $${{"key": "{key}"}}$$')
    client.told.runs.add(key)
    current = (
        "select count(*) from table(information_schema.current_task_graphs())"
        f" where root_task_name = 'RUNS_{client.number}'"
    )
    while client.answer(current) != [(0,)]:
        time.sleep(_LOOK_S)
    return []


def taken(client: Client) -> Sequence[int]:
    """What the stream shows, read for good."""
    client.run(_TAKE)
    return []


def by_rest(client: Client) -> Sequence[int]:
    """A table that stays and one that goes."""
    [key] = client.keys(1)
    for name in (f"REST_{key}", f"GONE_{key}"):
        _made_by_rest(client, name)
    _gone_by_rest(client, f"GONE_{key}")
    client.told.made["tables"].add(f"REST_{key}")
    client.told.dropped.add(f"GONE_{key}")
    return []


def _made_by_rest(client: Client, name: str) -> None:
    body = {"name": name, "columns": [{"name": "a", "datatype": "int"}]}
    was_cut_off = False
    while True:
        status = _asked(client, "POST", f"{_SCHEMA}/tables?createMode=errorIfExists", body)
        if status == http.client.OK or (was_cut_off and status == http.client.CONFLICT):
            return
        was_cut_off |= _is_cut_off(client, f"POST {name}", status)


def _gone_by_rest(client: Client, name: str) -> None:
    was_cut_off = False
    while True:
        status = _asked(client, "DELETE", f"{_SCHEMA}/tables/{name}")
        if status == http.client.OK or (was_cut_off and status == http.client.NOT_FOUND):
            return
        was_cut_off |= _is_cut_off(client, f"DELETE {name}", status)


def _is_cut_off(client: Client, what: str, status: int) -> bool:
    """Whether the engine died over it; after that the session is there again."""
    if status not in _NOT_THERE:
        raise RuntimeError(f"{what} answers {status}")
    client.run("select 1")
    return status == 0


def _asked(client: Client, method: str, path: str, body: Mapping[str, Any] | None = None) -> int:
    """The status of the answer; 0 where none came."""
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=_ANSWER_S)
    headers = {
        "Authorization": f'Snowflake Token="{client.token}"',
        "Content-Type": "application/json",
    }
    try:
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
    return answer.status


def wrong_runs(cursor: Any, keys: set[int]) -> tuple[list[str], list[str], int]:
    """What runs did not do, what they did twice, and how many were stopped as too often killed."""
    cursor.execute("select what from ran")
    counts = Counter(what for (what,) in cursor.fetchall())
    cursor.execute(
        "select parse_json(config):key::int from"
        " table(information_schema.task_history(result_limit => 10000)) where error_code = 2"
    )
    stopped = {key for (key,) in cursor.fetchall()}
    whole = keys - stopped
    lost = [f"{task} {key}" for key in whole for task in ("root", "below")]
    return (
        [what for what in lost if not counts[what]],
        [what for what, count in counts.items() if count > 1],
        len(stopped),
    )


def wrong_changes(cursor: Any) -> tuple[list[int], list[int]]:
    """The keys that the stream never showed, and those it showed twice."""
    cursor.execute(_TAKE)
    counts = Counter(key for (key,) in cursor.execute("select k from taken").fetchall())
    rows = {key for (key,) in cursor.execute("select k from rows_").fetchall()}
    return [key for key in rows if not counts[key]], [
        key for key, count in counts.items() if count > 1 or key not in rows
    ]


#: Each for a thread of its own.
WORKING: Sequence[Mapping[Callable[[Client], Sequence[int]], int]] = (
    {ran: 1},
    {taken: 1},
    {by_rest: 1},
)
