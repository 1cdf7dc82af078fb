"""What would be sent: integrations, messages and log records are checked, kept and never sent."""

from __future__ import annotations

import json

import pytest

from sfdag_magics.engine.borders.ports import SessionOptions
from sfdag_magics.engine.limits.not_simulated import succeeds_elsewhere
from sfdag_magics.engine.notices.captured import Captured
from sfdag_magics.engine.notices.feature import notices_feature
from sfdag_magics.engine.sql.sql_engine import open_engine
from sfdag_magics.engine.workers.logs import LogStore, entries_of
from sfdag_magics.errors import MachineError
from tests.engine.furnished import furnished
from tests.engine.sql.conftest import Asker

TO_ANN = "CREATE NOTIFICATION INTEGRATION mail TYPE = EMAIL ENABLED = TRUE ALLOWED_RECIPIENTS = ('ann@x.org', 'bob@x.org')"  # noqa: E501 - one statement


class Notices(Asker):
    """A session on an engine with notices, and what these kept."""

    def __init__(self, path, **options):
        self.logs = LogStore(path / "logs")
        self.engine = open_engine(
            furnished(path), [notices_feature(Captured(self.logs), **options)]
        )
        super().__init__(
            self.engine.open_session(SessionOptions(database="SFDAG", schema="PUBLIC"))
        )

    def kept(self):
        """(logger, level, message) of all records, the oldest first."""
        entries = [entry for path in self.logs.files() for entry in entries_of(path)]
        return [(e.line["logger"], e.line["level"], e.line["message"]) for e in entries]


@pytest.fixture
def sql(tmp_path):
    asker = Notices(tmp_path)
    yield asker
    asker.engine.close()


def test_an_integration_is_made_changed_shown_and_dropped(sql):
    assert sql(TO_ANN) == [("Integration MAIL successfully created.",)]
    sql("create notification integration if not exists mail type = email enabled = false")
    sql(
        "create notification integration q type = queue notification_provider = aws_sns"
        " direction = outbound aws_sns_topic_arn = 'arn:x' enabled = true comment = 'c'"
    )
    rows = [row[:5] for row in sql("show notification integrations")]
    assert rows == [
        ("MAIL", "EMAIL", "NOTIFICATION", "true", ""), ("Q", "QUEUE", "NOTIFICATION", "true", "c"),
    ]  # fmt: skip
    assert sql("show integrations like 'm%'")[0][0] == "MAIL"
    sql("alter notification integration mail set enabled = false default_subject = 's'")
    sql("alter integration mail unset allowed_recipients, comment")
    assert sql("desc notification integration mail") == [
        ("ENABLED", "Boolean", "false", "false"), ("DEFAULT_SUBJECT", "String", "s", ""),
        ("COMMENT", "String", "", ""),
    ]  # fmt: skip
    sql("create or replace notification integration mail type = webhook webhook_url = 'u'")
    sql("drop integration mail")
    assert sql("drop integration if exists mail") != []
    assert sql("alter integration if exists mail set enabled = true") != []
    assert [row[0] for row in sql("show integrations")] == ["Q"]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("create notification integration mail type = email enabled = true", "already exists"),
        ("create notification integration n enabled = true", "TYPE is missing"),
        ("create notification integration n type = pigeon enabled = true", "TYPE is missing"),
        ("create notification integration a.b type = email", "its name has one part"),
        ("create notification integration n type = email webhook_url = 'u'", "'WEBHOOK_URL' for"),
        ("create notification integration n type = email enabled = maybe", "TRUE or FALSE"),
        ("create notification integration n type email", "unexpected"),
        ("create storage integration n type = external_stage", "STORAGE INTEGRATION is not"),
        ("alter integration mail set color = 'red'", "invalid property 'COLOR'"),
        ("alter integration mail set tag a = 'x'", "tag of an integration"),
        ("alter integration nobody set enabled = true", "'NOBODY' does not exist"),
        ("alter integration mail forget", "unexpected"),
        ("drop integration nobody", "'NOBODY' does not exist"),
        ("drop integration mail now", "unexpected"),
        ("describe integration nobody", "'NOBODY' does not exist"),
        ("describe integration mail now", "unexpected"),
        ("show integrations now", "unexpected"),
    ],
)
def test_what_is_wrong_with_an_integration_is_named(sql, statement, said):
    sql(TO_ANN)
    assert said in sql.error(statement).message


@pytest.mark.rule("14.6")
def test_an_email_is_checked_and_kept_and_nobody_is_sent_it(sql):
    sql(TO_ANN)
    sent = sql("select system$send_email('mail', 'ann@x.org, bob@x.org', 'Done', 'All ' || 2)")
    assert sent == [(True,)]
    message = "Not sent, by integration MAIL to ann@x.org, bob@x.org: Done\nAll 2"
    assert sql.kept() == [("sfdag.notifications", "INFO", message)]


