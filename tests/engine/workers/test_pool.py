from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import zipfile
from pathlib import Path

import psutil
import pytest

from sfdag_magics.engine.workers import hosts
from sfdag_magics.engine.workers.inside import zygote
from sfdag_magics.engine.workers.jobs import Died, NotBegun, Raised, Returned, Stopped
from sfdag_magics.engine.workers.logs import LogStore
from sfdag_magics.engine.workers.pool import PoolClosedError, WorkerPool, worker_environment
from sfdag_magics.engine.workers.preload import NOTHING
from tests.engine.workers.conftest import Bench

#: A handler that starts a child which ignores SIGTERM and has left the group, and tells both pids.
DETACHED_CHILD = """
import os, signal, sys, time
def main(path):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()
        with open(path, "w") as told:
            told.write(f"{os.getpid()} {os.getppid()}")
        os.rename(path, path + ".done")
        time.sleep(600)
    time.sleep(600)
"""


def eventually_there(path: Path) -> str:
    """The text of a file another process is about to write."""
    deadline = threading.Event()
    for _round in range(500):
        if path.exists():
            return path.read_text()
        deadline.wait(0.02)
    raise AssertionError(f"{path.name} was not written")


def test_a_handler_gets_its_arguments_and_its_answer_is_converted(bench: Bench) -> None:
    answer = bench.run("def main(a, b): return len(a) + len(b)", "ab", "c", returns="NUMBER(5,2)")

    assert answer == Returned(value="3.00")


def test_each_job_is_a_process_of_its_own(bench: Bench) -> None:
    source = "import os\nseen = []\ndef main():\n  seen.append(1)\n  return f'{os.getpid()} {seen}'"

    first, second = bench.run(source), bench.run(source)

    assert isinstance(first, Returned)
    assert isinstance(second, Returned)
    assert first.value != second.value
    assert first.value.endswith("[1]")
    assert second.value.endswith("[1]")


def test_forked_jobs_do_not_share_random_numbers(bench: Bench) -> None:
    source = "import random\ndef main(): return random.random()"

    assert bench.run(source) != bench.run(source)


def test_an_exception_is_told_with_the_users_frames_only(bench: Bench) -> None:
    answer = bench.run(
        textwrap.dedent("""\
        import json
        def inner(text):
            return json.loads(text)
        def main():
            return inner("{")
        """)
    )

    assert isinstance(answer, Raised)
    assert answer.type == "JSONDecodeError"
    assert re.findall(r'File "(.*)", line (\d+), in (\w+)', answer.text) == [
        ("_udf_code.py", "5", "main"),
        ("_udf_code.py", "3", "inner"),
    ]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import os\ndef main(): os._exit(0)", "exited with code 0 before"),
        ("import os\ndef main(): os._exit(7)", "exited with code 7 before"),
        ("import os\ndef main(): os.kill(os.getpid(), 9)", "signal 9 (SIGKILL)"),
        ("import ctypes\ndef main(): ctypes.string_at(0)", "signal 11 (SIGSEGV)"),
        ("import os\nos.closerange(3, 99)\ndef main(): pass", "exited with code 1 before"),
    ],
)
def test_a_worker_that_dies_without_an_answer_is_told_in_words(
    bench: Bench, source: str, told: str
) -> None:
    answer = bench.run(source)

    assert isinstance(answer, Died)
    assert told in answer.reason


def test_leaving_by_sys_exit_is_a_failure(bench: Bench) -> None:
    answer = bench.run("import sys\ndef main(): sys.exit(0)")

    assert isinstance(answer, Raised)
    assert answer.type == "SystemExit"


def test_stopping_ends_a_job_that_hangs(bench: Bench) -> None:
    execution = bench.begin("import time\ndef main():\n  print('here')\n  time.sleep(600)")
    threading.Timer(0.2, execution.stop).start()

    assert execution.wait() == Stopped()


