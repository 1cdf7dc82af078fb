// What was chosen on this page and is nobody else's: the tab, the task, what is filtered. Another page
// of the same view, and the kernel, know nothing of it.

/** `now` is what is chosen; `change({ … })` chooses and tells those who listen. */
function choiceOf() {
  const now = {
    tab: "graph",
    pair: [],  // two runs to be compared, by their ids
    runState: "",  // of the runs that stand in the grid; all, where empty
    states: new Set(),  // of the tasks that are looked for; all, where empty
    text: "",  // what their names contain
    picked: new Set(),  // tasks that are looked at together
    isComparing: false,  // they stand beside each other, on whatever tab
    only: null,  // a set of tasks that are looked at; null for all
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
