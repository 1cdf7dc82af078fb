// What the kernel told, and whether that is still so.

/** What the kernel last told, and how old that is. Times are the kernel's: its clock may differ. */
function toldBy(model) {
  const told = {
    graph: model.get(TRAITS.graph),
    state: EMPTY_STATE,
    past: EMPTY_PAST,
    looks: model.get(TRAITS.looks),
    actions: model.get(TRAITS.actions),
    arrived: Date.now(),
    // Without a kernel time stands still: nobody knows what has become of the run.
    lostAt: null,
    isCut: false,  // no connection to the kernel, for now
    clock: () => told.lostAt ?? Date.now(),
    now: () => told.clock() + told.state.now - told.arrived,
    heardAgo: () => (told.state.heard === null ? 0 : told.state.now - told.state.heard) + told.clock() - told.arrived,
    /** News are due, and nothing came: not even that there are none. */
    isOverdue: () => told.state.following && Date.now() - told.arrived > told.state.patience,
    // What was heard last stays, however long ago that is: the header says how long.
    tasks: () => told.state.tasks,
    doingSince: 0,
    takeGraph() { told.graph = model.get(TRAITS.graph); },
    takePast() { told.past = { ...EMPTY_PAST, ...model.get(TRAITS.past) }; },
    takeActions() { told.actions = model.get(TRAITS.actions); },
    take() {
      const before = told.state.doing;
      told.state = { ...EMPTY_STATE, ...model.get(TRAITS.state) };
      if (told.state.doing !== before) told.doingSince = Date.now();
      told.arrived = Date.now();
    },
  };
  return told;
}
