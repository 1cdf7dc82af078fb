// Beside the graph while no task is chosen: what of the run goes on, what comes then, what all tasks log.

/** From this width on it is there by itself while a run goes on; below, where somebody asks for it. */
const WIDE_PX = 1100;
const MOST_LISTED = 5;
/** `{model: whether somebody opened or folded it}`: kept while the page lives, whatever is drawn anew. */
const foldedBy = new Map();

/** `update(isFree)`: whether nothing else stands in its place; `toggle` is the button that opens and folds it. */
function thisRunOf(page, told, ask, open) {
  const [now, then] = [slotOf(page), slotOf(page)];
  const log = linesOf(page);
  log.element.setAttribute("aria-label", "Logs of all tasks");
  const asks = { text: "", level: "", attempt: null, isAll: true };
  const loader = logLoader(asks, () => drawLog());
  const hint = html(page, "p", { class: "sfdag-hint" });
  const foot = logFoot(page, log, asks, () => {}, { isOneTask: false });
  const shut = button(page, "✕", { class: "sfdag-button sfdag-quiet", "aria-label": "Fold this run" });
  const toggle = button(page, "This run", { class: "sfdag-button sfdag-quiet", "aria-expanded": "false" });
  const element = html(page, "aside", { class: "sfdag-this-run", "aria-label": "This run", hidden: "" }, [
    html(page, "header", { class: "sfdag-drawer-head" }, [html(page, "div", { class: "sfdag-this-run-title" }, [
      html(page, "h3", { text: "This run" }), html(page, "p", { text: "nothing selected: what happens in all tasks" })]), shut]),
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
  const fold = (isFolded) => {
    foldedBy.set(told.actions.model, isFolded);
    update(isThere);
    (isFolded ? toggle : shut).focus();
  };
  onClick(page, shut, () => fold(true));
  onClick(page, toggle, () => fold(!element.hidden));
  const drawLog = () => {
    const { window, error } = loader;
    const lines = window?.lines ?? [];
    hint.textContent = error || (window && !lines.length ? "Nothing was printed and logged." : "");
    hint.hidden = !hint.textContent;
    log.show(lines, { about: loader.about, text: "", isAll: true, now: told.now() });
    foot.show(window);
  };
  const isWanted = () => {
    const isFolded = foldedBy.get(told.actions.model);
    return isFolded === undefined ? isWide() && !OVER.has(told.state.run.state) : !isFolded;
  };
  const isWide = () => (element.parentElement?.clientWidth ?? 0) >= WIDE_PX;
  const fits = () => Boolean(told.state.run) && !element.parentElement?.classList.contains("sfdag-below");
  const update = (isFree) => {
    isThere = isFree;
    toggle.hidden = !fits();
    element.hidden = !(isFree && fits() && isWanted());
    toggle.setAttribute("aria-expanded", !element.hidden);
    if (element.hidden) return;
    const going = goingOf(told);
    const next = nextOfRun(told);
    now.show(going, () => listOf(page, "Now", going, open, "Nothing runs."));
    then.show(next, () => listOf(page, "Then", next, open, ""));
    load();
    drawLog();
  };
  return { element, toggle, update };
}

/** What runs: `{ index, name, state, look, note, share, says }`. */
function goingOf(told) {
  return told.tasks().flatMap((task, index) => {
    if (task?.state !== "running" && task?.state !== "retrying") return [];
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
