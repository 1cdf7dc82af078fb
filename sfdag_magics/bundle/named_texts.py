"""What gives a text a name in code: an assignment, a keyword, a key, a parameter, a comparison.

Reads syntax trees; runs nothing.
"""

from __future__ import annotations

import ast
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a
from sfdag_magics.bundle.secret_names import is_secret_name
from sfdag_magics.bundle.secret_texts import is_made_up
from sfdag_magics.bundle.written.as_written import UNKNOWN, as_written

#: Functions that give a text back in another form.
_UNPACKS = frozenset(
    {"b64decode", "fromhex", "unhexlify", "decode", "encode", "strip", "str", "bytes"}
)
#: Functions that look a name up, with what to take where it is not there.
_LOOKS_UP = frozenset({"get", "getenv", "setdefault", "pop", "putenv"})
#: Functions that set a name to a value, of whatever comes before these two.
_SETS = frozenset({"setattr", "__setattr__", "setitem", "__setitem__", "set_option"})
_ROWS: Mapping[type, Callable[[list[str]], Sequence[str] | frozenset[str]]] = {
    ast.Tuple: tuple,
    ast.List: list,
    ast.Set: frozenset,
}
#: What a word of a text is called as well: compared with one, or given to a function, it is that.
_WORDS = frozenset({"token", "tokens"})


def named_texts(
    nodes: Iterable[ast.AST], namespace: Mapping[str, object]
) -> Iterator[tuple[str, ast.Constant]]:
    """`(name, text)` of all texts that code gives a name, also behind `+`, `or` and a decoding."""
    nodes = list(nodes)
    namespace = {**namespace, **dict(_spread_rows(nodes))} if _spreads(nodes) else namespace
    for node in nodes:
        for name, value in _named_values(node, namespace):
            yield from ((name, text) for text in _texts_of(value))


def named_rows(
    nodes: Iterable[ast.AST],
) -> Iterator[tuple[str, Sequence[str] | frozenset[str], int]]:
    """`(name, texts, line)` of all rows of texts that code gives a name, and of sets and dicts."""
    for node in nodes:
        for name, value in _named_values(node, {}):
            match value:
                case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                    texts = list(_said(parts))
                    if len(texts) == len(parts):
                        made = _ROWS[type(value)]
                        yield name, made(texts), value.lineno
                case ast.Dict(keys=keys, values=parts):
                    texts, names = list(_said(parts)), list(_said(keys))
                    # Of a key that is a secret's own name, `named_texts` tells.
                    if len(texts) == len(names) == len(parts) and not any(
                        map(is_secret_name, names)
                    ):
                        yield name, frozenset(texts), value.lineno


def texts_of_parts(nodes: Iterable[ast.AST]) -> Iterator[ast.Constant]:
    """Texts in a row of several, and those that code decodes: rows of data, and data."""
    for node in nodes:
        match node:
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                held = parts
            case ast.Call(func=called, args=parts) if _last_name(called) in _UNPACKS:
                held = parts
            case _:
                continue
        yield from (each for each in held if isinstance(each, ast.Constant))


def joined_texts(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """`(text, line)` of what `+`, `join` and forms make of nothing but written texts."""
    for node in nodes:
        text = _joined(node) if isinstance(node, ast.BinOp | ast.Call | ast.JoinedStr) else None
        if text is not None:
            yield text, getattr(node, "lineno", 0)


def _joined(node: ast.AST | None) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, second = _joined(left), _joined(right)
            return None if first is None or second is None else first + second
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str(between)), attr="join"),
            args=[ast.List(elts=parts) | ast.Tuple(elts=parts)],
        ):
            texts = list(_said(parts))
            return between.join(texts) if len(texts) == len(parts) else None
        case ast.JoinedStr(values=parts):
            texts = list(_said(getattr(part, "value", None) for part in parts if _is_form(part)))
            return "".join(_form_text(part) for part in parts) if texts else None
        case ast.BinOp(left=ast.Constant(value=str(form)), op=ast.Mod(), right=given):
            return _filled(form, "%s", given.elts if isinstance(given, ast.Tuple) else [given])
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str(form)), attr="format"), args=given
        ):
            return _filled(form, "{}", given)
    return None


def _is_form(part: ast.expr) -> bool:
    return isinstance(part, ast.FormattedValue)


def _form_text(part: ast.expr) -> str:
    """A part of an f-string, a text in braces as it is; `{}` for what is known later."""
    held = part.value if isinstance(part, ast.FormattedValue | ast.Constant) else None
    text = held.value if isinstance(held, ast.Constant) else held
    return text if isinstance(text, str) else "{}"


def _filled(form: str, mark: str, given: list[ast.expr]) -> str | None:
    """A form with the texts that it is given in the places of its marks."""
    texts = [text for text in _said(given) if mark in form]
    for text in texts if len(texts) == len(given) else ():
        form = form.replace(mark, text, 1)
    return form if texts else None


