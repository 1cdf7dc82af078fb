// When each task waited and ran: a row per task, the critical path outlined, what is usual beside it.

const TICK_PX = 72;
/** A label beyond that would stand over the numbers. */
const LAST_LABEL = 0.93;

/** `open(index)` is called for the task that somebody picks. */
function timelineTab(page, told, choice, open) {
  const says = html(page, "p", { class: "sfdag-says" });
  const table = html(page, "div", { class: "sfdag-timeline", role: "table", "aria-label": "Timeline of the tasks" });
  const nothing = html(page, "p", { class: "sfdag-nothing", text: "No run has begun: there is nothing to measure yet." });
  const element = html(page, "div", { class: "sfdag-times" }, [says, table, timelineKey(page), nothing]);
  const focus = rowFocus(page, table);
  const now = html(page, "i", { class: "sfdag-now", "aria-hidden": "true" });
  const lanes = html(page, "div", { class: "sfdag-lanes", role: "rowgroup" }, [now]);
  const blocks = rowBlocks(page, lanes, () => html(page, "div", { class: "sfdag-block", role: "presentation" }));
  let rows = null;
  let axis = null;
  let seen = null;  // what the rows last had to show
  let rest = null;
  let news = null;
  const build = () => {
    rest?.leave();
    axis = axisOf(page);
    rows = [];
    blocks.put([]);
    refill(table, [html(page, "div", { class: "sfdag-axis-frame", role: "rowgroup" }, [axis.element]), lanes]);
    const order = topological(told.graph);
    rest = inSlices(page, order, (index) => {
      const row = timelineRow(page, told.graph.nodes[index].name, index, open);
      if (seen) showRow(row);
      rows.push(row);
      if (!seen || seen.isShown(index)) blocks.add(row);
    });
    focus.setCurrent(order[0] ?? 0);
  };
  const showRow = (row) => row.show(told, seen);
  const refresh = () => {
    if (!rows) build();
    const times = timesOf(told);
    element.classList.toggle("sfdag-no-times", !times);
    if (!times) return;
    put(says, timelineSentence(told, times));
    axis.show(times);
    now.hidden = times.isOver;
    now.style.setProperty("--at", times.now / times.length);
    const isShown = filterOf(told, choice.now);
    seen = { ...times, isShown };
    blocks.put(rows.filter((row) => isShown(row.index)));
    news?.leave();
    news = inSlices(page, rows.filter((row) => row.isNews(told, seen)), showRow);
  };
  const complete = () => {
    rest?.finish();
    news?.finish();
  };
  return {
    id: "timeline", label: "Timeline", element, tools: [], refresh,
    redraw: () => { rows = seen = null; },
    current: focus.current, keys: { move: focus.move },
    focus: (index) => {
      complete();
      focus.focus(index);
    },
  };
}

function timelineRow(page, name, index, open) {
  const task = taskButton(page, name, index, open);
  const element = html(page, "div", { role: "row" }, [html(page, "div", { role: "rowheader" }, [task])]);
  let inside = null;
  let last = null;
  let look = null;
  let shown = "";
  const keyOf = (told, times) => JSON.stringify([times.spans[index], times.length, times.critical.has(index), stateOf(told, index),
    usualOf(told.past, name)]);
  const isNews = (told, times) => keyOf(told, times) !== shown;
  const show = (told, times) => {
    last = [told, times];
    shown = keyOf(told, times);
    const state = stateOf(told, index);
    if (state !== look) {
      look = state;
      element.className = `sfdag-row sfdag-s-${state}`;
      task.querySelector("svg")?.remove();
      task.prepend(stateIcon(page, told.looks[state]));
      task.setAttribute("aria-label", `${name}, ${state}`);
    }
    inside?.show(told, times, state);
  };
  const fill = () => {
    if (inside) return;
    inside = timelineCells(page, name, index);
    element.append(...inside.cells);
    if (last) show(...last);
  };
  return { index, element, isNews, show, fill };
}

