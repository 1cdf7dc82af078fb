// The rows of the timeline: the bars of a task, and of a group of them.

/** What a row says of a task, and how. */
function taskInTime(page, told, index, open) {
  const { name } = told.graph.nodes[index];
  return {
    id: index,
    task: taskButton(page, name, index, open),
    spanOf: (times) => times.spans[index],
    criticalOf: (times) => criticalOf(times, index),
    lookOf(now) {
      const state = stateOf(now, index);
      return { state, sign: signOf(now.tasks()[index]), label: `${name}, ${wordOf(now.tasks()[index], now.isOld())}`, isGoing: state === "running" };
    },
    usuallyOf: (now) => usuallyText(now.past, name),
  };
}

/** Of a task on the critical path when that was there; null for others. */
function criticalOf({ critical, spans }, index) {
  return critical.has(index) ? [spans[index].waited?.[0] ?? spans[index].ran[0], endOf(spans[index])] : null;
}

/** What a row says of a group. */
function groupInTime(page, group, turn) {
  return {
    id: group.id,
    task: groupButton(page, group, turn),
    spanOf: (times) => spanOfGroup(times, group.tasks),
    criticalOf: (times) => around(group.tasks.map((index) => criticalOf(times, index))),
    lookOf(told) {
      const { state } = groupOf(told, group.tasks);
      return { state, sign: state, label: groupLabel(told, group), isGoing: isGroupGoing(told, group.tasks) };
    },
    usuallyOf: () => "–",
  };
}

/** `of` is what it says: `taskInTime`. */
function timelineRow(page, of) {
  const { task } = of;
  const element = html(page, "div", { role: "row" }, [html(page, "div", { role: "rowheader" }, [task])]);
  let inside = null;
  let last = null;
  let look = null;
  let shown = "";
  const keyOf = (told, times) => JSON.stringify([of.spanOf(times), times.length, times.lead, of.criticalOf(times), of.lookOf(told), of.usuallyOf(told)]);
  const isNews = (told, times) => keyOf(told, times) !== shown;
  const show = (told, times) => {
    last = [told, times];
    shown = keyOf(told, times);
    const { state, sign, label, isGoing } = of.lookOf(told);
    if (label !== look) {
      look = label;
      element.className = `sfdag-row sfdag-s-${state}`;
      task.querySelector(":scope > svg")?.remove();
      task.prepend(stateIcon(page, told.looks[sign]));
      task.setAttribute("aria-label", label);
    }
    inside?.show(told, times, isGoing);
  };
  const fill = () => {
    if (inside) return;
    inside = timelineCells(page, of);
    element.append(...inside.cells);
    if (last) show(...last);
  };
  const setOpen = (isOpen) => task.setAttribute("aria-expanded", isOpen);
  return { id: of.id, element, isNews, show, fill, setOpen };
}

/** What stands behind the name: the bars, and the numbers. */
function timelineCells(page, of) {
  const track = html(page, "div", { class: "sfdag-track", role: "cell" });
  const bars = ["critical", "expected", "waited", "ran"].map((kind) => [kind, html(page, "i", { class: `sfdag-${kind}`, hidden: "" })]);
  const before = slotOf(page);
  const said = unseen(page);
  track.append(before.element, ...bars.map(([, bar]) => bar), said);
  const numbers = ["waited", "ran", "usually"].map((kind) => html(page, "span", { role: "cell", class: `sfdag-number sfdag-${kind}-column` }));
  const show = (told, times, isGoing) => {
    const span = of.spanOf(times);
    const spans = { ...span, critical: of.criticalOf(times) };
    for (const [kind, bar] of bars) place(bar, spans[kind], times);
    before.show([span.before, times.lead, times.length], () => span.before.map((each) => barBefore(page, each, times)));
    put(said, [...span.before.map(beforeText), saidOf(spans)].join(", "));
    const usually = of.usuallyOf(told);
    numbers[2].title = usuallyMeans(usually);
    const length = (pair) => (pair ? durationText(pair[1] - pair[0]) : "–");
    const ran = span.ran ?? span.before.at(-1)?.span ?? null;
    [span.ran ? length(span.waited ?? [0, 0]) : "–", isGoing && span.ran ? tickingText(span.ran[1] - span.ran[0]) : length(ran), usually].forEach((text, at) => put(numbers[at], text));
  };
  return { cells: [track, ...numbers], show };
}

/** Where a moment stands on the axis, between 0 and 1. */
function shareAt({ lead, length }, moment) {
  return (moment + lead) / (length + lead);
}

function barBefore(page, { attempt, state, span }, times) {
  const bar = html(page, "i", { class: `sfdag-before sfdag-s-${state}`, title: beforeText({ attempt, state, span }) });
  place(bar, span, times);
  return bar;
}

function beforeText({ attempt, state, span }) {
  return `attempt ${attempt}: ${state}, ${durationText(span[1] - span[0])}`;
}

function place(bar, span, times) {
  bar.hidden = !span;
  if (!span) return;
  const left = shareAt(times, span[0]) * 100;
  const width = shareAt(times, span[1]) * 100 - left;
  bar.style.left = left > 99 ? `calc(100% - max(3px, ${width}%))` : `${left}%`;  // the shortest that is seen
  bar.style.width = `${width}%`;
}

/** What the bars of a row say, for who does not see them. */
function saidOf({ ran, expected, critical }) {
  if (ran) return `from ${tickText(Math.round(ran[0]))}${critical ? ", critical path" : ""}`;
  return expected ? `expected from ${tickingText(expected[0])}` : "not run";
}
