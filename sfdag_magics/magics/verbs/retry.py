"""The verb `retry`: what runs again, by what, with which code and configuration; then it does."""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.client.observing.intentions import LeftAsDeployed, text_of_retry
from sfdag_magics.client.observing.proposals import RetryCode
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.parts.asked import FROM, check_names_some
from sfdag_magics.client.parts.retried import RetryAsked, check_said
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.showing.records import no_retry_record, retry_record
from sfdag_magics.magics.verbs.verb import (
    Desk,
    Verb,
    check_config,
    check_waits,
    config_from,
    config_options,
    ended,
    json_text,
    replace_option,
    run_options,
    waits,
)
from sfdag_magics.magics.verbs.watching import tell_record, watch
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.left_as_deployed import left_as_deployed
from sfdag_magics.workspace.parted.retry_plan import RetryPlan
from sfdag_magics.workspace.parted.retry_words import (
    code_lines,
    config_lines,
    groups_of_retry,
    retry_lines,
)


def _retry_options(parser: OptionParser) -> None:
    parser.word("run", help="the start of a run's id; else the newest")
    parser.value(
        "--code",
        metavar="C",
        help="current (the notebook's, default), deployed, or original: as the run began",
        choices=tuple(each.value for each in RetryCode),
    )
    parser.names("--from", metavar="T,T", help="run these again as well, and what is below them")
    parser.value("--group", metavar="G", help="the same of the tasks of a group", words=True)
    config_options(parser)
    parser.pairs("--mark-done", metavar="TASK=VALUE", help="T gave this; say why by --because")
    parser.names("--skip", metavar="T,T", help="these stay skipped; say why by --because")
    parser.value("--because", metavar="TEXT", help="why; noted with the run", words=True)
    parser.flag("--preview", help="only say what would run")
    replace_option(parser)
    run_options(parser)


def _check_retry(options: Options) -> None:
    check_waits(options)
    check_config(options)
    if "from" in options.given:
        check_names_some(FROM, getattr(options, "from"))
    check_said(_said_by_hand(options))


def _said_by_hand(options: Options) -> RetryAsked:
    return RetryAsked(
        done={task: typed.text for task, typed in options.mark_done.items()},
        skip=options.skip,
        because=options.because or "",
    )


def _retry(desk: Desk, options: Options) -> object:
    graph, workspace = desk.graph(options), desk.workspace
    blocking = waits(desk, options)
    run = workspace.runs.find(graph, options.run, options.target, begun=True)
    seen = ended(desk, run, options)
    if not seen.failed:
        _check_nothing_asked(seen, options)
        desk.say(options, f"nothing failed in {seen.label}: nothing to retry · %sfdag run")
        if options.preview and options.json:
            desk.notebook.write(json_text(no_retry_record(seen)))
        else:
            tell_record(desk, run, options)
        return run
    current = options.code in (None, RetryCode.CURRENT)
    plan = workspace.retries.plan(
        run,
        graph,
        options.target,
        current_code=current,
        original_code=options.code == RetryCode.ORIGINAL,
        asked=_asked(desk, graph, options),
        group=options.group,
    )
    left = LeftAsDeployed()
    if current:
        left = left_as_deployed(workspace.registry, graph, run, plan.gone)
    _tell(desk, graph, seen, plan, left, options)
    if options.preview:
        if options.json:
            desk.notebook.write(json_text(retry_record(seen, plan, left.tasks)))
        return run
    going = workspace.retries.retry(
        run,
        graph,
        options.target,
        plan=plan,
        agrees=desk.agreeing(options),
        say=desk.sayer(options),
    )
    if going is not None:
        watch(desk, graph, going, options, blocking=blocking)
    else:
        tell_record(desk, run, options)
    return going or run


def _check_nothing_asked(seen: RunSnapshot, options: Options) -> None:
    """What a retry is told would be lost without a word where there is none."""
    said = {
        "--from": getattr(options, "from"),
        "--group": options.group,
        "--mark-done": options.mark_done,
        "--skip": options.skip,
        "--set": options.set,
    }
    if told := [option for option, value in said.items() if value]:
        raise InputError(
            f"{', '.join(told)}: nothing failed in {seen.label}, so there is no retry",
            hint=f"{to_type('run')}, which takes --from, --group and --set as well",
        )


def _asked(desk: Desk, graph: TaskGraph, options: Options) -> RetryAsked:
    tasks = desk.workspace.readers(graph, options.set, options.target)
    return replace(
        _said_by_hand(options),
        again=getattr(options, "from"),
        config=config_from(options, desk.notebook, tasks),
    )


def _tell(
    desk: Desk,
    graph: TaskGraph,
    seen: RunSnapshot,
    plan: RetryPlan,
    left: LeftAsDeployed,
    options: Options,
) -> None:
    groups = groups_of_retry(seen, plan, left.tasks)
    desk.say(options, text_of_retry(seen, groups))
    lines = [*retry_lines(plan), *config_lines(seen, plan, graph)]
    if options.preview:
        lines = lines or [f"by the service's own retry, as attempt {seen.attempt + 1}"]
        code = plan.code.code.tasks if plan.code is not None and plan.code.code else {}
        lines += code_lines(seen, groups["runs"], code)
    lines += [f"  note: {left.says}"] if left.says else []
    for line in lines:
        desk.say(options, line)


RETRY = Verb(
    name="retry",
    asks_production=True,
    summary="Continues a failed run from where it failed, with the code as it is now.",
    example="%sfdag retry --preview",
    act=_retry,
    check=_check_retry,
    options=_retry_options,
    daily=True,
)
