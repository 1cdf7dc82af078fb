// The first tab: the picture in its frame, with the tools that move it.

/** `open(index)` is called for the task that somebody picks, `pick(index)` where it is one of several;
 *  `isPicked(index)` says which have an outline. */
function graphTab(page, told, choice, { folds, open, pick, isPicked }) {
  const element = html(page, "div", { class: "sfdag-graph" });
  const empty = emptyGraph(page, told.actions);
  let drawn = null;
  const viewport = (move) => () => drawn && move(drawn.viewport);
  const focused = focusTool(page, told, choice, { chosen: () => drawn?.chosen() ?? (indexes(told.graph).find(isPicked) ?? null),
    choose: () => drawn?.focus(drawn.current()) });
  const zoomIn = viewport((port) => port.zoomBy(1.25));
  const zoomOut = viewport((port) => port.zoomBy(0.8));
  const reset = viewport((port) => port.reset());
  const fit = viewport((port) => port.fit());
  const zoomed = { by: ZOOMED.READ };
  let isDue = true;
  let room = { width: 0, isNarrow: false };  // that of the view, from side to side
  let wanted = null;  // the task that gets the focus when its group is another by now
  const placed = () => {
    if (!told.graph.placed || !room.width) return told.graph;
    return room.isNarrow ? narrowPicture(told.graph, room.width) : withLaneAside(told.graph, room.width);
  };
  // What nobody looks at is not drawn: a graph of a thousand tasks opens as a table.
  const draw = () => {
    isDue = false;
    drawn?.leave?.();
    if (!told.graph.placed || !told.graph.nodes.length) drawn = null;
    else if (folds.isFolded()) drawn = foldedStage(page, element, told, { turn, open, onScale, zoomed });
    else drawn = drawnStage(page, element, told, { graph: placed(), open, pick, isPicked, onScale, zoomed });
    if (!drawn) refill(element, [told.graph.nodes.length ? drawingNote(page, told.graph) : empty]);
    fold.update();
  };
  choice.listen((changes) => { isDue ||= "isFolded" in changes; });
  const turnAll = () => {
    wanted = drawn?.current() ?? 0;
    folds.turnAll();
  };
  const turn = (index, isOpen) => {
    wanted = index;
    folds.turn(index, isOpen);
  };
  const fold = foldTool(page, { ...folds, turnAll });
  const zoom = zoomTools(page, { zoomIn, zoomOut, reset, fit });
  const onScale = zoom.show;
  const more = menuOf(page, moreButton(page, "More about the graph"), () => [folds.canFold() && [folds.text(), turnAll],
    ["Fit the whole graph", fit], ["Natural size", reset], ...focused.items()]);
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
    tools: [html(page, "span", { class: "sfdag-secondary" }, [fold.element, focused.element]), html(page, "span", { class: "sfdag-instead" }, [more]), zoom.element],
    refresh,
    redraw: () => { isDue = true; },
    /** How much room there is from side to side, and whether that is little. */
    setRoom(width, isNarrow) {
      const before = placed();
      room = { width, isNarrow };
      if (placed() === before) return;
      isDue = true;
      if (!element.hidden) refresh();
    },
    /** How high the whole graph is drawn. */
    height: () => placed().height,
    width: () => placed().width,
    current: () => drawn?.current() ?? 0,
    focus: (index) => drawn?.focus(index),
    reveal: (index) => drawn?.reveal?.(index),
    keys: {
      zoomIn, zoomOut,
      fold: () => folds.canFold() && (drawn.turn?.() || turnAll()),
      reset,
      move(key) {
        const next = neighbour(placed(), drawn.current(), key);
        if (next !== null) drawn.focus(next);
      },
    },
  };
}

function indexes(graph) {
  return [...graph.nodes.keys()];
}

/** A picture of more boxes has a map where it is larger than its frame. */
const MAPPED = 60;

function drawingNote(page, graph) {
  return html(page, "p", { class: "sfdag-nothing", role: "status", text: `Drawing ${graph.nodes.length} tasks…` });
}

