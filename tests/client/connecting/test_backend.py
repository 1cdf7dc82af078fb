import contextlib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from snowflake.connector import errors
from snowflake.snowpark import exceptions

from sfdag_magics.client.connecting.activity import heard_by
from sfdag_magics.client.connecting.backend import utc
from sfdag_magics.client.connecting.foreign_errors import backend_error
from sfdag_magics.client.connecting.keeper import starting_crashed, starting_none
from sfdag_magics.client.connecting.snowpark_backend import SnowparkBackend
from sfdag_magics.errors import BackendError, ConnectError, InputError, UnsupportedError


def foreign(kind, message="told", **more):
    return kind(message, **more)


def connector_errors():
    found = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    return [kind for kind in found if issubclass(kind, errors.Error)]


@pytest.mark.parametrize("kind", connector_errors())
def test_every_error_of_the_connector_becomes_ours(kind):
    try:
        error = kind(msg="told", errno=2003, sqlstate="42S02", sfqid="q1", send_telemetry=False)
    except TypeError:
        error = kind("told")
    ours = backend_error(error)
    assert isinstance(ours, BackendError)
    assert "told" in ours.message or ours.message
    if error.errno == 2003:
        assert (ours.code, ours.sqlstate, ours.query_id) == (2003, "42S02", "q1")


def test_an_error_of_snowpark_keeps_the_services_code():
    error = exceptions.SnowparkSQLException(
        "(1304): told", error_code="1304", sql_error_code=2003, sfqid="q1", raw_message="told"
    )
    ours = backend_error(error)
    assert (ours.message, ours.code, ours.query_id) == ("told", 2003, "q1")


@pytest.mark.parametrize("code", [250001, 250003, 390114])
def test_no_answer_and_an_expired_session_are_connect_errors(code):
    error = errors.OperationalError(msg="gone", errno=code, send_telemetry=False)
    ours = backend_error(error)
    assert isinstance(ours, ConnectError)
    assert ours.hint


def test_what_the_engine_cannot_do_is_told_from_what_went_wrong():
    error = errors.ProgrammingError(
        msg="UNDROP is not supported", errno=2, sqlstate="0A000", send_telemetry=False
    )
    assert isinstance(backend_error(error), UnsupportedError)


def test_a_broken_socket_is_a_connect_error():
    assert isinstance(backend_error(ConnectionResetError("reset")), ConnectError)


class Cursor:
    def __init__(self, answer, executed):
        self._answer, self.executed = answer, executed

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def execute(self, sql, **options):
        self.executed.append((sql, options))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self

    def fetchall(self):
        return self._answer


class Session:
    """The part of a Snowpark session that the backend calls."""

    def __init__(self, answer):
        self.connection = self
        self.database, self.schema, self._answer = "DB", None, answer
        self.role, self.warehouse = "DS", None
        self.executed = []

    def cursor(self, kind=None):
        return Cursor(self._answer, self.executed)

    def close(self):
        self.executed.append("closed")


def test_rows_are_mappings_and_the_place_names_its_namespace():
    backend = SnowparkBackend(Session([{"A": 1}]), is_embedded=True, name="here")
    assert backend.rows("select 1 as a") == [{"A": 1}]
    assert backend.place == "here · DB.?"


def test_a_failing_statement_raises_ours_from_theirs():
    error = errors.ProgrammingError(msg="no", errno=2003, sqlstate="x", send_telemetry=False)
    backend = SnowparkBackend(Session(error), is_embedded=True, name="here")
    with pytest.raises(BackendError) as raised:
        backend.rows("select")
    assert raised.value.__cause__ is error


@pytest.mark.parametrize(
    ("answer", "is_embedded", "known", "asked"),
    [
        ([{"told": '["SYSTEM$SFDAG_NEWS"]'}], True, [True, False], 1),
        (errors.ProgrammingError(msg="Unknown function", errno=2140), True, [False, False], 1),
        ([{"told": '["SYSTEM$SFDAG_NEWS"]'}], False, [False, False], 0),
    ],
    ids=["embedded", "embedded, of an earlier release", "elsewhere"],
)
def test_an_engine_is_asked_once_what_it_has_of_its_own(answer, is_embedded, known, asked):
    session = Session(answer)
    backend = SnowparkBackend(session, is_embedded=is_embedded, name="here")
    assert [backend.knows(word) for word in ("SYSTEM$SFDAG_NEWS", "CHANGED_SINCE")] == known
    assert len(session.executed) == asked


def test_times_are_aware_and_utc():
    zone = timezone(timedelta(hours=2))
    assert utc(datetime(2026, 1, 1, 2, tzinfo=zone)) == datetime(2026, 1, 1, tzinfo=UTC)
    assert utc(datetime(2026, 1, 1)).tzinfo is UTC  # noqa: DTZ001 - that is the case
    assert utc(None) is None


def test_a_script_is_one_request_on_the_engine_and_single_statements_elsewhere():
    statements = ["select 1 -- one", "select 2"]
    here, there = Session([]), Session([])
    SnowparkBackend(here, is_embedded=True, name="here").script(statements)
    SnowparkBackend(there, is_embedded=False, name="there").script(statements)
    assert here.executed == [("select 1 -- one\n;\nselect 2", {"num_statements": 2})]
    assert [sql for sql, _ in there.executed] == statements


