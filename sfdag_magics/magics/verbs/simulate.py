"""The verb that tries a graph out without running it: simulate."""

from __future__ import annotations

from typing import Any

from sfdag_magics.errors import InputError
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.showing.views import show_bundle
from sfdag_magics.magics.verbs.verb import Desk, Verb, json_text
from sfdag_magics.simulating.simulation import Simulation
from sfdag_magics.workspace.answers.pictures import picture_of
from sfdag_magics.workspace.answers.simulated import simulated

_TRUTHS = {"true": True, "false": False}


def _options(parser: OptionParser) -> None:
    parser.pairs("--branch", metavar="TASK=ANSWER", help="what a branch answers; else each answer")
    parser.pairs("--returns", metavar="TASK=VALUE", help="what a task returns, for conditions")
    parser.names("--fail", metavar="T,T", help="tasks that fail")
    parser.pairs("--when", metavar="TASK=true", help="whether its own condition is met")


def _check(options: Options) -> None:
    _conditions(options)


def _conditions(options: Options) -> dict[str, bool]:
    return {task: _truth(task, typed.text) for task, typed in options.when.items()}


def _simulate(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    found = simulated(
        desk.workspace,
        graph,
        options.target,
        answers={task: typed.text for task, typed in options.branch.items()},
        returned={task: typed.text for task, typed in options.returns.items()},
        fails=options.fail,
        conditions=_conditions(options),
    )
    if options.json:
        desk.notebook.write(json_text(_record(found)))
    elif desk.notebook.draws and not options.no_widget:
        show_bundle(picture_of(found))
    else:
        desk.notebook.say(str(found))
    return found


def _truth(task: str, text: str) -> bool:
    if text.lower() not in _TRUTHS:
        raise InputError(
            f"--when {task}={text}: a condition is true or false", hint=f"--when {task}=false"
        )
    return _TRUTHS[text.lower()]


def _record(found: Simulation) -> dict[str, Any]:
    return {
        "graph": found.graph.name,
        "ways": [
            {
                "answers": dict(way.answers),
                "state": way.state.value,
                "attempts": way.attempts,
                "tasks": {
                    name: {"state": fate.state.value, "why": fate.why}
                    for name, fate in way.tasks.items()
                },
            }
            for way in found.ways
        ],
        "notes": list(found.notes),
    }


SIMULATE_VERBS = (
    Verb(
        name="simulate",
        summary="Says what would run, be skipped or be blocked, for answers and failures you pick.",
        example="%sfdag simulate --branch check=notify --fail train",
        act=_simulate,
        check=_check,
        options=_options,
    ),
)
