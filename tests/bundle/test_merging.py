"""An archive that carries on tasks of an earlier one: byte for byte, with what they import."""

import importlib
import json
import sys

import pytest

from sfdag_magics.bundle import merged, read_archive
from sfdag_magics.bundle.archive import zipped
from tests.bundle.notebook import GraphRun, Notebook, Shipped


def archive(*tasks, helper=None):
    made = Notebook()
    if helper:
        made.run(helper)
    for task in tasks:
        made.task(task)
    return made.build().archive


OLD = ("def a(): return helper()", "def b(): return helper() + 1")


def test_a_task_that_is_carried_on_keeps_its_module_byte_for_byte():
    before = read_archive(archive(*OLD, helper="def helper(): return 1"))
    new = archive("def a(): return helper()", helper="def helper(): return 10")
    after = read_archive(merged(new, before, ["b"]))
    assert after.module("b") == before.module("b")
    assert after.tasks["B"] == before.tasks["B"]
    assert after.module("a") == read_archive(new).module("a")
    assert set(after.tasks) == {"A", "B"}


def test_a_helper_of_one_name_is_each_tasks_own(tmp_path):
    before = read_archive(archive(*OLD, helper="def helper(): return 1"))
    new = archive("def a(): return helper()", helper="def helper(): return 10")
    shipped = Shipped(merged(new, before, ["b"]), tmp_path)
    assert [shipped.run(GraphRun(), task) for task in ("a", "b")] == ["10", "2"]


def of_an_earlier_release(archive):
    """The same archive as releases wrote it that had what all tasks need in one file."""
    shipped = read_archive(archive)
    entries = {key: dict(entry) for key, entry in shipped.tasks.items()}
    manifest = {"format": 1, "graph": shipped.graph, "tasks": entries}
    for entry in entries.values():
        manifest["max_return_bytes"] = entry.pop("max_return_bytes")
    content = {
        name: each
        for name, each in shipped.content.items()
        if not (name.startswith("sfdag_bundle/tasks/") and name.endswith(".json"))
    }
    content["sfdag_bundle/manifest.json"] = json.dumps(manifest).encode()
    return zipped(content)


def test_what_an_earlier_release_deployed_is_carried_on(tmp_path):
    now = archive(*OLD, helper="def helper(): return 1")
    before = read_archive(of_an_earlier_release(now))
    assert (before.graph, before.tasks) == (read_archive(now).graph, read_archive(now).tasks)
    new = archive("def a(): return helper()", helper="def helper(): return 10")
    shipped = Shipped(merged(new, before, ["b"]), tmp_path)
    assert [shipped.run(GraphRun(), task) for task in ("a", "b")] == ["10", "2"]


@pytest.mark.parametrize("task", ["other", "", "../manifest", "a/../b", "manifest.json"])
def test_a_task_without_code_is_named_with_those_that_have_it(tmp_path, task):
    shipped = Shipped(archive(*OLD, helper="def helper(): return 1"), tmp_path)
    with pytest.raises(LookupError, match=r"no code in what is deployed .*code of: a, b\)"):
        shipped.run(GraphRun(), task)


def test_the_same_two_give_the_same_bytes_and_nothing_kept_is_the_new_one():
    before, new = (
        read_archive(archive(*OLD, helper="def helper(): return 1")),
        archive("def c(): return 3"),
    )
    assert merged(new, before, ["a", "b"]) == merged(new, before, ["b", "a"])
    assert merged(new, before, []) == new


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """A module beside the notebook, written anew by each call."""
    folder = tmp_path / "beside"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def write(value):
        for name in ("churn_lib", "churn_more"):
            sys.modules.pop(name, None)
        (folder / "churn_more.py").write_text(f"VALUE = {value}\n")
        (folder / "churn_lib.py").write_text(
            "import churn_more\n\ndef value(): return churn_more.VALUE\n"
        )
        importlib.invalidate_caches()

    yield write
    for name in ("churn_lib", "churn_more"):
        sys.modules.pop(name, None)


USES = "def {0}():\n    import churn_lib\n    return churn_lib.value()"


def run_all(archive, folder, tasks):
    """Each task in turn in one interpreter, which may keep what it imported."""
    place = folder / "merged.zip"
    place.write_bytes(archive)
    before, path = set(sys.modules), list(sys.path)
    sys.path[:] = [str(place), *[entry for entry in path if not entry.endswith("beside")]]
    try:
        run = importlib.import_module("sfdag_bundle").run
        return [run(GraphRun(), task) for task in tasks]
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - before:
            del sys.modules[name]


def test_a_module_that_was_changed_is_the_old_one_for_the_task_that_is_carried_on(beside, tmp_path):
    beside(1)
    before = read_archive(archive(*(USES.format(name) for name in "ab")))
    beside(2)
    once = merged(archive(USES.format("a")), before, ["b"])
    for name in ("churn_lib", "churn_more"):
        sys.modules.pop(name, None)
    assert run_all(once, tmp_path, "abab") == ["2", "1", "2", "1"]
    after = read_archive(once)
    assert after.local_modules("b") == before.local_modules("b")
    beside(3)
    twice = read_archive(merged(archive(USES.format("c")), after, ["a", "b"]))
    assert twice.local_modules("b") == before.local_modules("b")
    assert twice.local_modules("a") == after.local_modules("a")
    assert len({json.dumps(twice.tasks[name].get("local")) for name in "ABC"}) == 3


def test_a_module_that_is_the_same_travels_once(beside):
    beside(1)
    before = read_archive(archive(*(USES.format(name) for name in "ab")))
    after = read_archive(merged(archive(USES.format("a")), before, ["b"]))
    assert [path for path in after.content if path.endswith("churn_lib.py")] == ["churn_lib.py"]
    assert "local" not in after.tasks["B"]


def test_what_is_no_archive_and_what_is_not_in_it_is_told():
    with pytest.raises(ValueError, match="no archive of a task graph"):
        read_archive(b"zip")
    before = read_archive(archive("def a(): return 1"))
    with pytest.raises(ValueError, match="no code of b"):
        merged(archive("def c(): return 1"), before, ["b"])
