"""The event log, told again, gives the rows that were stored: whatever happened."""

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfdag_magics.engine.scheduler.clock import ManualClock
from sfdag_magics.engine.scheduler.events import WorkersReady, WorkersWarming
from sfdag_magics.engine.scheduler.instructions import Forget, Record
from sfdag_magics.engine.store.runlog import Batch, RunLog
from sfdag_magics.engine.tasks.defined.catalogue import TaskCatalogue
from sfdag_magics.engine.tasks.memory import TaskMemory
from sfdag_magics.engine.tasks.news import News
from sfdag_magics.engine.tasks.replay import Replay
from tests.engine.scheduler.stories import START, Story, graph
from tests.engine.scheduler.test_crashes import STEPS, happen


class LoggedStory(Story):
    """A story whose events are logged as the loop logs them; another engine reads them back."""

    def __init__(self, path, *, slots):
        self.runlog = RunLog(path)
        self.memory = TaskMemory(
            runlog=self.runlog,
            catalogue=TaskCatalogue(),
            versions=self,
            clock=ManualClock(START),
            news=News(),
            told=(),
        )
        super().__init__(slots=slots)
        self.scheduler = self.memory.restored(slots)

    def get(self, root_id, version):
        return SimpleNamespace(spec=self.graphs[root_id, version])

    def forget(self):
        """As `Versions` does."""

    def feed(self, event):
        instructions = super().feed(event)
        self.now += timedelta(seconds=1)  # so that what came first tells from what came second
        changes = [each for each in instructions if isinstance(each, Record | Forget)]
        if instructions or isinstance(event, WorkersWarming | WorkersReady):
            self.memory.write([event], changes, [])
        return instructions

    def restored(self):
        return self.memory.restored(self.slots)


class StoryReplay(Replay):
    """Knows the graphs of a story, which are in no run log."""

    def __init__(self, story):
        super().__init__(story.runlog)
        self.story = story

    def graph(self, root_id, version):
        return self.story.graphs[root_id, version]


def told_again(story):
    replay = StoryReplay(story)
    replay.run()
    return replay


@pytest.fixture
def story(tmp_path):
    story = LoggedStory(tmp_path / "runs.sqlite", slots=2)
    yield story
    story.runlog.close()


def test_a_story_with_a_crash_and_a_retry_is_told_again(story):
    spec = graph("r -> a -> c; r -> b -> c", finalizer="f")
    group = story.execute(spec)
    story.succeed("r", value="1")
    story.crash()
    story.fail("a")
    story.succeed_all()
    story.retry(spec, group)
    story.memory.stand_here()
    story.succeed_all()
    replay = told_again(story)
    assert replay.differences() == []
    assert replay.history.graph_runs == story.history.graph_runs
    assert replay.history.task_runs == story.history.task_runs


def test_a_row_that_is_not_what_the_events_say_is_named(story):
    group = story.execute(graph("r"))
    story.succeed("r")
    (task,) = story.runlog.group_tasks(group)
    story.runlog.write(Batch(records=[replace(task, return_value="another")]))
    (said,) = told_again(story).differences()
    assert "return_value was told None and is stored 'another'" in said


def test_a_checkpoint_that_is_not_what_the_events_say_is_named(story):
    group = story.execute(graph("r -> a"))
    story.succeed("r")
    (run,) = story.runlog.group_runs(group)
    story.runlog.write(Batch(records=[replace(run, config="{}")]))
    story.crash()
    story.succeed_all()
    said = told_again(story).differences()
    assert "config was told None and is stored '{}'" in said[0]


def test_no_checkpoint_is_made_where_an_order_would_be_lost(story):
    """Of two that wait for a slot, the one that was ready first was asked for last."""
    story = LoggedStory(story.runlog.path.with_name("other.sqlite"), slots=1)
    story.execute(graph("r -> a; r -> b; r -> c", when={"a": "x", "b": "x"}))
    story.succeed("r")
    story.answer("b", met=True)
    story.answer("a", met=True)
    story.memory.stand_here()
    story.succeed_all()
    assert told_again(story).differences() == []
    story.runlog.close()


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.lists(STEPS, max_size=60), st.integers(1, 4), st.sets(st.integers(0, 59)))
def test_whatever_happens_is_told_again(steps, slots, stands):
    with tempfile.TemporaryDirectory() as folder:
        story = LoggedStory(Path(folder) / "runs.sqlite", slots=slots)
        for place, (step, number) in enumerate(steps):
            if place in stands:
                story.memory.stand_here()
            happen(story, step, number)
        replay = told_again(story)
        story.runlog.close()
        assert replay.history.graph_runs == story.history.graph_runs
        assert replay.history.task_runs == story.history.task_runs
        assert replay.unlike == []
