// What is known of each task of the run in one row, the same wherever rows stand. Pure.

/** What each task's row says, by its index. */
function rowsOf(told) {
  const times = timesOf(told);
  const blockedBy = failedBefore(told);
  return told.graph.nodes.map(({ name, absence }, index) => {
    const task = told.tasks()[index];
    const state = stateOf(told, index);
    const { waited, ran } = times?.spans[index] ?? {};
    const isKept = state === "reused" && task?.started && task.completed !== null;
    return {
      index, name, state, sign: signOf(task), word: wordOf(task, told.isOld()), rank: ORDER.indexOf(state),
      value: absence || (state === "blocked" ? blockedText(told, blockedBy[index]) : waitsText(told, index) || (task?.value ?? "")),
      waited: ran ? (waited ? waited[1] - waited[0] : 0) : null,
      ran: isKept ? task.completed - task.started : ran ? ran[1] - ran[0] : null,
      keptFrom: isKept ? task.attempt : null,
      isGoing: state === "running",
      usual: usualOf(told.past, name),
      usually: usuallyText(told.past, name),
      attempt: task && task.started !== null ? task.attempt : null,
    };
  });
}

/** How long a task ran, or has run so far. */
function ranOfRow({ ran, isGoing }) {
  return ran === null ? "–" : isGoing ? tickingText(ran) : durationText(ran);
}

/** In which attempt that was, where it is of an earlier one. */
function keptOfRow({ keptFrom }) {
  return keptFrom === null ? "" : `, attempt ${keptFrom}`;
}

/** For each task up to three of those before it that failed or were cancelled. */
function failedBefore(told) {
  const { tails } = neighboursOf(told.graph);
  const found = told.graph.nodes.map(() => []);
  for (const index of topological(told.graph)) {
    const failed = tails[index].flatMap((tail) => (["failed", "cancelled"].includes(stateOf(told, tail)) ? [tail, ...found[tail]] : found[tail]));
    found[index] = [...new Set(failed)].slice(0, 3);
  }
  return found;
}

/** What a task of a run that goes on waits for before it runs; "" for one that has begun. */
function waitsText(told, index) {
  const { run } = told.state;
  if (!run || OVER.has(run.state) || !["pending", "retrying"].includes(stateOf(told, index))) return "";
  const isOld = told.isOld();
  if (run.started === null) return isOld ? UNHEARD : run.note || "the run waits for its turn";
  const above = neighboursOf(told.graph).tails[index].filter((tail) => ["pending", "running", "retrying"].includes(stateOf(told, tail)));
  if (!above.length) return isOld ? UNHEARD : run.note || "its turn has come: it waits for a free place to run in";
  const names = above.map((tail) => `${isolated(told.graph.nodes[tail].name)} (${wordOf(told.tasks()[tail], isOld)})`);
  return `${isOld ? "waited" : "waits"} for ${listed(names)}`;
}

function blockedText(told, by) {
  return by.length ? `by ${by.map((each) => isolated(told.graph.nodes[each].name)).join(", ")}` : "";
}

/** Rows as spreadsheets take them: cells apart by tabs. */
function tableText(rows) {
  const lines = rows.map((row) => [row.name, row.state, row.value, row.waited ?? "", row.ran ?? "", row.usual ?? "", row.attempt ?? ""]
    .map((cell) => String(cell).replace(/[\t\n\r]+/g, " ")).join("\t"));
  return ["task\tstate\tvalue\twaited_ms\tran_ms\tusually_ms\tattempt", ...lines].join("\n");
}
