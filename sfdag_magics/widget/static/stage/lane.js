// Where the lane of a finalizer stands: below the others, instead of right of them, in a narrow view and where what opens beside the
// graph would cover it.

const LANE_GAP_PX = 24;
const PICTURE_MARGIN_PX = 12;

/** The points of an arrow: `[left, top, right, bottom]`. */
const boundsOf = kept((edge) => {
  const numbers = edge.d.match(/-?[\d.]+/g).map(Number);
  const [xs, ys] = [0, 1].map((odd) => numbers.filter((_, at) => at % 2 === odd));
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
});

/** The graph with that lane moved; the same graph where it has none that makes it wider. */
const withLaneBelow = kept((graph) => {
  const isIn = (frame) => (node) => node.tile === undefined && isWithin({ left: frame.x, top: frame.y, right: frame.x + frame.width, bottom: frame.y + frame.height },
    node.x, node.y, node.x + node.width, node.y + node.height);
  const frame = graph.frames.find((each) => graph.nodes.some(isIn(each)));
  if (!frame) return graph;
  const finalizer = graph.nodes.find(isIn(frame));
  const ends = [...graph.nodes, ...graph.groups, ...graph.frames].filter((each) => each !== frame && each !== finalizer)
    .map((each) => [each.x + each.width, each.y + each.height]);
  ends.push(...graph.edges.filter((edge) => edge.d).map((edge) => boundsOf(edge).slice(2)));
  const [right, bottom] = [0, 1].map((at) => Math.max(...ends.map((end) => end[at])));
  if (frame.x < right) return graph;
  const x = Math.max(PICTURE_MARGIN_PX, (right + PICTURE_MARGIN_PX - frame.width) / 2) - frame.x;
  const y = bottom + LANE_GAP_PX - frame.y;
  const moved = (each) => ({ ...each, x: each.x + x, y: each.y + y });
  return { ...graph, width: Math.max(right, frame.x + x + frame.width) + PICTURE_MARGIN_PX, height: frame.y + y + frame.height + PICTURE_MARGIN_PX,
    nodes: graph.nodes.map((node) => (node === finalizer ? moved(node) : node)),
    frames: graph.frames.map((each) => (each === frame ? moved(each) : each)) };
});

/** The graph as it leaves room for what opens beside it, where it is read in the height of a view so. */
function withLaneAside(graph, view) {
  if (view - drawerWidth(view, graph.width) >= graph.width) return graph;
  const below = withLaneBelow(graph);
  return below.height * READABLE <= TALLEST_STAGE_PX ? below : graph;
}
