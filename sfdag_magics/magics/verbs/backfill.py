"""The verb that makes good what a schedule missed: backfill."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sfdag_magics.client.backfilling.asked import Asked, Reprocess
from sfdag_magics.client.backfilling.driving import EndedSlot
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.errors import RunFailedError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import short_run
from sfdag_magics.graph.states import SlotState
from sfdag_magics.magics.kernel.interrupted import Interrupted
from sfdag_magics.magics.reading.options import OptionParser, Options, count
from sfdag_magics.magics.verbs.verb import Desk, Verb, json_text, replace_option
from sfdag_magics.render.run_seen import duration_text
from sfdag_magics.workspace.answers.backfill import Backfill
from sfdag_magics.workspace.backfilled.carrying_out import carried_out
from sfdag_magics.workspace.backfilled.planning import planned


def _options(parser: OptionParser) -> None:
    parser.word("start", help="slots due from this day or moment on; else all missed")
    parser.word("end", help="slots due up to this day or moment, included; else now")
    parser.value(
        "--every", metavar="TIME", help="a slot's length or cron; else the schedule's", words=True
    )
    parser.value(
        "--reprocess",
        metavar="WHICH",
        help="missing; failed: those too; all: whatever ran",
        choices=[each.value for each in Reprocess],
    )
    parser.value("--max-active", metavar="N", help="how many runs at once; else 1", type=count)
    parser.flag("--newest-first", help="the newest slot first")
    parser.flag("--dry-run", help="only show what would run")
    replace_option(parser)


def _asked(options: Options) -> Asked:
    return Asked(
        start=options.start,
        end=options.end,
        every=options.every,
        reprocess=Reprocess(options.reprocess or Reprocess.MISSING),
        most=options.max_active or 1,
        newest_first=options.newest_first,
    )


def _check(options: Options) -> None:
    _asked(options).check(now=datetime.now(UTC))


def _backfill(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    plan = planned(desk.workspace, graph, _asked(options), options.target, now=datetime.now(UTC))
    _show(desk, plan, options)
    if options.dry_run or not plan.chosen or not _agreed(desk, plan, options):
        _tell_record(desk, plan, options)
        return plan
    done = _run(desk, graph, plan, options)
    _tell_record(desk, done, options)
    _raise_if_failed(done, options)
    return done


def _show(desk: Desk, plan: Backfill, options: Options) -> None:
    if options.json or options.quiet:
        return
    if desk.notebook.draws:
        desk.notebook.show(plan)
    else:
        desk.notebook.say(str(plan))


def _agreed(desk: Desk, plan: Backfill, options: Options) -> bool:
    what = f"run {plan.count} of {plan.graph} on {plan.place}"
    question = desk.workspace.places.question(what, options.target, instead=_command(options))
    if desk.agrees(question, options):
        return True
    desk.say(options, "not started")
    return False


def _command(options: Options, reprocess: Reprocess | None = None) -> str:
    """What was typed, which goes on with what is left."""
    which = reprocess or options.reprocess
    said = (
        *(f"'{word}'" if " " in word else word for word in (options.start, options.end) if word),
        f'--every "{options.every}"' if options.every else "",
        f"--reprocess {which}" if which else "",
        f"--max-active {options.max_active}" if options.max_active else "",
        "--newest-first" if options.newest_first else "",
        "--yes" if options.yes else "",
    )
    return " ".join(filter(None, ("%sfdag backfill", *said)))


def _run(desk: Desk, graph: TaskGraph, plan: Backfill, options: Options) -> Backfill:
    to_run = desk.workspace.made_ready(
        graph,
        desk.sayer(options),
        target=options.target,
        config={},
        agrees=desk.agreeing(options),
    )
    if to_run is None:
        desk.say(options, "not started")
        return plan
    last = plan

    def tell(now: Backfill, ended: EndedSlot) -> None:
        nonlocal last
        last = now
        how_far(now.how_far)
        desk.say(options, _line(now, ended))

    workspace = desk.workspace
    target = workspace.places.target(options.target).name
    try:
        with workspace.backfills.in_a_cell(graph.name, target, plan.how_far) as how_far:
            done = carried_out(workspace, graph, plan, options.target, to_run=to_run, tell=tell)
    except KeyboardInterrupt as interrupt:
        said = (
            f"no more slots are begun; a run that is going goes on. {last.outcome}\n"
            f"  next: {_command(options)}"
        )
        raise Interrupted(desk.elsewhere(options).completed(said)) from interrupt
    doing("")
    _show(desk, done, options)
    return done


def _line(plan: Backfill, ended: EndedSlot) -> str:
    glyph = SlotState(ended.end.value).shown_as.glyph if ended.end.value in _WORDS else "–"
    left = f"{len(plan.left)} left" if plan.left else ""
    about = f", about {plan.expected_text}" if plan.left and plan.expected_text else ""
    parts = (
        f"{glyph} {plan.name_of(ended.slot)}",
        f"run {short_run(ended.run)}" if ended.run else "",
        ended.end.value,
        duration_text(ended.took) if ended.took is not None else "",
        ended.note,
        f"{left}{about}",
    )
    return "  ".join(filter(None, parts))


_WORDS = frozenset(state.value for state in SlotState)


def _tell_record(desk: Desk, plan: Backfill, options: Options) -> None:
    if options.json:
        desk.notebook.write(json_text(_record(plan)))


def _record(plan: Backfill) -> dict[str, Any]:
    moments = {"start", "end"}
    return {
        "graph": plan.graph,
        "schedule": plan.schedule,
        "zone": plan.zone_name,
        "slots": [
            {key: each.isoformat() if key in moments else each for key, each in row.items()}
            for row in plan.rows()
        ],
        "to_run": [slot.end.isoformat() for slot in plan.chosen],
        "left": [slot.end.isoformat() for slot in plan.left],
        "expected_seconds": None if plan.expected is None else plan.expected.total_seconds(),
        "notes": [*plan.notes],
        "stopped": plan.stopped or None,
    }


def _raise_if_failed(done: Backfill, options: Options) -> None:
    """Loud where not all went well, as a run is: a job that runs this must see it."""
    if not done.failed and not done.left:
        return
    run = next((each.run for each in done.failed if each.run), None)
    why = f"%sfdag why --run {short_run(run)}, then " if run else ""
    again = Reprocess.FAILED if done.failed and options.reprocess is None else None
    raise RunFailedError(
        f"backfill of {done.graph}: {done.outcome}",
        hint=f"{why}{_command(options, again)}",
    )


BACKFILL_VERBS = (
    Verb(
        name="backfill",
        asks_production=True,
        summary="Runs the times that a schedule missed, each told its slot; shows them first.",
        example="%sfdag backfill 2026-11-01 2026-11-10 --reprocess failed",
        act=_backfill,
        check=_check,
        options=_options,
    ),
)
