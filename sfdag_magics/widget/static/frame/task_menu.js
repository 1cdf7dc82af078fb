// What can be done with one task, wherever it stands: in a row, or at the head of its details; and with a group in its row.

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

/** What can be done with a group of tasks as one, `(group, turn) => [[text, action]]`: `turn()` folds or unfolds its row. */
function groupMenuOf(page, told, choice, { propose }) {
  return ({ name, tasks, isOpen }, turn) => {
    const isAll = tasks.every((index) => choice.now.picked.has(index));
    const isGroup = told.graph.groups.some((group) => group.name === name);  // and not tasks that are alike
    return [
      [isOpen ? "Fold it" : "Unfold it", turn],
      ...(isGroup ? [["run", "Run this group…"], ["retry", "Retry this group…"]] : []).filter(([kind]) => !refusal(kind, told.state, told.graph))
        .map(([kind, text]) => [text, () => propose(kind, { way: "group", name, tasks })]),
      ["Show in graph, the others faded", () => choice.change({ only: new Set(tasks), onlyOf: `the group ${isolated(name)}`, tab: "graph" })],
      [isAll ? "Take all from the selection" : "Add all to the selection", () => choice.change({ picked: pickedWith(choice.now.picked, tasks, !isAll) })],
      ["Copy its name", () => copied(page.doc.defaultView, name)],
    ];
  };
}
