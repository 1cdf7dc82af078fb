"""What a statement that writes comes to in DuckDB: its own writes, and what stands around them.

Around them stand what keeps the changes of a table that has a stream, and the moves of the streams
that it reads. Knows trees that are resolved, and no form of statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field

from sqlglot import exp

from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.borders.object_facts import ObjectFact
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.stored.offsets import moved, moves
from sfdag_magics.engine.sql.stored.transaction import Answers, Write
from sfdag_magics.engine.sql.streams.images import all_rows, may_change
from sfdag_magics.engine.sql.streams.tracking import Tracking
from sfdag_magics.engine.sql.streams.watching import prune
from sfdag_magics.engine.sql.translating.translate import Translator
from sfdag_magics.engine.sql.translating.translated import Translated
from sfdag_magics.light_classes import dataclass


@dataclass(slots=True, kw_only=True)
class Plan:
    """The writes of one statement.

    Attributes:
        translated: with what was lent for it.
        own: what its answer is made of.
    """

    translated: Translated
    own: Sequence[Write]
    before: list[Write] = field(default_factory=list)
    behind: list[Write] = field(default_factory=list)

    @property
    def writes(self) -> list[Write]:
        """All writes in order, without the moves of streams."""
        return [*self.before, *self.own, *self.behind]

    def answers(self, said: Answers) -> Answers:
        """What its own writes answered."""
        return said[len(self.before) : len(self.before) + len(self.own)]

    def carried_out(self, session: Session, answer: Callable[[Answers], Result]) -> Result:
        """Write all of it as one."""
        streams = self.translated.streams
        done = session.write(
            *self.writes,
            *moves(streams, self.translated.shown, session.transaction),
            answer=lambda said: answer(self.answers(said)),
            shown=self.translated.shown,
        )
        if streams:
            moved(streams, session.transaction)
        if streams or any(write.is_change for write in self.before):
            session.after_commit(lambda: prune(session))
        return done


def write_of(
    translated: Translated, target: ObjectFact | None = None, *, fresh: bool = False
) -> Write:
    """The write of a translation; `target` is the table whose rows it changes."""
    return Write(
        sql=translated.sql,
        parameters=translated.parameters,
        exact=translated.exact,
        fresh=fresh and translated.exact,
        table="" if target is None else target.detail["physical"],
    )


def plan_of(translated: Translated, own: Sequence[Write]) -> Plan:
    """The plan of a statement on a table that has no stream."""
    return Plan(translated=translated, own=own)


def tracked_plan(
    resolved: exp.Expr, tracking: Tracking, translator: Translator, before: Sequence[Write]
) -> Plan:
    """An UPDATE, DELETE or MERGE of a table that has a stream, behind what it is counted by."""
    matched, everything = (each(resolved, tracking.table) for each in (may_change, all_rows))
    _with_marks(resolved, tracking)
    translated = translator.finished(resolved)
    rows = write_of(translator.finished(matched if translated.settled else everything))
    plan = plan_of(translated, [*before, write_of(translated, tracking.table)])
    if translated.settled and not isinstance(resolved, exp.Merge):
        plan.before = [*tracking.begun(), *tracking.kept(rows)]
        return plan
    aside, plan.behind = tracking.compared(rows)
    plan.before = [*tracking.begun(), *aside]
    return plan


def _with_marks(statement: exp.Expr, tracking: Tracking) -> None:
    """Let what the statement updates say so."""
    if isinstance(statement, exp.Update):
        _set(statement, tracking)
    elif isinstance(statement, exp.Merge):
        whens = statement.args["whens"]
        for when in whens.expressions if isinstance(whens, exp.Whens) else whens:
            if isinstance(then := when.args["then"], exp.Update):
                _set(then, tracking)


def _set(update: exp.Update, tracking: Tracking) -> None:
    update.set("expressions", [*update.expressions, *tracking.assignments()])
