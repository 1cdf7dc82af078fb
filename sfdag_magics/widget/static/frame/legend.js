// How many tasks are in which state, at the bottom.

/** The states that occur, with their counts. */
function legendOf(page, looks) {
  const element = html(page, "ul", { class: "sfdag-legend", "aria-label": "Tasks by state" });
  let shown = "";
  const update = (nodes, tasks) => {
    const absent = countsOf(nodes.map((node) => node.absence).filter(Boolean));
    const counts = countsOf(nodes.map((_, index) => tasks[index]?.state ?? "pending"));
    const present = ORDER.filter((state) => counts.has(state));
    const key = [...present.map((state) => `${state} ${counts.get(state)}`), ...absent].join();
    if (key === shown) return;
    shown = key;
    const items = present.map((state) => html(page, "li", { class: `sfdag-s-${state}`, "data-state": state },
      [stateIcon(page, looks[state]), html(page, "span", { text: `${counts.get(state)} ${state}` })]));
    for (const [absence, count] of absent) {
      items.push(html(page, "li", { "data-absent": "", text: `${count} ${absence}` }));
    }
    refill(element, items);
  };
  return { element, update };
}

/** How often each of them occurs, in the order in which they come first. */
function countsOf(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
