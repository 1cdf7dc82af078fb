// What of a large picture is near enough to be seen: only that has something in it.
//
// A thousand boxes are ten thousand elements. Whatever changes among them, the browser looks at all of them
// again, and a style sheet of the host's that asks what is within makes it do so for every change anywhere.

/** So far beyond the frame's edges is drawn too, in pixels of the screen: what is scrolled to is there. */
const NEAR_PX = 240;
/** Below this no text can be read, whatever is left out: a box is a block in its state's colour. */
const BLOCKS = 0.5;

/** `look({ left, top, right, bottom, scale })` fills the boxes within and empties the others by `fill(index,
 *  level)`; `add(index)` says of one that it is there by now. */
function sightOf(page, boxes, fill, arrows) {
  let seen = null;
  let work = null;
  const levelOf = ({ node: { x, y, width, height } }) => {
    if (!isWithin(seen, x, y, x + width, y + height)) return null;
    return seen.scale < BLOCKS ? SMALL : WHOLE;
  };
  const add = (index) => seen && fill(index, levelOf(boxes[index]));
  const look = (sight) => {
    const near = NEAR_PX / sight.scale;
    seen = { left: sight.left - near, top: sight.top - near, right: sight.right + near, bottom: sight.bottom + near, scale: sight.scale };
    work?.leave();
    const others = [...boxes.keys()].filter((index) => levelOf(boxes[index]) !== boxes[index].level);
    work = inSlices(page, others, (index) => fill(index, levelOf(boxes[index])));
    arrows.look(seen);
  };
  return { add, look, leave: () => work?.leave() };
}

function isWithin(seen, left, top, right, bottom) {
  return right > seen.left && left < seen.right && bottom > seen.top && top < seen.bottom;
}

/** The arrows, below everything else: `all()` of them, or with `look(seen)` those that pass by. */
function arrowsOf(page, graph, marker) {
  const element = svg(page, "g");
  const drawn = new Map();
  const there = graph.edges.filter((edge) => edge.d);
  const made = (edge) => svg(page, "path", { class: `sfdag-edge sfdag-edge-${edge.kind} ${isOnCycle(graph, edge) ? "sfdag-edge-cycle" : ""}`, d: edge.d, "marker-end": `url(#${marker})` });
  let work = null;
  const look = (seen) => {
    const others = there.filter((edge) => isWithin(seen, ...boundsOf(edge)) !== drawn.has(edge));
    work?.leave();
    work = inSlices(page, others, (edge) => {
      if (drawn.has(edge)) {
        drawn.get(edge).remove();
        drawn.delete(edge);
        return;
      }
      drawn.set(edge, made(edge));
      element.append(drawn.get(edge));
    });
  };
  return { element, look, all: () => element.append(...there.map(made)) };
}
