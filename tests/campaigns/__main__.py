"""Run one campaign by its module's name; the rest of the line is its own."""

from __future__ import annotations

import importlib
import sys

_NAMES = ("faults", "kills", "memory", "power", "rows", "runs", "snow")


def main(line: list[str]) -> int:
    """The campaign's exit code: 0 when everything held."""
    name, *arguments = line or [""]
    if name not in _NAMES:
        sys.exit(f"no campaign {name!r}; there are: {', '.join(_NAMES)}")
    code: int = importlib.import_module(f"tests.campaigns.{name}").main(arguments)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
