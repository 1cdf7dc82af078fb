"""Lines that make a module beside the notebook what it is here, after the import of its file.

All of a module or nothing: what its own code set goes together, as a flag and what it stands for.
"""

from __future__ import annotations

import copy
import itertools
import sys
from collections.abc import Collection, Iterable, Iterator
from typing import Protocol

from sfdag_magics.bundle.beside import loaded_modules
from sfdag_magics.bundle.inspection import attribute_of, attributes_of, bases_of, module_of
from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.secrets import is_secret, secrets_in_source
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.lines.given_out import is_changed_in_place, is_filled_array
from sfdag_magics.bundle.taking.lines.registrations import on_modules
from sfdag_magics.bundle.taking.module_states.around import Around
from sfdag_magics.bundle.taking.module_states.difference import ModuleDifference
from sfdag_magics.bundle.taking.module_states.module_state import was_edited
from sfdag_magics.bundle.taking.module_states.patches import GONE
from sfdag_magics.bundle.taking.terms.contents import is_plain_layout, slots_of
from sfdag_magics.bundle.taking.terms.refusals import Refused
from sfdag_magics.bundle.written.as_written import UNKNOWN, is_plain
from sfdag_magics.bundle.written.cell_texts import nodes_of
from sfdag_magics.bundle.written.filling import FILLABLE, content_of, filled

#: Characters of a value that code keeps from its last calls; more of it is made again over there.
_LONGEST = 50_000


class BenchAround(Bench, Around, Protocol):
    """Makes things, and writes lines that run before all others."""


def carry(
    things: Around, differences: Iterable[ModuleDifference], known: Collection[tuple[str, str]]
) -> Iterator[ModuleDifference]:
    """Write what modules have otherwise; yields what is set where the task runs.

    Args:
        known: keys of what is set already.
    """
    for module, found in itertools.groupby(differences, lambda each: each.module):
        missing = [each for each in found if each.key not in known]
        alone = [each for each in missing if each.is_anew or each.is_maybe or each.is_own]
        yield from (each for each in alone if _is_carried(things, each))
        waiting = [each for each in missing if each not in alone]
        if waiting and was_edited(module, waiting[0].file):
            continue  # nobody knows which of them is meant: to load it again is the way out
        # What may not travel comes first: without it, the rest would be half of a state.
        waiting.sort(key=lambda each: is_plain(each.value) and _may_travel(each))
        for each in waiting:
            if not _is_carried(things, each):
                break
            yield each


def carry_registrations(things: BenchAround, modules: Iterable[str]) -> Iterator[str]:
    """Write what cells registered with modules beside the notebook; yields notes."""
    loaded = [sys.modules[name] for name, _file in loaded_modules(modules)]
    for name, line in on_modules(things, loaded):
        try:
            things.before(line)
        except (NoExpression, Refused):
            yield f"what cells registered with {name} is not known where the task runs"
        else:
            yield f"what cells registered with {name} is registered where the task runs"


def _is_carried(things: Around, difference: ModuleDifference) -> bool:
    if difference.value is UNKNOWN or not _may_travel(difference):
        return False
    if difference.is_maybe and not _is_small(things, difference):
        return False
    try:
        told_as = ".".join(difference.key) if difference.is_steady else ""
        things.before(lambda: _line(things, difference), told_as=told_as)
    except (NoExpression, Refused):
        return False
    return True


def _may_travel(difference: ModuleDifference) -> bool:
    value = difference.value
    is_long = is_plain(value) and len(repr(value)) > _LONGEST
    return not is_long and not is_secret(difference.last_name, value)


def _is_small(things: Around, difference: ModuleDifference) -> bool:
    """Whether what may be as its file makes it is worth its lines, and shows no secret."""
    value = difference.value
    is_filled = type(value) in FILLABLE and difference.is_same_type
    lines = things.tried(content_of(value) if is_filled else value)
    if lines is None or len(lines) > _LONGEST:
        return False
    return not secrets_in_source(lines, nodes_of(lines), {})


def _line(things: Around, difference: ModuleDifference) -> str:
    owner, _, last = difference.place.rpartition(".")
    module = things.part(difference.module)
    holder = f"{module}.{owner}" if owner else module
    place, value = f"{holder}.{last}", difference.value
    if value is GONE:
        return f"if {last!r} in vars({holder}): delattr({holder}, {last!r})"
    kind = type(value)
    is_own = module_of(kind) == difference.module.__name__
    is_filled = kind in FILLABLE or is_filled_array(value)
    if difference.is_same_type and (is_own or is_changed_in_place(value)) and not is_filled:
        return "; ".join(_attributes(things, place, value))
    if is_filled_array(value) and difference.is_same_type:
        return f"{place}[...] = {things.content(copy.copy(value), value)}"
    if type(value) in FILLABLE and difference.is_same_type:
        held = content_of(value)
        return "; ".join(filled(place, held, things.content(held, value)))
    return f"{place} = {things.part(value)}"


def _attributes(things: Around, place: str, value: object) -> Iterator[str]:
    """Lines that let an instance of the module's own classes be what it is: others may hold it."""
    kind = type(value)
    if not is_plain_layout(kind):
        raise NoExpression(value)
    if kind.__dictoffset__:
        kept = things.content(dict(attributes_of(value)), value)
        yield f"vars({place}).clear(); vars({place}).update({kept})"
    for name in (name for base in bases_of(kind) for name in slots_of(base)):
        now = attribute_of(value, name, GONE)
        if now is GONE:
            yield f"hasattr({place}, {name!r}) and delattr({place}, {name!r})"
        else:
            yield f"{place}.{name} = {things.content(now, value)}"
