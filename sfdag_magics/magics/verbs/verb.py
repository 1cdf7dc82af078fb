"""What a `%sfdag` verb is, and the options verbs share. Knows no verb."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sfdag_magics.client.observing.questions import Agrees, Question
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.config import config_value
from sfdag_magics.graph.model import Task, TaskGraph
from sfdag_magics.graph.names import key_of, nearest
from sfdag_magics.graph.values.value_types import json_or_text
from sfdag_magics.light_classes import dataclass
from sfdag_magics.magics.kernel.notebook import Notebook
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.showing.commands import Elsewhere
from sfdag_magics.magics.showing.follow import FollowsWith, ProgressLines
from sfdag_magics.magics.showing.open_views import OpenViews
from sfdag_magics.workspace.asking.given_values import as_json
from sfdag_magics.workspace.workspace import Workspace

#: What to type where another's work is meant: of what was typed nothing may be left out.
_AND_REPLACE = "the same with --replace"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a verb works with: the notebook it was typed in and the workspace it acts on."""

    notebook: Notebook
    workspace: Workspace
    views: OpenViews = field(default_factory=OpenViews)
    #: What is told of a run that is followed where no live view shows it.
    follows_with: FollowsWith = ProgressLines
    #: When a command of a shell was typed: the cells of its file run before its verb begins.
    typed: datetime | None = None
    #: What a person was asked and said no to.
    declined: list[Question] = field(default_factory=list)

    def graph(self, options: Options) -> TaskGraph:
        """The graph that `-g` names, else that of the run that is named, else the current one.

        Also one that is only deployed, or an object of the notebook that plain Python made.
        """
        run = getattr(options, "run", None)
        if options.graph or not run:
            self.take_up(options.graph or self.workspace.registry.current.name)
        found = self.workspace.there.graph(options.graph, options.target, run=run)
        if run:
            options.graph = found.name  # what is offered next is of this graph
        return found

    def take_up(self, name: str) -> None:
        """Mean by a name the `TaskGraph` of that name which the notebook has, if it has one."""
        variables = self.notebook.variables
        for value in (variables[own] for own in self.notebook.own_names):
            if isinstance(value, TaskGraph) and key_of(value.name) == key_of(name) and value.tasks:
                self.workspace.registry.take_up(value)

    def say(self, options: Options, text: str) -> None:
        """Print, unless `--quiet`; the commands in it act where this verb does.

        With `--json` it goes to the error output: the document stands alone.
        """
        if not options.quiet:
            said = self.elsewhere(options).completed(text)
            self.notebook.say(said, aside=options.json)

    def elsewhere(self, options: Options) -> Elsewhere:
        """What the commands that this verb offers have to name."""
        return self.elsewhere_of(options.graph, options.target)

    def elsewhere_of(self, graph: str | None, target: str | None) -> Elsewhere:
        """The same of a graph and a target; None is the current one."""
        is_current = graph and key_of(graph) == key_of(self.workspace.registry.current.name)
        is_chosen = target and target == self.workspace.places.target_name
        return Elsewhere(graph=None if is_current else graph, target=None if is_chosen else target)

    def sayer(self, options: Options) -> Callable[[str], None]:
        """`say` with its options, to be handed on."""
        return lambda text: self.say(options, text)

    def agrees(self, question: Question, options: Options) -> bool:
        """Whether a person agrees; `--yes` does so beforehand, `--production NAME` in production.

        To what replaces another's work `--replace` does, and `--yes` does not.

        Raises:
            InputError: nobody is there to ask and neither was typed, the name is another one, or
                what is asked about came there after they were typed.
        """
        # A notebook that is executed passes what its own cells were before they were corrected
        # further down.
        if question.programs_mean_it and self.notebook.is_executed:
            return True
        if question.is_of_others and (options.yes or getattr(options, "replace", False)):
            self.check_may_replace(question, options)
            return True
        if question.name and options.production is not None:
            return _is_named(question, options.production)
        if options.yes and not question.name:
            return True
        ending = ":" if question.name else "? [y/N]"
        instead = _AND_REPLACE if question.is_of_others else question.instead
        answer = self.notebook.ask(f"{question.text}{ending}", instead=instead)
        if not question.agrees(answer):
            self.declined.append(question)
            return False
        return True

    def check_may_replace(self, question: Question, options: Options) -> None:
        """See that who agreed beforehand meant another's work, and could know of what is replaced.

        Raises:
            InputError: `--replace` was not typed, or it was deployed or dropped since.
        """
        if not getattr(options, "replace", False):
            raise InputError(
                f"--yes does not agree to {question.what}; nothing was done",
                hint=f"%sfdag plan shows it; {_AND_REPLACE} where that is meant",
            )
        if self.typed is None or question.since is None or question.since < self.typed:
            return
        raise InputError(
            "somebody deployed after this was typed, and --replace does not agree to "
            f"{question.what}; nothing was done",
            hint="%sfdag plan shows what differs now; the same again does it",
        )

    def means(self, what: str, command: str, options: Options) -> bool:
        """Whether this may be done there: production is asked for by its name, nothing else is."""
        question = self.workspace.places.question(what, options.target, instead=command)
        return not question.name or self.agrees(question, options)

    def agreeing(self, options: Options) -> Agrees:
        """`agrees` with its options, to be handed on."""
        return lambda question: self.agrees(question, options)


