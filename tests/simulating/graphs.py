"""Graphs to simulate, and ways to say what is assumed."""

import random

from sfdag_magics import TaskGraph, sql_task
from sfdag_magics.simulating.assumed import assumed
from sfdag_magics.simulating.simulate import simulate


def fraud():
    """Eight tasks: a branch at the end, a condition on what a task returned, a finalizer."""
    asks = "SYSTEM$GET_PREDECESSOR_RETURN_VALUE('FRAUD$TRAIN') > 0.8"
    return TaskGraph(
        "fraud",
        tasks=(
            sql_task("setup", "select 1"),
            sql_task("train", "select 1", after=["setup"]),
            sql_task("check", "select 1", after=["train"], branch=True),
            sql_task("promote", "select 1", after=["check"], when=asks),
            sql_task("notify", "select 1", after=["check"]),
            sql_task("tell", "select 1", after=["notify"]),
            sql_task("tidy", "select 1", finalizer=True),
        ),
    )


def simulated(graph, *, answers=(), returned=(), fails=(), conditions=()):
    given = assumed(
        graph,
        answers=dict(answers),
        returned=dict(returned),
        fails=fails,
        conditions=dict(conditions),
    )
    return simulate(graph, given)


def words(way):
    """`{task: what becomes of it}`."""
    return {name: fate.state.word for name, fate in way.tasks.items()}


_STATES = (
    "NONE_FAILED",
    "ALL_DONE",
    "AT_LEAST_ONE_FAILED",
    "AT_LEAST_ONE_SUCCEEDED",
    "ALL_SKIPPED",
)
FAILS, SETS = "select 1 / 0", "call system$set_return_value('{}')"


def any_graph(seed):
    """`(graph, answers, failing tasks)`: up to nine tasks, branches and conditions among them."""
    picked = random.Random(seed)  # noqa: S311 - a story that can be told again
    graph = TaskGraph(f"g{seed}")
    names = [f"t{number}" for number in range(picked.randint(2, 8))]
    branches = {name for name in names[:-1] if picked.random() < 0.3}
    fails = {name for name in names if picked.random() < 0.2} - branches
    arms = {name: [] for name in branches}
    for index, name in enumerate(names):
        above = [each for each in names[:index] if picked.random() < 0.4]
        for branch in branches & set(above):
            arms[branch].append(name)
        asked = f"SYSTEM$PREDECESSORS_STATE('{picked.choice(_STATES)}')"
        when = asked if above and picked.random() < 0.3 else None
        graph.add(sql_task(name, "select 1", after=above, branch=name in branches, when=when))
    answers = {name: picked.choice(arms[name]) for name in arms if arms[name]}
    for name in names:
        body = FAILS if name in fails else SETS.format(answers.get(name, "x"))
        old = graph.task(name)
        is_branch = name in answers
        graph.add(sql_task(name, body, after=old.after, branch=is_branch, when=old.when))
    if picked.random() < 0.5:
        graph.add(sql_task("tidy", FAILS if picked.random() < 0.3 else "select 1", finalizer=True))
        if graph.task("tidy").body == FAILS:
            fails.add("tidy")
    return graph, answers, sorted(fails)
