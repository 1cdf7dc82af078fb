"""A view in which all texts are given ones. Copied beside the notebook."""

from __future__ import annotations

from datetime import UTC, datetime

from sfdag_magics.client.code.differing_lines import ComparedLine, Mark
from sfdag_magics.client.observing.shown import Shown, ShownKind
from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.client.observing.traces.log_window import LogWindow
from sfdag_magics.client.observing.traces.logs import LogLine
from sfdag_magics.client.running.named_tables import NamedTable
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.render.shape import Node, Shape
from sfdag_magics.sqltext import QualifiedName
from sfdag_magics.widget import Actions, LiveView

BEGUN = datetime(2026, 6, 28, tzinfo=UTC)


class FailedRun:
    """All of its tasks failed with their own name for an error."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def last_stir(self) -> bytes:
        return b""

    def refresh(self, number: int = 0) -> RunSnapshot:
        return RunSnapshot(
            graph=self.names[0],
            root="ROOT",
            group_id=self.names[number],
            config=dict.fromkeys(self.names, self.names[number]),
            attempt=1,
            state=GraphRunState.FAILED,
            tasks={name: failed(name) for name in self.names},
        )


def failed(name: str) -> TaskRun:
    return TaskRun(
        name=name,
        state=DisplayState.FAILED,
        query_id=name,
        started=BEGUN,
        error_message=name,
        return_value=name,
        shown=1,
    )


def window(name: str) -> LogWindow:
    line = LogLine(time=None, severity=name, logger=name, message=name)
    return LogWindow(lines=((name, line),), total=1)


def table(name: str) -> Shown:
    cells = {"columns": ((name, False),), "rows": ((name,),)}
    return Shown(name=name, kind=ShownKind.TABLE, cut=name, **cells)


def html(name: str) -> Shown:
    """What would connect, from a frame within a frame as well."""
    inner = f'<iframe srcdoc="<script>parent.parent.alarmed=1</script>{OUTSIDE}"></iframe>'
    return Shown(name="html", kind=ShownKind.HTML, text=f"<p>in</p>{name}{OUTSIDE}{inner}")


#: Nothing is to ask for it.
OUTSIDE = (
    "<img src='http://x.invalid/'><link rel='preload' as='script' href='http://x.invalid/'>"
    "<iframe src='http://x.invalid/'></iframe><form action='http://x.invalid/'><button autofocus>"
)


def hostile_view(names: list[str]) -> LiveView:
    run, nodes = FailedRun(names), tuple(Node(name=name, group=name) for name in names)
    return LiveView(
        Shape(name=names[0], nodes=nodes, edges=()),
        run,
        actions=Actions(
            logs=lambda run, asked, attempt, ask: window((asked or names)[0]),
            lines=lambda run, name, ask: [
                ComparedLine(mark=Mark.CAME, place=name, number=1, text=name)
            ],
            tables=lambda run, name: [NamedTable(said=name, name=QualifiedName(name))],
            rows=lambda run, name, said: table(name),
            changes=lambda run, name: [name],
            code=lambda run, name: name,
            missed=lambda name, error: name,
            shown=lambda run, name, attempt: [table(name), html(name)],
            past=lambda count: [run.refresh(number) for number in range(3)],
        ),
    )
