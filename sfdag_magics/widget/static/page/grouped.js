// A group of tasks as one: its state and its time. Pure; the same rules as `graph/grouped.py`.

/** What one task of it makes the whole group, the first that there is; and what all others are. */
const ANY_OF_GROUP = ["failed", "running", "retrying", "cancelled", "blocked"];
const REST_OF_GROUP = ["pending", "unknown", "succeeded", "reused", "skipped"];

/** What a group of tasks in these states is: where some wait and some are done, it goes on. */
function stateOfGroup(states) {
  const found = new Set(states);
  const isDone = found.has("succeeded") || found.has("reused");
  if (found.has("pending") && isDone && !ANY_OF_GROUP.some((state) => found.has(state))) return "running";
  return [...ANY_OF_GROUP, ...REST_OF_GROUP].find((state) => found.has(state)) ?? "pending";
}

/** What a group did, told as that of a task is: from its first task's begin to its last one's end. */
function groupOf(told, indexes) {
  const tasks = indexes.map((index) => told.tasks()[index]).filter((task) => task && task.started !== null);
  const states = indexes.map((index) => stateOf(told, index));
  const state = stateOfGroup(states);
  const ran = tasks.filter((task) => task.state !== "reused");
  const timed = ran.length ? ran : tasks;
  const ended = timed.map((task) => task.completed).filter((completed) => completed !== null);
  const isGoing = [state, ...states].some((each) => each === "running" || each === "retrying");
  return {
    state,
    attempt: Math.max(1, ...tasks.map((task) => task.attempt)),
    started: timed.length ? Math.min(...timed.map((task) => task.started)) : null,
    completed: isGoing || !ended.length ? null : Math.max(...ended),
  };
}
