"""The verb that holds one run against another: compare."""

from __future__ import annotations

from typing import Any

from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.verbs.verb import Desk, Verb, json_text
from sfdag_magics.workspace.answers.comparing_runs import compared_runs
from sfdag_magics.workspace.answers.comparison import Comparison


def _options(parser: OptionParser) -> None:
    parser.word("run", help="the start of a run's id; else the one before the newest")
    parser.word("other", help="the start of another's; else the newest")


def _compare(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    found = compared_runs(desk.workspace, graph, options.run, options.other, options.target)
    if options.json:
        desk.notebook.write(json_text(_record(found)))
    else:
        desk.notebook.say(str(found))
    return found


def _record(found: Comparison) -> dict[str, Any]:
    runs = found.runs
    pairs = {name: found.tasks_of(name) for name in runs.tasks}
    return {
        "graph": found.second.graph,
        "first": found.first.group_id,
        "second": found.second.group_id,
        "differences": [
            {
                "topic": each.topic.value,
                "what": each.what,
                "first": each.first,
                "second": each.second,
                "default": each.default,
            }
            for each in runs.differences
        ],
        "same": runs.same,
        "tasks": {
            name: {
                key: {
                    "state": task.state.value,
                    "seconds": task.duration.total_seconds() if task.duration else None,
                    "return_value": task.return_value,
                }
                if task
                else None
                for key, task in zip(("first", "second"), pair, strict=True)
            }
            for name, pair in pairs.items()
        },
    }


COMPARE_VERBS = (
    Verb(
        name="compare",
        summary="Holds a run against the one before, or another: config, code, packages, tasks.",
        example="%sfdag compare 3f2a91bc",
        act=_compare,
        options=_options,
    ),
)
