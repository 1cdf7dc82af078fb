"""What a run came to, for the systems that start it: JUnit's XML, a summary of GitHub's steps.

Pure; who calls writes the texts.
"""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from sfdag_magics.client.observing.snapshot import RunSnapshot, TaskRun
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.render.run_seen import headline, task_note
from sfdag_magics.render.text import plain

_SKIPPED = frozenset(
    {DisplayState.SKIPPED, DisplayState.BLOCKED, DisplayState.PENDING, DisplayState.UNKNOWN}
)
#: What Markdown would take for its own.
_ESCAPED = {**{char: f"\\{char}" for char in "\\|`*_[]"}, "<": "&lt;", ">": "&gt;"}
_FAILED = frozenset({DisplayState.FAILED, DisplayState.CANCELLED})


def junit_xml(seen: RunSnapshot) -> str:
    """A test suite of the run: each task a case; what did not run is skipped, with why."""
    tasks = seen.tasks.values()
    suite = ET.Element(
        "testsuite",
        name=seen.graph,
        tests=str(len(tasks)),
        failures=str(sum(task.state in _FAILED for task in tasks)),
        skipped=str(sum(task.state in _SKIPPED for task in tasks)),
        errors="0",
    )
    if seen.started is not None:
        suite.set("timestamp", seen.started.isoformat())
    for task in tasks:
        _add_case(suite, seen.graph, task)
    whole = ET.Element("testsuites")
    whole.append(suite)
    ET.indent(whole)
    return ET.tostring(whole, encoding="unicode", xml_declaration=True) + "\n"


def _add_case(suite: ET.Element, graph: str, task: TaskRun) -> None:
    case = ET.SubElement(suite, "testcase", classname=graph, name=task.name)
    if task.duration is not None:
        case.set("time", f"{task.duration.total_seconds():.3f}")
    if task.state in _FAILED:
        failure = ET.SubElement(case, "failure", message=_printable(task.reason or task.state.word))
        failure.text = _printable(task.error_message or "")
    elif task.state in _SKIPPED:
        ET.SubElement(case, "skipped", message=task.state.word)


def _printable(text: str) -> str:
    """Without the characters that XML has no place for."""
    return "".join(char if char in "\n\t" or char.isprintable() else "�" for char in text)


def step_summary(seen: RunSnapshot) -> str:
    """The run as Markdown: its sentence, and a table of its tasks."""
    now = datetime.now(UTC)
    lines = [f"### {_cell(seen.label)}: {headline(seen, now=now)}", "", "| | task | state | why |"]
    lines.append("| --- | --- | --- | --- |")
    for task in seen.tasks.values():
        note = task_note(task, now=now, is_by_hand=task.name in seen.by_hand)
        cells = (task.state.glyph, task.name, note, task.reason)
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    return "\n".join(lines) + "\n\n"


def _cell(text: str) -> str:
    """On one line, and no markup of its own."""
    shown = plain(text.replace("\n", " "))
    return "".join(_ESCAPED.get(char, char) for char in shown)
