"""Modules beside the notebook, each of a name of its own."""

from __future__ import annotations

import importlib
import itertools
import sys

import pytest

COUNT = itertools.count()


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
