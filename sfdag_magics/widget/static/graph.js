// The picture: boxes, arrows and their states. Positions come with the graph and never change with
// a state; only what differs from what is shown is touched.

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const TEXT_LEFT = 36;
const TEXT_RIGHT = 10;
let markers = 0;

/** Draws `graph` once; `show(tasks, now)` brings it up to date, `tick(now)` moves durations. */
function drawGraph(page, graph, looks) {
  const marker = `sfdag-tip-${(markers += 1)}`;
  const picture = svg(page, "svg", { class: "sfdag-picture", width: graph.width, height: graph.height,
    viewBox: `0 0 ${graph.width} ${graph.height}`, role: "group", "aria-label": `Graph ${graph.name}` });
  const fit = fitter(page);
  const room = graph.box_width - TEXT_LEFT - TEXT_RIGHT;
  picture.append(
    tipMarker(page, marker),
    ...graph.groups.map((group) => drawnGroup(page, group, fit)),
    ...graph.edges.map((edge) => svg(page, "path",
      { class: `sfdag-edge sfdag-edge-${edge.kind}`, d: edge.d, "marker-end": `url(#${marker})` })),
  );
  const boxes = graph.nodes.map((node, index) => drawnBox(page, graph, node, index, fit, room));
  picture.append(...boxes.map((box) => box.element));

  let shown = [];
  const show = (tasks, now) => {
    boxes.forEach((box, index) => {
      const task = tasks[index] ?? null;
      const note = taskNote(task, now);
      const state = task?.state ?? "pending";
      if (state !== box.state) setState(box, state, looks[state]);
      if (note !== box.note) setNote(box, note, fit, room);
    });
    shown = tasks;
  };
  const tick = (now) => {
    shown.forEach((task, index) => {
      if (task?.state === "running") setNote(boxes[index], taskNote(task, now), fit, room);
    });
  };
  return { picture, boxes, show, tick };
}

function drawnBox(page, graph, node, index, fit, room) {
  const { box_width: width, box_height: height } = graph;
  const glyph = svg(page, "path", { class: "sfdag-glyph", transform: "translate(14 7)" });
  const note = svg(page, "text", { class: "sfdag-note", x: TEXT_LEFT, y: 37 });
  const title = svg(page, "title");
  const markRoom = node.mark ? fit.width(node.mark, "note") + 8 : 0;
  const element = svg(page, "g", { "data-task": node.name, "data-index": index, role: "button",
    tabindex: "-1", "data-lm-suppress-shortcuts": "true",
    transform: `translate(${node.x} ${node.y})` }, [
    title,
    svg(page, "rect", { class: "sfdag-halo", x: -4, y: -4, width: width + 8, height: height + 8, rx: 11 }),
    svg(page, "rect", { class: "sfdag-box", width, height, rx: 7 }),
    svg(page, "rect", { class: "sfdag-box sfdag-double", x: 3, y: 3, width: width - 6, height: height - 6, rx: 5 }),
    svg(page, "rect", { class: "sfdag-stripe", x: 6, y: 9, width: 4, height: height - 18, rx: 2 }),
    glyph,
    svg(page, "text", { class: "sfdag-name", x: TEXT_LEFT, y: 20, text: fit.elided(node.name, room, "name") }),
    " ", // where texts are read one after another, they are words of their own
    note,
  ]);
  if (node.mark) {
    element.append(" ", svg(page, "text", { class: "sfdag-mark", x: width - TEXT_RIGHT, y: 37,
      "text-anchor": "end", text: node.mark }));
  }
  return { element, glyph, noteElement: note, title, node, markRoom, state: null, note: null };
}

function setState(box, state, look) {
  box.state = state;
  box.element.setAttribute("class", `sfdag-node sfdag-s-${state}`);
  box.element.setAttribute("data-state", state);
  box.glyph.setAttribute("d", look.glyph);
  box.glyph.setAttribute("class", `sfdag-glyph ${look.filled ? "sfdag-filled" : ""}`);
}

function setNote(box, note, fit, room) {
  box.note = note;
  box.noteElement.textContent = fit.elided(note, room - box.markRoom, "note");
  const label = [box.node.name, note, box.node.mark].filter(Boolean).join(", ");
  box.title.textContent = label;
  box.element.setAttribute("aria-label", label);
}

function drawnGroup(page, group, fit) {
  return svg(page, "g", {}, [
    svg(page, "title", { text: group.name }),
    svg(page, "rect", { class: "sfdag-group", x: group.x, y: group.y, width: group.width,
      height: group.height, rx: 10 }),
    svg(page, "text", { class: "sfdag-group-name", x: group.x + 8, y: group.y + 12,
      text: fit.elided(group.name, group.width - 16, "note") }),
  ]);
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
  const fonts = { name: `600 13px ${FONT}`, note: `11px ${FONT}` };
  // A few per cent of room: the canvas knows nothing of a host's letter spacing.
  const width = (text, kind) => {
    context.font = fonts[kind];
    return context.measureText(text).width * 1.04;
  };
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
  return { width, elided };
}
