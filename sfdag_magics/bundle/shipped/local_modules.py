"""Modules that lay beside the notebook: each task imports those it was shipped with. Python 3.9.

They lie beside this package; those of a task that was carried on from an earlier archive may lie in
a folder of their own.
"""

from __future__ import annotations

import os
import sys

#: Where this package lies, in a folder or in a zip archive, and what lies beside it.
_PACKAGE = os.path.dirname(__file__)
_ARCHIVE = os.path.dirname(_PACKAGE)
#: Where the last task's modules lay; empty as long as all lay beside this package.
_USED: list[str] = []


def use_local_modules(folder: str | None) -> None:
    """Import from this folder of the package first, and forget what was imported from another.

    An interpreter may run several tasks one after another.
    """
    wanted = f"{_PACKAGE}/{folder}" if folder else _ARCHIVE
    if wanted in _USED or not (_USED or folder):
        return
    _USED[:] = [wanted]
    sys.path[:] = [place for place in sys.path if not place.startswith(f"{_PACKAGE}/")]
    if folder:
        sys.path.insert(0, wanted)
    for name, module in list(sys.modules.items()):
        # Not getattr: a lazy module would import more.
        file = getattr(module, "__dict__", {}).get("__file__") or ""
        if file.startswith(f"{_ARCHIVE}/") and os.path.dirname(file) != _PACKAGE:
            del sys.modules[name]
