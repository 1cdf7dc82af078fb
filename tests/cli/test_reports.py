"""A run as JUnit's XML, as Markdown, as a table: what tasks say is text in each of them."""

import io
from xml.etree import ElementTree as ET

from rich.console import Console

from sfdag_magics.cli.live_table import LiveTable
from sfdag_magics.cli.reports import junit_xml, step_summary
from sfdag_magics.client.observing.derive import snapshot_from_rows
from tests.client.rows import deployed, row

NASTY = "a|b <script>\x1b[31m]]> \x00 [red]x[/red]\nnext line"
GRAPH = deployed("a -> b -> c")


def seen():
    rows = [row("g", "FAILED"), row("a"), row("b", "FAILED", error_message=NASTY)]
    return snapshot_from_rows(GRAPH, rows, None)


def test_junit_has_each_task_and_is_xml_whatever_a_task_says():
    (suite,) = ET.fromstring(junit_xml(seen()))  # noqa: S314 - our own
    assert {key: suite.get(key) for key in ("tests", "failures", "skipped")} == {
        "tests": "3",
        "failures": "1",
        "skipped": "1",
    }
    assert "a|b <script>" in suite.find(".//failure").text


def test_a_summary_is_a_table_without_markup_of_tasks():
    lines = step_summary(seen()).strip().splitlines()
    assert [line.count(" | ") for line in lines[2:]] == [3, 3, 3, 3, 3]
    assert "<script>" not in "".join(lines)
    assert "a\\|b &lt;script&gt;" in lines[5]


def test_a_table_in_a_terminal_shows_text_as_text():
    screen = io.StringIO()
    table = LiveTable(Console(file=screen, force_terminal=True, width=120, color_system=None))
    table(seen())
    shown = screen.getvalue()
    assert "[red]x[/red]" in shown
    assert "\x1b[31m]]>" not in shown
