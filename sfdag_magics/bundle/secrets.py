"""What looks like a secret: by the name and the value it has. Knows no task.

Patterns are compiled with the first task that is looked at, as in `secret_texts`.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from sfdag_magics.bundle.inspection import is_a, module_of
from sfdag_magics.bundle.named_texts import joined_texts, named_rows, named_texts, texts_of_parts
from sfdag_magics.bundle.secret_names import (
    SHORT,
    is_about_words,
    is_password_name,
    is_secret_name,
    may_name_a_key,
    may_name_a_password,
    names_a_secret,
    names_an_id,
    names_cookies,
)
from sfdag_magics.bundle.secret_texts import holds_secret, is_jumbled, is_made_up, is_random
from sfdag_magics.light_classes import dataclass

#: Names of a user and a password in one; `special_tokens` is a list of words.
_SEVERAL = ("creds", "credentials", "secrets", "passwords")
#: Of a longer collection nothing ships.
_MOST = 1_000_000


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


def secrets_in_source(
    text: str, nodes: Sequence[ast.AST], namespace: Mapping[str, object]
) -> list[FoundSecret]:
    """Texts written down as secrets: assigned, given, under a key, in a text, in a comment.

    Args:
        text: Python source.
        nodes: all of its tree.
        namespace: the names around it, for what the functions that it calls take.
    """
    found: dict[tuple[str, int], FoundSecret] = {}
    for name, value in named_texts(nodes, namespace):
        if is_secret(name, value.value):
            found[name, value.lineno] = FoundSecret(name=name, line=value.lineno)
    for name, texts, line in named_rows(nodes):
        if _are_secrets(name, texts) if is_a(texts, frozenset) else is_secret(name, texts):
            found[name, line] = FoundSecret(name=name, line=line)
    for whole, line in joined_texts(nodes):
        if holds_secret(whole) and not any(each.line == line for each in found.values()):
            found["", line] = FoundSecret(name="", line=line)
    named = {each.line for each in found.values()}
    innocent = _innocent(nodes, namespace)
    for node in nodes:
        if not isinstance(node, ast.Constant) or node.lineno in named:
            continue
        says = isinstance(node.value, str) and (
            _gives_away(node.value) or (node not in innocent and is_random(node.value))
        )
        if says or is_secret_value(node.value):
            found["", node.lineno] = FoundSecret(name="", line=node.lineno)
    named |= {each.line for each in found.values()}
    for number, comment in _comments(text):
        if number not in named and (holds_secret(comment) or _gives_away(comment)):
            found["", number] = FoundSecret(name="", line=number)
    return sorted(found.values(), key=lambda each: each.line)


def secrets_kept(nodes: Sequence[ast.AST], called: Mapping[str, str]) -> list[FoundSecret]:
    """Texts under names that say nothing, which were given as what is called like a secret.

    Args:
        called: `{attribute: the parameter that it was}`.
    """
    return [
        FoundSecret(name=name, line=value.lineno)
        for name, value in named_texts(nodes, {})
        if name in called
        and is_a(value.value, str)
        and is_made_up(value.value)
        and is_secret(called[name], value.value)
    ]


def _innocent(nodes: Sequence[ast.AST], namespace: Mapping[str, object]) -> set[ast.Constant]:
    """Texts that may be random: which one something is, data that is decoded, one of several."""
    ids = {value for name, value in named_texts(nodes, namespace) if names_an_id(name)}
    return ids.union(texts_of_parts(nodes))


def _comments(text: str) -> Iterator[tuple[int, str]]:
    """`(line, comment)` of all comments of a source."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline) if "#" in text else ():
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _gives_away(text: str) -> bool:
    """Whether a text says a password: `old password: …`; a `token` may be a word of a text."""
    names = (found[1] for found in re.finditer(_SAID, text))
    given = any(is_secret_name(name) and not is_about_words(name) for name in names)
    return given or re.search(_TOLD, text) is not None


def secrets_in_sql(text: str) -> list[FoundSecret]:
    """Lines of SQL, comments included, that hold a key or a password."""
    lines = enumerate(text.split("\n"), start=1)
    return [FoundSecret(name="", line=number) for number, line in lines if holds_secret(line)]


