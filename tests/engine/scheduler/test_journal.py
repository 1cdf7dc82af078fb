"""Events as text: what goes in comes out, and the log alone gives the shown state."""

from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.invariants import HistoryChecker
from sfdag_magics.engine.scheduler.journal import event_from_text, text_from_event

from .stories import Story, graph


class Replay:
    """A second scheduler that knows only the texts of the first one's events."""

    def __init__(self, story):
        self.story = story
        self.history = HistoryChecker()
        self.scheduler = Scheduler(slots=story.slots)

    def graph(self, root_id, version):
        return self.story.graphs[root_id, version]

    def earlier(self, group_id, attempt):
        records = self.history.task_runs.values()
        return events.EarlierAttempts(
            last=self.history.graph_runs[group_id, attempt],
            tasks=tuple(r for r in records if r.group_id == group_id and r.attempt <= attempt),
        )

    def run(self):
        for event in self.story.events:
            again = event_from_text(type(event).__name__, text_from_event(event), self)
            self.history.follow(self.scheduler.handle(again))
        return self.history


def eventful_story():
    story = Story(slots=2)
    spec = graph(
        "r -> a -> c; r -> b -> c",
        finalizer="f",
        when={"b": "x"},
        schedule="10 MINUTES",
        automatic_retries=1,
    )
    story.resume(spec, "c")
    story.sleep(minutes=10)
    story.succeed("r", value='é "quoted"')
    story.answer("b", met=False)
    story.time_out("a")
    story.stopped("a")
    story.succeed("f")
    story.fail("a")
    story.succeed("f")
    run = story.runs()[0].group_id
    story.retry(spec, run)
    story.cancel("a")
    story.stopped("a")
    story.succeed("f")
    group = story.execute(spec, config='{"a": 1}')
    story.cancel_run(group)
    story.stopped("r")
    story.succeed("f")
    story.suspend(spec)
    return story


def test_replaying_the_log_gives_the_shown_state():
    story = eventful_story()
    replayed = Replay(story).run()
    assert replayed.graph_runs == story.history.graph_runs
    assert replayed.task_runs == story.history.task_runs
    assert replayed.roots == story.history.roots


def test_the_log_does_not_repeat_graphs():
    story = eventful_story()
    assert max(len(text_from_event(event)) for event in story.events) < 300
