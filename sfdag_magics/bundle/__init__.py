"""From notebook functions to code that can be shipped and read: source, never pickles.

The promise: for every name that a task uses, directly or through what it uses, what runs there is
what the name *is* in the notebook at the moment it ships; or it is refused by name, with who uses
it and what to do instead, before anything is sent. A thing travels in one of these ways, and in no
other (`tests/bundle/kinds` has a case for each kind of thing):

    import   from where it is installed, or from a module beside the notebook, if it is found there
    source   the lines of a cell, or of a file that %run ran, that compile to what it is; what was
             set since is set after them
    literal  an expression that makes the same value anew; of an object whose class can be
             imported, lines that make it as it is copied, tried here and compared before they ship
    file     a module or package beside the notebook, where it is loaded as its file says
    setting  what cells set in libraries and in modules of others, set again before all else
    note     what a process has of its own and no code: seeds, its environment, a locale, its
             folder and paths, levels and handlers of its loggers
    refused  what is none of these, or looks like a secret

What a cache of results holds (`functools.lru_cache`) stays behind: it is computed again over there.
What a function remembers in a dict of its own is data like any other: it may as well be state.
What would be loaded from the archive is loaded before it is sent, in a process that knows nothing
of the notebook (`checked`): what still differs there from what is here is said as well.
What definitions run as they are made ran in the notebook already, so it counts once: decorators of
the notebook and of its objects stay behind, and what other such code changes is put back.
"""

from sfdag_magics.bundle.archive import HANDLER, PACKAGE, code_hash
from sfdag_magics.bundle.build import Bundle, build, not_shippable
from sfdag_magics.bundle.checked.loads import load_check
from sfdag_magics.bundle.meaning import content_hash
from sfdag_magics.bundle.merging import Shipped, merged, read_archive
from sfdag_magics.bundle.own_lines import CodeLine, own_lines
from sfdag_magics.bundle.taking.capture import capture
from sfdag_magics.bundle.taking.terms.captured import Taken, TakenAs, TaskCapture
from sfdag_magics.bundle.travels import travels_text
from sfdag_magics.bundle.written.cell_texts import lines_of

__all__ = [
    "HANDLER",
    "PACKAGE",
    "Bundle",
    "CodeLine",
    "Shipped",
    "Taken",
    "TakenAs",
    "TaskCapture",
    "build",
    "capture",
    "code_hash",
    "content_hash",
    "lines_of",
    "load_check",
    "merged",
    "not_shippable",
    "own_lines",
    "read_archive",
    "travels_text",
]
