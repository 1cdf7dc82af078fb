"""What Tab offers on our lines: verbs, options, task names. Asks nobody.

A matcher and not a completer hook: IPython's old hook fails on a bare `--`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)

from sfdag_magics.magics.reading.cells import cell_parser
from sfdag_magics.workspace.registry import Registry

if TYPE_CHECKING:
    from sfdag_magics.magics.verbs.verb import Verb

_LINE = re.compile(r"^\s*(?:\w[\w.]*\s*=\s*)?(%sfdag|%%sftask)\b(.*)$", re.DOTALL)
Matcher = Callable[[CompletionContext], SimpleMatcherResult]
#: All verbs by name, asked for when one of our lines is completed.
Verbs = Callable[[], "Mapping[str, Verb]"]


def sfdag_matcher(registry: Registry, verbs: Verbs) -> Matcher:
    """A matcher for `ip.Completer.custom_matchers`."""

    @context_matcher()  # type: ignore[untyped-decorator]  # IPython ships it untyped
    def matcher(context: CompletionContext) -> SimpleMatcherResult:
        line = context.line_with_cursor[: context.cursor_position]
        return SimpleMatcherResult(completions=_completions(registry, verbs, line), suppress=False)

    matcher.matcher_identifier = "sfdag"
    found: Matcher = matcher
    return found


def _completions(registry: Registry, verbs: Verbs, line: str) -> list[SimpleCompletion]:
    found = _LINE.match(line)
    if found is None:
        return []
    start = re.split(r"[\s,]", found[2])[-1]
    words = found[2].split()
    before = words if not start else words[:-1]
    if found[1] == "%%sftask":
        offered: Iterable[str] = cell_parser().flags if start.startswith("-") else _tasks(registry)
    else:
        offered = _offered(registry, verbs(), before, start)
    return [SimpleCompletion(text=word) for word in offered if word.startswith(start)]


def _offered(
    registry: Registry, verbs: Mapping[str, Verb], before: list[str], start: str
) -> Iterable[str]:
    if not before:
        return verbs
    verb = verbs.get(before[0])
    if start.startswith("-"):
        return verb.parser().flags if verb else ()
    return verbs if verb and verb.name == "help" else _tasks(registry)


def _tasks(registry: Registry) -> list[str]:
    return [task.name for task in registry.current.tasks]