@pytest.mark.rule("14.6")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("'nobody', 'ann@x.org', 's', 'b'", "CREATE NOTIFICATION INTEGRATION NOBODY TYPE = EMAIL"),
        ("'a b', 'ann@x.org', 's', 'b'", "does not exist"),
        ("'mail', 'ann@x.org, eve@x.org', 's', 'b'", "not allowed: eve@x.org"),
        ("'mail', 'ann', 's', 'b'", "not allowed: ann"),
        ("'mail', '', 's', 'b'", "SYSTEM$SEND_EMAIL: the list of recipients is empty"),
        ("'mail', 'ann@x.org', '', 'b'", "must not be empty"),
        ("'mail', 'ann@x.org', 's', ' '", "must not be empty"),
        ("'mail', 'ann@x.org', 's', 'b', 'text/rtf'", "neither text/plain nor text/html"),
        ("'mail', 'ann@x.org', 's'", "number of arguments"),
        ("'q', 'ann@x.org', 's', 'b'", "is of type QUEUE"),
        ("'off', 'ann@x.org', 's', 'b'", "is not enabled: ALTER INTEGRATION OFF"),
    ],
)
def test_an_email_that_could_not_be_sent_is_refused_and_not_kept(sql, arguments, said):
    sql(TO_ANN)
    sql("create notification integration q type = queue enabled = true")
    sql("create notification integration off type = email enabled = false")
    assert said in sql.error(f"select system$send_email({arguments})").message
    assert sql.kept() == []


def test_a_notification_goes_to_each_integration_in_each_form(sql):
    sql(TO_ANN)
    sql("alter integration mail set default_recipients = ('bob@x.org') default_subject = 'Usual'")
    sql("create notification integration q type = queue enabled = true")
    message = json.dumps({"text/plain": "hello"})
    config = json.dumps({"mail": {"subject": "Mine", "toAddress": ["ann@x.org"]}})
    send = "select system$send_snowflake_notification"
    assert sql(f"{send}('{message}', '{config}')") == [("Enqueued notifications.",)]
    sql(f"{send}(snowflake.notification.text_html('<b>'), snowflake.notification.integration('q'))")
    sql(f"{send}(snowflake.notification.application_json('{{}}'),"
        " snowflake.notification.email_integration_config('mail', null, array_construct('ann@x.org')))")  # fmt: skip # noqa: E501
    sql(f"{send}('{message}', '[{{\"mail\": {{}}}}, {{\"q\": {{}}}}]')")
    assert [text for _logger, _level, text in sql.kept()] == [
        "Not sent, by integration MAIL to ann@x.org: Mine\nhello",
        "Not sent, by integration Q\n<b>",
        "Not sent, by integration MAIL to ann@x.org: Usual\n{}",
        "Not sent, by integration MAIL to bob@x.org: Usual\nhello",
        "Not sent, by integration Q\nhello",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("'hello', '{\"mail\": {}}'", "'hello' is no JSON object"),
        ('\'{"text/rtf": "x"}\', \'{"mail": {"toAddress": ["ann@x.org"]}}\'', "no type of"),
        ('\'{"text/plain": "x"}\', \'{"nobody": {}}\'', "'NOBODY' does not exist"),
        (
            '\'{"text/plain": "x"}\', \'{"mail": {}}\'',
            "SYSTEM$SEND_SNOWFLAKE_NOTIFICATION: the list of recipients is empty",
        ),
        ("'{}'", "number of arguments"),
    ],
)
def test_a_notification_that_could_not_be_sent_is_refused(sql, arguments, said):
    sql(TO_ANN)
    assert said in sql.error(f"select system$send_snowflake_notification({arguments})").message


def test_a_block_logs_by_calls_that_are_statements_of_it(sql):
    sql("begin let x := 2; system$log('warn', 'two is ' || x); system$log_info('done');"
        " select system$log_fatal('over'); system$log_trace(x); end")  # fmt: skip
    assert sql.kept() == [
        ("sfdag.sql", "WARNING", "two is 2"), ("sfdag.sql", "INFO", "done"),
        ("sfdag.sql", "CRITICAL", "over"), ("sfdag.sql", "TRACE", "2"),
    ]  # fmt: skip
    assert "'LOUD' is no level" in sql.error("select system$log('loud', 'x')").message
    assert "number of arguments" in sql.error("select system$log('x')").message
    assert "number of arguments" in sql.error("select system$log_info('x', 'y')").message


ELSEWHERE = ("execute notebook n()", "execute dbt project p args = 'run'",
             "execute job service in compute pool c name = j from specification 'x'")  # fmt: skip


@pytest.mark.parametrize("statement", ELSEWHERE)
def test_what_another_service_would_run_is_kept_and_fails_by_default(sql, statement):
    sql.session.check(statement)
    error = sql.error(statement)
    assert "is not simulated by the embedded engine" in error.message
    assert "SFDAG_NOT_SIMULATED=succeed" in error.message
    [(_logger, level, message)] = sql.kept()
    assert (level, f"is not simulated here: {statement}" in message) == ("WARNING", True)


@pytest.mark.parametrize("statement", ELSEWHERE)
def test_where_the_engine_is_told_so_it_succeeds(tmp_path, statement):
    asker = Notices(tmp_path, succeeds_elsewhere=True)
    [(said,)] = asker(statement)
    assert said.endswith("is not simulated by the embedded engine.")
    asker.engine.close()


def test_the_setting_is_one_of_two_words():
    assert succeeds_elsewhere({}) is False
    assert succeeds_elsewhere({"SFDAG_NOT_SIMULATED": "fail"}) is False
    assert succeeds_elsewhere({"SFDAG_NOT_SIMULATED": "Succeed"}) is True
    with pytest.raises(MachineError, match="SFDAG_NOT_SIMULATED=maybe"):
        succeeds_elsewhere({"SFDAG_NOT_SIMULATED": "maybe"})