@pytest.mark.parametrize("send", [zygote._signal_worker, hosts._signal_group])
def test_a_worker_that_has_no_group_yet_hears_a_signal(send) -> None:
    # as long as a forked process has not made its own group, killpg finds none of its number
    newborn = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])

    send(newborn.pid, signal.SIGKILL)

    assert newborn.wait(30) == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans to their reaper")
def test_stopping_also_ends_children_that_left_the_group(bench: Bench, tmp_path: Path) -> None:
    execution = bench.begin(DETACHED_CHILD, str(tmp_path / "told"))
    child, worker = map(int, eventually_there(tmp_path / "told.done").split())

    execution.stop()

    assert execution.wait() == Stopped()
    assert not psutil.pid_exists(worker)
    if not bench.pool._spawn:
        assert not psutil.pid_exists(child)
    else:
        os.kill(child, signal.SIGKILL)


def test_children_do_not_outlive_an_answer(bench: Bench, tmp_path: Path) -> None:
    source = "import os, time\ndef main():\n  pid = os.fork()\n  if not pid: time.sleep(600)\n"
    answer = bench.run(f"{source}  return pid")

    assert isinstance(answer, Returned)
    child = int(answer.value)
    if psutil.pid_exists(child):
        psutil.wait_procs([psutil.Process(child)], timeout=5)
    assert not psutil.pid_exists(child)


def test_output_is_kept_line_by_line_whatever_it_is(bench: Bench) -> None:
    bench.run(
        textwrap.dedent(r"""
        import os, sys
        def main():
            print("plain")
            print("\x1b[31mred\x1b[0m")
            os.write(1, b"\xff\x00 binary\n")
            os.system("echo from a child")
            print("no end of line", end="")
        """)
    )

    assert bench.printed() == [
        "plain",
        "\x1b[31mred\x1b[0m",
        "\\xff\\x00 binary",
        "from a child",
        "no end of line",
    ]


def test_output_is_there_while_the_job_still_runs(bench: Bench, tmp_path: Path) -> None:
    execution = bench.begin(
        "import pathlib, sys, time\n"
        "def main(path):\n"
        "  print('live')\n"
        "  while not pathlib.Path(path).exists(): time.sleep(0.01)",
        str(tmp_path / "go"),
    )
    waiting = threading.Thread(target=execution.wait)
    waiting.start()

    seen = threading.Event()
    for _round in range(500):
        if bench.printed() == ["live"]:
            seen.set()
            break
        threading.Event().wait(0.02)
    (tmp_path / "go").touch()
    waiting.join()

    assert seen.is_set()


def test_log_records_carry_level_logger_and_line(bench: Bench) -> None:
    bench.run(
        "import logging\ndef main():\n"
        "  logging.getLogger('mine').warning('took %d s', 3, extra={'rows': 5})\n"
        "  logging.debug('not this')"
    )

    [record] = bench.lines("log")
    assert {name: record[name] for name in ("level", "logger", "message", "line", "function")} == {
        "level": "WARNING",
        "logger": "mine",
        "message": "took 3 s",
        "line": 3,
        "function": "main",
    }
    assert record["attributes"] == {"rows": 5}


#: Snowflake's levels, and which of five records is the first that is kept.
LEVELS = {"TRACE": 0, "debug": 1, "INFO": 2, "WARN": 3, "ERROR": 4, "FATAL": 5, "OFF": 5, "LOUD": 2}


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_below_the_level_is_not_kept(bench: Bench, level: str) -> None:
    bench.run(
        "import logging\ndef main():\n"
        "  for number in (5, 10, 20, 30, 40): logging.getLogger('mine').log(number, '%d', number)",
        log_level=level,
    )
    kept = [record["message"] for record in bench.lines("log")]
    assert kept == ["5", "10", "20", "30", "40"][LEVELS[level] :]


