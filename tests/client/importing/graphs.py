"""Graphs of SQL made up by chance, for round trips: every option that statements can carry."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from sfdag_magics.graph.model import GraphOptions, TaskGraph, sql_task

_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])
    | st.sampled_from("\n'\"\\;{}%#$-/*"),
    max_size=20,
)
_NAMES = st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,8}\Z").filter(
    lambda name: name.upper() not in ("SESSION", "CTX")
)
_TIMES = st.none() | st.integers(1, 604_800_000).map(lambda ms: timedelta(milliseconds=ms))
_WAREHOUSES = st.none() | st.sampled_from(["ml", '"my wh"', "B_1"])
_CONDITIONS = st.sampled_from(
    [None, None, "1 = 1", "SYSTEM$STREAM_HAS_DATA('S') or 1 = 2", "'it''s' <> ')'"]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=5,
)


def _sql(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


_BODIES = _TEXTS.map(lambda text: f"select {_sql(text)} as a") | _TEXTS.map(
    lambda text: f"begin\n  let x := {_sql(text)};\n  -- it's\n  return :x;\nend"
)


@st.composite
def graphs(draw: st.DrawFn) -> TaskGraph:
    """A graph that can run."""
    graph = TaskGraph(draw(_NAMES), _options(draw))
    names = draw(st.lists(_NAMES, min_size=1, max_size=6, unique_by=str.upper))
    branches: set[str] = set()
    for index, name in enumerate(names):
        above = (
            draw(st.lists(st.sampled_from(names[:index]), unique=True, max_size=3)) if index else []
        )
        # A join below two arms of one branch never runs, which is refused.
        if branches:
            above = above[:1]
        is_branch = draw(st.booleans()) and index < len(names) - 1
        graph.add(
            sql_task(
                name,
                draw(_BODIES),
                after=above,
                branch=is_branch,
                when=draw(_CONDITIONS),
                group=draw(st.sampled_from([None, None, "look", "G 1"])),
                timeout=draw(_TIMES),
                comment=draw(st.none() | _TEXTS.filter(bool)),
                **draw(st.sampled_from([{}, {"warehouse": "w2"}, {"serverless": "SMALL"}])),
            )
        )
        branches |= {name} if is_branch else set()
    for name in branches:
        if not any(name in task.after for task in graph.tasks):
            graph.add(_plain(graph.task(name)))
    if draw(st.booleans()):
        final = draw(_NAMES.filter(lambda name: name not in graph))
        graph.add(sql_task(final, draw(_BODIES), finalizer=True))
    return graph


def _plain(task):
    from dataclasses import replace

    return replace(task, branch=False)


def _options(draw: st.DrawFn) -> GraphOptions:
    return GraphOptions(
        schedule=draw(
            st.none() | st.sampled_from(["0 5 * * 1 Europe/Berlin", "90 minutes", "20 s"])
        ),
        warehouse=draw(_WAREHOUSES),
        config=draw(st.dictionaries(st.from_regex(r"\A[a-z]{1,5}\Z"), _JSON, max_size=3)),
        overlap=draw(st.none() | st.sampled_from(["NO_OVERLAP", "ALLOW_ALL_OVERLAP"])),
        timeout=draw(_TIMES),
        graph_timeout=draw(_TIMES),
        auto_retry=draw(st.none() | st.integers(0, 30)),
        suspend_after=draw(st.none() | st.integers(0, 9)),
        comment=draw(st.none() | _TEXTS.filter(bool)),
    )
