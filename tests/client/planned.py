"""A plan from what stands there now, read and made in one go."""

from sfdag_magics.client.deploying import planning
from sfdag_magics.client.deploying.standing import read_standing


def make_plan(backend, graph, code, target, *, standing=None, **options):
    """As `planning.make_plan`, which it reads the standing for where that is not given."""
    prune, forgotten = options.get("prune", False), options.get("forgotten", frozenset())
    there = standing or read_standing(
        backend,
        graph,
        target,
        leaving=None if prune else forgotten,
        schedule_waits=options.get("schedule_waits", False),
        with_code=code is not None,
    )
    return planning.make_plan(there, graph, code, **options)