def test_handlers_come_from_modules_and_archives_of_the_imports(
    bench: Bench, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("pack/__init__.py", "")
        archive.writestr(
            "pack/inner.py",
            "import os, sys\n"
            "def main():\n"
            "  place = sys._xoptions['snowflake_import_directory']\n"
            "  return open(os.path.join(place, 'words.txt')).read()\n",
        )
    (tmp_path / "words.txt").write_text("hello")
    imports = (str(tmp_path / "code.zip"), str(tmp_path / "words.txt"))

    answer = bench.begin(None, handler="pack.inner.main", imports=imports).wait()

    assert answer == Returned(value="hello")


def test_a_missing_handler_is_named(bench: Bench) -> None:
    answer = bench.run("def other(): pass")

    assert isinstance(answer, Raised)
    assert "'main'" in answer.text


def test_a_job_works_in_a_directory_of_its_own_that_goes_with_it(bench: Bench) -> None:
    source = "import os, tempfile\ndef main():\n  open('x', 'w').close()\n  tempfile.mkstemp()\n"
    answer = bench.run(f"{source}  return os.getcwd()")

    assert isinstance(answer, Returned)
    assert not Path(answer.value).exists()


def test_many_jobs_at_once_get_their_own_answers(bench: Bench) -> None:
    running = [bench.begin("def main(x): return x * 2", str(number)) for number in range(12)]

    assert [execution.wait() for execution in running] == [
        Returned(value=f"{number}{number}") for number in range(12)
    ]


def test_closing_the_pool_stops_what_runs_and_refuses_more(bench: Bench) -> None:
    execution = bench.begin("import time\ndef main(): time.sleep(600)")
    threading.Timer(0.2, bench.pool.close).start()

    assert execution.wait() == Stopped()
    with pytest.raises(PoolClosedError):
        bench.run("def main(): pass")
    bench.pool.start()  # for the other tests of the module


@pytest.mark.slow
def test_a_killed_preloaded_process_fails_its_jobs_and_is_replaced(tmp_path: Path) -> None:
    pool = WorkerPool(tmp_path / "work", spawn=False, preloading=NOTHING)
    pool.start()
    bench = Bench(pool, LogStore(tmp_path / "logs"))
    source = "import os, signal\ndef main(): os.kill(os.getppid(), signal.SIGKILL)"

    first = bench.run(f"{source}; import time; time.sleep(600)")
    second = bench.run("def main(): return 1")
    pool.close()

    assert type(first) is Died
    assert first.reason.startswith("the process that starts workers ended: it was killed by sig")
    assert second == Returned(value="1")


@pytest.mark.slow
@pytest.mark.parametrize("length", [1, 5_000_000], ids=["small", "larger than a socket holds"])
def test_a_job_that_was_not_read_when_the_preloaded_process_was_killed_has_not_begun(
    tmp_path: Path, length: int
) -> None:
    pool = WorkerPool(tmp_path / "work", spawn=False, preloading=NOTHING)
    pool.start()
    bench = Bench(pool, LogStore(tmp_path / "logs"))
    assert bench.run("def main(): return 1") == Returned(value="1")
    [preloaded] = [
        child
        for child in psutil.Process().children()
        if any("preloaded" in word for word in child.cmdline())
    ]
    preloaded.suspend()  # what it is ordered to do stays undone

    killing = threading.Timer(0.3, preloaded.kill)
    killing.start()
    outcome = bench.run("def main(text): return text", "x" * length)
    killing.join()
    again = bench.run("def main(): return 2")
    pool.close()

    assert type(outcome) is NotBegun
    assert again == Returned(value="2")


def test_workers_never_probe_cloud_services_nor_ask_a_proxy_for_the_engine() -> None:
    environment = worker_environment({"NO_PROXY": "corp.example", "HTTP_PROXY": "http://p"})

    assert environment["SNOWFLAKE_DISABLE_PLATFORM_DETECTION"] == "true"
    assert environment["NO_PROXY"] == "corp.example,127.0.0.1,localhost,::1"
    assert environment["no_proxy"] == "127.0.0.1,localhost,::1"
