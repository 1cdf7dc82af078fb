"""From a file to its text: what encoding, which lines' ends, and whether it is a text at all."""

from __future__ import annotations

import codecs
import io
import tokenize
from pathlib import Path

from sfdag_magics.errors import NO_FILE, InputError, MachineError

#: More is no script that a person wrote; a tokenizer would take minutes.
MOST_BYTES = 16_777_216
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(path: Path) -> str:
    """A file's text, each line ended by a newline alone.

    Raises:
        InputError: there is no such file, it is too large, or it is no text.
        MachineError: it cannot be read.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder", hint="name a file in it")
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", hint=NO_FILE) from None
    except OSError as error:
        raise MachineError(
            f"cannot read {path}: {error.strerror}", hint="see who may read it"
        ) from error
    return text_of(raw, str(path))


def text_of(raw: bytes, path: str) -> str:
    """The same of a file's bytes."""
    if len(raw) > MOST_BYTES:
        raise InputError(
            f"{path} has {len(raw):,} bytes, and up to {MOST_BYTES:,} are read",
            hint="take the statements of its tasks into a file of their own",
        )
    try:
        text = raw.decode(_encoding(raw, path))
    except (UnicodeDecodeError, LookupError) as error:
        raise _no_text(raw, path, error) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"{path} has a NUL on line {line}, so it is no text", hint="another file")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _encoding(raw: bytes, path: str) -> str:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return encoding
    if not path.endswith(".py"):
        return "utf-8"
    try:
        return tokenize.detect_encoding(io.BytesIO(raw).readline)[0]
    except SyntaxError as error:
        raise LookupError(str(error)) from error


def _no_text(raw: bytes, path: str, error: Exception) -> InputError:
    where = ""
    if isinstance(error, UnicodeDecodeError):
        line = raw.count(b"\n", 0, error.start) + 1
        where = f": byte {raw[error.start]:#04x} on line {line}"
    return InputError(
        f"{path} is not written in UTF-8{where}",
        hint=f"iconv -f latin1 -t utf-8 {path} > utf8-{Path(path).name}, if it is Latin-1",
    )
