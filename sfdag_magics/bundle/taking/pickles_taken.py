"""What a person asked to ship as a pickle, by name: its bytes in a line, and what can read them.

A pickle names classes and their modules only, so it is read by the Python and the packages alone
that wrote it: the lines refuse others, by name. It is read once here, before it ships.
"""

from __future__ import annotations

import base64
import io
import pickle
import sys

from sfdag_magics.bundle.meaning import content_hash
from sfdag_magics.bundle.modules import is_local, is_standard
from sfdag_magics.bundle.secrets import is_secret
from sfdag_magics.bundle.taking.terms.pickles import Pickled
from sfdag_magics.bundle.taking.terms.pieces import Made
from sfdag_magics.bundle.taking.terms.refusals import Refused
from sfdag_magics.bundle.ways_out import way_out, way_out_of_secret

#: What every Python of ours reads, and one release after the other writes alike.
_PROTOCOL = 5
#: It stands in a module's text, which each run of the task parses.
_MOST_BYTES = 16_000_000
_VERSION = "__import__('importlib.metadata', fromlist=['version']).version({!r})"


def pickled(name: str, value: object, *, is_allowed: bool) -> Pickled:
    """The lines that make `name` be `value` again.

    Args:
        is_allowed: whether it may hold what looks like a secret.

    Raises:
        Refused: it cannot be pickled, or not so that a task could read it.
    """
    try:
        data = pickle.dumps(value, protocol=_PROTOCOL)
        reading = _Reading(io.BytesIO(data))
        reading.load()
    except Refused:
        raise
    except Exception as raised:
        said = f"which cannot be pickled: {type(raised).__name__}: {raised}"
        raise Refused(said, way_out(value)) from raised
    if len(data) > _MOST_BYTES:
        said = f"whose pickle has {len(data):,} bytes, and at most {_MOST_BYTES:,} ship"
        raise Refused(said, way_out(value))
    if not is_allowed and any(is_secret(name, text) for text in _texts(data)):
        said = "whose pickle holds what looks like a secret, and code is readable where it ships"
        raise Refused(said, way_out_of_secret(name))
    modules = tuple(sorted(reading.modules))
    versions = _versions(modules)
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    lines = (*_checks(name, versions), f"{name} = {_read(data)}")
    return Pickled(
        piece=Made(lines=lines, told_as=f"pickle {content_hash(data)} {versions}"),
        modules=modules,
        bound=", ".join([f"Python {python}", *(f"{n} {v}" for n, v in versions.items())]),
        size=len(data),
    )


class _Reading(pickle.Unpickler):
    """Reads a pickle, and keeps which modules it names."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.modules: set[str] = set()

    def find_class(self, module: str, name: str) -> object:
        """As Python's; nothing of the notebook, which is not there where it is read."""
        if module == "__main__":
            raise Refused(
                f"which cannot be pickled: it holds {name} of the notebook, and a pickle only "
                "names that",
                f"write {name} in a module beside the notebook, and import it from there",
            )
        if module != "builtins":
            self.modules.add(module)
        return super().find_class(module, name)


def _texts(data: bytes) -> list[str]:
    import pickletools  # with the first pickle

    return [arg for _, arg, _ in pickletools.genops(data) if isinstance(arg, str)]


def _versions(modules: tuple[str, ...]) -> dict[str, str]:
    """`{package: its version}` of those that the modules are from."""
    import importlib.metadata  # with all that it imports a tenth of `%load_ext` (*measured*)

    tops = {module.partition(".")[0] for module in modules}
    foreign = sorted(top for top in tops if not is_standard(top) and not is_local(top))
    known = importlib.metadata.packages_distributions() if foreign else {}
    packages = dict.fromkeys(name for top in foreign for name in known.get(top, [])[:1])
    return {name: importlib.metadata.version(name) for name in packages}


def _checks(name: str, versions: dict[str, str]) -> list[str]:
    """Lines that refuse a Python or a package of another version."""
    python = sys.version_info[:2]
    here = "'.'.join(map(str, __import__('sys').version_info[:2]))"
    checks = [
        f"if __import__('sys').version_info[:2] != {tuple(python)!r}: "
        + _raise(name, f"Python {python[0]}.{python[1]}", here)
    ]
    for package, version in versions.items():
        found = _VERSION.format(package)
        checks.append(f"if {found} != {version!r}: {_raise(name, f'{package} {version}', found)}")
    return checks


def _raise(name: str, wanted: str, found: str) -> str:
    said = f"{name} was pickled with {wanted}, and nothing else is sure to read it; here is "
    return f"raise RuntimeError({said!r} + {found})"


def _read(data: bytes) -> str:
    text = base64.b64encode(data).decode()
    return f"__import__('pickle').loads(__import__('base64').b64decode({text!r}))"