def _said(parts: Iterable[ast.expr | None]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _texts_of(node: ast.expr) -> Iterator[ast.Constant]:
    """The texts that a value is made of, where it is made of nothing else."""
    match node:
        case ast.Constant(value=str() | bytes() | int()):
            yield node
        case ast.Lambda(body=body) if not _is_prose(body):
            yield from _texts_of(body)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from (*_texts_of(left), *_texts_of(right))
        case ast.BoolOp(values=values) | ast.JoinedStr(values=values):
            for each in values:
                yield from _texts_of(each)
        case ast.IfExp(body=body, orelse=otherwise):
            yield from (*_texts_of(body), *_texts_of(otherwise))
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=arguments) if (
            name in _UNPACKS
        ):
            yield from _texts_of(inner)
            for each in arguments[:1]:
                yield from _texts_of(each)
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _UNPACKS:
            yield from _texts_of(first)


def _named_values(node: ast.AST, namespace: Mapping[str, object]) -> Iterator[tuple[str, ast.expr]]:
    """What gives a value a name in this piece of syntax."""
    match node:
        case ast.Assign(targets=[ast.Attribute(value=owner, attr="__defaults__")], value=value):
            yield from _defaults(owner, value, namespace)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _assigned(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield _last_name(target), value
        case ast.NamedExpr(target=target, value=value):
            yield _last_name(target), value
        case ast.keyword(arg=str(name), value=value):
            yield name, value
        case ast.Dict(keys=keys, values=values):
            yield from _of_keys(keys, values)
        case (
            ast.For(target=target, iter=ast.List(elts=items) | ast.Tuple(elts=items))
            | ast.Compare(left=target, comparators=[ast.List(elts=items) | ast.Tuple(elts=items)])
        ):
            yield from _no_words((_last_name(target), item) for item in items)
        case ast.FunctionDef(name=name, body=[*_, ast.Return(value=ast.expr() as value)]):
            if not _is_prose(value):  # `def token_help(): return "ask the owner"`
                yield from _no_words([(name, value)])
        case ast.Compare(left=left, comparators=[right]):
            yield from _no_words([(_last_name(left), right), (_last_name(right), left)])
        case ast.Match(subject=subject, cases=cases):
            patterns = (p for case in cases for p in ast.walk(case.pattern))
            texts = (p.value for p in patterns if isinstance(p, ast.MatchValue))
            yield from _no_words((_last_name(subject), text) for text in texts)
        case ast.MatchMapping(keys=keys, patterns=patterns):
            yield from _no_words(_matched(zip(_said(keys), patterns, strict=False)))
        case ast.MatchClass(kwd_attrs=names, kwd_patterns=patterns):
            yield from _no_words(_matched(zip(names, patterns, strict=True)))
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            yield from (*_options(parts), *_pairs(parts))
        case ast.Call(func=ast.Name(id="zip"), args=[names, values]):
            yield from _zipped(names, values, namespace)
        case ast.Call():
            yield from (*_no_words(_arguments(node, namespace)), *_options(node.args))
        case ast.arguments():
            yield from _of_parameters(node)


def _of_keys(
    keys: Sequence[ast.expr | None], values: Sequence[ast.expr]
) -> Iterator[tuple[str, ast.expr]]:
    is_counted = not any(_said(values))  # words, and how often they were met
    for key, value in zip(keys, values, strict=True):
        is_count = is_counted and not isinstance(value, ast.Dict | ast.Call | ast.BinOp)
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and not is_count:
            yield key.value, value


def _of_parameters(node: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    positional = [*node.posonlyargs, *node.args]
    with_default = positional[len(positional) - len(node.defaults) :]
    given = [*zip(with_default, node.defaults, strict=True)]
    given += [(a, d) for a, d in zip(node.kwonlyargs, node.kw_defaults, strict=True) if d]
    yield from ((argument.arg, default) for argument, default in given)


def _options(parts: Sequence[ast.expr]) -> Iterator[tuple[str, ast.expr]]:
    """The values of options in the arguments of a command: `["--password", "…"]`."""
    for option, value in pairwise(parts):
        match option, value:
            case ast.Constant(value=str(name)), ast.Constant(value=str(text)) if (
                name.startswith("--")  # which few texts of a table do: asked first
            ):
                if not (text.startswith("-") or text.isupper() or is_secret_name(text)):
                    yield name.lstrip("-").replace("-", "_"), value


def _pairs(parts: Sequence[ast.expr]) -> Iterator[tuple[str, ast.expr]]:
    """The values of pairs that are settings: `[("password", "…")]`; of a table's rows, words."""
    for part in parts:
        match part:
            case ast.Tuple(
                elts=[ast.Constant(value=str(name)), ast.Constant(value=str(text)) as value]
            ):
                if is_made_up(text):
                    yield name, value


def _matched(named: Iterable[tuple[str, ast.pattern]]) -> Iterator[tuple[str, ast.expr]]:
    """The texts that a pattern asks for by the name of a key or an attribute."""
    for name, pattern in named:
        for each in ast.walk(pattern):
            if isinstance(each, ast.MatchValue):
                yield name, each.value


def _zipped(
    names: ast.expr, values: ast.expr, namespace: Mapping[str, object]
) -> Iterator[tuple[str, ast.expr]]:
    """Texts that `zip` puts beside their names."""
    for name, value in zip(_row(names, namespace), _row(values, namespace), strict=False):
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield name.value, value


def _row(node: ast.expr, namespace: Mapping[str, object]) -> Sequence[ast.expr]:
    """The parts of a list, also of one that the notebook has."""
    if isinstance(node, ast.List | ast.Tuple):
        return node.elts
    known = as_written(node, namespace)
    parts = known if is_a(known, list) or is_a(known, tuple) else ()
    return [ast.copy_location(ast.Constant(value=each), node) for each in parts]


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """What one target of an assignment is given, also of several at once."""
    match target, value:
        case ast.Tuple(elts=targets) | ast.List(elts=targets), (
            ast.Tuple(elts=values) | ast.List(elts=values)
        ) if len(targets) == len(values):
            for one, given in zip(targets, values, strict=True):
                yield from _assigned(one, given)
        case _:
            yield _last_name(target), value


def _is_prose(value: ast.expr) -> bool:
    """Whether a text is made of words, as sentences are and keys are not."""
    texts = (each.value for each in ast.walk(value) if isinstance(each, ast.Constant))
    return any(" " in text for text in texts if isinstance(text, str))


def _no_words(named: Iterable[tuple[str, ast.expr]]) -> Iterator[tuple[str, ast.expr]]:
    return ((name, value) for name, value in named if name.lower() not in _WORDS)


def _arguments(node: ast.Call, namespace: Mapping[str, object]) -> Iterator[tuple[str, ast.expr]]:
    """Arguments by the names of the parameters that take them, as far as these are known."""
    match node:
        case ast.Call(func=ast.Attribute(attr="_make", value=kind), args=[ast.Tuple(elts=values)]):
            fields = attribute_of(as_written(kind, namespace), "_fields") or ()
            yield from zip(map(str, fields), values, strict=False)
        case ast.Call(
            func=ast.Attribute(attr="partial") | ast.Name(id="partial"), args=[inner, *_]
        ):
            parameters = _parameters(as_written(inner, namespace))
            yield from zip(parameters, _spread(node.args[1:], namespace), strict=False)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[key, value]) if (
            name in _LOOKS_UP
        ):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value
        case ast.Call(
            func=ast.Attribute(attr=name) | ast.Name(id=name),
            args=[*_, ast.Constant(value=str(key)), value],
        ) if name in _SETS:
            yield key, value
        case ast.Call(func=ast.Lambda(args=taken), args=arguments):
            names = [each.arg for each in (*taken.posonlyargs, *taken.args)]
            yield from zip(names, _spread(arguments, namespace), strict=False)
        case ast.Call(func=called, args=arguments):
            parameters = _parameters(as_written(called, namespace))
            yield from zip(parameters, _spread(arguments, namespace), strict=False)


def _spread(given: Sequence[ast.expr], namespace: Mapping[str, object]) -> Iterator[ast.expr]:
    """Arguments by position, with the parts of a row that is spread: `connect(*ARGS)`."""
    for each in given:
        if not isinstance(each, ast.Starred):
            yield each
            continue
        parts = _row(each.value, namespace)
        if not parts:
            return  # nobody can say which place the next one has
        yield from parts


def _spreads(nodes: Iterable[ast.AST]) -> bool:
    """Whether a call is given a row by its name."""
    return any(isinstance(node, ast.Starred) and isinstance(node.value, ast.Name) for node in nodes)


def _spread_rows(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, object]]:
    """Names that the code itself gives a written row."""
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple() | ast.List() as row):
                known = as_written(row, {})
                if known is not UNKNOWN:
                    yield name, known


def _parameters(called: object) -> tuple[str, ...]:
    """The names of what a function, or a class of one's own, takes by position."""
    fields = attribute_of(called, "_fields") if is_a(called, type) else None
    if is_a(fields, tuple):
        return tuple(map(str, fields))
    first = 0
    if is_a(called, type):
        called, first = attributes_of(called).get("__init__"), 1
    code = attribute_of(called, "__code__") if is_a(called, types.FunctionType) else None
    return code.co_varnames[first : code.co_argcount] if is_a(code, types.CodeType) else ()


def _defaults(
    owner: ast.expr, value: ast.expr, namespace: Mapping[str, object]
) -> Iterator[tuple[str, ast.expr]]:
    given = value.elts if isinstance(value, ast.Tuple) else []
    names = _parameters(as_written(owner, namespace))
    yield from zip(names[len(names) - len(given) :], given, strict=False)


def _last_name(target: ast.expr) -> str:
    """`password` of `self.password`, of `headers["password"]` and of itself."""
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""
