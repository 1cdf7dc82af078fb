"""How the values of a type stand in JSON, and how one tells them from others. Python 3.9.

A form writes a value of its type as a tree (`json_text`) and reads it back: `read(write(x))` is `x`
again, of the same type. Knows no annotation, which `form_of` reads, and no text.
"""

from __future__ import annotations

import contextlib
import decimal
import enum
from collections.abc import Callable, Iterable
from typing import Any

from .json_text import json_text

#: Every kind of JSON value, as `token_of` calls them.
TOKENS = frozenset(["null", "bool", "int", "real", "str", "list", "dict"])
_TOKEN_OF: dict[type, str] = {
    type(None): "null",
    bool: "bool",
    int: "int",
    float: "real",
    decimal.Decimal: "real",
    str: "str",
    list: "list",
    dict: "dict",
}


class UntoldError(TypeError):
    """Values of a type do not travel.

    Attributes:
        hint: what to return instead.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def token_of(tree: Any) -> str:  # noqa: ANN401 - a tree
    """Which kind of JSON value a tree is."""
    return _TOKEN_OF[type(tree)]


def misfit(value: Any, where: str, said: str) -> ValueError:  # noqa: ANN401 - any value
    """The error of a value that is none of a type."""
    try:
        # In JSON, whose numbers are read as Decimal.
        shown = (
            json_text(value) if isinstance(value, (list, dict, decimal.Decimal)) else repr(value)
        )
    except TypeError:
        shown = repr(value)
    except ValueError:  # a number of more digits than Python writes
        shown = "a number of many digits"
    name = "number" if isinstance(value, decimal.Decimal) else type(value).__name__
    return ValueError(f"{where} is {shortened(shown)} ({name}), not {said}")


def shortened(text: str) -> str:
    """A text as an error shows it."""
    return text if len(text) <= 60 else text[:57] + "..."


class Form:
    """The values of one type.

    Attributes:
        kind: the type, without its arguments.
        said: how the type is written; evaluates to it where it is `standard`.
        standard: whether it is made of Python's own types only.
        tokens: the kinds of JSON values that it writes.
        parts: the forms inside of it.
    """

    kind: Any = None
    said = ""
    standard = True
    tokens = TOKENS
    parts: tuple[Form, ...] = ()

    def write(self, value: Any, where: str) -> Any:  # noqa: ANN401 - any value in, a tree out
        """The tree of a value, which `where` names in an error.

        Raises:
            ValueError: the value is none of the type.
            TypeError: what is in it does not travel.
        """
        return self._write(value, where)

    def read(self, tree: Any, where: str) -> Any:  # noqa: ANN401 - a tree in, any value out
        """The value of a tree; raises as `write` does."""
        return self._read(tree, where)

    def _write(self, value: Any, where: str) -> Any:  # noqa: ANN401 - as `write`
        raise NotImplementedError

    def _read(self, tree: Any, where: str) -> Any:  # noqa: ANN401 - as `read`
        raise NotImplementedError

    @property
    def is_raw(self) -> bool:
        """Whether all its values are texts, which need no quotes where they stand alone."""
        return self.tokens <= {"str", "null"}


class Plain(Form):
    """A type whose values are one JSON value each, by a pair of functions.

    Either raises ValueError or TypeError where a value is not one.
    """

    def __init__(
        self,
        kind: Any,  # noqa: ANN401 - a type, or None's
        tokens: Iterable[str],
        write: Callable[[Any], Any],
        read: Callable[[Any], Any],
    ) -> None:
        self.kind, self.tokens = kind, frozenset(tokens)
        self._tree_of, self._value_of = write, read
        module = kind.__module__.partition(".")[0]
        self.standard = module in STANDARD
        self.said = kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"

    def _write(self, value: Any, where: str) -> Any:  # noqa: ANN401 - any value in, a tree out
        return self._by(self._tree_of, value, where)

    def _read(self, tree: Any, where: str) -> Any:  # noqa: ANN401 - a tree in, any value out
        if self.tokens == {"str"} and not isinstance(tree, str):
            raise misfit(tree, where, self.said)
        return self._by(self._value_of, tree, where)

    def _by(self, convert: Callable[[Any], Any], value: Any, where: str) -> Any:  # noqa: ANN401 - as above
        try:
            return convert(value)
        except (ValueError, TypeError, ArithmeticError):
            raise misfit(value, where, self.said) from None


#: Modules whose types are there wherever a task runs.
STANDARD = ("builtins", "collections", "datetime", "decimal", "pathlib", "typing", "uuid")


class Nothing(Form):
    """None alone."""

    kind, said, tokens = type(None), "None", frozenset(["null"])

    def _write(self, value: Any, where: str) -> Any:  # noqa: ANN401 - None
        return self._read(value, where)

    def _read(self, tree: Any, where: str) -> Any:  # noqa: ANN401 - None
        if tree is not None:
            raise misfit(tree, where, self.said)
        return tree


class Choice(Form):
    """Some values only: a `Literal`'s, or an enum's members.

    Attributes:
        values: `[(a value, its tree)]`.
        names: `{a name: a value}` by which a person may call one.
    """

    def __init__(self, said: str, values: Iterable[tuple[Any, Any]], kind: Any = None) -> None:  # noqa: ANN401 - a type
        self.kind, self.said, self.standard = kind, said, kind is None
        self.values = list(values)
        self.names = dict(getattr(kind, "__members__", {}))
        self.tokens = frozenset(token_of(tree) for _, tree in self.values)
        trees = [(token_of(tree), repr(tree)) for _, tree in self.values]
        if len(set(trees)) != len(trees):
            raise UntoldError(
                f"{said} has two values that are written alike", "give them other values"
            )

    def _write(self, value: Any, where: str) -> Any:  # noqa: ANN401 - any value in, a tree out
        for each, tree in self.values:
            if type(each) is type(value) and each == value:
                return tree
        if isinstance(value, enum.Flag) and isinstance(value, self.kind or ()):
            return value.value  # several together
        raise misfit(value, where, self.said)

    def _read(self, tree: Any, where: str) -> Any:  # noqa: ANN401 - a tree in, any value out
        for each, own in self.values:
            if token_of(own) == token_of(tree) and own == tree:
                return each
        if isinstance(tree, str) and tree in self.names:
            return self.names[tree]
        is_flag = isinstance(self.kind, type) and issubclass(self.kind, enum.Flag)
        if is_flag and isinstance(tree, int):
            with contextlib.suppress(ValueError):
                return self.kind(tree)
        known = ", ".join(repr(own) for _, own in self.values)
        raise ValueError(f"{where} is {shortened(repr(tree))}, which is no {self.said}: {known}")


class Either(Form):
    """A union: its arms are told apart by the kind of JSON value each is."""

    def __init__(self, arms: Iterable[Form]) -> None:
        self.parts = tuple(arms)
        self.said = f"typing.Union[{', '.join(arm.said for arm in self.parts)}]"
        self.standard = all(arm.standard for arm in self.parts)
        self.tokens = frozenset(token for arm in self.parts for token in arm.tokens)
        met: dict[str, Form] = {}
        for arm in self.parts:
            for token in arm.tokens:
                other = met.setdefault(token, arm)
                if other is not arm:
                    raise UntoldError(
                        f"{other.said} and {arm.said} look alike as text, so that nobody can tell "
                        "which one was returned",
                        "let it be one of them",
                    )
        self._by_token = met

    def _write(self, value: Any, where: str) -> Any:  # noqa: ANN401 - any value in, a tree out
        exact = [arm for arm in self.parts if arm.kind is type(value)]
        # A choice takes its own values only, where a number takes others as well.
        arms = exact or sorted(self.parts, key=lambda arm: not isinstance(arm, Choice))
        for arm in arms:
            try:
                return arm.write(value, where)
            except (ValueError, TypeError):
                if len(arms) == 1:
                    raise
        raise misfit(value, where, " or ".join(arm.said for arm in self.parts))

    def _read(self, tree: Any, where: str) -> Any:  # noqa: ANN401 - a tree in, any value out
        own = self._by_token.get(token_of(tree))
        for arm in (own,) if own is not None else self.parts:
            try:
                return arm.read(tree, where)
            except (ValueError, TypeError):
                if own is not None:
                    raise
        raise misfit(tree, where, " or ".join(arm.said for arm in self.parts))
