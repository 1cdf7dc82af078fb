"""`sfdag local`: the embedded engine by hand. Knows words and exit codes; does nothing itself."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TextIO

from sfdag_magics.errors import InputError
from sfdag_magics.light_classes import dataclass
from sfdag_magics.workspace.asking.attended import is_at_terminal
from sfdag_magics.workspace.local_engine import OF_FILES, PLAIN, Local

#: Verbs that ask before they lose something.
_ASKING = ("stop", "reset", "clean", "backup", "restore")


def add_local(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `local` and its verbs."""
    local = commands.add_parser(
        "local", help="the embedded engine of this machine", allow_abbrev=False
    )
    verbs = local.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, act in {**PLAIN, **OF_FILES}.items():
        text = str(act.__doc__)
        verb = verbs.add_parser(name, help=text, description=text, allow_abbrev=False)
        if name in OF_FILES:
            verb.add_argument("file", type=Path, metavar="FILE", help="the backup")
            verb.add_argument("--replace", action="store_true", help="what is there already")
        verb.add_argument(
            "--data",
            type=Path,
            metavar="DIR",
            help="the data directory (default: SFDAG_DATA, or one in your data folder)",
        )
        verb.add_argument("--json", action="store_true", help="one JSON object")
        if name in _ASKING:
            verb.add_argument("--yes", action="store_true", help="do not ask")
        verb.set_defaults(run=partial(_run, name))


def _run(name: str, arguments: argparse.Namespace, out: TextIO) -> int:
    local = Local(
        arguments.data,
        _Shell(out, asks=sys.stderr if arguments.json else out),
        as_json=arguments.json,
        yes=getattr(arguments, "yes", False),
    )
    file, replace = getattr(arguments, "file", None), getattr(arguments, "replace", False)
    return local.do(name, file, replace=replace)


@dataclass(frozen=True, slots=True)
class _Shell:
    """Who typed it in a shell."""

    out: TextIO
    #: Where questions stand: beside a document, which stands alone.
    asks: TextIO

    def say(self, text: str) -> None:
        """Tell one or more lines."""
        self.out.write(f"{text}\n")
        self.out.flush()

    def agrees(self, question: str, *, instead: str) -> bool:
        """Whether who types says yes.

        Raises:
            InputError: nobody is at a terminal, or its input has ended.
        """
        self.asks.write(f"{question}? [y/N] ")
        self.asks.flush()
        line = sys.stdin.readline() if is_at_terminal() else ""
        if not line:
            self.asks.write("\n")
            raise InputError(f"nobody can answer: {question}?", hint=instead)
        return line.strip().lower() in ("y", "yes")
