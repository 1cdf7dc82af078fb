"""What the buttons of a view do with what was chosen in their sheets: as the verbs do it.

Knows the workspace and how a line is typed; knows no page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.keeper import starting_none
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.deploying.standing import Seen
from sfdag_magics.client.deploying.task_statements import merged_config
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.outlook import Schedule, schedule_of
from sfdag_magics.client.observing.proposals import RunForm
from sfdag_magics.client.observing.questions import Agrees
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.parts.asked import Asked
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError, SfdagError
from sfdag_magics.graph.config_form import ConfigForm, config_form
from sfdag_magics.graph.grammar import OverlapPolicy
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import counted, short_run
from sfdag_magics.magics.reading.words import as_a_word
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.deploys import Say, may_replace
from sfdag_magics.workspace.parted.planning import Part
from sfdag_magics.workspace.starting import started
from sfdag_magics.workspace.workspace import Workspace


def own_config(workspace: Workspace, graph: TaskGraph, target: str) -> dict[str, object]:
    """The configuration a run would have, as far as this kernel knows; asks nobody."""
    known = workspace.runs.known(graph, target)
    deployed = known.deployed.config if known is not None else {}
    said = merged_config(graph.options.config, workspace.places.target(target).config)
    return {**deployed, **said}


def run_form(
    workspace: Workspace,
    graph: TaskGraph,
    target: str,
    typed: Mapping[str, str],
    seen: RunSnapshot | None,
    *,
    whole: bool = False,
) -> RunForm:
    """What a run would be started with, by what was typed in the form's fields.

    Args:
        whole: the target is asked first what tasks read that are not loaded, and what goes there.
    """
    declared = workspace.declared
    if whole and declared.may_be_more(graph, target):
        declared.look(graph, target)
    form = config_form(
        declared.tasks(graph, target),
        own_config(workspace, graph, target),
        typed=typed,
        last=seen.config if seen is not None else None,
        of_target=workspace.places.target(target).config,
    )
    return RunForm(
        form=form,
        arguments=arguments_of(form),
        note=_first(workspace, graph, target),
        runs=_what_runs(workspace, graph, target),
        going=_going(workspace, graph, target) if whole else "",
    )


def _going(workspace: Workspace, graph: TaskGraph, target: str) -> str:
    """That a run goes on now, which the view need not show; empty where none does."""
    try:
        glance = workspace.runs.glance(graph, target)
    except SfdagError:  # no reason not to show the form
        return ""
    if glance is None or not glance.is_going or glance.group_id is None:
        return ""
    overlaps = graph.options.overlap not in (None, OverlapPolicy.NO_OVERLAP)
    then = "the new one begins beside it" if overlaps else "the new one begins when it has ended"
    return f"run {short_run(glance.group_id)} is going: {then}"


def arguments_of(form: ConfigForm) -> str:
    """What is typed behind `%sfdag run` for the same."""
    return " ".join(f"--set {key}={as_a_word(text)}" for key, text in form.typed.items())


#: Of edited tasks so many are listed before a run.
_LISTED = 12


def _what_runs(
    workspace: Workspace, graph: TaskGraph, target: str
) -> tuple[tuple[str, str, str], ...]:
    """What of the notebook a run takes, task by task: the edited ones, then the others as one."""
    edited = workspace.shipped.not_shipped(graph, target)
    missing = workspace.shipped.not_there(graph, target)
    ships = workspace.places.target(target).is_embedded
    if not workspace.shipped.knows(graph, target):
        runs = "deployed first where it differs" if ships else "as deployed there"
        return ((f"all {counted(len(graph.tasks), 'task')}", "not deployed from here yet", runs),)
    rows = [
        (
            name,
            "not deployed yet" if name in missing else "edited",
            "is deployed first"
            if ships
            else ("does not run" if name in missing else "runs as it is deployed"),
        )
        for name in [*dict.fromkeys((*edited, *missing))]
    ]
    left = len(graph.tasks) - len(rows)
    hidden = rows[_LISTED:]
    more = [(f"{len(hidden)} more of these", "", "")] if hidden else []
    others = f"the other {left}" if rows else f"all {counted(left, 'task')}"
    same = [(others, "no edit known here", "as deployed")] if left else []
    return (*rows[:_LISTED], *more, *same)


def _first(workspace: Workspace, graph: TaskGraph, target: str) -> str:
    """What a run does first with what was edited here."""
    edited = workspace.shipped.not_shipped(graph, target)
    if not edited:
        return ""
    count = counted(len(edited), "task")
    are = "is" if len(edited) == 1 else "are"
    if workspace.places.target(target).is_embedded:
        return f"{count} {are} edited and will be deployed first: {listed(edited)}"
    return f"runs what is deployed; edited and not deployed: {listed(edited)}"


def run_chosen(
    workspace: Workspace,
    graph: TaskGraph,
    target: str,
    typed: Mapping[str, str],
    *,
    part: Part = Part(),  # noqa: B008 - a frozen value
    agrees: Agrees,
    say: Say,
) -> Run | None:
    """Start a run with what was typed in the form's fields; None where somebody did not agree.

    Raises:
        InputError: a value is none of its key; what was typed is not trusted to have been checked.
    """
    tasks = workspace.declared.tasks(graph, target)
    form = config_form(tasks, own_config(workspace, graph, target), typed=typed)
    if typed and form.wrong:
        raise InputError(
            "the configuration does not fit: " + "; ".join(form.wrong),
            hint="correct it in the form",
        )
    run = started(
        workspace,
        graph,
        target=target,
        config=form.config,
        typed=arguments_of(form),
        agrees=agrees,
        say=say,
        part=part,
    )
    return run if isinstance(run, Run) else None


def part_of(chosen: str) -> Part:
    """The part that a task's menu chose, as a page says it: `only train`, `group clean`.

    Raises:
        InputError: it is no such way.
    """
    way, _, name = chosen.partition(" ")
    asked = {
        "": Asked(),
        "only": Asked(only=(name,)),
        "from": Asked(start=(name,)),
        "to": Asked(end=(name,)),
        "group": Asked(group=name),
    }
    if way not in asked:
        raise InputError(
            f"a run of no part of the graph: {chosen!r}", hint=to_type("run", help=True)
        )
    return Part(asked=asked[way])


def ship(
    workspace: Workspace,
    graph: TaskGraph,
    target: str,
    is_seen: Callable[[Plan], bool],
    *,
    agrees: Agrees,
    say: Say,
) -> bool:
    """Deploy the graph as the plan that was looked at says; whether it was done.

    Raises:
        InputError: another plan was looked at than what would be done now.
    """
    deploys, command = workspace.deploys, str(to_type("deploy"))

    def agreed(plan: Plan) -> bool:
        if not is_seen(plan):
            raise InputError(
                "a deploy would change something else by now, and nothing was deployed",
                hint=to_type("plan"),
            )
        question = workspace.places.question(f"deploy to {plan.place}", target, instead=command)
        is_meant = not question.name or agrees(question)
        return is_meant and may_replace(plan, command, agrees)

    def planned(seen: Seen | None) -> Plan:
        return deploys.plan(graph, target, seen=seen)

    done = deploys.plan_and_deploy(graph, planned, agreed, say, target)
    say("not deployed" if done is None else str(done))
    return done is not None


def turn_schedule(
    workspace: Workspace,
    graph: TaskGraph,
    target: str,
    do: Callable[[Backend, DeployedGraph], str],
    verb: str,
    *,
    agrees: Agrees,
    say: Say,
) -> None:
    """Suspend or resume the deployed graph's schedule; production is asked for by its name."""
    backend = workspace.places.backend(target)
    there = workspace.there.deployed(graph, target)
    what = f"{verb} graph {there.name} on {backend.place}"
    question = workspace.places.question(what, target, instead=str(to_type(verb)))
    say(do(backend, there) if not question.name or agrees(question) else "nothing done")


def schedule_there(workspace: Workspace, graph: TaskGraph, target: str) -> Schedule | None:
    """The graph's schedule, where it can be seen without starting an engine; else None."""
    if not workspace.places.is_there(target):
        return None
    with starting_none():  # looking on is no reason to undo somebody's stop
        there = workspace.there.found(graph, target)
        return schedule_of(workspace.places.backend(target), there) if there is not None else None
