// The last runs: a bar each, as high as the run was long. A click shows that run in this view; with
// Shift it is compared with the one that is shown.

const TALLEST_PX = 28;
const LEAST_PX = 3;

/** What leads to it; a notice on a newer run has it itself. */
const NEWEST = "Newest run";

/** The strip of the last runs; `show(group)` and `compare(group)` are what a click means. */
function stripOf(page, told, choice, { show, compare, propose }) {
  const bars = html(page, "div", { class: "sfdag-bars", role: "group", "aria-label": "Last runs" });
  const typical = html(page, "div", { class: "sfdag-typical" });
  const next = html(page, "span", { class: "sfdag-next-run", "aria-hidden": "true", hidden: "" }, [html(page, "i"), "next"]);
  const schedule = scheduleSwitch(page, told, propose);
  const which = html(page, "span", { class: "sfdag-elided" });
  const newest = onClick(page, button(page, NEWEST, { class: "sfdag-button sfdag-text-button", hidden: "" }),
    () => show(runsOf(told).at(-1).group));
  const side = html(page, "div", { class: "sfdag-strip-side" }, [typical, schedule.element]);
  const element = html(page, "div", { class: "sfdag-strip", hidden: "" }, [bars, next,
    html(page, "span", { class: "sfdag-strip-run", "aria-hidden": "true" }, [which]), newest, side]);
  const pick = (bar, event) => (event.shiftKey ? compare : show)(bar.dataset.group);
  bars.addEventListener("click", (event) => {
    const bar = event.target.closest("[data-group]");
    if (bar) pick(bar, event);
  }, { signal: page.signal });
  roveAlong(page, bars, "[data-group]");
  let shown = "";
  const grow = (longest) => {
    const run = told.state.run;
    const bar = run?.completed === null && run.started !== null ? bars.querySelector("[aria-current] > i") : null;
    if (bar) bar.style.height = `${heightOf(told.now() - run.started + tookBefore(told), longest)}px`;
  };
  const update = () => {
    const runs = runsOf(told);
    const longest = Math.max(1, ...runs.map((run) => run.took ?? 0), told.past.usual_run ?? 0);
    draw(runs, longest);
    const chosen = runs.find((run) => run.group === told.state.run?.group);
    which.title = chosen ? `run ${chosen.id}` : "";
    put(which, chosen ? [chosen.begun && datedText(chosen.begun), chosen.id].filter(Boolean).join(" · ") : runs.length ? "" : "The last runs will stand here.");
    sayNewest(runs.at(-1));
    schedule.update();
    showNext();
    grow(longest);
  };
  const sayNewest = (run) => {
    newest.hidden = Boolean(newerText(told) && newestDoes(told)) || !run || !told.state.run?.group || run.group === told.state.run.group;
    if (!newest.hidden) newest.title = `Show run ${run.id}, ${run.word.toLowerCase()}`;
  };
  const draw = (runs, longest) => {
    const letters = choice.now.tab === "runs" ? lettersOf(told, choice) : [];  // elsewhere nothing is compared
    const key = JSON.stringify([numberOf(told.past), runs.map((run) => ({ ...run, tasks: "" })), told.graph.nodes.length, told.state.run?.group, letters]);
    if (key === shown) return;
    shown = key;
    element.hidden = told.graph.nodes.length === 0;  // it has its place before the first run: that moves nothing
    const had = bars.getRootNode().activeElement?.dataset?.group;
    refill(bars, runs.map((run) => barOf(page, told, letters, run, longest)));
    const focused = [...bars.children].find((bar) => bar.dataset.group === had);
    focused?.focus({ preventScroll: true });
    setRoving(bars, "[data-group]", focused ?? bars.querySelector("[aria-current]") ?? bars.lastElementChild);
    refill(typical, sideOf(page, told.past, runs));
  };
  const showNext = () => {
    const { schedule } = told.past;
    next.hidden = !schedule?.on || schedule.due === null;
    next.title = next.hidden ? "" : `Next run ${dueText(schedule.due, told.now())}`;
  };
  return { element, update };
}

