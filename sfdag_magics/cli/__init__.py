"""The console script. Knows its sub-commands and exit codes; each lives in a module of its own.

Exit codes: 0 it went well, 1 it did not (a line says why, one what to type next), 2 it was typed
wrongly or nobody is there to answer a question, 3 `local status` found no engine running, 130
interrupted by Ctrl-C, 141 nobody reads the output any more.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO

from sfdag_magics.cli.demo import demo
from sfdag_magics.cli.exits import error_record, exit_code
from sfdag_magics.cli.local import add_local
from sfdag_magics.client.connecting.releases import installed_release
from sfdag_magics.errors import InputError, SfdagError
from sfdag_magics.place_words import OF_SHELLS, in_a_shell

__all__ = ["main"]

_INTERRUPTED = 130
_BROKEN_PIPE = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    words = sys.argv[1:] if argv is None else [*argv]
    with in_a_shell():
        if words and not words[0].startswith("-") and words[0] not in OF_SHELLS:
            return _done(lambda: _act(words))
        try:
            arguments = _parser().parse_args(words)
        except InputError as error:
            if "--json" in words:
                sys.stdout.write(f"{json.dumps(error_record(error))}\n")
            sys.stderr.write(f"{error}\n")
            return exit_code(error)
        as_json = bool(getattr(arguments, "json", False))
        return _done(lambda: int(arguments.run(arguments, sys.stdout)), as_json=as_json)


def _act(words: Sequence[str]) -> int:
    return int(_verbs().act(words, sys.stdout))


def _verbs() -> Any:  # noqa: ANN401 - a module
    """What acts on graphs, imported late: it takes what a notebook takes, `local` does not."""
    return importlib.import_module("sfdag_magics.cli.verbs")


def _done(do: Callable[[], int], *, as_json: bool = False) -> int:
    try:
        code = do()
        sys.stdout.flush()
    except SfdagError as error:
        if as_json:
            sys.stdout.write(f"{json.dumps(error_record(error))}\n")
        sys.stderr.write(f"sfdag: {error}\n")
        return exit_code(error)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever reads has enough (`| head -1`); Python would say so again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    return code


class _Parser(argparse.ArgumentParser):
    """Says what to type next."""

    #: Behind the next thing to type.
    more = ""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print before exiting, with one line more."""
        sys.stderr.write(self.format_usage())
        raise InputError(f"{self.prog}: {message}", hint=f"{self.prog} -h{self.more}")


class _TopParser(_Parser):
    """Says where the verbs of graphs are typed, to who types them in a shell."""

    more = "; sfdag VERB NOTEBOOK.ipynb for verbs on graphs: run, plan, deploy, status, why …"

    def format_help(self) -> str:
        """With the verbs, which take the options that they have in a notebook."""
        verbs = "\n".join(_verbs().help_lines())
        return (
            f"{super().format_help()}\nsfdag VERB [NOTEBOOK.ipynb or FILE.py] [options]:\n{verbs}\n"
            "Each takes the options that it has in a notebook (sfdag run -h); run and retry also\n"
            "--junit FILE. Exit codes: 0 it is done, 1 it failed, 2 it was typed wrongly.\n"
        )


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _TopParser(
        prog="sfdag",
        description="Notebook cells become Snowflake task graphs.",
        epilog="In a notebook: %load_ext sfdag_magics, then %sfdag help.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"sfdag {installed_release()}")
    commands: argparse._SubParsersAction[argparse.ArgumentParser] = parser.add_subparsers(
        dest="command",
        required=True,
        metavar="COMMAND",
        parser_class=_Parser,
    )
    add_local(commands)
    _add_demo(commands)
    return parser


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "Run the fraud-detection notebook and leave the executed copy."
    command = commands.add_parser("demo", help=text, description=text, allow_abbrev=False)
    command.add_argument("--lab", action="store_true", help="open it in JupyterLab instead")
    command.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="where the copy goes (default: .)"
    )
    command.set_defaults(run=_demo)


def _demo(arguments: argparse.Namespace, out: TextIO) -> int:
    demo(lab=arguments.lab, directory=arguments.out.absolute(), out=out)
    return 0
