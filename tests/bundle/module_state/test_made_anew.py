"""What modules beside the notebook ask anew at each import: clocks, random bits, processes."""

from __future__ import annotations

import pytest

from tests.bundle.module_state.texts import STREAM
from tests.bundle.notebook import found

_ASKS = """
import datetime, random, secrets, time, uuid
from dataclasses import dataclass
from datetime import date
"""


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("V = str(uuid.uuid4())", ["V"]),
        ("V = uuid.uuid4()", ["V"]),
        ("import numpy as np\nV = np.random.default_rng().random()", ["V"]),
        ("V: date = date.today()\nW = f'{V:%d}'", ["V", "W"]),
        ("V = time.strftime('%H')", ["V"]),
        ("if True:\n    V = secrets.token_hex(4)", ["V"]),
        ("V = random.random()", ["V"]),
        ("def new():\n    now = time.time()\n    return f'run-{now}'\nV = new()", ["V"]),
        ("class C:\n    v = datetime.datetime.now()", ["C.v"]),
        ("class C:\n    class In:\n        v = uuid.uuid4()", ["C.In.v"]),
        ("def f(x=uuid.uuid4()): return x", ["f.__defaults__"]),
        ("class C:\n    def f(self, x=time.time()): return x", ["C.f.__defaults__"]),
        ("@dataclass\nclass C:\n    v: float = time.time()", ["C.v", "C.__init__.__defaults__"]),
        ("class O:\n    def __init__(s, x): s.x = x\nV = O(time.time())", ["vars({m}.V)"]),
    ],
)
def test_what_a_module_asks_anew_at_each_import_is_set_there(module, text, places):
    name, _file = module(_ASKS + text)
    captured = found([f"import {name}"], f"{name}.V")
    assert captured.problems == ()
    assert [line.partition(" = ")[0].partition(".clear()")[0] for line in captured.assignments] == [
        place.format(m=name) if "{m}" in place else f"{name}.{place}" for place in places
    ]
    assert all("made anew at each import" in note for note in captured.notes)
    assert found([f"import {name}"], f"{name}.V").assignments == captured.assignments


@pytest.mark.parametrize(
    "text",
    [
        "random.seed(1)\nV = random.random()",
        "def load():\n    t = time.time()\n    print(time.time() - t)\n    return [1]\nV = load()",
        "V = datetime.time(3)\ndef f(): return time.time()",
        "V = random.Random(1)",
    ],
)
def test_what_a_module_makes_alike_at_each_import_is_left(module, text):
    name, _file = module(_ASKS + text)
    captured = found([f"import {name}"], f"{name}.V")
    assert (captured.problems, captured.notes, captured.assignments) == ((), (), ())


def test_what_a_module_asked_and_cannot_travel_is_refused_where_it_is_used(module):
    name, _file = module(
        f"{_ASKS}V = (uuid.uuid4() for _ in 'a')\nW = [uuid.uuid4(), open]\nW[1] = {STREAM}"
    )
    captured = found([f"import {name}"], f"{name}.W")
    (problem,) = captured.problems
    assert f"{name}.W, which is made anew at each import, by uuid.uuid4()" in str(problem)
    assert problem.hint == f"make it inside the function, and no more in {name}.py"


@pytest.mark.parametrize("call", ["os.getpid()", "os.getcwd()", "time.perf_counter()"])
def test_what_a_module_asks_of_its_process_is_noted(module, call):
    name, _file = module(f"import os, time\nV = str({call})\ndef f(): return {call}")
    (note,) = found([f"import {name}"], f"{name}.V").notes
    assert note == (
        f"the module {name} asks {call} as it is imported, and gets another answer where the task "
        "runs"
    )
