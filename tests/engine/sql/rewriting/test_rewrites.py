"""The list of rewrites: each is for the types of nodes it names, and for no others."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.names.marks import mark_operands
from sfdag_magics.engine.sql.reading.parse import parse
from sfdag_magics.engine.sql.reading.walking import nodes
from sfdag_magics.engine.sql.rewriting.rewrites import REWRITES

#: One statement of each topic.
STATEMENTS = """
    select avg(1.5::number(9,2)) filter (where a > 1), median(1::int) over (partition by a) from t
    select variance(2::int) over (order by a), percentile_cont(0.5) within group (order by a) from t
    select listagg(a, ',') within group (order by b), array_agg(a) over (order by b) from t
    select v:a.b[0], v['k'], v[i], split(a, ','), array_size(v), object_construct(*), [1] from t
    select object_construct('a', 1), f.value from t, lateral flatten(input => v) f
    select dateadd(day, 1, d), '2020-01-01'::date + 1, d + interval '1 day, 1 hour', year(d) from t
    select convert_timezone('UTC', ts), date_trunc(month, d), datediff(day, d, e) from t
    select decode(a, 1, 'x'), nullif(a, b), case a when 1 then 2 end, not a and b or c from t
    select to_number('1', 10, 2), to_double('1'), x'41', 'a' || 1, lpad(a, 3, ''), a / 3 % 2 from t
    select random(), uniform(1, 2, random()), seq4() from t sample (10)
    select filter(v, x -> x > 1), greatest(a, b), max_by(a, b), a rlike 'x', a in ('x') from t
    select column1 from values (1, 'a') order by column1
"""


def _is_for(one, node: exp.Expr) -> bool:
    return isinstance(node, one.nodes)


def test_a_rewrite_leaves_nodes_of_other_types_as_they_are():
    for statement in STATEMENTS.strip().splitlines():
        tree = parse(statement)
        mark_operands(tree)
        for one in (one for together in REWRITES for one in together):
            others = [node for node in nodes(tree) if not _is_for(one, node)]
            before = tree.copy()
            assert all(one.rewrite(node) is node for node in others), (one.rewrite, statement)
            assert tree == before, (one.rewrite, statement)


def test_each_rewrite_is_listed_once():
    listed = [one.rewrite for together in REWRITES for one in together]
    assert len(set(listed)) == len(listed)
