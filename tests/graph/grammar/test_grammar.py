"""TASK statements: SQL in, value out, and the same value back from its own SQL."""

from __future__ import annotations

import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdag_magics.graph.grammar import (
    AddAfter,
    AlterTask,
    CloneTask,
    CreateMode,
    CreateTask,
    DescribeTask,
    DropTask,
    ExecuteTask,
    ModifyBody,
    ModifyWhen,
    OverlapPolicy,
    RemoveAfter,
    RemoveWhen,
    ResumeTask,
    SetProperties,
    SetTag,
    SetTags,
    ShowScope,
    ShowTasks,
    SuspendTask,
    TaskProperties,
    UnsetProperties,
    UnsetTags,
    parse_task_statement,
)
from sfdag_magics.sqltext import QualifiedName, SqlTextError

T = QualifiedName("T")


def test_create_task_takes_its_clauses_in_any_order():
    statement = parse_task_statement("""
        create or replace task DB.s."my task"
          WHEN SYSTEM$STREAM_HAS_DATA('S') AND NOT 1 = 2
          AFTER a, "b c", DB.S.C
          comment = 'it''s' , USER_TASK_TIMEOUT_MS = 60000
          config = $${"a": {"b": 1}}$$ overlap_policy = allow_child_overlap
          WAREHOUSE = wh TASK_AUTO_RETRY_ATTEMPTS = 2 timezone = 'UTC' JSON_INDENT = 0
          SUSPEND_TASK_AFTER_NUM_FAILURES = 3 LOG_LEVEL = 'info'
          EXECUTE AS USER bob
          SCHEDULE = 'USING CRON 0 5 * * MON-FRI Europe/Berlin'
        as
          insert into t values ('; as when ', $$x$$);
    """)
    assert statement == CreateTask(
        name=QualifiedName("my task", "S", "DB"),
        mode=CreateMode.OR_REPLACE,
        body="insert into t values ('; as when ', $$x$$)",
        after=(QualifiedName("A"), QualifiedName("b c"), QualifiedName("C", "S", "DB")),
        condition="SYSTEM$STREAM_HAS_DATA('S') AND NOT 1 = 2",
        properties=TaskProperties(
            warehouse="WH",
            schedule="USING CRON 0 5 * * MON-FRI Europe/Berlin",
            config='{"a": {"b": 1}}',
            overlap_policy=OverlapPolicy.ALLOW_CHILD_OVERLAP,
            user_task_timeout_ms=60000,
            suspend_task_after_num_failures=3,
            task_auto_retry_attempts=2,
            log_level="INFO",
            comment="it's",
            execute_as_user="BOB",
            session_parameters={"TIMEZONE": "UTC", "JSON_INDENT": 0},
        ),
    )