def refused(message, code, sqlstate, *, is_embedded=False):
    error = errors.ProgrammingError(
        msg=message, errno=code, sqlstate=sqlstate, send_telemetry=False
    )
    backend = SnowparkBackend(Session(error), is_embedded=is_embedded, name="there")
    with pytest.raises(BackendError) as raised:
        backend.rows("CREATE STAGE IF NOT EXISTS DB.S.SFDAG_CODE")
    return raised.value


def test_an_account_s_refusal_names_the_grant():
    text = "SQL access control error: Insufficient privileges to operate on schema 'S'"
    hint = refused(text, 3001, "42501").hint
    assert hint == "ask the owner of DB.? for: GRANT CREATE STAGE ON SCHEMA DB.? TO ROLE DS"
    assert refused(text, 3001, "42501", is_embedded=True).hint is None


@pytest.mark.parametrize(("code", "ended"), [(390114, True), (250002, True), (2003, False)])
def test_a_session_that_is_over_is_known_to_be(code, ended):
    error = errors.OperationalError(msg="gone", errno=code, send_telemetry=False)
    backend = SnowparkBackend(Session(error), is_embedded=False, name="there")
    with pytest.raises(BackendError):
        backend.rows("select 1")
    assert backend.has_ended is ended


EXPIRED = errors.OperationalError(msg="expired", errno=390114, send_telemetry=False)


def expired_backend(*, asks_nobody, opened):
    """A backend whose session has ended, and one that answers takes its place."""

    def opens():
        opened.append(Session([{"A": 1}]))
        return opened[-1]

    backend = SnowparkBackend(
        Session(EXPIRED), is_embedded=False, name="there", opens=opens, asks_nobody=asks_nobody
    )
    with pytest.raises(ConnectError, match="expired"):
        backend.rows("select 1")
    return backend


@pytest.mark.parametrize("asks_nobody", [True, False])
@pytest.mark.parametrize("looking", [contextlib.nullcontext, starting_crashed, starting_none])
def test_a_session_that_ended_is_opened_again_where_nobody_is_asked_or_somebody_waits(
    looking, asks_nobody
):
    opened = []
    backend = expired_backend(asks_nobody=asks_nobody, opened=opened)
    assert not backend.has_ended  # whoever holds it can go on with it
    if asks_nobody or looking is contextlib.nullcontext:
        with looking():
            assert [backend.rows("select 1"), backend.rows("select 1")] == [[{"A": 1}]] * 2
        assert [backend.session] == opened
    else:
        with looking(), pytest.raises(ConnectError, match="to log in again may ask you") as raised:
            backend.rows("select 1")
        assert raised.value.hint
        assert opened == []


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize(
    "ask",
    [
        lambda backend: backend.rows("select 1"),
        lambda backend: backend.script(["select 1"]),
        lambda backend: backend.upload(b"", "@s/a"),
        lambda backend: backend.download("@s/a"),
        lambda backend: backend.session,
        lambda backend: backend.last_end(),
    ],
)
def test_what_was_closed_is_not_opened_again(ask, ended):
    opened = []
    if ended:
        backend = expired_backend(asks_nobody=True, opened=opened)
    else:
        backend = SnowparkBackend(
            Session([]), is_embedded=True, name="there", opens=lambda: opened.append(1)
        )
    for _ in range(2):
        backend.close("prod")
        with pytest.raises(InputError, match="the target 'prod' is closed"):
            ask(backend)
    assert opened == []


def test_the_session_itself_is_another_once_the_first_has_ended():
    opened = []
    assert [expired_backend(asks_nobody=False, opened=opened).session] == opened


class Stage:
    """The files of a session: as many as `get` finds are put into the folder that is named."""

    def __init__(self, *contents):
        self.file, self.contents, self.folders = self, contents, []

    def get(self, location, folder):
        self.folders.append(folder)
        for number, content in enumerate(self.contents):
            (Path(folder) / f"{number}.zip").write_bytes(content)


def test_a_file_is_fetched_into_a_folder_of_its_own_which_is_gone_afterwards():
    stage = Stage(b"content")
    backend = SnowparkBackend(stage, is_embedded=True, name="e")
    assert [backend.download("@S/x.zip") for _ in range(2)] == [b"content"] * 2
    assert len(set(stage.folders)) == 2
    assert not [folder for folder in stage.folders if Path(folder).exists()]


def test_a_file_that_is_not_there_is_an_error_that_names_it():
    with pytest.raises(BackendError, match=r"@S/x\.zip does not exist"):
        SnowparkBackend(Stage(), is_embedded=True, name="e").download("@S/x.zip")


class SlowSession:
    """A session whose calls are seen by a test; nothing answers with a row."""

    def __init__(self):
        self.connection = self.file = self

    def cursor(self, *_kind):
        return contextlib.nullcontext(self)

    def execute(self, *_sql, **_options):
        return None

    def put_stream(self, *_given, **_options):
        return None

    def close(self):
        return None


@pytest.mark.parametrize("is_embedded", [True, False])
@pytest.mark.parametrize(
    "call",
    [
        lambda backend: backend.rows("select 1"),
        lambda backend: backend.script(["select 1"]),
        lambda backend: backend.upload(b"", "@stage/a"),
        lambda backend: backend.close("there"),
    ],
    ids=["rows", "script", "upload", "close"],
)
def test_each_call_says_whom_it_asks(call, is_embedded):
    heard = []
    backend = SnowparkBackend(SlowSession(), is_embedded=is_embedded, name="prod")
    with heard_by(heard.append):
        call(backend)
    assert {begun.what for begun in heard} == {
        "asking the embedded engine" if is_embedded else "asking prod"
    }
    assert all(begun.is_aside for begun in heard)
