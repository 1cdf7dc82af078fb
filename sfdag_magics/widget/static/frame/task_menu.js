// What can be done with one task, wherever it stands: in a row, or at the head of its details.

/** `(index) => [[text, action]]`, as it is when the menu opens. */
function taskMenuOf(page, told, choice, { open, pick }) {
  const along = (index, way) => () => choice.change({ only: reached([index], neighboursOf(told.graph)[way]), tab: "graph" });
  return (index) => {
    const { name } = told.graph.nodes[index];
    const task = told.tasks()[index];
    return [
      ...[["Details", "summary"], ["Logs", "logs"], ["Inputs and return value", "data"], task?.shown && ["What it showed", "shown"],
        ["Code", "code"]].filter(Boolean).map(([text, tab]) => [text, () => open(index, tab)]),
      ["What it waits for, in the graph", along(index, "tails")],
      ["What waits for it, in the graph", along(index, "heads")],
      [choice.now.picked.has(index) ? "Take from the selection" : "Add to the selection", () => pick(index)],
      ["Copy its name", () => copied(page.doc.defaultView, name)],
    ];
  };
}
