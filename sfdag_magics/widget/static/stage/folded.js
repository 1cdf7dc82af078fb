// A graph with its groups folded: a box each, with the shares of the states in it.

/** Draws what is folded in a frame; `turn(index, isOpen)` is called with a task of a group that is to be unfolded, or folded
 *  again, `open(index)` for a single task, `onScale(scale)` when it is drawn larger or smaller; `zoomed`: see `viewportOf`. */
function foldedStage(page, stage, told, { turn, open, onScale, zoomed }) {
  const { folded } = told;
  const fit = fitter(page);
  const tip = newId("tip");
  const boxes = folded.boxes.map((box, index) => (box.tasks.length > 1 ? foldedBox : singleBox)(page, told, box, index, fit));
  const groups = folded.groups.map((group) => openGroup(page, group, folded, fit));
  const frames = folded.frames.map((frame) => drawnGroup(page, frame, folded, fit, { extra: "sfdag-tiles" }));
  const picture = svg(page, "svg", { class: "sfdag-picture", width: folded.width, height: folded.height, role: "group",
    viewBox: `0 0 ${folded.width} ${folded.height}`, "aria-label": `Graph ${told.graph.name}, ${whatIsFolded(folded)}` }, [tipMarker(page, tip),
    ...[...groups, ...frames].map(({ element }) => element),
    ...folded.edges.filter((edge) => edge.d).map((edge) => svg(page, "path",
      { class: `sfdag-edge sfdag-edge-${edge.kind}`, d: edge.d, "marker-end": `url(#${tip})` })),
    ...[...groups, ...frames].map(({ label }) => label),
    ...boxes.map((box) => box.element)]);
  const says = html(page, "p", { class: "sfdag-says" });
  const frame = html(page, "div", { class: "sfdag-frame" }, [picture]);
  refill(stage, [says, frame]);
  const viewport = viewportOf(page, frame, picture, folded, zoomed, (seen) => onScale(seen.scale));
  const places = { nodes: folded.boxes, edges: folded.edges };
  const focus = rovingFocus(boxes, places, viewport.reveal);
  once(page, frame, () => viewport.begin(boxOf(places, firstOf(places))));
  const pick = (index) => {
    const { tasks } = folded.boxes[index];
    if (tasks.length > 1) turn(tasks[0], false);
    else open(tasks[0]);
  };
  const foldAgain = (group) => turn(folded.boxes.find((box) => box.group === group).tasks[0], true);
  frame.addEventListener("click", (event) => {
    const open = event.target.closest("[data-open-group]");
    if (open) foldAgain(open.dataset.openGroup);
  }, { signal: page.signal });
  listenToBoxes(page, frame, places, focus, pick);
  const boxWith = (task) => folded.boxes.findIndex((box) => box.tasks.includes(task));
  const show = (isShown) => {
    const pills = pillsOf(told);
    for (const box of boxes) {
      box.show(pills);
      box.element.toggleAttribute("data-faded", !box.tasks.some(isShown));
    }
    for (const group of groups) group.show(told);
    put(says, foldedSentence(told));
  };
  /** Folds or unfolds the group that has the focus; false where it is none. */
  const turnCurrent = () => {
    const { tasks, group } = folded.boxes[focus.current];
    if (tasks.length > 1) turn(tasks[0], false);
    else if (group) foldAgain(group);
    return tasks.length > 1 || Boolean(group);
  };
  return { viewport, show, turn: turnCurrent,
    current: () => folded.boxes[focus.current].tasks[0],
    chosen: () => (focus.chosen === null ? null : folded.boxes[focus.chosen].tasks[0]), focus: (task) => focus.focus(boxWith(task)) };
}

/** The box around a group that is unfolded; a press on its name folds it. */
function openGroup(page, group, folded, fit) {
  const drawn = drawnGroup(page, group, folded, fit, { does: ": press to fold" });
  for (const each of [drawn.element, drawn.label]) {
    each.setAttribute("class", "sfdag-open-group");
    each.setAttribute("data-open-group", group.name);
  }
  return drawn;
}

/** A lower box has one line. */
const LOW_PX = 40;

