"""What looks like a secret: by the name it has, or by the text itself. Knows no task."""

from __future__ import annotations

import re
from itertools import pairwise

_WORDS = frozenset(
    {"password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "credential"}
    | {"credentials", "secrets", "tokens", "passwords"}
)
#: `TOKEN_COLUMN` and `password_length` speak about secrets and are none.
_ABOUT = frozenset({"column", "columns", "field", "length", "limit", "name", "names", "table"})
_PAIRS = frozenset({("api", "key"), ("private", "key"), ("access", "key")})
_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b"  # an AWS access key id
    r"|\bgh[pousr]_[A-Za-z0-9]{36}"  # a GitHub token
    r"|\bxox[abprs]-[A-Za-z0-9-]{10}"  # a Slack token
    r"|\bsk-[A-Za-z0-9_-]{20}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\."  # a JSON web token
    r"|://[^/\s:@]+:[^/\s:@]+@"  # user and password in a URL
)


def is_secret_name(name: str) -> bool:
    """Whether something called this is likely to be a secret: `DB_PASSWORD`, `apiKey`."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
    if set(pairwise(words)) & _PAIRS:
        return True
    return bool(_WORDS & set(words)) and words[-1] not in _ABOUT


def is_secret_value(value: object) -> bool:
    """Whether text looks like a key, a token or a URL with a password, also in a collection."""
    if isinstance(value, bytes):
        return is_secret_value(value.decode("utf-8", "replace"))
    if isinstance(value, str):
        return _VALUE.search(value) is not None
    if isinstance(value, dict):
        return any(
            is_secret_value(item) or (isinstance(key, str) and is_secret(key, item))
            for key, item in value.items()
        )
    if isinstance(value, list | tuple | set | frozenset):
        return any(is_secret_value(item) for item in value)
    return False


def is_secret(name: str, value: object) -> bool:
    """Whether a name and its value look like a secret: only text and collections of it can be."""
    if is_secret_value(value):
        return True
    return isinstance(value, str | bytes) and len(value) > 0 and is_secret_name(name)
