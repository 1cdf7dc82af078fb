"""Modules and data files beside the notebook are looked through for secrets."""

from __future__ import annotations

import importlib
import json

import pytest

from tests.bundle.secrets.captured import captured


def test_a_module_beside_the_notebook_is_looked_through(tmp_path, monkeypatch):
    (tmp_path / "creds_xq.py").write_text("\nPASSWORD = 'hunter2-very'\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    (problem,) = captured(["import creds_xq"], "creds_xq.PASSWORD").problems
    assert "a secret as 'PASSWORD' (creds_xq.py, line 2)" in str(problem)


@pytest.mark.parametrize(
    ("path", "text", "named"),
    [
        ("key.pem", "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n", "a text that looks like"),
        ("conf.yaml", "db:\n  user: bob\n  password: hunter2-very\n", "'password'"),
        ("conf.json", '{\n  "api_key": "hunter2-very"\n}', "'api_key'"),
        ("conf.ini", "[db]\ntoken = hunter2-very\n", "'token'"),
        ("netrc", "machine x login bob password hunter2-very\n", "a text that looks like"),
        ("_netrc", "machine x\nlogin bob\npassword hunter2-very\n", "a text that looks like"),
    ],
)
def test_a_data_file_of_a_package_is_looked_through(tmp_path, monkeypatch, path, text, named):
    name = f"pkg_{path.replace('.', '_')}_xq"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("V = 1")
    (tmp_path / name / path).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    (problem,) = captured([f"import {name}"], f"{name}.V").problems
    assert named in str(problem)
    assert f"({name}/{path}, line" in str(problem)
    assert "hunter2" not in str(problem)
    allowed = captured([f"import {name}"], f"{name}.V", allow_secret=[f"{name}/{path}"])
    assert allowed.problems == ()


@pytest.mark.parametrize("indent", [None, 1])
def test_many_secrets_of_a_file_are_one_problem(tmp_path, monkeypatch, indent):
    name = f"pkg_rows_{indent}_xq"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("V = 1")
    rows = [{"id": i, "token": "hunter2-very"} for i in range(20)]
    (tmp_path / name / "rows.json").write_text(json.dumps(rows, indent=indent))
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    (problem,) = captured([f"import {name}"], f"{name}.V").problems
    more = " and 19 more" if indent else ""
    assert f"'token' ({name}/rows.json, line {4 if indent else 1}{more})" in str(problem)
