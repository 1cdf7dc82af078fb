// Run, Retry, Stop and Deploy: which of them make sense now.

const BUTTONS = { stop: "Stop…", deploy: "Deploy…", retry: "Retry…", run: "Run…" };
const DOING = { run: "Starting…", retry: "Retrying…", stop: "Stopping…", deploy: "Deploying…",
  suspend: "Turning the schedule off…", resume: "Turning the schedule on…", connect: "Connecting…", fill: "Starting the backfill…" };

/** The buttons; `onPick(kind)` opens the sheet, and while one is open, the filled button is in it. Where the one that has the
 *  focus can be pressed no more, `rest` has it: it would fall out of the view. */
function toolbarOf(page, told, { onPick, isAsking, rest }) {
  const buttons = new Map();
  for (const kind of Object.keys(BUTTONS)) {
    if (!(kind in told.actions.commands)) continue;
    const made = iconButton(page, kind, BUTTONS[kind], told.actions.commands[kind], () => onPick(kind));
    made.dataset.action = kind;
    buttons.set(kind, made);
  }
  const update = (state) => {
    // One filled button: what somebody most probably wants next.
    const primary = ["retry", "run"].find((kind) => !refusal(kind, state, told.graph));
    for (const [kind, made] of buttons) {
      const why = unreached(told) || DOING[state.busy] || refusal(kind, state, told.graph);
      if (why && made.matches(":focus")) rest.focus({ preventScroll: true });
      made.disabled = Boolean(why);
      made.title = why || told.actions.commands[kind];
      made.classList.toggle("sfdag-primary", kind === primary && !isAsking());
    }
  };
  /** Those that the style takes away where there is little room, as items of a menu. */
  const outside = () => [...buttons].filter(([, made]) => !made.getClientRects().length && !made.disabled)
    .map(([kind]) => [BUTTONS[kind], () => onPick(kind)]);
  const focus = (kind) => {
    const made = buttons.get(kind);
    (made?.disabled ? rest : made)?.focus({ preventScroll: true });
  };
  return { elements: [...buttons.values()], update, outside, focus };
}

/** Why nobody would hear of an action; "" where somebody does. */
function unreached(told) {
  if (told.lostAt) return "Its kernel is gone";
  return told.isCut ? "No connection to the kernel" : "";
}

/** Why an action is of no use now; "" where it is. */
function refusal(kind, state, graph) {
  if (state.dropped && kind !== "run" && kind !== "deploy") return "The graph was dropped";
  if (state.dropped && graph.nodes.every((node) => node.absence)) return "The graph was dropped, and no cell of it was run here";
  const goes = !state.dropped && state.run !== null && !OVER.has(state.run.state);
  if ((kind === "run" || kind === "deploy") && !goes && cyclesOf(graph).length) return "A task waits for itself";
  if (kind === "run" && !goes && !state.unanswered && !graph.nodes.length) return "There are no tasks yet";
  if (kind === "run") return goes ? "A run is going" : state.unanswered ? "It is not known yet whether a run is going" : "";
  if (kind === "deploy") return graph.nodes.every((node) => node.absence) ? "No cell of it was run here" : "";
  if (kind === "suspend" || kind === "resume" || kind === "fill") return "";
  if (kind === "stop") return goes ? "" : "Nothing is running";
  if (goes) return "The run is still going";
  return state.intentions.retry ? "" : "Nothing failed";
}
