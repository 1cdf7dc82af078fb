"""What an object consists of, by Python's own rules: its layout, what a built-in base keeps, and
what it says of itself for copying. Runs no code of the notebook.
"""

from __future__ import annotations

import collections
import copyreg
import types
import warnings
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of, bases_of, is_a, module_of
from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.light_classes import dataclass

_POINTER = 8
_OBJECT = object.__basicsize__
#: A class that defines one of these says itself how it is copied.
_SAYS_HOW = ("__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__getnewargs__")
_SAYS_HOW_TOO = (*_SAYS_HOW, "__getnewargs_ex__")
_WHOLE = slice(None)
#: The flag of a class that a class statement made: it is on the heap.
_MADE_BY_CLASS = 1 << 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """How a built-in base fills an object of a subclass.

    Attributes:
        base: the built-in class.
        fixed: whether what it holds is given to `__new__`, as it never changes; else to `__init__`.
        arguments: what it is given.
    """

    base: type
    fixed: bool
    arguments: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """What an object says of itself for copying: made by a call, then given its state and items."""

    maker: Callable[..., object]
    arguments: tuple[Any, ...]
    keywords: Mapping[str, object] = field(default_factory=dict)
    state: object = None
    items: tuple[object, ...] = ()
    pairs: tuple[tuple[object, object], ...] = ()


class Copies:
    """What objects said of themselves, each asked once: the parts they name stay the same ones."""

    def __init__(self) -> None:
        self._said: dict[int, tuple[object, Reduced | str]] = {}

    @property
    def has_asked(self) -> bool:
        """Whether any object was asked."""
        return bool(self._said)

    def of(self, value: object) -> Reduced | str:
        """What `value` says of itself; raises `NoExpression`."""
        if id(value) not in self._said:
            self._said[id(value)] = value, reduced(value)
        return self._said[id(value)][1]


def ids_kept(value: object) -> dict[str, str]:
    """`{attribute: the attribute whose value it has the id of}`, `""` for the id of None.

    A vectorizer of scikit-learn keeps the id of its stop words, which is another in each process.
    """
    kept = attributes_of(value)
    numbers = {key: each for key, each in kept.items() if type(each) is int}
    if not numbers or type(kept) is not dict:
        return {}
    ids = {id(each): key for key, each in kept.items() if key not in numbers}
    ids[id(None)] = ""
    return {key: ids[each] for key, each in numbers.items() if each in ids}


