"""Objects as lines: made empty or by what they say of themselves, then given what they hold.

One rule for every class, whoever wrote it: a built-in base is filled by its own methods, what has
no more than attributes gets its attributes, and of what is left each object says itself how it is
copied (`__reduce_ex__`), as far as what makes it can be imported and its parts travel.
"""

from __future__ import annotations

import contextlib
import enum
import io
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sfdag_magics.bundle.inspection import (
    answers_itself,
    attribute_of,
    attributes_of,
    bases_of,
    is_a,
    module_of,
    name_of_class,
)
from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.secret_names import is_about_words
from sfdag_magics.bundle.secret_texts import is_made_up
from sfdag_magics.bundle.secrets import labelled_secrets
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.terms.contents import (
    Content,
    Reduced,
    beside_its_arguments,
    content_of,
    forgotten,
    ids_kept,
    is_of_pandas,
    is_plain_layout,
    lasting,
    made_by,
    only_says_how_to_restore,
    says_how_to_copy,
    slots_of,
)
from sfdag_magics.bundle.taking.terms.pieces import Item, Made
from sfdag_magics.bundle.taking.terms.refusals import read_once, secret_column
from sfdag_magics.bundle.ways_out import never_travels

#: What makes the rest of an object once it is there.
_Rest = Callable[[], list[str]]


def take_instance(bench: Bench, value: Any, wanted: str | None) -> Item:  # noqa: ANN401 - of a class of the notebook
    """A member of an enum, a tuple with names, or an object of a class of the notebook.

    Raises:
        NoExpression: it, or a part of it, cannot be written.
    """
    kind = type(value)
    item = bench.begin(value, wanted=wanted, base=name_of_class(kind).lower())
    with bench.inside(item):
        text, rest = _made(bench, item.name, value)
        bench.add(item, [Made(lines=(f"{item.name} = {text}",))], frozenset())
    bench.end(item, attributes_of(value), text)
    bench.after(item, rest)
    bench.after(item, lambda: _of_error(bench, item.name, value))
    return item


def take_object(bench: Bench, value: Any, wanted: str | None) -> Item:  # noqa: ANN401 - of an imported class
    """An object of a class that can be imported; the kernel makes it once more to compare.

    Raises:
        Refused: it is used up by being read.
        NoExpression: it, or a part of it, cannot be written.
    """
    kind = type(value)
    if never_travels(value) or answers_itself(value):
        raise NoExpression(value)
    if issubclass(kind, Iterator) and not is_a(value, io.IOBase):
        raise read_once(value)
    labels = labelled_secrets(_labels(value))
    secret = [label for label in labels if not _is_column_of_words(value, label)]
    if secret and not bench.is_allowed(wanted or "", *secret):
        raise secret_column(secret[0])
    item = bench.begin(value, wanted=wanted, base=name_of_class(kind).lower())
    bench.is_built(item)
    with bench.inside(item):
        if kind is object:
            text, rest = "object()", _nothing
        elif says_how_to_copy(kind) and not _is_whole_by_layout(value):
            text, rest = _by_its_own_words(bench, item.name, value)
        else:
            text, rest = _by_layout(bench, item.name, value)
        bench.add(item, [Made(lines=(f"{item.name} = {text}",))], frozenset())
    bench.end(item, value, text if wanted else None)
    bench.after(item, rest)
    bench.after(item, lambda: _marks(bench, item.name, value))
    bench.after(item, lambda: _of_error(bench, item.name, value))
    return item


def _is_whole_by_layout(value: object) -> bool:
    """Whether a built-in base and attributes are all there is: sklearn's Bunch drops the latter."""
    return only_says_how_to_restore(type(value)) and content_of(value) is not None


def _labels(value: Any) -> list[object]:  # noqa: ANN401 - of any class
    """What the columns of a frame, or a series and its rows, are called."""
    if not any(module_of(base).startswith("pandas.") for base in bases_of(type(value))):
        return []
    if hasattr(type(value), "columns"):
        return list(value.columns)
    is_series = hasattr(type(value), "index") and hasattr(type(value), "name")
    return [value.name, *value.index] if is_series else []


def _is_column_of_words(frame: Any, label: str) -> bool:  # noqa: ANN401 - of pandas
    """Whether what is called `token` are words of a text, and none is a key."""
    if not is_about_words(label):
        return False
    column = frame if attribute_of(frame, "_name") == label else frame[label]
    texts = [column] if is_a(column, str) else column
    is_one = not hasattr(column, "columns")  # two columns of one name are a frame
    return is_one and not any(is_a(each, str) and is_made_up(each) for each in texts)


def _of_error(bench: Bench, name: str, value: object) -> list[str]:
    """What an exception came of; its traceback is of this process."""
    if not is_a(value, BaseException):
        return []
    if value.__traceback__ is not None and name in bench.namespace:
        bench.note(f"{name} was raised here: its traceback stays behind")
    kept = beside_its_arguments(value)
    return [f"{name}.{key} = {bench.part(each)}" for key, each in kept.items()]


