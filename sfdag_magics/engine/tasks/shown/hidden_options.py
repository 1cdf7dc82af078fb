"""What SHOW TASKS leaves out of a graph's tasks, all at once: SYSTEM$SFDAG_HIDDEN_OPTIONS."""

from __future__ import annotations

import json
from functools import partial

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SqlSession, SystemFunction, Value
from sfdag_magics.engine.tasks.defined.catalogue import TaskCatalogue
from sfdag_magics.graph.grammar import HIDDEN_DEFAULTS
from sfdag_magics.sqltext import SqlTextError, TokenReader

_NAME = "SYSTEM$SFDAG_HIDDEN_OPTIONS"


def hidden_options(catalogue: TaskCatalogue) -> dict[str, SystemFunction]:
    """The function by its name. Snowflake has none: there each task is asked for by GET_DDL."""
    return {_NAME: partial(_hidden_options, catalogue)}


def _hidden_options(
    catalogue: TaskCatalogue, values: tuple[Value, ...], session: SqlSession
) -> Value:
    """SYSTEM$SFDAG_HIDDEN_OPTIONS('DB.S.R'): `{task: {property: value}}` of the tasks R… as JSON.

    They are those that SHOW TASKS LIKE 'R%' lists, so that both tell of the same tasks.
    """
    try:
        root = session.resolve(TokenReader(str(values[0])).qualified_name())
    except (IndexError, SqlTextError) as problem:
        raise SqlError(f"Function {_NAME} takes the name of a graph's root.") from problem
    tasks = catalogue.family(root).tasks
    told = {
        name: {k: v for k, v in task.properties.said().items() if k in HIDDEN_DEFAULTS}
        for name, task in tasks.items()
        if name.startswith(root.name)
    }
    return json.dumps(told)
