"""Values and calls as Python says them. Knows no graph."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta

from sfdag_magics.light_classes import dataclass

_WIDTH = 88
_INDENT = "    "
_UNITS = {
    "hours": timedelta(hours=1),
    "minutes": timedelta(minutes=1),
    "seconds": timedelta(seconds=1),
    "milliseconds": timedelta(milliseconds=1),
    "microseconds": timedelta(microseconds=1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """How names of other modules are said in a file, and the lines that import them."""

    names: Mapping[str, str]
    imports: tuple[str, ...]

    def __getitem__(self, name: str) -> str:
        return self.names[name]


def spelled(wanted: Mapping[str, Sequence[str]], taken: AbstractSet[str]) -> Spelled:
    """`{module: names}` as they are said where some names are taken: of such a module, dotted."""
    names: dict[str, str] = {}
    imports = []
    for module, own in wanted.items():
        if not own:
            continue
        if not taken & set(own):
            imports.append(f"from {module} import {', '.join(own)}")
            names |= {name: name for name in own}
            continue
        alias = free_name(module, taken)
        imports.append(f"import {module}" + ("" if alias == module else f" as {alias}"))
        names |= {name: f"{alias}.{name}" for name in own}
    return Spelled(names=names, imports=tuple(imports))


def free_name(wanted: str, taken: AbstractSet[str]) -> str:
    """The name, with as many underscores behind it as it takes to be nobody's."""
    while wanted in taken:
        wanted += "_"
    return wanted


def value_text(value: object, say: Callable[[str], str] = str) -> str:
    """An expression that makes a value of options or JSON anew.

    Args:
        say: how a name that has to be imported is said.
    """
    if isinstance(value, str):
        return _text(str(value))
    if isinstance(value, timedelta):
        unit = next(name for name, one in _UNITS.items() if value % one == timedelta(0))
        return f"{say('timedelta')}({unit}={value // _UNITS[unit]})"
    if isinstance(value, Mapping):
        pairs = (f"{value_text(key, say)}: {value_text(of, say)}" for key, of in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, AbstractSet):
        return f"{{{', '.join(sorted(value_text(each, say) for each in value))}}}"
    if isinstance(value, Iterable):
        return f"[{', '.join(value_text(each, say) for each in value)}]"
    return repr(value)


def _text(text: str) -> str:
    """In double quotes, as far as that takes no more backslashes."""
    said = repr(text)
    inside = said[1:-1]
    doubled = f'"{inside}"'
    is_plain = said[0] == "'" and '"' not in inside and "\\'" not in inside
    return doubled if is_plain else said


def lines_text(text: str) -> str:
    """A text of several lines as it stands, between lines of three quotes.

    It has a line's end more on either side, so it is for what may have space around it.
    """
    if "\n" not in text:
        return _text(text)
    inside = "".join(map(_within_quotes, text)).replace('"""', '\\"\\"\\"')
    return f'"""\n{inside}\n"""'


def _within_quotes(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character in "\n\t" or character.isprintable():
        return character
    return ascii(character)[1:-1]  # a carriage return would be read as a line's end


def call_text(function: str, arguments: Sequence[str], depth: int = 0) -> str:
    """A call in one line where that is short, else an argument a line.

    Args:
        depth: how far inside it stands: the lines of texts among its arguments are not moved.
    """
    line = f"{function}({', '.join(arguments)})"
    if len(line) + depth * len(_INDENT) <= _WIDTH and "\n" not in line:
        return line
    outside = _INDENT * depth
    inside = "".join(f"{outside}{_INDENT}{argument},\n" for argument in arguments)
    return f"{function}(\n{inside}{outside})"


def keywords_text(values: Mapping[str, object], say: Callable[[str], str]) -> list[str]:
    """`key=value` for each."""
    return [f"{key}={value_text(value, say)}" for key, value in values.items()]


def uses(texts: Iterable[str], name: str) -> bool:
    """Whether one of these texts says a name."""
    trees = (ast.walk(ast.parse(text)) for text in texts)
    return any(isinstance(n, ast.Name) and n.id == name for tree in trees for n in tree)
