"""The commands that messages name, as they are written where a message is shown.

Messages name what to type next as in a notebook, `%sfdag VERB …`. Where no such magic is loaded,
in a script, a test or a scheduler, the same is a call on the target or the graph: one table says
which. Knows words, and whether the magics are there; nothing of what verbs do.
"""

from __future__ import annotations

import functools
import re
import weakref

_RUN = r" (?P<run>[0-9a-f]{8})\b"
_NAME = r" (?P<name>[\w.]+)"
#: From a command's words behind `%sfdag ` to the call; of one verb the longest first. `…` stands
#: for what the script has already: its graph, or its run.
_CALLS = (
    (r"run --set (?P<name>\w+)=…", 'target.run(…, config={"{name}": …})'),
    (rf"run -t{_NAME}", 'open_target("{name}").run(…)'),
    (rf"retry{_RUN}", 'target.retry(run="{run}")'),
    (r"retry --code original\b", "target.retry(…, current_code=False)"),
    (rf"stop{_RUN} --by-name\b", 'target.stop(run="{run}", by_name=True)'),
    (rf"stop{_RUN}", 'target.stop(run="{run}")'),
    (rf"status{_RUN}", 'target.status(run="{run}")'),
    (rf"status -g{_NAME}", 'target.status("{name}")'),
    (rf"logs{_NAME}", 'target.logs("{name}", …)'),
    (r"logs\b", "target.logs(…)"),
    (rf"why{_NAME}", 'target.why(…, task="{name}")'),
    (r"deploy --now\b", "target.deploy(…, now=True)"),
    (r"deploy --prune\b", "target.deploy(…, prune=True)"),
    (r"deploy --suspended\b", "target.deploy(…, suspended=True)"),
    (r"graphs --all\b", "target.graphs(everywhere=True)"),
    (r"graphs\b", "target.graphs()"),
    (r"runs\b", "target.runs(…)"),
    (rf"forget{_NAME}(?: -g \w+)?", 'graph.forget("{name}")'),
    (r"graph --set (?P<name>\+?\w+)=…", 'graph.configure(config={"{name}": …})'),
    (r"graph --config none\b", 'graph.configure(without={"config"})'),
    (r"graph --schedule '(?P<name>[^']+)'", 'graph.configure(schedule="{name}")'),
    (rf"graph --(?P<option>warehouse){_NAME}", 'graph.configure({option}="{name}")'),
    (r"graph --unpinned\b", "graph.configure(unpinned=True)"),
    (r"graph -h\b", "help(TaskGraph.configure)"),
    (rf"graph{_NAME}", 'TaskGraph("{name}")'),
    (rf"target -c{_NAME}", 'open_target(Target(name=…, connection="{name}"))'),
    (rf"target --local{_NAME}", 'open_target(Target(name=…, path="{name}"))'),
    (rf"target use{_NAME}", "open_target({name})"),
    (r"target\b", "open_target(…)"),
    (
        r"(?P<name>validate|plan|deploy|run|retry|stop|status|why|suspend|resume|drop)\b",
        "target.{name}(…)",
    ),
)
#: A key of a configuration, where no verb stands before it.
_SET = r"(?<!graph )(?<!run )--set (?P<name>\w+)="
#: What is said of cells, and how it is said of a script's functions.
_OF_CELLS = (
    (r"%%sftask … --allow-secret (?P<name>[\w.]+)", '@sftask(allow_secret=["{name}"])'),
    (r"%%sftask … --packages (?P<name>[\w.]+)", '@sftask(packages=["{name}"])'),
    (r"%%sftask above a function makes the cell a task", "@sftask above a function makes a task"),
    (r",? and run (?:its|the) cell(?: again)?\b", ""),
    (r"\bin this notebook\b", "here"),
    (rf"{_SET}'(?P<value>[^']+)'", 'config={"{name}": {value}}'),
    (rf"{_SET}(?P<value>\d{{4}}-[\w:.+-]+)", 'config={"{name}": "{value}"}'),
    (rf"{_SET}true\b", 'config={"{name}": True}'),
    (rf"{_SET}(?P<value>[-\w.\"…]+)", 'config={"{name}": {value}}'),
)
#: The shells of this process in which `%sfdag` can be typed: who loads the magics adds theirs.
MAGICS: weakref.WeakSet[object] = weakref.WeakSet()


def as_typed_here(text: str) -> str:
    """A message with its commands as they are written where this process shows it."""
    return text if MAGICS else as_calls(text)


def as_calls(text: str) -> str:
    """The same for a script; a command that has no call there stays.

    >>> as_calls("%sfdag retry 3f2a91bc, or %sfdag logs train; %sfdag show draws it")
    'target.retry(run="3f2a91bc"), or target.logs("train", …); %sfdag show draws it'
    >>> as_calls("correct train and run its cell, then %sfdag deploy")
    'correct train, then target.deploy(…)'
    """
    for pattern, instead in _patterns(_OF_CELLS):
        text = pattern.sub(functools.partial(_filled, instead), text)
    said, _, rest = text.partition("%sfdag ")
    while rest:
        call, behind = _call(rest)
        between, _, rest = behind.partition("%sfdag ")
        said += call + between
    return said


@functools.cache  # a notebook never asks
def _patterns(table: tuple[tuple[str, str], ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), call) for pattern, call in table)


def _call(words: str) -> tuple[str, str]:
    """The call for what stands behind `%sfdag `, and the text behind it."""
    for pattern, call in _patterns(_CALLS):
        if found := pattern.match(words):
            return _filled(call, found), words[found.end() :]
    return "%sfdag ", words


def _filled(call: str, found: re.Match[str]) -> str:
    for name, value in found.groupdict().items():
        call = call.replace(f"{{{name}}}", value)
    return call
