"""The run that the README's pictures show: the example's first, which failed in `evaluate`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sfdag_magics.client.observing.intentions import Edited
from sfdag_magics.client.observing.proposals import RetryCode
from sfdag_magics.client.observing.usual import usual_times
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.widget.told.past_runs import page_comparison
from sfdag_magics.widget.told.sheets import page_again
from tests.render.builders import NOON, run, shape

SHAPE = shape(
    "setup -> feature_eng; feature_eng -> split_data; split_data -> train evaluate;"
    "train -> evaluate; evaluate -> check_quality; check_quality ?> mark_model_golden send_alert;"
    "mark_model_golden -> cleanup_golden; send_alert -> cleanup_rejected",
    name="daily_training",
    finalizer="keep_books",
)
#: In their order: seconds each took.
TOOK = {
    "setup": 2.1,
    "feature_eng": 6.8,
    "split_data": 3.2,
    "train": 38.5,
    "evaluate": 4.6,
    "check_quality": 0.4,
    "mark_model_golden": 1.1,
    "send_alert": 0.3,
    "cleanup_golden": 0.9,
    "cleanup_rejected": 0.9,
    "keep_books": 0.5,
}
REJECTED = {"send_alert", "cleanup_rejected"}
BLOCKED = {"check_quality", "mark_model_golden", "cleanup_golden", *REJECTED}
#: Of the days before, how much slower each was than usual, and which failed.
DAYS = (0.93, 1.0, 1.06, 1.02, 0.98, 1.31, 0.97, 1.0, 1.04, 0.95, 1.1, 0.99)
FAILED_ON = {4}
RETURNED = {
    "setup": "RUN_8D1F3A00",
    "feature_eng": "120000",
    "split_data": '{"train": 96000, "test": 24000}',
    "train": "V12",
    "evaluate": '{"f1": 0.7153, "accuracy": 0.9581}',
    "check_quality": "mark_model_golden",
    "mark_model_golden": "V12",
}
WRONG = "predicted = seen['PREDICTION']"
CELL = "Cell [10] evaluate"
CODE = (
    "def evaluate(train: str) -> dict:",
    "    version = registry.get_model(MODEL)",
    "    seen = version.load().predict(test)",
    f"    {WRONG}",
    "    return scores(seen['IS_FRAUD'], predicted)",
)
FRAME = {
    "place": f"{CELL}, line 11",
    "code": f"{WRONG}\n{' ' * 12}~~~~^^^^^^^^^^^^^^",
    "library": "",
}
DETAIL = {
    "name": "evaluate",
    "attempt": 1,
    "query_id": "01bd0f54-0000-1a2b-0000-00000005",
    "error": "KeyError: 'PREDICTION'",
    "raised": [{"message": "KeyError: 'PREDICTION'", "frames": [FRAME], "folded": ""}],
    "lines": [[" ", number, line, CELL] for number, line in enumerate(CODE, start=8)],
    "place": f"{CELL}, line 11",
    "kept_back": ["check_quality", "mark_model_golden", "send_alert"],
    "changes": ["code of evaluate", "as_of: '2026-11-22' → '2026-11-23'"],
}


def _timed(made, factor):
    """The run with what each task took, one after the other, in seconds."""
    at, tasks = NOON, dict(made.tasks)
    for name, task in made.tasks.items():
        above = tuple(edge.tail for edge in SHAPE.edges if edge.head == name)
        if task.started is None:
            tasks[name] = replace(task, predecessors=above)
            continue
        began = at + timedelta(milliseconds=180)
        at = began + timedelta(seconds=round(TOOK[name] * factor, 1))
        tasks[name] = replace(
            task,
            scheduled=began - timedelta(milliseconds=180),
            started=began,
            completed=at,
            return_value=RETURNED.get(name) if task.state is DisplayState.SUCCEEDED else None,
            error_message=DETAIL["error"] if task.state is DisplayState.FAILED else None,
            predecessors=above,
            is_finalizer=name == "keep_books",
        )
    return replace(made, tasks=tasks, begun=NOON, started=NOON, completed=at)


def _day(number, factor):
    """One of the days before, counted back from today's."""
    is_failed = number in FAILED_ON
    states = dict.fromkeys(TOOK, "succeeded") | dict.fromkeys(REJECTED, "skipped")
    if is_failed:
        states |= {"train": "failed", "evaluate": "blocked", **dict.fromkeys(BLOCKED, "blocked")}
    return _of_day(_timed(run(SHAPE, **states), factor), number)


def _of_day(made, number):
    began = NOON - timedelta(days=number)
    shifted = {
        name: replace(
            task,
            **{
                key: moment - timedelta(days=number)
                for key in ("scheduled", "started", "completed")
                if (moment := getattr(task, key)) is not None
            },
        )
        for name, task in made.tasks.items()
    }
    day = f"{began:%Y-%m-%d}"
    return replace(
        made,
        group_id=f"{0x8D1F3A00 + number * 0x1357911 & 0xFFFFFFFF:08x}-run",
        begun=began,
        started=began,
        completed=made.completed - timedelta(days=number),
        tasks=shifted,
        config={"as_of": day, "min_f1": 0.5},
        differs={"as_of": day},
        code=dict.fromkeys(TOOK, "1" * 64),
    )


_STATES = dict.fromkeys(TOOK, "succeeded") | dict.fromkeys(BLOCKED, "blocked")
FAILED = replace(
    _of_day(_timed(run(SHAPE, **_STATES | {"evaluate": "failed"}), 1.0), 0),
    code=dict.fromkeys(TOOK, "1" * 64) | {"evaluate": "2" * 64},
)
PAST = [FAILED, *(_day(number, factor) for number, factor in enumerate(DAYS, start=1))]
COMPARED = page_comparison(PAST[1], FAILED)


def again():
    """What the sheet of a retry says, in the words of where it is asked."""
    return page_again(
        FAILED,
        Edited(code=("evaluate",)),
        usual_times(PAST),
        config=FAILED.config,
        code=RetryCode.CURRENT,
        completed=str,
    )
