"""Every place of the view that shows something, one after another on one page.

What stands there is written by `say`: it makes another text of each, the same of the same.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

from sfdag_magics.client.backfilling.lately import SlotsLately
from sfdag_magics.client.backfilling.slots_seen import SlotSeen
from sfdag_magics.client.observing.shown import Progress
from sfdag_magics.graph.states import SlotState
from sfdag_magics.graph.times.slots import Slot
from sfdag_magics.render.shape import Edge, Node, Shape
from sfdag_magics.widget.told.past_runs import page_comparison, page_past
from sfdag_magics.widget.told.slots_told import page_slots
from tests.browser.page.conftest import log
from tests.browser.page.past import earlier
from tests.browser.page.things import SHOWN, showing
from tests.render.builders import FRAUD, NOON, run

#: A task in each state; the failed one has a drawer with all of its tabs.
STATES = {
    "setup": "succeeded",
    "feature_eng": "reused",
    "split_data": "succeeded",
    "train_model": "failed",
    "evaluate_model": "blocked",
    "check_quality": "running",
    "mark_model_golden": "skipped",
    "send_alert": "retrying",
    "cleanup_golden": "cancelled",
    "cleanup_rejected": "unknown",
}
FAILED = "train_model"
GROUPS = {"setup": "preparing", "feature_eng": "preparing", "split_data": "preparing"}
SLOTS = SlotsLately(
    schedule="USING CRON 0 5 * * * UTC",
    zone=UTC,
    zone_name="UTC",
    seen=tuple(
        SlotSeen(Slot(NOON + n * timedelta(days=1), NOON + (n + 1) * timedelta(days=1)), state)
        for n, state in enumerate(SlotState)
    ),
)
BACKFILL = {
    "title": "2 slots to run",
    "count": 2,
    "told": ["2 slots to run, oldest first, one at a time: about 2m00s"],
    "problem": "",
    "command": "%sfdag backfill 2026-11-03",
}
#: From here on there is room beside the graph for what goes on in the run.
WIDE = 1200
KINDS = ("run", "retry", "stop", "deploy", "suspend", "resume", "fill")


def spoken(value, say):
    """A value of JSON with each of its texts made another; keys, and words of ours, stay."""
    if isinstance(value, dict):
        return {key: each if key in _WORDS else spoken(each, say) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [spoken(each, say) for each in value]
    return say(value) if isinstance(value, str) and value else value


#: Keys whose texts are one of a few, or of another form.
_WORDS = {"kind", "mime", "data", "state", "id", "group", "tasks", "letters", "of", "topic"}


def graph(say):
    nodes = tuple(
        replace(
            node, name=say(node.name), group=say(GROUPS[node.name]) if node.name in GROUPS else None
        )
        for node in FRAUD.nodes
    )
    edges = tuple(replace(edge, tail=say(edge.tail), head=say(edge.head)) for edge in FRAUD.edges)
    return Shape(name=say(FRAUD.name), nodes=nodes, edges=edges)


def woven(say):
    """A picture that is larger than its frame, and folds nowhere."""
    names = [[say(f"t_{rank}_{at:02}") for at in range(20)] for rank in range(5)]
    edges = tuple(
        Edge(tail=names[rank][at], head=names[rank + 1][at * step % 20])
        for rank in range(4)
        for at in range(20)
        for step in (1, 7)
    )
    nodes = tuple(Node(name=name) for rank in names for name in rank)
    return Shape(name=say("woven"), nodes=nodes, edges=edges)


def circle(say):
    """Tasks that wait for themselves."""
    names = [say(name) for name in ("clean", "train", "score")]
    after = zip(names, [*names[1:], names[0]], strict=True)
    return Shape(
        name=say("circle"),
        nodes=tuple(Node(name=name) for name in names),
        edges=tuple(Edge(tail=tail, head=head) for tail, head in after),
    )


def seen_run(shape, say, **states):
    made = showing(run(shape, **{say(name): state for name, state in states.items()}), say(FAILED))
    going = [name for name, state in states.items() if state == "running"]
    tasks = dict(made.tasks)
    for name in going:
        done = Progress(done=3, of=4, text=say("reading the third of four files"))
        tasks[say(name)] = replace(tasks[say(name)], progress=done)
    error = say("ValueError: 3 columns are missing")
    tasks[say(FAILED)] = replace(tasks[say(FAILED)], error_message=error)
    return replace(made, tasks=tasks, begun=made.started, differs={say("day"): say("2026-11-23")})


def details(say):
    """What the kernel answers of the failed task, by what is asked."""
    frame = {"place": "Cell [7] train_model, line 12", "code": "scaled = scaler.transform(frame)"}
    raised = {
        "message": "KeyError: 'amount_log'",
        "frames": [{**frame, "library": ""}, {**frame, "library": "pandas"}],
        "folded": "1 call in pandas",
    }
    attempts = [
        {"attempt": 1, "started": 1, "completed": 5000, "error": "KeyError", "query_id": "q-1"},
        {"attempt": 2, "started": 6000, "completed": 9000, "error": "", "query_id": "q-2"},
    ]
    detail = {
        "name": FAILED,
        "error": "Traceback (most recent call last):\n  …\nKeyError: 'amount_log'",
        "place": frame["place"],
        "raised": [raised, {"message": "OSError: gone", "frames": [], "folded": ""}],
        "missed": "amount_log is a column in the notebook",
        "kept_back": ["evaluate_model"],
        "altered": [say("when: – → 1 = 1")],
        "changes": ["code of train_model", "config day: '2026-11-22' → '2026-11-23'"],
        "query_id": "01bd0f54",
        "ran_with": [["Python", "3.11"], ["Packages", "pandas==2.2.3"]],
        "takes": [["all of it", "1 function, 1 value"], ["LIMITS", "literal, 120 bytes"]],
        "returned": {
            "text": '{\n  "accuracy": 0.981\n}',
            "note": "dict · 84 bytes, at most 10 kB",
        },
        "inputs": [["setup", '"FRAUD_DEV"', "task"], ["day", '"2026-11-23"', "configuration"]],
        "attempts": [{**each, "state": "FAILED"} for each in attempts],
    }
    lines = log("reading 120000 rows", "3 columns are missing", level="WARN", found=1, left_out=7)
    code = [["…", 7, "", ""], [" ", 10, "test = 1", "Cell [7]"], ["-", 11, "a", "Cell [7]"]]
    return {
        "detail": spoken(detail, say),
        "logs": spoken(lines, say),
        "shown": spoken(SHOWN, say),
        "code": {
            "lines": [[m, n, t and say(t), p and say(p)] for m, n, t, p in code],
            "left": 12,
        },
        "tables": {
            "tables": [[say("DB.S.SCORES"), say("DB.S.SCORES"), 2798]],
            "shown": spoken(SHOWN["shown"][2:3], say),
        },
    }


def sheets(say):
    """What stands in the sheets: a form with a field of each sort, a retry, a plan."""
    row = {"type": "str", "base": "a", "of": "graph", "last": "b", "readers": ["setup"]}
    rows = [
        {**row, "key": "day", "text": "2026-11-23", "problem": "", "choices": []},
        {
            **row,
            "key": "rows",
            "text": "many",
            "problem": "“many” is not a whole number",
            "choices": [],
        },
        {**row, "key": "mode", "text": "fast", "problem": "", "choices": ["fast", "full"]},
    ]
    switch = {**row, "key": "shuffle", "text": "true", "problem": "", "choices": ["true", "false"]}
    task = {"state": "failed", "took": 3000, "mark": "edited"}
    return {
        "form": {
            "rows": [*spoken(rows, say), {**switch, "key": say("shuffle")}],
            "problems": [say("no key like that")],
            "command": say("%sfdag run --set day=2026-11-23"),
            "note": say("1 task is edited and will be deployed first"),
            "runs": [[say("train_model"), "edited", "is deployed first"]],
        },
        "again": {
            **{
                key: spoken([{**task, "name": name}], say)
                for key, name in {
                    "again": FAILED,
                    "kept": "setup",
                    "skipped": "send_alert",
                    "finalizers": "drop_schema",
                }.items()
            },
            "title": say("Retry run 0196-gro: run 3 tasks"),
            "config": [[say("day"), say("2026-11-22"), say("2026-11-23")]],
            "command": say("%sfdag retry"),
            "expected": 13_000,
            "usual": 80_000,
            "code": "current",
            "note": say("What runs again began with the code that is deployed."),
            "refused": "",
            "cells": [{"name": say(FAILED), "place": say("Cell [7] x, line 2"), "text": say("x")}],
        },
        "plan": {
            "rows": [[say("e"), "new", say("after: none → setup")]],
            "left": 3,
            "warnings": [say("the graph that is there was not made here")],
            "text": say("plan: graph daily_training\n  + e  new\n  3 unchanged"),
            "empty": False,
            "mark": "m1",
            "command": "%sfdag deploy",
        },
    }


def past_runs(shape, say):
    def spoken_run(each):
        config = {say("day"): say(str(each.config["day"]))}
        return replace(each, config=config, differs=config)

    return [spoken_run(each) for each in earlier(shape, 1, 3)]


def forgive(made):
    """The browser says what it kept a frame from doing, and that is as it should be."""
    kept = ("Content Security Policy", "sandboxed", "net::ERR_FAILED")
    made.errors[:] = [text for text in made.errors if not any(word in text for word in kept)]


class Tour:
    """Goes from place to place in a view; where it is, is its name."""

    def __init__(self, stage, page, say=str):
        self.page, self.say = page, say
        self.shape = graph(say)
        ended = {"check_quality": "cancelled", "send_alert": "skipped", "drop_schema": "succeeded"}
        self.over = seen_run(self.shape, say, **{**STATES, **ended})
        self.going = seen_run(self.shape, say, **STATES)
        self.past = past_runs(self.shape, say)
        commands = {kind: f"%sfdag {kind}" for kind in KINDS}
        self.made = stage(self.shape, past=self.past, actions=commands)
        compared = page_comparison(self.past[1], self.past[0])
        tasks = [
            {**task, "name": task["name"], "runs": spoken(task["runs"], say)}
            for task in compared["tasks"]
        ]
        calendar = {"slots": page_slots(SLOTS), "backfill": spoken(BACKFILL, say)}
        self.made.answer_by_kind(
            {**details(say), **calendar, "compare": {**compared, "tasks": tasks}}
        )
        self.made.sheets(**sheets(say))
        text, due = say("USING CRON 0 5 * * * UTC"), 1_764_997_200_000
        told = {
            **page_past(self.past),
            "schedule": {"text": text, "exact": text, "on": True, "due": due},
        }
        page.evaluate("told => model.set('sfdag_past', told)", told)

    def __iter__(self):
        yield from self._tabs()
        yield from self._drawer()
        yield from self._sheets()
        yield from self._around()

    def _see(self, selector):
        self.page.locator(selector).first.wait_for()

    def _click(self, selector):
        self.page.locator(selector).first.dispatch_event("click")

    def _tabs(self):
        say = self.say
        marks = ("", say("edited"), say("not deployed"))
        self.made.show(self.going, marks=marks)
        if self.page.viewport_size["width"] > WIDE:
            self._see(".sfdag-this-run .sfdag-line")
            yield "this run"
            self._click(".sfdag-this-run button")
        yield "graph"
        for tab in ("timeline", "table", "runs"):
            self._click(f".sfdag-tablist [data-tab='{tab}']")
            self._see(f".sfdag-stage [role=tabpanel][id$='{tab}-panel']")
            if tab == "runs":
                self._see("[data-slot]")
            yield tab
        for head in (0, 1):
            self.page.locator("button[data-run]").nth(head).dispatch_event("click")
        self._see(".sfdag-pair-do")
        yield "runs, two picked"
        self._click(".sfdag-pair-do button")
        self._see(".sfdag-both")
        yield "compare"
        self._click(".sfdag-tablist [data-tab='table']")
        self._click(".sfdag-col-pick input")
        self._click(".sfdag-legend [data-state]")
        yield "table, picked and filtered"
        self.page.get_by_label("Find a task").fill(say("setup")[:3])
        yield "table, searched"
        self._click(".sfdag-legend-row > button")
        self._click(".sfdag-col-more button")
        self._see(".sfdag-menu")
        yield "table, a menu"
        self.page.keyboard.press("Escape")
        self._click(".sfdag-picked-bar button:last-child")
        self._click(".sfdag-tablist [data-tab='graph']")
        for node in (0, 3):
            picked = self.page.locator(f".sfdag-graph [data-index='{node}']")
            picked.dispatch_event("click", {"shiftKey": True})
        self._see(".sfdag-picked-panel .sfdag-line")
        yield "several picked"
        self.page.keyboard.press("Escape")

    def _drawer(self):
        index = [node.name for node in self.shape.nodes].index(self.say(FAILED))
        self._click(f".sfdag-graph [data-index='{index}']")
        tell = {
            "summary": ".sfdag-raised",
            "logs": ".sfdag-line",
            "data": ".sfdag-code",
            "shown": ".sfdag-cells",
            "code": ".sfdag-code-line",
            "attempts": ".sfdag-attempt",
        }
        for tab, seen in tell.items():
            self._click(f".sfdag-drawer [data-tab='{tab}']")
            self._see(f".sfdag-panel-{tab} {seen}")
            yield f"drawer, {tab}"
            if tab == "shown":
                forgive(self.made)
            if tab == "summary":
                for each in self.page.locator(".sfdag-drawer summary").all():
                    each.dispatch_event("click")
                yield "drawer, summary folded out"
            if tab == "logs":
                self.page.locator(".sfdag-drawer .sfdag-log-search").fill("a")
                self._click(".sfdag-drawer .sfdag-log-foot button")
                self._see(".sfdag-drawer .sfdag-line-task")
                yield "drawer, logs of all, searched"
            if tab == "data":
                self._click(".sfdag-panel-data .sfdag-choices button")
                self._see(".sfdag-panel-data .sfdag-cells")
                yield "drawer, a table"
        self._click(".sfdag-drawer [data-tab='summary']")
        self._click("[aria-label='Close details']")

    def _sheets(self):
        say = self.say
        self._click("[data-action='stop']")
        self._see(".sfdag-sheet")
        yield "sheet, stop"
        self.page.keyboard.press("Escape")
        question = {
            "id": "q1",
            "says": say("this is production: type prod to run it there"),
            "name": say("prod"),
            "command": say("%sfdag run -t prod --yes"),
        }
        self.made.show(self.going, busy="stop", question=question)
        self._see(".sfdag-name-field")
        yield "sheet, a question of production"
        self.made.show(self.over)
        inside = {
            "run": ".sfdag-form .sfdag-value",
            "retry": ".sfdag-part li",
            "deploy": ".sfdag-changes-frame",
        }
        for kind, seen in inside.items():
            self._click(f"[data-action='{kind}']")
            self._see(seen)
            yield f"sheet, {kind}"
            self.page.keyboard.press("Escape")
        self._click(".sfdag-strip .sfdag-switch")
        self._see(".sfdag-sheet")
        yield "sheet, schedule"
        self.page.keyboard.press("Escape")
        self._click(".sfdag-tablist [data-tab='runs']")
        self._click("[data-backfill]")
        self._see(".sfdag-range")
        self._see(".sfdag-sheet code:text-matches('.+')")
        yield "sheet, backfill"
        self.page.keyboard.press("Escape")
        self._click(".sfdag-tablist [data-tab='graph']")

    def _around(self):
        say = self.say
        self._click(".sfdag-foot button:last-child")
        yield "help"
        self._click(".sfdag-help button")
        said = {
            key: say(text)
            for key, text in {
                "newer": "run 0198 is newer",
                "trouble": "the engine does not answer",
                "doing": "deploying the graph",
                "said": "began again: train_model",
            }.items()
        }
        self.made.show(self.going, **said)
        yield "notices"
        self.made.show(None)
        yield "not run yet"
        large = Shape(
            name=say("large"),
            nodes=tuple(
                Node(name=say(f"load_{n:02}"), group=say("loading" if n < 40 else "training"))
                for n in range(80)
            ),
            edges=(),
        )
        self.made.redraw(large, run(large, **{say("load_01"): "failed"}))
        self._click(".sfdag-tablist [data-tab='graph']")
        self._see("[data-fold]")
        yield "graph, folded"
        self.made.fold(unfolded=[say("training")])
        self._see("[data-open-group]")
        yield "graph, one group unfolded"
        self.made.redraw(woven(say))
        self._see(".sfdag-minimap:not([hidden])")
        yield "graph, with its map"
        self.made.redraw(circle(say))
        self._see(".sfdag-edge-cycle")
        yield "graph, a cycle"
        self.made.redraw(Shape(name=say("empty"), nodes=(), edges=()))
        self._see(".sfdag-empty")
        yield "graph, empty"
        self.made.redraw(self.shape, self.going)
        self.page.evaluate("() => { host.isDisposed = true; }")
        self._see(".sfdag-lost")
        yield "lost"
