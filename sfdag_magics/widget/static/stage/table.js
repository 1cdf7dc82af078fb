// The tasks as a table: the same as the graph, for who reads, sorts and copies.

/** Columns: how each is called, what it is sorted by, whether larger comes first, and how wide it is. */
const COLUMNS = [
  { id: "task", label: "Task", by: (row) => row.name.toLowerCase(), px: 112 },
  { id: "state", label: "State", by: (row) => row.rank, px: 104 },
  { id: "value", label: "Return value or error", by: (row) => row.value.toLowerCase(), px: 152 },
  { id: "waited", label: "Waited", by: (row) => row.waited ?? -1, isNumber: true, px: 80 },
  { id: "ran", label: "Ran", by: (row) => row.ran ?? -1, isNumber: true, px: 76 },
  { id: "usually", label: "Usually", title: USUALLY, by: (row) => row.usual ?? -1, isNumber: true, px: 100 },
  { id: "attempt", label: "Attempt", by: (row) => row.attempt ?? 0, isNumber: true, px: 76 },
];
/** In which order they get room. */
const IMPORTANCE = ["task", "state", "ran", "value", "usually", "attempt", "waited"];
/** These stand there whatever room there is; the name gives way so far. */
const ALWAYS = ["task", "state"];
const LEAST_NAME_PX = 72;
/** What stands at both ends of a row; and the bars beside how long tasks ran, which come last. */
const ENDS_PX = 44;
const LENGTHS_PX = 84;
/** What the longest name takes, so far as it gets room before what tasks returned: about so much a letter, and what is around it. */
const NAME_LETTER_PX = 7;
const NAME_ENDS_PX = 28;
const WIDEST_NAME_PX = 320;
/** Of which attempt that is, where a retry kept it. */
const KEPT_PX = 60;

/** Which columns a table of this width has, as its style says them: those that somebody wants and, of those that nobody
 *  decided on, as many as have room. */
function columnsIn(width, wanted, { hasKept, letters }) {
  const byId = new Map(COLUMNS.map((column) => [column.id, column]));
  const there = new Set(IMPORTANCE.filter((id) => wanted.get(id) ?? ALWAYS.includes(id)));
  const least = () => [...there].reduce((sum, id) => sum + byId.get(id).px, 2 * ENDS_PX);
  for (const id of IMPORTANCE) if (!wanted.has(id) && least() + byId.get(id).px <= width) there.add(id);
  const keptPx = hasKept && there.has("ran") && least() + KEPT_PX <= width ? KEPT_PX : 0;
  const hasLengths = there.has("ran") && least() + keptPx + LENGTHS_PX <= width;
  const ranPx = keptPx + (hasLengths ? LENGTHS_PX : 0);
  const namePx = Math.max(LEAST_NAME_PX, byId.get("task").px - Math.max(0, least() - width));
  const wholePx = Math.max(namePx, Math.min(WIDEST_NAME_PX, letters * NAME_LETTER_PX + NAME_ENDS_PX));
  const track = { task: `minmax(${namePx}px, ${there.has("value") ? `${wholePx}px` : "1fr"})`, value: `minmax(${byId.get("value").px}px, 1fr)`,
    ran: `${byId.get("ran").px + ranPx}px` };
  const tracks = COLUMNS.filter(({ id }) => there.has(id)).map(({ id, px }) => track[id] ?? `${px}px`);
  return { there, hasLengths, saysKept: keptPx > 0, least: least() - byId.get("task").px + namePx, tracks: [`${ENDS_PX}px`, ...tracks, `${ENDS_PX}px`].join(" ") };
}

/** `open(index)` is called for the task that somebody picks, `doesOf(index)` is what else can be done with one, `doesOfGroup(group,
 *  turn)` what can be with a group; `folds` says which groups are one row. */