def secrets_in_data(text: str) -> list[FoundSecret]:
    """Lines of a file that is no code which hold a key, or give a secret's name a value."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        pair = re.match(_SETTING, line)
        if pair is not None and is_secret(pair[1], pair[2].strip("\"' ,")):
            found.append(FoundSecret(name=pair[1], line=number))
        elif holds_secret(line) or re.fullmatch(_LOGIN, line):
            found.append(FoundSecret(name="", line=number))
    lines = {each.line for each in found}
    for name, start in _members_of_json(text):
        number = text.count("\n", 0, start) + 1
        if number not in lines:
            lines.add(number)
            found.append(FoundSecret(name=name, line=number))
    return found


#: A line of YAML, JSON, TOML, an .ini or an environment file.
_SETTING = r"""[\s{]*["']?([\w.-]+)["']?\s*[:=]\s*(\S.*)"""
#: What a text gives a name, where it has letters and digits: no word, no path.
_SAID = (
    r"""(?i)(?<![\w-])([\w-]{2,60})["']?[ \t]*[:=][ \t]*["']?"""
    r"""(?!your|my)(?=[^\s/]*\d)(?=[^\s/]*[A-Za-z])[^\s"'{}<>()/]{6,}(?![^\s"'])"""
)
#: A sentence that tells one: a digit, and a sign or both cases.
_TOLD = (
    r"\b(?i:password|passwd|passphrase|pwd)(?:[ ]+(?i:is|was))?[ ]+[\"'`]?"
    r"(?=[^\s/]*\d)(?=[^\s/]*[a-z])(?=[^\s/]*[A-Z!@#$%^&*])[^\s/\"'{}<>()=]{6,}"
)
#: A text member of an object of JSON.
_MEMBER = r'"([\w.-]{2,60})"\s*:\s*"((?:[^"\\]|\\.)*)"'
#: A line of a netrc that stands over lines.
_LOGIN = r"\s*password\s+([^\s{<$%]\S*)\s*"
#: Names of types stand under the names of columns: `{"password": "string"}`.
_TYPES = frozenset(
    {"str", "string", "text", "varchar", "char", "object", "category", "bytes", "binary", "uuid"}
    | {"int", "int32", "int64", "integer", "float", "float64", "double", "number", "numeric"}
    | {"bool", "boolean", "date", "datetime", "timestamp", "json", "variant", "array", "null"}
)
#: What a table says of fields that are secrets: `{"password": "masked"}`.
_DONE_WITH = frozenset(
    {"hidden", "hide", "mask", "masked", "redact", "redacted", "drop", "dropped", "ignore"}
    | {"ignored", "exclude", "excluded", "skip", "skipped", "remove", "removed", "private"}
    | {"confidential", "classified", "internal", "restricted", "required", "optional"}
    | {"encrypt", "encrypted", "hash", "hashed", "sensitive", "forbidden", "allowed", "unknown"}
)
#: Characters that a password has at least, where its name may be that of a measure.
_LEAST = 6
#: A mark in a text for a model: `EOS`, `END`.
_MARK = r"[A-Z]{1,7}"
#: A number that is one has as many digits.
_LEAST_NUMBER = 100_000
#: A path of at least two parts, each of which reads like the name of a folder.
_FOLDER = r"(?:~|[A-Za-z]:)?(?:[/\\][\w .-]+){2,}[/\\]?"
#: `<pad>`, `[MASK]`, `${TOKEN}`, `***`, `__null__`: where something is to be put, or a mark.
_PLACEHOLDER = r"(?is)<.*>|\[.*\]|\$?\{.*\}|\W+|x+|__[a-z]+(?:_[a-z]+)*__"


def _members_of_json(text: str) -> Iterator[tuple[str, int]]:
    """`(name, where it begins)` of what looks like a secret in the text of an object or a list."""
    if text.lstrip()[:1] in ("{", "[") and text.rstrip()[-1:] in ("}", "]"):
        for found in re.finditer(_MEMBER, text):
            if is_secret(found[1], found[2]):
                yield found[1], found.start()


#: Long lists are mostly of these, of which none is a secret by itself.
_NUMBERS = frozenset((int, float, bool, type(None)))


def is_secret_value(value: object) -> bool:
    """Whether text looks like a key, a token or a URL with a password, also in a collection."""
    waiting, met = [value], dict[int, object]()  # which keeps them, so that no id is another's
    while waiting:
        each = waiting.pop()
        if id(each) in met:  # a collection may hold itself
            continue
        met[id(each)] = each
        if _is_secret_alone(each):
            return True
        waiting += _held(each)
    return False


def _is_secret_alone(value: object) -> bool:
    """The same without what its members are by themselves."""
    if is_a(value, bytes):
        return is_secret_value(value.decode("utf-8", "replace"))
    if is_a(value, str):
        return holds_secret(value) or any(_members_of_json(value))
    if is_a(value, dict):
        # A number is one beside texts; alone it says how often a word was met.
        is_setting = any(is_a(item, str) for item in islice(value.values(), _MOST))
        return any(
            is_a(key, str)
            and (is_setting or not is_a(item, int))
            and _is_called_one(key, _texts_of_array(item))
            for key, item in islice(value.items(), _MOST)
        )
    return is_a(value, list, tuple, set, frozenset) and any(map(_is_pair, islice(value, _MOST)))


def _held(value: object) -> list[object]:
    """What is in a collection, of its first members; numbers are none by themselves."""
    if is_a(value, dict):
        return [_texts_of_array(item) for item in islice(value.values(), _MOST)]
    if is_a(value, list, tuple, set, frozenset):
        return [item for item in islice(value, _MOST) if type(item) not in _NUMBERS]
    return []


def _is_pair(value: object) -> bool:
    """Whether it is the name of a secret with it: `("password", "…")`; of words it is a row."""
    if not (is_a(value, tuple) and len(value) == 2 and all(is_a(each, str) for each in value)):
        return False
    # A header has its scheme before it: `("Authorization", "Token …")`.
    said = value[1].rpartition(" ")[2] if value[1].count(" ") == 1 else value[1]
    return is_made_up(said) and is_secret(value[0], said)


def _are_secrets(name: str, texts: Collection[str]) -> bool:
    """Whether a name of several secrets has texts that are: all, or one beside its user's name."""
    if names_cookies(name):
        return any(is_jumbled(text) and not _says_nothing(text) for text in texts)
    said = [is_made_up(text) and not _says_nothing(text) for text in texts]
    if name.lower().endswith(_SEVERAL):
        return any(said)
    is_plural = name.lower().endswith("s") and is_secret_name(name[:-1])
    return is_plural and bool(said) and all(said)


def is_secret(name: str, value: object) -> bool:
    """Whether a name and its value look like a secret: only text and collections of it can be."""
    value = _texts_of_array(value)
    return is_secret_value(value) or _is_called_one(name, value)


def _is_called_one(name: str, value: object) -> bool:
    """Whether it is one under this name, though it does not look like one by itself."""
    if is_a(value, tuple, list) and value and all(is_a(item, str) for item in value):
        last = name.lower().rpartition("_")[2]
        is_login = last == "auth" and is_a(value, tuple) and len(value) == 2
        is_word = len(value) == 1 and len(value[0]) < _LEAST  # `('git',)`: no login, no password
        return (
            is_login
            or _are_secrets(name, value)
            or (name.lower().endswith(_SEVERAL) and not is_word)
        )
    if is_a(value, dict, set, frozenset):
        values = value.values() if is_a(value, dict) else value
        texts = [item for item in islice(values, _MOST) if is_a(item, str)]
        return len(texts) == len(value) > 0 and _are_secrets(name, texts)
    if type(value) is int:
        return value >= _LEAST_NUMBER and is_password_name(name)
    if isinstance(value, str | bytes) and (found := _is_one_maybe(name, value)) is not None:
        return found
    if not is_a(value, str, bytes) or not value or not is_secret_name(name):
        return False
    if (
        is_a(value, str)
        and name.lower().rpartition("_")[2] == "pwd"
        and re.fullmatch(_FOLDER, value)
    ):
        return False  # "print working directory"
    if name.lower().rpartition("_")[2] in SHORT and len(value) < _LEAST:
        return False  # the width of a petal, or power, or its unit
    if is_a(value, str) and name.lower().endswith("token") and re.fullmatch(_MARK, value):
        return False  # `stop_token = "END"`: a word of a text
    return not is_a(value, str) or not _says_nothing(value)


def _is_one_maybe(name: str, value: str | bytes) -> bool | None:
    """Whether a text is a secret that is not called so for sure; None where its name decides."""
    text = value if isinstance(value, str) else value.decode("latin-1")
    text = text.partition(";")[0]  # of a cookie
    if may_name_a_password(name):
        return is_made_up(text) and not _says_nothing(text)
    if may_name_a_key(name):
        return is_jumbled(text) and not _says_nothing(text)
    return True if is_random(text) and not names_an_id(name) else None


def _texts_of_array(value: object) -> object:
    """What a short array of texts holds, as a list; anything else as it is."""
    if module_of(type(value)).partition(".")[0] != "numpy" or not hasattr(value, "tolist"):
        return value
    is_of_texts = getattr(getattr(value, "dtype", None), "kind", "") in ("U", "S", "O")
    return value.tolist() if is_of_texts and getattr(value, "size", _MOST) < _MOST else value


def _says_nothing(text: str) -> bool:
    """Whether a text under a secret's name is none: a mark, a type, the name of another thing."""
    is_mark = re.fullmatch(_PLACEHOLDER, text) is not None
    is_label = text.lower() in _TYPES or text.lower() in _DONE_WITH
    return is_mark or is_label or names_a_secret(text)


def labelled_secrets(labels: Iterable[object]) -> list[str]:
    """The columns, or rows of a series, that are called like secrets."""
    said = (label for label in labels if is_a(label, str))
    return [label for label in said if is_secret_name(label) and label.lower() not in SHORT]
