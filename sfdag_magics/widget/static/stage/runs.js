// The last runs as columns, the tasks as rows: what fails how often. Two of them can be compared.

/** `show(group)` shows a run in this view, `compare(groups, isByItself)` resolves with the comparison of two, or null,
 *  `askCode(task, groups)` with the reply that has what differs in a task's code. */
function runsTab(page, told, choice, { show, compare, askCode, ask, propose }) {
  const slots = slotsPart(page, told, { ask, show, propose });
  const grid = gridOf(page, told, choice, (group) => choice.change({ pair: pairWith(choice.now.pair, group), isSwapped: false }));
  const pairing = html(page, "div", { class: "sfdag-pair", role: "group", "aria-label": "Two runs" });
  const missing = html(page, "p", { class: "sfdag-nothing", text: "No run is like that.", hidden: "" });
  const [filter, search] = [stateFilter(page, told, choice), runSearch(page, choice)];
  const which = html(page, "div", { class: "sfdag-which-runs", role: "group", "aria-label": "Which runs" }, [filter.element, search.element]);
  const overview = html(page, "div", { class: "sfdag-overview" }, [which, pairing, grid.element, missing]);
  const beside = html(page, "div", { class: "sfdag-beside" });
  const none = html(page, "p", { class: "sfdag-nothing", text: "No run is known yet." });
  const element = html(page, "div", { class: "sfdag-runs" }, [slots.element, overview, beside, none]);
  let compared = null;
  let heard = "";  // how both were when the comparison was last asked for
  const kept = { isOnly: false, code: "" };  // what was chosen in it
  let shown = "";
  const back = () => {
    choice.change({ pair: [], isSwapped: false });
    grid.focus();
    return true;
  };
  const begin = async () => {
    const pair = choice.now.pair;
    heard = pairNow(told, choice);
    Object.assign(kept, { isOnly: false, code: "" });
    const answer = await compare(lettersOf(told, choice));
    if (pair !== choice.now.pair) return;  // others were picked meanwhile
    compared = answer;
    draw();
    refresh();
    beside.querySelector("button")?.focus();
  };
  /** Asks again where one of both is otherwise by now: it was retried, it goes on, it has ended. */
  const follow = async () => {
    const now = pairNow(told, choice);
    if (compared === null || now === heard || told.lostAt !== null) return;
    heard = now;
    const { pair } = choice.now;
    const answer = await compare(lettersOf(told, choice), true);
    if (!answer || compared === null || pair !== choice.now.pair) return;
    compared = compared.runs[0].group === answer.runs[0].group ? answer : swapped(answer);
    redraw();
  };
  const draw = () => compared && refill(beside, comparisonOf(page, told, compared, { show, back, swap, askCode, kept }));
  /** The same buttons stand in the same order: the focus stays on the one that had it. */
  const redraw = () => {
    const at = [...beside.querySelectorAll("button")].indexOf(beside.getRootNode().activeElement);
    draw();
    if (at >= 0) beside.querySelectorAll("button")[at]?.focus({ preventScroll: true });
  };
  const swap = () => {
    compared = swapped(compared);
    choice.change({ isSwapped: !choice.now.isSwapped });
    draw();
    beside.querySelector("[data-swap]").focus();
  };
  const refresh = () => {
    const runs = runsOf(told);
    none.hidden = runs.length > 0;
    overview.hidden = runs.length === 0 || compared !== null;
    beside.hidden = compared === null;
    slots.update();
    if (compared !== null) slots.element.hidden = true;
    const found = runs.filter(runFilter(choice.now));
    grid.update(found);
    missing.hidden = found.length > 0;
    filter.update();
    search.update(found.length);
    follow();
    const key = JSON.stringify([choice.now.pair, runs.map((run) => [run.group, run.state])]);
    if (key === shown) return;
    shown = key;
    refill(pairing, pairLine(page, told, choice, runs, begin));
  };
  choice.listen(({ pair }) => {
    if (pair) compared = null;
  });
  /** The run that is shown and another one: what differs. */
  const compareWith = (group) => {
    const pair = [...new Set([told.state.run?.group, group])].filter(Boolean);
    choice.change({ pair, isSwapped: false, tab: "runs" });
    if (pair.length === 2) begin();
  };
  return {
    id: "runs", label: "Runs", element, tools: [], refresh, compareWith,
    redraw: () => grid.redraw(),
    count: () => runsOf(told).length,
    current: () => 0, focus: () => grid.focus(), keys: { back: () => compared !== null && back() },
  };
}

