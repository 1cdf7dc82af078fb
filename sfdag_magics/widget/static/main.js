// The view: puts the parts together and brings them up to date. One render per display of the widget.

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
  listen(TRAITS.state, view.takeState);
  listen(TRAITS.graph, view.takeGraph);
  listen(TRAITS.folded, view.takeFolded);
  listen(TRAITS.past, view.takePast);
  listen(TRAITS.actions, view.takeActions);
  tellLooks(page, root, kernel);
  // Twice a second, or a second's change could come almost two seconds after the last one.
  const clocks = [setInterval(view.tick, 500), beatOf(root)];
  signal.addEventListener("abort", () => clocks.forEach(clearInterval));
  return () => abort.abort();
}

function builtView(page, root, { model, kernel, told }) {
  const parts = builtParts(page, root, { model, kernel, told });
  const setHeight = () => root.style.setProperty("--sfdag-stage", `${stageHeight(told, parts.panels[0].height())}px`);
  putTogether(page, root, parts, told, setHeight);
  listenToKeys(root, keysOf(root, parts, told), page.signal);
  letThrough(page, root);
  const refresh = () => {
    parts.header.update({ isCut: told.isCut, heardAgo: told.lostAt ? null : told.heardAgo() });
    parts.meter.update();
    parts.strip.update();
    parts.situation.update();
    parts.toolbar.update(told.state);
    parts.legend.update();
    parts.search.update();
    parts.focused.update();
    parts.tabs.refresh();
    parts.tabs.current().refresh();
    parts.beside();
    tellNotices(parts.notices, told);
    placing.update();
  };
  const placing = placingOf(told, parts.choice, parts.notices);
  let isOpen = false;
  const takeState = () => {
    const before = told.state;
    told.take();
    parts.away.take(before, told.state);
    refresh();
    parts.drawer.update();
    parts.question(told.state, told.begun !== null);
    parts.proposals.check();
    if (!told.isWhole) kernel.send({ id: "whole", kind: ASK.look, whole: true });
    parts.spoken.update();
  };
  const takeGraph = () => {
    const isDrawn = isOpen && isPlacedNow(told.graph, model.get(TRAITS.graph));
    if (!isDrawn) parts.drawer.close();
    told.takeGraph();
    setHeight();
    if (isDrawn) {
      parts.panels[0].redraw();
      refresh();
      return;
    }
    parts.spoken.forget();
    for (const panel of parts.panels) panel.redraw();  // before anybody shows the new tasks in the old picture
    parts.choice.change({ only: null, picked: new Set() });  // its numbers were those of the tasks before
    if (!isOpen) parts.choice.change({ tab: told.graph.nodes.length > AS_TABLE ? "table" : "graph" });
    isOpen = true;
    refresh();
  };
  const takeFolded = () => {
    if (!told.takeFolded()) return;
    setHeight();
    parts.panels[0].redraw();
    refresh();
  };
  const takePast = () => {
    told.takePast();
    refresh();
  };
  const takeActions = () => {
    told.takeActions();
    refresh();
  };
  const tick = () => {
    checkKernel(page, root, { kernel, told, parts });
    if (told.isOverdue()) kernel.ask();
    refresh();
    parts.proposals.check();
    parts.drawer.update();
  };
  told.takePast();
  takeGraph();
  parts.choice.listen(refresh);
  takeState();
  tick();
  return { takeState, takeGraph, takeFolded, takePast, takeActions, tick };
}

/** Whether a graph is the one before, whose tasks have their places by now. */
function isPlacedNow(before, graph) {
  return !before.placed && graph.placed && before.nodes.length === graph.nodes.length
    && graph.nodes.every(({ name }, index) => name === before.nodes[index].name);
}

/** Everything in its place, from the top down. */
function putTogether(page, root, parts, told, setHeight) {
  const { header, toolbar, legend, notices, drawer, spoken, tabs } = parts;
  const stage = html(page, "div", { class: "sfdag-stage" }, tabs.panels);
  const body = html(page, "div", { class: "sfdag-body" }, [stage]);
  body.append(gripOf(page, body, drawer.element), drawer.element, parts.pickedPanel.element, parts.thisRun.element);
  root.append(
    html(page, "header", { class: "sfdag-header" }, [header.sentence,
      html(page, "div", { class: "sfdag-toolbar", role: "group", "aria-label": "Actions" }, [...toolbar.elements, parts.runMenu]),
      header.about, header.live]),
    parts.meter.element, parts.lost, parts.sheet.element, parts.strip.element, notices.element,
    html(page, "div", { class: "sfdag-tabs" }, [tabs.element, parts.search.element, parts.focused.element, tabs.tools]), parts.help.element,
    body, parts.situation.element,
    html(page, "div", { class: "sfdag-foot" }, [legend.element, html(page, "span", { class: "sfdag-foot-details" }, [parts.thisRun.toggle]), ...[parts.away.offer("")].filter(Boolean), parts.help.opener]),
    spoken.element,
  );
  watchWidth(page, body, () => {
    const width = body.clientWidth;
    const isNarrow = width > 0 && width <= BELOW_PX;
    body.classList.toggle("sfdag-below", isNarrow);
    body.classList.toggle("sfdag-wide", width >= WIDE_PX);
    parts.panels[0].setRoom(width, isNarrow);
    setHeight();
    const drawn = parts.panels[0].width();
    body.classList.toggle("sfdag-full", width - drawn < DRAWER_LEAST_PX);  // of the graph: what nobody asked for stays away
    body.style.setProperty("--sfdag-room", `${drawerWidth(width, drawn)}px`);
    parts.beside();
  });
}

