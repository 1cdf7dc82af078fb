// The picture: boxes, arrows and their states. Positions come with the graph and never change with
// a state; only what differs from what is shown is touched.

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
/** Where a box and a tile have their texts: from the left and the right, and how far down. */
const BOX = { left: 36, right: 10, name: 18, note: 34, glyph: "translate(14 5)" };
const TILE = { left: 28, right: 8, name: 18, note: 18, glyph: "translate(7 6)", noteRoom: 50 };

/** In a picture of more boxes no border moves, each step would paint all of it anew, and only what is near
 *  enough to be seen has something in it. */
const STILL = 150;

/** Draws `graph` once, of a large one the first boxes at once; `show(tasks, now, …)` brings it up to date,
 *  durations included, `finish()` draws what is left, `look(seen)` fills what is seen by now. */
function drawGraph(page, graph, looks) {
  const marker = newId("tip");
  const isLarge = graph.nodes.length > STILL;
  const picture = svg(page, "svg", { class: `sfdag-picture ${isLarge ? "sfdag-still" : ""}`, width: graph.width,
    height: graph.height, viewBox: `0 0 ${graph.width} ${graph.height}`, role: "group", "aria-label": `Graph ${graph.name}` });
  const fit = fitter(page);
  const arrows = arrowsOf(page, graph, marker);
  const groups = graph.groups.map((group) => drawnGroup(page, group, graph, fit));
  const frames = graph.frames.map((frame) => drawnGroup(page, frame, graph, fit, { extra: "sfdag-tiles" }));
  picture.append(
    tipMarker(page, marker),
    ...[...groups, ...frames].map(({ element }) => element),
    arrows.element,
    ...[...groups, ...frames].map(({ label }) => label),
  );
  const boxes = [];
  let shown = { tasks: [], now: 0, isShown: () => true, pills: [], beside: [], isOld: false };
  const taskOf = (index) => shown.tasks[index] ?? null;
  const showBox = (index) => showTask(boxes[index], taskOf(index), { now: shown.now, isOld: shown.isOld, looks, fit, pill: shown.pills[index] ?? "", beside: shown.beside[index] ?? "" });
  const fill = (index, level) => {
    if (fillBox(page, boxes[index], level, fit)) showBox(index);
  };
  const sight = sightOf(page, boxes, fill, arrows);
  const rest = inSlices(page, graph.nodes, (node) => {
    const index = boxes.length;
    boxes.push(emptyBox(page, node, index, graph));
    if (!isLarge) fillBox(page, boxes[index], WHOLE, fit);
    showBox(index);
    sight.add(index);
    boxes[index].element.toggleAttribute("data-faded", !shown.isShown(index));
    picture.append(boxes[index].element);
  });
  if (!isLarge) arrows.all();
  let news = rest;
  /** Tasks for which `isShown` is false are faded; they stay where they are, and can be picked. */
  const show = (tasks, now, isShown, pills, beside, isOld) => {
    shown = { tasks, now, isShown, pills, beside, isOld };
    boxes.forEach(({ element }, index) => element.toggleAttribute("data-faded", !isShown(index)));
    if (news !== rest) news.leave();
    news = inSlices(page, [...boxes.keys()].filter((index) => isNews(boxes[index], taskOf(index), pills[index] ?? "", beside[index] ?? "")), showBox);
  };
  const leave = () => {
    rest.leave();
    news.leave();
    sight.leave();
  };
  const showGroups = (told) => groups.forEach((group) => group.show(told));
  return { picture, boxes, show, showGroups, finish: rest.finish, leave, look: isLarge ? sight.look : () => {} };
}

/** Whether a box may have something else to show: one whose task is the same as before, and over, has not. */
function isNews(box, task, pill, beside) {
  return task !== box.task || pill !== box.pill || beside !== box.beside || (goesOn(task) && box.level !== null) || box.state === null;
}

function showTask(box, task, { now, isOld, looks, fit, pill, beside }) {
  const state = task?.state ?? "pending";
  box.task = task;
  const note = boxNote(task, now, isOld);
  if (state !== box.state) setState(box, state);
  const isNewMark = pill !== box.pill || beside !== box.beside;
  Object.assign(box, { pill, beside });
  const word = task ? wordOf(task, isOld) : "";
  if (note !== box.note || isNewMark) setLabel(box, note, [tookText(task, now), word]);
  const { inside } = box;
  if (!inside) return;
  if (inside.sign !== signOf(task)) setGlyph(inside, signOf(task), looks[signOf(task)]);
  if (inside.pill !== pill) setPill(box, inside, pill, fit);
  if (inside.note !== note) setNote(box, inside, task, note, now, fit);
  if (inside.beside !== `${note} ${beside}`) setBeside(inside, note, beside, fit);
  const share = (shareOf(task) ?? 0) * inside.progressRoom;
  if (inside.progress && share !== inside.share) inside.progress.setAttribute("width", inside.share = share);
}

