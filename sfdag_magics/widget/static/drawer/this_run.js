// Beside the graph while no task is chosen: what of the run goes on and what comes then, or what has
// happened in it, and what all tasks log.

/** From this width on it is there by itself while a run goes on; below, where somebody asks for it. */
const WIDE_PX = 1100;
const MOST_LISTED = 5;
/** `{model: whether somebody opened or folded it}`: kept while the page lives, whatever is drawn anew. */
const foldedBy = new Map();

/** `update(isFree)`: whether nothing else stands in its place; `toggle` is the button that opens and folds it, and
 *  `makeRoom()` takes away what else stands there; `outside()` is that button as an item, where the style takes it away, and
 *  `rest()` has the focus then. */
function thisRunOf(page, told, ask, { open, compare, makeRoom, rest }) {
  const [now, then] = [slotOf(page), slotOf(page)];
  const log = linesOf(page);
  log.element.setAttribute("aria-label", "Logs of all tasks");
  const asks = { text: "", level: "", attempt: null, isAll: true, only: false };
  const loader = logLoader(asks, () => drawLog());
  const hint = html(page, "p", { class: "sfdag-hint" });
  const foot = logFoot(page, log, asks, () => {}, { isOneTask: false });
  const shut = button(page, "✕", { class: "sfdag-button sfdag-quiet", "aria-label": "Fold the run's details" });
  const toggle = button(page, "Run details", { class: "sfdag-button sfdag-quiet", "aria-expanded": "false",
    title: "What happens in the run, and the logs of all its tasks" });
  const [title, says] = [html(page, "h3"), html(page, "p")];
  const element = html(page, "aside", { class: "sfdag-this-run", "aria-label": "Run details", hidden: "" }, [
    html(page, "header", { class: "sfdag-drawer-head" }, [html(page, "div", { class: "sfdag-this-run-title" }, [title, says]), shut]),
    now.element, then.element, html(page, "section", {}, [html(page, "h4", { text: "Logs of all tasks" }), hint, log.element, foot.element]),
  ]);
  let isThere = false;
  let isAsking = false;
  /** One request at a time: behind a cell that runs for an hour they would pile up. */
  const load = async () => {
    if (isAsking) return;
    isAsking = true;
    await loader.load({ index: null, task: null, ask: (kind, extra) => ask(kind, extra, true), told });
    isAsking = false;
  };
  const hasButton = () => toggle.getClientRects().length > 0;
  const outside = () => (!told.state.run || hasButton() ? [] : [[element.hidden ? "Run details" : "Fold the run's details", () => fold(!element.hidden)]]);
  const fold = (isFolded) => {
    foldedBy.set(told.actions.model, isFolded);
    if (!isFolded) makeRoom();
    update(isThere);
    (!isFolded ? shut : hasButton() ? toggle : rest()).focus();
  };
  onClick(page, shut, () => fold(true));
  onClick(page, toggle, () => fold(!element.hidden));
  const drawLog = () => {
    const { window, error } = loader;
    const lines = window?.lines ?? [];
    hint.textContent = error || (window && !lines.length ? "Nothing was printed and logged." : "");
    hint.hidden = !hint.textContent;
    log.show(lines, { about: loader.about, text: "", isAll: true, now: told.now() });
    foot.show(window, loader.isGrowing);
  };
  const isWanted = () => {
    const isFolded = foldedBy.get(told.actions.model);
    return isFolded === undefined ? hasRoom() && !OVER.has(told.state.run.state) : !isFolded;
  };
  // Noted as the width changes: to measure it here would lay the whole page out for each change of the run.
  const is = (width) => element.parentElement?.classList.contains(width) ?? false;
  const hasRoom = () => is("sfdag-wide") && !is("sfdag-below") && !is("sfdag-full");
  const update = (isFree) => {
    isThere = isFree;
    toggle.hidden = !told.state.run;
    element.hidden = !(isFree && told.state.run && isWanted());
    toggle.setAttribute("aria-expanded", !element.hidden);
    if (element.hidden) return;
    const { run } = told.state;
    put(title, run.id ? `Run ${run.id}` : "Run");
    const word = run.word.toLowerCase();
    put(says, told.isOld() ? `was ${word} · ${UNHEARD}` : `${word} · no task is selected: all of them`);
    if (OVER.has(run.state)) showEnd();
    else showGoing();
    load();
    drawLog();
  };
  const showGoing = () => {
    const [going, next] = [goingOf(told), nextOfRun(told)];
    const none = sentenceOf(told.state.run.note || "no task runs at this moment");
    const when = told.isOld() ? "When last heard of" : "Now";
    now.show([going, none, when], () => listOf(page, when, going, open, none));
    then.show(next, () => listOf(page, "Then", next, open, ""));
  };
  const showEnd = () => {
    const ended = endedOf(told);
    const success = told.state.run.state === "FAILED" ? successBefore(told) : undefined;
    now.show([ended, success?.group], () => happened(page, ended, success && (() => compare(success.group)), open));
    then.show([], () => []);
  };
  return { element, toggle, update, outside };
}

