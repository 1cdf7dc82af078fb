// When each task waited and ran: a row per task, the critical path outlined, what is usual beside it.

const TICK_PX = 72;

/** `open(index)` is called for the task that somebody picks; `folds` says which groups are one row. */
function timelineTab(page, told, choice, { folds, open }) {
  const says = html(page, "p", { class: "sfdag-says" });
  const table = html(page, "div", { class: "sfdag-timeline", role: "table", "aria-label": "Timeline of the tasks" });
  const nothing = html(page, "p", { class: "sfdag-nothing", text: "No run has begun: there is nothing to measure yet." });
  const key = timelineKey(page);
  const element = html(page, "div", { class: "sfdag-times" }, [says, table, key.element, nothing]);
  const fold = foldTool(page, folds);
  const focus = foldedFocus(page, table, folds, { refresh: () => refresh(), choice });
  const now = html(page, "i", { class: "sfdag-now", "aria-hidden": "true" });
  const begun = html(page, "i", { class: "sfdag-begun", "aria-hidden": "true" });
  const lanes = html(page, "div", { class: "sfdag-lanes", role: "rowgroup" }, [begun, now]);
  const blocks = rowBlocks(page, lanes, () => html(page, "div", { class: "sfdag-block", role: "presentation" }));
  const fitRows = wholeRows(page, table, 32, () => lanes);
  let rows = null;  // by their tasks, and by the ids of groups
  let axis = null;
  let seen = null;  // what the rows last had to show
  let rest = null;
  let news = null;
  const build = () => {
    rest?.leave();
    axis = axisOf(page);
    rows = new Map();
    blocks.put([]);
    refill(table, [html(page, "div", { class: "sfdag-axis-frame", role: "rowgroup" }, [axis.element]), lanes]);
    const order = topological(told.graph);
    rest = inSlices(page, order, (index) => {
      const row = timelineRow(page, taskInTime(page, told, index, open));
      if (seen) showRow(row);
      rows.set(index, row);
      if (!folds.inRows().size && (!seen || seen.isShown(index))) blocks.add(row);  // where groups are, `putRows` knows where
    });
    focus.setCurrent(order[0] ?? 0);
  };
  const showRow = (row) => row.show(told, seen);
  const rowOf = (id, group) => {
    if (!rows.has(id) && id < 0) rows.set(id, timelineRow(page, groupInTime(page, group, () => focus.turn(folds.inRows().get(group.tasks[0])))));
    return rows.get(id);
  };
  const putRows = () => {
    const groups = folds.inRows();
    const ids = foldedRows(topological(told.graph).filter(seen.isShown), groups);
    const there = ids.map((id) => rowOf(id, groups.get(id < 0 ? ~id : id))).filter(Boolean);
    blocks.put(there);
    for (const row of there) row.element.toggleAttribute("data-in-group", groups.has(row.id));
    for (const [id, row] of rows) if (id < 0) row.setOpen(Boolean(groups.get(~id)?.isOpen));
    focus.settle(new Set(ids));
    return there;
  };
  const refresh = () => {
    if (!rows) build();
    const times = timesOf(told);
    element.classList.toggle("sfdag-no-times", !times);
    if (!times) return;
    put(says, timelineSentence(told, times));
    axis.show(times);
    now.hidden = times.isOver;
    now.style.setProperty("--at", shareAt(times, times.now));
    begun.hidden = !times.lead;
    begun.style.setProperty("--at", shareAt(times, 0));
    key.show(told, times);
    const isShown = filterOf(told, choice.now);
    seen = { ...times, isShown };
    const there = putRows();
    fold.update();
    news?.leave();
    news = inSlices(page, there.filter((row) => row.isNews(told, seen)), showRow);
    fitRows();
  };
  const complete = () => {
    rest?.finish();
    if (seen) putRows();
    news?.finish();
  };
  return {
    id: "timeline", label: "Timeline", element, tools: [fold.element], refresh,
    redraw: () => { rows = seen = null; },
    current: focus.current, keys: { move: focus.move, fold: focus.fold },
    focus: (index) => {
      complete();
      focus.focus(index);
    },
  };
}

function axisOf(page) {
  const track = html(page, "div", { class: "sfdag-track", role: "columnheader", "aria-label": "When" });
  const names = ["waited", "ran", "usually"].map((name) => html(page, "span", { role: "columnheader",
    class: `sfdag-number sfdag-${name}-column`, text: name, ...(name === "usually" ? { title: USUALLY } : {}) }));
  const element = html(page, "div", { class: "sfdag-axis", role: "row" },
    [html(page, "span", { role: "columnheader", text: "Task" }), track, ...names]);
  let shown = "";
  let width = 0;
  watchWidth(page, track, () => { width = track.clientWidth; });
  const show = (times) => {
    const { length, lead, attempts } = times;
    width ||= track.clientWidth;
    const room = width * (length / (length + lead));
    const ticks = ticksOf(length, Math.max(lead ? 1 : 2, Math.floor(room / TICK_PX)));
    const labels = [...attempts.map(({ attempt, at, took }) => [[`attempt ${attempt}`, durationText(took)], at, at + took]),
      ...ticks.map((tick) => [lead && tick === 0 ? [`attempt ${attempts.at(-1).attempt + 1}`, "0 s"] : [tickText(tick)], tick])];
    const key = JSON.stringify([labels, length, width]);
    if (key === shown) return;
    shown = key;
    refill(track, labels.map(([words, from, to]) => axisLabel(page, words, [shareAt(times, from), shareAt(times, to ?? from + (ticks[1] ?? length))], { width, isWhole: Boolean(to) })));
    const style = element.closest(".sfdag-timeline").style;
    style.setProperty("--lead", `${shareAt(times, 0) * 100}%`);
    style.setProperty("--tick", ticks.length > 1 ? `${(ticks[1] / (length + lead)) * 100}%` : "100%");
  };
  return { element, show };
}

