// What the kernel told, and whether that is still so.

/** Before the kernel told anything. */
const UNTOLD = { ...EMPTY_STATE, tasks: [] };

/** Of so many states the one that came fastest tells what time it is there: one that waited was made earlier. */
const TIMED = 8;

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
    taken: 0,  // so many states
    // Without a kernel time stands still: nobody knows what has become of the run.
    lostAt: null,
    isCut: false,  // no connection to the kernel, for now
    clock: () => told.lostAt ?? Date.now(),
    ahead: [-Date.now()],  // how far the kernel's time was from the page's as each came
    now: () => told.clock() + Math.max(...told.ahead),
    heardAgo: () => (told.state.heard === null ? told.clock() - told.arrived : told.now() - told.state.heard),
    /** News are due, and nothing came, not even that there are none: before patience ends it is asked who is there. */
    isOverdue: () => told.state.following && Date.now() - told.arrived > told.state.patience / 2,
    /** Whether the run that is shown went on when it was last heard of, and nothing is heard now. */
    isOld: () => told.state.run !== null && !OVER.has(told.state.run.state)
      && (told.lostAt !== null || told.isCut || isStale(told.state, told.heardAgo())),
    // What was heard last stays, however long ago that is: the header says how long.
    tasks: () => told.state.tasks,
    doingSince: 0,
    picked: null,  // the run that was chosen here to be shown, and which was the newest then: `{ group, newest }`
    begun: null,  // the action that was sent and is not answered: `{ kind, at }`
    steps: [],  // what was done on the way to what is being done
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
      const { doing: before, busy } = told.state;
      const state = { ...EMPTY_STATE, ...model.get(TRAITS.state) };
      const whole = model.get(TRAITS.tasks);
      told.isWhole = whole?.number === state.base;
      const tasks = told.isWhole ? withRows(whole.tasks, state.rows, told.state.tasks) : told.state.tasks;
      told.state = { ...state, tasks };
      if (told.state.doing !== before) {
        told.doingSince = Date.now();
        told.steps = stepsAfter(told.steps, before, told.state.doing);
      }
      // What a button begins is no step of it.
      if (told.state.busy !== busy) told.steps = told.state.doing ? [null] : [];
      const [isFound, isFirst] = [told.taken === 0, told.taken === 1];
      told.taken += 1;
      // What a page finds may have been told hours ago, as its own time says; what comes then comes now.
      told.arrived = isFound ? Math.min(Date.now(), state.now || Infinity) : Date.now();
      const ahead = state.now - told.arrived;
      const isSet = Math.max(...told.ahead) - ahead > state.patience;  // a clock was set: no message waits so long
      told.ahead = isSet || isFirst ? [ahead] : [...told.ahead, ahead].slice(-TIMED);
    },
  };
  return told;
}

/** Whether what is shown may no longer be true. */
function isStale(state, heardAgo) {
  return Boolean(state.trouble) || (state.following && heardAgo > state.patience);
}

/** The steps before this one, without how far they were; a null stands for what comes next and is none. */
function stepsAfter(steps, before, doing) {
  const [last, next] = [before, doing].map((text) => text.split(" · ")[0]);
  if (!doing || !before) return [];
  if (steps.at(-1) === null) return steps.slice(0, -1);
  return last === next ? steps : [...steps, last];
}

/** The tasks with those that are others by now. One that is as it was `before` is the same object: whoever
 *  shows it need not look into it. */
function withRows(tasks, rows, before) {
  const now = [...tasks];
  for (const [index, task] of Object.entries(rows)) now[index] = task;
  return now.map((task, index) => (task !== before[index] && JSON.stringify(task) === JSON.stringify(before[index]) ? before[index] : task));
}
