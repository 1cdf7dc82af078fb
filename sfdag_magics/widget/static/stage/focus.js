// Which of the boxes has the focus, and which comes next in a direction.

/** Where a task's box stands. */
function boxOf(graph, index) {
  const { x, y, width, height } = graph.nodes[index];
  return { x, y, width, height };
}

/** The one task the Tab key reaches; arrows move it (roving tabindex). `chosen` is null until somebody went to one. */
function rovingFocus(boxes, graph, reveal) {
  let current = 0;
  let isChosen = false;
  const setCurrent = (index) => {
    boxes[current]?.element.setAttribute("tabindex", "-1");
    current = index;
    isChosen = true;
    boxes[current]?.element.setAttribute("tabindex", "0");
  };
  const focus = (index) => {
    if (!boxes[index]) return;
    setCurrent(index);
    reveal(boxOf(graph, index));
    boxes[index].element.focus({ preventScroll: true });
  };
  setCurrent(0);
  isChosen = false;
  return { focus, setCurrent, get current() { return current; }, get chosen() { return isChosen ? current : null; } };
}

/** The nearest task in a direction; one along an edge wins over one that is only near, the next tile of
 *  a block over both, and where a chain goes on in its next line over all. */
function neighbour(graph, from, key) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  const linked = new Set(graph.edges
    .filter((edge) => edge.tail === from || edge.head === from)
    .map((edge) => (edge.tail === from ? edge.head : edge.tail)));
  const here = graph.nodes[from];
  let best = null;
  graph.nodes.forEach((node, index) => {
    const along = (node.x - here.x) * dx + (node.y - here.y) * dy;
    const aside = Math.abs((node.x - here.x) * dy + (node.y - here.y) * dx);
    if (index === from || along <= 1 || (!linked.has(index) && aside > along * 2)) return;
    const areTiles = node.tile !== undefined && here.tile !== undefined;
    const cost = along + 2 * aside - (linked.has(index) ? (areTiles ? 3e6 : 1e6) : 0) - (areTiles && aside < 1 ? 2e6 : 0);
    if (best === null || cost < best.cost) best = { index, cost };
  });
  return best?.index ?? null;
}