def test_a_body_is_kept_byte_for_byte():
    body = "-- first\nbegin\n  let x := 'a\tb';\n\treturn  $$;$$; -- ü\nend"
    assert parse_task_statement(f"create task t as {body};").body == body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alter task t resume", AlterTask(name=T, action=ResumeTask())),
        ("ALTER TASK IF EXISTS t SUSPEND;", AlterTask(
            name=T, action=SuspendTask(), if_exists=True)),
        ("alter task t add after a, 'b'", AlterTask(name=T, action=AddAfter((
            QualifiedName("A"), QualifiedName("B"))))),
        ("alter task t remove after d.s.a", AlterTask(name=T, action=RemoveAfter((
            QualifiedName("A", "S", "D"),)))),
        ("alter task t modify as select 1 -- x", AlterTask(
            name=T, action=ModifyBody("select 1 -- x"))),
        ("alter task t modify when 1=1", AlterTask(name=T, action=ModifyWhen("1=1"))),
        ("alter task t remove when", AlterTask(name=T, action=RemoveWhen())),
        ("alter task t set finalize = r", AlterTask(name=T, action=SetProperties(
            TaskProperties(finalize=QualifiedName("R"))))),
        ("alter task t set schedule = '1 h', query_tag='x' comment = ''", AlterTask(
            name=T, action=SetProperties(TaskProperties(
                schedule="1 h", comment="", session_parameters={"QUERY_TAG": "x"})))),
        ("alter task t unset warehouse, finalize, timezone, execute as user", AlterTask(
            name=T, action=UnsetProperties(
                ("WAREHOUSE", "FINALIZE", "TIMEZONE", "EXECUTE AS USER")))),
        ("drop task if exists a.b.t", DropTask(name=QualifiedName("T", "B", "A"), if_exists=True)),
        ("execute task t", ExecuteTask(name=T)),
        ("execute task t using config = '{\"a\": \"it''s\"}'",
         ExecuteTask(name=T, config='{"a": "it\'s"}')),
        ("execute task t await", ExecuteTask(name=T, awaits=True)),
        ("execute task t using config = '{}' await", ExecuteTask(name=T, config="{}", awaits=True)),
        ("execute task identifier('a.\"b c\"') retry last", ExecuteTask(
            name=QualifiedName("b c", "A"), retry_last=True)),
        ("create task if not exists t clone s.u copy grants", CloneTask(
            name=T, source=QualifiedName("U", "S"), mode=CreateMode.IF_NOT_EXISTS,
            copy_grants=True)),
        ("create or replace task identifier('d.s.t') clone u", CloneTask(
            name=QualifiedName("T", "S", "D"), source=QualifiedName("U"),
            mode=CreateMode.OR_REPLACE)),
        ("create task t with contact (steward = c, support = d.s.e) comment = 'c' copy grants"
         " after identifier('r'), q when 1 = 1 tag (a = 'x', s.b = 'it''s') as select 1",
         CreateTask(
            name=T, body="select 1", after=(QualifiedName("R"), QualifiedName("Q")),
            condition="1 = 1", copy_grants=True,
            tags=(SetTag(name=QualifiedName("A"), value="x"),
                  SetTag(name=QualifiedName("B", "S"), value="it's")),
            properties=TaskProperties(
                comment="c", contacts={"STEWARD": "C", "SUPPORT": "D.S.E"}))),
        ("create task t when 1 = 1 timezone = 'UTC' finalize = identifier('r') as select 1",
         CreateTask(
            name=T, body="select 1", condition="1 = 1",
            properties=TaskProperties(
                finalize=QualifiedName("R"), session_parameters={"TIMEZONE": "UTC"}))),
        ("alter task t set tag a = 'x', b = ''", AlterTask(name=T, action=SetTags((
            SetTag(name=QualifiedName("A"), value="x"),
            SetTag(name=QualifiedName("B"), value=""))))),
        ("alter task t unset tag a, s.b", AlterTask(name=T, action=UnsetTags((
            QualifiedName("A"), QualifiedName("B", "S"))))),
        ("alter task t set contact steward = c, support = d, comment = 'x'", AlterTask(
            name=T, action=SetProperties(TaskProperties(
                comment="x", contacts={"STEWARD": "C", "SUPPORT": "D"})))),
        ("alter task t unset warehouse schedule, contact steward", AlterTask(
            name=T, action=UnsetProperties(("WAREHOUSE", "SCHEDULE", "CONTACT STEWARD")))),
        ("execute task t retry last", ExecuteTask(name=T, retry_last=True)),
        ("execute task t retry graph run group 'g-1'", ExecuteTask(name=T, retry_group="g-1")),
        ("show tasks", ShowTasks()),
        ("show terse tasks like 'a%' in schema d.s starts with 'A' root only limit 5 from 'B'",
         ShowTasks(terse=True, like="a%", scope=ShowScope(kind="SCHEMA", database="D", schema="S"),
                   starts_with="A", root_only=True, limit=5, from_name="B")),
        ("show tasks in account", ShowTasks(scope=ShowScope(kind="ACCOUNT"))),
        ("show tasks in database", ShowTasks(scope=ShowScope(kind="DATABASE"))),
        ("show tasks in database d root only", ShowTasks(
            scope=ShowScope(kind="DATABASE", database="D"), root_only=True)),
        ("show tasks in s", ShowTasks(scope=ShowScope(kind="SCHEMA", schema="S"))),
        ("show tasks in schema limit 1", ShowTasks(scope=ShowScope(kind="SCHEMA"), limit=1)),
        ("desc task t", DescribeTask(name=T)),
        ('describe task "t"', DescribeTask(name=QualifiedName("t"))),
        ("create task t allow_overlapping_execution = true as select 1", CreateTask(
            name=T, body="select 1",
            properties=TaskProperties(overlap_policy=OverlapPolicy.ALLOW_CHILD_OVERLAP))),
        ("create or alter task t as select 1", CreateTask(
            name=T, body="select 1", mode=CreateMode.OR_ALTER)),
        ("create task if not exists t serverless_task_min_statement_size = 'x-small' as call p()",
         CreateTask(
            name=T, body="call p()", mode=CreateMode.IF_NOT_EXISTS,
            properties=TaskProperties(serverless_task_min_statement_size="XSMALL"))),
        ("create task t when cast(1 as boolean) as select 1", CreateTask(
            name=T, body="select 1", condition="cast(1 as boolean)")),
    ],
)  # fmt: skip
def test_each_statement_is_read_and_written(text, expected):
    assert parse_task_statement(text) == expected
    assert parse_task_statement(expected.to_sql()) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("create task t as", "unexpected '<EOF>'"),
        ("create task t schedule = '1 minute'", "unexpected '<EOF>'"),
        ("create task t foo = 1 as select 1", "invalid property 'FOO' for 'TASK'"),
        ("alter task t unset foo", "invalid property 'FOO' for 'TASK'"),
        ("create task t search_path = 'x' as select 1", "invalid property 'SEARCH_PATH'"),
        ("create task t autocommit = false as select 1", "invalid value [FALSE] for parameter"),
        ("create task t comment='a' comment='b' as select 1", "duplicate property 'COMMENT'"),
        ("create task t schedule = '5 seconds' as select 1", "out of Snowflake's limits"),
        ("create task t schedule = 'USING CRON 0 5 * *  UTC' as select 1", "4 fields instead of 5"),
        ("create task t config = '[1]' as select 1", "not a JSON object"),
        ("create task t config = '{\"a\": NaN}' as select 1", "is no JSON value"),
        ("execute task t using config = 'x'", "it is not JSON"),
        ("create task t task_auto_retry_attempts = 31 as select 1", "invalid value [31]"),
        ("create task t user_task_timeout_ms = 604800001 as select 1", "invalid value [604800001]"),
        ("create task t lock_timeout = -1 as select 1", "invalid value [-1] for parameter"),
        ("create task t timezone = 'Mars/Base' as select 1", "invalid value [Mars/Base]"),
        ("create task t week_start = 99 as select 1", "invalid value [99]"),
        ("alter task t set statement_timeout_in_seconds = 700000", "invalid value [700000]"),
        ("alter task t set binary_output_format = 'nope'", "invalid value [nope]"),
        ("create task t user_task_timeout_ms = -1 as select 1", "invalid value [-1]"),
        ("create task t overlap_policy = maybe as select 1", "invalid value [MAYBE]"),
        ("create task t user_task_managed_initial_warehouse_size = huge as select 1", "[HUGE]"),
        ("create or replace task if not exists t as select 1", "are incompatible"),
        ("create task t when as select 1", "expected a condition"),
        ("create task t after a after b as select 1", "unexpected 'after'"),
        ("create task t comment = 'x as select 1", "unterminated string"),
        ("create or alter task t tag (a = 'x') as select 1", "takes no TAG"),
        ("create task t tag (a = 'x', a = 'y') as select 1", "duplicate tag 'A'"),
        (f"create task t tag (a = '{'x' * 257}') as select 1", "at most 256"),
        ("create task t tag (a) as select 1", "unexpected ')'"),
        ("create task t tag (a = 'x') tag (b = 'x') as select 1", "unexpected 'tag'"),
        ("create task t copy grants copy grants as select 1", "unexpected 'copy'"),
        ("create task t warehouse = a.b as select 1", "it has one part"),
        ("create task t contact (a = c, a = d) as select 1", "duplicate contact purpose 'A'"),
        ("create or alter task t clone u", "unexpected 'clone'"),
        ("execute task t retry last await", "unexpected 'await'"),
        ("execute task identifier('a b')", "expected a name"),
        ("alter task t set tag", "expected a name"),
        ("alter task t unset contact", "expected a name"),
        ("alter task t rename to u", "unexpected 'rename'"),
        ("alter task t set", "expected a property"),
        ("alter task t resume now", "unexpected 'now'"),
        ("execute task t retry first", "unexpected 'retry'"),
        ("drop task", "expected a name"),
        ("drop task a.b.c.d", "at most three parts"),
        ("show tasks limit 0", "invalid value [0]"),
        ("show tasks in schema a.b.c", "three parts"),
        ("create table t (a int)", "expected a TASK statement"),
    ],
)
def test_an_error_names_what_is_wrong(text, message):
    with pytest.raises(SqlTextError) as caught:
        parse_task_statement(text)
    assert message in str(caught.value)


