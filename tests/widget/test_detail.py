"""What the drawer is told: texts that cannot act on whoever reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfdag_magics.client.observing.logs import LogEnd
from sfdag_magics.widget.detail import LINE_LENGTH, shown_text, task_detail
from tests.widget.fakes import DONE, FAILED


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, Größe, 日本語, 👩‍🔬", "plain, Größe, 日本語, 👩‍🔬"),
        ("\x1b[31mred\x1b[0m and \x1b[1;38;5;82mgreen\x1b[m", "red and green"),
        ("\x1b]0;title\x07rest \x1b[2K\x1b[1A", "rest "),
        ("tab\tand\nline", "tab\tand\nline"),
        ("\x00\x07\x1b bell \x9b", "\ufffd\ufffd\ufffd bell \ufffd"),
        ("abc \u202e fed \u2066", "abc \ufffd fed \ufffd"),
    ],
)
def test_what_a_terminal_would_obey_is_left_out_or_marked(text, shown):
    assert shown_text(text) == shown


def test_a_log_is_told_from_its_end_and_its_lines_are_cut():
    end = LogEnd(lines=("line 6", "x" * 9999), left_out=6)
    detail = task_detail("a", DONE, lambda name: end)
    assert detail["logs"] == ["line 6", "x" * LINE_LENGTH]
    assert detail["logs_left_out"] == 6
    assert detail["logs_command"] == "%sfdag logs a --run 0196-gro"


def test_errors_and_values_are_shown_as_text_too():
    failed = FAILED.tasks["b"]
    turned = replace(failed, error_message="\x1b[31mValueError\x1b[0m: \u202e", return_value="\x07")
    detail = task_detail("b", replace(FAILED, tasks={**FAILED.tasks, "b": turned}), None)
    assert (detail["error"], detail["return_value"]) == ("ValueError: \ufffd", "\ufffd")
