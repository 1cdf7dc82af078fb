"""Sets what differs from run to run in a notebook's outputs to what never does, of the same shape.

Ids, dates, times and durations, also those inside of pictures; lines that say how a run goes on,
as how many of them there are depends on who looked when. Pure: texts in, texts out. What is left
is what a run *means*: which task ended how, what it returned, what is said of it.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sfdag_magics.graph.times.moments import dated_text
from sfdag_magics.render.run_seen import duration_text

#: The first run of a notebook begins then, each other a quarter of an hour after the one before.
BEGAN = datetime(2026, 7, 1, 5, tzinfo=UTC)
BETWEEN, RETRIED_AFTER, LOGGED_AFTER = (timedelta(minutes=n) for n in (15, 2, 1))
#: What a task takes, by its place in the graph; those that learn and measure take longer.
FIRST, EACH_MORE = timedelta(milliseconds=140), timedelta(milliseconds=20)
LONG = {"train": timedelta(seconds=4.8), "evaluate": timedelta(seconds=1.6)}
WAITED = timedelta(milliseconds=30)
VERSION = "0.1.0"
WHO = "ann@laptop"

_DURATION = r"\b(?:\d+ ms|\d+\.\d s|\d+m\d\ds|\d+h\d\dm)(?!\w)"
#: What a list says of a run that took longer or shorter: how busy the machine was decides it.
_UNUSUAL = re.compile(rf"(?<= ran  )({_DURATION}), usually {_DURATION}")
_HEADLINE = r"(?:Running|Succeeded|Failed|Cancelled) \d+/\d+"
_WAITED = re.compile(rf"({_DURATION})(?=</td><td[^>]*>{_DURATION}</td>)")
_DATE = re.compile(r"(attempt \d+ from )?\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")
_CLOCK = re.compile(r"\b\d\d:\d\d:\d\d UTC")
#: What stands between the columns of a comparison, as wide as its durations are long.
_COMPARED = re.compile(r" {2,}(?=→ |returned )")
#: Who said something of a task by hand, or deployed a version: a name and a machine.
_WHO = re.compile(r"(?<=(?:by|n:) )[\w.-]+@[\w.-]+(?=[:,])|(?<=UTC  )[\w.-]+@[\w.-]+(?=  )")
#: What stands before a line of a log that was read on another day than it was written.
_LOGGED_ON = re.compile(r"^\d{4}-\d\d-\d\d (?=\d\d:\d\d:\d\d UTC [A-Z])", re.MULTILINE)
_SVG = re.compile(r"(?<=data:image/svg\+xml;base64,)[A-Za-z0-9+/=]+")
_TASK = re.compile(r'data-task="([^"]+)"')
_NOTE = re.compile(r"(?<=  )(?P<note>[a-z]+(?: · [\w., ·]+?)?) {2,}(?=after |when )")
_STATE_LINE = re.compile(r"[^\w\s] (\w+)  [a-z]+( · |$)")
_PASSING = ("○ ", "● ")
#: What is said behind the time of a run that is not its first attempt.
_RETRIED = (" in 2 attempts", "  attempt")


def fixed(notebook: Any) -> Any:
    """`notebook`, its outputs set so that a run tomorrow leaves the same; changes it in place."""
    for cell in _code(notebook):
        cell.outputs = list(_joined(each for each in cell.outputs if not _is_emptied(each)))
    runs = _runs(notebook)
    tasks = _tasks(notebook)
    for cell in _code(notebook):
        for output in cell.outputs:
            _rewrite(output, lambda text: _fixed_text(text, runs, tasks))
            if output.output_type == "stream":
                output.text = _without_passing(output.text, tasks)
            elif "image/png" in output.get("data", {}):
                output.data["image/png"] = _without_remarks(output.data["image/png"])
        cell.outputs = [o for o in cell.outputs if o.output_type != "stream" or o.text]
    notebook.metadata.language_info = {"name": "python"}
    return notebook


def readable(notebook: Any) -> str:
    """Its code, and all that its outputs say, also inside of drawings."""
    return "\n".join(
        said
        for number, cell in enumerate(_code(notebook), 1)
        for said in (f"[{number}] {cell.source}", *map(_comparable, cell.outputs))
    )


def _code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _is_emptied(output: Any) -> bool:
    """Whether it said that something took a while, and was emptied when that was there."""
    data = output.get("data")
    return data is not None and not any(data.values())


def _joined(outputs: Iterable[Any]) -> Iterator[Any]:
    """The outputs, what was printed in a row as one of them."""
    last = None
    for output in outputs:
        is_more = last is not None and output.output_type == last.output_type == "stream"
        if is_more and output.name == last.name:
            last.text += output.text
            continue
        last = output
        yield output


def _rewrite(output: Any, change: Callable[[str], str]) -> None:
    """Change every text of an output."""
    if output.output_type == "stream":
        output.text = change(output.text)
    elif output.output_type == "error":
        output.evalue = change(output.evalue)
        output.traceback = [change(line) for line in output.traceback]
    else:
        for kind in output.data:
            if kind.startswith("text/"):
                output.data[kind] = change(output.data[kind])


def _said(output: Any) -> str:
    if output.output_type == "stream":
        return f"{output.name}: {output.text}"
    if output.output_type == "error":
        return "\n".join((output.ename, output.evalue, *output.traceback))
    # Sorted, as files have them.
    return "\n".join(output.data[kind] for kind in sorted(output.data) if kind.startswith("text/"))


def _comparable(output: Any) -> str:
    others = "\na picture" if "image/png" in output.get("data", {}) else ""
    return _SVG.sub(lambda found: base64.b64decode(found[0]).decode(), _said(output)) + others


def _runs(notebook: Any) -> dict[str, int]:
    """`{the first eight digits of a run's id: which run it is}`, in the order they are told of."""
    said = "\n".join(_said(output) for cell in _code(notebook) for output in cell.outputs)
    return {
        run: number
        for number, run in enumerate(dict.fromkeys(re.findall(r"\brun ([0-9a-f]{8})\b", said)))
    }


def _tasks(notebook: Any) -> dict[str, timedelta]:
    """`{task: what it takes}`, in the order they are drawn in."""
    said = "\n".join(_comparable(output) for cell in _code(notebook) for output in cell.outputs)
    drawn = dict.fromkeys(_TASK.findall(said))
    return {task: LONG.get(task, FIRST + place * EACH_MORE) for place, task in enumerate(drawn)}


def _fixed_text(text: str, runs: dict[str, int], tasks: dict[str, timedelta]) -> str:
    text = _SVG.sub(lambda found: _fixed_picture(found[0], runs, tasks), text)
    text = _with_times(_with_dates(_UNUSUAL.sub(r"\1", text), runs), tasks)
    text = _with_ids(text, runs)
    text = re.sub(r"(?<=\bsfdag_magics )\d\S*", VERSION, text)
    text = _WHO.sub(WHO, text)
    text = _COMPARED.sub("  ", text)
    return _NOTE.sub(lambda found: f"{found['note']:<22}  ", text)


def _fixed_picture(encoded: str, runs: dict[str, int], tasks: dict[str, timedelta]) -> str:
    drawn = base64.b64decode(encoded).decode()
    return base64.b64encode(_fixed_text(drawn, runs, tasks).encode()).decode()


def _with_dates(text: str, runs: dict[str, int]) -> str:
    """Each date is that of the run that was named last before it."""
    now = BEGAN

    def date(found: re.Match[str]) -> str:
        nonlocal now
        if found["run"]:
            now = BEGAN + BETWEEN * runs[found["run"]]
            return found[0]
        retried = _DATE.match(found[0])
        if retried is None:
            return dated_text(now + LOGGED_AFTER)[11:]
        again = retried[1] or ""
        return again + dated_text(now + RETRIED_AFTER if again else now)

    known = "|".join(runs) or "(?!)"
    pattern = rf"(?P<run>\b(?:{known})\b)|{_DATE.pattern}|{_CLOCK.pattern}"
    return re.sub(pattern, date, _LOGGED_ON.sub("", text))


def _with_times(text: str, tasks: dict[str, timedelta]) -> str:
    """Each duration is that of the task that was named last before it in its line, or the run's."""
    whole = sum(tasks.values(), timedelta()) + timedelta(milliseconds=200)
    now = whole
    text = _WAITED.sub("\N{WHITE SQUARE}", text)

    def time(found: re.Match[str]) -> str:
        nonlocal now
        if found["task"]:
            now = tasks[found["task"]]
        elif found["anew"]:
            now = whole
        else:
            is_retry = now is whole and text.startswith(_RETRIED, found.end())
            return duration_text(whole / 3 if is_retry else now)
        return found[0]

    known = "|".join(map(re.escape, tasks)) or "(?!)"
    anew = rf"\n|<tr|<p>|{_HEADLINE}"
    pattern = rf"(?P<task>\b(?:{known})\b)|(?P<anew>{anew})|{_DURATION}"
    return re.sub(pattern, time, text).replace("\N{WHITE SQUARE}", duration_text(WAITED))