function listenToBoxes(page, frame, places, focus, pick) {
  const on = (name, react) => frame.addEventListener(name, (event) => {
    const box = event.target.closest("[data-fold]");
    if (box) react(Number(box.dataset.fold), event);
  }, { signal: page.signal });
  on("focusin", focus.setCurrent);
  on("click", pick);
  on("keydown", (index, event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = event.key.startsWith("Arrow") ? neighbour(places, index, event.key) : null;
    if (event.key === "Enter" || event.key === " ") pick(index);
    else if (next !== null) focus.focus(next);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** A task beside the folded groups, or in one that is unfolded: the same box as in the whole graph. */
function singleBox(page, told, { tasks: [index], x, y, width, height, tile }, at, fit) {
  const { name, mark, absence } = told.graph.nodes[index];
  const box = emptyBox(page, { name, mark, absence, x, y, width, height, tile }, index, told.folded);
  box.element.setAttribute("data-fold", at);
  fillBox(page, box, WHOLE, fit);
  const show = (pills) => {
    const task = told.tasks()[index] ?? null;
    const marks = { pill: pills[index], beside: besideOf(told, index) };
    if (isNews(box, task, marks.pill, marks.beside)) showTask(box, task, { now: told.now(), isOld: told.isOld(), looks: told.looks, fit, ...marks });
  };
  return { element: box.element, tasks: [index], show };
}

/** A group as one box: what a task's box says of it as one, and below how its tasks share in that. */
function foldedBox(page, told, { title, tasks, x, y, width, height, tile }, index, fit) {
  const node = { name: title, mark: `${tasks.length} tasks`, absence: "", x, y, width, height, ...(height < LOW_PX ? { tile: tile ?? title } : {}) };
  const box = emptyBox(page, node, index, told.folded);
  box.element.removeAttribute("data-task");
  box.element.setAttribute("data-fold", index);
  fillBox(page, box, WHOLE, fit);
  box.element.insertBefore(svg(page, "rect", { class: "sfdag-fold", x: 4, y: 4, width, height, rx: 7 }), box.element.children[2]);
  const shares = svg(page, "g", { transform: `translate(${box.isTile ? TILE.left : BOX.left} ${height - 7})` });
  box.element.append(shares);
  const room = width - (box.isTile ? TILE.left + TILE.right : BOX.left + BOX.right);
  let shown = "";
  const show = () => {
    const counts = countsOf(tasks.map((task) => stateOf(told, task)));
    const present = ORDER.filter((state) => counts.has(state));
    const key = present.map((state) => countedText(counts.get(state), state, told.isOld())).join(", ");
    const group = groupOf(told, tasks);
    showTask(box, group, { now: told.now(), isOld: told.isOld(), looks: told.looks, fit, pill: "", beside: "" });
    const label = [title, boxNote(group, told.now(), told.isOld()), key, `${tasks.length} tasks, folded`].join(", ");
    if (label === box.title.textContent) return;
    box.title.textContent = label;
    box.element.setAttribute("aria-label", label);
    if (key !== shown) refill(shares, sharesOf(page, present, counts, tasks.length, room, 3));
    shown = key;
  };
  return { element: box.element, tasks, show };
}

function sharesOf(page, present, counts, total, width, height) {
  let at = 0;
  return present.map((state) => {
    const part = (counts.get(state) / total) * width;
    const drawn = svg(page, "rect", { class: `sfdag-share sfdag-s-${state}`, x: at, width: Math.max(1, part - 1), height });
    at += part;
    return drawn;
  });
}

/** Which groups are folded, and where the failures are. */
function foldedSentence(told) {
  const { folded, graph: { nodes } } = told;
  const failed = folded.boxes.map((box) => [box.title, box.tasks.filter((task) => stateOf(told, task) === "failed").length])
    .filter(([, count]) => count > 0);
  const said = failed.slice(0, 3).map(([title, count]) => `${count} failed in ${isolated(title)}`);
  return [`${nodes.length} tasks: ${whatIsFolded(folded)}.`, ...(said.length ? [`${said.join(", ")}.`] : [])].join(" ");
}

function whatIsFolded({ groups, boxes }) {
  if (!groups.length) return "the groups are folded";
  const open = groups.length === 1 ? `${isolated(groups[0].name)} is open` : `${groups.length} groups are open`;
  const left = boxes.filter(({ tasks }) => tasks.length > 1).length;
  return left ? `${open}, the other ${left === 1 ? "group is" : "groups are"} folded` : open;
}
