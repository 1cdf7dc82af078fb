// When each task waited and ran, when those that did not yet are to be expected, and which of them the
// run waited for. Pure; milliseconds since the attempt began.

const usualByName = kept((past) => new Map(past.tasks.map((name, at) => [name, past.usual[at]])));

/** How long a task usually runs; null where nobody knows. */
function usualOf(past, name) {
  return usualByName(past).get(name) ?? null;
}

/** `{ spans, end, length, now, critical }` of a run, null where none has begun. `spans[index]` has `waited`,
 *  `ran` and `expected`, each `[from, to]` or null; `length` is that of the axis. */
function timesOf(told) {
  const { graph, past, state: { run } } = told;
  if (!run || run.started === null) return null;
  const usual = usualByName(past);
  const now = (run.completed ?? Math.max(told.now(), run.started)) - run.started;
  const { tails } = neighboursOf(graph);
  const spans = graph.nodes.map((node, index) => spanOf(told.tasks()[index], run.started, now, usual.get(node.name) ?? null));
  if (run.completed === null) expectRest(told, spans, tails, usual, now);
  const ends = spans.map(endOf);
  const end = Math.max(now, ...ends.filter((each) => each !== null));
  const isOver = run.completed !== null;
  return { spans, now, end, length: isOver ? end : roundedUp(end), critical: criticalPath(spans, tails), isOver };
}

/** A length a little longer, one of eight for each doubling: an axis of a run that goes on stays for a while. */
function roundedUp(length) {
  const step = 2 ** Math.floor(Math.log2(Math.max(length, 8))) / 8;
  return Math.ceil(length / step) * step;
}

/** When a task that ran is, or will be, over; null for one that did not and is not expected. */
function endOf({ ran, expected }) {
  return expected?.[1] ?? ran?.[1] ?? null;
}

function spanOf(task, begun, now, usual) {
  const nothing = { waited: null, ran: null, expected: null };
  // What an earlier attempt ran took none of this one's time.
  if (!task || task.started === null || task.started < begun) return nothing;
  const isGoing = task.state === "running";
  const from = task.started - begun;
  const to = Math.max(from, task.completed === null ? (isGoing ? now : from) : task.completed - begun);
  const waits = task.scheduled === null ? from : Math.min(from, Math.max(0, task.scheduled - begun));
  const rest = isGoing && usual !== null && from + usual > to ? [to, from + usual] : null;
  return { waited: waits < from ? [waits, from] : null, ran: [from, to], expected: rest };
}

/** Those that wait, each after the last of what it waits for. */
function expectRest(told, spans, tails, usual, now) {
  for (const index of topological(told.graph)) {
    const length = usual.get(told.graph.nodes[index].name) ?? null;
    if (stateOf(told, index) !== "pending" || length === null) continue;
    const from = Math.max(now, ...tails[index].map((tail) => endOf(spans[tail]) ?? now));
    spans[index] = { ...spans[index], expected: [from, from + length] };
  }
}

/** The tasks that the run, or as much of it as there is, had to wait for: from the last one back. */
function criticalPath(spans, tails) {
  const end = (index) => spans[index].ran?.[1] ?? -1;
  const last = (indexes) => indexes.reduce((best, each) => (best === null || end(each) > end(best) ? each : best), null);
  const path = new Set();
  let at = last(spans.flatMap((span, index) => (span.ran ? [index] : [])));
  while (at !== null && !path.has(at)) {
    path.add(at);
    at = last(ranAbove(at, spans, tails));
  }
  return path;
}

/** The nearest tasks above that ran: a finalizer comes after tasks that were blocked as well. */
function ranAbove(index, spans, tails, met = new Set()) {
  return tails[index].flatMap((above) => {
    if (spans[above].ran) return [above];
    if (met.has(above)) return [];
    met.add(above);
    return ranAbove(above, spans, tails, met);
  });
}

/** Where the marks of an axis of this length stand, at most so many. */
function ticksOf(length, most) {
  const steps = [10, 50, 100, 200, 500, ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400]
    .map((seconds) => seconds * 1000)];
  const step = steps.find((each) => length / each <= most) ?? Math.ceil(length / most / 86400000) * 86400000;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, at) => at * step);
}

/** A mark's label. */
function tickText(ms) {
  if (ms > 0 && ms < 1000) return `${ms} ms`;
  return ms < 60000 ? `${ms / 1000} s` : durationText(ms);
}
