"""Texts that are secrets whatever they are called: keys by their form, URLs, connections.

Looks at no name around them. Patterns are compiled with the first task that is looked at: as the
module loads, that would be a thirtieth of `%load_ext` (*measured*).
"""

from __future__ import annotations

import re
from itertools import pairwise

_NAMED = r"(?:api[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret|subscription-key"
#: Keys that say by their form whose they are.
_KEYS = (
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----"
    r"|\bA(?:KIA|SIA)[0-9A-Z]{16}\b"  # an AWS access key id
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22}|\bglpat-[\w-]{20}"  # GitHub, GitLab
    r"|\bxox[abprs]-[A-Za-z0-9-]{10}|\bxapp-\d-[A-Z0-9]{8}"  # Slack
    r"|hooks\.slack\.com/services/T\w+/B\w+/\w{8}"
    r"|discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20}"
    r"|(?<![\w/-])sk-(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20}"  # OpenAI and others; not in a path
    r"|\b[rs]k_(?:live|test)_[0-9A-Za-z]{16}"  # Stripe
    r"|\bhf_[A-Za-z]{30}"  # Hugging Face
    r"|\bAIza[\w-]{35}|\bya29\.[\w-]{20}"  # Google
    r"|\bSG\.[\w-]{16,}\.[\w-]{16}"  # SendGrid
    r"|\bnpm_[A-Za-z0-9]{36}|\bpypi-AgE[\w-]{20}"
    r"|\bdapi[0-9a-f]{32}"  # Databricks
    r"|\b\d{8,10}:AA[\w-]{33}"  # a bot of Telegram
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\."  # a JSON web token
)
#: Headers, URLs, connections and statements that hold one.
_WITHIN = (
    r"|\bBearer [A-Za-z0-9._~+/=-]{8}"  # an HTTP header
    r"|\bBasic (?=[A-Za-z+/]*\d)(?=[a-z0-9+/]*[A-Z])[A-Za-z0-9+/]{12}"
    r"|://[^/\s:@{}]*:(?!%[s(])[^/\s:@{}]+@"  # user and password in a URL; a template has braces
    r"|://(?=(?:[A-Za-z_-]*\d){4})[\w-]{24,}@"  # a key in the place of the user
    rf"|(?i:[?&]{_NAMED}|token|sig|signature|secret|password|pwd)="
    r"(?!your|my)(?=[^&\s]*\d)[\w.~+/%-]{8})"  # in the query of a URL
    r"|(?i:\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)=[\w+/%-]{20})"  # of Azure
    r"|(?i:\blogin\s+\S+\s+password\s+(?![{<$%])\S{4})"  # of a netrc
    r"|(?i:--(?:password|passwd|token|api-key|secret)[ =](?!your|my)(?=\S*\d)[\w.~+/-]{8})"
    r"|\bcurl\b[^\n]*\s(?:-u|--user)[ =]?['\"]?[\w.@-]+:(?![{<$%])[^\s'\"{}]{4}"
    r"|(?i:\b\w*(?:password|passphrase|secret_key|secret_string|sas_token|access_token|api_key)"
    r"\s*=>?\s*'(?![^']*[{}<>*%?$:])[^'\s]+')"  # in SQL; a template has braces, or a mark
    r"|(?i:\b(?:password|passwd|pwd)=(?![\w.]*\()[^\s'\"`{}<>*%?$:;&,()]{4,})"  # of a connection
)
_VALUE = _KEYS + _WITHIN
#: What all of these have, and no long list of numbers.
_SIGN = r"[A-Za-z@]"
#: What no word is: letters with digits, with signs, or with capitals inside of something long.
_MIXED = r"(?<=[A-Za-z])\d|(?<=\d)[A-Za-z]"
#: The signs of base64, none of them four times in a row; a hash that says its kind is none.
_DRAWN = r"(?!sha\d{3}-)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9+/_-]{32,128}={0,2}"
_SAME = r"(.)\1{3}"
#: Of 64 signs drawn 32 times, some 25 differ, and six are digits; of two neighbours, 64 % are of
#: different kinds: in names and paths, less than 30 %.
_MOST_ALIKE, _LEAST_DIGITS, _CHANGES = 18, 3, 0.45
#: A path has more of them; of 43 signs drawn, one is as likely as none is.
_MOST_SLASHES = 2
_MADE = r"(?=\S*[A-Za-z])(?=\S*[\d!@#$%^&*]|(?=\S*[a-z])\S*[A-Z]\S{15})[^\s]{6,}"


def is_made_up(text: str) -> bool:
    """Whether a text is no word of a language, as far as its signs tell."""
    return re.fullmatch(_MADE, text) is not None


def is_jumbled(text: str) -> bool:
    """Whether letters and digits are mixed as nobody writes them: `8f3kd92ls0`."""
    return len(text) >= 8 and len(re.findall(_MIXED, text)) >= 3


def is_random(text: str) -> bool:
    """Whether a text can only be drawn: a key or a token, whatever it is called.

    Letters of both cases and digits change places all the time, as in no name and no path.
    """
    if not re.fullmatch(_DRAWN, text) or re.search(_SAME, text) or len(set(text)) < _MOST_ALIKE:
        return False
    if text.count("/") > _MOST_SLASHES + len(text) // 86:
        return False
    kinds = [_kind(each) for each in text]
    changes = sum(one != other for one, other in pairwise(kinds))
    return kinds.count("0") >= _LEAST_DIGITS and changes >= _CHANGES * len(text)


def _kind(sign: str) -> str:
    return "0" if sign.isdigit() else "A" if sign.isupper() else "a" if sign.islower() else "+"


def holds_secret(text: str) -> bool:
    """Whether something in a text is a key, or a way in with its password."""
    return re.search(_SIGN, text) is not None and re.search(_VALUE, text) is not None