def member(bench: Bench, value: enum.Enum) -> str:
    """A member of an enum of the notebook, by its class."""
    kind = bench.part(type(value))
    known = value.name in type(value).__members__  # a sum of flags has no name
    return f"{kind}.{value.name}" if known else f"{kind}({value.value!r})"


def _marks(bench: Bench, name: str, value: object) -> list[str]:
    """Texts that the module of an object's class knows by being the very ones: `SUPPRESS`."""
    kept = attributes_of(value)
    said = {
        key: each for key, each in kept.items() if type(each) is str and _is_one_of_its_own(each)
    }
    homes = [sys.modules.get(module_of(base)) for base in bases_of(type(value))] if said else []
    marks = {
        key: f"{bench.module(home.__name__)}.{mark}"
        for home in homes
        if is_a(home, types.ModuleType)
        for mark, text in attributes_of(home).items()
        for key, each in said.items()
        if text is each
    }
    return [f"vars({name})[{key!r}] = {mark}" for key, mark in marks.items()]


def _is_one_of_its_own(text: str) -> bool:
    """Whether Python makes another text of the same characters each time it reads some."""
    return len(text) > 1 and not text.replace("_", "a").isalnum()


def _nothing() -> list[str]:
    return []


def _made(bench: Bench, name: str, value: Any) -> tuple[str, _Rest]:  # noqa: ANN401 - of a class of the notebook
    kind = type(value)
    if is_a(value, enum.Enum):
        return member(bench, value), _nothing
    if is_a(value, tuple) and attribute_of(kind, "_make") is not None:
        return f"{bench.part(kind)}._make({bench.part(tuple(value))})", _nothing
    if answers_itself(value):
        raise NoExpression(value)
    # Their attributes hold what only lives here: of pandas, and of scipy's distributions.
    if is_of_pandas(kind) or (says_how_to_copy(kind) and _has_executed(value)):
        return _by_its_own_words(bench, name, value)
    return _by_layout(bench, name, value)


def _has_executed(value: object) -> bool:
    """Whether its base executed texts for methods of its own: it says how they are made again."""
    kept = (each for each in lasting(value).values() if is_a(each, types.MethodType))
    codes = [attribute_of(each.__func__, "__code__") for each in kept]
    return any(is_a(code, types.CodeType) and code.co_filename == "<string>" for code in codes)


def _by_layout(bench: Bench, name: str, value: Any) -> tuple[str, _Rest]:  # noqa: ANN401 - of any class
    kind = type(value)
    content = content_of(value)
    if content is None and not is_plain_layout(kind):
        return _by_its_own_words(bench, name, value)
    maker = made_by(kind) if content is None or content.fixed else content.base
    base = "object" if maker is object else bench.part(maker)
    given = [bench.part(kind)]
    if content is not None and content.fixed:
        given += map(bench.part, content.arguments)

    def rest() -> list[str]:
        lines = [] if content is None else _fill(bench, name, base, content)
        return lines + _state_lines(bench, name, value)

    return f"{base}.__new__({', '.join(given)})", rest


def _fill(bench: Bench, name: str, base: str, content: Content) -> list[str]:
    if content.fixed:
        return []
    given = ", ".join([name, *map(bench.part, content.arguments)])
    return [f"{base}.__init__({given})"]


def _state_lines(bench: Bench, name: str, value: object) -> list[str]:
    state = attributes_of(value)
    if state is value:  # a dict whose attributes are its items
        return [f"{name}.__dict__ = {name}"]
    kept = lasting(value)
    if len(kept) == len(state) and bench.is_shared(state):  # something else holds the dictionary
        lines = [f"{name}.__dict__ = {bench.part(state)}"]
    else:
        given, later = _without_ids(name, kept, value)
        lines = [f"vars({name}).update({bench.part(given)})", *later] if kept else []
    for slot, held in _in_slots(value).items():
        lines.append(f"object.__setattr__({name}, {slot!r}, {bench.part(held)})")
    return lines


def _in_slots(value: object) -> dict[str, object]:
    """`{slot: what it holds}`, private ones under the names that Python gives them."""
    found: dict[str, object] = {}
    for kind in bases_of(type(value)):
        for name, slot in slots_of(kind).items():
            with contextlib.suppress(AttributeError):  # not set
                found.setdefault(name, slot.__get__(value))
    return found


def _by_its_own_words(bench: Bench, name: str, value: Any) -> tuple[str, _Rest]:  # noqa: ANN401 - of any class
    """As it is copied: a call of a class or function of its own package or Python's."""
    kind = type(value)
    own = [base for base in bases_of(kind) if bench.is_of_notebook(base)]
    if any(says_how_to_copy_itself(base) for base in own) and not _is_array_made_by_base(kind, own):
        raise NoExpression(value)  # code of the notebook would run to find out
    said = bench.copies.of(value)
    if isinstance(said, str) or not _is_trusted(bench, said, kind):
        raise NoExpression(value)
    if said.maker.__name__ != "__newobj__" and any("__init__" in vars(base) for base in own):
        raise NoExpression(value)  # which would get other arguments than it takes
    call = _call(bench, said)
    return call, lambda: [
        *_restored(bench, name, said, value),
        *_left_out(bench, name, said, value),
    ]