function builtParts(page, root, { model, kernel, told }) {
  const choice = choiceOf();
  const begins = { [ASK.show]: () => showRun(runsOf(told).at(-1).group), [TO_GRAPH]: () => choice.change({ tab: "graph" }) };
  const notices = noticesOf(page, (kind) => (begins[kind] ?? (() => act(kind)))());
  const away = awayOf(page, told, (text) => notices.say("away", text));
  const onWaiting = (late) => notices.say("link", late && !told.lostAt ? WAITING : "");
  const link = linkTo(model, kernel, { signal: page.signal, onWaiting });
  const ask = rememberingAsk(link.ask, told);
  const act = async (kind, chosen = {}) => {
    told.begun = { kind, at: Date.now() };
    tellNotices(notices, told);
    const reply = await ask(kind, chosen);
    told.begun = null;
    notices.say("action", reply.kind === "refused" && told.lostAt === null ? reply.error : "", { kind: "error" });
  };
  const showRun = async (group) => {
    if (group === told.state.run?.group) return;
    told.picked = { group, newest: runsOf(told).at(-1).group };
    const reply = await ask(ASK.show, { runs: [group] });
    notices.say("action", reply.kind === "refused" ? reply.error : "", { kind: "error" });
  };
  const compare = async (runs, isByItself = false) => {
    const reply = await ask(ASK.compare, { runs }, isByItself);
    if (!isByItself) notices.say("action", reply.kind === "refused" ? reply.error : "", { kind: "error" });
    return reply.kind === "refused" ? null : reply.detail;
  };
  const sheet = sheetOf(page, (kind, back) => {
    parts.toolbar.update(told.state);
    if (back?.isConnected && !back.disabled) back.focus({ preventScroll: true });
    else parts.toolbar.focus(kind);
  });
  const proposals = proposalsOf(page, sheet, told, { act, ask, away });
  const propose = (kind, part = null) => {
    notices.say("action", "");
    kernel.ask();  // before somebody agrees to what would reach nobody
    parts.help.close();
    proposals.open(kind, part);
    parts.toolbar.update(told.state);
  };
  const selecting = selectingOf(choice, () => drawer, () => parts.tabs.current());
  const doesOf = taskMenuOf(page, told, choice, { open: (index, tab) => drawer.open(index, tab), pick: selecting.pick, propose });
  const drawer = drawerOf(page, told, ask, (isOpen, index) => {
    parts.beside();
    if (isOpen) parts.tabs.current().reveal?.(index);  // there is less room for it now
    parts.tabs.current().refresh();
    // Who is elsewhere by now, in a cell, stays there.
    if (!isOpen && root.contains(root.getRootNode().activeElement)) parts.tabs.current().focus(index);
  }, { doesOf, compareWith: (group) => runs.compareWith(group) });
  const runs = runsTab(page, told, choice, { show: showRun, compare,
    askCode: (task, pair) => ask(ASK.code, { task, against: "run", runs: pair }), ask, propose });
  const folds = foldsOf(told, choice, ask);
  const panels = [graphTab(page, told, choice, { folds, ...selecting }), timelineTab(page, told, choice, { folds, open: drawer.open }),
    tableTab(page, told, choice, { folds, open: drawer.open, doesOf, doesOfGroup: groupMenuOf(page, told, choice, { propose }) }), runs];
  const header = headerOf(page, told, { show: showRun, compare: runs.compareWith, open: (index) => selecting.open(index, "summary") });
  const parts = {
    choice,
    link,
    away,
    notices,
    panels,
    tabs: tabsOf(page, choice, panels),
    header,
    meter: meterOf(page, told),
    strip: stripOf(page, told, choice, { show: showRun, compare: runs.compareWith, propose }),
    search: searchOf(page, told, choice, (index) => parts.tabs.current().focus(index)),
    legend: legendOf(page, told, choice),
    focused: focusedChip(page, choice),
    drawer,
    selecting,
    pickedPanel: pickedPanel(page, told, choice, ask, selecting.openFrom),
    /** One of them at a time stands beside the stage. */
    beside() {
      const isFree = drawer.index === null;
      parts.pickedPanel.update(isFree);
      parts.thisRun.update(isFree && parts.pickedPanel.element.hidden && choice.now.tab === "graph");
    },
    thisRun: thisRunOf(page, told, ask, { open: selecting.openFrom, compare: runs.compareWith, makeRoom: selecting.toRun,
      rest: () => parts.runMenu }),
    sheet,
    question: questionsOf(sheet, ask, proposals.bodyOf),
    lost: html(page, "div", { role: "status" }),
    proposals,
    situation: situationOf(page, told, propose),
    runMenu: runMenuOf(page, told, { show: showRun, compare: runs.compareWith, outside: () => [...parts.toolbar.outside(), ...parts.thisRun.outside()] }),
    toolbar: toolbarOf(page, told, { onPick: propose, isAsking: () => sheet.isOpen, rest: header.sentence }),
    help: helpOf(page, proposals.close),
    spoken: spokenOf(page, told),
  };
  return parts;
}

/** Takes note of a kernel that has gone, or of a connection to it. */
function checkKernel(page, root, { kernel, told, parts }) {
  const lost = kernel.isGone();
  told.isCut = !lost && !kernel.isReached();
  if (lost === (told.lostAt !== null)) return;
  told.lostAt = lost ? Date.now() : null;
  root.classList.toggle("sfdag-lost", lost);
  if (lost) parts.link.giveUp({ kind: "refused", error: goneText(told.actions) });
  refill(parts.lost, [lost && lostNotice(page, told.state, told.actions)]);
  if (lost && parts.sheet.isOpen) parts.sheet.leave();
  for (const topic of ["link", "action"]) parts.notices.say(topic, "");
}

export default { render };
