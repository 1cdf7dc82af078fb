// The view: puts the parts together and brings them up to date. One render per display of the widget.

const WAITING = "The kernel has not answered yet: what was clicked is done after the running cell.";

function render({ model, el }) {
  const abort = new AbortController();
  const { signal } = abort;
  const page = { doc: el.ownerDocument, signal };
  // It takes the focus of a click on anything in it, or keys for it would reach the notebook.
  const root = html(page, "div", { class: "sfdag", tabindex: "-1", "data-lm-suppress-shortcuts": "true" });
  el.append(root);
  followTheme(root, signal);
  const told = toldBy(model);
  const kernel = kernelOf(page, model);
  const view = builtView(page, root, { model, kernel, told });
  const listen = (trait, react) => {
    model.on(`change:${trait}`, react);
    signal.addEventListener("abort", () => model.off(`change:${trait}`, react));
  };
  listen("sfdag_state", view.takeState);
  listen("sfdag_graph", view.takeGraph);
  listen("sfdag_actions", view.takeActions);
  tellLooks(page, root, kernel);
  // Twice a second, or a second's change could come almost two seconds after the last one.
  const clock = setInterval(view.tick, 500);
  signal.addEventListener("abort", () => clearInterval(clock));
  return () => abort.abort();
}

/** What the drawer takes of the width when it stands beside the graph. */
const DRAWER_PX = 360;

function builtView(page, root, { model, kernel, told }) {
  const parts = builtParts(page, { model, kernel, told });
  const body = html(page, "div", { class: "sfdag-body" }, [parts.stage]);
  body.append(gripOf(page, body, DRAWER_PX), parts.drawer.element);
  const { header, toolbar, legend, notices, drawer, spoken, stage } = parts;
  root.append(
    html(page, "div", { class: "sfdag-header" }, header.elements),
    html(page, "div", { class: "sfdag-toolbar" }, [...toolbar.elements, zoomButtons(page, parts)]),
    parts.lost, parts.sheet.element, notices.element, parts.help.element,
    body, legend.element, spoken,
  );
  watchWidth(page, body, () => {
    body.classList.toggle("sfdag-below", body.clientWidth < told.graph.width + DRAWER_PX);
  });
  listenToKeys(root, keysOf(parts, told), page.signal);

  const refresh = () => {
    const { graph, state } = told;
    const tasks = told.tasks();
    header.update(graph, state, told.now(), { isCut: told.isCut, heardAgo: told.lostAt ? null : told.heardAgo() });
    toolbar.update(state);
    legend.update(graph.nodes, tasks);
    parts.drawn?.picture.show(tasks, told.now());
    parts.empty.hidden = Boolean(state.doing || state.following || state.unseen !== "Not run yet");  // its tasks may be on their way
    notices.say("newer", told.lostAt ? "" : state.newer);
    notices.say("sight", told.lostAt || (state.run && !state.dropped) ? "" : state.sight);
    notices.say("said", state.said);
    notices.say("doing", !told.lostAt && state.doing && `${state.doing} · ${tickingText(Date.now() - told.doingSince)}`);
    notices.say("feed", !told.lostAt && state.trouble && `No news from the engine: ${state.trouble}`);
  };
  const checkKernel = () => {
    const lost = kernel.isGone();
    told.isCut = !lost && !kernel.isReached();
    if (lost === (told.lostAt !== null)) return;
    told.lostAt = lost ? Date.now() : null;
    root.classList.toggle("sfdag-lost", lost);
    refill(parts.lost, [lost && lostNotice(page, told.state, told.actions)]);
    if (lost && parts.sheet.isOpen) parts.sheet.leave();
    for (const topic of ["link", "action"]) notices.say(topic, "");
  };
  const takeState = () => {
    const before = told.state;
    told.take();
    refresh();
    drawer.update();
    parts.question(told.state, parts.isOurs);
    parts.proposals.check();
    const names = told.graph.nodes.map((node) => node.name);
    const said = before === EMPTY_STATE ? "" : transitions(names, before.tasks, told.state.tasks);
    if (said) spoken.textContent = said;
  };
  const takeGraph = () => {
    told.graph = model.get("sfdag_graph");
    drawer.close();
    parts.drawn = told.graph.nodes.length ? drawnStage(page, stage, told, drawer.open) : null;
    if (!parts.drawn) refill(stage, [parts.empty]);
    refresh();
  };
  const takeActions = () => {
    told.actions = model.get("sfdag_actions");
    refresh();
  };
  const tick = () => {
    checkKernel();
    if (told.isOverdue()) kernel.ask();
    parts.drawn?.picture.tick(told.now());
    refresh();
    drawer.update();
  };
  takeGraph();
  takeState();
  tick();
  return { takeState, takeGraph, takeActions, tick };
}

/** Calls `react` now and whenever the element's width changes. */
function watchWidth(page, element, react) {
  const watcher = new page.doc.defaultView.ResizeObserver(react);
  watcher.observe(element);
  page.signal.addEventListener("abort", () => watcher.disconnect());
}

