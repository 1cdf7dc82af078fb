"""A task after some cells, as it is built."""

from __future__ import annotations

from tests.bundle.notebook import Notebook


def captured(cells, task, **options):
    notebook = Notebook()
    for cell in cells:
        notebook.run(cell)
    notebook.task(f"def train(session):\n    return {task}", **options)
    return notebook.build()
