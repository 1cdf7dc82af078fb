// How numbers and states are said. Pure; the same words as the pictures and the text forms.

const RAN = new Set(["succeeded", "failed", "reused", "cancelled"]);
const OVER = new Set(["SUCCEEDED", "FAILED", "CANCELLED", "SKIPPED"]);
const ORDER = ["failed", "running", "retrying", "cancelled", "succeeded", "reused", "skipped",
  "blocked", "pending", "unknown"];

/** What a state means where its word does not say it, or not why. */
const MEANS = {
  failed: "its own code or statement failed",
  retrying: "it failed and is tried again",
  cancelled: "somebody stopped the run meanwhile",
  reused: "it did not run again: what it gave before was kept",
  skipped: "its condition or a branch left it out",
  blocked: "not run, because a task before it failed or was cancelled",
  pending: "its turn has not come",
  unknown: "nothing was heard of it for a while",
};

/** A duration as short as it is still useful; word for word as `duration_text` in Python. */
function durationText(milliseconds) {
  const ms = Math.max(0, Math.round(milliseconds));
  if (ms < 1000) return `${ms} ms`;
  const tenths = Math.floor((ms + 50) / 100);
  if (tenths < 600) return `${Math.floor(tenths / 10)}.${tenths % 10} s`;
  const whole = Math.floor((ms + 500) / 1000);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}m${String(whole % 60).padStart(2, "0")}s`;
  return `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, "0")}m`;
}

/** A duration that still grows: whole seconds, as tenths would flicker. */
function tickingText(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return seconds < 60 ? `${seconds} s` : durationText(seconds * 1000);
}

/** By which look a task is shown: what a person said of it has one of its own, in the colours of what it counts as. */
function signOf(task) {
  return task?.by_hand ? "by_hand" : task?.state ?? "pending";
}

/** Its state in a word or two: who said so instead of running it. `isOld`: nothing is heard any more of what went on. */
function wordOf(task, isOld = false) {
  if (!task) return "pending";
  if (task.by_hand) return `${task.state === "skipped" ? "skipped" : "done"} by hand`;
  return isOld && goesOn(task) ? `was ${task.state}` : task.state;
}

/** The first three of some texts, and how many more there are. */
function listed(texts) {
  return [texts.slice(0, 3).join(", "), ...(texts.length > 3 ? [`${texts.length - 3} more`] : [])].join(" and ");
}

/** So many tasks in a state. */
function countedText(count, state, isOld) {
  const were = isOld && goesOn({ state }) ? (count === 1 ? "was " : "were ") : "";
  return `${count} ${were}${state}`;
}

/** What is said of a run, or of a task in it, of which nothing is heard any more. */
const UNHEARD = "nothing is heard of it now";

/** The second line of a task's box. `now` is the kernel's clock. */
function taskNote(task, now, isOld = false) {
  if (!task) return "";
  const told = task.state === "retrying" ? `attempt ${task.attempt}` : tookText(task, now);
  return [wordOf(task, isOld), told].filter(Boolean).join(" · ");
}

function goesOn(task) {
  return task?.state === "running" || task?.state === "retrying";
}

/** How long a task took, or has taken so far; "" for one that did not run. */
function tookText(task, now) {
  const runs = task?.state === "running";
  if (!task || task.started === null || !(runs || RAN.has(task.state))) return "";
  const elapsed = (task.completed ?? now) - task.started;
  return task.completed === null ? tickingText(elapsed) : durationText(elapsed);
}

/** How long ago something was, no more exact than people count. */
function agoText(milliseconds) {
  const minutes = Math.floor(milliseconds / 60000);
  if (milliseconds < 10000) return "just now";
  if (minutes < 1) return `${Math.floor(milliseconds / 10000) * 10} s ago`;
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ago`;
  const days = Math.floor(minutes / 1440);
  return `${days} ${days === 1 ? "day" : "days"} ago`;
}

/** What `usually` and `typical` mean, wherever they stand. */
const USUALLY = "Median of the successes among the last 20 runs, without the one that is shown";

/** What `last` means where `usually` would stand. */
const LATELY = "What the last success before this run took: fewer than three of the last 20 runs say nothing of what is usual";

/** How long something will take, if it goes as usual: no more exact than that is. */
function usualText(milliseconds) {
  return `~${milliseconds < 1000 ? durationText(milliseconds) : tickingText(milliseconds + 500)}`;
}

/** How many tasks ran; when a retry is over, how many of them in it, how many are of attempts before it or of other runs, and how
 *  many a person said to be done. */
