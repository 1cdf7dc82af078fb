"""Verbs that change what is deployed: plan, deploy, rollback."""

from __future__ import annotations

from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.standing import Seen
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.showing.records import plan_record, versions_record
from sfdag_magics.magics.verbs.verb import Desk, Verb, json_text, replace_option
from sfdag_magics.workspace.deploys import may_replace


def _plan_options(parser: OptionParser) -> None:
    parser.flag("--sql", help="the statements")
    parser.flag("--prune", help="drop deployed tasks that this notebook does not have")
    parser.flag("--suspended", help="leave a new schedule off, suspend one that goes on")


def _plan(desk: Desk, options: Options) -> object:
    plan = _planned(desk, desk.graph(options), options)
    plan = desk.workspace.deploys.with_runs(plan, options.target)
    _tell(desk, plan, options)
    return plan


def _planned(desk: Desk, graph: TaskGraph, options: Options, seen: Seen | None = None) -> Plan:
    return desk.workspace.deploys.plan(
        graph, options.target, prune=options.prune, suspended=options.suspended, seen=seen
    )


def _tell(desk: Desk, plan: Plan, options: Options) -> None:
    if options.json:
        desk.notebook.write(json_text(plan_record(plan)))
    elif not options.quiet:
        said = plan.statements() if options.sql else desk.elsewhere(options).completed(str(plan))
        desk.notebook.say(said)


def _deploy_options(parser: OptionParser) -> None:
    _plan_options(parser)
    parser.flag("--now", help="do not wait for a run in flight: its later tasks get the new code")
    replace_option(parser)


def _deploy(desk: Desk, options: Options) -> object:
    graph, deploys = desk.graph(options), desk.workspace.deploys
    plans: list[Plan] = []

    def planned(seen: Seen | None) -> Plan:
        return _planned(desk, graph, options, seen)

    def agreed(plan: Plan) -> bool:
        if is_shown:
            plan = deploys.with_runs(plan, options.target, now=options.now)
        plans.append(plan)
        if not options.json:
            _tell(desk, plan, options)
        if not is_shown and not may_replace(plan, "%sfdag deploy", desk.agreeing(options)):
            return False
        question = desk.workspace.places.question(
            f"deploy to {plan.place}", options.target, instead="%sfdag deploy"
        )
        # A name that was typed is read whether or not there is something to do.
        is_asked = not plan.is_empty or (question.name and options.production is not None)
        return not is_asked or desk.agrees(question, options)

    is_shown = not options.yes and options.production is None
    deployed = deploys.plan_and_deploy(
        graph,
        planned,
        agreed,
        desk.sayer(options),
        options.target,
        now=options.now,
        is_shown=is_shown,
    )
    if options.json:
        record = {**plan_record(plans[-1]), "is_deployed": deployed is not None}
        desk.notebook.write(json_text(record))
    elif deployed is None:
        desk.say(options, "not deployed")
    else:
        desk.notebook.say(desk.elsewhere(options).completed(str(deployed)))
    return deployed


def _rollback_options(parser: OptionParser) -> None:
    parser.word("version", help="its number; else the one before the newest")
    parser.flag("--list", help="the versions that are kept, and what each changed")
    parser.flag("--plan", help="only show what it would change")
    parser.flag("--now", help="do not wait for a run in flight: its later tasks get that code")


def _check_rollback(options: Options) -> None:
    if options.list and (options.version is not None or options.plan or options.now):
        raise InputError(
            "--list shows all versions and changes nothing: no version goes with it",
            hint="%sfdag rollback --list",
        )
    text = options.version
    if text is not None and not (text.isascii() and text.isdecimal() and int(text)):
        raise InputError(
            f"{text!r} is no version, which is a number such as 3", hint="%sfdag rollback --list"
        )


def _rollback(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    if options.list:
        return _listed(desk, graph, options)
    number, deploys = int(options.version) if options.version else None, desk.workspace.deploys
    plan = desk.workspace.rollbacks.plan(graph, number, options.target)
    plan = deploys.with_runs(plan, options.target, now=options.now)
    if not options.json:
        desk.say(options, str(plan))
    done = None if options.plan else _carried_out(desk, graph, plan, options)
    if options.json:
        record = {**plan_record(plan), "is_deployed": done is not None}
        desk.notebook.write(json_text(record))
    return plan if options.plan else done


def _listed(desk: Desk, graph: TaskGraph, options: Options) -> object:
    versions = desk.workspace.rollbacks.versions(graph, options.target)
    if options.json:
        desk.notebook.write(json_text(versions_record(versions)))
    else:
        desk.say(options, str(versions))
    return versions


def _carried_out(desk: Desk, graph: TaskGraph, plan: Plan, options: Options) -> object:
    question = desk.workspace.places.question(
        f"go back to version {plan.back_to} of graph {graph.name} on {plan.place}",
        options.target,
        instead=f"%sfdag rollback {plan.back_to}",
    )
    if not plan.is_empty and not desk.agrees(question, options):
        desk.say(options, "not rolled back")
        return None
    say = desk.sayer(options)
    done = desk.workspace.rollbacks.carry_out(graph, plan, say, options.target, now=options.now)
    desk.views.redraw(graph)
    desk.say(options, str(done))
    if graph.tasks and not plan.is_empty:
        desk.say(options, "  the cells here are as they were: %sfdag plan shows what differs")
    return done


DEPLOY_VERBS = (
    Verb(
        name="plan",
        summary="Shows what a deploy would change.",
        example="%sfdag plan --sql",
        act=_plan,
        options=_plan_options,
    ),
    Verb(
        name="deploy",
        asks_production=True,
        summary="Shows the plan, asks, then makes the target equal to the notebook's graph.",
        example="%sfdag deploy -t prod",
        act=_deploy,
        options=_deploy_options,
        daily=True,
    ),
    Verb(
        name="rollback",
        asks_production=True,
        summary="Deploys an earlier version of the graph again, its code included; asks first.",
        example="%sfdag rollback 3 -t prod",
        act=_rollback,
        check=_check_rollback,
        options=_rollback_options,
    ),
)
