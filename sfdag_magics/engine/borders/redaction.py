"""The shape of the secrets that come near a task's output, and how a text is rid of them.

A task may print or raise its connection, token included, and what it says is kept: in log files, in
the history, in a saved notebook. So every secret that a task's process is given has one shape, by
which it is found wherever it stands. Knows texts, no sessions.
"""

from __future__ import annotations

import re

_SHAPE = re.compile(r"\b([a-z])\.[0-9a-f]{32}\.[0-9a-f]{64}")


def secret(kind: str, identity: str, signature: str) -> str:
    """A secret of the one shape: `kind` a lower-case letter, the others 16 and 32 bytes in hex."""
    return f"{kind}.{identity}.{signature}"


def redacted(text: str) -> str:
    """`text` with asterisks in the place of secrets; of each its kind is still told."""
    return _SHAPE.sub(r"\1.********", text)
