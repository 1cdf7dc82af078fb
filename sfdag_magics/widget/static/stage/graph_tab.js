// The first tab: the picture in its frame, with the tools that move it.

/** `open(index)` is called for the task that somebody picks, `pick(index)` where it is one of several;
 *  `isPicked(index)` says which have an outline; `ask` has the kernel fold or unfold one group. */
function graphTab(page, told, choice, { ask, open, pick, isPicked }) {
  const element = html(page, "div", { class: "sfdag-graph" });
  const empty = emptyGraph(page);
  let drawn = null;
  const viewport = (move) => () => drawn && move(drawn.viewport);
  const focused = focusTool(page, told, choice, () => drawn?.current() ?? 0);
  const zoomIn = viewport((port) => port.zoomBy(1.25));
  const zoomOut = viewport((port) => port.zoomBy(0.8));
  let isDue = true;
  let isFolded = true;
  let wanted = null;  // the task that gets the focus when its group is another by now
  const canFold = () => told.folded.boxes.length > 0;
  // What nobody looks at is not drawn: a graph of a thousand tasks opens as a table.
  const draw = () => {
    isDue = false;
    drawn?.leave?.();
    if (!told.graph.placed || !told.graph.nodes.length) drawn = null;
    else if (canFold() && isFolded) drawn = foldedStage(page, element, told, { turn, open });
    else drawn = drawnStage(page, element, told, { open, pick, isPicked });
    if (!drawn) refill(element, [told.graph.nodes.length ? drawingNote(page, told.graph) : empty]);
    fold.hidden = !canFold();
    put(fold.lastChild, isFolded ? "Unfold all" : "Fold groups");
  };
  const setFolded = (wish) => {
    const at = drawn?.current() ?? 0;
    isFolded = wish;
    draw();
    refresh();
    drawn?.focus(at);
  };
  /** Folds the group of a task, or unfolds it: all of them where nobody is there to lay it out. */
  const turn = (index, isOpen) => {
    wanted = index;
    if (told.lostAt === null) ask(isOpen ? ASK.fold : ASK.unfold, { task: index });
    else setFolded(isOpen);
  };
  const fold = iconButton(page, "unfold", "Unfold all", "Fold or unfold the groups", () => setFolded(!isFolded), "sfdag-quiet");
  const refresh = () => {
    const isNew = isDue;
    if (isDue) draw();
    drawn?.show(filterOf(told, choice.now));
    focused.update();
    if (isNew && wanted !== null) drawn?.focus(wanted);
    if (isNew) wanted = null;
    // Its tasks may be on their way.
    empty.hidden = Boolean(told.state.doing || told.state.following || told.state.unseen !== "Not run yet");
  };
  return {
    id: "graph",
    label: "Graph",
    element,
    tools: [html(page, "span", {}, [fold]), focused.element, zoomTools(page, { zoomIn, zoomOut, fit: viewport((port) => port.fit()) })],
    refresh,
    redraw: () => { isDue = true; },
    current: () => drawn?.current() ?? 0,
    focus: (index) => drawn?.focus(index),
    keys: {
      zoomIn, zoomOut,
      fold: () => canFold() && (drawn.turn?.() || setFolded(!isFolded)),
      reset: viewport((port) => port.reset()),
      move(key) {
        const next = neighbour(told.graph, drawn.current(), key);
        if (next !== null) drawn.focus(next);
      },
    },
  };
}

/** A picture of more boxes has a map where it is larger than its frame. */
const MAPPED = 60;

function drawingNote(page, graph) {
  return html(page, "p", { class: "sfdag-nothing", role: "status", text: `Drawing ${graph.nodes.length} tasks…` });
}

function drawnStage(page, stage, told, { open, pick, isPicked }) {
  const { graph } = told;
  const picture = drawGraph(page, graph, told.looks);
  const frame = html(page, "div", { class: "sfdag-frame" }, [picture.picture]);
  const minimap = graph.nodes.length > MAPPED ? minimapOf(page, graph, picture.boxes, (point) => viewport.centre(point)) : null;
  refill(stage, [frame, minimap?.element]);
  // For the drawer too: beside a small graph it is scrolled before it makes the view grow.
  stage.closest(".sfdag").style.setProperty("--sfdag-height", `${Math.ceil(graph.height)}px`);
  const viewport = viewportOf(page, frame, picture.picture, graph, (seen) => {
    picture.look(seen);
    minimap?.look(seen);
  });
  const focus = rovingFocus(picture.boxes, graph, viewport.reveal);
  const focusDrawn = (index) => {
    picture.finish();
    focus.focus(index);
  };
  const onTask = (name, react) => frame.addEventListener(name, (event) => {
    const box = event.target.closest("[data-index]");
    if (box) react(Number(box.dataset.index), event);
  }, { signal: page.signal });
  once(page, frame, () => viewport.centre(boxOf(graph, firstOf(graph))));
  onTask("focusin", focus.setCurrent);
  onTask("click", (index, event) => {
    focus.focus(index);
    (event.shiftKey || event.ctrlKey || event.metaKey ? pick : open)(index);
  });
  return { viewport, current: () => focus.current, focus: focusDrawn,
    leave() {
      picture.leave();
      minimap?.leave();
    },
    show(isShown) {
      picture.show(told.tasks(), told.now(), isShown, pillsOf(told));
      minimap?.show();
      picture.boxes.forEach(({ element }, index) => element.toggleAttribute("data-picked", isPicked(index)));
    } };
}

/** The first task that stands after no other: a graph that is larger than its frame opens there. */
function firstOf(graph) {
  const after = new Set(graph.edges.map((edge) => edge.head));
  return Math.max(0, graph.nodes.findIndex((_, index) => !after.has(index)));
}

/** Looks at what a task waits for, or what waits for it; the others fade. */
function focusTool(page, told, choice, current) {
  const element = iconButton(page, "focus", "Focus", "Fade what has nothing to do with the task that has the focus", () => {}, "sfdag-quiet");
  element.append(icon(page, "down"));
  const along = (...ways) => () => {
    const next = neighboursOf(told.graph);
    choice.change({ only: new Set(ways.flatMap((way) => [...reached([current()], next[way])])) });
  };
  menuOf(page, element, () => [[`Upstream of ${told.graph.nodes[current()]?.name ?? "it"}`, along("tails")], ["Downstream", along("heads")],
    ["Both", along("tails", "heads")], choice.now.only && ["Show all", () => choice.change({ only: null })]]);
  return { element, update() { element.setAttribute("aria-pressed", choice.now.only !== null); } };
}

function zoomTools(page, { zoomIn, zoomOut, fit }) {
  const made = [["minus", "Zoom out", zoomOut], ["plus", "Zoom in", zoomIn], ["fit", "Fit the whole graph", fit]];
  return html(page, "div", { class: "sfdag-zoom" },
    made.map(([name, says, action]) => iconButton(page, name, "", says, action, "sfdag-quiet")));
}
