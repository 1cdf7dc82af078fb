"""Statements whose work other services do: notebooks, dbt projects, jobs in containers.

None is simulated. A task with such a body can be made, and what it would have run is in its log;
whether the run then fails is a setting of the engine.
"""

from __future__ import annotations

from collections.abc import Mapping

from sfdag_magics.engine.borders.answers import Result, SqlError
from sfdag_magics.engine.borders.ports import SqlSession, Statement, StatementHandler
from sfdag_magics.engine.borders.rowset import status
from sfdag_magics.engine.limits.not_simulated import SUCCEED, VARIABLE
from sfdag_magics.engine.notices.captured import Captured

_KINDS = ("EXECUTE NOTEBOOK", "EXECUTE DBT PROJECT", "EXECUTE JOB SERVICE")


class Elsewhere:
    """The statements. Any thread."""

    def __init__(self, captured: Captured, *, succeeds: bool) -> None:
        self._captured = captured
        self._succeeds = succeeds

    def table(self) -> Mapping[str, StatementHandler]:
        """By kind, as a `SqlFeature` has them."""
        return dict.fromkeys(_KINDS, self._record)

    def _record(self, statement: Statement, session: SqlSession) -> Result:
        """Note what was to run.

        Raises:
            SqlError: where that is what such statements come to here.
        """
        said = f"{statement.kind} is not simulated here: {statement.text.strip()}"
        outcome = "succeeds and does nothing" if self._succeeds else "fails"
        self._captured.keep(
            session, "sfdag", f"{said}\nThe statement {outcome} ({VARIABLE}).", level="WARNING"
        )
        if self._succeeds:
            return status(f"{statement.kind} is not simulated by the embedded engine.")
        raise SqlError(
            f"{statement.kind} is not simulated by the embedded engine: what it runs is on"
            f" Snowflake. With {VARIABLE}={SUCCEED} in the environment of the engine it succeeds"
            " and does nothing.",
            sqlstate="0A000",
        )
