"""The wheel that is built from the repository: it has every file, and works without a clone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.environments.installs import ALONE, ROOT

#: Tests that read no file of a clone: one room at least of each kind of process that it is read in.
ROOMS = (
    *("widget", "client/connecting", "magics/showing", "engine/workers", "engine/wire/routes"),
    *("bundle/test_archive.py", "bundle/test_runtime.py", "bundle/checked"),
)
_QUICK = ("-p", "no:cacheprovider", "-m", "not slow and not browser")
PACKAGE = ROOT / "sfdag_magics"


def run(*command, cwd, **more):
    done = subprocess.run(  # noqa: S603 - our own arguments, no shell
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False, **more
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with the tests and no clone; the Python of an environment that has the wheel."""
    home = tmp_path_factory.mktemp("without_a_clone")
    venv.create(home / "env", with_pip=False, symlinks=True)
    python = home / "env" / "bin" / "python"
    places = sysconfig.get_paths(vars={"base": str(home / "env"), "platbase": str(home / "env")})
    # All else comes from this environment, whose own .pth files, ours among them, are not read.
    site = Path(places["purelib"])
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install")
    run(*pip, "--no-deps", "--no-index", "--target", site, wheel, cwd=home)
    outside = home / "outside"
    shutil.copytree(ROOT / "tests", outside / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, outside)
    return python, outside


@pytest.mark.slow
def test_the_wheel_has_every_file_of_the_package_to_the_byte_and_no_other(wheel):
    here = {
        str(path.relative_to(ROOT)): path.read_bytes()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        named = [name for name in archive.namelist() if ".dist-info/" not in name]
        there = {name: archive.read(name) for name in named}
    assert there.keys() == here.keys()
    assert [name for name in here if there[name] != here[name]] == []
    assert {"sfdag_magics/py.typed", "sfdag_magics/CHANGES.md"} <= there.keys()


@pytest.mark.slow
def test_what_is_installed_says_its_version_and_lies_in_its_environment(installed):
    python, outside = installed
    said = run(
        python,
        "-c",
        "import sfdag_magics as s; from importlib.metadata import version as of;"
        "print(s.__version__, of('sfdag_magics'), s.__file__)",
        cwd=outside,
    )
    version, installed_as, file = said.strip().split(" ", 2)
    assert version == installed_as
    assert Path(file).is_relative_to(python.parent.parent)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_fast_tests_pass_with_the_wheel_where_no_clone_is(installed):
    python, outside = installed
    # A pytest that runs this one must not take it for a worker of its own.
    outer = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    rooms = [f"tests/{room}" for room in ROOMS]
    run(
        *(python, "-m", "pytest", "-q", ALONE, *_QUICK),
        *rooms,
        cwd=outside,
        env=outer,
    )
