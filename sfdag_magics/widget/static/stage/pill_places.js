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
  for (const line of curvesOf(graph)) line.forEach(add);
  for (const group of [...graph.groups, ...graph.frames]) {
    const { left, room } = labelPlace(graph, group);
    const taken = Math.min(room, labelPx(group));
    for (let at = 0; at <= taken; at += PILL_PX / 2) add([left + at, group.y + 14]);
  }
  return squares;
});

/** The points along each of its arrows, up to the end of its tip. */
const curvesOf = kept(({ edges }) => edges.filter(({ d }) => d).map(({ d }) => pointsOf(d.match(/-?[\d.]+/g).map(Number))));

/** What a group's name may take, with its state and its time behind it; and how high it stands, from where down. */
const LABEL_LETTER = 6.5;
const LABEL_CLEAR = 6;
const LABEL_MORE = " · succeeded · 23m45s";
const LABEL_BAND = { from: 4, to: 24 };
const labelPx = ({ name, tasks }) => (name.length + (tasks?.length ? LABEL_MORE.length : 0)) * LABEL_LETTER;

/** Where a group's name stands along its upper edge, and how much room it has: between the arrows that cross there; over them, which
 *  end at its letters then, and without its state, where none of these gaps has room for the name. */
function labelPlace(graph, group) {
  const [from, to] = [group.x + 12, group.x + group.width - 12];
  const [top, bottom] = [group.y + LABEL_BAND.from, group.y + LABEL_BAND.to];
  const crossed = curvesOf(graph).flatMap((line) => line.slice(1).flatMap(([x, y], at) => {
    const [beforeX, beforeY] = line[at];
    return Math.max(y, beforeY) < top || Math.min(y, beforeY) > bottom ? [] : [[Math.min(x, beforeX) - LABEL_CLEAR, Math.max(x, beforeX) + LABEL_CLEAR]];
  })).filter(([left, right]) => right > from && left < to).sort(([a], [b]) => a - b);
  const gaps = [];
  let at = from;
  for (const [left, right] of [...crossed, [to, to]]) {
    if (left > at) gaps.push({ left: at, room: left - at });
    at = Math.max(at, right);
  }
  const widest = gaps.reduce((best, each) => (each.room > best.room ? each : best), { left: from, room: 0 });
  return widest.room < group.name.length * LABEL_LETTER ? { left: from, room: to - from, isAlone: true }
    : gaps.find(({ room }) => room >= Math.min(labelPx(group), widest.room));
}

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
  const found = [];
  for (let at = 0; at + 3 < corners.length; at += 3) {
    for (let step = 0; step <= POINTS; step += 1) found.push(curvePoint(corners.slice(at, at + 4), step / POINTS));
  }
  return [...found, [endX, endY], [endX + ((endX - beforeX) / long) * TIP_PX, endY + ((endY - beforeY) / long) * TIP_PX]];
}

function curvePoint(corners, share) {
  const weights = [(1 - share) ** 3, 3 * share * (1 - share) ** 2, 3 * share ** 2 * (1 - share), share ** 3];
  return [0, 1].map((axis) => corners.reduce((sum, corner, at) => sum + weights[at] * corner[axis], 0));
}

/** So far from a pill a line still looks as if it touched it; and so far above a box its own pill stands out. */
const CLEAR_PX = 4;
const RISES_PX = 11;

/** Where a pill of that width stands, and how much is below it: the first of a box's corners, from the upper right one, with nothing
 *  there; else beside the name, which ends at `nameEnd`, where that leaves room, else where there is least. `other`: the pill that the
 *  box has already. */
function pillPlace({ node, around }, nameEnd, pill, other = null) {
  const { x, y, width, height } = node;
  const [right, left, middle, above, below] = [width - pill - 8, 8, (width - pill) / 2, -RISES_PX, height + RISES_PX - PILL_PX];
  const places = [[right, above], [left, above], [right, below], [left, below], [middle, above], [middle, below]];
  const isTaken = (at, down) => other && at < other.at[0] + other.width + CLEAR_PX && at + pill + CLEAR_PX > other.at[0] && Math.abs(down - other.at[1]) < PILL_PX + CLEAR_PX;
  const counts = places.map(([at, down]) => countIn(crowdOf(around), x + at, y + down, pill) + boxesNear(around, node, x + at, y + down, pill)
    + (isTaken(at, down) ? Infinity : 0));
  const least = Math.min(...counts);
  return least > 0 && nameEnd + 8 <= right && !isTaken(right, 4) ? { at: [right, 4], covers: 0 } : { at: places[counts.indexOf(least)], covers: least };
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
  for (const each of inside.pillElements) each.remove();
  inside.pillElements = [];
  if (!text) return;
  inside.pillElements = box.isTile ? [tileBadge(box, text, fit)] : wordsPills(box, inside, text, fit);
  box.element.append(...inside.pillElements.flatMap((pill) => [" ", pill]));
}

/** All of its words in one, or in two where the one would cover something. */
function wordsPills(box, { nameEnd }, text, fit) {
  const formOf = (said, other) => {
    const width = fit.width(said, "note") + 12;
    return { said, width, ...pillPlace(box, nameEnd, width, other) };
  };
  const whole = formOf(text, null);
  const [first, second] = text.split(" · ");
  const forms = [whole];
  if (second && whole.covers > 0) {
    forms[0] = formOf(first, null);
    const others = [second, badgeSign(second)].map((said) => formOf(said, forms[0]));
    forms.push(others.find(({ covers }) => covers === 0) ?? others[1]);
  }
  return forms.map(({ said, width, at }) => coloured(fit.pill(said, width, at), said));
}

function coloured(pill, said) {
  if (said.startsWith(ROOT_CAUSE) || said === IN_CYCLE) pill.classList.add("sfdag-pill-cause");
  if (said.startsWith(ATTEMPT)) pill.classList.add("sfdag-pill-plain");
  return pill;
}

/** A tile has room for a sign, and says the rest by its name. */
function tileBadge({ node }, text, fit) {
  const [first, second] = text.split(" · ");
  const sign = [first, second && !second.startsWith(ATTEMPT) && second].filter(Boolean).map(badgeSign).join(" ");
  const width = Math.max(BADGE.height, fit.width(sign, "note") + BADGE.padding);
  return coloured(fit.pill(sign, width, [node.width - width - BADGE.right, -BADGE.up], BADGE.height), text);
}

/** What went wrong, that nothing came out, the number of an attempt, or that something differs. */
function badgeSign(text) {
  if (text.startsWith(ROOT_CAUSE) || text === IN_CYCLE) return "!";
  if (text.startsWith(GREEN_BUT_EMPTY)) return "0";
  return text.startsWith(ATTEMPT) ? text.slice(ATTEMPT.length) : "≠";
}
