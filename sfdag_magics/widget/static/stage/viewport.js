// Zoom and pan of the picture in its frame. A plain wheel scrolls the notebook, Ctrl or ⌘ zooms.

const DRAG_PX = 4;
/** So much beyond an edge is only the picture's margin. */
const EDGE_PX = 12;
const ZOOMS = [0.1, 3];
/** At first sight it is no smaller: its second lines have 8.8 px then. Of one that is zoomed out below the other the small texts go. */
const READABLE = 0.8;
const FAR = 0.7;

/** Who decides how large a picture is: `READ` as at first sight, `FIT` whole at any size; both follow the view's width. What
 *  somebody zoomed by hand stays. */
const ZOOMED = { READ: "read", FIT: "fit", OWN: "own" };

/** Makes `frame` show `picture` of a `size`; offers zoom, fit, reset, begin, reveal and centre. `onSight(seen)` is called with
 *  the part of the picture that is seen, and its scale, whenever it is another. `zoomed.by` outlives the picture: a `FIT` is for the next one as well. */
function viewportOf(page, frame, picture, size, zoomed, onSight = () => {}) {
  const { signal } = page;
  let scale = 1;
  let origin = 0;  // where the picture begins
  let within = 0;
  let room = 0;  // what the frame had of it as the view got that width: it is in the middle of that when something opens beside it
  let chosen = null;  // the box that was last gone to
  let [frameWidth, frameHeight] = [0, 0];
  const told = { key: "", isDue: false };
  const tellSight = () => {
    told.isDue = false;
    const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = frame;
    const key = [left, top, width, height, scale].join();
    if (!width || key === told.key) return;
    told.key = key;
    showEdges(frame, EDGE_PX, { width: size.width * scale, height: size.height * scale });
    onSight({ left: Math.max(0, left - origin) / scale, top: top / scale, right: (left + width - origin) / scale, bottom: (top + height) / scale, scale });
  };
  const moved = () => {
    if (told.isDue) return;
    told.isDue = true;
    page.doc.defaultView.requestAnimationFrame(tellSight);
  };
  frame.addEventListener("scroll", moved, { signal, passive: true });
  const place = () => {
    // In the middle of what there is; what opens beside it moves it no further than it has to.
    const middle = Math.max(room, frame.clientWidth) / 2;
    origin = Math.max(0, Math.min(middle - size.width * scale / 2, frame.clientWidth - size.width * scale));
    picture.style.marginLeft = `${origin}px`;
  };
  watchWidth(page, frame, () => {
    if (!frame.clientWidth) return;  // hidden, or another picture stands there by now
    const width = frame.closest(".sfdag-body").clientWidth;
    const wasThere = frameWidth > 0;
    const isOther = width !== within || frame.clientWidth !== frameWidth || frame.clientHeight !== frameHeight;
    if (width !== within) room = frame.clientWidth;
    [within, frameWidth, frameHeight] = [width, frame.clientWidth, frame.clientHeight];
    if (isOther && wasThere && zoomed.by !== ZOOMED.OWN) zoomTo(wished(), held());
    else if (isOther) place();
    if (isOther && wasThere && chosen) reveal(chosen);
    tellSight();
  });

  const fitting = () => Math.min(1, frame.clientWidth / size.width, frame.clientHeight / size.height);
  /** The point that stays where it is as the frame gets another size: a second click is for the same box. */
  const held = () => (chosen ? { x: origin + (chosen.x + chosen.width / 2) * scale - frame.scrollLeft, y: (chosen.y + chosen.height / 2) * scale - frame.scrollTop }
    : { x: 0, y: 0 });
  /** The whole of it where that can be read or is wished, else as much as can be read. */
  const wished = () => (zoomed.by === ZOOMED.FIT ? fitting() : Math.max(READABLE, fitting()));
  const zoomTo = (wanted, point = null) => {
    // However large a graph is, the whole of it can be seen.
    const next = Math.min(Math.max(wanted, Math.min(ZOOMS[0], fitting())), ZOOMS[1]);
    const at = point ?? { x: frame.clientWidth / 2, y: frame.clientHeight / 2 };
    const x = (frame.scrollLeft + at.x - origin) / scale;
    const y = (frame.scrollTop + at.y) / scale;
    scale = next;
    picture.setAttribute("width", size.width * scale);
    picture.setAttribute("height", size.height * scale);
    picture.classList.toggle("sfdag-far", scale < FAR);
    place();
    frame.scrollLeft = x * scale + origin - at.x;
    frame.scrollTop = y * scale - at.y;
    moved();
  };
  const centre = (box) => {
    frame.scrollLeft = origin + (box.x + box.width / 2) * scale - frame.clientWidth / 2;
    frame.scrollTop = (box.y + box.height / 2) * scale - frame.clientHeight / 2;
  };
  const by = (who, wanted, point) => {
    zoomed.by = who;
    zoomTo(wanted(), point);
  };
  /** At first sight, with `box` in the middle. */
  const begin = (box) => {
    by(zoomed.by === ZOOMED.FIT ? ZOOMED.FIT : ZOOMED.READ, wished);
    centre(box);
  };
  const reveal = (box) => {
    chosen = box;
    const margin = 24;
    const left = origin + box.x * scale;
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
      by(ZOOMED.OWN, () => scale * Math.exp(-event.deltaY * 0.002), { x: event.clientX - left, y: event.clientY - top });
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const before = frame.scrollLeft;
      frame.scrollLeft += event.deltaX;
      if (frame.scrollLeft !== before) event.preventDefault();
    }
  }, { passive: false, signal });
  followDrag(frame, signal);
  frame.addEventListener("click", (event) => {
    if (event.detail > 1) event.stopPropagation();  // the second of two is for the same box, which the first may have moved
  }, { signal, capture: true });
  return { zoomBy: (factor) => by(ZOOMED.OWN, () => scale * factor), reset: () => by(ZOOMED.OWN, () => 1), fit: () => by(ZOOMED.FIT, fitting),
    begin, reveal, centre };
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
