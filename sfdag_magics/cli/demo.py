"""`sfdag demo`: the fraud-detection notebook, headless with progress, or in JupyterLab.

Knows where the example notebooks lie and how to run one; knows nothing of graphs or engines: what
runs, and what it prints, is the notebook's own business.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from sfdag_magics.errors import MachineError, RunFailedError, not_installed

NOTEBOOK = "02_fraud_detection.ipynb"
#: What the notebook imports beyond the package's own dependencies: module → extra.
_NEEDED = {"snowflake.ml": "ml", "xgboost": "ml", "sklearn": "ml", "matplotlib": "ml"}
_CELL_TIMEOUT_S = 900


def demo(*, lab: bool, directory: Path, out: TextIO) -> Path:
    """Run the example, leave the executed copy in `directory`; with `lab`, open a copy there.

    Blocks until the notebook (or JupyterLab) ends. Returns the copy's path.

    Raises:
        MachineError: a package is missing, or the directory cannot be written.
        RunFailedError: a cell failed that was not meant to; the copy is kept up to there.
    """
    _check_packages(lab=lab)
    if not directory.is_dir():
        raise MachineError(
            f"{directory} is no directory of this machine",
            hint=f"mkdir -p {shlex.quote(str(directory))}, or sfdag demo --out another one",
        )
    source = _notebook()
    target = directory / (NOTEBOOK if lab else NOTEBOOK.replace(".ipynb", ".executed.ipynb"))
    if lab:
        _open_in_lab(_copied(source, target), out)
    else:
        _execute(source, target, out)
    return target


def _check_packages(*, lab: bool) -> None:
    for module, extra in _NEEDED.items():
        if not _is_installed(module):
            raise not_installed(module, f"'sfdag_magics[{extra}]'")
    if lab and not _is_installed("jupyterlab"):
        raise not_installed("JupyterLab", "jupyterlab")


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # a parent package is missing
        return False


def _notebook() -> Path:
    """The example in the clone this package runs from, or the copy that the wheel carries."""
    package = Path(__file__).parent.parent
    for folder in (package.parent / "notebooks", package / "notebooks"):
        if (folder / NOTEBOOK).is_file():
            return folder / NOTEBOOK
    raise MachineError(
        f"the example notebook {NOTEBOOK} is not beside the package",
        hint="run from a clone of the repository, or reinstall the package",
    )


def _copied(source: Path, target: Path) -> Path:
    try:
        if not target.exists():
            shutil.copyfile(source, target)
    except OSError as exc:
        raise _cannot_write(target, exc) from exc
    return target


def _cannot_write(target: Path, exc: OSError) -> MachineError:
    return MachineError(
        f"cannot write {target}: {exc.strerror}", hint="sfdag demo --out A_DIRECTORY_OF_YOURS"
    )


def _open_in_lab(notebook: Path, out: TextIO) -> None:
    out.write(f"opening {notebook} in JupyterLab (stop it with Ctrl-C)\n")
    out.flush()
    command = [sys.executable, "-m", "jupyterlab", str(notebook)]
    subprocess.run(command, check=False)  # noqa: S603 - our own arguments, no shell


def _execute(source: Path, target: Path, out: TextIO) -> None:
    # Here and not above: `sfdag local start` must not wait 0.5 s for a notebook runner it does not
    # use.
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = _not_run(nbformat.read(source, as_version=4))
    progress = CellProgress(len(notebook.cells), out)

    class Followed(NotebookClient):
        def process_message(self, *args: Any) -> Any:  # noqa: ANN401 - nbclient's signature
            progress.message(args[0])
            return super().process_message(*args)

    client = Followed(
        notebook,
        timeout=_CELL_TIMEOUT_S,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # its warnings are for who runs kernels
        store_widget_state=False,  # with it, exporters leave the static picture out (widget.md)
        resources={"metadata": {"path": str(target.parent)}},
        on_cell_start=progress.cell_started,
        on_cell_executed=progress.cell_ended,
    )
    failed: CellExecutionError | None = None
    try:
        with _this_python_as_kernel():
            client.execute()
    except CellExecutionError as exc:
        failed = exc
    try:
        nbformat.write(notebook, target)
    except OSError as exc:
        raise _cannot_write(target, exc) from exc
    if failed is not None:
        what_happened = str(failed.evalue).partition("\n")[0]  # its own hint is in the copy
        raise RunFailedError(
            f"{source.name} stopped: {failed.ename}: {what_happened}",
            where=str(target),
            hint=f"{sys.executable} -m sfdag_magics demo --lab",
        ) from failed
    progress.finished(target)


def _not_run(notebook: Any) -> Any:  # noqa: ANN401 - nbformat ships it untyped
    """`notebook` without what another run left, as a cell that fails ends this one before."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


@contextlib.contextmanager
def _this_python_as_kernel() -> Iterator[None]:
    """Inside, `python3` is the kernel of this interpreter, whatever kernels the user registered."""
    before = os.environ.get("JUPYTER_PATH")
    own = str(Path(sys.prefix) / "share" / "jupyter")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [own, before]))
    try:
        yield
    finally:
        if before is None:
            del os.environ["JUPYTER_PATH"]
        else:
            os.environ["JUPYTER_PATH"] = before


class CellProgress:
    """What a person reads meanwhile: the cell, its lines as they come, how long it took."""

    def __init__(
        self, cells: int, out: TextIO, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._cells = cells
        self._out = out
        self._now = now
        self._started = now()
        self._cell_started = self._started

    def cell_started(self, cell: Mapping[str, Any], cell_index: int) -> None:
        """Name the cell by its first line."""
        self._cell_started = self._now()
        if cell["cell_type"] == "markdown":
            if title := _heading(cell["source"]):
                self._line(f"\n{title}")
        else:
            self._line(f"[{cell_index + 1:>2}/{self._cells}] {_first_line(cell['source'])}")

    def message(self, msg: Mapping[str, Any]) -> None:
        """Pass on what the cell prints, indented, as it prints it."""
        if msg["msg_type"] == "stream":
            for line in msg["content"]["text"].splitlines():
                self._line(f"        {line}")

    def cell_ended(self, **_: object) -> None:
        """Say how long the cell took, where that was noticeable."""
        elapsed = self._now() - self._cell_started
        if elapsed >= 1:
            self._line(f"        {elapsed:.1f} s")

    def finished(self, target: Path) -> None:
        """Say where the result lies and how to look at it."""
        self._line(f"\ndone in {self._now() - self._started:.0f} s")
        self._line(f"executed notebook: {target}")
        python = shlex.quote(sys.executable)
        if not _is_installed("jupyterlab"):
            self._line(f"to look at it:     {python} -m pip install jupyterlab")
        self._line(f"open it:           {python} -m jupyterlab {shlex.quote(str(target))}")
        self._line(f"run it yourself:   {python} -m sfdag_magics demo --lab")

    def _line(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()


def _heading(source: str) -> str | None:
    return next((line for line in source.splitlines() if line.startswith("#")), None)


def _first_line(source: str) -> str:
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return lines[0][:88] if lines else "(empty)"