/** So many rows of twenty runs each are as much as the page makes without being felt to stand still. */
const ROWS_AT_ONCE = 12;

function gridOf(page, told, choice, pick) {
  const table = html(page, "table", { class: "sfdag-grid", role: "table", "aria-label": "Tasks by run" });
  const element = html(page, "div", { class: "sfdag-grid-frame", tabindex: "0", role: "group", "aria-label": "Tasks by run, to be scrolled",
    "data-lm-suppress-shortcuts": "true" }, [table]);
  table.addEventListener("click", (event) => {
    const column = event.target.closest("[data-run]");
    if (column) pick(column.dataset.run);
  }, { signal: page.signal });
  roveAlong(page, table, "button[data-run]");
  const toNewest = () => { element.scrollLeft = element.scrollWidth; };  // at the right
  let isAtNewest = true;
  element.addEventListener("scroll", () => {
    isAtNewest = element.scrollLeft + element.clientWidth >= element.scrollWidth - 1;
  }, { signal: page.signal, passive: true });
  watchWidth(page, element, () => isAtNewest && toNewest());
  const fitRows = wholeRows(page, element, 28, () => table.tBodies[0]);
  let key = "";
  let rows = [];
  let rest = null;
  // A row's cells are made when it comes into sight: twenty runs of a thousand tasks are twenty thousand.
  const blocks = rowBlocks(page, table, () => html(page, "tbody", { role: "rowgroup" }));
  const update = (runs) => {
    const wanted = JSON.stringify([numberOf(told.past), runs.map((run) => [run.group, run.state, run.took]), choice.now.pair,
      told.state.run?.group, [...choice.now.states], choice.now.text]);
    if (wanted !== key) draw(runs);
    key = wanted;
    for (const row of rows) row.show();
    fitRows();
  };
  const draw = (runs) => {
    const had = table.getRootNode().activeElement?.dataset?.run;
    rest?.leave();
    rows = [];
    blocks.put([]);
    refill(table, [gridHead(page, told, choice, runs)]);
    rest = inSlices(page, namesOf(told, choice.now.text), (name) => {
      const row = gridRow(page, told, choice, runs, name);
      row.show();
      rows.push(row);
      blocks.add(row);
    }, ROWS_AT_ONCE);
    table.style.setProperty("--runs", runs.length);
    const heads = [...table.querySelectorAll("button[data-run]")];
    const focused = heads.find((each) => each.dataset.run === had);
    setRoving(table, "button[data-run]", focused ?? heads[heads.length - 1]);
    focused?.focus({ preventScroll: true });
    if (!had) toNewest();
  };
  return { element, update, redraw: () => { key = ""; }, focus: () => table.querySelector("[tabindex='0']")?.focus() };
}

function gridHead(page, told, choice, runs) {
  const longest = Math.max(1, ...runs.map((run) => run.took ?? 0));
  const heads = runs.map((run) => headCell(page, {}, [runHead(page, told, choice, run, longest)]));
  return html(page, "thead", { role: "rowgroup" }, [daysRow(page, runs), html(page, "tr", { role: "row", class: "sfdag-run-heads" }, [html(page, "td", { role: "cell", text: "Started (UTC)" }),
    ...heads, headCell(page, { class: "sfdag-number", text: "usually", title: USUALLY }), headCell(page, { class: "sfdag-number", text: "succeeded", title: SUCCEEDED })])]);
}

const SUCCEEDED = "In so many of the runs in which it ran it succeeded in the end, at once or after a retry";

function headCell(page, attributes, children = []) {
  return html(page, "th", { scope: "col", role: "columnheader", ...attributes }, children);
}

/** The graph's tasks, then those that only earlier runs had; of them those whose names contain `text`. */
function namesOf(told, text) {
  const all = new Set([...topological(told.graph).map((index) => told.graph.nodes[index].name), ...told.past.tasks]);
  return [...all].filter((name) => name.toLowerCase().includes(text.trim().toLowerCase()));
}

/** The day on which a run began, `2026-11-14`; "" where nobody knows. */
function dayOf(run) {
  return run.begun ? new Date(run.begun).toISOString().slice(0, 10) : "";
}

