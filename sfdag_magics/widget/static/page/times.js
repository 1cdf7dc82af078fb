// When each task waited and ran, when those that did not yet are to be expected, and which of them the
// run waited for. Pure; milliseconds since the attempt began.

const usualByName = kept((past) => new Map(past.tasks.map((name, at) => [name, past.usual[at]])));

/** How long a task usually runs; null where nobody knows. */
function usualOf(past, name) {
  return usualByName(past).get(name) ?? null;
}

const latelyByName = kept((past) => new Set(past.tasks.filter((_, at) => past.lately[at])));

/** The same in words, `–` where nobody knows. */
function usuallyText(past, name) {
  const usual = usualOf(past, name);
  return usual === null ? "–" : `${latelyByName(past).has(name) ? "last " : ""}${durationText(usual)}`;
}

/** What these words mean. */
function usuallyMeans(text) {
  return text.startsWith("last ") ? LATELY : USUALLY;
}

/** `{ spans, end, length, now, critical, lead, attempts }` of a run, null where none has begun. `spans[index]` has `waited`,
 *  `ran` and `expected`, each `[from, to]` or null, and what was `before`: `{ state, attempt, span }` each. `length` is that of
 *  the axis from where this attempt began; the `attempts` before it stand at its left, from `-lead` on, without the time between. */
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
  const length = isOver ? end : roundedUp(end);
  const attempts = attemptsBefore(told, run.started, length);
  const before = told.tasks().map((task) => ranBefore(task, run.started, attempts));
  return { spans: spans.map((span, index) => ({ ...span, before: before[index] ?? [] })), now, end, length, isOver,
    critical: criticalPath(spans, tails), attempts, lead: attempts.length ? -attempts[0].at : 0 };
}

/** Between attempts, as a part of the axis. */
const BREAK = 0.02;

/** What a task did before this attempt; a retry keeps the last of it, or does it anew. */
function ranOf(task, begun) {
  const kept = task?.started && task.started < begun ? [{ attempt: task.attempt, state: task.state, started: task.started, completed: task.completed }] : [];
  return [...(task?.before ?? []), ...kept].map((each) => ({ ...each, completed: each.completed ?? each.started }));
}

/** `{ attempt, begun, took, at }` of the attempts before this one: where each stands on the axis, which begins at 0. */
function attemptsBefore(told, begun, length) {
  const found = new Map();
  for (const { attempt, started, completed } of told.tasks().flatMap((task) => ranOf(task, begun))) {
    const known = found.get(attempt) ?? { attempt, begun: started, ended: completed };
    found.set(attempt, { attempt, begun: Math.min(known.begun, started), ended: Math.max(known.ended, completed) });
  }
  // The first task of the first had to wait, as in a run of one.
  const [first, whole] = [found.get(1), told.state.run.begun];
  if (first && whole !== null) found.set(1, { ...first, begun: Math.min(first.begun, whole) });
  const attempts = [...found.values()].sort((a, b) => b.attempt - a.attempt).map((each) => ({ ...each, took: Math.max(1, each.ended - each.begun) }));
  const pause = BREAK * attempts.reduce((sum, { took }) => sum + took, length);
  let at = 0;
  return attempts.map((each) => ({ ...each, at: (at -= each.took + pause) })).toReversed();
}

/** How long the attempts before this one took together, without the time between them. */
function tookBefore(told) {
  const { run } = told.state;
  if (!run || run.attempt === 1 || run.started === null) return 0;
  return attemptsBefore(told, run.started, 0).reduce((sum, { took }) => sum + took, 0);
}

function ranBefore(task, begun, attempts) {
  return ranOf(task, begun).map(({ attempt, state, started, completed }) => {
    const { at, begun: from } = attempts.find((each) => each.attempt === attempt);
    return { attempt, state, span: [at + started - from, at + completed - from] };
  });
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

/** `{ index, took, attempt }` of the task that ran longest in any attempt, null for this one; null where none ran. */
function slowestOf(spans) {
  const ran = spans.flatMap((span, index) => [...span.before.map(({ attempt, span: [from, to] }) => ({ index, took: to - from, attempt })),
    ...(span.ran ? [{ index, took: span.ran[1] - span.ran[0], attempt: null }] : [])]);
  return ran.reduce((best, each) => (best === null || each.took > best.took ? each : best), null);
}

/** A slot is taken anew a moment after it is left: so much of the most that ran at once counts as all slots. */
const ALL_SLOTS = 0.75;

/** How long the critical path waited, and how much of that while about as many tasks ran as ever did at once: the `busy` others
 *  had all the slots there were. */
function waitingOf(spans, critical) {
  const steps = spans.flatMap(({ ran }) => (ran ? [[ran[0], 1], [ran[1], -1]] : [])).sort(([a, up], [b, down]) => a - b || up - down);
  let count = 0;
  const levels = steps.map(([at, step]) => [at, (count += step)]);
  const busy = Math.max(0, ...levels.map(([, level]) => level));
  const full = levels.flatMap(([at, level], place) => (level > 0 && level >= ALL_SLOTS * busy ? [[at, levels[place + 1][0]]] : []));
  const waits = [...critical].flatMap((index) => (spans[index].waited ? [spans[index].waited] : []));
  const overlap = ([from, to], [begin, end]) => Math.max(0, Math.min(to, end) - Math.max(from, begin));
  return { busy, waited: waits.reduce((sum, [from, to]) => sum + to - from, 0),
    queued: waits.reduce((sum, wait) => full.reduce((part, each) => part + overlap(wait, each), sum), 0) };
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
