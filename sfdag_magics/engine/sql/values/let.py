"""A value that is named within a DuckDB expression, so that it is computed and bound once.

A macro's arguments are put into its body as text: a body that uses one eight times has 512 copies
of it when three such calls are nested, and binding them takes seconds.
"""

from __future__ import annotations


def let(name: str, value: str, body: str) -> str:
    """DuckDB's text of `body`, in which `name` (`_sf_…`, nobody's column) stands for `value`.

    It is a lambda over a list of one, which DuckDB does not take in a column's default.
    """
    return f"list_transform([{value}], lambda {name}: {body})[1]"
