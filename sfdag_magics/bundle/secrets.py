"""What looks like a secret: by the name it has, or by the text itself. Knows no task."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise

from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.named_texts import named_texts

_WORDS = frozenset(
    {"password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "credential"}
    | {"authorization", "bearer"}
    | {"credentials", "secrets", "tokens", "passwords", "creds"}
)
#: Names of a user and a password in one; `special_tokens` is a list of words.
_SEVERAL = ("creds", "credentials", "secrets", "passwords")
#: `TOKEN_COLUMN` and `password_length` speak about secrets and are none.
_ABOUT = frozenset({"column", "columns", "field", "length", "limit", "name", "names", "table"})
_PAIRS = frozenset({("api", "key"), ("private", "key"), ("access", "key"), ("account", "key")})
#: Of a longer collection nothing ships.
_MOST = 1_000_000
_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b"  # an AWS access key id
    r"|\bgh[pousr]_[A-Za-z0-9]{36}"  # a GitHub token
    r"|\bxox[abprs]-[A-Za-z0-9-]{10}"  # a Slack token
    r"|(?<![\w/-])sk-[A-Za-z0-9_-]{20}"  # not in a path
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\."  # a JSON web token
    r"|\bBearer [A-Za-z0-9._~+/=-]{8}"  # an HTTP header
    r"|://[^/\s:@{}]*:[^/\s:@{}]+@"  # user and password in a URL; a template has braces
    r"|(?i:\b\w*(?:password|passphrase|secret_key|secret_string|sas_token|access_token|api_key)"
    r"\s*=>?\s*'(?![^']*[{}<>*%?$:])[^'\s]+')"  # in SQL; a template has braces, or a mark
    r"|(?i:\b(?:password|passwd|pwd)=(?![\w.]*\()[^\s'\"`{}<>*%?$:;&,()]{4,})"  # of a connection
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSecret:
    """A text in source that looks like a secret; the text itself is not kept.

    Attributes:
        name: what it is called there: a variable, an attribute, a keyword, a key; `""` for a text
            that looks like one whatever it is called.
        line: in the source, from 1.
    """

    name: str
    line: int


def secrets_in_source(text: str, namespace: Mapping[str, object]) -> list[FoundSecret]:
    """Texts written down as secrets: assigned, given, under a key, in a text, in a comment.

    Args:
        text: Python source.
        namespace: the names around it, for what the functions that it calls take.
    """
    tree = ast.parse(text)
    found: dict[tuple[str, int], FoundSecret] = {}
    for name, value in named_texts(tree, namespace):
        if is_secret(name, value.value):
            found[name, value.lineno] = FoundSecret(name=name, line=value.lineno)
    named = {each.line for each in found.values()}
    for node in ast.walk(tree):
        looks = isinstance(node, ast.Constant) and is_secret_value(node.value)
        if looks and isinstance(node, ast.Constant) and node.lineno not in named:
            found["", node.lineno] = FoundSecret(name="", line=node.lineno)
    named |= {each.line for each in found.values()}
    texts = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    for number, line in enumerate(text.split("\n"), start=1):
        if "#" in line and number not in named | texts and _VALUE.search(line):
            found["", number] = FoundSecret(name="", line=number)
    return sorted(found.values(), key=lambda each: each.line)


def secrets_in_sql(text: str) -> list[FoundSecret]:
    """Lines of SQL, comments included, that hold a key or a password."""
    lines = enumerate(text.split("\n"), start=1)
    return [FoundSecret(name="", line=number) for number, line in lines if _VALUE.search(line)]


def secrets_in_data(text: str) -> list[FoundSecret]:
    """Lines of a file that is no code which hold a key, or give a secret's name a value."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        pair = _SETTING.match(line)
        if pair is not None and is_secret(pair[1], pair[2].strip("\"' ,")):
            found.append(FoundSecret(name=pair[1], line=number))
        elif _VALUE.search(line):
            found.append(FoundSecret(name="", line=number))
    return found


#: A line of YAML, JSON, TOML, an .ini or an environment file.
_SETTING = re.compile(r"""[\s{]*["']?([\w.-]+)["']?\s*[:=]\s*(\S.*)""")
#: A path of at least two parts, each of which reads like the name of a folder.
_FOLDER = re.compile(r"(?:~|[A-Za-z]:)?(?:[/\\][\w .-]+){2,}[/\\]?")
#: `<pad>`, `[MASK]`, `${TOKEN}`, `***`: where something is to be put, or a mark in a text.
_PLACEHOLDER = re.compile(r"<.*>|\[.*\]|\$?\{.*\}|\W+|x+", re.DOTALL | re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Whether something called this is likely to be a secret: `DB_PASSWORD`, `apiKey`."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    if set(pairwise(words)) & _PAIRS:
        return True
    return bool(_WORDS & set(words)) and words[-1] not in _ABOUT


def is_secret_value(value: object) -> bool:
    """Whether text looks like a key, a token or a URL with a password, also in a collection."""
    if is_a(value, bytes):
        return is_secret_value(value.decode("utf-8", "replace"))
    if is_a(value, str):
        return _VALUE.search(value) is not None
    if is_a(value, dict):
        return any(
            is_secret_value(item) or (is_a(key, str) and is_secret(key, item))
            for key, item in islice(value.items(), _MOST)
        )
    if is_a(value, list, tuple, set, frozenset):
        return any(is_secret_value(item) for item in islice(value, _MOST))
    return False


def is_secret(name: str, value: object) -> bool:
    """Whether a name and its value look like a secret: only text and collections of it can be."""
    if is_secret_value(value):
        return True
    if is_a(value, tuple, list) and value and name.lower().endswith(_SEVERAL):
        return all(is_a(item, str) for item in value)
    if not is_a(value, str, bytes) or not value or not is_secret_name(name):
        return False
    if is_a(value, str) and name.lower().rpartition("_")[2] == "pwd" and _FOLDER.fullmatch(value):
        return False  # "print working directory"
    return not (is_a(value, str) and _PLACEHOLDER.fullmatch(value))


def labelled_secrets(labels: Iterable[object]) -> bool:
    """Whether columns, or rows of a series, are called like secrets."""
    return any(is_a(label, str) and is_secret_name(label) for label in labels)
