"""The functions that act on graphs and look at them from outside: resume, cancel, dependents, news.

What a task's body asks about its own run is `run_functions`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from sfdag_magics.engine.borders.answers import Result, SqlError, does_not_exist
from sfdag_magics.engine.borders.ports import Arguments, SqlSession, SystemFunction, Value
from sfdag_magics.engine.borders.table_arguments import named
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.loop import Command, Decided, SchedulerLoop
from sfdag_magics.engine.tasks.commands import Commands, answer_of
from sfdag_magics.engine.tasks.defined.catalogue import TaskCatalogue
from sfdag_magics.engine.tasks.news import News
from sfdag_magics.engine.tasks.shown import show
from sfdag_magics.engine.tasks.shown.argument_values import is_true
from sfdag_magics.sqltext import QualifiedName, SqlTextError, TokenReader


class TaskControls:
    """The functions over one catalogue. Any thread."""

    def __init__(
        self, *, commands: Commands, loop: SchedulerLoop, catalogue: TaskCatalogue, news: News
    ) -> None:
        self._commands = commands
        self._loop = loop
        self._catalogue = catalogue
        self._news = news

    def table(self) -> Mapping[str, SystemFunction]:
        """By name, as a `SqlFeature` has them."""
        return {
            "SYSTEM$TASK_DEPENDENTS_ENABLE": self._enable_dependents,
            "SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS": self._cancel_ongoing,
            "SYSTEM$CANCEL_QUERY": self._cancel_query,
            "SYSTEM$SFDAG_CANCEL_RUN": self._cancel_run,
            "SYSTEM$SFDAG_NEWS": self._news_of,
            "SYSTEM$SFDAG_RUN_WAITS_FOR": self._waits_for,
        }

    def _enable_dependents(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        name = session.resolve(_name(_only("SYSTEM$TASK_DEPENDENTS_ENABLE", values)))
        return self._answer(lambda _: self._commands.enabled(name))

    def _cancel_ongoing(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        function = "SYSTEM$USER_TASK_CANCEL_ONGOING_EXECUTIONS"
        name = session.resolve(_name(_only(function, values)))
        return self._answer(lambda scheduler: self._commands.cancelled(name, scheduler))

    def _cancel_query(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        """One execution of one task; queries that are no tasks are the wire's to cancel."""
        del session
        query_id = _only("SYSTEM$CANCEL_QUERY", values)
        return self._answer(lambda scheduler: self._commands.cancelled_query(query_id, scheduler))

    def _cancel_run(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        """A whole graph run by its group, also one that has not begun; Snowflake has no such."""
        del session
        group_id = _only("SYSTEM$SFDAG_CANCEL_RUN", values)
        return self._answer(lambda _: self._commands.cancelled_run(group_id))

    def _news_of(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        """A mark that is another after each change of a graph run; Snowflake has no such."""
        del session
        group_id = _only("SYSTEM$SFDAG_NEWS", values)
        return self._news.mark(group_id)

    def _waits_for(self, values: tuple[Value, ...], session: SqlSession) -> Value:
        """What holds up those tasks of a run that are due, by task; Snowflake has no such."""
        del session
        group_id = _only("SYSTEM$SFDAG_RUN_WAITS_FOR", values)

        def waiting(scheduler: Scheduler) -> Decided[str]:
            found = scheduler.slots.waiting(group_id)
            return Decided(answer=json.dumps(found) if found else "")

        return self._answer(waiting) or None

    def dependents(self, arguments: Arguments, session: SqlSession) -> Result:
        """TASK_DEPENDENTS: what runs after a task, as rows."""
        said = named(arguments, ("TASK_NAME", "RECURSIVE"))
        if "TASK_NAME" not in said:
            raise SqlError("TASK_DEPENDENTS: TASK_NAME is missing.")
        name = session.resolve(_name(str(said["TASK_NAME"])))
        is_recursive = is_true(said.get("RECURSIVE", True))
        tasks = show.dependents(
            self._catalogue, self._catalogue.get(name), is_recursive=is_recursive
        )
        return show.dependents_rows(self._catalogue, tasks)

    def _answer(self, command: Command[str]) -> str:
        return answer_of(self._loop, command)


def _only(function: str, values: tuple[Value, ...]) -> str:
    """The one argument of a function.

    Raises:
        SqlError: it has more, or none, or it is NULL.
    """
    if len(values) != 1:
        raise SqlError(f"SQL compilation error:\ninvalid number of arguments for {function}")
    if values[0] is None:
        raise SqlError(f"{function}: its argument is NULL, and a name is needed.")
    return str(values[0])


def _name(text: str) -> QualifiedName:
    """A name in a string argument.

    Raises:
        SqlError: it is none.
    """
    try:
        reader = TokenReader(text)
        name = reader.qualified_name()
    except SqlTextError as problem:
        raise does_not_exist("Task", text) from problem
    if not reader.at_end:
        raise does_not_exist("Task", text)
    return name