function drawnStage(page, stage, told, { graph, open, pick, isPicked, onScale, zoomed }) {
  const picture = drawGraph(page, graph, told.looks);
  const frame = html(page, "div", { class: "sfdag-frame" }, [picture.picture]);
  const minimap = graph.nodes.length > MAPPED ? minimapOf(page, graph, picture.boxes, (point) => viewport.centre(point)) : null;
  refill(stage, [frame, minimap?.element]);
  const viewport = viewportOf(page, frame, picture.picture, graph, zoomed, (seen) => {
    picture.look(seen);
    minimap?.look(seen);
    onScale(seen.scale);
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
  once(page, frame, () => viewport.begin(boxOf(graph, firstOf(graph))));
  onTask("focusin", focus.setCurrent);
  onTask("click", (index, event) => {
    focus.focus(index);
    (event.shiftKey || event.ctrlKey || event.metaKey ? pick : open)(index);
  });
  return { viewport, current: () => focus.current, chosen: () => focus.chosen, focus: focusDrawn, reveal: (index) => viewport.reveal(boxOf(graph, index)),
    leave() {
      picture.leave();
      minimap?.leave();
    },
    show(isShown) {
      picture.show(told.tasks(), told.now(), isShown, pillsOf(told), graph.nodes.map((_node, index) => besideOf(told, index)), told.isOld());
      picture.showGroups(told);
      minimap?.show();
      picture.boxes.forEach(({ element }, index) => element.toggleAttribute("data-picked", isPicked(index)));
    } };
}

/** Of the tasks that stand after no other the one in the uppermost corner: a graph that is larger than its frame opens there. */
function firstOf(graph) {
  const after = new Set(graph.edges.map((edge) => edge.head));
  const roots = [...graph.nodes.keys()].filter((index) => !after.has(index));
  const distance = (index) => graph.nodes[index].x + graph.nodes[index].y;
  return roots.reduce((first, each) => (distance(each) < distance(first) ? each : first), roots[0] ?? 0);
}

/** Looks at what a task waits for, or what waits for it; the others fade. `chosen()` is the task that somebody went to, or null;
 *  `choose()` puts the focus on one, from where the arrow keys go to the others. */
function focusTool(page, told, choice, { chosen, choose }) {
  const element = iconButton(page, "focus", "Focus", "Fade what has nothing to do with the task that has the focus", () => {}, "sfdag-quiet");
  element.append(icon(page, "down"));
  // What was searched is found by then: it fades nothing of what is to be seen.
  const along = (index, which, ...ways) => () => {
    const next = neighboursOf(told.graph);
    choice.change({ only: new Set(ways.flatMap((way) => [...reached([index], next[way])])), text: "", states: new Set(),
      onlyOf: `${which} ${isolated(told.graph.nodes[index].name)}` });
  };
  const waysOf = (index) => {
    const name = isolated(told.graph.nodes[index].name);
    return [[`Upstream of ${name}`, along(index, "what is upstream of", "tails")], [`Downstream of ${name}`, along(index, "what is downstream of", "heads")],
      [`Both around ${name}`, along(index, "what is around", "tails", "heads")]];
  };
  const inState = (states) => indexes(told.graph).filter((index) => states.includes(stateOf(told, index)));
  const withAbove = (tasks, onlyOf) => () => choice.change({ only: reached(tasks, neighboursOf(told.graph).tails), text: "", states: new Set(), onlyOf });
  /** What needs no task. */
  const ofRun = () => [["What failed, and what that waited for", ["failed"]], ["What runs, and what that waited for", ["running", "retrying"]]]
    .map(([text, states]) => [text, inState(states)]).filter(([, tasks]) => tasks.length)
    .map(([text, tasks]) => [text, withAbove(tasks, text[0].toLowerCase() + text.slice(1))]);
  const items = () => [...ofRun(), ...(chosen() === null ? [["Choose a task first: click it, or go to it by the arrow keys", choose]] : waysOf(chosen())),
    choice.now.only && ["Show all", () => choice.change({ only: null })]];
  menuOf(page, element, items);
  return { element, items, update() { element.setAttribute("aria-pressed", choice.now.only !== null); } };
}

/** `show(scale)` says how large the picture is. */
function zoomTools(page, { zoomIn, zoomOut, reset, fit }) {
  const tool = (name, says, action) => iconButton(page, name, "", says, action, "sfdag-quiet");
  const says = button(page, "", { class: "sfdag-button sfdag-quiet sfdag-scale", title: "Natural size" });
  const show = (scale) => {
    put(says, `${Math.round(scale * 100)} %`);
    says.setAttribute("aria-label", `Zoom ${says.textContent}, to natural size`);
  };
  show(1);
  return { show, element: html(page, "div", { class: "sfdag-zoom" }, [tool("minus", "Zoom out", zoomOut), onClick(page, says, reset),
    tool("plus", "Zoom in", zoomIn), tool("fit", "Fit the whole graph", fit)]) };
}
