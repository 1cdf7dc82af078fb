// The last runs as columns, the tasks as rows: what fails how often. Two of them can be compared.

/** `show(group)` shows a run in this view, `compare(groups)` resolves with the comparison of two, or null,
 *  `askCode(task, groups)` with the reply that has what differs in a task's code. */
function runsTab(page, told, choice, { show, compare, askCode }) {
  const grid = gridOf(page, told, choice, (group) => choice.change({ pair: pairWith(choice.now.pair, group) }));
  const foot = html(page, "div", { class: "sfdag-pair", role: "group", "aria-label": "Two runs" });
  const overview = html(page, "div", { class: "sfdag-overview" }, [grid.element, foot]);
  const beside = html(page, "div", { class: "sfdag-beside" });
  const none = html(page, "p", { class: "sfdag-nothing", text: "No run is known yet." });
  const element = html(page, "div", { class: "sfdag-runs" }, [overview, beside, none]);
  const filter = stateFilter(page, told, choice);
  let compared = null;
  let shown = "";
  const back = () => {
    compared = null;
    refresh();
    foot.querySelector("button")?.focus();
    return true;
  };
  const begin = async () => {
    compared = await compare(runsOf(told).map((run) => run.group).filter((group) => choice.now.pair.includes(group)));
    draw();
    refresh();
    beside.querySelector("button")?.focus();
  };
  const draw = () => compared && refill(beside, comparisonOf(page, told, compared, { show, back, swap, askCode }));
  const swap = () => {
    compared = swapped(compared);
    draw();
    beside.querySelector("[data-swap]").focus();
  };
  const refresh = () => {
    const runs = runsOf(told);
    none.hidden = runs.length > 0;
    overview.hidden = runs.length === 0 || compared !== null;
    beside.hidden = compared === null;
    grid.update(runs.filter((run) => !choice.now.runState || run.state === choice.now.runState));
    filter.update(compared !== null);
    const key = JSON.stringify([choice.now.pair, runs.map((run) => [run.group, run.state])]);
    if (key === shown) return;
    shown = key;
    refill(foot, pairFoot(page, told, choice, runs, begin));
  };
  choice.listen(({ pair }) => {
    if (pair) compared = null;
  });
  return {
    id: "runs", label: "Runs", element, tools: [filter.element], refresh,
    redraw: () => grid.redraw(),
    count: () => runsOf(told).length,
    current: () => 0, focus: () => grid.focus(), keys: { back: () => compared !== null && back() },
  };
}

/** Which runs have a column: those of one state, or all. */
function stateFilter(page, told, choice) {
  const word = html(page, "span");
  const element = button(page, "", { class: "sfdag-button sfdag-quiet" });
  element.append(word, icon(page, "down"));
  menuOf(page, element, () => {
    const found = countsOf(runsOf(told).map((run) => run.state));
    const words = new Map(runsOf(told).map((run) => [run.state, run.word]));
    return [["Any state", () => choice.change({ runState: "" })],
      ...[...found].map(([state, count]) => [`${words.get(state)} · ${count}`, () => choice.change({ runState: state })])];
  });
  const update = (isComparing) => {
    const { runState } = choice.now;
    put(word, runState ? `Only ${(runsOf(told).find((run) => run.state === runState)?.word ?? runState).toLowerCase()} runs` : "Runs of any state");
    element.setAttribute("aria-pressed", Boolean(runState));
    element.disabled = isComparing;
  };
  return { element, update };
}

/** A run beside the one that is shown; the tab says what can be done with the two. */
function pairUp(told, choice, group) {
  const shown = told.state.run?.group;
  choice.change({ pair: [...new Set([shown, group])].filter(Boolean), tab: "runs" });
}

/** Two runs at most: a third takes the place of the first; one that is there is taken off. */
function pairWith(pair, group) {
  return pair.includes(group) ? pair.filter((each) => each !== group) : [...pair, group].slice(-2);
}

function gridOf(page, told, choice, pick) {
  const table = html(page, "table", { class: "sfdag-grid", role: "table", "aria-label": "Tasks by run" });
  const element = html(page, "div", { class: "sfdag-grid-frame", tabindex: "0", role: "group", "aria-label": "Tasks by run, to be scrolled",
    "data-lm-suppress-shortcuts": "true" }, [table]);
  table.addEventListener("click", (event) => {
    const column = event.target.closest("[data-run]");
    if (column) pick(column.dataset.run);
  }, { signal: page.signal });
  roveAlong(page, table, "button[data-run]");
  let key = "";
  let rows = [];
  let rest = null;
  // A row's cells are made when it comes into sight: twenty runs of a thousand tasks are twenty thousand.
  const blocks = rowBlocks(page, table, () => html(page, "tbody", { role: "rowgroup" }));
  const update = (runs) => {
    const wanted = JSON.stringify([runs.map((run) => [run.group, run.state, run.took, run.tasks]), choice.now.pair, told.past.usual,
      told.state.run?.group, [...choice.now.states], choice.now.text]);
    if (wanted !== key) draw(runs);
    key = wanted;
    for (const row of rows) row.show();
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
    });
    table.style.setProperty("--runs", runs.length);
    const heads = [...table.querySelectorAll("button[data-run]")];
    const focused = heads.find((each) => each.dataset.run === had);
    setRoving(table, "button[data-run]", focused ?? heads[heads.length - 1]);
    focused?.focus({ preventScroll: true });
    if (!had) element.scrollLeft = element.scrollWidth;  // the newest are at the right
  };
  return { element, update, redraw: () => { key = ""; }, focus: () => table.querySelector("[tabindex='0']")?.focus() };
}

