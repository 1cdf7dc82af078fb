"""From notebook functions to code that can be shipped and read: source, never pickles."""

from sfdag_magics.bundle.archive import HANDLER, PACKAGE
from sfdag_magics.bundle.build import Bundle, build, fingerprints
from sfdag_magics.bundle.capture import Taken, TakenAs, TaskCapture, capture

__all__ = [
    "HANDLER",
    "PACKAGE",
    "Bundle",
    "Taken",
    "TakenAs",
    "TaskCapture",
    "build",
    "capture",
    "fingerprints",
]
