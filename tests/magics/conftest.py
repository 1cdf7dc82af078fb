"""A notebook in this process: a shell with the extension loaded over a fake Snowflake."""

import atexit

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from sfdag_magics.client.code.shipping import code_of
from sfdag_magics.client.connecting.targets import Target, Targets
from sfdag_magics.client.running import waiting
from sfdag_magics.magics import extension
from sfdag_magics.magics.kernel import status_line
from sfdag_magics.workspace.places import Openers
from sfdag_magics.workspace.registry import Registry
from tests.client.running_snowflake import RunningSnowflake
from tests.in_a_notebook import in_a_notebook

__all__ = ["in_a_notebook"]


@pytest.fixture(autouse=True)
def messages_name_commands(in_a_notebook):
    """Also where no shell has the magics: words of verbs that are read without one."""


class NotebookInTest:
    """Runs cells as a front end does; an error is raised here, output is kept."""

    def __init__(self, shell, magics, fake, capsys):
        self.shell = shell
        self.magics = magics
        self.fake = fake
        self._capsys = capsys

    @property
    def registry(self):
        return self.magics.desk.workspace.registry

    @property
    def graph(self):
        return self.registry.current

    @property
    def names(self):
        return self.shell.user_ns

    def run(self, cell):
        """The cell's output, or the error it raised."""
        self._capsys.readouterr()
        result = self.shell.run_cell(cell, store_history=True)
        self.value = result.result
        self.output = self._capsys.readouterr().out
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            raise error
        return self.output


def let_go(shell):
    """End a shell with its test.

    IPython keeps each one until the process ends, and collects all garbage for each of them then:
    of a thousand shells the last tests would be followed by minutes of that.
    """
    shell.restore_sys_module_state()
    atexit.unregister(shell.atexit_operations)


@pytest.fixture
def shell():
    config = Config()
    config.HistoryManager.enabled = False
    made = InteractiveShell(config=config)
    yield made
    let_go(made)


@pytest.fixture
def fake():
    return RunningSnowflake()


@pytest.fixture
def notebook(shell, fake, capsys, monkeypatch):
    """A notebook that nobody watches; `SFDAG_INTERACTIVE` can say otherwise."""
    monkeypatch.setenv("SFDAG_INTERACTIVE", "0")
    # What a cell says must not depend on how busy the machine is.
    patient = status_line.Rhythm(patience_s=3600, aside_s=3600, unwatched_s=3600)
    monkeypatch.setattr(status_line, "Rhythm", lambda: patient)
    monkeypatch.setattr(waiting, "_EMBEDDED_POLL_S", (0.001, 0.5))  # the fake's runs need no time
    targets = Targets(
        known={
            "embedded": Target(name="embedded"),
            "prod": Target(name="prod", connection="company", production=True),
        }
    )
    openers = Openers(
        target=lambda target: fake.opened(),
        value=lambda value, name: value,
        code=code_of,
        targets=lambda directory: targets,
        engine_of=lambda target: None,
        is_running=lambda target: False,  # whatever runs on the machine of the tests
        has_run=lambda target: True,
    )
    magics = extension.load(shell, openers=openers, registry=Registry())
    yield NotebookInTest(shell, magics, fake, capsys)
    extension.unload(shell)