/** Above the columns, the days on which those runs began. */
function daysRow(page, runs) {
  const days = runs.map(dayOf);
  const cells = days.flatMap((day, at) => {
    if (day === days[at - 1]) return [];
    const next = days.findIndex((each, other) => other > at && each !== day);
    const count = (next < 0 ? days.length : next) - at;
    const said = day && new Date(day).toUTCString().slice(0, 11).replace(",", "");
    return [headCell(page, { scope: "colgroup", class: "sfdag-day", colspan: count, "aria-colspan": count, title: day, style: `grid-column: span ${count}`,
      text: count > 1 ? said : day.slice(5) })];
  });
  return html(page, "tr", { role: "row", class: "sfdag-days" }, [html(page, "td", { role: "cell" }), ...cells]);
}

function runHead(page, told, choice, run, longest) {
  const letter = ["A", "B"][lettersOf(told, choice).indexOf(run.group)] ?? "";
  const says = [`run ${run.id}`, run.word.toLowerCase(), retriedText(run), run.took === null ? "" : durationText(run.took),
    run.begun && datedText(run.begun), run.differs, run.origin].filter(Boolean).join(", ");
  const made = button(page, "", { class: `sfdag-run-head sfdag-s-${runLook(run)}`, "data-run": run.group, "aria-pressed": Boolean(letter),
    ...(run.attempt > 1 ? { "data-retried": "" } : {}),
    "aria-label": letter ? `${says}, ${letter}` : says, title: `${says}. Click two to compare them.` });
  made.append(html(page, "i", { style: `height: ${heightOf(run.took ?? 0, longest)}px` }), html(page, "span", { text: letter }),
    html(page, "span", { class: "sfdag-run-when", text: run.begun ? datedText(run.begun).slice(11, 16) : "" }));
  return made;
}

/** Where each name stands among names, or among what has one. */
const placesOf = kept((named) => new Map(named.map((each, at) => [each.name ?? each, at])));

/** A task in all runs; `show()` brings it up to date with the run that is shown, `fill()` makes its cells. */
function gridRow(page, told, choice, runs, name) {
  const at = placesOf(told.past.tasks).get(name) ?? -1;
  const node = placesOf(told.graph.nodes).get(name) ?? -1;
  const live = node < 0 ? -1 : runs.findIndex((run) => run.group === told.state.run?.group);
  const states = runs.map((run) => told.past.letters[run.tasks[at]] ?? "");
  let cells = null;
  const room = html(page, "td", { role: "cell", class: "sfdag-room", colspan: Math.max(1, runs.length), "aria-colspan": Math.max(1, runs.length) });
  const usually = usuallyText(told.past, name);
  const well = html(page, "td", { role: "cell", class: "sfdag-number" });
  const element = html(page, "tr", { role: "row" }, [
    html(page, "th", { scope: "row", role: "rowheader", title: name }, [html(page, "bdi", { class: "sfdag-elided", text: name })]), room,
    html(page, "td", { role: "cell", class: "sfdag-number", text: usually, title: usuallyMeans(usually) }), well,
  ]);
  const fill = () => {
    if (cells) return;
    cells = states.map((state) => html(page, "td", { role: "cell" }, gridCell(page, told, choice, name, state)));
    room.replaceWith(...cells);
  };
  let isNew = true;
  const show = () => {
    const state = live < 0 ? null : stateOf(told, node);
    if (!isNew && state === (states[live] ?? null)) return;
    isNew = false;
    if (state !== null && state !== states[live]) {
      states[live] = state;
      if (cells) refill(cells[live], gridCell(page, told, choice, name, state));
    }
    const ran = states.filter((state) => RAN.has(state));
    put(well, ran.length ? `${ran.filter((state) => state === "succeeded" || state === "reused").length} of ${ran.length}` : "–");
  };
  return { element, show, fill };
}

/** What a cell holds; nothing where the run did not have the task. */
function gridCell(page, told, choice, name, state) {
  const { states: wanted } = choice.now;
  return state ? [html(page, "span", { class: `sfdag-cell sfdag-s-${state}`, role: "img", "aria-label": state, title: [name, state, MEANS[state]].filter(Boolean).join(": "),
    "data-state": state, ...(wanted.size && !wanted.has(state) ? { "data-faded": "" } : {}) }, [stateIcon(page, told.looks[state])])] : [];
}
