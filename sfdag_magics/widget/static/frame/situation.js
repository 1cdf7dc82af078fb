// Where there is nothing to watch: what is so, why, the one thing to do about it, and its command.

/** The card that says so, below the picture, so that nothing moves when it goes; `propose(kind)` opens the sheet of an action. */
function situationOf(page, told, propose) {
  const element = html(page, "section", { class: "sfdag-situation", "aria-label": "What to do", hidden: "" });
  let shown = "";
  const update = () => {
    const found = told.lostAt ? null : situation(told);
    const key = JSON.stringify(found);
    if (key === shown) return;
    shown = key;
    element.hidden = !found;
    if (!found) return;
    const { title, says, kind, label, command } = found;
    const begin = kind && onClick(page, button(page, label, { "data-begin": kind }), () => propose(kind));
    refill(element, [html(page, "p", {}, [html(page, "strong", { text: title }), " ", says]),
      html(page, "div", { class: "sfdag-sheet-foot" }, [begin, commandLine(page, command)].filter(Boolean))]);
  };
  return { element, update };
}

/** `{ title, says, kind, label, command }`, or null where there is a run to watch. Without a task the
 *  graph's own place says what to write, and what the engine lacks is said by a notice. */
function situation({ state, graph, past, actions, now }) {
  const { run } = state;
  const count = graph.nodes.length;
  if (state.busy || !count || state.dropped) return null;
  const [cycle] = cyclesOf(graph);
  if (cycle && (!run || OVER.has(run.state)) && actions.commands.run) {
    return { title: "Cannot run.", says: `${cycleText(graph, cycle)}: each waits for the one before it. Take one of these edges out, of --after or of the parameters, and run its cell again.`,
      command: actions.check };
  }
  if (!run && state.unseen === "Not run yet" && !state.doing && actions.commands.run) {
    const where = /^embedded/.test(actions.place) ? `${count === 1 ? "It runs" : "They run"} on this machine, no account needed.`
      : actions.place ? `${count === 1 ? "It runs" : "They run"} on ${actions.place}.` : "";
    return { title: "Not run yet.", says: `${count} task${count === 1 ? " is" : "s are"} ready. ${where}`, kind: "run", label: "Run…",
      command: actions.commands.run };
  }
  const stop = state.intentions.stop;
  if (run?.state === "SCHEDULED" && stop) {
    const usual = past.usual_run === null ? "" : ` ${past.lately_run ? "The last one took" : "A run usually takes"} ${durationText(past.usual_run)}.`;
    return { title: "Waiting.", says: `${sentenceOf(run.note || "the run waits for its turn")}${usual}`, kind: "stop", label: "Stop…", command: stop.command };
  }
  if (state.trouble) {
    return { title: "No news.", says: "Tasks show what was last heard; it is asked for again and again.", command: actions.anew };
  }
  return null;
}
