"""Runs a notebook of the repository as CI tools do: headless, by nbclient, on an engine of its own.

Knows where the notebooks lie; knows nothing of what is in them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

#: What a model scored. The processor's width decides the order in which its sums are made.
_SCORE = re.compile(r"(?<![\d.])[01]\.\d{3,4}(?![\d.])")


def names() -> list[str]:
    return sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))


def committed(name: str) -> Any:
    """The notebook with its outputs, as it is in the repository."""
    return nbformat.read(NOTEBOOKS / name, as_version=4)


def executed(name: str, folder: Path) -> Any:
    """The notebook after it ran in `folder`, on the engine of `SFDAG_DATA`."""
    notebook = committed(name)
    NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        record_timing=False,
    ).execute()
    return notebook


def hold_against(left: str, kept: str) -> None:
    """Assert that two notebooks say the same line by line, and score the same to a hundredth."""
    assert _SCORE.sub("?", left).splitlines() == _SCORE.sub("?", kept).splitlines()
    assert _scores(left) == pytest.approx(_scores(kept), abs=0.01)


def _scores(text: str) -> list[float]:
    return [float(score) for score in _SCORE.findall(text)]
