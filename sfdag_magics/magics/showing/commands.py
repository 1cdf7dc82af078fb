"""The commands that messages offer, completed so that they act where the verb that offers them did.

Messages name commands as they are typed for the current graph and the chosen target. Pure: knows
words, and asks nobody what is current.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sfdag_magics.errors import SfdagError
from sfdag_magics.light_classes import dataclass

#: The verbs that act on a graph, or on a target.
_ACTING = (
    *("show", "validate", "doctor", "forget", "plan", "deploy", "run", "retry", "stop"),
    *("status", "runs", "logs", "why", "suspend", "resume", "drop", "graphs", "bundle"),
    *("rollback", "simulate", "backfill", "compare", "debug", "export", "trace", "models", "load"),
)
#: Those of them that take no graph, and those that take no target.
_WITHOUT_GRAPH, _WITHOUT_TARGET = (" graphs", " models", " load"), (" graph", " bundle")
_COMMAND = re.compile(
    rf"(?<!%)(?P<verb>%sfdag (?:{'|'.join(_ACTING)}|graph(?= --))\b)"
    r"(?P<rest>(?:(?!%sfdag)[^·,;\n])*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What a verb acted on that is not what verbs mean when nothing is named.

    Attributes:
        graph: a graph that is not the current one.
        target: a target that is not the chosen one.
    """

    graph: str | None = None
    target: str | None = None

    def completed(self, text: str) -> str:
        """The text, its commands with `-g` and `-t`.

        >>> Elsewhere(target="prod").completed("%sfdag why · then %sfdag logs train")
        '%sfdag why -t prod · then %sfdag logs -t prod train'
        """
        return _COMMAND.sub(self._command, text) if self.graph or self.target else text

    def _command(self, found: re.Match[str]) -> str:
        verb, rest = found["verb"], found["rest"]
        named = {
            "-g": None if verb.endswith(_WITHOUT_GRAPH) else self.graph,
            "-t": None if verb.endswith(_WITHOUT_TARGET) else self.target,
        }
        said = [f" {option} {_word(name)}" for option, name in named.items() if name]
        return verb + "".join(each for each in said if f"{each[:3]} " not in rest) + rest

    def complete(self, error: SfdagError) -> None:
        """Complete the commands of what an error says."""
        error.message = self.completed(error.message)
        error.hint = self.completed(error.hint) if error.hint else error.hint
        error.problems = tuple(
            replace(each, hint=each.hint and self.completed(each.hint)) for each in error.problems
        )


def _word(name: str) -> str:
    """A name as one word of a line; targets are called as their file or variable calls them."""
    return name if re.fullmatch(r"[\w.-]+", name) else f'"{name}"'
