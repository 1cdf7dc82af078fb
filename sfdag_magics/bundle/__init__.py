"""From notebook functions to code that can be shipped and read: source, never pickles."""

from sfdag_magics.bundle.archive import HANDLER, PACKAGE, code_hash, content_hash
from sfdag_magics.bundle.build import Bundle, build, fingerprints
from sfdag_magics.bundle.merging import Shipped, merged, read_archive
from sfdag_magics.bundle.taking.captured import Taken, TakenAs, TaskCapture
from sfdag_magics.bundle.taking.walk import capture
from sfdag_magics.bundle.written.cell_texts import lines_of

__all__ = [
    "HANDLER",
    "PACKAGE",
    "Bundle",
    "Shipped",
    "Taken",
    "TakenAs",
    "TaskCapture",
    "build",
    "capture",
    "code_hash",
    "content_hash",
    "fingerprints",
    "lines_of",
    "merged",
    "read_archive",
]
