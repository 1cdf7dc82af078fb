// Keys, only while the view has the focus. No key starts anything: buttons ask first.

const HELP = [
  ["← ↑ → ↓", "go to the task in that direction"],
  ["Enter, Space", "open the task's details"],
  ["n, p", "next, previous failed task"],
  ["+ − 0", "zoom in, out, to natural size"],
  ["Ctrl/⌘ + wheel", "zoom"],
  ["Esc", "close, then give the keys back to the notebook"],
];

/** Where a task's box stands. */
function boxOf(graph, index) {
  const { x, y, width, height } = graph.nodes[index];
  return { x, y, width, height };
}

/** The one task the Tab key reaches; arrows move it (roving tabindex). */
function rovingFocus(boxes, graph, reveal) {
  let current = 0;
  const setCurrent = (index) => {
    boxes[current]?.element.setAttribute("tabindex", "-1");
    current = index;
    boxes[current]?.element.setAttribute("tabindex", "0");
  };
  const focus = (index) => {
    if (!boxes[index]) return;
    setCurrent(index);
    reveal(boxOf(graph, index));
    boxes[index].element.focus({ preventScroll: true });
  };
  setCurrent(0);
  return { focus, setCurrent, get current() { return current; } };
}

/** The nearest task in a direction; one along an edge wins over one that is only near, and the next
 *  tile of a block over both. */
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
    const isNextTile = node.tile !== undefined && here.tile !== undefined && aside < 1;
    const cost = along + 2 * aside - (linked.has(index) ? 1e6 : 0) - (isNextTile ? 2e6 : 0);
    if (best === null || cost < best.cost) best = { index, cost };
  });
  return best?.index ?? null;
}

/** Keys of the whole view; `does` says what each of them does. */
function listenToKeys(root, does, signal) {
  root.addEventListener("click", () => {
    // Some hosts take the focus away on the way down, and with it the keys.
    if (!root.contains(root.getRootNode().activeElement)) root.focus({ preventScroll: true });
  }, { signal });
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (handled(event, does)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, { signal });
}

function handled(event, does) {
  if (event.key === "Escape") return does.escape();
  if (event.target.closest("input, textarea, select")) return false;
  const onTask = Boolean(event.target.closest("[data-index]"));
  if (onTask && event.key.startsWith("Arrow")) return does.move(event.key);
  if (onTask && (event.key === "Enter" || event.key === " ")) return does.open();
  const plain = { n: () => does.nextFailed(1), p: () => does.nextFailed(-1), "+": does.zoomIn,
    "=": does.zoomIn, "-": does.zoomOut, 0: does.reset, "?": does.help }[event.key];
  return plain ? plain() : false;
}

/** The next of some indexes after `current`, going round. */
function nextOf(indexes, current, step) {
  const at = indexes.indexOf(current);
  if (at < 0) return step > 0 ? indexes[0] : indexes[indexes.length - 1];
  return indexes[(at + step + indexes.length) % indexes.length];
}

/** What `?` shows. */
function helpOf(page, onOpen) {
  const rows = HELP.flatMap(([keys, says]) => [
    html(page, "dt", {}, [html(page, "kbd", { text: keys })]), html(page, "dd", { text: says }),
  ]);
  const shut = button(page, "Close", { class: "sfdag-button sfdag-quiet" });
  const element = html(page, "section", { class: "sfdag-help", "aria-label": "Keys", hidden: "" },
    [html(page, "dl", {}, rows), shut]);
  const close = () => {
    const wasOpen = !element.hidden;
    element.hidden = true;
    return wasOpen;
  };
  const toggle = () => {
    if (element.hidden) onOpen();
    element.hidden = !element.hidden;
  };
  onClick(page, shut, close);
  return { element, close, toggle };
}
