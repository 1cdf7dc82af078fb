"""What an export gives: a text, and what it does not carry. Knows no form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.light_classes import dataclass

#: Stands in the first line of what is exported: such a file an export may write over.
MADE_BY = "made by sfdag export"


class Form(StrEnum):
    """What a graph can be exported as."""

    MODULE = "module"
    SQL = "sql"
    DAG = "dag"
    DCM = "dcm"
    CI = "ci"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Exported(Displayed):
    """A graph as a text; prints as that text, whose first lines say what it is.

    Attributes:
        not_carried: what the form cannot carry, by name, a line each.
        needs: what has to be there before the text is run, by name.
        files: `{path in a folder: text}`, of a form that is several files.
    """

    graph: str
    form: Form
    text: str
    not_carried: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<graph {self.graph} as {self.form}>"

    def __str__(self) -> str:
        return self.text


def heading(
    mark: str, graph: str, use: str, not_carried: tuple[str, ...], needs: tuple[str, ...] = ()
) -> list[str]:
    """The first lines of a text: what it is, what it needs and what it does not carry.

    Args:
        mark: what a comment begins with there.
        use: what it is good for, in a sentence's rest.
    """
    lines = [
        f"graph {graph}, {MADE_BY}: {use}",
        *(f"needs: {each}" for each in needs),
        *(f"not carried: {each}" for each in not_carried),
    ]
    return [f"{mark} {' '.join(line.split())}" for line in lines]


def is_same_export(text: str, before: str) -> bool:
    """Whether a file's text says of itself that it is an export, of the same graph and form.

    >>> is_same_export("# graph g, made by sfdag export: a", "# graph h, made by sfdag export: a")
    False
    """
    heads = [each.partition("\n")[0] for each in (text, before)]
    return MADE_BY in heads[0] and heads[0] == heads[1]
