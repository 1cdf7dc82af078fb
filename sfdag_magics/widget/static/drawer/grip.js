// The edge between the graph and the details, to be dragged or moved by arrows.

const NARROWEST_PX = 280;
const GRAPH_KEEPS_PX = 240;
const STEP_PX = 32;

/** A handle that sets how much of `body`'s width the drawer takes. */
function gripOf(page, body, drawer) {
  const element = html(page, "div", { class: "sfdag-grip", role: "separator", tabindex: "0",
    "aria-orientation": "vertical", "aria-label": "Width of the details", "aria-valuemin": NARROWEST_PX,
    "data-lm-suppress-shortcuts": "true", title: "Drag, or use the arrow keys" });
  const widest = () => Math.max(NARROWEST_PX, body.clientWidth - GRAPH_KEEPS_PX);
  const setWidth = (wanted) => {
    const width = Math.round(Math.min(Math.max(wanted, NARROWEST_PX), widest()));
    body.style.setProperty("--sfdag-drawer", `${width}px`);
    say(width);
  };
  const say = (width) => {
    element.setAttribute("aria-valuenow", Math.round(width));
    element.setAttribute("aria-valuemax", widest());
  };
  const moves = { ArrowLeft: () => drawer.offsetWidth + STEP_PX, ArrowRight: () => drawer.offsetWidth - STEP_PX,
    Home: () => NARROWEST_PX, End: widest };
  element.addEventListener("keydown", (event) => {
    if (!moves[event.key]) return;
    setWidth(moves[event.key]());
    event.preventDefault();
    event.stopPropagation();
  }, { signal: page.signal });
  let held = 0;  // how far from the edge it was taken hold of
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    held = event.clientX - drawer.getBoundingClientRect().left;
    element.setPointerCapture(event.pointerId);
  }, { signal: page.signal });
  element.addEventListener("pointermove", (event) => {
    if (element.hasPointerCapture(event.pointerId)) setWidth(body.getBoundingClientRect().right - event.clientX + held);
  }, { signal: page.signal });
  element.addEventListener("focus", () => say(drawer.offsetWidth), { signal: page.signal });
  watchWidth(page, body, () => say(drawer.offsetWidth || NARROWEST_PX));
  return element;
}
