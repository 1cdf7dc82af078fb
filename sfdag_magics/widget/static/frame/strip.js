// The last runs: a bar each, as high as the run was long. A click shows that run in this view; with
// Shift it is compared with the one that is shown.

const TALLEST_PX = 28;
const LEAST_PX = 3;

/** The strip of the last runs; `show(group)` and `pair(group)` are what a click means. */
function stripOf(page, told, choice, { show, pair, propose }) {
  const bars = html(page, "div", { class: "sfdag-bars", role: "group", "aria-label": "Last runs" });
  const typical = html(page, "div", { class: "sfdag-typical" });
  const next = html(page, "span", { class: "sfdag-next-run", "aria-hidden": "true", hidden: "" }, [html(page, "i")]);
  const schedule = scheduleSwitch(page, told, propose);
  const which = html(page, "span", { class: "sfdag-strip-run", "aria-hidden": "true" });  // the bar says it
  const side = html(page, "div", { class: "sfdag-strip-side" }, [typical, schedule.element]);
  const element = html(page, "div", { class: "sfdag-strip", hidden: "" }, [bars, next, which, side]);
  const pick = (bar, event) => (event.shiftKey ? pair : show)(bar.dataset.group);
  bars.addEventListener("click", (event) => {
    const bar = event.target.closest("[data-group]");
    if (bar) pick(bar, event);
  }, { signal: page.signal });
  roveAlong(page, bars, "[data-group]");
  let shown = "";
  const grow = (longest) => {
    const run = told.state.run;
    const bar = run?.completed === null && run.started !== null ? bars.querySelector("[aria-current] > i") : null;
    if (bar) bar.style.height = `${heightOf(told.now() - run.started, longest)}px`;
  };
  const update = () => {
    const runs = runsOf(told);
    const longest = Math.max(1, ...runs.map((run) => run.took ?? 0), told.past.usual_run ?? 0);
    draw(runs, longest);
    const chosen = runs.find((run) => run.group === told.state.run?.group);
    put(which, chosen ? [chosen.begun && datedText(chosen.begun), chosen.id].filter(Boolean).join(" · ") : "");
    schedule.update();
    showNext();
    grow(longest);
  };
  const draw = (runs, longest) => {
    const key = JSON.stringify([runs, told.graph.nodes.length, told.state.run?.group, choice.now.pair, told.past.usual_run]);
    if (key === shown) return;
    shown = key;
    element.hidden = told.graph.nodes.length === 0;  // it has its place before the first run: that moves nothing
    const had = bars.getRootNode().activeElement?.dataset?.group;
    refill(bars, runs.map((run) => barOf(page, told, choice, run, longest)));
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

function barOf(page, told, choice, run, longest) {
  const look = runLook(run);
  const isShown = run.group === told.state.run?.group;
  const letter = ["A", "B"][lettersOf(told, choice).indexOf(run.group)] ?? "";
  const took = run.took === null ? "" : durationText(run.took);
  const says = [`run ${run.id}`, run.word.toLowerCase(), retriedText(run), took, run.begun && datedText(run.begun), run.differs,
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
  const well = over.filter((run) => run.state === "SUCCEEDED").length;
  return [
    past.usual_run && html(page, "span", { title: USUALLY }, ["typical ", html(page, "strong", { text: durationText(past.usual_run) })]),
    over.length > 0 && html(page, "span", { text: `${well} of the last ${over.length} succeeded` }),
  ];
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
    element.title = why || `${schedule.text} · ${told.actions.commands[kind()]}`;
    const next = schedule.due === null ? schedule.text : `next ${dueText(schedule.due, told.now())}`;
    put(word, schedule.on ? `Schedule on · ${next}` : `Schedule off · ${schedule.text}`);
  };
  return { element, update };
}

/** The last runs with the one that is shown as it is now: what was told of it may be older. */
function runsOf({ past, state: { run } }) {
  const now = run?.group ? { group: run.group, id: run.id, state: run.state, word: run.word, attempt: run.attempt,
    begun: run.begun, differs: run.differs, took: run.completed === null ? null : run.completed - run.started } : null;
  const runs = past.runs.map((each) => (each.group === now?.group ? { ...each, ...now } : each));
  const isNewer = now && !runs.some((each) => each.group === now.group)
    && (!runs.length || now.begun > runs[runs.length - 1].begun);
  return isNewer ? [...runs, { ...now, tasks: "" }].slice(-SHOWN_RUNS) : runs;
}

const SHOWN_RUNS = 20;

/** The two runs that were picked, the older first: A and B. */
function lettersOf(told, choice) {
  return runsOf(told).map((run) => run.group).filter((group) => choice.now.pair.includes(group));
}
