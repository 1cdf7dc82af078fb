"""A graph as a script of the statements that a deploy of all of it sends. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.task_statements import Definition, definitions
from sfdag_magics.client.exporting.exported import Exported, Form, heading
from sfdag_magics.client.exporting.left_out import left_out
from sfdag_magics.client.exporting.needed import needs
from sfdag_magics.graph.grammar import AlterTask, ResumeTask, SuspendTask
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import key_of
from sfdag_magics.sqltext import QualifiedName, dollar_quoted, tokenize

_USE = "it makes the tasks in the schema of the session, and starts them"


def as_sql(graph: TaskGraph, target: Target) -> Exported:
    """The graph as SQL.

    Args:
        graph: checked.
        target: its warehouse and config count where the graph says nothing.
    """
    not_carried = tuple(left_out(graph))
    found = definitions(graph, QualifiedName(key_of(graph.name)), target)
    needed = needs(found)
    head = heading("--", graph.name, _USE, not_carried, needed)
    text = "\n".join([*head, "", *_statements(found)]) + "\n"
    return Exported(
        graph=graph.name, form=Form.SQL, text=text, not_carried=not_carried, needs=needed
    )


def _statements(found: tuple[Definition, ...]) -> Iterator[str]:
    """Each with what ends it: a graph is altered while its root is suspended, which starts last."""
    root, *others = found
    suspended = AlterTask(name=root.statement.name, action=SuspendTask(), if_exists=True)
    yield f"{suspended.to_sql()};"
    for each in found:
        yield f"\n{_in_one_piece(each.statement.to_sql())};"
    yield ""
    started = [*others, root] if root.statement.properties.schedule else others
    for each in started:
        yield f"{AlterTask(name=each.statement.name, action=ResumeTask()).to_sql()};"


def _in_one_piece(sql: str) -> str:
    """A statement with a block as a text: who sends scripts cuts them at every semicolon.

    So do the connector, and the command lines that are made of it; what stands in the task is the
    block alone.
    """
    is_cut = any(token.text == ";" for token in tokenize(sql))
    return f"EXECUTE IMMEDIATE {dollar_quoted(sql)}" if is_cut else sql
