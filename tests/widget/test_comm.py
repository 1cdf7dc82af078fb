"""What is known of a kernel by the comm that it gave the view."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sfdag_magics.widget.comm import kernel_session


def test_a_kernel_is_known_by_the_session_of_what_it_says():
    kernel = SimpleNamespace(session=SimpleNamespace(session="s1"))
    assert kernel_session(SimpleNamespace(kernel=kernel)) == "s1"


@pytest.mark.parametrize(
    "comm",
    [None, SimpleNamespace(), SimpleNamespace(kernel=None)],
    ids=["no comm", "another host's", "not sent by a kernel"],
)
def test_without_a_kernel_there_is_no_session(comm):
    assert kernel_session(comm) == ""
