"""Verbs that change what is deployed: plan, deploy."""

from __future__ import annotations

from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.showing.records import plan_record
from sfdag_magics.magics.verbs.verb import Desk, Verb, json_text


def _plan_options(parser: OptionParser) -> None:
    parser.flag("--sql", help="the statements")
    parser.flag("--prune", help="drop deployed tasks that this notebook does not have")
    parser.flag("--suspended", help="leave a new schedule off, suspend one that goes on")


def _plan(desk: Desk, options: Options) -> object:
    plan = desk.workspace.deploys.plan(
        desk.graph(options), options.target, prune=options.prune, suspended=options.suspended
    )
    _tell(desk, plan, options)
    return plan


def _tell(desk: Desk, plan: Plan, options: Options) -> None:
    if options.json:
        desk.notebook.write(json_text(plan_record(plan)))
    elif not options.quiet:
        said = plan.statements() if options.sql else desk.elsewhere(options).completed(str(plan))
        desk.notebook.say(said)


def _deploy_options(parser: OptionParser) -> None:
    _plan_options(parser)
    parser.flag("--now", help="do not wait for a run in flight: its later tasks get the new code")


def _deploy(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    plan = desk.workspace.deploys.plan(
        graph, options.target, prune=options.prune, suspended=options.suspended
    )
    if not options.json:
        _tell(desk, plan, options)
    question = desk.workspace.places.question(
        f"deploy to {plan.place}", options.target, instead="%sfdag deploy"
    )
    deployed = None
    # A name that was typed is read whether or not there is something to do.
    is_asked = not plan.is_empty or (question.name and options.production is not None)
    if not is_asked or desk.agrees(question, options):
        say = desk.sayer(options)
        deployed = desk.workspace.deploys.deploy(graph, plan, say, options.target, now=options.now)
    if options.json:
        record = {**plan_record(plan), "is_deployed": deployed is not None}
        desk.notebook.write(json_text(record))
    elif deployed is None:
        desk.say(options, "not deployed")
    else:
        desk.notebook.say(desk.elsewhere(options).completed(str(deployed)))
    return deployed


DEPLOY_VERBS = (
    Verb(
        name="plan",
        has_json=True,
        summary="Shows what a deploy would change.",
        example="%sfdag plan --sql",
        act=_plan,
        options=_plan_options,
    ),
    Verb(
        name="deploy",
        asks_production=True,
        has_json=True,
        summary="Shows the plan, asks, then makes the target equal to the notebook's graph.",
        example="%sfdag deploy -t prod",
        act=_deploy,
        options=_deploy_options,
        daily=True,
    ),
)
