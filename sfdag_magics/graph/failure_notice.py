"""A finalizer that tells of a failed attempt by notification integrations: a SQL task. Pure.

It runs in the service, so that who is told does not depend on a notebook. Whether there is such an
integration, and what it may send to whom, the service knows alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.calls import told_call
from sfdag_magics.graph.sql.sql_names import sql_name_problem
from sfdag_magics.graph.task import Task, sql_task
from sfdag_magics.sqltext import TokenKind, identifier_from_sql, quoted_string, tokenize

#: What the task is called.
NOTICE = "tell_of_failure"
#: By it the task's body is known again.
_SENDS = "SYSTEM$SEND_SNOWFLAKE_NOTIFICATION"
_NAMING = ("INTEGRATION", "EMAIL_INTEGRATION_CONFIG")
_ADDRESS = re.compile(r"[^@\s,'\"]+@[^@\s,'\"]+\.[^@\s,'\"]+")
#: A subject has at most 256 letters (Snowflake docs), and a name in it is no longer than 255.
_BODY = """begin
  let run varchar := SYSTEM$TASK_RUNTIME_INFO('CURRENT_TASK_GRAPH_RUN_GROUP_ID');
  let root varchar := SYSTEM$TASK_RUNTIME_INFO('CURRENT_ROOT_TASK_UUID');
  let failed varchar := (
    select listagg(name || ': ' || coalesce(error_message, state), '\\n')
      within group (order by completed_time)
    from (
      select name, state, error_message, completed_time
      from table(information_schema.task_history(root_task_id => :root, result_limit => 10000))
      where graph_run_group_id = :run
      qualify attempt_number = max(attempt_number) over ()
    )
    where state in ('FAILED', 'FAILED_AND_AUTO_SUSPENDED', 'CANCELLED')
  );
  if (failed <> '') then
    let subject varchar := {subject};
    let text varchar := subject || ', run ' || run || '\\n' || failed;
{sends}
  end if;
end"""
_SEND = """    call SYSTEM$SEND_SNOWFLAKE_NOTIFICATION(
      SNOWFLAKE.NOTIFICATION.TEXT_PLAIN(:text),
      {to}
    );"""


@told_call
def failure_notice(graph: str, to: Sequence[str]) -> Task:
    """The task that tells `to` of an attempt of `graph` in which a task failed.

    Args:
        to: names of notification integrations, as SQL reads them, and addresses; those go by each
            of the integrations, which are then of the type EMAIL.

    Raises:
        InputError: something is neither, or there is no integration.
    """
    _check_list(to)
    addresses = [each for each in to if "@" in each]
    names = [each for each in to if "@" not in each]
    _check(names, addresses)
    sends = "\n".join(_SEND.format(to=_configured(name, addresses)) for name in names)
    subject = quoted_string(f"{graph} failed"[:200])
    return sql_task(NOTICE, _BODY.format(subject=subject, sends=sends), finalizer=True)


def is_notice(task: Task) -> bool:
    """Whether a task of this name was made here."""
    return task.name == NOTICE and task.finalizer and _SENDS in task.body


def integrations_of(task: Task) -> tuple[str, ...]:
    """The stored names of the integrations by which such a task tells."""
    tokens = tokenize(task.body)
    return tuple(
        identifier_from_sql(argument.value)
        for function, argument in zip(tokens, tokens[2:], strict=False)
        if function.word in _NAMING and argument.kind is TokenKind.STRING
    )


def _configured(name: str, addresses: Sequence[str]) -> str:
    stored = quoted_string(_as_argument(name))
    if not addresses:
        return f"SNOWFLAKE.NOTIFICATION.INTEGRATION({stored})"
    listed = ", ".join(map(quoted_string, addresses))
    return (
        f"SNOWFLAKE.NOTIFICATION.EMAIL_INTEGRATION_CONFIG({stored}, :subject,"
        f" ARRAY_CONSTRUCT({listed}))"
    )


def _as_argument(name: str) -> str:
    """The name as the function reads it: as SQL does, so quotes stay."""
    return name if name.startswith('"') else identifier_from_sql(name)


def _check_list(to: object) -> None:
    listed = [] if isinstance(to, str) or not isinstance(to, Iterable) else [*to]
    if not listed or not all(isinstance(each, str) for each in listed):
        raise InputError(
            f"failure_notice: {to!r} is no list of names of integrations and addresses",
            hint='failure_notice("graph", ["MY_INTEGRATION", "ops@example.com"])',
        )


def _check(names: Sequence[str], addresses: Sequence[str]) -> None:
    for address in addresses:
        if not _ADDRESS.fullmatch(address):
            raise InputError(f"--notify: {address!r} is no address", hint="ops@example.com")
    for name in names:
        if problem := sql_name_problem(name):
            raise InputError(f"--notify: {problem}", hint="SHOW NOTIFICATION INTEGRATIONS")
    if not names:
        raise InputError(
            f"--notify: by which integration is {addresses[0]} told?",
            hint=f"--notify INTEGRATION,{addresses[0]}: CREATE NOTIFICATION INTEGRATION … TYPE ="
            " EMAIL makes one",
        )