/** What a run that is over came to: its tasks that went wrong, the first first, and all of them counted. */
function endedOf(told) {
  const tasks = told.tasks();
  const counts = countsOf(tasks.map((task) => task?.state ?? "pending"));
  const wrong = tasks.flatMap((task, index) => (["failed", "cancelled"].includes(task?.state) ? [{ index, name: told.graph.nodes[index].name,
    look: told.looks[task.state], state: task.state, note: tookText(task, told.now()), share: null, says: task.value ?? "", at: task.completed ?? Infinity }] : []));
  return { wrong: wrong.toSorted((first, second) => first.at - second.at), says: sentenceOf([
    ...ORDER.filter((state) => counts.has(state)).map((state) => `${counts.get(state)} ${state}`)].join(", ")),
    why: counts.has("blocked") ? `Blocked: ${MEANS.blocked}.` : "" };
}

/** The same, with a way to what was otherwise when it last succeeded. */
function happened(page, { wrong, says, why }, compare, open) {
  const line = (text) => html(page, "p", { class: "sfdag-hint", text });
  return [listOf(page, "What happened", wrong, open, says), wrong.length ? line(says) : null, why ? line(why) : null,
    compare ? onClick(page, button(page, "Compare with the last success"), compare) : null].filter(Boolean);
}

/** What runs: `{ index, name, state, look, note, share, says }`. */
function goingOf(told) {
  return told.tasks().flatMap((task, index) => {
    if (!goesOn(task)) return [];
    const { name } = told.graph.nodes[index];
    const usual = usualOf(told.past, name);
    const took = tookText(task, told.now());
    const expected = usual === null || !took ? "" : ` of ${usualText(usual)}`;
    return [{ index, name, look: told.looks[task.state], state: task.state, note: `${took}${expected}`,
      share: task.progress?.share ?? null, says: task.progress?.text ?? "" }];
  });
}

/** What waits for nothing but what runs or ran, as it is expected to begin. */
function nextOfRun(told) {
  if (OVER.has(told.state.run.state)) return [];
  const { tails } = neighboursOf(told.graph);
  const waits = (index) => stateOf(told, index) === "pending";
  return topological(told.graph).filter((index) => waits(index) && !tails[index].some(waits)).map((index) => {
    const { name, mark } = told.graph.nodes[index];
    const usual = usualOf(told.past, name);
    return { index, name, look: told.looks.pending, state: "pending", note: usual === null ? "" : usualText(usual), share: null, says: mark };
  });
}

function listOf(page, title, tasks, open, none) {
  if (!tasks.length) return none ? section(page, title, [html(page, "p", { class: "sfdag-hint", text: none })]) : null;
  const left = tasks.length - MOST_LISTED;
  return section(page, title, [
    html(page, "ul", { class: "sfdag-going" }, tasks.slice(0, MOST_LISTED).map((task) => goingItem(page, task, open))),
    left > 0 ? html(page, "p", { class: "sfdag-hint", text: `and ${left.toLocaleString("en")} more` }) : null,
  ]);
}

function goingItem(page, { index, name, state, look, note, share, says }, open) {
  const bar = share === null ? null : html(page, "span", { class: "sfdag-going-bar" }, [html(page, "span")]);
  if (bar) bar.firstChild.style.width = `${Math.round(share * 100)}%`;
  return html(page, "li", { class: `sfdag-s-${state}` }, [
    stateIcon(page, look), onClick(page, button(page, name, { class: "sfdag-going-name" }), () => open(index)),
    html(page, "span", { class: "sfdag-hint", text: note }), ...(bar ? [bar] : []),
    ...(says ? [html(page, "p", { class: "sfdag-hint", text: says })] : []),
  ]);
}