function gridHead(page, told, choice, runs) {
  const longest = Math.max(1, ...runs.map((run) => run.took ?? 0));
  const heads = runs.map((run, at) => headCell(page, {}, [runHead(page, told, choice, run, runs[at - 1], longest)]));
  return html(page, "thead", { role: "rowgroup" }, [html(page, "tr", { role: "row" }, [html(page, "td", { role: "cell", text: "Started (UTC)" }),
    ...heads, headCell(page, { class: "sfdag-number", text: "usually", title: USUALLY }), headCell(page, { class: "sfdag-number", text: "succeeded" })])]);
}

function headCell(page, attributes, children = []) {
  return html(page, "th", { scope: "col", role: "columnheader", ...attributes }, children);
}

/** The graph's tasks, then those that only earlier runs had; of them those whose names contain `text`. */
function namesOf(told, text) {
  const all = new Set([...topological(told.graph).map((index) => told.graph.nodes[index].name), ...told.past.tasks]);
  return [...all].filter((name) => name.toLowerCase().includes(text.trim().toLowerCase()));
}

/** When a run began, as far as a narrow column has room: its day where that is another than the `before`'s. */
function whenOf(run, before) {
  if (!run.begun) return [];
  const [date, time] = new Date(run.begun).toISOString().split(/[T.]/);
  const isSame = before?.begun && new Date(before.begun).toISOString().startsWith(date);
  return [isSame ? "" : date.slice(5), "\n", time.slice(0, 5)];
}

function runHead(page, told, choice, run, before, longest) {
  const letter = ["A", "B"][lettersOf(told, choice).indexOf(run.group)] ?? "";
  const says = [`run ${run.id}`, run.word.toLowerCase(), retriedText(run), run.took === null ? "" : durationText(run.took),
    run.begun && datedText(run.begun), run.differs].filter(Boolean).join(", ");
  const made = button(page, "", { class: `sfdag-run-head sfdag-s-${runLook(run)}`, "data-run": run.group, "aria-pressed": Boolean(letter),
    ...(run.attempt > 1 ? { "data-retried": "" } : {}),
    "aria-label": letter ? `${says}, ${letter}` : says, title: `${says}. Pick two to compare them.` });
  made.append(html(page, "i", { style: `height: ${heightOf(run.took ?? 0, longest)}px` }), html(page, "span", { text: letter }),
    html(page, "span", { class: "sfdag-run-when" }, whenOf(run, before)));
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
  const usual = at < 0 ? null : told.past.usual[at];
  const well = html(page, "td", { role: "cell", class: "sfdag-number" });
  const element = html(page, "tr", { role: "row" }, [
    html(page, "th", { scope: "row", role: "rowheader", title: name }, [html(page, "bdi", { class: "sfdag-elided", text: name })]), room,
    html(page, "td", { role: "cell", class: "sfdag-number", text: usual === null ? "–" : durationText(usual) }), well,
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
  return state ? [html(page, "span", { class: `sfdag-cell sfdag-s-${state}`, role: "img", "aria-label": state, title: `${name}: ${state}`,
    "data-state": state, ...(wanted.size && !wanted.has(state) ? { "data-faded": "" } : {}) }, [stateIcon(page, told.looks[state])])] : [];
}

/** Which two are picked, and what can be done with them. */
function pairFoot(page, told, choice, runs, begin) {
  const pair = lettersOf(told, choice).map((group) => runs.find((run) => run.group === group));
  const said = pair.flatMap((run, at) => [html(page, "span", { class: `sfdag-letter sfdag-letter-${at}`, text: "AB"[at] }),
    html(page, "span", {}, [html(page, "strong", { text: `run ${run.id}` }), ` ${shortRun(run, told.now())}`])]);
  if (pair.length < 2) {
    return [...said, html(page, "span", { class: "sfdag-hint", text: pair.length ? "Pick another run to compare it with." : "Pick two runs to compare them." })];
  }
  return [...said, html(page, "span", { class: "sfdag-pair-do" }, [
    iconButton(page, "swap", "Compare A and B", "Compare A and B", begin),
    onClick(page, button(page, "Clear", { class: "sfdag-button sfdag-quiet" }), () => choice.change({ pair: [] }))])];
}

function shortRun(run, now) {
  return [clockText(run.begun, now), run.word.toLowerCase(), retriedText(run), run.took === null ? "" : durationText(run.took)].filter(Boolean).join(" · ");
}
