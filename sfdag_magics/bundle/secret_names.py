"""What is called as secrets are called, and what only speaks about them. Looks at no value."""

from __future__ import annotations

import re
from itertools import pairwise

_WORDS = frozenset(
    {"password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "apikey"}
    | {"credential", "authorization", "bearer", "dbpass", "userpass"}
    | {"credentials", "secrets", "tokens", "passwords", "creds"}
)
#: As others than English call one; within one word as well.
_ABROAD = (
    *("kennwort", "passwort", "contraseña", "contrasena", "motdepasse", "mot_de_passe"),
    *("wachtwoord", "lösenord", "losenord", "adgangskode", "kodeord", "salasana", "jelszó"),
    *("пароль", "κωδικός", "パスワード", "密码", "密碼", "비밀번호"),
)
#: The same where it is a whole word only, or another word as well: what is made up is one.
_ABROAD_MAYBE = frozenset(
    {"mdp", "senha", "parola", "parol", "haslo", "hasło", "heslo", "jelszo", "sifre", "şifre"}
    | {"passord", "mima"}
)
#: What is kept with a password, sent in place of it, or is a key of whatever kind: a jumble is one.
_NEAR = frozenset(
    {"cookie", "cookies", "salt", "salz", "sel", "clave", "chave", "schluessel"}
    | {"sessionid", "jsessionid", "phpsessid", "sessid"}  # cookies that let in
)
#: What says no more of a key than whose it is.
_BARE_KEY = frozenset({"key", "my", "the", "prod", "dev", "test", "live"})
#: What is called so may look like a key, and tells which one of several it is.
_IDS = frozenset(
    {"id", "ids", "uid", "uuid", "guid", "sha", "hash", "hashes", "checksum", "digest", "etag"}
    | {"fingerprint", "signature", "integrity", "image", "img", "icon", "logo", "png", "gif"}
    | {"jpg", "pixel", "thumbnail", "data", "payload", "blob", "address", "url", "uri", "path"}
    | {"model", "version", "commit", "sequence", "seq", "smiles", "inchi", "dna", "expected"}
)
#: As services call theirs in one word: `PGPASSWORD`, `authtoken`.
_IN_ONE = ("password", "passwd", "dbpwd", "apikey", "apitoken", "authtoken", "accesstoken")
_PASSWORDS = ("password", "passwd", "passphrase", "passcode", "pwd", *_ABROAD)
#: `TOKEN_COLUMN`, `password_length` and `api_key_env` speak about secrets and are none.
_ABOUT = frozenset(
    {
        "column",
        "columns",
        "col",
        "cols",
        "template",
        "config",
        "configuration",
        "field",
        "fields",
        "length",
        "limit",
        "name",
        "names",
        "table",
    }
    | {"env", "envvar", "var", "variable", "pattern", "regex", "re", "format", "prefix", "suffix"}
    | {"provider", "manager", "store", "backend", "service", "endpoint", "url", "uri", "scope"}
    | {"level", "type", "kind", "mode", "method", "policy", "scheme", "strategy", "strength"}
    | {"path", "file", "filename", "dir", "folder", "label", "title", "prompt", "hint", "help"}
    | {"message", "error", "warning", "count", "size", "index", "separator", "sep", "ref", "arn"}
    | {"expiry", "expires", "ttl", "age", "rotation", "status", "source", "version", "issuer"}
    | {"sauce", "santa"}
)
#: Words of a text, not a way in: `max_tokens`, `num_tokens`, `sep_token_id`.
_HOW_MANY = frozenset({"max", "min", "n", "num", "total"})
_PAIRS = frozenset(
    {("api", "key"), ("private", "key"), ("access", "key"), ("account", "key")}
    | {("signing", "key"), ("encryption", "key"), ("fernet", "key"), ("subscription", "key")}
    | {(each, "pat") for each in ("snowflake", "sf", "github", "gh", "gitlab", "azure", "devops")}
)
#: Whose password `db_pass` is; a `first_pass` over data is none.
_WHOSE = frozenset(
    {"db", "database", "user", "usr", "admin", "root", "smtp", "imap", "mail", "email", "ftp"}
    | {"sftp", "ssh", "sql", "mysql", "pg", "postgres", "snowflake", "sf", "redis", "proxy"}
    | {"http", "login", "auth", "account", "service", "my"}
)
#: Words of a language, of a test's result or of a market, where the value is one as well.
MAYBE = frozenset({"token", "tokens", "bearer", "authorization", "pass", "Pass", "PASS"})
#: Short for passwords; of measures as well.
SHORT = ("pw", "psw")
#: What a column is named that keeps one: `{'pwd': 'password_hash'}` renames.
_KEPT_AS = frozenset({"hash", "hashed", "encrypted", "salt"})
#: The name of a variable of the environment.
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")

#: What a column or a field is called for people: `Password`, `Access token`.
_LABEL = re.compile(r"[A-Z][a-z]+(?: [A-Za-z][a-z]+)*")


def is_secret_name(name: str) -> bool:
    """Whether something called this is likely to be a secret: `DB_PASSWORD`, `apiKey`."""
    words = _words_of(name)
    is_abroad = any(each in name.lower() for each in _ABROAD)
    if not words:
        return is_abroad
    if words[-1] in _ABOUT or "per" in words:
        return False
    if set(pairwise(words)) & _PAIRS or is_abroad:
        return True
    if words[-1] == "pass" and words[-2:-1] and words[-2] in _WHOSE:
        return True
    if words[-2:] == ["token", "id"] or (words[-1] == "tokens" and words[0] in _HOW_MANY):
        return False
    in_one = any(word.endswith(_IN_ONE) for word in words)
    return in_one or words[-1] in SHORT or bool(_WORDS & set(words))


def may_name_a_password(name: str) -> bool:
    """Whether it is called as a password is in some language, and as other things are."""
    return name in MAYBE or _last_word(name) in _ABROAD_MAYBE


def may_name_a_key(name: str) -> bool:
    """Whether it is called `key` and no more, or as what is near to a password: `salt`."""
    words = _words_of(name)
    is_bare = bool(words) and words[-1] == "key" and _BARE_KEY.issuperset(words)
    return is_bare or _last_word(name) in _NEAR


def names_cookies(name: str) -> bool:
    """Whether it is called as several cookies are, of which one may let in."""
    return _last_word(name) in ("cookie", "cookies")


def names_an_id(name: str) -> bool:
    """Whether it says which one of several something is, or what data: `sheet_id`, `logo_png`."""
    return _last_word(name) in _IDS


def is_password_name(name: str) -> bool:
    """Whether it says a password, which may be a number; a token's number is a word's."""
    words = _words_of(name)
    said = words[-1:] and words[-1].endswith(_PASSWORDS)
    return bool(said) and words[0] not in _HOW_MANY and is_secret_name(name)


def names_a_secret(text: str) -> bool:
    """Whether a text is itself the name of one: a variable's, `OPENAI_API_KEY`, or a column's."""
    words = _words_of(text)
    if _VARIABLE.fullmatch(text) or _LABEL.fullmatch(text):
        return is_secret_name(text)
    is_about = text.isidentifier() and len(words) > 1 and words[-1] in _ABOUT | _KEPT_AS
    return is_about and bool(_WORDS & set(words))


def is_about_words(name: str) -> bool:
    """Whether it may as well be about words of a text: `token`, `tokens`."""
    return name.lower() in ("token", "tokens")


def _last_word(name: str) -> str:
    """The last word of a name, in whatever letters."""
    words = [each for each in re.split(r"[\W\d_]+", name) if each]
    parts = _words_of(words[-1]) if words and words[-1].isascii() else words[-1:]
    return parts[-1].lower() if parts else ""


def _words_of(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
