"""Modules beside the notebook, each of a name of its own; and what a task gives elsewhere."""

from __future__ import annotations

import importlib
import itertools
import sys

import pytest

from tests.bundle.answering import Answering

COUNT = itertools.count()
#: Runs the task of each archive that it is told of, in a child that has loaded nothing of ours.
_THERE = """
import gc, json, os, sys, traceback
import numpy, pandas
gc.freeze()  # a child that collects copies what it looks through
for line in sys.stdin:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.dup2(2, 1)
            os.chdir(os.path.dirname(line.strip()))
            sys.path.insert(0, line.strip())
            from sfdag_bundle import runtime
            said = runtime.load_function(runtime.find_entry("look"))()
        except BaseException:
            said = traceback.format_exc()
        os.write(writer, json.dumps(str(said)).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as answer:
        print(answer.read(), flush=True)
    os.waitpid(child, 0)
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)  # as kernels have it

    def make(text):
        name = f"beside_{next(COUNT)}_xq"
        (tmp_path / f"{name}.py").write_text(text)
        importlib.invalidate_caches()
        return name, tmp_path / f"{name}.py"

    return make


@pytest.fixture(scope="package")
def answering():
    process = Answering(_THERE)
    yield process
    process.close()


@pytest.fixture
def there(answering):
    """What the task of an archive gives in a process that knows nothing of the notebook."""

    def there(archive, folder):
        path = folder / "code.zip"
        path.write_bytes(archive)
        return answering.ask(path)

    return there
