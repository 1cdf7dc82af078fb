"""Files that jobs import are laid out once for all jobs with the same ones."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
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


def damaged(archive: Path) -> None:
    """Its first byte, and so the place of its list of files, is gone."""
    archive.write_bytes(archive.read_bytes()[1:])


def damaged_inside(archive: Path) -> None:
    """The content of a file is not what was packed."""
    content = archive.read_bytes()
    archive.write_bytes(content.replace(b"UNTOUCHED", b"TOUCHED !"))


def encrypted(archive: Path) -> None:
    """The list of files says so."""
    content = bytearray(archive.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    content[content.index(b"PK\x03\x04") + 6] |= 1
    archive.write_bytes(content)


def packed_otherwise(archive: Path) -> None:
    """By a method that nobody has."""
    content = bytearray(archive.read_bytes())
    content[content.index(b"PK\x01\x02") + 10] = 99
    archive.write_bytes(content)


def too_large(archive: Path) -> None:
    """More than any runtime has."""
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("sfdag_bundle/runtime.py", b" " * (16 * 1024**2))


@pytest.mark.parametrize("spoil", [damaged, damaged_inside, encrypted, packed_otherwise, too_large])
def test_an_archive_without_a_readable_runtime_is_a_file_like_any_other(
    sets: ImportSets, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    path = tmp_path / "modules.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("sfdag_bundle/__init__.py", "UNTOUCHED = 1")
    assert sets.take([str(path)])[1].runtime
    spoil(path)

    _, laid_out = sets.take([str(path)])

    assert Path(laid_out.directory, "modules.zip").read_bytes() == path.read_bytes()
    assert laid_out.runtime == ""


def test_a_folder_is_laid_out_with_all_in_it_and_taken_away_again(
    sets: ImportSets, tmp_path: Path
) -> None:
    inner = tmp_path / "model" / "inner"
    inner.mkdir(parents=True)
    (inner / "weights").write_text("1")

    key, imports = sets.take([str(tmp_path / "model")])
    copy = Path(imports.directory, "model", "inner", "weights")

    assert copy.read_text() == "1"
    assert {stat.S_IMODE(each.stat().st_mode) for each in (copy, copy.parent)} == {0o444, 0o555}
    sets.give_back(key)
    sets.clear()
    assert not copy.parent.exists()


def test_all_go_with_the_engine(sets: ImportSets, tmp_path: Path) -> None:
    key, _ = sets.take([file(tmp_path / "a.txt", "a")])

    sets.clear()
    sets.give_back(key)

    assert not list((tmp_path / "sets").iterdir())