function ranText({ ran, total, attempt, completed, origin }, reused, byHand) {
  if (!reused || completed === null) return `${ran} of ${total} ran`;
  const from = origin ? "other runs" : attempt === 2 ? "attempt 1" : "attempts before";
  return [`${ran - reused} ran`, reused > byHand && `${reused - byHand} kept from ${from}`, byHand && `${byHand} done by hand`].filter(Boolean).join(", ");
}

/** Of a run that was stopped: what had run by then, what was stopped in the midst of it, and what it did not come to. */
function stoppedText({ ran }, count) {
  const [cancelled, notBegun] = [count("cancelled"), count("blocked") + count("pending")];
  return [`${ran} ran`, cancelled && `${cancelled} cancelled`, notBegun && `${notBegun} not begun`].filter(Boolean).join(", ");
}

/** That a run of the past is more than its last attempt; empty for most. */
function retriedText({ attempt }) {
  return attempt > 1 ? `retried, attempt ${attempt} of ${attempt}` : "";
}

/** The header's sentence, after the state's word, with how long such runs take; `before` is what earlier attempts took. */
function runFacts(state, now, past, before) {
  const { usual_run: usual, lately_run: isLately } = past;
  const tasks = state.tasks.filter(Boolean);
  const count = (wanted) => tasks.filter((task) => task.state === wanted).length;
  const facts = [state.run.state === "CANCELLED" ? stoppedText(state.run, count) : ranText(state.run, count("reused"),
    tasks.filter((task) => task.state === "reused" && task.by_hand).length)];
  if (state.run.started !== null) {
    const over = state.run.completed !== null;
    const elapsed = (state.run.completed ?? now) - state.run.started + before;
    const expected = usual === null ? "" : isLately ? ` (last time ${durationText(usual)})` : ` of ${usualText(usual)}`;
    const attempts = state.run.attempt > 1 ? ` in ${state.run.attempt} attempts` : "";
    facts.push(`${over ? durationText(elapsed) : `${tickingText(elapsed)}${expected}`}${attempts}`);
  }
  if (count("failed")) facts.push(`${count("failed")} failed`);
  return facts.join(" · ");
}

/** Which run it is: its id, when it began, how it was configured, what else there is to say. */
function whichRun(run, now) {
  const name = run.id ? `run ${run.id}` : "run (waiting)";
  const began = run.begun === null ? "" : `started ${clockText(run.begun, now)}`;
  const isAgain = run.started !== null && run.started !== run.begun;
  const again = isAgain ? `attempt ${run.attempt} from ${clockText(run.started, now)}` : "";
  return [name, began, again, run.slot, run.differs, run.origin, run.note].filter(Boolean);
}

/** The display state of a run. */
function runLook(run) {
  const looks = { SCHEDULED: "pending", EXECUTING: "running", SUCCEEDED: "succeeded",
    FAILED: "failed", CANCELLED: "cancelled", SKIPPED: "skipped" };
  return looks[run.state] ?? "unknown";
}

/** A moment that is to come: its day in words where it is near, its seconds where it has some. */
function dueText(milliseconds, now) {
  const dayOf = (moment) => Math.floor(moment / 86400000);
  const [date, time] = new Date(milliseconds).toISOString().split(/[T.]/);
  const day = ["today", "tomorrow"][dayOf(milliseconds) - dayOf(now)] ?? date;
  return `${day} ${time.replace(/:00$/, "")} UTC`;
}

/** A clock time, with its date where that is not today's. In UTC and named so, as in logs, lists and
 *  pictures: browser, kernel and engine may each stand in a zone of their own. */
function clockText(milliseconds, now) {
  if (milliseconds === null || milliseconds === undefined) return "";
  const [date, time] = new Date(milliseconds).toISOString().split(/[T.]/);
  const today = new Date(now).toISOString().startsWith(date);
  return `${today ? "" : `${date} `}${time} UTC`;
}

/** The same with its date whatever day it is: of runs beside each other. */
function datedText(milliseconds) {
  const [date, time] = new Date(milliseconds).toISOString().split(/[T.]/);
  return `${date} ${time} UTC`;
}

/** Words as they begin a sentence or a title. */
function capitalised(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Words as a sentence of their own. */
function sentenceOf(text) {
  return `${capitalised(text)}${/[.!?]$/.test(text) ? "" : "."}`;
}

/** What changes the direction of the text around it: scripts from the right, and signs that say so. */
const TURNING = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u200E\u200F\u202A-\u202E\u2066-\u2069]/;

/** A name or value as it stands in a sentence: one that would turn the rest of it keeps to itself. */
function isolated(text) {
  return TURNING.test(text) ? `\u2068${text.replace(/[\u2066-\u2069]/g, "")}\u2069` : text;
}
