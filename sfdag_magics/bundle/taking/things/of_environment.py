"""Variables of the environment that a definition reads as it is made: their values ship in it."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable

from sfdag_magics.bundle.secrets import is_secret
from sfdag_magics.bundle.taking.lines.bench import Bench, read_at_once
from sfdag_magics.bundle.taking.terms.refusals import Refused
from sfdag_magics.bundle.ways_out import way_out_of_secret
from sfdag_magics.bundle.written.as_it_ran import Ran
from sfdag_magics.bundle.written.definitions import Definition
from sfdag_magics.bundle.written.read_of_environment import variables_asked


def with_environment(
    bench: Bench, definition: Definition, dropped: Iterable[ast.expr], ran: Iterable[Ran]
) -> list[Ran]:
    """What stands for expressions of a definition, with the values of variables that it reads.

    Raises:
        Refused: one of them is not set by now, or looks like a secret.
    """
    found = list(ran)
    known = {id(node) for each in (*(r.node for r in found), *dropped) for node in ast.walk(each)}
    parts = read_at_once(definition.node, hints=False)
    for node, name in variables_asked(parts, bench.namespace):
        if id(node) not in known:
            value = _value_of(bench, name, definition)
            found.append(Ran(path=ast.unparse(node), node=node, value=value, is_lost=True))
    return found


def _value_of(bench: Bench, name: str, definition: Definition) -> str:
    value = os.environ.get(name)
    said = f"which reads the environment variable {name!r} as it is made ({definition.place})"
    if value is None:
        raise Refused(
            f"{said}, and nothing has set that by now",
            f"set it, and run {definition.cell.place} again",
        )
    if is_secret(name, value) and not bench.is_allowed(name):
        raise Refused(
            f"{said}: it looks like a secret, and code is readable where it is deployed",
            way_out_of_secret(name),
        )
    return value
