// Zoom and pan of the picture in its frame. A plain wheel scrolls the notebook, Ctrl or ⌘ zooms.

const DRAG_PX = 4;
const ZOOMS = [0.1, 3];

/** Makes `frame` show `picture` of a `size`; offers zoom, fit, reset, reveal and centre. `onSight(seen)` is called with
 *  the part of the picture that is seen, whenever it is another. */
function viewportOf(page, frame, picture, size, onSight = () => {}) {
  const { signal } = page;
  let scale = 1;
  const told = { key: "", isDue: false };
  const tellSight = () => {
    told.isDue = false;
    const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = frame;
    const key = [left, top, width, height, scale].join();
    if (!width || key === told.key) return;
    told.key = key;
    onSight({ left: left / scale, top: top / scale, right: (left + width) / scale, bottom: (top + height) / scale, scale });
  };
  const moved = () => {
    if (told.isDue) return;
    told.isDue = true;
    page.doc.defaultView.requestAnimationFrame(tellSight);
  };
  frame.addEventListener("scroll", moved, { signal, passive: true });
  watchWidth(page, frame, tellSight);

  const fitting = () => Math.min(1, frame.clientWidth / size.width, frame.clientHeight / size.height);
  const zoomTo = (wanted, point = null) => {
    // However large a graph is, the whole of it can be seen.
    const next = Math.min(Math.max(wanted, Math.min(ZOOMS[0], fitting())), ZOOMS[1]);
    const at = point ?? { x: frame.clientWidth / 2, y: frame.clientHeight / 2 };
    const x = (frame.scrollLeft + at.x) / scale;
    const y = (frame.scrollTop + at.y) / scale;
    scale = next;
    picture.setAttribute("width", size.width * scale);
    picture.setAttribute("height", size.height * scale);
    picture.classList.toggle("sfdag-far", scale < 0.75);
    frame.scrollLeft = x * scale - at.x;
    frame.scrollTop = y * scale - at.y;
    moved();
  };
  const centre = (box) => {
    frame.scrollLeft = (box.x + box.width / 2) * scale - frame.clientWidth / 2;
    frame.scrollTop = (box.y + box.height / 2) * scale - frame.clientHeight / 2;
  };
  const reveal = (box) => {
    const margin = 24;
    const left = box.x * scale;
    const top = box.y * scale;
    if (left < frame.scrollLeft + margin) frame.scrollLeft = left - margin;
    if (top < frame.scrollTop + margin) frame.scrollTop = top - margin;
    const right = left + box.width * scale + margin;
    const bottom = top + box.height * scale + margin;
    if (right > frame.scrollLeft + frame.clientWidth) frame.scrollLeft = right - frame.clientWidth;
    if (bottom > frame.scrollTop + frame.clientHeight) frame.scrollTop = bottom - frame.clientHeight;
  };

  frame.addEventListener("wheel", (event) => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      const { left, top } = frame.getBoundingClientRect();
      zoomTo(scale * Math.exp(-event.deltaY * 0.002), { x: event.clientX - left, y: event.clientY - top });
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const before = frame.scrollLeft;
      frame.scrollLeft += event.deltaX;
      if (frame.scrollLeft !== before) event.preventDefault();
    }
  }, { passive: false, signal });
  followDrag(frame, signal);
  return { zoomBy: (factor) => zoomTo(scale * factor), reset: () => zoomTo(1), fit: () => zoomTo(fitting()), reveal, centre };
}

/** Panning by drag. The pointer is captured only after some pixels: a click must stay a click. */
function followDrag(frame, signal) {
  let start = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.button === 0) start = { x: event.clientX, y: event.clientY, id: event.pointerId, on: false };
  }, { signal });
  frame.addEventListener("pointermove", (event) => {
    if (!start || event.pointerId !== start.id) return;
    const dx = event.clientX - start.x;
    const dy = event.clientY - start.y;
    if (!start.on && Math.hypot(dx, dy) < DRAG_PX) return;
    if (!start.on) {
      start.on = true;
      frame.setPointerCapture(event.pointerId);
      frame.classList.add("sfdag-dragging");
    }
    frame.scrollLeft -= dx;
    frame.scrollTop -= dy;
    start.x = event.clientX;
    start.y = event.clientY;
  }, { signal });
  const end = () => {
    start = null;
    frame.classList.remove("sfdag-dragging");
  };
  for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, end, { signal });
}
