"""What is said of a task's records on an account, where levels and roles decide what there is."""

from __future__ import annotations

import pytest

from sfdag_magics.client.observing.traces.logs import read_logs, why_nothing
from sfdag_magics.errors import BackendError


class Account:
    """Answers by the start of a statement; an error is raised."""

    is_embedded = False

    def __init__(self, database="DB", **answers):
        self.namespace = (database, "S")
        self.answers = answers
        self.asked = []

    def rows(self, sql):
        self.asked.append(sql)
        kind = next(name for name in ("EVENTS_VIEW", "EVENTS", "LOG_LEVEL") if name in sql)
        answer = self.answers[kind]
        if isinstance(answer, Exception):
            raise answer
        return answer


HIDDEN = BackendError("'EVENTS' does not exist or not authorized", code=2003, sqlstate="42S02")
ROW = {
    "TIMESTAMP": None,
    "QUERY_ID": "01b-2",
    "SEVERITY": "INFO",
    "LOGGER": "sfdag.print",
    "MESSAGE": "f1 0.7",
}


def test_a_role_that_may_not_read_the_table_reads_its_view():
    account = Account(EVENTS=HIDDEN, EVENTS_VIEW=[ROW])
    (line,) = read_logs(account, {"01b-2": "train"})
    assert (line.message, line.severity, line.task) == ("f1 0.7", "INFO", "train")
    assert ["EVENTS_VIEW " in sql for sql in account.asked] == [False, True]


def test_another_error_of_the_table_is_told():
    account = Account(EVENTS=BackendError("no active warehouse", code=606))
    with pytest.raises(BackendError, match="no active warehouse"):
        read_logs(account, {"01b-2": "train"})
    assert len(account.asked) == 1


@pytest.mark.parametrize(
    ("answer", "level"),
    [([{"value": "OFF"}], "OFF"), ([], "not readable"), (HIDDEN, "not readable")],
)
def test_why_there_may_be_nothing_names_the_level_and_how_to_set_it(answer, level):
    said = why_nothing(Account(LOG_LEVEL=answer))
    assert said == (
        f"has no record in the event table (yet): LOG_LEVEL of DB is {level};"
        " ALTER DATABASE DB SET LOG_LEVEL = INFO collects more"
    )


def test_where_no_database_is_current_none_is_made_up():
    account = Account(database=None)
    assert "LOG_LEVEL of … is not readable" in why_nothing(account)
    assert account.asked == []
