// What is said of a task besides its state: one word on its box, the one that matters most.

const ROOT_CAUSE = "root cause";
const ATTEMPT = "attempt ";
/** Its box is grey and a sentence says it once: on each of them it would cover the picture. */
const NOT_LOADED = "not loaded here";
const IN_CYCLE = "waits for itself";

/** A word for each task, or "": waits for itself, root cause and what comes next, wrote no rows, altered there, edited, not deployed,
 *  no longer deployed, attempt n. One that did not run has no attempt. */
function pillsOf(told) {
  const { graph, state } = told;
  const tasks = told.tasks();
  const cause = rootCause(tasks);
  return graph.nodes.map((node, index) => {
    if (onCycles(graph).has(index)) return IN_CYCLE;
    const task = tasks[index];
    const again = task?.attempt > 1 && task.started !== null && task.state !== "reused" ? `${ATTEMPT}${task.attempt}` : "";
    if (index === cause) return [ROOT_CAUSE, state.marks[index] || again].filter(Boolean).join(" · ");
    if (isGreenButEmpty(told, index)) return [GREEN_BUT_EMPTY, state.marks[index] || again].filter(Boolean).join(" · ");
    return state.marks[index] || (node.absence === NOT_LOADED ? "" : node.absence) || again;
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
