// What is said of a task besides its state: one word on its box, the one that matters most.

const ROOT_CAUSE = "root cause";
const ATTEMPT = "attempt ";
const IN_CYCLE = "waits for itself";

/** A word for each task, or "": waits for itself, root cause, edited, not deployed, not loaded, attempt n. */
function pillsOf(told) {
  const { graph, state } = told;
  const tasks = told.tasks();
  const cause = rootCause(tasks);
  return graph.nodes.map((node, index) => {
    if (onCycles(graph).has(index)) return IN_CYCLE;
    if (index === cause) return ROOT_CAUSE;
    const task = tasks[index];
    return state.marks[index] || node.absence || (task?.attempt > 1 && task.state !== "reused" ? `${ATTEMPT}${task.attempt}` : "");
  });
}

/** The first of those that failed themselves; -1 where none did. */
function rootCause(tasks) {
  let first = -1;
  tasks.forEach((task, index) => {
    if (task?.state !== "failed") return;
    if (first < 0 || (task.completed ?? Infinity) < (tasks[first].completed ?? Infinity)) first = index;
  });
  return first;
}
