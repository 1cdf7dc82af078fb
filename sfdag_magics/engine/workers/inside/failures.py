"""What a user sees of an exception in a handler: the user's own frames, in Python's usual form.

Frames of this package, of the standard library and of installed packages are left out, unless an
exception has no others: the mistake is in the user's code far more often than in pandas.
"""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path

# A page of text; a recursion error or an exception that carries a table must not fill the history.
_LONGEST = 64 * 1024
#: The whole room of workers, of which this is a part.
_HERE = str(Path(__file__).parents[1])
_INSTALLED = ("/site-packages/", "/dist-packages/")
#: Of compiled packages only the path inside of them is known.
_COMPILED = (".pyx", ".pxi")
_NOT_THE_USERS = (
    _HERE,
    *{sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")},
    "<frozen ",
)


def failure_text(error: BaseException, import_directory: str) -> str:
    """The traceback of `error`, chained ones first, without the frames of others."""
    told = traceback.TracebackException.from_exception(error, compact=True)
    _keep_users_frames(told, import_directory)
    text = "".join(told.format()).rstrip("\n")
    if len(text) > _LONGEST:
        half = _LONGEST // 2
        text = f"{text[:half]}\n… {len(text) - _LONGEST} characters left out …\n{text[-half:]}"
    return text


def _keep_users_frames(told: traceback.TracebackException, import_directory: str) -> None:
    frames = [frame for frame in told.stack if not frame.filename.startswith(_HERE)]
    users = [frame for frame in frames if _is_users(frame.filename)]
    for frame in users:
        frame.filename = frame.filename.removeprefix(f"{import_directory}/")
    told.stack = traceback.StackSummary.from_list(users or frames)
    for name in ("__cause__", "__context__"):
        chained = getattr(told, name)
        if chained is None:
            continue
        if any(_is_users(frame.filename) for frame in chained.stack):
            _keep_users_frames(chained, import_directory)
        else:
            setattr(told, name, None)  # a library's inner reason, told by its outer exception
    for member in told.exceptions or ():
        _keep_users_frames(member, import_directory)


def _is_users(file: str) -> bool:
    is_installed = any(folder in file for folder in _INSTALLED)
    return not (is_installed or file.startswith(_NOT_THE_USERS) or file.endswith(_COMPILED))
