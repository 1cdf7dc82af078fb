"""Trees gone through from the leaves up, by several changes in one walk."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.reading.parse import parse
from sfdag_magics.engine.sql.reading.walking import bottom_up


def _wrapped(name: str):
    return lambda node: exp.Anonymous(this=name, expressions=[node])


def _text(tree: exp.Expr) -> str:
    return tree.sql("duckdb")


def test_the_changes_of_a_node_are_made_one_after_the_other():
    tree = bottom_up(
        parse("a + 1"), [((exp.Literal,), _wrapped("F")), ((exp.Func,), _wrapped("G"))]
    )
    assert _text(tree) == "a + G(F(1))"


def test_inner_nodes_are_changed_before_those_around_them():
    def swapped(node):
        return type(node)(this=node.expression, expression=node.this)

    tree = bottom_up(parse("(a - b) - c"), [((exp.Sub,), swapped)])
    assert _text(tree) == "c - (b - a)"


def test_the_whole_is_changed_too_and_what_a_change_makes_is_not_changed_again():
    tree = bottom_up(
        parse("a - b"), [((exp.Sub,), lambda node: exp.Sub(this=node, expression=node))]
    )
    assert tree.parent is None
    assert _text(tree) == "a - b - a - b"


def test_a_change_sees_where_its_node_stands_when_another_has_changed_it():
    seen = []

    def noted(node):
        seen.append(node.find_ancestor(exp.Select))
        return node

    tree = parse("select 1")
    bottom_up(tree, [((exp.Literal,), _wrapped("F")), ((exp.Anonymous,), noted)])
    assert seen == [tree]
