"""What Snowflake's documentation leaves open or says twice, and what was chosen here.

The choices are carried out where their rules are; this is the one place where they are told. The
tests that hold them name them by number, and the README lists them. Knows nothing of the engine.
"""

from __future__ import annotations

from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True)
class Unknown:
    """A question without a documented answer, by the number that tests use."""

    number: str
    question: str
    chosen: str


UNKNOWNS = (
    Unknown(
        "18.1",
        "The most that a configuration or a body may have",
        "the 16 MB of a statement's text",
    ),
    Unknown(
        "18.2",
        "A return value of more than 10 kB",
        "SYSTEM$SET_RETURN_VALUE is an error that names the limit",
    ),
    Unknown(
        "18.3",
        "Whether what never ran has a row in TASK_HISTORY",
        "none: a suspended task, what is below it alone, and a time left out by overlap",
    ),
    Unknown(
        "18.4",
        "A join below a resumed predecessor that never runs",
        "does not run either",
    ),
    Unknown(
        "18.5",
        "A run with failed and cancelled tasks",
        "FAILED",
    ),
    Unknown(
        "18.6",
        "A finalizer that fails",
        "fails the run, and counts for automatic retries and for suspension",
    ),
    Unknown(
        "18.7",
        "The finalizer of a retry",
        "runs again at the end of each attempt, also where it succeeded before",
    ),
    Unknown(
        "18.8",
        "The finalizer of a run that was cancelled",
        "runs, unless it was cancelled itself",
    ),
    Unknown(
        "18.9",
        "SYSTEM$GET_PREDECESSOR_RETURN_VALUE in a finalizer",
        "an error, as it has no predecessors",
    ),
    Unknown(
        "18.10",
        "Return values in a retry",
        "those of tasks that succeeded before are read; of several set the last counts",
    ),
    Unknown(
        "18.11",
        "The configuration of a retry",
        "that of the run which is retried, also where it was given by USING CONFIG",
    ),
    Unknown(
        "18.12",
        "What modifies a graph",
        "a different definition of any of its tasks; suspending and resuming is none",
    ),
    Unknown(
        "18.13",
        "A new GRAPH_VERSION where nothing changed",
        "none",
    ),
    Unknown(
        "18.14",
        "The pause before an automatic retry",
        "none",
    ),
    Unknown(
        "18.15",
        "EXECUTE TASK of a child",
        "an error that names the child and its root",
    ),
    Unknown(
        "18.16",
        "The text of an error in a schedule",
        "names the schedule and what is wrong with it",
    ),
    Unknown(
        "18.17",
        "What AWAIT gives",
        "the answer of EXECUTE TASK once the run has ended; an error where it did not succeed",
    ),
    Unknown(
        "18.18",
        "When a task with a condition on its predecessors' states is asked",
        "after all of them ended, also where some failed; a failure that is dealt with fails the "
        "run all the same",
    ),
    Unknown(
        "18.19",
        "The format of SYSTEM$TASK_RUNTIME_INFO's moments",
        "date, time with microseconds, and the offset from UTC",
    ),
    Unknown(
        "18.20",
        "The error of a CANCELLED row",
        "604, SQL execution canceled",
    ),
    Unknown(
        "18.21",
        "What print() in a task does",
        "is kept with the task's log",
    ),
    Unknown(
        "18.22",
        "A task's LOG_LEVEL and what its procedure logs",
        "all is kept, whatever the level",
    ),
    Unknown(
        "18.23",
        "Arrays and nulls where configurations are merged",
        "replace what was there; objects merge",
    ),
    Unknown(
        "18.24",
        "A condition that is NULL, or raises",
        "NULL skips the task, an error fails it",
    ),
    Unknown(
        "18.25",
        "Whether SYSTEM$TASK_DEPENDENTS_ENABLE resumes the finalizer",
        "it does",
    ),
    Unknown(
        "18.26",
        "The next time of a graph without a schedule, by REST",
        "the time of the run itself",
    ),
    Unknown(
        "18.27",
        "The root's timeout, which is said to hold for the graph and for each task",
        "holds for an attempt from its first task's start, but for tasks with a timeout of their "
        "own and the finalizer",
    ),
    Unknown(
        "18.28",
        "Times missed while the machine slept or the engine was down",
        "become one run; EXECUTE TASK takes the due run's place, whose time still comes",
    ),
    Unknown(
        "18.29",
        "What the end of the engine cut off",
        "runs again in the same attempt, three times at most",
    ),
    Unknown(
        "18.30",
        "Where bare names of predecessors are looked up",
        "in the task's own schema, the only one allowed",
    ),
)
