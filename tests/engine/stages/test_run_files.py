"""What the tasks of runs told is found by its run, and nothing else is taken for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfdag_magics.engine.stages.run_files import StagedRunFiles
from sfdag_magics.engine.stages.stage_store import StageLocation, StageStore

A, B = "01234567-89ab-cdef-0123-456789abcdef", "ffffffff-89ab-cdef-0123-456789abcdef"
TOLD = f"mortgage$runs/{A}/TRAIN.1.shown-roc-abc.json"


@pytest.fixture
def store(tmp_path: Path) -> StageStore:
    return StageStore(tmp_path / "stages")


def put(store: StageStore, name: str, stage: str = "s1") -> None:
    with store.writing(StageLocation(stage_id=stage, prefix=name)) as opened:
        opened.write(b"{}")


def names(store: StageStore) -> list[str]:
    found = (store.files(StageLocation(stage_id=each)) for each in sorted(store.stage_ids()))
    return [file.name for files in found for file in files]


def test_a_run_goes_with_all_it_told_wherever_it_lies(store: StageStore):
    for name in (TOLD, f"mortgage$runs/{A}/LOAD.2.progress.json", f"mortgage$runs/{B}/X.1.y"):
        put(store, name)
    put(store, f"other$runs/{A}/X.1.y", stage="s2")
    files = StagedRunFiles(store)
    assert files.runs() == {A, B}
    files.remove(A)
    assert (names(store), files.runs()) == ([f"mortgage$runs/{B}/X.1.y"], {B})
    files.remove(A)
    files.remove(B)
    assert not list(store.path(StageLocation(stage_id="s1")).glob("*"))


OTHERS = [
    f"{A}/x", f"runs/{A}/x", f"$runs/{A}/x", f"a/mortgage$runs/{A}/x", f"mortgage$runs/{A}",
    f"mortgage$runs/{A[:-1]}/x", f"mortgage$runs/{A.upper()}/x", "mortgage$runs/mine/x",
]  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_what_people_put_on_a_stage_is_no_runs(store: StageStore, name: str):
    put(store, name)
    assert StagedRunFiles(store).runs() == set()
    StagedRunFiles(store).remove(A)
    assert names(store) == [name]


def test_a_link_is_never_followed(store: StageStore, tmp_path: Path):
    put(store, TOLD)
    (tmp_path / A).mkdir()
    (tmp_path / A / "mine").write_text("")
    folder = store.path(StageLocation(stage_id="s1", prefix="mortgage$runs"))
    (folder / B).symlink_to(tmp_path / A)
    assert StagedRunFiles(store).runs() == {A}
