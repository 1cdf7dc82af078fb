"""Statements about tasks as people write them: all are taken, and their graph runs."""

import pytest

#: Before the graph: what it reads, is tagged with and would tell.
SET_UP = (
    "CREATE TABLE orders (id INT, amount NUMBER(10, 2), placed_on DATE)",
    "INSERT INTO orders SELECT seq4(), seq4() * 1.5, '2026-01-01' FROM TABLE(GENERATOR(ROWCOUNT => 9))",  # noqa: E501 - one statement
    "CREATE TABLE daily (day DATE, total NUMBER(10, 2))",
    "CREATE TABLE told_of (what VARCHAR)",
    "CREATE TAG cost_center ALLOWED_VALUES 'sales', 'ops'",
    "CREATE NOTIFICATION INTEGRATION mail TYPE = EMAIL ENABLED = TRUE",
    "CREATE NOTIFICATION INTEGRATION queue TYPE = QUEUE ENABLED = TRUE",
    "SET (night, hours) = ('USING CRON 30 2 * * MON-FRI Europe/Berlin', 2)",
)
GRAPH = (
    """CREATE OR REPLACE TASK db.public.nightly
  WAREHOUSE = compute_wh
  SCHEDULE = $night
  USER_TASK_TIMEOUT_MS = 3600000, SUSPEND_TASK_AFTER_NUM_FAILURES = 3
  ERROR_INTEGRATION = queue
  QUERY_TAG = 'nightly' STATEMENT_TIMEOUT_IN_SECONDS = 600
  CONFIG = $${"min": 3, "paths": {"out": "daily"}}$$
  COMMENT = 'Every night''s totals'
  WITH TAG (cost_center = 'sales')
AS
  SELECT 'root'""",
    """create task IDENTIFIER('db.public.totals') after nightly
as
declare
  least number(10, 2) default 0;
  c cursor for select placed_on as day, sum(amount) as total from orders
    where amount >= ? group by all order by day;
  nothing_there exception (-20010, 'no orders');
begin
  let n int := (select count(*) from orders);
  if (n = 0) then raise nothing_there; end if;
  least := system$get_task_graph_config('min')::number(10, 2);
  open c using (least);
  for row_ in c do
    let day date := row_.day;
    let total := row_.total;
    insert into daily (day, total) values (:day, :total);
  end for;
  close c;
exception
  when nothing_there then return 'nothing';
  when statement_error or expression_error then
    insert into told_of select 'caught ' || :sqlerrm;
    raise;
end""",
    """CREATE TASK IF NOT EXISTS by_kind
  USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL'
  AFTER nightly
  WHEN SYSTEM$GET_PREDECESSOR_RETURN_VALUE() IS NULL OR 1 = 1
AS BEGIN
  LET tried := 0;
  REPEAT
    tried := tried + 1;
    CASE (tried)
      WHEN 1 THEN EXECUTE IMMEDIATE 'INSERT INTO told_of VALUES (''' || 'first' || ''')';
      ELSE EXECUTE IMMEDIATE 'INSERT INTO told_of VALUES (?)' USING (tried);
    END CASE;
  UNTIL (tried >= 2) END REPEAT;
  LET rs RESULTSET := (EXECUTE IMMEDIATE 'SELECT what FROM told_of ORDER BY 1');
  LET joined := '';
  FOR r IN rs DO joined := joined || r.what || ';'; END FOR;
  SYSTEM$LOG_INFO('wrote ' || joined);
END""",
    "CREATE TASK copy_of_kind CLONE by_kind",
    """create task tell_all finalize = nightly as
begin
  let at := system$task_runtime_info('current_task_graph_original_scheduled_timestamp');
  let sent boolean := (select system$send_email('mail', 'ann@example.org', 'Nightly', 'Run of ' || :at));
  if (sent) then insert into told_of values ('mailed'); end if;
end""",  # noqa: E501 - as people write it
    "ALTER TASK tell_all SET COMMENT = 'tells', TIMEZONE = 'Europe/Berlin' CONTACT support = c",
    "ALTER TASK tell_all UNSET COMMENT, TIMEZONE, CONTACT support",
    "ALTER TASK copy_of_kind REMOVE AFTER nightly",
    "ALTER TASK copy_of_kind MODIFY AS EXECUTE DBT PROJECT p ARGS = 'run'",
    "ALTER TASK copy_of_kind SET SCHEDULE = '90 SECONDS'",
    "SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('nightly')",
    "ALTER TASK nightly SUSPEND",
)


@pytest.fixture
def engine(on_sql):
    on_sql.sql(*SET_UP, *GRAPH)
    return on_sql


def test_a_graph_as_people_write_it_is_taken_and_runs_to_its_end(engine):
    engine.sql("EXECUTE TASK nightly USING CONFIG = '{\"min\": 0}' AWAIT")
    states = dict(
        engine.sql("SELECT name, state FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY()) ORDER BY 1")
    )
    assert states == dict.fromkeys(("BY_KIND", "NIGHTLY", "TELL_ALL", "TOTALS"), "SUCCEEDED")
    assert engine.sql("SELECT what FROM told_of ORDER BY what") == [("2",), ("first",), ("mailed",)]
    assert engine.sql("SELECT COUNT(*) FROM daily") == [(1,)]