def _with_ids(text: str, runs: dict[str, int]) -> str:
    """Ids of runs, whole or in part, as they are or in the names of what the runs made."""
    for run, number in runs.items():
        digits = hashlib.sha256(f"run {number}".encode()).hexdigest()
        whole = rf"{run[:6]}(?:{run[6:]}(?:[-_][0-9a-f]{{1,12}})*)?"
        named = rf"(?P<made>RUN_|\bD\d{{8}}_)?{whole}(?![0-9a-f])"

        def same_shape(found: re.Match[str], digits: str = digits) -> str:
            made = found["made"] or ""
            rest = iter(digits.upper() if made else digits)
            old = found[0][len(made) :]
            return made + "".join(char if char in "-_" else next(rest) for char in old)

        text = re.sub(named, same_shape, text, flags=re.IGNORECASE)
    return text


def _without_passing(printed: str, tasks: dict[str, timedelta]) -> str:
    """Without what says how something goes on; states of a run's tasks in the graph's order."""
    place = {task: number for number, task in enumerate(tasks)}
    kept: list[str] = []
    states: list[tuple[int, str]] = []
    for line in printed.splitlines(keepends=True):
        if line.startswith(_PASSING):
            continue
        state = _STATE_LINE.match(line)
        if state is not None and state[1] in place:
            states.append((place[state[1]], line))
            continue
        kept += [text for _, text in sorted(states)]
        states = []
        kept.append(line)
    return "".join([*kept, *(text for _, text in sorted(states))])


def _without_remarks(png: str) -> str:
    """A picture without what its chunks say of the program that made it."""
    content = base64.b64decode(png)
    kept, at = content[:8], 8
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        end = at + 12 + length
        if content[at + 4 : at + 8] != b"tEXt":
            kept += content[at:end]
        at = end
    return base64.b64encode(kept).decode()
