// What is read aloud of a run, to who does not look: what became of tasks, and of the run. Where much
// happens it is summed up: a sentence for each change would never end.

/** After something was said, nothing more is for so long; then what has happened since. */
const QUIET_MS = 5000;
/** So many tasks are told by their names. */
const NAMED = 3;

/** The region that is read aloud; `update()` when there may be news. */
function spokenOf(page, told) {
  const element = unseen(page, { "aria-live": "polite", role: "log" });
  let said = null;  // the tasks, and whether the run was over, as they were told last
  let at = -Infinity;
  let timer = 0;
  const seen = () => ({ tasks: told.tasks(), isOver: Boolean(told.state.run) && OVER.has(told.state.run.state) });
  const speak = () => {
    clearTimeout(timer);
    timer = 0;
    said ??= seen();
    const now = seen();
    const parts = [transitions(told.graph.nodes, said.tasks, now.tasks), now.isOver && !said.isOver && endOfRun(told)];
    said = now;
    const text = parts.filter(Boolean).join(". ");
    if (!text) return;
    at = Date.now();
    put(element, text);
  };
  const update = () => {
    said ??= seen();
    const left = at + QUIET_MS - Date.now();
    if (left <= 0 || (seen().isOver && !said.isOver)) speak();
    else timer ||= setTimeout(speak, left);
  };
  page.signal.addEventListener("abort", () => clearTimeout(timer));
  /** Tasks of another graph have become nothing: they are others. */
  const forget = () => { said = null; };
  return { element, update, forget };
}

/** What changed between two lists of tasks, as a sentence; "" for nothing. Of many what failed, and how
 *  far the run is. */
function transitions(nodes, before, after) {
  const changed = nodes.flatMap(({ name }, index) => {
    const state = after[index]?.state;
    return state && state !== "pending" && state !== before[index]?.state ? [`${name} ${state}`] : [];
  });
  if (changed.length <= NAMED) return changed.join(", ");
  const counts = countsOf(after.map((task) => task?.state ?? "pending"));
  const failed = changed.filter((each) => each.endsWith(" failed"));
  const ran = [...RAN].filter((state) => state !== "cancelled").reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
  return [...(failed.length <= NAMED ? failed : [`${failed.length} failed`]), `${ran} of ${nodes.length} ran`,
    counts.has("running") && `${counts.get("running")} running`].filter(Boolean).join(", ");
}

function endOfRun(told) {
  const { state, now } = told;
  return `${state.run.word}: ${runFacts(state, now(), EMPTY_PAST, tookBefore(told)).replaceAll(" · ", ", ")}`;
}
