// How many tasks are in which state, at the bottom. A press looks for those of a state only.

/** The states that occur, with their counts; each is a filter. */
function legendOf(page, told, choice) {
  const list = html(page, "ul", { class: "sfdag-legend", "aria-label": "Tasks by state" });
  const all = onClick(page, button(page, "Show all", { class: "sfdag-button sfdag-quiet", hidden: "" }),
    () => choice.change({ states: new Set(), text: "", only: null }));
  list.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-state]");
    if (pressed) choice.change({ states: toggled(choice.now.states, pressed.dataset.state) });
  }, { signal: page.signal });
  let shown = "";
  const update = () => {
    const { nodes } = told.graph;
    const absent = countsOf([...nodes.map((node) => node.absence), ...Object.values(told.state.marks)].filter(Boolean));
    const counts = countsOf(nodes.map((_, index) => stateOf(told, index)));
    const { states } = choice.now;
    // One that is looked for stays, with none of it too: or nobody could take it off.
    const present = ORDER.filter((state) => counts.has(state) || states.has(state));
    all.hidden = isUnfiltered(choice.now);
    const said = new Map(present.map((state) => [state, countedText(counts.get(state) ?? 0, state, told.isOld())]));
    const key = [...present.map((state) => `${said.get(state)} ${states.has(state)}`), ...absent].join();
    if (key === shown) return;
    shown = key;
    const had = list.getRootNode().activeElement?.dataset?.state;
    refill(list, [...present.map((state) => stateItem(page, told.looks, state, said.get(state), states.has(state))),
      ...[...absent].map(([absence, count]) => html(page, "li", { "data-absent": "", text: `${count} ${absence}` }))]);
    if (had) list.querySelector(`[data-state="${had}"]`)?.focus({ preventScroll: true });
  };
  return { element: html(page, "div", { class: "sfdag-legend-row" }, [list, all]), update };
}

function stateItem(page, looks, state, said, isPressed) {
  const made = button(page, "", { class: `sfdag-button sfdag-quiet sfdag-s-${state}`, "data-state": state, "aria-pressed": isPressed,
    title: isPressed ? "Show all states again" : [`Look for what is ${state}`, MEANS[state]].filter(Boolean).join(": ") });
  made.append(stateIcon(page, looks[state]), html(page, "span", { text: said }));
  return html(page, "li", {}, [made]);
}

/** A set with `value` added or taken away. */
function toggled(set, value) {
  return new Set(set.has(value) ? [...set].filter((each) => each !== value) : [...set, value]);
}

/** How often each of them occurs, in the order in which they come first. */
function countsOf(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