/** A box's place and what is said of it. What is in it comes with `fillBox`; `around` is the graph it stands in. */
function emptyBox(page, node, index, around) {
  const title = svg(page, "title");
  const element = svg(page, "g", { "data-task": node.name, "data-index": index, role: "button",
    tabindex: "-1", "data-lm-suppress-shortcuts": "true", ...(node.absence ? { "data-absent": "" } : {}),
    transform: `translate(${node.x} ${node.y})` }, [title]);
  return { element, title, node, around, isTile: node.tile !== undefined, level: null, inside: null, task: null, state: null, note: null, pill: "", beside: "" };
}

/** How much is in a box: all of it, or what can be told apart where it is too small to be read. */
const WHOLE = "whole";
const SMALL = "small";

/** Puts into a box what a level asks for, nothing for null; whether there is something new in it. */
function fillBox(page, box, level, fit) {
  if (level === box.level) return false;
  box.level = level;
  const { width, height } = box.node;
  box.inside = level === WHOLE ? drawnInside(page, box, fit) : null;
  const halo = svg(page, "rect", { class: "sfdag-halo", x: -4, y: -4, width: width + 8, height: height + 8, rx: 11 });
  const drawn = { [WHOLE]: () => [halo, ...box.inside.drawn],
    [SMALL]: () => [halo, svg(page, "rect", { class: "sfdag-box sfdag-block", width, height, rx: 7 })] }[level];
  box.element.replaceChildren(box.title, ...(drawn?.() ?? []));
  return level === WHOLE;
}

function drawnInside(page, { node, isTile }, fit) {
  const { width, height } = node;
  const at = isTile ? TILE : BOX;
  const room = width - at.left - at.right;
  const glyph = svg(page, "path", { class: "sfdag-glyph", transform: at.glyph });
  const note = svg(page, "text", isTile
    ? { class: "sfdag-note", x: width - at.right, y: at.note, "text-anchor": "end" }
    : { class: "sfdag-note", x: at.left, y: at.note });
  const beside = isTile || node.mark ? null
    : svg(page, "text", { class: "sfdag-mark", x: width - at.right, y: at.note, "text-anchor": "end" });
  const progress = isTile ? null
    : svg(page, "rect", { class: "sfdag-progress-of-task", x: at.left, y: height - 5, width: 0, height: 2, rx: 1 });
  const markRoom = node.mark && !isTile ? fit.width(node.mark, "note") + 8 : 0;
  const name = isTile ? fit.elided(node.tile, room, "tile") : fit.elided(node.name, room, "name");
  // Its duration is not said where its name needs the room.
  const tileNoteRoom = isTile && room - fit.width(name, "tile") >= at.noteRoom ? at.noteRoom : 0;
  const drawn = [
    svg(page, "rect", { class: "sfdag-box", width, height, rx: 7 }),
    svg(page, "rect", { class: "sfdag-box sfdag-double", x: 3, y: 3, width: width - 6, height: height - 6, rx: 5 }),
    ...(isTile ? [] : [svg(page, "rect", { class: "sfdag-stripe", x: 6, y: 9, width: 4, height: height - 18, rx: 2 })]),
    ...(progress ? [progress] : []),
    glyph,
    svg(page, "text", { class: isTile ? "sfdag-name sfdag-tile" : "sfdag-name", x: at.left, y: at.name, text: name }),
    " ", // where texts are read one after another, they are words of their own
    note,
    ...(beside ? [" ", beside] : []),
    ...(markRoom ? [" ", svg(page, "text", { class: "sfdag-mark", x: width - at.right, y: at.note, "text-anchor": "end", text: node.mark })] : []),
  ];
  const nameEnd = at.left + fit.width(name, isTile ? "tile" : "name");
  return { drawn, glyph, nameEnd, progress, progressRoom: room, besideElement: beside, beside: "", noteElement: note, noteRoom: isTile ? tileNoteRoom : room - markRoom,
    sign: null, note: null, share: 0, pill: "", pillElements: [] };
}

/** How far a running task says it is, between 0 and 1; null where it says nothing of that. */
function shareOf(task) {
  return task?.state === "running" ? task.progress?.share ?? null : null;
}

