"""Models of the registry for the fake Snowflake: shown, and given another default."""

import json
from datetime import UTC, datetime, timedelta

from sfdag_magics.sqltext import TokenReader

FIRST = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class FakeModels:
    """`there` are `{full name: {version: metrics}}`; `defaults` and `comments` by full name.

    `executions` are rows of TASK_HISTORY, `sent` those of QUERY_HISTORY.
    """

    def __init__(self):
        self.there = {}
        self.defaults = {}
        self.comments = {}
        self.executions = []
        self.sent = []

    def add(self, name, **versions):
        self.there[name] = versions
        self.defaults[name] = next(reversed(versions), "")

    def answer(self, sql):
        """The rows of a statement about models; None of another statement."""
        reader = TokenReader(sql)
        if reader.accept("SHOW", "MODELS"):
            return [*map(self._model, self.there)]
        if reader.accept("SHOW", "VERSIONS", "IN", "MODEL"):
            name = reader.qualified_name().sql()
            return [self._version(name, at) for at in range(len(self.there[name]))]
        if reader.accept("ALTER", "MODEL"):
            self._alter(reader.qualified_name().sql(), reader)
            return []
        if "QUERY_TEXT" in sql:
            return self.sent
        if "NAME, DATABASE_NAME" in sql:
            return self.executions
        return None

    def _alter(self, name, reader):
        if reader.accept("SET", "COMMENT", "="):
            self.comments[name] = reader.string()
        else:
            reader.expect("SET", "DEFAULT_VERSION", "=")
            self.defaults[name] = reader.identifier()

    def _model(self, name):
        read = TokenReader(name).qualified_name()
        return {
            "name": read.name,
            "schema_name": read.schema,
            "database_name": read.database,
            "comment": self.comments.get(name),
            "default_version_name": self.defaults[name],
            "versions": json.dumps([*self.there[name]]),
        }

    def _version(self, name, at):
        version, metrics = [*self.there[name].items()][at]
        return {
            "name": version,
            "created_on": FIRST + timedelta(days=at),
            "comment": "",
            "aliases": json.dumps(["LAST"] if at else ["FIRST"]),
            "is_default_version": str(version == self.defaults[name]).lower(),
            "metadata": json.dumps({"metrics": metrics}) if metrics is not None else None,
        }
