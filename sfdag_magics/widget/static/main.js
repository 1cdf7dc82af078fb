// The view: puts the parts together and brings them up to date. One render per display of the widget.

const EMPTY_STATE = { run: null, tasks: [], heard: null, following: false, trouble: "", busy: "",
  said: "", now: 0 };

function render({ model, el }) {
  const abort = new AbortController();
  const { signal } = abort;
  const doc = el.ownerDocument;
  const root = html(doc, "div", { class: "sfdag" });
  el.append(root);
  followTheme(root, signal);
  const parts = buildView(doc, root, model, signal);
  const listen = (trait, react) => {
    model.on(`change:${trait}`, react);
    signal.addEventListener("abort", () => model.off(`change:${trait}`, react));
  };
  listen("sfdag_state", parts.takeState);
  listen("sfdag_graph", parts.takeGraph);
  const clock = setInterval(parts.tick, 1000);
  signal.addEventListener("abort", () => clearInterval(clock));
  return () => abort.abort();
}

function buildView(doc, root, model, signal) {
  const looks = model.get("sfdag_looks");
  const actions = model.get("sfdag_actions");
  const notices = noticesOf(doc);
  const ask = linkTo(model, { signal, onWaiting: (late) => notices.say("link", late ? WAITING : "") });
  let graph = model.get("sfdag_graph");
  let state = EMPTY_STATE;
  let offset = 0;
  let arrived = Date.now();
  let drawn = null;
  const now = () => Date.now() + offset;
  const heardAgo = () => (state.heard === null ? 0 : state.now - state.heard) + Date.now() - arrived;
  const tasks = () => (isStale(state, heardAgo()) ? state.tasks.map(doubted) : state.tasks);

  const context = { graph: () => graph, looks: () => looks, tasks, now };
  const drawer = drawerOf(doc, context, ask, () => drawn?.focus.focus(drawn.focus.current));
  const header = headerOf(doc, looks);
  const legend = legendOf(doc, looks);
  const sheet = sheetOf(doc, {
    onNo: (kind) => toolbar.focus(kind),
    onYes: async (kind) => {
      const reply = await ask(kind);
      notices.say("action", reply.kind === "refused" ? reply.error : "", "error");
    },
  });
  const toolbar = toolbarOf(doc, actions, (kind) =>
    sheet.open(kind, intention(kind, graph, state, actions.place), actions.commands[kind]));
  const stage = html(doc, "div", { class: "sfdag-stage" });
  const spoken = unseen(doc, { "aria-live": "polite", role: "log" });
  const help = html(doc, "div", { hidden: "" });
  const zoom = zoomButtons(doc, () => drawn?.viewport, () => toggleHelp());
  const toggleHelp = () => {
    help.hidden = !help.hidden;
    refill(help, help.hidden ? [] : [helpPanel(doc, toggleHelp)]);
    return true;
  };
  refill(root, [
    html(doc, "div", { class: "sfdag-header" }, header.elements),
    html(doc, "div", { class: "sfdag-toolbar" },
      [...toolbar.elements, html(doc, "div", { class: "sfdag-zoom" }, zoom)]),
    sheet.element, notices.element, help,
    html(doc, "div", { class: "sfdag-body" }, [stage, drawer.element]),
    legend.element, spoken,
  ]);

  const refresh = () => {
    const stale = isStale(state, heardAgo());
    root.classList.toggle("sfdag-stale", stale);
    header.update(graph, state, now(), heardAgo());
    toolbar.update(state);
    legend.update(graph.nodes.map((_, index) => tasks()[index]));
    drawn?.picture.show(tasks(), now());
    notices.say("feed", state.trouble && `No news from the engine: ${state.trouble}`);
  };
  const takeState = () => {
    const before = state.tasks;
    const first = state === EMPTY_STATE;
    state = { ...EMPTY_STATE, ...model.get("sfdag_state") };
    arrived = Date.now();
    offset = state.now - arrived;
    refresh();
    drawer.update();
    if (!first) spoken.textContent = transitions(graph.nodes.map((node) => node.name), before, state.tasks) || spoken.textContent;
  };
  const takeGraph = () => {
    graph = model.get("sfdag_graph");
    drawer.close();
    drawn = graph.nodes.length ? drawnStage(doc, stage, graph, looks, (index) => drawer.open(index), signal) : null;
    if (!drawn) refill(stage, [emptyGraph(doc)]);
    refresh();
  };
  listenToKeys(root, keysOf(() => ({ drawn, drawer, sheet, help, graph, tasks, toggleHelp, root })), signal);
  takeGraph();
  takeState();
  const tick = () => {
    drawn?.picture.tick(now());
    refresh();
  };
  return { takeState, takeGraph, tick };
}

