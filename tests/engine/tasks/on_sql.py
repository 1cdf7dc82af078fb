"""Tasks on the real SQL engine, in one process, for tests that need both."""

import threading

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.notices.captured import Captured
from sfdag_magics.engine.notices.feature import notices_feature
from sfdag_magics.engine.python_code.events import events_feature
from sfdag_magics.engine.sql.sql_engine import open_engine
from sfdag_magics.engine.tasks.service import TaskService
from sfdag_magics.engine.workers.logs import LogStore
from tests.engine.furnished import furnished


class Engine:
    def __init__(self, path, **options):
        self.logs = LogStore(path / "logs")
        captured = Captured(self.logs)
        self.tasks = TaskService(
            path / "runs.sqlite", tell=captured.tell, keep_event=captured.event, **options
        )
        notices = notices_feature(captured)
        self.sql_engine = open_engine(
            furnished(path), [self.tasks.feature(), notices, events_feature(self.logs)]
        )
        self.tasks.start(self.sql_engine.open_session, self.sql_engine.outcomes.took_effect)
        self.session = self.sql_engine.open_session(SessionOptions())
        self.tasks.catch_up(self.session.catalogue())

    def sql(self, *statements):
        for statement in statements:
            result = self.session.execute(statement)
        return [tuple(row.values()) for row in result.rows.to_pylist()]

    def rows(self, statement, bindings=()):
        """The rows as dicts."""
        return self.session.execute(statement, bindings=bindings).rows.to_pylist()

    def error(self, statement):
        """The error of a statement that must fail."""
        with pytest.raises(SqlError) as caught:
            self.session.execute(statement)
        return caught.value

    def run(self, statement="EXECUTE TASK r"):
        self.sql(statement)
        self.wait_until(lambda: not self.tasks.runs_in_flight())
        return dict(self.sql("SELECT name, state FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())"))

    def wait_until(self, condition):
        """For half a minute; what comes behind it sees whether it came to be."""
        looked = threading.Event()
        for _turn in range(3000):
            if condition():
                break
            looked.wait(0.01)

    def close(self):
        self.session.close()
        self.tasks.close()
        self.sql_engine.close()