function barOf(page, told, letters, run, longest) {
  const look = runLook(run);
  const isShown = run.group === told.state.run?.group;
  const letter = ["A", "B"][letters.indexOf(run.group)] ?? "";
  const took = run.took === null ? "" : durationText(run.took);
  const says = [`run ${run.id}`, run.word.toLowerCase(), retriedText(run), took, run.begun && datedText(run.begun), run.differs, run.origin,
    letter && `${letter} of the comparison`].filter(Boolean).join(", ");
  const bar = button(page, "", { class: `sfdag-bar sfdag-s-${look}`, "aria-label": says, title: says, "data-group": run.group,
    "aria-pressed": isShown, ...(isShown ? { "aria-current": "true" } : {}), ...(letter ? { "data-letter": letter } : {}),
    ...(run.attempt > 1 ? { "data-retried": "" } : {}) });
  bar.append(html(page, "i", { style: `height: ${heightOf(run.took ?? 0, longest)}px` }), stateIcon(page, told.looks[look]));
  return bar;
}

function heightOf(took, longest) {
  return Math.round(Math.min(1, Math.max(LEAST_PX / TALLEST_PX, took / longest)) * TALLEST_PX);
}

function sideOf(page, past, runs) {
  const over = runs.filter((run) => OVER.has(run.state));
  const well = over.filter((run) => run.state === "SUCCEEDED");
  return [
    past.usual_run && html(page, "span", { title: past.lately_run ? LATELY : USUALLY }, [past.lately_run ? "last time " : "typical ", html(page, "strong", { text: durationText(past.usual_run) })]),
    over.length > 0 && html(page, "span", { text: wellText(well, over.length) }),
  ];
}

/** How many of the last runs succeeded, and how many of these had failed before somebody retried them. */
function wellText(well, count) {
  const retried = well.filter((run) => run.attempt > 1).length;
  const after = retried === 0 ? "" : `, ${retried} of them after a retry`;
  return `${well.length} of ${count === 1 ? "1 run" : `the last ${count} runs`} succeeded${after}`;
}

/** Whether the graph runs by its schedule, and when next; a click proposes the other. */
function scheduleSwitch(page, told, propose) {
  const element = button(page, "", { class: "sfdag-switch", role: "switch", hidden: "" });
  const word = html(page, "span");
  element.append(html(page, "i"), word);
  const kind = () => (told.past.schedule?.on ? "suspend" : "resume");
  onClick(page, element, () => propose(kind()));
  const update = () => {
    const { schedule } = told.past;
    element.hidden = !schedule || !(kind() in told.actions.commands);
    if (element.hidden) return;
    element.setAttribute("aria-checked", schedule.on);
    element.dataset.schedule = kind();
    const why = unreached(told) || DOING[told.state.busy];
    element.disabled = Boolean(why);
    element.title = why || `${schedule.text} · ${schedule.exact} · ${told.actions.commands[kind()]}`;
    const next = schedule.due === null ? schedule.text : `next ${dueText(schedule.due, told.now())}`;
    put(word, schedule.on ? `Schedule on · ${next}` : `Schedule off · ${schedule.text}`);
  };
  return { element, update };
}

/** The last runs with the one that is shown as it is now: what was told of it may be older. */
function runsOf(told) {
  const { past, state: { run } } = told;
  const now = run?.group ? { group: run.group, id: run.id, state: run.state, word: run.word, attempt: run.attempt,
    begun: run.begun, differs: run.differs, origin: run.origin, took: run.completed === null ? null : run.completed - run.started + tookBefore(told) } : null;
  const runs = past.runs.map((each) => (each.group === now?.group ? { ...each, ...now } : each));
  const isNewer = now && !runs.some((each) => each.group === now.group)
    && (!runs.length || now.begun > runs[runs.length - 1].begun);
  return isNewer ? [...runs, { ...now, tasks: "" }].slice(-SHOWN_RUNS) : runs;
}

/** The last run that succeeded before the one that is shown; undefined where none is known. */
function successBefore(told) {
  const runs = runsOf(told);
  const at = runs.findIndex((run) => run.group === told.state.run?.group);
  return runs.slice(0, Math.max(at, 0)).findLast((run) => run.state === "SUCCEEDED");
}

const SHOWN_RUNS = 20;

/** The two runs that were picked, the older first unless they were swapped: A and B. */
function lettersOf(told, choice) {
  const pair = runsOf(told).map((run) => run.group).filter((group) => choice.now.pair.includes(group));
  return choice.now.isSwapped ? pair.toReversed() : pair;
}
