"""What cells set around the code that ships: in modules of others, and settings of libraries.

Such lines run before all others, and after the imports.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Protocol

from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.taking.module_states.colour_maps import colour_map_settings
from sfdag_magics.bundle.taking.module_states.patches import GONE, Patch, counts
from sfdag_magics.bundle.taking.module_states.patches_in_files import (
    is_as_its_file_says,
    is_set_by_import,
    is_used_beside,
)
from sfdag_magics.bundle.taking.module_states.switches import (
    Setting,
    setting_notes,
    settings,
    warning_settings,
)
from sfdag_magics.bundle.taking.terms.refusals import Refused, refusal_of
from sfdag_magics.bundle.ways_out import described
from sfdag_magics.bundle.written.cells import Cells
from sfdag_magics.bundle.written.filling import content_of, filled
from sfdag_magics.light_classes import dataclass


class Around(Protocol):
    """Writes lines that run before all others."""

    def part(self, value: object) -> str:
        """An expression for a value; raises `NoExpression`."""

    def content(self, value: object, holder: object) -> str:
        """An expression for what `holder` is to hold: its containers are written out in there."""

    def module(self, name: str) -> str:
        """Make sure that a module is imported; answers with how to spell it."""

    def imported_as(self, name: str, value: object) -> str:
        """Import a module, or what one gives out, and answer with how it is spelled."""

    def tried(self, value: object) -> str | None:
        """The lines that would make a value, of which none is written; None where none can."""

    def before(self, line: Callable[[], str], *, told_as: str = "") -> str:
        """Let a line run before all others; answers with it. Raises what `line` raises.

        Args:
            told_as: see `pieces.Made`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAround:
    """What is to be said of it.

    Attributes:
        problems: pairs of a message and a hint.
        carried: `(module, attribute)` of what is set in modules.
    """

    notes: list[str] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    carried: set[tuple[str, str]] = field(default_factory=set)


def take_around(
    things: Around,
    patches: Sequence[Patch],
    modules: Collection[str],
    texts: Collection[str],
    cells: Cells,
    beside: Mapping[str, bytes],
) -> FoundAround:
    """Write what is set around a task of these modules and texts.

    Args:
        cells: all of the notebook.
        beside: `{path: content}` of the modules beside the notebook that travel.
    """
    found = FoundAround()
    found.notes.extend(setting_notes(modules, texts))
    carried: list[str] = []
    around = (*colour_map_settings(modules, texts), *settings(modules, texts))
    for setting in (*around, *warning_settings(cells)):
        carried += _set(things, setting, found)
    if carried:
        found.notes.append(f"set as it is in this kernel: {', '.join(dict.fromkeys(carried))}")
    for patch in patches:
        is_there = is_as_its_file_says(patch) or is_set_by_import(patch, beside)
        if counts(patch, modules) and not is_there:
            _take_patch(things, patch, texts, beside, found)
    return found


def _set(things: Around, setting: Setting, found: FoundAround) -> list[str]:
    """Write the line of a setting, or of those of its parts that travel; how each is told of."""
    try:
        return [_said(setting, things.before(_call(things, setting)))]
    except (NoExpression, Refused) as failed:
        kept = {key for key, each in setting.several.items() if things.tried(each) is not None}
        wrong = [key for key in setting.several if key not in kept]
        found.notes.append(_not_set(setting, wrong, failed))
    return _set(things, setting.only(kept), found) if kept and wrong else []


def _not_set(setting: Setting, keys: Sequence[str], failed: NoExpression | Refused) -> str:
    """What is said of a setting that cannot travel."""
    place = f"{setting.module}.{setting.function}".removesuffix(".update")
    place += f"[{', '.join(map(repr, keys))}]" if keys else "(…)"
    value = failed.message if isinstance(failed, Refused) else described(failed.part)
    return (
        f"{place} was given {value} in this kernel, which cannot be shipped, and is not set where "
        "the task runs: set it in the task"
    )


def _take_patch(
    things: Around,
    patch: Patch,
    texts: Collection[str],
    beside: Mapping[str, bytes],
    found: FoundAround,
) -> None:
    try:
        things.before(lambda: _line(things, patch))
    except (NoExpression, Refused) as failed:
        refused = failed if isinstance(failed, Refused) else refusal_of(patch.value, failed)
        what = refused.message
        what = (
            f"{described(patch.value)}, {what}" if what.startswith(("which ", "whose ")) else what
        )
        said = f"{patch.said} was set in {patch.place} to {what}"
        if any(patch.name in text for text in texts) or is_used_beside(patch, beside):
            found.problems.append((f"uses {patch.name!r}, and {said}", _way_out(patch)))
        else:
            found.notes.append(said)
        return
    found.carried.add(patch.path)
    done = "deleted" if patch.value is GONE else "changed" if patch.is_filled else "set"
    found.notes.append(
        f"{patch.said} was {done} in {patch.place}, and is {done} where the task runs"
    )


def _way_out(patch: Patch) -> str:
    if patch.maker:
        return f"import {patch.maker} in the task, and call there what sets it"
    return "set it inside the task"


def _line(things: Around, patch: Patch) -> str:
    """The line that makes the attribute what it is here."""
    owner = things.imported_as(patch.called, patch.owner)
    if patch.value is GONE:
        return f"if {patch.name!r} in vars({owner}): delattr({owner}, {patch.name!r})"
    place = f"{owner}.{patch.name}"
    if not patch.is_filled:
        return f"{place} = {things.part(patch.value)}"
    held = content_of(patch.value)
    return "; ".join(filled(place, held, things.content(held, patch.value)))


def _call(things: Around, setting: Setting) -> Callable[[], str]:
    def line() -> str:
        for each in setting.imports:
            things.module(each)
        return f"{things.module(setting.module)}.{setting.function}({', '.join(given())})"

    def given() -> Iterator[str]:
        yield from map(things.part, setting.arguments)
        yield from (f"{key}={things.part(value)}" for key, value in setting.keywords.items())

    return line


def _said(setting: Setting, line: str) -> str:
    """A setting for people: its call, or what a long one sets."""
    if len(line) <= _MOST_SAID:
        return line
    keys = list(map(repr, setting.several))
    if not keys:
        return f"{line[: _MOST_SAID - 3]}…"
    more = f" and {len(keys) - _MOST_KEYS} more" if len(keys) > _MOST_KEYS else ""
    place = f"{setting.module}.{setting.function}".removesuffix(".update")
    return f"{place}[{', '.join(keys[:_MOST_KEYS])}]{more}"


#: Characters of a call, and keys of one, that a line has room for.
_MOST_SAID, _MOST_KEYS = 60, 6
