// Which runs have a column on the tab Runs: by their state, and by what is said of them.

/** Those of one state, or all. */
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
  const update = () => {
    const { runState } = choice.now;
    put(word, runState ? `Only ${(runsOf(told).find((run) => run.state === runState)?.word ?? runState).toLowerCase()} runs` : "Runs of any state");
    element.setAttribute("aria-pressed", Boolean(runState));
  };
  return { element, update };
}

/** Where somebody types what is said of the runs they look for. */
function runSearch(page, choice) {
  const field = html(page, "input", { type: "search", class: "sfdag-find-field", dir: "auto", placeholder: "key=value, id, day", "aria-label": "Find a run",
    "data-lm-suppress-shortcuts": "true" });
  const count = html(page, "span", { class: "sfdag-find-count", role: "status" });
  field.addEventListener("input", () => choice.change({ runText: field.value }), { signal: page.signal });
  // The first Esc empties the field, the next is the view's.
  field.addEventListener("keydown", (event) => event.key === "Escape" && field.value && event.stopPropagation(), { signal: page.signal });
  const update = (found) => put(count, choice.now.runText.trim() ? `${found}` : "");
  return { element: html(page, "label", { class: "sfdag-find" }, [icon(page, "search"), field, count]), update };
}

/** Whether a run is one of those that are looked for: each word stands in what is said of it. */
function runFilter({ runState, runText }) {
  const words = runText.toLowerCase().split(/\s+/).filter(Boolean);
  return (run) => {
    if (runState && run.state !== runState) return false;
    const said = [run.id, run.group, run.word, retriedText(run), run.begun ? datedText(run.begun) : "", run.differs, run.origin].join(" ").toLowerCase();
    return words.every((word) => said.includes(word));
  };
}
