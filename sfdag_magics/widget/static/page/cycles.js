// Tasks that wait for themselves: nothing can run before somebody takes an edge out.

/** The cycles of a graph, each as the tasks along its edges; no task is in two of them. */
const cyclesOf = kept((graph) => {
  const { tails, heads } = neighboursOf(graph);
  const left = new Set(graph.nodes.keys());
  const found = [];
  for (;;) {
    // What waits for nobody that is left, or nobody that is left for it, is on no cycle.
    for (let before = -1; before !== left.size;) {
      before = left.size;
      for (const index of left) if (![tails, heads].every((next) => next[index].some((each) => left.has(each)))) left.delete(index);
    }
    if (!left.size) return found;
    const way = [left.values().next().value];
    while (new Set(way).size === way.length) way.push(heads[way.at(-1)].find((each) => left.has(each)));
    const cycle = way.slice(way.indexOf(way.at(-1)), -1);
    found.push(cycle);
    for (const index of cycle) left.delete(index);
  }
});

/** The tasks on any cycle. */
const onCycles = kept((graph) => new Set(cyclesOf(graph).flat()));

/** Whether an edge leads from a task on a cycle to the next. */
function isOnCycle(graph, { tail, head }) {
  return cyclesOf(graph).some((cycle) => cycle.some((each, at) => each === tail && cycle[(at + 1) % cycle.length] === head));
}

/** So many of a cycle's tasks are named. */
const CYCLE_NAMES = 6;

/** `a → b → a`, of a long one its beginning. */
function cycleText(graph, cycle) {
  const names = cycle.map((index) => graph.nodes[index].name);
  return [...names.slice(0, CYCLE_NAMES), ...(names.length > CYCLE_NAMES ? ["…"] : []), names[0]].join(" → ");
}
