"""The process that loads tasks before they are sent: there with the first task, and no longer."""

import time

import psutil
import pytest
from jupyter_client.manager import start_new_kernel

pytestmark = pytest.mark.slow


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    monkeypatch.setenv("SFDAG_DATA", str(tmp_path / "data"))
    manager, client = start_new_kernel(cwd=str(tmp_path))
    try:
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(client, *cells):
    for cell in cells:
        answer = client.execute_interactive(cell, timeout=120, output_hook=lambda message: None)
        assert answer["content"]["status"] == "ok", answer["content"]


def kept(manager):
    """The kernel's processes that load tasks."""
    children = psutil.Process(manager.provisioner.pid).children()
    return [each for each in children if any("sfdag_inside" in word for word in each.cmdline())]


def waited_for(condition):
    deadline = time.monotonic() + 60
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


TASK = "%%sftask\ndef load():\n    import psutil\n    return 1\n"


def test_it_is_there_with_the_first_task_and_not_before(kernel):
    manager, client = kernel
    run(client, "%load_ext sfdag_magics", "%%sftask s --sql\nselect 1\n", "x = 1")
    assert kept(manager) == []
    run(client, TASK)
    (first,) = waited_for(lambda: kept(manager))
    assert waited_for(lambda: any("psutil" in each.path for each in first.memory_maps()))
    run(client, "x = 2", TASK)
    manager.interrupt_kernel()
    run(client, TASK)
    assert kept(manager) == [first]


@pytest.mark.parametrize("ends", ["restart", "restart at once", "exit", "kill"])
def test_it_ends_with_the_kernel(kernel, ends):
    manager, client = kernel
    run(client, "%load_ext sfdag_magics", TASK)
    (first,) = waited_for(lambda: kept(manager))
    if ends.startswith("restart"):
        manager.restart_kernel(now=ends == "restart at once")
        client.wait_for_ready(timeout=60)
        assert kept(manager) == []
    elif ends == "exit":
        manager.shutdown_kernel()
    else:
        psutil.Process(manager.provisioner.pid).kill()
    assert waited_for(lambda: not first.is_running() or first.status() == psutil.STATUS_ZOMBIE)