function tableTab(page, told, choice, { folds, open, doesOf, doesOfGroup }) {
  const head = html(page, "tr", { role: "row" });
  // The roles are named, as its rows are laid out each by itself: those out of sight cost nothing.
  const table = html(page, "table", { class: "sfdag-table sfdag-by-row", role: "table", "aria-label": "Tasks" },
    [html(page, "thead", { role: "rowgroup" }, [head])]);
  const bar = pickedBar(page, told, choice);
  const frame = html(page, "div", { class: "sfdag-table-frame" }, [table]);
  const none = html(page, "p", { class: "sfdag-nothing", text: "No task matches the search and the filter." });
  const element = html(page, "div", { class: "sfdag-tasks" }, [bar.element, frame, none]);
  const fold = foldTool(page, folds);
  const focus = foldedFocus(page, table, folds, { refresh: () => refresh(), choice });
  const blocks = rowBlocks(page, table, () => html(page, "tbody", { role: "rowgroup" }));
  const sorted = { id: null, isDown: false };  // as the graph has them
  let hasKept = false;
  let letters = 0;  // of the longest name
  const fitting = () => columnsIn(frame.clientWidth, choice.now.columns, { hasKept, letters });
  const columns = columnsMenu(page, choice, () => fitting().there);
  const layOut = () => {
    const { there, hasLengths, saysKept, least, tracks } = fitting();
    table.style.cssText = `--columns: ${tracks}; min-width: ${least}px`;
    table.dataset.without = COLUMNS.filter(({ id }) => !there.has(id)).map(({ id }) => id).join(" ");
    table.toggleAttribute("data-lengths", hasLengths);
    table.toggleAttribute("data-kept", saysKept);
  };
  watchWidth(page, frame, layOut);
  const fitRows = wholeRows(page, frame, 36, () => table.tBodies[0]);
  choice.listen((changes) => changes.columns && layOut());
  let rows = null;
  let news = null;
  let room = AT_ONCE;  // so many rows stand in it by now
  let timer = 0;
  page.signal.addEventListener("abort", () => clearTimeout(timer));
  const grow = (more) => {
    clearTimeout(timer);
    timer = 0;
    room += more;
    if (rows && !element.hidden) refresh();
  };
  const pick = (tasks, isPicked) => choice.change({ picked: pickedWith(choice.now.picked, tasks, isPicked) });
  const build = () => {
    const order = topological(told.graph);
    focus.setCurrent(order[0] ?? 0);
    rows = new Map(order.map((index) => [index, tableRow(page, told, index, { open, pick, doesOf, isCurrent: () => focus.isCurrent(index) })]));
    room = AT_ONCE;
    refill(head, headOf(page, sorted, () => refresh()));
    letters = Math.max(0, ...told.graph.nodes.map(({ name }) => name.length));
    layOut();
  };
  const turnNow = (group) => focus.turn(folds.inRows().get(group.tasks[0]));
  const groupRow = (group) => {
    if (!rows.has(group.id)) rows.set(group.id, tableGroupRow(page, told, group, {
      turn: () => turnNow(group), pick, doesOf: () => doesOfGroup(folds.inRows().get(group.tasks[0]), () => turnNow(group)), isCurrent: () => focus.isCurrent(group.id) }));
    return rows.get(group.id);
  };
  /** What stands in it, in its order: the tasks of an open group sorted below its row. */
  const sortedFacts = (facts, isShown) => {
    const groups = folds.inRows();
    const tasks = facts.filter((row) => isShown(row.index));
    if (!groups.size) return sortedRows(tasks, sorted);
    const times = timesOf(told);
    const closed = new Map([...groups.values()].map((group) => [group.id, factsOfGroup(told, times, group)]));
    const tops = sortedRows([...tasks.filter((row) => !groups.has(row.index)), ...closed.values()], sorted);
    return tops.flatMap((row) => {
      if (row.index >= 0) return [row];
      const group = groups.get(~row.index);
      groupRow(group).setOpen(group.isOpen);
      return [row, ...(group.isOpen ? sortedRows(group.tasks.map((index) => facts[index]), sorted) : [])];
    });
  };
  const refresh = () => {
    if (!rows) build();
    const isShown = filterOf(told, choice.now);
    const facts = rowsOf(told);
    if (facts.some((row) => row.keptFrom !== null) !== hasKept) {
      hasKept = !hasKept;
      layOut();
    }
    const shown = sortedFacts(facts, isShown);
    const longest = roundedUp(Math.max(1, ...[...facts, ...shown].map((row) => row.ran ?? 0)));
    const there = shown.slice(0, room);
    blocks.put(there.map((row) => rows.get(row.index)));
    const groups = folds.inRows();
    for (const { index } of there) rows.get(index).element.toggleAttribute("data-in-group", groups.has(index));
    focus.settle(new Set(shown.map((row) => row.index)));
    fold.update();
    if (there.length < shown.length) timer ||= setTimeout(grow, 0, AT_ONCE);
    news?.leave();
    const looks = there.map((row) => [rows.get(row.index), { ...row, share: (row.ran ?? 0) / longest, ...howPicked(choice.now.picked, row.index < 0 ? groups.get(~row.index).tasks : [row.index]) }]);
    news = inSlices(page, looks.filter(([row, look]) => row.isNews(look)), ([row, look]) => row.show(look));
    for (const cell of head.querySelectorAll("th[data-column]")) {
      if (cell.dataset.column === sorted.id) cell.setAttribute("aria-sort", sorted.isDown ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    head.querySelector("th.sfdag-col-task").toggleAttribute("data-graph-order", sorted.id === null);
    none.hidden = shown.length > 0;
    frame.hidden = shown.length === 0;
    fitRows();
    bar.update();
  };
  return {
    id: "table", label: "Table", element, tools: [fold.element, columns], refresh,
    redraw: () => { rows = null; },
    count: () => told.graph.nodes.length,
    current: focus.current, keys: { move: focus.move, fold: focus.fold },
    focus: (index) => {
      if (timer) grow(Infinity);
      news?.finish();
      focus.focus(index);
    },
  };
}

/** Whether all of some tasks are picked, or a part of them. */
function howPicked(picked, tasks) {
  const count = tasks.filter((index) => picked.has(index)).length;
  return { isPicked: count === tasks.length, isPartly: count > 0 && count < tasks.length };
}

/** A menu of the columns, each on or off. */
function columnsMenu(page, choice, thereNow) {
  const opener = button(page, "", { class: "sfdag-button sfdag-quiet" });
  opener.append(html(page, "span", { text: "Columns" }), icon(page, "down"));
  // From then on all of them are as somebody wants, whatever room there is.
  const turn = (id) => () => {
    const there = thereNow();
    choice.change({ columns: new Map(COLUMNS.map((each) => [each.id, there.has(each.id) !== (each.id === id)])) });
  };
  return menuOf(page, opener, () => COLUMNS.slice(1).map(({ id, label }) => [label, turn(id), thereNow().has(id)]));
}

function sortedRows(rows, { id, isDown }) {
  if (id === null) return rows;
  const { by } = COLUMNS.find((column) => column.id === id);
  const compared = (a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0);
  return rows.sort((a, b) => (isDown ? -compared(a, b) : compared(a, b)));  // stable: like rows stay in the graph's order
}

function headOf(page, sorted, onSort) {
  const cells = COLUMNS.map(({ id, label, isNumber, title }) => {
    const made = button(page, label, { class: "sfdag-sort", title });
    onClick(page, made, () => {
      Object.assign(sorted, sortedNext(sorted, id, Boolean(isNumber)));
      onSort();
    });
    return html(page, "th", { scope: "col", role: "columnheader", "data-column": id, class: `sfdag-col-${id}` }, [made]);
  });
  return [html(page, "td", { role: "cell", class: "sfdag-col-pick" }), ...cells, html(page, "td", { role: "cell", class: "sfdag-col-more" })];
}

/** By a press on a column: one way, the other way, then as the graph has them. */
function sortedNext({ id: before, isDown }, id, isDownFirst) {
  if (before !== id) return { id, isDown: isDownFirst };
  return isDown === isDownFirst ? { id, isDown: !isDownFirst } : { id: null, isDown: false };
}

/** What can be done with the tasks that are ticked. */
function pickedBar(page, told, choice) {
  const says = html(page, "strong");
  const copy = iconButton(page, "copy", "Copy as table", "Copy the selected rows", async () => {
    const text = tableText(rowsOf(told).filter((row) => choice.now.picked.has(row.index)));
    copy.lastChild.textContent = (await copied(page.doc.defaultView, text)) ? "Copied" : "Not allowed here";
  }, "sfdag-quiet");
  const show = iconButton(page, "focus", "Show in graph", "Fade all others in the graph",
    () => choice.change({ only: new Set(choice.now.picked), tab: "graph" }), "sfdag-quiet");
  const beside = iconButton(page, "swap", "Compare, logs", "Beside each other, with all they logged",
    () => choice.change({ isComparing: !choice.now.isComparing }), "sfdag-quiet");
  const clear = onClick(page, button(page, "Clear", { class: "sfdag-button sfdag-quiet" }),
    () => choice.change({ picked: new Set(), isComparing: false }));
  const element = html(page, "div", { class: "sfdag-picked-bar", role: "group", "aria-label": "Selected rows" }, [says, show, beside, copy, clear]);
  const update = () => {
    const { picked, isComparing } = choice.now;
    element.hidden = picked.size === 0;
    beside.hidden = picked.size < 2;
    beside.setAttribute("aria-pressed", isComparing);
    put(says, `${picked.size} selected`);
  };
  return { element, update };
}