/** What stands behind the name: the bars, and the numbers. */
function timelineCells(page, name, index) {
  const track = html(page, "div", { class: "sfdag-track", role: "cell" });
  const bars = ["critical", "expected", "waited", "ran"].map((kind) => [kind, html(page, "i", { class: `sfdag-${kind}`, hidden: "" })]);
  const said = unseen(page);
  track.append(...bars.map(([, bar]) => bar), said);
  const numbers = ["waited", "ran", "usually"].map((kind) => html(page, "span", { role: "cell", class: `sfdag-number sfdag-${kind}-column` }));
  const show = (told, times, state) => {
    const span = times.spans[index];
    const isCritical = times.critical.has(index);
    const spans = { ...span, critical: isCritical ? [span.waited?.[0] ?? span.ran[0], endOf(span)] : null };
    for (const [kind, bar] of bars) place(bar, spans[kind], times.length);
    put(said, saidOf(span, isCritical));
    const usual = usualOf(told.past, name);
    const length = (pair) => (pair ? durationText(pair[1] - pair[0]) : "–");
    [span.ran ? length(span.waited ?? [0, 0]) : "–", state === "running" ? tickingText(span.ran[1] - span.ran[0]) : length(span.ran),
      usual === null ? "–" : durationText(usual)].forEach((text, at) => put(numbers[at], text));
  };
  return { cells: [track, ...numbers], show };
}

function place(bar, span, end) {
  bar.hidden = !span;
  if (!span) return;
  const left = (span[0] / end) * 100;
  const width = ((span[1] - span[0]) / end) * 100;
  bar.style.left = left > 99 ? `calc(100% - max(3px, ${width}%))` : `${left}%`;  // the shortest that is seen
  bar.style.width = `${width}%`;
}

/** What the bars of a row say, for who does not see them. */
function saidOf({ ran, expected }, isCritical) {
  if (ran) return `from ${tickText(Math.round(ran[0]))}${isCritical ? ", critical path" : ""}`;
  return expected ? `expected from ${tickingText(expected[0])}` : "not run";
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
  const show = ({ length }) => {
    const ticks = ticksOf(length, Math.max(2, Math.floor((width || track.clientWidth) / TICK_PX)));
    const key = ticks.map((tick) => `${tick} ${Math.round((tick / length) * 1000)}`).join();
    if (key === shown) return;
    shown = key;
    refill(track, ticks.filter((tick) => tick === 0 || tick / length < LAST_LABEL)
      .map((tick) => html(page, "span", { style: `left: ${(tick / length) * 100}%`, text: tickText(tick) })));
    element.closest(".sfdag-timeline").style.setProperty("--tick", ticks.length > 1 ? `${(ticks[1] / length) * 100}%` : "100%");
  };
  return { element, show };
}

/** What the picture means, in a sentence. */
function timelineSentence(told, { spans, critical, now, end, isOver }) {
  const length = ({ ran }) => ran[1] - ran[0];
  const longest = [...critical].reduce((best, each) => (best === null || length(spans[each]) > length(spans[best]) ? each : best), null);
  if (longest === null) return "Nothing has run yet.";
  const name = isolated(told.graph.nodes[longest].name);
  const share = Math.round((length(spans[longest]) / Math.max(now, 1)) * 100);
  const waited = [...critical].reduce((sum, each) => sum + (spans[each].waited ? spans[each].waited[1] - spans[each].waited[0] : 0), 0);
  const parts = [`${name} is ${share} % of the time${isOver ? "" : " so far"}.`, `Waiting on the critical path: ${durationText(waited)}.`];
  if (!isOver && end - now >= 1000) {
    parts.push(`Expected end ${clockText(told.state.run.started + end, told.now())}, in ${tickingText(end - now)}.`);
  }
  const { attempt } = told.state.run;
  if (attempt > 1) parts.unshift(`Attempt ${attempt} of ${attempt}: what earlier ones ran is in each task's Attempts.`);
  return parts.join(" ");
}

function timelineKey(page) {
  const kinds = [["waited", "waited"], ["ran", "ran"], ["expected", "expected from the last runs"], ["critical", "critical path"]];
  return html(page, "ul", { class: "sfdag-timeline-key sfdag-s-running", "aria-label": "What the bars mean" }, kinds.map(([kind, text]) =>
    html(page, "li", {}, [html(page, "i", { class: `sfdag-${kind}` }), text])));
}
