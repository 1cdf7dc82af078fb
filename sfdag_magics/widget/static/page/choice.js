// What was chosen on this page and is nobody else's: the tab, the task, what is filtered. Another page
// of the same view, and the kernel, know nothing of it.

/** `now` is what is chosen; `change({ … })` chooses and tells those who listen. */
function choiceOf() {
  const now = {
    tab: "graph",
    pair: [],  // two runs to be compared, by their ids
    isSwapped: false,  // the newer of them is A
    runState: "",  // of the runs that stand in the grid; all, where empty
    runText: "",  // what is said of them: their ids, configuration, state or day
    states: new Set(),  // of the tasks that are looked for; all, where empty
    text: "",  // what their names contain
    columns: new Map(),  // of the table, which of them somebody wants and which not
    picked: new Set(),  // tasks that are looked at together
    isComparing: false,  // they stand beside each other, on whatever tab
    only: null,  // a set of tasks that are looked at; null for all
    isFolded: null,  // the groups, on each tab; null where nobody folded all, or unfolded it
    onlyOf: "",  // which they are, in words
  };
  const listeners = [];
  return {
    now,
    change(changes) {
      Object.assign(now, changes);
      for (const listener of listeners) listener(changes);
      return true;
    },
    listen: (listener) => listeners.push(listener),
  };
}
