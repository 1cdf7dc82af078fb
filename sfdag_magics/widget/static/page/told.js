// What the kernel told, and whether that is still so.

/** Before the kernel told anything. */
const UNTOLD = { ...EMPTY_STATE, tasks: [] };

/** What the kernel last told, and how old that is. Times are the kernel's: its clock may differ. */
function toldBy(model) {
  const told = {
    graph: model.get(TRAITS.graph),
    folded: model.get(TRAITS.folded),
    state: UNTOLD,
    isWhole: true,  // the tasks that the state speaks of are here
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
    takeGraph() {
      const known = new Map(told.graph.nodes.map(({ name }, index) => [name, { task: told.state.tasks[index] ?? null, mark: told.state.marks[index] }]));
      told.graph = model.get(TRAITS.graph);
      told.takeFolded();
      if (told.state === UNTOLD) return;
      // Until its state comes: what was told by numbers was told of the graph before.
      const now = told.graph.nodes.map(({ name }) => known.get(name) ?? { task: null });
      told.state = { ...told.state, tasks: now.map(({ task }) => task), marks: Object.fromEntries(Object.entries(now.map(({ mark }) => mark)).filter(([, mark]) => mark)) };
    },
    /** Whether it is another one than before. */
    takeFolded() {
      const before = told.folded;
      told.folded = model.get(TRAITS.folded);
      return told.folded !== before;
    },
    takePast() { told.past = { ...EMPTY_PAST, ...model.get(TRAITS.past) }; },
    takeActions() { told.actions = model.get(TRAITS.actions); },
    take() {
      const before = told.state.doing;
      const state = { ...EMPTY_STATE, ...model.get(TRAITS.state) };
      const whole = model.get(TRAITS.tasks);
      told.isWhole = whole?.number === state.base;
      const tasks = told.isWhole ? withRows(whole.tasks, state.rows, told.state.tasks) : told.state.tasks;
      told.state = { ...state, tasks };
      if (told.state.doing !== before) told.doingSince = Date.now();
      told.arrived = Date.now();
    },
  };
  return told;
}

/** The tasks with those that are others by now. One that is as it was `before` is the same object: whoever
 *  shows it need not look into it. */
function withRows(tasks, rows, before) {
  const now = [...tasks];
  for (const [index, task] of Object.entries(rows)) now[index] = task;
  return now.map((task, index) => (task !== before[index] && JSON.stringify(task) === JSON.stringify(before[index]) ? before[index] : task));
}
