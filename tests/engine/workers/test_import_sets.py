"""Files that jobs import are laid out once for all jobs with the same ones."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from sfdag_magics.engine.workers.import_sets import ImportSets


@pytest.fixture
def sets(tmp_path: Path) -> ImportSets:
    return ImportSets(tmp_path / "sets")


def file(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def test_jobs_with_the_same_files_read_the_same_copies(sets: ImportSets, tmp_path: Path) -> None:
    paths = [file(tmp_path / "a.txt", "a"), file(tmp_path / "b.txt", "b")]

    (_, first), (_, second) = sets.take(paths), sets.take(paths)

    assert first == second
    assert {each.name for each in Path(first.directory).iterdir()} == {"a.txt", "b.txt"}


def test_a_file_with_another_content_is_another_set(sets: ImportSets, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    _, before = sets.take([file(path, "old")])
    newer = tmp_path / "newer"
    newer.write_text("new")
    newer.replace(path)

    _, after = sets.take([str(path)])

    assert Path(before.directory, "a.txt").read_text() == "old"
    assert Path(after.directory, "a.txt").read_text() == "new"


def test_what_a_job_uses_stays_and_what_none_has_used_for_long_goes(
    sets: ImportSets, tmp_path: Path
) -> None:
    _, used = sets.take([file(tmp_path / "used.txt", "used")])
    idle = []
    for number in range(6):
        key, laid_out = sets.take([file(tmp_path / f"{number}.txt", "idle")])
        sets.give_back(key)
        idle.append(laid_out)

    assert Path(used.directory).is_dir()
    assert [Path(each.directory).is_dir() for each in idle] == [False] * 2 + [True] * 4


def test_a_file_that_is_gone_is_an_error_and_no_set(sets: ImportSets, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sets.take([str(tmp_path / "never.txt")])

    path = file(tmp_path / "a.txt", "a")
    assert sets.take([path])[1].directory


def test_archives_are_told_apart_from_other_files(sets: ImportSets, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "modules.zip", "w") as archive:
        archive.writestr("module.py", "")
    paths = [str(tmp_path / "modules.zip"), file(tmp_path / "a.txt", "a")]

    _, laid_out = sets.take(paths)

    assert laid_out.archives == (f"{laid_out.directory}/modules.zip",)
    assert laid_out.runtime == ""


def test_all_go_with_the_engine(sets: ImportSets, tmp_path: Path) -> None:
    key, _ = sets.take([file(tmp_path / "a.txt", "a")])

    sets.clear()
    sets.give_back(key)

    assert not list((tmp_path / "sets").iterdir())