/** About what a label of so many letters takes. */
const LABEL_LETTER_PX = 7;

/** A mark's label in its middle, but within the axis; that of an earlier attempt begins where it does, and ends there. Its
 *  second word stands there if it has room before the next one. */
function axisLabel(page, words, [from, to], { width, isWhole }) {
  const whole = words.join(" · ");
  const shareOf = (text) => (text.length * LABEL_LETTER_PX) / Math.max(width, 1);
  const text = shareOf(whole) < to - from ? whole : words[0];
  const kind = from === 0 || words.length > 1 ? "sfdag-from" : from + shareOf(text) / 2 > 1 ? "sfdag-to" : "";
  return html(page, "span", { class: `${kind} sfdag-elided`, title: whole, style: `left: ${from * 100}%;${isWhole ? `max-width: ${(to - from) * 100}%` : ""}`, text });
}

/** What the picture means, in a sentence. */
function timelineSentence(told, { spans, critical, now, end, isOver, attempts }) {
  const slowest = slowestOf(spans);
  if (slowest === null) return "Nothing has run yet.";
  const name = isolated(told.graph.nodes[slowest.index].name);
  const { attempt } = told.state.run;
  const whole = attempt > 1 ? `attempt ${attempt}` : "the run";
  const share = slowest.attempt === null ? `${Math.round((slowest.took / Math.max(now, 1)) * 100)} % of ${whole}` : `in attempt ${slowest.attempt}`;
  const parts = [`Ran longest: ${name}, ${durationText(slowest.took)}, ${share}${isOver || slowest.attempt !== null ? "" : " so far"}.`, waitingText(waitingOf(spans, critical))];
  if (!isOver && end - now >= 1000) {
    parts.push(`Expected end ${clockText(told.state.run.started + end, told.now())}, in ${tickingText(end - now)}.`);
  }
  if (attempts.length) parts.unshift(`Times count from where attempt ${attempt} begins; ${attemptsText(attempts)} at its left, without the time between.`);
  return parts.join(" ");
}

function attemptsText(attempts) {
  const numbers = attempts.map(({ attempt }) => attempt);
  return numbers.length === 1 ? `attempt ${numbers[0]} stands` : `attempts ${numbers[0]} ${numbers.length > 2 ? "to" : "and"} ${numbers.at(-1)} stand`;
}

/** Waiting is told apart from running: a task that waited long need not be a slow one. */
function waitingText({ waited, queued, busy }) {
  if (!waited) return "No task of the critical path waited.";
  const all = `Besides, tasks of the critical path waited ${durationText(waited)}`;
  if (!queued) return `${all}.`;
  const slot = `for a free slot while ${busy} other task${busy === 1 ? "" : "s"} ran`;
  return queued > 0.9 * waited ? `${all} ${slot}.` : `${all}, ${durationText(queued)} of it ${slot}.`;
}

/** What the bars mean: those that occur, in the colour that most of them have. */
function timelineKey(page) {
  const kinds = [["before", ""], ["begun", ""], ["waited", "waited"], ["ran", "ran"], ["expected", "expected from the last runs"], ["critical", "critical path: the run waited for these"],
    ["here", "now"]];
  const items = kinds.map(([kind, text]) => [kind, html(page, "li", {}, [html(page, "i", { class: `sfdag-${kind === "begun" ? "beginning" : kind}` }), html(page, "span", { text })])]);
  const words = Object.fromEntries(items.map(([kind, item]) => [kind, item.lastChild]));
  const element = html(page, "ul", { class: "sfdag-timeline-key", "aria-label": "What the bars mean" }, items.map(([, item]) => item));
  const show = (told, { spans, critical, lead, isOver }) => {
    const occurs = { before: lead > 0, begun: lead > 0, waited: spans.some(({ waited }) => waited), ran: spans.some(({ ran }) => ran),
      expected: spans.some(({ expected }) => expected), critical: critical.size > 0, here: !isOver };
    for (const [kind, item] of items) item.hidden = !occurs[kind];
    const hasFailed = spans.some(({ before }) => before.some(({ state }) => state === "failed"));
    put(words.before, `ran in an earlier attempt, paler${hasFailed ? " (red: failed)" : ""}`);
    put(words.begun, `attempt ${told.state.run.attempt} begins`);
    const counts = countsOf(spans.flatMap(({ ran }, index) => (ran ? [stateOf(told, index)] : [])));
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    element.className = `sfdag-timeline-key sfdag-s-${most?.[0] ?? "pending"}`;
  };
  return { element, show };
}
