// The whole of a picture that is larger than its frame, in a corner: where one is, and a drag to elsewhere.
//
// Only for who points: keys go from task to task, and the picture follows them. It is a canvas, as a thousand
// more elements would be paid for with each change.

/** So large at most, and so small at least, in pixels. */
const MAP = { width: 176, height: 120, least: 28 };
/** Its colours are brought up to date so often at most; what comes after a while, at once. */
const MAP_MS = 400;

/** `moveTo({ x, y })` has that point of the picture seen in the middle. `look(seen)` says what is seen, `show()` that states may be
 *  others by now. */
function minimapOf(page, graph, boxes, moveTo) {
  const part = Math.min(MAP.width / graph.width, MAP.height / graph.height);
  const [width, height] = [graph.width, graph.height].map((side) => Math.max(MAP.least, Math.round(side * part)));
  const [across, down] = [width / graph.width, height / graph.height];
  const canvas = html(page, "canvas", { width: 2 * width, height: 2 * height, style: `width: ${width}px; height: ${height}px` });
  const here = html(page, "i");
  const element = html(page, "div", { class: "sfdag-minimap", "aria-hidden": "true", title: "Drag to another part of the graph", hidden: "" }, [canvas, here]);
  const view = page.doc.defaultView;
  let timer = 0;
  let drawnAt = -MAP_MS;
  const draw = () => {
    timer = 0;
    drawnAt = view.performance.now();
    const context = canvas.getContext("2d");
    const colours = coloursOf(view, boxes);
    context.clearRect(0, 0, canvas.width, canvas.height);
    for (const { node, state } of boxes) {
      context.fillStyle = colours.get(state);
      context.fillRect(2 * node.x * across, 2 * node.y * down, Math.max(2, 2 * node.width * across), Math.max(2, 2 * node.height * down));
    }
  };
  const show = () => {
    if (!element.hidden) timer ||= view.setTimeout(draw, Math.max(0, drawnAt + MAP_MS - view.performance.now()));
  };
  const look = ({ left, top, right, bottom }) => {
    const wasHidden = element.hidden;
    element.hidden = right - left >= graph.width && bottom - top >= graph.height;
    here.style.cssText = `left: ${left * across}px; top: ${top * down}px; width: ${Math.min(right - left, graph.width) * across}px; height: ${Math.min(bottom - top, graph.height) * down}px`;
    if (wasHidden) show();
  };
  const follow = (event) => {
    const { left, top } = canvas.getBoundingClientRect();
    moveTo({ x: (event.clientX - left) / across, y: (event.clientY - top) / down, width: 0, height: 0 });
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    follow(event);
    event.preventDefault();  // the focus stays where it is
  }, { signal: page.signal });
  element.addEventListener("pointermove", (event) => {
    if (element.hasPointerCapture(event.pointerId)) follow(event);
  }, { signal: page.signal });
  return { element, look, show, leave: () => view.clearTimeout(timer) };
}

/** The colour of each state that occurs, as the style sheet has it. */
function coloursOf(view, boxes) {
  const colours = new Map();
  for (const { element, state } of boxes) {
    if (!colours.has(state)) colours.set(state, view.getComputedStyle(element).getPropertyValue("--sfdag-state"));
  }
  return colours;
}
