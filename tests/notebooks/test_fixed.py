"""What differs from run to run is set to what does not, and nothing else is touched."""

from __future__ import annotations

import base64
import re
import struct
import zlib

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.notebooks.commit import of_a_machine
from tests.notebooks.executing import hold_against
from tests.notebooks.fixed import fixed, readable

DRAWN = '<svg><g data-task="load"><text>succeeded · {}</text></g><g data-task="train"></g></svg>'


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def notebook(*outputs):
    return new_notebook(cells=[new_code_cell("%sfdag run", outputs=[*outputs])])


def printed(text: str):
    return new_output("stream", name="stdout", text=text)


def shown(**data: str):
    return new_output("display_data", {kind.replace("_", "/"): each for kind, each in data.items()})


def left(*outputs) -> list[str]:
    """What is left of outputs beside a drawing of `load` and `train`."""
    drawing = shown(text_html=f"data:image/svg+xml;base64,{encoded(DRAWN.format('1.0 s'))}")
    made = readable(fixed(notebook(drawing, *outputs)))
    return made.removeprefix(readable(fixed(notebook(drawing)))).strip().splitlines()


ONE, OTHER = "run 1b868b3d", "run 77508062"
FIRST, SECOND = (left(printed(f"{ONE} {OTHER}"))[0].split("run ")[n].strip() for n in (1, 2))


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        (f"{ONE} of g: Succeeded 2/2 · 12.4 s", f"run {FIRST} of g: Succeeded 2/2 · 5.1 s"),
        (f"{ONE} and {OTHER}", f"run {FIRST} and run {SECOND}"),
        ("train  succeeded · 45 ms", "train  succeeded · 4.8 s"),
        ("load  failed · 2h03m", "load  failed · 140 ms"),
        (f"{ONE} · 2026-11-29 23:26:10 UTC", f"run {FIRST} · 2026-07-01 05:00:00 UTC"),
        (
            f"{ONE} {OTHER} · 2026-11-29 23:26:10 UTC",
            f"run {FIRST} run {SECOND} · 2026-07-01 05:15:00 UTC",
        ),
        (
            f"{ONE} attempt 2 from 2026-11-29 23:26:10 UTC",
            f"run {FIRST} attempt 2 from 2026-07-01 05:02:00 UTC",
        ),
        ("23:26:39 UTC INFO  x", "05:01:00 UTC INFO  x"),
        ("\n2026-11-29 23:59:59 UTC INFO  x", "\n05:01:00 UTC INFO  x"),
        ("sfdag_magics 3.4.5rc1 · target", "sfdag_magics 0.1.0 · target"),
        ("a reading of 2026-05-20 00:01:39, 7 days", "a reading of 2026-05-20 00:01:39, 7 days"),
        ("12.5 seconds, 3 msgs, 0.958", "12.5 seconds, 3 msgs, 0.958"),
    ],
)
def test_a_text_says_the_same_of_every_run(text, becomes):
    assert left(printed(text)) == f"stdout: {becomes}".splitlines()


@pytest.mark.parametrize(
    ("made", "shape"),
    [
        ("RUN_1B868B3D_F9F0_44CA_99DB_69481D8400EC", r"RUN_{}_[0-9A-F_]{{27}}"),
        ("D20260626_1B868B", r"D20260626_{:.6}"),
        ("RUN_1B868B3D_F9F0_4…", r"RUN_{}_[0-9A-F]{{4}}_[0-9A-F]…"),
    ],
)
def test_what_a_run_made_is_named_by_its_new_id(made, shape):
    (line,) = left(printed(f"{ONE} made {made}"))
    assert re.fullmatch(shape.format(FIRST.upper()), line.rpartition("made ")[2])
    assert made not in line


def test_a_row_says_how_long_its_task_waited_and_ran():
    row = "<tr><td><b>train</b></td><td>1.2 s</td><td>7 ms</td><td>12 rows</td></tr>"
    (line,) = left(shown(text_html=row))
    assert line == "<tr><td><b>train</b></td><td>30 ms</td><td>4.8 s</td><td>12 rows</td></tr>"


def test_a_drawing_is_set_like_a_text():
    picture = f"data:image/svg+xml;base64,{encoded(DRAWN.format('9.9 s'))}"
    assert DRAWN.format("140 ms") in readable(fixed(notebook(shown(text_html=picture))))


def test_lines_of_what_goes_on_are_left_out_and_states_stand_in_the_graphs_order():
    lines = [
        "○ starting · 1.0 s",
        "● train  running",
        "✓ train  succeeded · 1.0 s",
        "○ x",
        "✓ load  reused · 1 ms",
    ]
    assert left(printed("\n".join([*lines, "done"]) + "\n")) == [
        "stdout: ✓ load  reused · 140 ms",
        "✓ train  succeeded · 4.8 s",
        "done",
    ]
    assert left(printed("○ starting · 1.0 s\n")) == []
    assert left(shown(text_plain="")) == []


def test_columns_are_as_wide_whatever_stood_in_them():
    wide = left(shown(text_plain="  ✓ train  succeeded · 45 ms      after load"))
    assert wide == left(shown(text_plain="  ✓ train  succeeded · 14.0 s  after load"))


def test_a_png_is_kept_without_the_name_of_the_program_that_made_it():
    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + crc

    start, end = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)), chunk(b"IEND", b"")
    png = start + chunk(b"tEXt", b"Software\x00plotter 1.2.3") + end
    made = fixed(notebook(shown(image_png=base64.b64encode(png).decode())))
    kept = base64.b64decode(made.cells[0].outputs[0].data["image/png"])
    assert kept == start + end


@pytest.mark.parametrize(
    "text",
    ["in /ho" + "me/me/x.py", "File /us" + "r/lib/python3", "C:\\Users\\me", "python 3.11.7"],
)
def test_what_tells_of_a_machine_is_found(text):
    assert of_a_machine(text)


@pytest.mark.parametrize("text", ["<b>a</b>/<br>", "2026-07-01", "1/3 · 0.958", "http://x/usr"])
def test_other_texts_tell_of_none(text):
    assert of_a_machine(text) == []


def test_scores_may_differ_by_a_rounding_and_by_no_more():
    hold_against("f1 0.7153, 3 kept", "f1 0.7154, 3 kept")
    for other in ("f1 0.7353, 3 kept", "f1 0.7153, 4 kept", "f1 0.7153 0.7153, 3 kept"):
        with pytest.raises(AssertionError):
            hold_against("f1 0.7153, 3 kept", other)
