// A large graph with its groups folded: a box each, with the shares of the states in it.

/** Draws what is folded in a frame; `turn(index, isOpen)` is called with a task of a group that is to be unfolded, or folded
 *  again, `open(index)` for a single task. */
function foldedStage(page, stage, told, { turn, open }) {
  const { folded } = told;
  const fit = fitter(page);
  const tip = `sfdag-tip-${(markers += 1)}`;
  const boxes = folded.boxes.map((box, index) => (box.tasks.length > 1 ? foldedBox : singleBox)(page, told, box, index, fit));
  const picture = svg(page, "svg", { class: "sfdag-picture", width: folded.width, height: folded.height, role: "group",
    viewBox: `0 0 ${folded.width} ${folded.height}`, "aria-label": `Graph ${told.graph.name}, its groups folded` }, [tipMarker(page, tip),
    ...folded.groups.map((group) => openGroup(page, group, fit)),
    ...folded.frames.map((frame) => drawnGroup(page, frame, fit, "sfdag-tiles")),
    ...folded.edges.filter((edge) => edge.d).map((edge) => svg(page, "path",
      { class: `sfdag-edge sfdag-edge-${edge.kind}`, d: edge.d, "marker-end": `url(#${tip})` })),
    ...boxes.map((box) => box.element)]);
  const says = html(page, "p", { class: "sfdag-says" });
  const frame = html(page, "div", { class: "sfdag-frame" }, [picture]);
  refill(stage, [says, frame]);
  stage.closest(".sfdag").style.setProperty("--sfdag-height", `${Math.ceil(folded.height)}px`);
  const viewport = viewportOf(page, frame, picture, folded);
  const places = { nodes: folded.boxes, edges: folded.edges };
  const focus = rovingFocus(boxes, places, viewport.reveal);
  once(page, frame, () => viewport.centre(boxOf(places, firstOf(places))));
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
    current: () => folded.boxes[focus.current].tasks[0], focus: (task) => focus.focus(boxWith(task)) };
}

/** The box around a group that is unfolded; a press on its name folds it. */
function openGroup(page, group, fit) {
  const element = drawnGroup(page, group, fit);
  element.setAttribute("class", "sfdag-open-group");
  element.setAttribute("data-open-group", group.name);
  element.querySelector("title").textContent = `${group.name}: press to fold`;
  return element;
}

/** What "1000 succeeded" takes. */
const COUNT_PX = 96;

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
  const box = emptyBox(page, { name, mark, absence, x, y, width, height, tile }, index);
  box.element.setAttribute("data-fold", at);
  fillBox(page, box, WHOLE, fit);
  const show = (pills) => {
    const task = told.tasks()[index] ?? null;
    if (isNews(box, task, pills[index])) showTask(box, task, { now: told.now(), looks: told.looks, fit, pill: pills[index] });
  };
  return { element: box.element, tasks: [index], show };
}

function foldedBox(page, told, { title, tasks, x, y, width, height }, index, fit) {
  const isLow = height < 40;  // a tile has one line
  const count = svg(page, "text", { class: "sfdag-note", x: width - 10, y: isLow ? 17 : 37, "text-anchor": "end" });
  const shares = svg(page, "g", { transform: `translate(10 ${height - (isLow ? 8 : 17)})` });
  const name = svg(page, "title");
  const element = svg(page, "g", { "data-fold": index, role: "button", tabindex: "-1", "data-lm-suppress-shortcuts": "true",
    class: "sfdag-node sfdag-s-pending", transform: `translate(${x} ${y})` }, [
    name,
    svg(page, "rect", { class: "sfdag-halo", x: -4, y: -4, width: width + 8, height: height + 8, rx: 11 }),
    svg(page, "rect", { class: "sfdag-fold", width, height, rx: 7 }),
    svg(page, "text", { class: "sfdag-name", x: 10, y: isLow ? 17 : 20, text: fit.elided(title, width - 20 - (isLow ? COUNT_PX : 0), "name") }), " ", count, shares]);
  let shown = "";
  const show = () => {
    const counts = countsOf(tasks.map((task) => stateOf(told, task)));
    const present = ORDER.filter((state) => counts.has(state));
    const key = present.map((state) => `${counts.get(state)} ${state}`).join(", ");
    if (key === shown) return;
    shown = key;
    // The worst first, and of more than that only how many tasks there are.
    put(count, `${counts.get(present[0])} ${present[0]}`);
    refill(shares, sharesOf(page, present, counts, tasks.length, width - 20 - (isLow ? 0 : COUNT_PX), isLow ? 3 : 6));
    const label = `${title}, ${key}, ${tasks.length} tasks, folded`;
    name.textContent = label;
    element.setAttribute("aria-label", label);
  };
  return { element, tasks, show };
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

/** That groups are folded, and where the failures are. */
function foldedSentence(told) {
  const { folded, graph: { nodes } } = told;
  const failed = folded.boxes.map((box) => [box.title, box.tasks.filter((task) => stateOf(told, task) === "failed").length])
    .filter(([, count]) => count > 0);
  const said = failed.slice(0, 3).map(([title, count]) => `${count} failed in ${isolated(title)}`);
  return [`${nodes.length} tasks: the groups are folded.`, ...(said.length ? [`${said.join(", ")}.`] : [])].join(" ");
}
