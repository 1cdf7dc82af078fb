"""Other libraries' warnings of what is meant so here."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator


@contextlib.contextmanager
def without_warnings_of(name: str) -> Iterator[None]:
    """While inside, a library's logger tells of errors alone."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
