"""A notebook on a real engine, in a data directory of its module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sfdag_magics.client.connecting import connect
from sfdag_magics.magics import extension
from sfdag_magics.workspace.registry import Registry
from tests.magics.conftest import NotebookInTest


@pytest.fixture(scope="module")
def data_directory(tmp_path_factory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("engine")
    yield path
    connect.stop_engine(path)


@pytest.fixture
def notebook(shell, data_directory, capsys, monkeypatch):
    monkeypatch.setenv("SFDAG_INTERACTIVE", "0")
    monkeypatch.setenv(connect.DATA_VARIABLE, str(data_directory))
    magics = extension.load(shell, registry=Registry())
    yield NotebookInTest(shell, magics, None, capsys)
    extension.unload(shell)
