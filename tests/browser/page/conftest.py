"""The view in a cell's output below JupyterLab's style sheet, with a model of a few lines."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta

import pytest

from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.render.folding import folded
from sfdag_magics.render.layout import layout
from sfdag_magics.render.sight import Sight
from sfdag_magics.widget import assets
from sfdag_magics.widget.held.actions import FIRST_DOES, FIRST_TASK
from sfdag_magics.widget.told.drawing import picture
from sfdag_magics.widget.told.page_state import (
    NOT_FOLDED,
    page_folded,
    page_intentions,
    page_looks,
    page_run,
    page_tasks,
)
from sfdag_magics.widget.told.past_runs import page_past
from tests.browser.conftest import photograph
from tests.browser.page.host import known_ahead, put_host
from tests.in_a_notebook import in_a_notebook
from tests.render.builders import NOON

__all__ = ["in_a_notebook"]
VIEWPORT = {"width": 1000, "height": 900}
#: What observers of sizes make of a page comes with the frame behind the one that changes it. Where
#: a test has set the clock there is none by itself.
A_FRAME = """
() => /native code/.test(requestAnimationFrame)
  && new Promise((seen) => requestAnimationFrame(() => setTimeout(seen)))
"""
#: Plays the model: traits, a log of what was sent, replies that the test decides on.
MODEL = """
(given, traits, isNews) => {
  const { script, style } = given ?? window.known;
  document.head.append(Object.assign(document.createElement('style'), {textContent: style}));
  const listeners = new Map();
  const emit = (name, ...args) => (listeners.get(name) ?? []).slice().forEach(f => f(...args));
  const signal = () => {
    const slots = [];
    return { emit: (value) => slots.slice().forEach((slot) => slot(null, value)),
      connect: (slot) => slots.push(slot),
      disconnect: (slot) => { if (slots.includes(slot)) slots.splice(slots.indexOf(slot), 1); } };
  };
  // Jupyter's connection to a kernel whose session is `speaker`; a silent one answers nothing.
  window.speaker ??= traits.sfdag_actions?.session;
  window.isSilent = false;
  window.asked = [];
  const say = (session, direction = 'recv') =>
    host.anyMessage.emit({ msg: { header: { session } }, direction });
  const host = window.host = {
    clientId: 'page', connectionStatus: 'connected', isDisposed: false, say,
    statusChanged: signal(), anyMessage: signal(),
    sendControlMessage: (message) => {
      window.asked.push(message);
      say('page', 'send');
      if (!window.isSilent) setTimeout(() => say(window.speaker), 5);
    },
  };
  window.tellStatus = host.statusChanged.emit;
  window.kept = { comm_live: true };
  window.sent = [];
  window.answer = () => {};
  // What stands in a sheet, by the request for it; without, the page knows what the state says.
  window.sheets = {};
  const open = ({id, kind}) => {
    model.reply({id, kind: 'ack'});
    const detail = window.sheets[kind];
    setTimeout(() => model.reply(detail ? {id, kind: 'detail', detail} : {id, kind: 'done'}), 0);
  };
  window.model = {
    get: (name) => traits[name],
    set: (name, value) => { traits[name] = value; emit(`change:${name}`); },
    put: (name, value) => { traits[name] = value; },
    on: (name, f) => listeners.set(name, [...(listeners.get(name) ?? []), f]),
    off: (name, f) => listeners.set(name, (listeners.get(name) ?? []).filter(g => g !== f)),
    send: (message) => {
      window.sent.push(message);
      (['form', 'again', 'plan'].includes(message.kind) ? open : window.answer)(message);
    },
    widget_manager: {
      kernel: host,
      get_model: async () => window.kept,
    },
    reply: (message) => emit('msg:custom', message),
    save_changes: () => { throw new Error('the page sets no trait'); },
  };
  const el = document.createElement('div');
  (document.getElementById('cell') ?? document.body).append(el);
  const url = URL.createObjectURL(new Blob([script], {type: 'text/javascript'}));
  return import(url).then(m => {
    window.cleanup = m.default.render({model: window.model, el});
    // The kernel says how it is when somebody comes to look.
    if (isNews) window.model.set('sfdag_state', traits.sfdag_state);
  });
}
"""


def log(*texts, level="INFO", task="a", found=0, left_out=0):
    """A window on a log as the kernel answers with one, a line a second."""
    start = round(NOON.timestamp() * 1000)
    return {
        "lines": [[start + number * 1000, level, task, text] for number, text in enumerate(texts)],
        "total": len(texts) + left_out,
        "found": found,
        "none": "printed and logged nothing",
        "command": "%sfdag logs a",
    }


def drawn(shape):
    """A shape as the page is told it."""
    return picture(shape)


def folded_told(shape, unfolded=()):
    """The same with its groups folded, where there are many tasks."""
    small = folded(shape, unfolded)
    return (
        page_folded(shape, small, layout(small.shape, may_be_small=False))
        if small is not None
        else NOT_FOLDED
    )


def view_texts():
    """What a view is made of, as a document knows it."""
    return {"script": assets.script(), "style": assets.style()}


def stop_clock(page):
    """From now on time goes by what `page.clock` is told alone, however busy the machine is."""
    page.clock.install(time=NOON)
    page.clock.pause_at(NOON + timedelta(hours=1))


class Stage:
    """One page with one view in it."""

    def __init__(
        self, page, shape, run=None, *, actions=None, following=None, past=(), is_news=True
    ):
        self.page, self.shape = page, shape
        self.errors = []
        page.on("pageerror", self._failed)
        page.on("console", self._heard)
        traits = {
            "sfdag_graph": drawn(shape),
            "sfdag_folded": folded_told(shape),
            "sfdag_tasks": {"number": 1, "tasks": [None for _ in shape.nodes]},
            "sfdag_state": self.told(run, following=following),
            "sfdag_past": page_past(past),
            "sfdag_looks": page_looks(),
            "sfdag_actions": {
                "place": "embedded engine",
                "anew": "%sfdag show -g diamond",
                "back": "%sfdag graph diamond\n%sfdag show",
                "model": "m1",
                "session": "s1",
                "others": [],
                "check": "%sfdag validate",
                "first": [str(FIRST_DOES), str(FIRST_TASK)],
                "commands": actions
                if actions is not None
                else {"run": "%sfdag run", "retry": "%sfdag retry", "stop": "%sfdag stop"},
            },
        }
        texts = None if page.evaluate("'known' in window") else view_texts()
        given = (texts, traits, is_news)
        page.evaluate(f"({MODEL})({', '.join(map(json.dumps, given))}).then({A_FRAME})")

    def leave(self):
        """Hear no more of the page."""
        self.page.remove_listener("pageerror", self._failed)
        self.page.remove_listener("console", self._heard)

    def _failed(self, error):
        self.errors.append(str(error))

    def _heard(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def told(
        self,
        run,
        *,
        following=None,
        trouble="",
        busy="",
        newer="",
        doing="",
        said="",
        backfill="",
        question=None,
        intentions=None,
        marks=(),
        sight=Sight.CLEAR,
        later=timedelta(0),
    ):
        now = NOON + timedelta(seconds=50) + later
        return {
            "run": page_run(run) if run else None,
            "base": 1,
            "rows": dict(enumerate(page_tasks(self.shape, run))),
            "marks": dict(enumerate(marks)),
            "heard": round(now.timestamp() * 1000) if run else None,
            "patience": 10000,
            "following": bool(run and not run.is_over) if following is None else following,
            "trouble": trouble,
            "busy": busy,
            "said": said,
            "doing": doing,
            "backfill": backfill,
            "newer": newer,
            "unseen": sight.word,
            "unanswered": run is None and sight.is_unanswered,
            "sight": sight.note,
            "dropped": sight is Sight.DROPPED,
            "watches": False,
            "intentions": intentions or (page_intentions(run, Edited()) if run else {}),
            "question": question,
            "refresh": 100,
            "now": round(now.timestamp() * 1000),
        }

    def redraw(self, shape, run=None, **changes):
        """Another graph in the same view."""
        self.shape = shape
        tasks = {"number": 1, "tasks": [None for _ in shape.nodes]}
        self.page.evaluate(
            """([graph, folded, tasks, state]) => {
                model.put('sfdag_folded', folded);  // both in one message
                model.set('sfdag_graph', graph);
                model.set('sfdag_tasks', tasks);
                model.set('sfdag_state', state);
            }""",
            [drawn(shape), folded_told(shape), tasks, self.told(run, **changes)],
        )

    def show(self, run, **changes):
        self.page.evaluate("state => model.set('sfdag_state', state)", self.told(run, **changes))

    def fold(self, unfolded=()):
        """The kernel tells another folding."""
        told = folded_told(self.shape, unfolded)
        self.page.evaluate("folded => model.set('sfdag_folded', folded)", told)

    def answer(self, kind="done", **reply):
        """From now on every request is acknowledged and answered."""
        reply = {"kind": kind, **reply}
        self.page.evaluate(
            """reply => { window.answer = m => {
                model.reply({id: m.id, kind: 'ack'});
                setTimeout(() => model.reply({id: m.id, ...reply}), 0);
            }; }""",
            reply,
        )

    def answer_by_kind(self, details):
        """From now on a request is answered with the detail for its kind."""
        self.page.evaluate(
            """details => { window.answer = m => {
                model.reply({id: m.id, kind: 'ack'});
                const detail = details[m.kind];
                setTimeout(() => model.reply({id: m.id, ...(detail ? {kind: 'detail', detail}
                  : {kind: 'done'})}), 0);
            }; }""",
            details,
        )

    def sheets(self, **details):
        """What the kernel answers to who opens a sheet."""
        self.page.evaluate("details => Object.assign(window.sheets, details)", details)

    def tab(self, name):
        """Look at another tab of the drawer."""
        self.page.locator(".sfdag-drawer").get_by_role("tab", name=name).click()

    @property
    def sent(self):
        """What was asked for by somebody; looks and sheets ask by themselves."""
        reads = "['look', 'form', 'again', 'plan']"
        return self.page.evaluate(f"sent.filter(message => !{reads}.includes(message.kind))")

    def node(self, name):
        return self.page.locator(f"[data-task={json.dumps(name)}]")

    def state_of(self, name):
        return self.node(name).get_attribute("data-state")


@contextmanager
def opened(browser):
    context = browser.new_context(viewport=dict(VIEWPORT), color_scheme="light")
    # Nothing here needs a network; whatever asks for one fails the test by its console error.
    context.route("**/*", lambda route: route.abort())
    known_ahead(context, **view_texts())
    yield context.new_page()
    context.close()


@pytest.fixture(autouse=True)
def messages_name_commands(in_a_notebook):
    """What the kernel says is said in a notebook with magics."""


@pytest.fixture(scope="package")
def lasting_page(browser):
    """The page of all tests here: one of its own costs more than most of them; see `page`."""
    with opened(browser) as page:
        yield page


@pytest.fixture
def own_page(browser):
    """For tests that leave more behind than a document: a clock, a permission, a function."""
    with opened(browser) as page:
        yield page


@pytest.fixture
def page(request):
    """A page with a new document."""
    if "own_page" in request.fixturenames:
        yield emptied(request.getfixturevalue("own_page"))
        return
    page = request.getfixturevalue("lasting_page")
    yield emptied(page)
    has_clock = not page.evaluate("/native code/.test(setTimeout)")
    assert not has_clock, "a clock stays with the page: @pytest.mark.usefixtures('own_page')"
    # What a test set is gone with it; a document, its scripts and their timers go with the next.
    page.set_viewport_size(VIEWPORT)
    page.emulate_media(color_scheme="light", forced_colors="null")
    page.mouse.move(0, 0)
    page.goto("about:blank")


def emptied(page):
    page.set_content("<!doctype html><body>")
    put_host(page)
    return page


@pytest.fixture
def stage(page, browser, request):
    """`stage(shape, run)` puts a view on the page; scripts must not have failed in the end."""
    stages = []

    def put(shape, run=None, **options):
        stages.append(Stage(page, shape, run, **options))
        return stages[-1]

    yield put
    errors = [error for stage in stages for error in stage.errors]
    if errors:
        photograph(browser, request.node)  # the page is empty when this is told
    for each in stages:
        each.leave()
    assert errors == []