const WAITING = "The kernel has not answered yet. Where clicks wait for the running cell, they are "
  + "carried out after it; after a restart of the kernel, run this cell again.";

/** A task as it may be said of while nothing is heard. */
function doubted(task) {
  return task && ["running", "pending", "retrying"].includes(task.state) ? { ...task, state: "unknown" } : task;
}

function drawnStage(doc, stage, graph, looks, open, signal) {
  const picture = drawGraph(doc, graph, looks);
  const frame = html(doc, "div", { class: "sfdag-frame" }, [picture.picture]);
  frame.style.setProperty("--sfdag-height", `${Math.ceil(graph.height)}px`);
  refill(stage, [frame]);
  const viewport = viewportOf(frame, picture.picture, graph, signal);
  const focus = rovingFocus(picture.boxes, graph, viewport.reveal);
  frame.addEventListener("focusin", (event) => {
    const box = event.target.closest("[data-index]");
    if (box) focus.setCurrent(Number(box.dataset.index));
  }, { signal });
  frame.addEventListener("click", (event) => {
    const box = event.target.closest("[data-index]");
    if (!box) return;
    focus.focus(Number(box.dataset.index));
    open(focus.current);
  }, { signal });
  return { picture, viewport, focus };
}

function keysOf(parts) {
  const done = (action) => { action(); return true; };
  const zoom = (factor) => () => done(() => parts().drawn?.viewport.zoomBy(factor));
  return {
    escape() {
      const { sheet, drawer, help, toggleHelp, root } = parts();
      if (sheet.close() || drawer.close()) return true;
      if (!help.hidden) return toggleHelp();
      return done(() => root.getRootNode().activeElement?.blur());
    },
    move: (key) => done(() => {
      const { graph, drawn } = parts();
      const next = neighbour(graph, drawn.focus.current, key);
      if (next !== null) drawn.focus.focus(next);
    }),
    open: () => done(() => parts().drawer.open(parts().drawn.focus.current)),
    nextFailed: (step) => done(() => {
      const { tasks, drawn } = parts();
      const failed = tasks().flatMap((task, index) => (task?.state === "failed" ? [index] : []));
      if (!drawn || !failed.length) return;
      const at = failed.indexOf(drawn.focus.current);
      drawn.focus.focus(failed[(at < 0 ? (step > 0 ? 0 : failed.length - 1) : at + step + failed.length) % failed.length]);
    }),
    zoomIn: zoom(1.25),
    zoomOut: zoom(0.8),
    reset: () => done(() => parts().drawn?.viewport.reset()),
    help: () => parts().toggleHelp(),
  };
}

function zoomButtons(doc, viewport, help) {
  const made = [["−", "Zoom out", () => viewport()?.zoomBy(0.8)], ["+", "Zoom in", () => viewport()?.zoomBy(1.25)],
    ["Fit", "Show the whole graph", () => viewport()?.fit()], ["?", "Keys", help]];
  return made.map(([label, says, action]) => {
    const element = button(doc, label, { class: "sfdag-button sfdag-quiet", "aria-label": says, title: says });
    element.addEventListener("click", action);
    return element;
  });
}

export default { render };
