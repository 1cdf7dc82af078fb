"""Modules that lay beside the notebook: each task imports those it was shipped with. Python 3.9.

They lie beside this package; those of a task that was carried on from an earlier archive may lie in
a folder of their own. Where they read data by its path, or are called as modules of Python's own,
they are laid out as files first.
"""

from __future__ import annotations

import os
import sys
import tempfile
import zipfile

#: Where the last task's modules lay; empty as long as all lay beside this package.
_USED: list[str] = []
#: `{folder of the package, or "": where its files were laid out}`.
_LAID_OUT: dict[str, str] = {}


def _package() -> str:
    """Where this package lies, in a folder or in a zip archive; not known before a task runs."""
    return os.path.dirname(__file__)


def _archive() -> str:
    """What lies beside the package."""
    return os.path.dirname(_package())


def use_local_modules(folder: str | None, *, unpack: bool = False) -> None:
    """Import from this folder of the package first, and forget what was imported from another.

    An interpreter may run several tasks one after another.
    """
    package, archive = _package(), _archive()
    wanted = f"{package}/{folder}" if folder else archive
    if unpack:
        wanted = _laid_out(folder or "")
    if wanted in _USED or not (_USED or folder or unpack):
        return
    before = list(_USED)
    _USED[:] = [wanted]
    sys.path[:] = [place for place in sys.path if place not in before or place == archive]
    if wanted != archive:
        sys.path.insert(0, wanted)
    own = {name.partition(".")[0] for name in os.listdir(wanted)} if unpack else set()
    for name, module in list(sys.modules.items()):
        # Not getattr: a lazy module would import more.
        file = getattr(module, "__dict__", {}).get("__file__") or ""
        elsewhere = any(file.startswith(f"{place}/") for place in (*before, archive))
        if (elsewhere and os.path.dirname(file) != package) or name.partition(".")[0] in own:
            del sys.modules[name]


def _laid_out(folder: str) -> str:
    """A folder of files with the modules of an archive, made once for a process."""
    if folder not in _LAID_OUT:
        target = tempfile.mkdtemp(prefix="sfdag_modules_")
        inside = f"{os.path.basename(_package())}/{folder}/" if folder else ""
        for name, content in _members():
            own = name.startswith(f"{os.path.basename(_package())}/")
            if name.startswith(inside) and own == bool(folder):
                path = os.path.join(target, *name[len(inside) :].split("/"))
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(content)
        _LAID_OUT[folder] = target
    return _LAID_OUT[folder]


def _members() -> list[tuple[str, bytes]]:
    """`(path, content)` of all files of the archive, or of the folder that it was unpacked to."""
    if zipfile.is_zipfile(_archive()):
        with zipfile.ZipFile(_archive()) as archive:
            return [(name, archive.read(name)) for name in archive.namelist()]
    found = []
    for here, _, names in os.walk(_archive()):
        for name in names:
            path = os.path.join(here, name)
            with open(path, "rb") as file:
                found.append((os.path.relpath(path, _archive()).replace(os.sep, "/"), file.read()))
    return found
