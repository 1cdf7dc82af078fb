// The picture in a narrow view: as it was laid out for one, and tiles side by side fewer in a row, so that nothing has to be
// scrolled sideways. By the width alone, so that no state moves a task. Chains keep their rows: their arrows go by them.

const LEAST_IN_A_ROW = 2;

/** Whichever is larger in `room`: the graph as it is, or as it was laid out for a narrow page. */
function narrowPicture(graph, room) {
  const [made, other] = [graph, graph.narrow ?? graph].map((each) => withNarrowTiles(withLaneBelow(each), room));
  const scale = ({ width, height }) => Math.min(1, room / width, TALLEST_STAGE_PX / height);
  return scale(other) > scale(made) ? other : made;
}

/** The graph with its frames of tiles as wide as `room`; the same graph where none can be made narrower so. */
function withNarrowTiles(graph, room) {
  const found = narrowed(graph);
  if (!found.has(room)) found.set(room, reflowed(graph, room));
  return found.get(room);
}

const narrowed = kept(() => new Map());

function reflowed(graph, room) {
  const grids = graph.frames.map((frame) => tileGrid(graph, frame, room)).filter(Boolean);
  if (!grids.length) return graph;
  const [rowOf, gridAt] = [movedDown(grids), new Map(grids.flatMap((grid) => grid.tiles.map((index) => [index, grid])))];
  const groups = graph.groups.map((group) => aroundGrids(graph, group, grids, gridAt));
  const others = [...graph.nodes.filter((_, index) => !gridAt.has(index)), ...groups.filter((each) => each.width),
    ...graph.frames.filter((frame) => grids.every((grid) => grid.frame !== frame)), ...grids.map(({ x, width }) => ({ x, width }))];
  const [left, right] = [Math.min(...others.map(({ x }) => x)), Math.max(...others.map(({ x, width }) => x + width))];
  const width = right - left + 2 * PICTURE_MARGIN_PX;
  if (width >= graph.width) return graph;
  const aside = PICTURE_MARGIN_PX - left;
  const moved = (each) => ({ ...each, x: each.x + aside, y: rowOf(each.y) });
  return { ...graph, width, height: rowOf(graph.height),
    nodes: graph.nodes.map((node, index) => (gridAt.has(index) ? placedTile(node, gridAt.get(index), index, aside, rowOf) : moved(node))),
    groups: groups.map((group) => ({ ...moved(group), height: rowOf(group.y + group.height) - rowOf(group.y) })),
    frames: graph.frames.map((frame) => framed(frame, grids.find((grid) => grid.frame === frame), moved)),
    edges: graph.edges.map((edge) => (edge.d ? { ...edge, d: bent(edge, gridAt, aside, rowOf) } : edge)) };
}

function framed(frame, grid, moved) {
  const now = moved(grid ? { ...frame, x: grid.x } : frame);
  return grid ? { ...now, width: grid.width, height: frame.height + grid.grows } : now;
}

/** A group as wide as what is in it by now; the same group where that is as wide as it was. */
function aroundGrids(graph, group, grids, gridAt) {
  const inside = grids.filter(({ tiles }) => tiles.some((index) => group.tasks.includes(index)));
  if (!inside.length) return group;
  const others = group.tasks.filter((index) => !gridAt.has(index)).map((index) => graph.nodes[index]);
  const edges = (boxes) => [Math.min(...boxes.map(({ x }) => x)), Math.max(...boxes.map(({ x, width }) => x + width))];
  const [left, right] = edges([...others, ...inside.map(({ frame }) => frame)]);
  const [from, to] = edges([...others, ...inside]);
  return { ...group, x: group.x + from - left, width: group.width - (right - left) + to - from };
}

/** How a frame's tiles stand in less room; null where they need none, or stand in no grid of single tasks alone in its rows. */
function tileGrid(graph, frame, room) {
  const isBeside = ({ y, height }) => y < frame.y + frame.height && y + height > frame.y;
  const isIn = (node) => node.tile !== undefined && isBeside(node) && node.x >= frame.x && node.x < frame.x + frame.width;
  const tiles = graph.nodes.flatMap((node, index) => (isIn(node) ? [index] : []));
  if (!tiles.length || graph.nodes.some((node, index) => isBeside(node) && !tiles.includes(index))) return null;
  if (graph.frames.some((each) => each !== frame && isBeside(each))) return null;
  if (graph.edges.some(({ tail, head }) => tiles.includes(tail) && tiles.includes(head))) return null;
  const { x, y, width, height } = graph.nodes[tiles[0]];
  const inFirst = tiles.filter((index) => graph.nodes[index].y === y).length;
  const [padding, gap] = [x - frame.x, inFirst > 1 ? graph.nodes[tiles[1]].x - x - width : 0];
  const around = graph.groups.find((group) => group.tasks.includes(tiles[0]));
  const beside = PICTURE_MARGIN_PX + (around ? frame.x - around.x : 0) + padding;
  const fits = Math.floor((room - 2 * beside + gap) / (width + gap));
  const inARow = Math.max(LEAST_IN_A_ROW, fits);
  if (inARow >= inFirst) return null;
  const rows = (count) => Math.ceil(tiles.length / count);
  const wide = 2 * padding + inARow * (width + gap) - gap;
  return { frame, tiles, inARow, step: { x: width + gap, y: height + gap }, padding, top: y - frame.y,
    x: frame.x + (frame.width - wide) / 2, width: wide, grows: (rows(inARow) - rows(inFirst)) * (height + gap) };
}

/** How far down something stands, by where it stood: what is below a frame that grows goes with its lower edge. */
function movedDown(grids) {
  return (y) => y + grids.reduce((sum, { frame, grows }) => sum + (y >= frame.y + frame.height ? grows : 0), 0);
}

function placedTile(node, { frame, tiles, inARow, step, padding, top, x }, index, aside, rowOf) {
  const number = tiles.indexOf(index);
  return { ...node, x: x + aside + padding + (number % inARow) * step.x, y: rowOf(frame.y) + top + Math.floor(number / inARow) * step.y };
}

/** An arrow whose ends are where its tasks are by now. */
function bent({ tail, head, d }, gridAt, aside, rowOf) {
  const numbers = d.match(/-?[\d.]+/g).map(Number);
  const within = (grid, x) => Math.min(Math.max(x, grid.x + grid.padding), grid.x + grid.width - grid.padding);
  const points = numbers.flatMap((x, at) => (at % 2 ? [] : [[x, numbers[at + 1]]])).map(([x, y], at, all) => {
    const grid = at < 2 ? gridAt.get(tail) : at >= all.length - 2 ? gridAt.get(head) : null;
    return [(grid ? within(grid, x) : x) + aside, rowOf(y)];
  });
  const told = points.flat().map((number) => Math.round(number * 10) / 10);
  let at = 0;
  return d.replace(/-?[\d.]+/g, () => told[(at += 1) - 1]);
}
