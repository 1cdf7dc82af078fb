"""The repository keeps its promises: two commands, the top level, nothing of one machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "LICENSE",
    "README.md",
    "notebooks",
    "pyproject.toml",
    "sfdag_magics",
    "tests",
}
TEXT = {".py", ".md", ".toml", ".ipynb", ".js", ".css", ".txt", ".json", ""}


def tracked() -> list[str]:
    """The files git knows, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 - whichever git the developer has
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.splitlines()


def bash_blocks() -> list[str]:
    return re.findall(r"^```bash\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_the_first_two_bash_blocks_are_one_line_each_and_use_the_locked_environment_of_the_clone():
    first, second = bash_blocks()[:2]
    assert first.count("\n") == second.count("\n") == 1
    assert first.rstrip().endswith("&& .venv/bin/python -m sfdag_magics demo")
    assert second.rstrip().endswith("&& .venv/bin/python -m pytest")
    for command in (first, second):
        assert "python3 -m venv .venv" in command
        assert ".venv/bin/pip install -c .ci/constraints.txt -e " in command


def test_a_machine_without_venv_is_told_in_one_line(tmp_path):
    python3 = tmp_path / "bin" / "python3"
    python3.parent.mkdir()
    python3.write_text("#!/bin/sh\necho 'ensurepip is not' >&2\necho 'available'\nexit 1\n")
    python3.chmod(0o755)
    for command in bash_blocks()[:2]:
        ran = subprocess.run(  # noqa: S603 - the README's own command
            ["bash", "-c", command],  # noqa: S607 - whichever bash there is
            cwd=tmp_path,
            env={"PATH": f"{python3.parent}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode != 0
        assert ran.stdout == ""
        assert len(ran.stderr.splitlines()) == 1
        assert "apt-get install python3-venv" in ran.stderr


@pytest.mark.parametrize("number", [1, 2])
def test_ci_runs_both_blocks_word_for_word(number):
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    program = re.search(r"awk -v wanted=\"\$1\" '(.*)' README.md", script)
    assert program is not None
    assert f"$(block {number})" in script
    printed = subprocess.run(  # noqa: S603 - the very command of .ci/run
        ["awk", "-v", f"wanted={number}", program[1], "README.md"],  # noqa: S607 - whichever awk
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout == bash_blocks()[number - 1]


def test_the_top_level_holds_what_was_agreed_and_no_more():
    assert {path.split("/")[0] for path in tracked()} <= TOP_LEVEL


def test_the_only_package_is_sfdag_magics():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["sfdag_magics"]
    assert set(project["project"]["optional-dependencies"]) == {
        "ml",
        "core",
        "otel",
        "openlineage",
        "dev",
    }
    assert project["project"]["scripts"] == {"sfdag": "sfdag_magics.cli:main"}


def test_nothing_of_one_machine_is_committed():
    # Spelled apart, so that this file does not find itself.
    machines = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + r"me/\w", r"(?<![\w.])/t" + r"mp/\w{3,}")
    texts = [path for path in tracked() if Path(path).suffix in TEXT]
    found = [
        f"{pattern} in {path}"
        for path in texts
        for text in [(ROOT / path).read_text("utf-8")]
        for pattern in machines
        if re.search(pattern, text)
    ]
    assert found == []
    assert len(texts) > 1000
