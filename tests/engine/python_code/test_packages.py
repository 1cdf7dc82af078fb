from __future__ import annotations

import importlib.metadata

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.python_code.packages import (
    PYTHON_VERSION,
    check_packages,
    check_runtime,
    installed_packages,
)

PYARROW = importlib.metadata.version("pyarrow")


@pytest.mark.parametrize(
    "requirement",
    [
        "pyarrow",
        f"pyarrow=={PYARROW}",
        f"pyarrow={PYARROW}",
        "PyArrow>=1",
        "snowflake_snowpark_python",
    ],
)
def test_installed_packages_are_accepted_in_every_spelling(requirement: str) -> None:
    check_packages([requirement])


@pytest.mark.parametrize(
    ("requirement", "told"),
    [
        ("no-such-thing", "pip install no-such-thing"),
        ("pyarrow==0.1", f"{PYARROW} is installed"),
        ("not a package!", "not a package specification"),
    ],
)
def test_what_is_not_installed_is_told_with_what_is(requirement: str, told: str) -> None:
    with pytest.raises(SqlError, match=told):
        check_packages(["pyarrow", requirement])


def test_packages_have_the_names_that_snowflake_gives_them() -> None:
    assert "snowflake-snowpark-python" in installed_packages()
    assert "snowflake-connector-python" in installed_packages()


def test_what_is_installed_meanwhile_is_found(tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(SqlError, match="pip install made-meanwhile"):
        check_packages(["made-meanwhile"])
    told = tmp_path / "made_meanwhile-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: made-meanwhile\nVersion: 1.0\n")
    check_packages(["made-meanwhile==1.0"])


@pytest.mark.parametrize("version", [PYTHON_VERSION, "3.9", "3"])
def test_every_python_3_runs_on_this_one(version: str) -> None:
    check_runtime(version)


@pytest.mark.parametrize("version", ["", "2.7"])
def test_another_python_is_refused(version: str) -> None:
    with pytest.raises(SqlError, match=r"RUNTIME_VERSION|2\.7"):
        check_runtime(version)
