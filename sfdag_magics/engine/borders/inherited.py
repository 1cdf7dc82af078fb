"""The parameters of tasks that an account, a database or a schema may set for the tasks within.

The nearest value counts (Snowflake docs, "Parameters": task parameters). Where they are kept: in
the detail of the fact of the database or schema, and of one fact for the account.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sfdag_magics.engine.borders.object_facts import FactsView, ObjectFact

#: In the detail of a fact: the parameters that were set there, by upper-case name.
PARAMETERS = "parameters"
#: The kind and the name of the one fact that is the account.
ACCOUNT, ACCOUNT_NAME = "ACCOUNT", "SFDAG"
INHERITED = (
    "USER_TASK_TIMEOUT_MS",
    "SUSPEND_TASK_AFTER_NUM_FAILURES",
    "TASK_AUTO_RETRY_ATTEMPTS",
    "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE",
    "SERVERLESS_TASK_MIN_STATEMENT_SIZE",
    "SERVERLESS_TASK_MAX_STATEMENT_SIZE",
    "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS",
    "LOG_EVENT_LEVEL",
)
#: How many days changes of a table are kept for its streams, set also on tables.
RETENTION, EXTENSION = "DATA_RETENTION_TIME_IN_DAYS", "MAX_DATA_EXTENSION_TIME_IN_DAYS"
#: `{parameter: (its value, where it was set)}`.
Inherited = Mapping[str, tuple[int | str, str]]


def inherited(facts: FactsView, database: str | None, schema: str | None) -> Inherited:
    """What a task of a schema inherits."""
    above = set_above(facts, database, schema)
    return {name: found for name, found in above.items() if name in INHERITED}


def set_above(facts: FactsView, database: str | None, schema: str | None) -> Inherited:
    """All that is set for what lies in a schema, a database (schema None) or the account."""
    return {
        name: (value, level)
        for level, fact in _levels(facts, database, schema)
        for name, value in fact.detail.get(PARAMETERS, {}).items()
    }


def _levels(
    facts: FactsView, database: str | None, schema: str | None
) -> Iterator[tuple[str, ObjectFact]]:
    """What has parameters and is above, the outermost first."""
    for fact in facts.listed(ACCOUNT):
        yield ACCOUNT, fact
    for fact in facts.listed("DATABASE"):
        if fact.name == database:
            yield "DATABASE", fact
    for fact in facts.listed("SCHEMA"):
        if (fact.database, fact.name) == (database, schema):
            yield "SCHEMA", fact
