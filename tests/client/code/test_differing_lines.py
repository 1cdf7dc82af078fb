"""Two versions of a task's code, line by line."""

import pytest

from sfdag_magics.bundle import CodeLine
from sfdag_magics.client.code.differing_lines import as_they_are, compared_lines


def written(text, place="Cell [1] a"):
    return [CodeLine(place=place, number=n, text=t) for n, t in enumerate(text.split(), start=1)]


CASES = [
    ("a b c", "a b c", ""),
    ("a b c", "a x c", " 1a -2b +2x  3c"),
    ("", "a", "+1a"),
    ("a", "", "-1a"),
    ("a b c d e f g h", "x b c d e f g h", "-1a +1x  2b  3c  4d …4"),
    ("a b c d e f g h", "a b c d e f g x", "…4  5e  6f  7g -8h +8x"),
    ("x a b c d e f g h y", "u a b c d e f g h v", "-1x +1u  2a  3b  4c …2  7f  8g  9h -10y +10v"),
]


@pytest.mark.parametrize(("before", "after", "told"), CASES)
def test_lines_far_from_a_change_are_counted(before, after, told):
    found = compared_lines(written(before), written(after))
    assert " ".join(f"{each.mark.value}{each.number}{each.text}" for each in found) == told


def test_a_cell_that_only_moved_is_the_same_code():
    assert compared_lines(written("a b", "Cell [1] a"), written("a b", "Cell [9] a")) == ()


@pytest.mark.parametrize(("then", "now"), [("a b c", "a x c"), ("a b", "x y"), ("a b c", "a c")])
def test_a_line_of_a_cell_that_was_run_again_is_gone_from_the_cell_that_it_is_now(then, now):
    found = compared_lines(written(then, "Cell [1] a"), written(now, "Cell [9] a"))
    assert {each.place for each in found} == {"Cell [9] a"}


def test_one_version_is_told_line_by_line():
    found = as_they_are(written("a b"))
    assert [(each.place, each.number, each.text) for each in found] == [
        ("Cell [1] a", 1, "a"),
        ("Cell [1] a", 2, "b"),
    ]