/** The second line of a box: the state, how long, and how far. */
function boxNote(task, now, isOld) {
  const share = shareOf(task);
  const note = taskNote(task, now, isOld);
  return share === null ? note : `${note} · ${Math.floor(share * 100)} %`;
}

function setState(box, state) {
  box.state = state;
  box.element.setAttribute("class", `sfdag-node sfdag-s-${state}`);
  box.element.setAttribute("data-state", state);
}

function setGlyph(inside, sign, look) {
  inside.sign = sign;
  inside.glyph.setAttribute("d", look.glyph);
  inside.glyph.setAttribute("class", `sfdag-glyph ${look.filled ? "sfdag-filled" : ""}`);
}

function setNote(box, inside, task, note, now, fit) {
  inside.note = note;
  const said = box.isTile ? tookText(task, now) : note;
  inside.noteElement.textContent = inside.noteRoom ? fit.elided(said, inside.noteRoom, "note") : "";
}

/** Its visible texts first and in their order; a tile does not show its state's word. */
function setLabel(box, note, ofTile) {
  box.note = note;
  const said = box.isTile ? ofTile : [note];
  const label = [box.node.name, ...said, box.node.mark || box.beside.split("\n")[0], ...new Set([box.node.absence, box.pill])].filter(Boolean).join(", ");
  box.title.textContent = label;
  box.element.setAttribute("aria-label", label);
}

/** The frame around a group of tasks, or around tiles, in the graph `around`, and its name, which stands before arrows; `show(told)`
 *  says what the group is as one. */
function drawnGroup(page, group, around, fit, { extra = "", does = "" } = {}) {
  const titles = [svg(page, "title"), svg(page, "title")];
  const { left, room, isAlone } = labelPlace(around, group);
  const name = svg(page, "text", { class: "sfdag-group-name", x: left, y: group.y + 17 });
  const element = svg(page, "g", {}, [titles[0],
    svg(page, "rect", { class: `sfdag-group ${extra}`, x: group.x, y: group.y, width: group.width, height: group.height, rx: 10 })]);
  const label = svg(page, "g", {}, [titles[1], name]);
  let shown = null;
  const say = (note) => {
    if (note === shown) return;
    shown = note;
    const said = note ? `${group.name} · ${note}` : group.name;
    for (const title of titles) title.textContent = `${said}${does}`;
    // Where both have no room, the name alone says more than a note that ends somewhere.
    name.textContent = !isAlone && fit.elided(said, room, "note") === said ? said : fit.elided(group.name, room, "note");
  };
  say("");
  return { element, label, show: (told) => say(group.tasks.length && told.state.run ? boxNote(groupOf(told, group.tasks), told.now(), told.isOld()) : "") };
}

function tipMarker(page, id) {
  return svg(page, "defs", {}, [
    svg(page, "marker", { id, viewBox: "0 0 8 8", refX: 1, refY: 4, markerWidth: 8, markerHeight: 8,
      markerUnits: "userSpaceOnUse", orient: "auto" },
    [svg(page, "path", { class: "sfdag-tip", d: "M0 0.5L8 4L0 7.5z" })]),
  ]);
}

/** Measures text without laying anything out, and shortens it. */
function fitter(page) {
  const context = page.doc.createElement("canvas").getContext("2d");
  const fonts = { name: `600 13px ${FONT}`, tile: `600 12px ${FONT}`, note: `11px ${FONT}` };
  const exact = (text, kind) => {
    context.font = fonts[kind];
    return context.measureText(text).width;
  };
  // A few per cent of room: a small picture's letters are not as wide as those of a large one.
  const width = (text, kind) => exact(text, kind) * 1.04;
  const elided = (text, room, kind) => {
    const line = text.replace(/\s+/g, " ").trim().slice(0, 400);
    if (width(line, kind) <= room) return line;
    const letters = [...line];
    let low = 0;
    let high = letters.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (width(`${letters.slice(0, middle).join("")}…`, kind) <= room) low = middle;
      else high = middle - 1;
    }
    return `${letters.slice(0, low).join("").trimEnd()}…`;
  };
  const pill = (text, room, [x, y], height = PILL_PX) => svg(page, "g", { class: "sfdag-pill", transform: `translate(${x} ${y})` }, [
    svg(page, "rect", { width: room, height, rx: height / 2 }),
    svg(page, "text", { x: room / 2, y: height / 2 + 4, "text-anchor": "middle", text })]);
  return { exact, width, elided, pill };
}
