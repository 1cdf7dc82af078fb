"""A configuration as a form: a row for each key that can be typed, with what is wrong. Pure.

What is typed in a field is read as `--set key=…` reads it: the same value, the same refusal.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from json import dumps  # as it is now: a cell may put its own in the module

from sfdag_magics.graph.config import OWN_CONFIG_KEY, KeyReaders, config_value, key_readers
from sfdag_magics.graph.task import Task
from sfdag_magics.graph.values.signature import UNKNOWN_DEFAULT
from sfdag_magics.graph.values.value_types import ValueType, value_from_text
from sfdag_magics.light_classes import dataclass

#: A key of other letters can be set by `--config` and in no word of its own.
_TYPABLE = re.compile(r"[^\W\d][\w.-]*")
#: A line of a notebook holds no other line.
_NOT_IN_A_LINE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRow:
    """One key.

    Attributes:
        said: its type, as the tasks say it; empty where any value is one.
        choices: what can be typed, where that is a list.
        base: what it is where nothing is typed, as it would be typed; empty where that is unknown.
        of: who says so: `target`, `graph`, `default`, or nobody.
        computed: the source of a default that is nothing to type, as `date.today()`.
        last: what the run that is looked at had, where that was another value.
        text: what is typed.
        problem: why that is no value of it; empty where it is one.
    """

    key: str
    said: str
    choices: tuple[str, ...]
    readers: tuple[str, ...]
    base: str
    of: str
    last: str | None
    text: str
    problem: str
    computed: str = ""

    @property
    def differs(self) -> bool:
        """Whether a run has to be told."""
        return self.text != self.base


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigForm:
    """All rows, and what is typed in none of them.

    Attributes:
        problems: what is wrong with what has no row.
        config: what a run has to be told, in JSON's types.
    """

    rows: tuple[FormRow, ...]
    problems: tuple[str, ...] = ()
    config: Mapping[str, object] = field(default_factory=dict)

    @property
    def typed(self) -> dict[str, str]:
        """`{key: what is typed}` of what a run has to be told."""
        return {row.key: row.text for row in self.rows if row.differs}

    @property
    def wrong(self) -> tuple[str, ...]:
        """Everything that is to be corrected."""
        return (*self.problems, *(f"{row.key}: {row.problem}" for row in self.rows if row.problem))


def config_form(
    tasks: Sequence[Task],
    config: Mapping[str, object],
    *,
    typed: Mapping[str, str] | None = None,
    last: Mapping[str, object] | None = None,
    of_target: Collection[str] = (),
) -> ConfigForm:
    """The form of these tasks' configuration.

    Args:
        config: the graph's own, with what the target puts over it.
        typed: `{key: text}` of the fields that somebody typed in.
        last: the configuration of the run that is looked at; where somebody may read any key, its
            keys are rows as well.
        of_target: the keys that the target's own configuration says.
    """
    texts, before = typed or {}, last or {}
    found = key_readers(tasks, (*config, *before))
    readers = {key: who for key, who in found.items() if _is_typable(key)}
    rows = tuple(
        replace(row, of="target") if row.key in of_target else row
        for row in (_row(key, who, config, texts.get(key), before) for key, who in readers.items())
    )
    return ConfigForm(
        rows=rows,
        problems=tuple(
            f"no task reads the config key {key!r}" for key in texts if key not in readers
        ),
        config={row.key: config_value(tasks, row.key, row.text) for row in rows if row.differs},
    )


def _is_typable(key: str) -> bool:
    return key != OWN_CONFIG_KEY and bool(_TYPABLE.fullmatch(key))


def _row(
    key: str,
    who: KeyReaders,
    config: Mapping[str, object],
    typed: str | None,
    last: Mapping[str, object],
) -> FormRow:
    base, of = _base(key, who, config)
    text = base if typed is None else typed
    before = typed_text(last[key], who.types) if key in last else None
    return FormRow(
        key=key,
        said=" and ".join(dict.fromkeys(each.said for each in who.types if each.said != "None")),
        choices=_choices(who.types),
        readers=who.tasks,
        base=base,
        of=of,
        last=before if before != base else None,
        text=text,
        problem=_problem(
            text, who, is_said=text != base or of == "graph", is_needed=who.is_needed and not of
        ),
        computed=_computed(who) if of == "default" and not base else "",
    )


def _computed(who: KeyReaders) -> str:
    return next((each for each in who.defaults if each != UNKNOWN_DEFAULT), "")


def _base(key: str, who: KeyReaders, config: Mapping[str, object]) -> tuple[str, str]:
    if key in config:
        return typed_text(config[key], who.types), "graph"
    if who.is_needed or not who.tasks:
        return "", ""
    for default in who.defaults:
        if default == UNKNOWN_DEFAULT:
            continue
        try:
            return typed_text(ast.literal_eval(default), who.types), "default"
        except (ValueError, SyntaxError, TypeError):
            continue  # what is computed there is nothing to type
    return "", "default"


def typed_text(value: object, types: Sequence[ValueType]) -> str:
    """How a value is typed for a key of these types.

    >>> typed_text(0.5, ()), typed_text("x", ())
    ('0.5', '"x"')
    """
    if isinstance(value, str) and any(each.is_text for each in types):
        return value
    return dumps(value, ensure_ascii=False, default=str)


def _choices(types: Sequence[ValueType]) -> tuple[str, ...]:
    for each in types:
        if each.choices:
            return tuple(typed_text(choice, types) for choice in each.choices)
    return ("true", "false") if [each.name for each in types] == ["bool"] else ()


def _problem(text: str, who: KeyReaders, *, is_said: bool, is_needed: bool) -> str:
    if _NOT_IN_A_LINE.search(text):
        return "a value is one line of text"
    if not is_said:
        return "a run needs a value" if is_needed else ""
    value = value_from_text(text, who.types)
    wanted = next((each for each in who.types if not each.fits(value)), None)
    if wanted is None:
        return ""
    said = f"“{text}”" if text else "an empty value"
    return f"{said} is {wanted.denied}; for example {_example(text, wanted)}"


def _example(text: str, wanted: ValueType) -> str:
    """What may be meant, else something that fits."""
    with_point = text.replace(",", ".")
    if with_point != text and wanted.fits(value_from_text(with_point, (wanted,))):
        return with_point
    return wanted.like_it(text)
