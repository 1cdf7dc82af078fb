"""What code does, without its spacing and comments: what is edited in no more is no change.

Compares texts only, and names them by their hash; runs nothing.
"""

from __future__ import annotations

import ast
import hashlib
import re
from functools import lru_cache

#: Who asks for these may see comments and line numbers of a module; its text counts to the letter.
_READS_ITSELF = re.compile(rb"\b(?:inspect|linecache|tokenize|\w*lineno|getsource\w*)\b")

#: What a text that stands first in it is kept by, as `__doc__`.
_WITH_DOC = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def meaning_of(text: str) -> str:
    """What lines do, without their spacing and comments; texts in them are kept to the letter."""
    try:
        return _dumped(ast.parse(text))
    except ValueError:  # a number of more digits than Python writes
        return text


def content_hash(content: bytes) -> str:
    """The name of a content: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:16]


# Looked at as each cell runs, however large the packages are that it imports.
@lru_cache(maxsize=1000)
def meaning_of_file(path: str, content: bytes) -> bytes:
    """What a file beside the notebook is to who imports it; data counts to the byte."""
    if not path.endswith(".py") or _READS_ITSELF.search(content):
        return content
    try:
        return _dumped(ast.parse(content)).encode("utf-8", "surrogatepass")
    except (SyntaxError, ValueError, RecursionError):  # no code that runs: as it is
        return content


def _dumped(tree: ast.Module) -> str:
    """The tree as text, without the statements that Python leaves out when it compiles."""
    for node in ast.walk(tree):
        for part in ("body", "orelse", "finalbody"):
            statements = getattr(node, part, None)
            if isinstance(statements, list) and statements:
                says = part == "body" and isinstance(node, _WITH_DOC)
                kept = [
                    each
                    for i, each in enumerate(statements)
                    if _counts(each, may_be_doc=says and not i)
                ]
                setattr(node, part, kept or [ast.Pass()])
    return ast.dump(tree)


def _counts(statement: ast.stmt, *, may_be_doc: bool) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant(value=value)):
            return may_be_doc and isinstance(value, str)
    return not isinstance(statement, ast.Pass)