NAMES = st.builds(
    QualifiedName,
    st.text(min_size=1, max_size=8),
    st.none() | st.text(min_size=1, max_size=4),
)
TEXTS = st.text(max_size=20)
WORDS = st.text(string.ascii_letters, min_size=1, max_size=8)
PROPERTIES = st.builds(
    TaskProperties,
    warehouse=st.none() | st.text(min_size=1, max_size=8),
    schedule=st.none() | st.sampled_from(["10 SECONDS", "1 h", "USING CRON */5 * * * 5L UTC"]),
    config=st.none() | st.sampled_from(["{}", '{"a": "$$ \' \\\\"}', '{"x": [1, {"y": null}]}']),
    overlap_policy=st.none() | st.sampled_from(OverlapPolicy),
    user_task_timeout_ms=st.none() | st.integers(0, 604_800_000),
    suspend_task_after_num_failures=st.none() | st.integers(0, 10**9),
    comment=st.none() | TEXTS,
    finalize=st.none() | NAMES,
    execute_as_user=st.none() | st.text(min_size=1, max_size=5),
    session_parameters=st.dictionaries(st.sampled_from(["QUERY_TAG", "DATE_INPUT_FORMAT"]), TEXTS)
    | st.dictionaries(st.just("AUTOCOMMIT"), st.sampled_from([True]))
    | st.dictionaries(st.just("LOCK_TIMEOUT"), st.integers(min_value=0)),
)
BODIES = st.sampled_from(
    ["select 1", "call p('a')", "begin\n x; end", "select 'as', $$when;$$ -- c", "/* c */ select 2"]
)
CONDITIONS = st.sampled_from(
    ["1=1", "SYSTEM$STREAM_HAS_DATA('x as y') AND cast(1 as boolean)", "a /* x */ or (b)"]
)


@pytest.mark.slow
@given(
    st.builds(
        CreateTask,
        name=NAMES,
        body=BODIES,
        mode=st.sampled_from(CreateMode),
        properties=PROPERTIES,
        after=st.lists(NAMES, max_size=3).map(tuple),
        condition=st.none() | CONDITIONS,
    )
)
def test_create_task_survives_its_own_sql(statement):
    assert parse_task_statement(statement.to_sql()) == statement


@given(NAMES, PROPERTIES.filter(lambda properties: properties.to_sql()), st.booleans())
def test_alter_task_set_survives_its_own_sql(name, properties, if_exists):
    statement = AlterTask(name=name, action=SetProperties(properties), if_exists=if_exists)
    assert parse_task_statement(statement.to_sql()) == statement


@given(NAMES, TEXTS)
def test_hostile_names_and_ids_survive(name, group):
    statement = ExecuteTask(name=name, retry_group=group)
    assert parse_task_statement(statement.to_sql()) == statement


@given(st.text(max_size=60))
def test_any_text_is_a_statement_or_a_text_error(text):
    for opening in ("create task t ", "alter task t ", "show tasks ", "execute task t ", ""):
        with suppress(SqlTextError):
            parse_task_statement(opening + text)
