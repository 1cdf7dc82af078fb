"""Tasks and task graphs: statements, functions, history, and the threads that run them.

Snowflake's documentation is silent or contradicts itself in places. What was chosen there:

- *Suspended tasks.* A suspended predecessor is ignored beside a resumed one; a task whose only
  predecessors are suspended never runs, nor does what waits for it. Neither has a row.
- *What did not run* (below a failed, skipped or cancelled task) has no row in TASK_HISTORY.
- *A WHEN* that is NULL skips the task; one that raises fails it.
- *States.* A run with failed and cancelled tasks is FAILED; a failed finalizer fails the run and
  counts for retries and suspension; a run that somebody cancelled is not retried by itself.
- *The finalizer* runs at the end of each attempt, also after a failed or cancelled root, and reads
  no return values of others.
- *The root's timeout* "applies to the entire task graph": to an attempt as a whole, from its first
  task's start. It ends every task without a timeout of its own but the finalizer, which cleans up.
- *Versions.* A new one is set when a definition changed; suspending and resuming tasks is no change
  and keeps a retry possible. A retry uses the config of the run, and the tasks suspended now.
- *Return values* of earlier attempts are read in a retry; the last of several set counts, only a
  task that succeeded has one, and more than 10,000 bytes are an error.
- *Schedules.* Times missed while the machine slept or the engine was down become one run.
  EXECUTE TASK takes the place of the due run, whose time still comes.
- *A config's* arrays and nulls replace, objects merge.
- *Recovery.* What the engine's end cut off runs again in the same attempt, at most three times.
- *Bare names* of predecessors are looked up in the task's own schema, the only one allowed.
"""

from sfdag_magics.engine.tasks.service import TaskService

__all__ = ["TaskService"]
