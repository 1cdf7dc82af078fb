// What stands on the edge of a box, and where: over no arrow, no other box and no group's name, where there is such a place.

const PILL_PX = 16;
/** Of a tile's: how high it is, how far it stands out above, where tiles are 8 from each other, and how far from its right edge: an
 *  arrow may leave there. */
const BADGE = { height: 14, up: 6, right: 6, padding: 6 };
const SQUARE_PX = 64;
/** So many points of each of an arrow's curves are looked at. */
const POINTS = 12;

/** What is drawn between the boxes, as points, by the square of the picture that each is in. */
const crowdOf = kept((graph) => {
  const squares = new Map();
  const add = ([x, y]) => {
    const key = squareOf(x, y);
    if (!squares.has(key)) squares.set(key, []);
    squares.get(key).push([x, y]);
  };
  for (const { d } of graph.edges) if (d) pointsOf(d.match(/-?[\d.]+/g).map(Number)).forEach(add);
  for (const { name, x, y, width } of [...graph.groups, ...graph.frames]) {
    const room = Math.min(width - 24, name.length * 7);
    for (let at = 0; at <= room; at += PILL_PX / 2) add([x + 12 + at, y + 14]);
  }
  return squares;
});

function squareOf(x, y) {
  return `${Math.floor(x / SQUARE_PX)} ${Math.floor(y / SQUARE_PX)}`;
}

/** So far the tip reaches beyond the end of its line. */
const TIP_PX = 7;

/** Along the curves of a path `M p C p p p p p p …`, to the end of its tip. */
function pointsOf(numbers) {
  const corners = numbers.flatMap((x, at) => (at % 2 ? [] : [[x, numbers[at + 1]]]));
  const [[beforeX, beforeY], [endX, endY]] = corners.slice(-2);
  const long = Math.hypot(endX - beforeX, endY - beforeY) || 1;
  const found = [corners[0], corners.at(-1), [endX + ((endX - beforeX) / long) * TIP_PX, endY + ((endY - beforeY) / long) * TIP_PX]];
  for (let at = 0; at + 3 < corners.length; at += 3) {
    for (let step = 0; step <= POINTS; step += 1) found.push(curvePoint(corners.slice(at, at + 4), step / POINTS));
  }
  return found;
}

function curvePoint(corners, share) {
  const weights = [(1 - share) ** 3, 3 * share * (1 - share) ** 2, 3 * share ** 2 * (1 - share), share ** 3];
  return [0, 1].map((axis) => corners.reduce((sum, corner, at) => sum + weights[at] * corner[axis], 0));
}

/** So far from a pill a line still looks as if it touched it; and so far above a box its own pill stands out. */
const CLEAR_PX = 4;
const RISES_PX = 10;

/** Where a pill of that width stands, and how much is below it: the first of a box's corners, from the upper right one, with nothing
 *  there; else beside the name, which ends at `nameEnd`, where that leaves room, else where there is least. */
function pillPlace({ node, around }, nameEnd, pill) {
  const { x, y, width, height } = node;
  const [right, left, middle, above, below] = [width - pill - 8, 8, (width - pill) / 2, -RISES_PX, height + RISES_PX - PILL_PX];
  const places = [[right, above], [left, above], [right, below], [left, below], [middle, above], [middle, below]];
  const counts = places.map(([at, down]) => countIn(crowdOf(around), x + at, y + down, pill) + boxesNear(around, node, x + at, y + down, pill));
  const least = Math.min(...counts);
  return least > 0 && nameEnd + 8 <= right ? { at: [right, 4], covers: 0 } : { at: places[counts.indexOf(least)], covers: least };
}

/** How many other boxes are there, each with the room that a pill above it takes. */
function boxesNear({ nodes, boxes }, own, left, top, pill) {
  return (nodes ?? boxes).filter((node) => (node.x !== own.x || node.y !== own.y) && node.x < left + pill + CLEAR_PX && node.x + node.width > left - CLEAR_PX
    && node.y - RISES_PX < top + PILL_PX + CLEAR_PX && node.y + node.height > top - CLEAR_PX).length;
}

function countIn(crowd, left, top, pill) {
  const [right, bottom] = [left + pill + CLEAR_PX, top + PILL_PX + CLEAR_PX];
  let count = 0;
  for (let x = left - CLEAR_PX; ; x = Math.min(x + SQUARE_PX, right)) {
    for (let y = top - CLEAR_PX; ; y = Math.min(y + SQUARE_PX, bottom)) {
      count += (crowd.get(squareOf(x, y)) ?? []).filter(([px, py]) => px > left - CLEAR_PX && px < right && py > top - CLEAR_PX && py < bottom).length;
      if (y >= bottom) break;
    }
    if (x >= right) break;
  }
  return count;
}

/** What stands on the edge of a box. */
function setPill(box, inside, text, fit) {
  inside.pill = text;
  inside.pillElement?.remove();
  inside.pillElement = null;
  if (!text) return;
  inside.pillElement = box.isTile ? tileBadge(box, badgeSign(text), fit) : wordsPill(box, inside, text, fit);
  if (text.startsWith(ROOT_CAUSE) || text === IN_CYCLE) inside.pillElement.classList.add("sfdag-pill-cause");
  if (text.startsWith(ATTEMPT)) inside.pillElement.classList.add("sfdag-pill-plain");
  box.element.append(" ", inside.pillElement);
}

/** All of its words, or the first of them where all would cover something. */
function wordsPill(box, { nameEnd }, text, fit) {
  const forms = [text, text.split(" · ")[0]].map((said) => {
    const width = fit.width(said, "note") + 12;
    return { said, width, ...pillPlace(box, nameEnd, width) };
  });
  const { said, width, at } = forms.find(({ covers }) => covers === 0) ?? forms[1];
  return fit.pill(said, width, at);
}

/** A tile has room for a sign, and says the rest by its name. */
function tileBadge({ node }, sign, fit) {
  const width = Math.max(BADGE.height, fit.width(sign, "note") + BADGE.padding);
  return fit.pill(sign, width, [node.width - width - BADGE.right, -BADGE.up], BADGE.height);
}

/** What went wrong, that nothing came out, the number of an attempt, or that something differs. */
function badgeSign(text) {
  if (text.startsWith(ROOT_CAUSE) || text === IN_CYCLE) return "!";
  if (text.startsWith(GREEN_BUT_EMPTY)) return "0";
  return text.startsWith(ATTEMPT) ? text.slice(ATTEMPT.length) : "≠";
}
