"""Texts that are secrets whatever they are called: keys by their form, URLs, connections.

Looks at no name around them.
"""

from __future__ import annotations

import re

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
_VALUE = re.compile(_KEYS + _WITHIN)
#: What all of these have, and no long list of numbers.
_SIGN = re.compile(r"[A-Za-z@]")
#: What no word is: letters with digits, with signs, or with capitals inside of something long.
_MADE = re.compile(r"(?=\S*[A-Za-z])(?=\S*[\d!@#$%^&*]|(?=\S*[a-z])\S*[A-Z]\S{15})[^\s]{6,}")


def is_made_up(text: str) -> bool:
    """Whether a text is no word of a language, as far as its signs tell."""
    return _MADE.fullmatch(text) is not None


def holds_secret(text: str) -> bool:
    """Whether something in a text is a key, or a way in with its password."""
    return _SIGN.search(text) is not None and _VALUE.search(text) is not None