def _is_named(question: Question, typed: str) -> bool:
    """Agreed to beforehand, by the name of the target that is meant."""
    if question.agrees(typed):
        return True
    raise InputError(
        f"--production {typed}: the target is {question.name}, and nothing was done",
        hint=question.instead,
    )


Act = Callable[[Desk, Options], object]


class ActsOn(StrEnum):
    """What a verb can be told to act on."""

    GRAPH = "graph"
    TARGET = "target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb: how it is read and what it does.

    Attributes:
        options: declares the verb's own options; the shared ones are added.
        check: refuses what cannot be meant, whatever graph and target it is of; asked before a
            file's cells run or a target is opened.
        daily: one of the eight that help leads with.
        acts_on: what of the shared options it takes; another one is refused.
        asks_production: whether production is asked for by its name.
        only_describes: it says what a graph is or where it goes; asks no target.
    """

    name: str
    summary: str
    example: str
    act: Act
    options: Callable[[OptionParser], None] = field(default=lambda _: None)
    check: Callable[[Options], None] = field(default=lambda _: None)
    daily: bool = False
    asks_production: bool = False
    only_describes: bool = False
    acts_on: frozenset[ActsOn] = frozenset(ActsOn)

    def parser(self) -> OptionParser:
        """The verb's options, with those all verbs share."""
        parser = OptionParser(f"%sfdag {self.name}", summary=self.summary, example=self.example)
        self.options(parser)
        if ActsOn.GRAPH in self.acts_on:
            parser.value("-g", "--graph", metavar="G", help="the graph; else the current one")
        if ActsOn.TARGET in self.acts_on:
            parser.value("-t", "--target", metavar="T", help="where; else the chosen target")
            parser.flag("--mine", help="there, in a schema of your own")
        parser.flag("--json", help="print one JSON document and nothing else")
        parser.flag("--quiet", help="print less")
        parser.flag("--no-widget", help="no live view")
        parser.flag("--yes", help="ask nothing, but for the name of a production target")
        if self.asks_production:
            parser.value("--production", metavar="NAME", help="its name, typed beforehand")
        return parser


def config_from(options: Options, notebook: Notebook, tasks: Sequence[Task] = ()) -> dict[str, Any]:
    """The config of `--config` (JSON, or the name of a dict of the notebook) and `--set k=v`.

    Args:
        tasks: what is typed for a key is read as the type they declare for it.

    Raises:
        InputError: it is no object, JSON cannot carry it, or there is no such variable.
    """
    config = _config(options.config, notebook) if options.config else {}
    for key, typed in options.set.items():
        config[key] = config_value(tasks, key.removeprefix("+"), typed.text, typed.quote)
    return config


def _config(text: str, notebook: Notebook) -> dict[str, Any]:
    value, named = json_or_text(text), f"--config {text}"
    if text.isidentifier():
        if text not in notebook.variables:
            near = nearest(text, notebook.own_names)
            did = f"; did you mean {near}?" if near else ""
            raise InputError(
                f"{named}: the notebook has no variable of that name{did}",
                hint="--config '{\"key\": 1}'",
            )
        value = notebook.variables[text]
    _check_object(value, text)
    return dict(as_json(value, named))


def check_config(options: Options) -> None:
    """See that what `--config` has is an object, where it names no variable."""
    if options.config and not options.config.isidentifier():
        _check_object(json_or_text(options.config), options.config)


def _check_object(value: object, text: str) -> None:
    if isinstance(value, dict):
        return
    hint = "--config '{\"key\": 1}', or the name of a dict"
    if value == text:
        raise InputError(f"--config {text} is no JSON", hint=hint)
    raise InputError(f"--config is no object but {type(value).__name__}: {text}", hint=hint)


def json_text(value: object) -> str:
    """A value as JSON for `--json`."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def config_options(parser: OptionParser) -> None:
    """`--config` and `--set`."""
    parser.value("--config", metavar="VAR", help="a dict of the notebook, or JSON", words=True)
    parser.pairs(
        "--set", metavar="KEY=VALUE", help="one config key; {name} and $name are variables"
    )


def replace_option(parser: OptionParser) -> None:
    """`--replace`."""
    parser.flag("--replace", help="also what is newer there, or changed by somebody else")


def run_options(parser: OptionParser) -> None:
    """`--wait` and `--no-wait`."""
    parser.flag("--wait", help="wait for the end, and fail if the run failed")
    parser.flag("--no-wait", help="do not wait, not even where nobody watches")


def check_waits(options: Options) -> None:
    """See that it is said once whether to block."""
    if options.wait and options.no_wait:
        raise InputError("--wait and --no-wait contradict each other", hint="leave one of them out")


def waits(desk: Desk, options: Options) -> bool:
    """Whether to block: a person watches the live view, a headless run must see the end."""
    return bool(options.wait or (not options.no_wait and not desk.notebook.is_attended))


def ended(desk: Desk, run: Run, options: Options) -> RunSnapshot:
    """The run's last snapshot; waits for one that is still going."""
    seen = run.refresh()
    if not seen.is_over:
        desk.say(options, f"waiting for {seen.label} to end")
        seen = run.wait()
    return seen
