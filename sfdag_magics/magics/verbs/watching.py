"""A run that a verb started or continued is followed: live for a person, in lines for a machine.

Knows no verb.
"""

from __future__ import annotations

from sfdag_magics.client.running.runs import Run
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.kernel.here import explained
from sfdag_magics.magics.reading.options import Options
from sfdag_magics.magics.showing.follow import follow
from sfdag_magics.magics.showing.records import run_record
from sfdag_magics.magics.showing.views import show_live, show_static
from sfdag_magics.magics.verbs.verb import Desk, json_text


def watch(desk: Desk, graph: TaskGraph, run: Run, options: Options, *, blocking: bool) -> None:
    """The live view for a person, lines for a machine, and the picture that stays."""
    hidden = options.no_widget or options.json
    live = desk.notebook.is_attended and desk.notebook.draws and not hidden
    view = show_live(desk, graph, run, options) if live else None
    if not blocking:
        if not live:
            desk.say(options, f"{run.snapshot.label} started on {run.place}: %sfdag status")
        tell_record(desk, run, options)
        return
    try:
        follow(
            run,
            desk.sayer(options),
            explain=lambda cause: explained(cause, desk.notebook, graph),
            view=view,
            tells=desk.follows_with,
        )
    finally:
        tell_record(desk, run, options)
        if not live and not options.quiet and not options.json and desk.notebook.draws:
            show_static(graph, run)


def tell_record(desk: Desk, run: Run, options: Options) -> None:
    """The run as JSON, where that is asked for."""
    if options.json:
        desk.notebook.write(json_text(run_record(run.snapshot)))
