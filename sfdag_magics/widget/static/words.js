// How numbers and states are said. Pure; the same words as the pictures and the text forms.

const RAN = new Set(["succeeded", "failed", "reused", "cancelled"]);
const OVER = new Set(["SUCCEEDED", "FAILED", "CANCELLED", "SKIPPED"]);
const ORDER = ["failed", "running", "retrying", "cancelled", "succeeded", "reused", "skipped",
  "blocked", "pending", "unknown"];

/** A duration as short as it is still useful. */
function durationText(milliseconds) {
  const ms = Math.max(0, milliseconds);
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (Math.round(seconds * 10) < 600) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`;
}

/** A duration that still grows: whole seconds, as tenths would flicker. */
function tickingText(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return seconds < 60 ? `${seconds} s` : durationText(seconds * 1000);
}

/** The second line of a task's box. `now` is the kernel's clock. */
function taskNote(task, now) {
  if (!task) return "";
  if (task.state === "retrying") return `retrying · attempt ${task.attempt}`;
  const took = tookText(task, now);
  return took ? `${task.state} · ${took}` : task.state;
}

/** How long a task took, or has taken so far; "" for one that did not run. */
function tookText(task, now) {
  const runs = task?.state === "running";
  if (!task || task.started === null || !(runs || RAN.has(task.state))) return "";
  const elapsed = (task.completed ?? now) - task.started;
  return runs ? tickingText(elapsed) : durationText(elapsed);
}

/** The header's sentence, after the state's word. */
function runFacts(state, total, now) {
  const tasks = state.tasks.filter(Boolean);
  const count = (wanted) => tasks.filter((task) => task.state === wanted).length;
  const facts = [`${tasks.filter((task) => RAN.has(task.state)).length} of ${total} ran`];
  if (state.run.started !== null) {
    const over = state.run.completed !== null;
    const elapsed = (state.run.completed ?? now) - state.run.started;
    facts.push(over ? durationText(elapsed) : tickingText(elapsed));
  }
  if (count("failed")) facts.push(`${count("failed")} failed`);
  if (state.run.attempt > 1) facts.push(`attempt ${state.run.attempt}`);
  return facts.join(" · ");
}

/** The display state of a run. */
function runLook(run) {
  const looks = { SCHEDULED: "pending", EXECUTING: "running", SUCCEEDED: "succeeded",
    FAILED: "failed", CANCELLED: "cancelled", SKIPPED: "skipped" };
  return looks[run.state] ?? "unknown";
}

/** What changed between two lists of tasks, as a sentence to be read aloud; "" for nothing. */
function transitions(names, before, after) {
  const changed = [];
  after.forEach((task, index) => {
    if (task && task.state !== before[index]?.state && task.state !== "pending") {
      changed.push([names[index], task.state]);
    }
  });
  if (changed.length <= 3) return changed.map(([name, state]) => `${name} ${state}`).join(", ");
  const counts = new Map();
  for (const [, state] of changed) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
}

/** A clock time of today, a date and time of any other day. */
function clockText(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "";
  const moment = new Date(milliseconds);
  const today = new Date().toDateString() === moment.toDateString();
  const form = { hourCycle: "h23" };
  return today ? moment.toLocaleTimeString([], form) : moment.toLocaleString([], form);
}
