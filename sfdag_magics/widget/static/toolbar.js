// Run, Retry and Stop. Each says first what it will do and which command does the same.

const BUTTONS = { run: "▶ Run…", retry: "↻ Retry…", stop: "■ Stop…" };
const DOING = { run: "Starting…", retry: "Retrying…", stop: "Stopping…" };

/** The buttons; `onPick(kind)` opens the sheet. */
function toolbarOf(page, actions, onPick) {
  const buttons = new Map();
  for (const kind of Object.keys(BUTTONS)) {
    if (!(kind in actions.commands)) continue;
    const made = button(page, BUTTONS[kind], { "data-action": kind });
    onClick(page, made, () => onPick(kind));
    buttons.set(kind, made);
  }
  const update = (state) => {
    for (const [kind, made] of buttons) {
      const why = state.busy ? DOING[state.busy] : refusal(kind, state);
      made.disabled = Boolean(why);
      made.title = why || actions.commands[kind];
    }
  };
  return { elements: [...buttons.values()], update, focus: (kind) => buttons.get(kind)?.focus() };
}

/** Why an action is of no use now; "" where it is. */
function refusal(kind, state) {
  const goes = state.run !== null && !OVER.has(state.run.state);
  if (kind === "run") return goes ? "A run is going" : "";
  if (kind === "stop") return goes ? "" : "Nothing is running";
  if (goes) return "The run is still going";
  return state.intentions.retry ? "" : "Nothing failed";
}

/** What starting a run will do; what the others do with the run that is shown, the kernel says. */
function start(graph, actions) {
  const where = actions.place ? ` on ${actions.place}` : "";
  return { says: `Start a run of ${graph.name}${where}.`, command: actions.commands.run };
}

/** The confirmation, in place. `open(kind, sentence, command)`; `onYes(kind)` carries it out. */
function sheetOf(page, { onYes, onNo }) {
  const element = html(page, "section", { class: "sfdag-sheet", hidden: "", role: "group" });
  let kind = null;
  const close = () => {
    if (kind === null) return false;
    const closed = kind;
    kind = null;
    element.hidden = true;
    onNo(closed);
    return true;
  };
  const open = (wanted, sentence, command) => {
    kind = wanted;
    const yes = button(page, { run: "Start run", retry: "Retry now", stop: "Stop run" }[kind],
      { class: `sfdag-button ${kind === "stop" ? "sfdag-danger" : "sfdag-primary"}`, "data-confirm": kind });
    const no = button(page, "Cancel");
    onClick(page, yes, () => { const picked = kind; close(); onYes(picked); });
    onClick(page, no, close);
    refill(element, [html(page, "p", { text: sentence }), commandLine(page, command),
      html(page, "div", { class: "sfdag-choices" }, [yes, no])]);
    element.setAttribute("aria-label", sentence);
    element.hidden = false;
    yes.focus();
  };
  return { element, open, close };
}

function commandLine(page, command) {
  const copy = button(page, "Copy", { class: "sfdag-button sfdag-quiet" });
  onClick(page, copy, async () => {
    copy.textContent = (await copied(page.doc.defaultView, command)) ? "Copied" : "Select it to copy";
  });
  return html(page, "p", { class: "sfdag-command" },
    [html(page, "span", { text: "The same by hand: " }), html(page, "code", { text: command }), copy]);
}
