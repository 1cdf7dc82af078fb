"""Which engine serves a directory is read from what it left there; an older one is told."""

import os

import pytest

import sfdag_magics
from sfdag_magics.client.connecting import older_code, serving
from sfdag_magics.client.connecting.releases import installed_release
from sfdag_magics.engine.directory import rendezvous
from sfdag_magics.engine.directory.rendezvous import Rendezvous


def serves(directory, release):
    """This process is the directory's engine."""
    started = rendezvous.process_start(os.getpid())
    rendezvous.write(
        directory,
        Rendezvous(pid=os.getpid(), started=started, port=1, token="t", version=release),  # noqa: S106 - none
    )


def test_no_engine_is_none(tmp_path):
    assert serving.serving_engine(tmp_path) is None


@pytest.mark.parametrize(
    ("release", "edited", "is_older"),
    [(None, 0.0, False), ("0.0.9", 0.0, True), (None, float("inf"), True)],
)
def test_another_release_or_code_that_was_edited_since_makes_it_older(
    tmp_path, monkeypatch, release, edited, is_older
):
    monkeypatch.setattr(older_code, "_newest_module", lambda: edited)
    serves(tmp_path, release or installed_release())
    found = serving.serving_engine(tmp_path)
    assert (found.process, found.is_older, found.data) == (os.getpid(), is_older, str(tmp_path))


def test_the_directory_that_commands_mean_is_not_named(tmp_path, monkeypatch):
    monkeypatch.setenv("SFDAG_DATA", str(tmp_path))
    serves(tmp_path, "0.0.9")
    assert serving.serving_engine().data == ""


def test_a_module_of_the_package_is_newer_than_the_epoch():
    assert older_code._newest_module() > 0


def test_what_has_no_time_or_one_ahead_of_the_clock_tells_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(sfdag_magics, "__file__", str(tmp_path / "__init__.py"))
    (tmp_path / ".#__init__.py").symlink_to("nobody@nowhere")  # an editor's
    assert older_code._newest_module() == 0
    for name, when in (("__init__", 1000), ("older", 900), ("ahead", 1e11)):
        (tmp_path / f"{name}.py").touch()
        os.utime(tmp_path / f"{name}.py", (when, when))
    assert older_code._newest_module() == 1000
