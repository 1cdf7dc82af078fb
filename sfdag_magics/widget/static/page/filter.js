// Which tasks are looked for: by state, by name, by where they stand. Pure.

/** Whether nothing is looked for: then everything is shown alike. */
function isUnfiltered({ states, text, only }) {
  return states.size === 0 && !text && only === null;
}

/** `(index) => whether the task is one of those that are looked for`. */
function filterOf(told, { states, text, only }) {
  const wanted = text.trim().toLowerCase();
  return (index) => (states.size === 0 || states.has(stateOf(told, index)))
    && (!wanted || told.graph.nodes[index].name.toLowerCase().includes(wanted))
    && (only === null || only.has(index));
}

/** The state a task is shown in. */
function stateOf(told, index) {
  return told.tasks()[index]?.state ?? "pending";
}

/** Keeps what `compute(key)` made of an object for as long as there is that object. */
function kept(compute) {
  const made = new WeakMap();
  return (key) => {
    if (!made.has(key)) made.set(key, compute(key));
    return made.get(key);
  };
}

let numbers = 0;

/** A number for what was told, another one for each: short where all of it would be a long key. */
const numberOf = kept(() => (numbers += 1));

/** `tails`: for each task those it stands after; `heads`: those that stand after it. */
const neighboursOf = kept((graph) => {
  const tails = graph.nodes.map(() => []);
  const heads = graph.nodes.map(() => []);
  for (const { tail, head } of graph.edges) {
    tails[head].push(tail);
    heads[tail].push(head);
  }
  return { tails, heads };
});

/** All that is reached from some tasks along `next`, themselves included. */
function reached(from, next) {
  const found = new Set(from);
  for (const index of found) next[index].forEach((each) => found.add(each));  // a set is walked while it grows
  return found;
}

/** The tasks, each after those it stands after; what waits for itself comes last. */
const topological = kept((graph) => {
  const { tails, heads } = neighboursOf(graph);
  const open = tails.map((each) => each.length);
  const order = open.flatMap((count, index) => (count === 0 ? [index] : []));
  for (const index of order) {
    for (const head of heads[index]) {
      if ((open[head] -= 1) === 0) order.push(head);
    }
  }
  const there = new Set(order);
  return [...order, ...graph.nodes.flatMap((_, index) => (there.has(index) ? [] : [index]))];
});
