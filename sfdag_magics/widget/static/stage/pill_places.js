// Where on a box's edge its pill stands: over no arrow and no group's name, where there is such a place.

const PILL_PX = 16;
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

/** Along the curves of a path `M p C p p p p p p …`. */
function pointsOf(numbers) {
  const corners = numbers.flatMap((x, at) => (at % 2 ? [] : [[x, numbers[at + 1]]]));
  const found = [corners[0], corners.at(-1)];
  for (let at = 0; at + 3 < corners.length; at += 3) {
    for (let step = 0; step <= POINTS; step += 1) found.push(curvePoint(corners.slice(at, at + 4), step / POINTS));
  }
  return found;
}

function curvePoint(corners, share) {
  const weights = [(1 - share) ** 3, 3 * share * (1 - share) ** 2, 3 * share ** 2 * (1 - share), share ** 3];
  return [0, 1].map((axis) => corners.reduce((sum, corner, at) => sum + weights[at] * corner[axis], 0));
}

/** The first of a box's corners, from the upper right one, with the least below a pill of that width. */
function pillPlace({ node: { x, y, width, height }, around }, pill) {
  const [right, left, middle, above, below] = [width - pill - 8, 8, (width - pill) / 2, -10, height - 6];
  const places = [[right, above], [left, above], [right, below], [left, below], [middle, above], [middle, below]];
  const counts = places.map(([at, down]) => countIn(crowdOf(around), x + at, y + down, pill));
  return places[counts.indexOf(Math.min(...counts))];
}

/** So far from a pill a line still looks as if it touched it. */
const CLEAR_PX = 4;

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