def beside_its_arguments(error: BaseException) -> dict[str, object]:
    """What an exception keeps beside its arguments and attributes, and does not say of itself."""
    names = ["__cause__", "__context__"]
    names += ["__suppress_context__"] if error.__suppress_context__ else []
    names += ["name", "obj"] if is_a(error, AttributeError) else []
    names += ["name"] if is_a(error, NameError) else []
    found = {name: getattr(error, name, None) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def is_plain_layout(kind: type) -> bool:
    """Whether instances keep all they are in attributes, as those of a class without bases do."""
    room = _OBJECT + _POINTER * sum(len(slots_of(base)) for base in bases_of(kind))
    room += _POINTER * sum(getattr(kind, f"__{each}offset__") > 0 for each in ("dict", "weakref"))
    return kind.__itemsize__ == 0 and kind.__basicsize__ <= room


def made_by(kind: type) -> type:
    """Whose `__new__` makes an empty instance: Python lets `object`'s make no `tzinfo`."""
    built_in = type(object.__new__)
    return next(b for b in bases_of(kind) if type(attributes_of(b).get("__new__")) is built_in)


def says_how_to_copy(kind: type) -> bool:
    """Whether a class, or one of its bases, has rules of its own for copying."""
    return kind in copyreg.dispatch_table or any(
        name in attributes_of(base)
        for base in bases_of(kind)
        if base is not object
        for name in _SAYS_HOW_TOO
    )


def only_says_how_to_restore(kind: type) -> bool:
    """Whether a class has `__setstate__` as its only rule: what it is, its layout says whole."""
    own = [attributes_of(base) for base in bases_of(kind) if base is not object]
    said = {name for name in _SAYS_HOW_TOO for each in own if name in each}
    return said == {"__setstate__"} and kind not in copyreg.dispatch_table


def slots_of(kind: type) -> dict[str, types.MemberDescriptorType]:
    """The attributes that a class itself, without its bases, keeps in slots."""
    if not kind.__flags__ & _MADE_BY_CLASS:
        return {}
    own = attributes_of(kind).items()
    return {name: slot for name, slot in own if type(slot) is types.MemberDescriptorType}


def lasting(value: object) -> dict[str, object]:
    """The attributes of `value` that are it, and not only what it once computed of them."""
    own = dict(attributes_of(value))
    return _without_computed(own) if is_of_pandas(type(value)) else own


def is_of_pandas(kind: type) -> bool:
    """Whether a class is of pandas: looking at one of its objects gives it a `_cache`."""
    return any(module_of(base).partition(".")[0] == "pandas" for base in bases_of(kind))


def _without_computed(attributes: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in attributes.items() if name != "_cache"}


def content_of(value: Any) -> Content | None:  # noqa: ANN401 - an instance of any class
    """What the nearest built-in base keeps of `value`; None where it has none that is known."""
    for base in bases_of(type(value)):
        if base in _FILLED:
            return Content(base=base, fixed=False, arguments=_FILLED[base](value))
        if base in _FIXED:
            return Content(base=base, fixed=True, arguments=(_FIXED[base](value),))
        if is_a(value, BaseException) and base.__module__ == "builtins":
            return Content(base=base, fixed=True, arguments=value.args)
    return None


#: What is given to `__init__`; read by the base's own methods, whatever the subclass overrides.
_FILLED: dict[type, Callable[[Any], tuple[object, ...]]] = {
    collections.defaultdict: lambda value: (value.default_factory, dict(dict.items(value))),
    collections.OrderedDict: lambda value: (list(collections.OrderedDict.items(value)),),
    dict: lambda value: (dict(dict.items(value)),),
    list: lambda value: (list.__getitem__(value, _WHOLE),),
    set: lambda value: (set.copy(set().union(set.__iter__(value))),),
    bytearray: lambda value: (bytes(bytearray.__iter__(value)),),
    collections.deque: lambda value: (list(collections.deque.__iter__(value)), value.maxlen),
}
#: What is given to `__new__`.
_FIXED: dict[type, Callable[[Any], object]] = {
    str: lambda value: str.__getitem__(value, _WHOLE),
    bytes: lambda value: bytes.__getitem__(value, _WHOLE),
    tuple: lambda value: tuple.__getitem__(value, _WHOLE),
    frozenset: lambda value: frozenset(frozenset.__iter__(value)),
    int: int.__int__,
    float: float.__float__,
    complex: complex.__complex__,
}


def reduced(value: Any) -> Reduced | str:  # noqa: ANN401 - an instance of any class
    """What `value` says of itself for copying; a text where it is the name of something.

    Raises:
        NoExpression: it cannot be copied.
    """
    by_table: Callable[[Any], Any] | None = copyreg.dispatch_table.get(type(value))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", UserWarning)  # that it does not say all it is
            said = by_table(value) if by_table is not None else value.__reduce_ex__(4)
    except UserWarning as warned:
        raise NoExpression(value, f"it warns {str(warned)!r}") from warned
    except Exception as refused:
        raise NoExpression(value) from refused
    if isinstance(said, str):
        return said
    if len(said) > 5 and said[5] is not None:  # a setter of state of its own
        raise NoExpression(value)
    maker, arguments, state, items, pairs = (*said, *[None] * 5)[:5]
    if is_of_pandas(type(value)):
        parts = state if isinstance(state, tuple) else (state,)
        parts = tuple(_without_computed(each) if type(each) is dict else each for each in parts)
        state = parts if isinstance(state, tuple) else parts[0]
    if is_a(value, BaseException) and not state:
        state = None  # which it has by now, as it was looked at
    keywords: Mapping[str, object] = {}
    if maker.__name__ == "__newobj_ex__":
        kind, arguments, keywords = arguments
        maker, arguments = copyreg.__newobj__, (kind, *arguments)  # type: ignore[attr-defined]  # its stub lacks it
    return Reduced(
        maker=maker,
        arguments=tuple(arguments),
        keywords=keywords,
        state=state,
        items=tuple(items or ()),
        pairs=tuple(pairs or ()),
    )


def forgotten(value: object, said: Reduced) -> dict[str, object]:
    """The attributes of an object of a library that what it says of itself does not make again.

    It is made once more of the very same parts: of imported classes only.
    """
    known = said.state if isinstance(said.state, dict) else {}
    left = {
        k: v for k, v in lasting(value).items() if k not in known and not _is_of_class(value, k)
    }
    made = attributes_of(_copied(said)) if left else {}
    return {key: each for key, each in left.items() if key not in made}


def _is_of_class(value: object, name: str) -> bool:
    """Whether a class has a word for an attribute: what it computes once, or a default."""
    return any(name in attributes_of(base) for base in bases_of(type(value)))


def _copied(said: Reduced) -> object:
    """What a class makes of what one of its objects says, without items."""
    try:
        made: Any = said.maker(*map(_apart, said.arguments), **said.keywords)
        if hasattr(made, "__setstate__") and said.state is not None:
            made.__setstate__(_apart(said.state))
    except Exception:  # noqa: BLE001 - a library's own words, of whatever class
        return None
    return made


def _apart(part: object) -> object:
    """A part whose dictionaries are not those that were said: pandas takes items out of them."""
    if type(part) is tuple:
        return tuple(map(_apart, part))
    return dict(part) if type(part) is dict else part
