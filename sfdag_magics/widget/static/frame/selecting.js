// Which task's details are open, and which tasks are looked at together.

/** What a click or a key on a task means. `drawer()` and `current()` are the details and the tab that is seen. */
function selectingOf(choice, drawer, current) {
  return {
    /** One task, and no others; its details at a tab, or at the one that was seen last. */
    open(index, tab) {
      choice.change({ picked: new Set() });
      drawer().open(index, tab);
    },
    /** From a place that goes with it: what had the focus is gone. */
    openFrom(index) {
      drawer().open(index);
      current().focus(index);
    },
    /** One more, or one less: the task whose details are open is the first of them. */
    pick(index) {
      const { picked } = choice.now;
      const before = picked.size || drawer().index === null ? picked : new Set([drawer().index]);
      drawer().close();
      choice.change({ picked: toggled(before, index) });
      current().focus(index);
    },
    /** None: the run as a whole stands beside the graph. */
    toRun() {
      drawer().close();
      choice.change({ picked: new Set(), tab: "graph" });
    },
    isPicked: (index) => choice.now.picked.has(index) || drawer().index === index,
    leave: () => choice.now.picked.size > 0 && choice.change({ picked: new Set() }),
  };
}