def _left_out(bench: Bench, name: str, said: Reduced, value: object) -> list[str]:
    """Attributes of an object that its class forgets when it is copied: `df.source = "x"`."""
    if bench.is_of_notebook(type(value)):
        left = _not_restored(said, value)
    else:
        left = {
            key: each
            for key, each in forgotten(value, said).items()
            # What nobody is meant to see may be what the class has computed.
            if not key.startswith("_") or bench.can_travel(each)
        }
    return [f"vars({name}).update({bench.part(left)})"] if left else []


def _not_restored(said: Reduced, value: object) -> dict[str, object]:
    """What the library's base of a class of the notebook forgets: numpy's, or that of dates."""
    if said.state is not None and not hasattr(type(value), "__setstate__"):
        return {}
    known = said.state if isinstance(said.state, dict) else {}
    return {
        key: each
        for key, each in lasting(value).items()
        if key not in known and not (known and key.startswith("_"))
    }


def _is_array_made_by_base(kind: type, own: list[type]) -> bool:
    """Whether it is an array of a class that only says how one is made anew, which no copy asks.

    numpy makes the copy by a `__new__` of its own, and tells `__array_finalize__` as it does here.
    """
    bases = [base for base in bases_of(kind) if base not in own]
    is_plain = f"{module_of(bases[0])}.{name_of_class(bases[0])}" == "numpy.ndarray"
    said = {name for base in own for name in _HOW_COPIED if name in vars(base)}
    return is_plain and said == {"__new__"}


_HOW_COPIED = ("__new__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__")


def says_how_to_copy_itself(kind: type) -> bool:
    """Whether a class of the notebook takes part in how it is made or copied."""
    return any(name in vars(kind) for name in _HOW_COPIED)


def _is_trusted(bench: Bench, said: Reduced, kind: type) -> bool:
    """Whether what makes it is Python's, or of the package that its class is of."""
    package = str(getattr(said.maker, "__module__", "")).partition(".")[0]
    own = {module_of(base).partition(".")[0] for base in bases_of(kind)}
    known = package in ("builtins", "copyreg", "_operator", "collections", *own)
    return known and (said.maker is kind or not bench.is_of_notebook(said.maker))


def _call(bench: Bench, said: Reduced) -> str:
    arguments = list(said.arguments)
    if said.maker.__name__ == "__newobj__":
        made = bench.part(arguments[0])
        head, shown = f"{made}.__new__", [made, *map(bench.part, arguments[1:])]
    else:
        head, shown = bench.part(said.maker), list(map(bench.part, arguments))
    shown += [f"{key}={bench.part(each)}" for key, each in said.keywords.items()]
    return f"{head}({', '.join(shown)})"


def _restored(bench: Bench, name: str, said: Reduced, value: object) -> list[str]:
    """Items, pairs and state, in the order in which Python's own copying sets them."""
    lines = [f"{name}.append({bench.part(each)})" for each in said.items]
    lines += [f"{name}[{bench.part(key)}] = {bench.part(each)}" for key, each in said.pairs]
    if said.state is None:
        return lines
    parts = said.state if type(said.state) is dict else {}
    if any(_is_by_address(each, parts) for each in parts.values()):
        raise NoExpression(value, "it keeps where in this process's memory a part of it lies")
    if hasattr(type(value), "__setstate__"):
        state, later = _without_ids(name, said.state, value)
        return [*lines, f"{name}.__setstate__({bench.part(state)})", *later]
    attributes, slots = said.state if isinstance(said.state, tuple) else (said.state, {})
    if attributes:
        lines.append(f"vars({name}).update({bench.part(dict(attributes))})")
    return lines + [
        f"setattr({name}, {key!r}, {bench.part(each)})" for key, each in (slots or {}).items()
    ]


def _is_by_address(text: object, state: Mapping[str, object]) -> bool:
    """Whether a key says where something beside it lies: `on@0x7f3a5c1e8d60`; no `repr` is one."""
    said = text if type(text) is str and "0x" in text and " at 0x" not in text else ""
    return any(hex(id(each)) in said for each in state.values()) if said else False


def _without_ids(name: str, state: object, value: object) -> tuple[object, list[str]]:
    """A state without ids of what else is in it, and the lines that ask for these over there."""
    if type(state) is not dict:
        return state, []
    asked = {key: of for key, of in ids_kept(value).items() if key in state}
    of_parts = {key: f"vars({name})[{of!r}]" if of else "None" for key, of in asked.items()}
    lines = [f"vars({name})[{key!r}] = id({of})" for key, of in of_parts.items()]
    return ({**state, **dict.fromkeys(asked, 0)} if asked else state), lines
