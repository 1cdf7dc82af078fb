// The tasks as a table: the same as the graph, for who reads, sorts and copies.

/** Columns: how each is called, what it is sorted by, and whether larger comes first. */
const COLUMNS = [
  { id: "task", label: "Task", by: (row) => row.name.toLowerCase() },
  { id: "state", label: "State", by: (row) => row.rank },
  { id: "value", label: "Return value or error", by: (row) => row.value.toLowerCase() },
  { id: "waited", label: "Waited", by: (row) => row.waited ?? -1, isNumber: true },
  { id: "ran", label: "Ran", by: (row) => row.ran ?? -1, isNumber: true },
  { id: "usually", label: "Usually", by: (row) => row.usual ?? -1, isNumber: true },
  { id: "attempt", label: "Attempt", by: (row) => row.attempt ?? 0, isNumber: true },
];

/** `open(index)` is called for the task that somebody picks. */
function tableTab(page, told, choice, open) {
  const picked = new Set();
  const head = html(page, "tr");
  const body = html(page, "tbody");
  const table = html(page, "table", { class: "sfdag-table", "aria-label": "Tasks" }, [html(page, "thead", {}, [head]), body]);
  const bar = pickedBar(page, told, picked, choice, () => refresh());
  const frame = html(page, "div", { class: "sfdag-table-frame" }, [table]);
  const none = html(page, "p", { class: "sfdag-nothing", text: "No task is looked for: the filter leaves none." });
  const element = html(page, "div", { class: "sfdag-tasks" }, [bar.element, frame, none]);
  const focus = rowFocus(page, table);
  const sorted = { id: "state", isDown: false };
  let rows = null;
  const build = () => {
    const order = topological(told.graph);
    rows = new Map(order.map((index) => [index, tableRow(page, told, index, open, (isPicked) => {
      if (isPicked) picked.add(index);
      else picked.delete(index);
      refresh();
    })]));
    picked.clear();
    refill(head, headOf(page, sorted, () => refresh()));
    focus.setCurrent(order[0] ?? 0);
  };
  const refresh = () => {
    if (!rows) build();
    const isShown = filterOf(told, choice.now);
    const facts = rowsOf(told);
    const longest = Math.max(1, ...facts.map((row) => row.ran ?? 0));
    const shown = sortedRows([...rows.keys()].filter(isShown).map((index) => facts[index]), sorted);
    for (const row of shown) rows.get(row.index).show(row, longest, picked.has(row.index));
    putInOrder(body, shown.map((row) => rows.get(row.index).element));
    for (const cell of head.querySelectorAll("th[data-column]")) {
      if (cell.dataset.column === sorted.id) cell.setAttribute("aria-sort", sorted.isDown ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    none.hidden = shown.length > 0;
    bar.update();
  };
  return {
    id: "table", label: "Table", element, tools: [], refresh,
    redraw: () => { rows = null; },
    count: () => told.graph.nodes.length,
    current: focus.current, focus: focus.focus, keys: { move: focus.move },
  };
}

/** What each task's row says, by its index. */
function rowsOf(told) {
  const times = timesOf(told);
  const { tails } = neighboursOf(told.graph);
  return told.graph.nodes.map(({ name, absence }, index) => {
    const task = told.tasks()[index];
    const state = stateOf(told, index);
    const { waited, ran } = times?.spans[index] ?? {};
    return {
      index, name, state, rank: ORDER.indexOf(state),
      value: absence || valueOf(told, index, tails),
      waited: ran ? (waited ? waited[1] - waited[0] : 0) : null,
      ran: ran ? ran[1] - ran[0] : null,
      isGoing: state === "running",
      usual: usualOf(told.past, name),
      attempt: task && task.started !== null ? task.attempt : null,
    };
  });
}

/** What a task returned, or why it did not: the first line of its error, or what kept it from running. */
function valueOf(told, index, tails) {
  const task = told.tasks()[index];
  if (task?.state !== "blocked") return task?.value ?? "";
  const failed = [...reached([index], tails)].filter((each) => ["failed", "cancelled"].includes(stateOf(told, each)));
  return failed.length ? `by ${failed.slice(0, 3).map((each) => told.graph.nodes[each].name).join(", ")}` : "";
}

function sortedRows(rows, { id, isDown }) {
  const { by } = COLUMNS.find((column) => column.id === id);
  const compared = (a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0);
  return rows.sort((a, b) => (isDown ? -compared(a, b) : compared(a, b)));  // stable: like rows stay in the graph's order
}

/** Puts elements in this order; the focus stays where it is, though what has it may move. */
function putInOrder(parent, elements) {
  const focused = parent.getRootNode().activeElement;
  const wanted = new Set(elements);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  elements.forEach((element, at) => {
    if (parent.children[at] !== element) parent.insertBefore(element, parent.children[at] ?? null);
  });
  if (parent.contains(focused)) focused.focus({ preventScroll: true });
}

function headOf(page, sorted, onSort) {
  const cells = COLUMNS.map(({ id, label, isNumber }) => {
    const made = button(page, label, { class: "sfdag-sort" });
    onClick(page, made, () => {
      sorted.isDown = sorted.id === id ? !sorted.isDown : Boolean(isNumber);
      sorted.id = id;
      onSort();
    });
    return html(page, "th", { scope: "col", "data-column": id, class: `sfdag-col-${id}` }, [made]);
  });
  return [html(page, "td", { class: "sfdag-col-pick" }), ...cells];
}

function tableRow(page, told, index, open, pick) {
  const { name } = told.graph.nodes[index];
  const box = html(page, "input", { type: "checkbox", "aria-label": `Select ${name}`, "data-lm-suppress-shortcuts": "true" });
  box.addEventListener("change", () => pick(box.checked), { signal: page.signal });
  const made = Object.fromEntries(COLUMNS.slice(1).map(({ id }) => [id, html(page, "td", { class: `sfdag-col-${id} ${id === "value" ? "sfdag-elided" : ""}` })]));
  const word = html(page, "span", { class: "sfdag-state-word" });
  const length = html(page, "i");
  const ran = html(page, "span");
  made.ran.append(html(page, "span", { class: "sfdag-length", "aria-hidden": "true" }, [length]), ran);
  const element = html(page, "tr", {}, [
    html(page, "td", { class: "sfdag-col-pick" }, [html(page, "label", {}, [box])]),
    html(page, "th", { scope: "row", class: "sfdag-col-task" }, [taskButton(page, name, index, open)]),
    ...Object.values(made),
  ]);
  let look = null;
  const show = (row, longest, isPicked) => {
    if (row.state !== look) {
      look = row.state;
      refill(made.state, [html(page, "span", { class: "sfdag-state" }, [stateIcon(page, told.looks[look]), word])]);
      word.textContent = look;
    }
    element.className = `sfdag-s-${row.state} ${isPicked ? "sfdag-picked" : ""}`;
    box.checked = isPicked;
    put(made.value, row.value || "–");
    made.value.title = row.value;
    put(made.waited, row.waited === null ? "–" : durationText(row.waited));
    put(ran, row.ran === null ? "–" : row.isGoing ? tickingText(row.ran) : durationText(row.ran));
    length.style.width = `${((row.ran ?? 0) / longest) * 100}%`;
    put(made.usually, row.usual === null ? "–" : durationText(row.usual));
    put(made.attempt, row.attempt === null ? "–" : String(row.attempt));
  };
  return { element, show };
}

/** What can be done with the tasks that are ticked. */
function pickedBar(page, told, picked, choice, onClear) {
  const says = html(page, "strong");
  const copy = iconButton(page, "copy", "Copy as table", "Copy the selected rows", async () => {
    const text = tableText(rowsOf(told).filter((row) => picked.has(row.index)));
    copy.lastChild.textContent = (await copied(page.doc.defaultView, text)) ? "Copied" : "Not allowed here";
  }, "sfdag-quiet");
  const show = iconButton(page, "focus", "Show in graph", "Fade all others in the graph",
    () => choice.change({ only: new Set(picked), tab: "graph" }), "sfdag-quiet");
  const clear = onClick(page, button(page, "Clear", { class: "sfdag-button sfdag-quiet" }), () => {
    picked.clear();
    onClear();
  });
  const element = html(page, "div", { class: "sfdag-picked-bar", role: "group", "aria-label": "Selected tasks" }, [says, show, copy, clear]);
  const update = () => {
    element.hidden = picked.size === 0;
    put(says, `${picked.size} selected`);
  };
  return { element, update };
}

/** Rows as spreadsheets take them: cells apart by tabs. */
function tableText(rows) {
  const lines = rows.map((row) => [row.name, row.state, row.value, row.waited ?? "", row.ran ?? "", row.usual ?? "", row.attempt ?? ""]
    .map((cell) => String(cell).replace(/[\t\n\r]+/g, " ")).join("\t"));
  return ["task\tstate\tvalue\twaited_ms\tran_ms\tusually_ms\tattempt", ...lines].join("\n");
}