function builtParts(page, { model, kernel, told }) {
  const notices = noticesOf(page);
  const onWaiting = (late) => notices.say("link", late && !told.lostAt ? WAITING : "");
  const ask = linkTo(model, kernel, { signal: page.signal, onWaiting });
  const focusTask = () => parts.drawn?.focus.focus(parts.drawn.focus.current);
  const act = async (kind) => {
    parts.isOurs = true;
    const reply = await ask(kind);
    parts.isOurs = false;
    notices.say("action", reply.kind === "refused" ? reply.error : "", "error");
  };
  const sheet = sheetOf(page, (kind) => parts.toolbar.focus(kind));
  const proposals = proposalsOf(sheet, told, act);
  const propose = (kind) => {
    notices.say("action", "");
    kernel.ask();  // before somebody agrees to what would reach nobody
    parts.help.close();
    proposals.open(kind);
  };
  const parts = {
    drawn: null,
    notices,
    header: headerOf(page, told.looks),
    legend: legendOf(page, told.looks),
    drawer: drawerOf(page, told, ask, focusTask),
    sheet,
    question: questionsOf(sheet, ask),
    isOurs: false,
    empty: emptyGraph(page),
    lost: html(page, "div", { role: "status" }),
    proposals,
    toolbar: toolbarOf(page, told, propose),
    help: helpOf(page, proposals.close),
    stage: html(page, "div", { class: "sfdag-stage" }),
    spoken: unseen(page, { "aria-live": "polite", role: "log" }),
  };
  return parts;
}

function drawnStage(page, stage, told, open) {
  const { graph } = told;
  const picture = drawGraph(page, graph, told.looks);
  const frame = html(page, "div", { class: "sfdag-frame" }, [picture.picture]);
  refill(stage, [frame]);
  // For the drawer too: beside a small graph it is scrolled before it makes the view grow.
  stage.closest(".sfdag").style.setProperty("--sfdag-height", `${Math.ceil(graph.height)}px`);
  const viewport = viewportOf(frame, picture.picture, graph, page.signal);
  const focus = rovingFocus(picture.boxes, graph, viewport.reveal);
  const onTask = (name, react) => frame.addEventListener(name, (event) => {
    const box = event.target.closest("[data-index]");
    if (box) react(Number(box.dataset.index));
  }, { signal: page.signal });
  once(page, frame, () => viewport.centre(boxOf(graph, firstOf(graph))));
  onTask("focusin", focus.setCurrent);
  onTask("click", (index) => {
    focus.focus(index);
    open(index);
  });
  return { picture, viewport, focus };
}

/** The first task that stands after no other: a graph that is larger than its frame opens there. */
function firstOf(graph) {
  const after = new Set(graph.edges.map((edge) => edge.head));
  return Math.max(0, graph.nodes.findIndex((_, index) => !after.has(index)));
}

/** Calls `react` as soon as the element has a size, and never again. */
function once(page, element, react) {
  const watcher = new page.doc.defaultView.ResizeObserver(() => {
    if (!element.clientWidth) return;
    watcher.disconnect();
    react();
  });
  watcher.observe(element);
  page.signal.addEventListener("abort", () => watcher.disconnect());
}

function keysOf(parts, told) {
  const done = (action) => () => { action(); return true; };
  const { sheet, drawer, help } = parts;
  return {
    escape: () => sheet.close() || drawer.close() || help.close()
      || done(() => parts.stage.getRootNode().activeElement?.blur())(),
    move: (key) => done(() => {
      const next = neighbour(told.graph, parts.drawn.focus.current, key);
      if (next !== null) parts.drawn.focus.focus(next);
    })(),
    open: done(() => drawer.open(parts.drawn.focus.current)),
    nextFailed: (step) => done(() => {
      const failed = told.tasks().flatMap((task, index) => (task?.state === "failed" ? [index] : []));
      if (failed.length) parts.drawn?.focus.focus(nextOf(failed, parts.drawn.focus.current, step));
    })(),
    zoomIn: done(() => parts.drawn?.viewport.zoomBy(1.25)),
    zoomOut: done(() => parts.drawn?.viewport.zoomBy(0.8)),
    reset: done(() => parts.drawn?.viewport.reset()),
    help: done(help.toggle),
  };
}

function zoomButtons(page, parts) {
  const made = [["−", "Zoom out", () => parts.drawn?.viewport.zoomBy(0.8)],
    ["+", "Zoom in", () => parts.drawn?.viewport.zoomBy(1.25)],
    ["Fit", "Fit the whole graph", () => parts.drawn?.viewport.fit()],
    ["?", "Keys", parts.help.toggle]];
  return html(page, "div", { class: "sfdag-zoom" }, made.map(([label, says, action]) => {
    const element = button(page, label, { class: "sfdag-button sfdag-quiet", "aria-label": says, title: says });
    return onClick(page, element, action);
  }));
}

export default { render };
