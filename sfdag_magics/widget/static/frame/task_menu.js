// What can be done with one task, wherever it stands: in a row, or at the head of its details.

/** `(index) => [[text, action]]`, as it is when the menu opens. */
function taskMenuOf(page, told, choice, { open, pick, propose }) {
  const along = (index, way) => () => choice.change({ only: reached([index], neighboursOf(told.graph)[way]), tab: "graph" });
  return (index) => {
    const { name } = told.graph.nodes[index];
    const task = told.tasks()[index];
    const group = told.graph.groups.find(({ tasks }) => tasks.includes(index));
    return [
      ...[["Details", "summary"], ["Logs", "logs"], ["Inputs and return value", "data"], task?.shown && ["What it showed", "shown"],
        ["Code", "code"]].filter(Boolean).map(([text, tab]) => [text, () => open(index, tab)]),
      ["What it waits for, in the graph", along(index, "tails")],
      ["What waits for it, in the graph", along(index, "heads")],
      ...(refusal("run", told.state, told.graph) ? [] : [["Run only this…", "only"], ["Run from here…", "from"], ["Run up to here…", "to"]]
        .map(([text, way]) => [text, () => propose("run", { way, name })])),
      ...(group ? [["run", "Run its group…"], ["retry", "Retry its group…"]] : []).filter(([kind]) => !refusal(kind, told.state, told.graph))
        .map(([kind, text]) => [text, () => propose(kind, { way: "group", name: group.name, tasks: group.tasks })]),
      [choice.now.picked.has(index) ? "Take from the selection" : "Add to the selection", () => pick(index)],
      ["Copy its name", () => copied(page.doc.defaultView, name)],
    ];
  };
}
