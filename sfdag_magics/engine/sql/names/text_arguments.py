"""Which arguments of a function or operator are text, whatever is given there. Trees only."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

_FIRST, _BOTH = ("this",), ("this", "expression")

_ARGUMENTS: Mapping[type[exp.Expr], tuple[str, ...]] = {
    exp.DPipe: _BOTH,
    exp.Concat: ("expressions",),
    exp.ConcatWs: ("expressions",),
    exp.Upper: _FIRST,
    exp.Lower: _FIRST,
    exp.Initcap: _FIRST,
    exp.Reverse: _FIRST,
    exp.Length: _FIRST,
    exp.Ascii: _FIRST,
    exp.Unicode: _FIRST,
    exp.MD5: _FIRST,
    exp.SHA: _FIRST,
    exp.Hex: _FIRST,
    exp.Base64Encode: _FIRST,
    exp.Left: _FIRST,
    exp.Right: _FIRST,
    exp.Substring: _FIRST,
    exp.Pad: ("this", "fill_pattern"),
    exp.Split: _BOTH,
    exp.SplitPart: ("this", "delimiter"),
    exp.Strtok: ("this", "delimiter"),
    exp.Replace: ("this", "expression", "replacement"),
    exp.Translate: ("this", "from_", "to"),
    exp.Stuff: _BOTH,
    exp.StrPosition: ("this", "substr"),
    exp.Contains: _BOTH,
    exp.StartsWith: _BOTH,
    exp.EndsWith: _BOTH,
    exp.Like: _BOTH,
    exp.ILike: _BOTH,
    exp.Levenshtein: _BOTH,
}
NODES = tuple(_ARGUMENTS)
#: What LIKE ANY and its kin are given.
_SEVERAL = (exp.Any, exp.All, exp.Tuple)


def text_arguments(node: exp.Expr) -> list[exp.Expr]:
    """The arguments of a node that are text, always in the same order."""
    found: list[exp.Expr] = []
    for name in _ARGUMENTS[type(node)]:
        value = node.args.get(name)
        if isinstance(value, list):
            found.extend(value)
        elif isinstance(value, exp.Expr) and not isinstance(value, _SEVERAL):
            found.append(value)
    return found
