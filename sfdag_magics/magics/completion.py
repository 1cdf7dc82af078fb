"""What Tab offers on our lines: verbs, options, task names. Asks nobody.

A matcher and not a completer hook: IPython's old hook fails on a bare `--`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)

from sfdag_magics.magics.reading.cells import cell_parser
from sfdag_magics.magics.verbs.all_verbs import VERBS
from sfdag_magics.workspace.workspace import Workspace

_LINE = re.compile(r"^\s*(?:\w[\w.]*\s*=\s*)?(%sfdag|%%sftask)\b(.*)$", re.DOTALL)
Matcher = Callable[[CompletionContext], SimpleMatcherResult]


def sfdag_matcher(workspace: Workspace) -> Matcher:
    """A matcher for `ip.Completer.custom_matchers`."""

    @context_matcher()  # type: ignore[untyped-decorator]  # IPython ships it untyped
    def matcher(context: CompletionContext) -> SimpleMatcherResult:
        line = context.line_with_cursor[: context.cursor_position]
        return SimpleMatcherResult(completions=_completions(workspace, line), suppress=False)

    matcher.matcher_identifier = "sfdag"
    found: Matcher = matcher
    return found


def _completions(workspace: Workspace, line: str) -> list[SimpleCompletion]:
    found = _LINE.match(line)
    if found is None:
        return []
    start = re.split(r"[\s,]", found[2])[-1]
    words = found[2].split()
    offered = _offered(workspace, found[1], words if not start else words[:-1], start)
    return [SimpleCompletion(text=word) for word in offered if word.startswith(start)]


def _offered(workspace: Workspace, magic: str, before: list[str], start: str) -> Iterable[str]:
    tasks = [task.name for task in workspace.registry.current.tasks]
    if magic == "%%sftask":
        return cell_parser().flags if start.startswith("-") else tasks
    if not before:
        return VERBS
    verb = VERBS.get(before[0])
    if start.startswith("-"):
        return verb.parser().flags if verb else ()
    return VERBS if verb and verb.name == "help" else tasks
