// What is known of each task of the run in one row, the same wherever rows stand. Pure.

/** What each task's row says, by its index. */
function rowsOf(told) {
  const times = timesOf(told);
  const blockedBy = failedBefore(told);
  return told.graph.nodes.map(({ name, absence }, index) => {
    const task = told.tasks()[index];
    const state = stateOf(told, index);
    const { waited, ran } = times?.spans[index] ?? {};
    return {
      index, name, state, rank: ORDER.indexOf(state),
      value: absence || (state === "blocked" ? blockedText(told, blockedBy[index]) : task?.value ?? ""),
      waited: ran ? (waited ? waited[1] - waited[0] : 0) : null,
      ran: ran ? ran[1] - ran[0] : null,
      isGoing: state === "running",
      usual: usualOf(told.past, name),
      attempt: task && task.started !== null ? task.attempt : null,
    };
  });
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

function blockedText(told, by) {
  return by.length ? `by ${by.map((each) => isolated(told.graph.nodes[each].name)).join(", ")}` : "";
}

/** Rows as spreadsheets take them: cells apart by tabs. */
function tableText(rows) {
  const lines = rows.map((row) => [row.name, row.state, row.value, row.waited ?? "", row.ran ?? "", row.usual ?? "", row.attempt ?? ""]
    .map((cell) => String(cell).replace(/[\t\n\r]+/g, " ")).join("\t"));
  return ["task\tstate\tvalue\twaited_ms\tran_ms\tusually_ms\tattempt", ...lines].join("\n");
}
