"""What is to be said of the modules that a task takes: installed ones, and those beside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.bundle.beside import Beside, loaded_modules
from sfdag_magics.bundle.modules import installed_part, is_local, is_standard
from sfdag_magics.bundle.taking.module_states.difference import (
    ModuleDifference,
    is_reached,
    is_read_in,
)
from sfdag_magics.bundle.taking.module_states.module_state import was_edited
from sfdag_magics.bundle.written.cell_texts import parsed_or_none, text_of_file
from sfdag_magics.bundle.written.read_of_environment import asked_by_import
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is said of differences.

    Attributes:
        problems: pairs of a message and a hint.
    """

    problems: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def third_party(modules: Iterable[str], travelling: Beside) -> tuple[str, ...]:
    """The installed packages that a task and the modules beside the notebook import."""
    named = [*modules, *travelling.imported]
    foreign = [m for m in named if not is_standard(m) and not is_local(m)]
    return tuple(dict.fromkeys(map(installed_part, foreign)))


def not_beside(travelling: Beside) -> Iterator[tuple[str, str]]:
    """Modules beside the notebook that cannot travel, as messages with hints."""
    for why, hint in travelling.refused:
        yield f"takes a module beside the notebook: {why}", hint


def asked_of_environment(modules: Iterable[str], texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Variables that modules beside the notebook cannot do without as they are imported.

    Args:
        modules: those that travel.
        texts: the task's code, which may set one before it imports the module.
    """
    texts = list(texts)
    for name, file in loaded_modules(modules):
        text = text_of_file(str(file)) or ""
        tree = parsed_or_none(text) if "environ" in text else None
        for variable, line in asked_by_import(tree, vars(sys.modules[name])) if tree else ():
            if variable in os.environ and not any(variable in each for each in texts):
                yield (
                    f"takes the module {name}, whose import reads the environment variable "
                    f"{variable!r} (line {line} of {file.name}), which is not set where the task "
                    "runs",
                    f"give it a default there: os.environ.get({variable!r}, …), or set it in the "
                    f"task and import {name} after that",
                )


def judged(
    differences: Iterable[ModuleDifference],
    imports: Iterable[str],
    texts: Iterable[str],
    namespace: Mapping[str, object],
    travelling: Iterable[str],
) -> Judged:
    """Modules beside the notebook that are loaded otherwise than their files say.

    Args:
        differences: those that no line makes up for.
        travelling: the modules that travel: their code counts on what an edit changed as well.
    """
    problems, notes = [], []
    files = {name: text_of_file(str(file)) or "" for name, file in loaded_modules(travelling)}
    for each in differences:
        is_edited = was_edited(each.module, each.file)
        is_used = is_reached(each, imports, texts, namespace)
        if is_used or (is_edited and is_read_in(each, files)):
            hint = each.hint_of_edited if is_edited else each.hint
            problems.append((f"uses {each.said_of_used}", hint))
        elif not each.is_own:  # else the import over there makes it so as well
            notes.append(each.said)
    return Judged(problems=tuple(problems), notes=tuple(notes))
