// The sentence at the top: which run it is, how it goes, and how old that is.

/** One sentence about the run, and whether news still come. `update(age)`: `age.heardAgo` is null where
 *  none can, `age.isCut` is true where none can at present. */
function headerOf(page, told) {
  const word = html(page, "strong", { class: "sfdag-word" });
  const facts = html(page, "span", { class: "sfdag-run-facts" });
  const why = html(page, "p", { class: "sfdag-run-why sfdag-elided", hidden: "" });
  const live = html(page, "span", { class: "sfdag-live" });
  const name = html(page, "h2", { class: "sfdag-graph-name" });
  const which = html(page, "div", { class: "sfdag-which" });
  const place = html(page, "span", { class: "sfdag-place-name" });
  const sentence = html(page, "div", { class: "sfdag-sentence" });
  const about = html(page, "div", { class: "sfdag-about" }, [which, place]);
  let look = null;
  let said = null;
  const update = ({ heardAgo, isCut }) => {
    const { graph, state, past } = told;
    const wanted = state.run ? runLook(state.run) : "pending";
    if (wanted !== look) {
      look = wanted;
      refill(sentence, [stateIcon(page, told.looks[wanted]), name, html(page, "p", {}, [word, " ", facts]), why]);
      sentence.className = `sfdag-sentence sfdag-s-${wanted}`;
    }
    put(name, graph.name);
    put(word, state.run ? state.run.word : state.unseen);
    const count = graph.nodes.length;
    put(facts, state.run ? runFacts(state, told.now(), past.usual_run) : `${count} task${count === 1 ? "" : "s"}`);
    put(why, whyText(told));
    why.title = why.textContent;
    why.hidden = !why.textContent;
    const parts = state.run ? whichRun(state.run, told.now()) : [];
    if (parts.join("\n") !== said) {
      said = parts.join("\n");
      refill(which, parts.flatMap((part, index) => [index > 0 && unseen(page, { text: " · " }),
        html(page, "span", { text: part, ...(part === state.run.differs ? DIFFERS : {}) })]));
    }
    put(place, told.actions.place);
    put(live, isCut ? `no connection to the kernel for ${tickingText(heardAgo)}` : liveText(state, heardAgo, told.now()));
    live.title = !isCut && heardAgo !== null && state.watches && !state.following ? "Goes over to the newest run by itself" : "";
    const isLive = heardAgo !== null && !isCut && state.run !== null && state.following && !isStale(state, heardAgo);
    live.className = `sfdag-live ${isLive ? "sfdag-on" : ""}`;
  };
  return { sentence, about, live, update };
}

/** Which task failed first, and what its error says in one line; "" where none did. */
function whyText({ graph, tasks }) {
  const failed = tasks().map((task, index) => ({ task, index })).filter(({ task }) => task?.state === "failed");
  if (!failed.length) return "";
  const when = ({ task }) => task.completed ?? task.started ?? Infinity;
  const { task, index } = failed.reduce((first, each) => (when(each) < when(first) ? each : first));
  const [line] = (task.value || task.error || "").split("\n");
  return `${isolated(graph.nodes[index].name)}${line ? `: ${isolated(line)}` : " failed"}`;
}

const DIFFERS = { class: "sfdag-tag sfdag-differs", title: "Differs from the graph's configuration" };

/** Sets a text where it is another: what is selected in it stays so. */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** How far the run is: a line below the header, by what is usual or by the tasks that ran. */
function meterOf(page, told) {
  const bar = html(page, "i");
  const element = html(page, "div", { class: "sfdag-meter", role: "progressbar", "aria-label": "Run", "aria-valuemin": 0,
    "aria-valuemax": 100 }, [bar]);
  const update = () => {
    const percent = percentOf(told);
    element.setAttribute("aria-valuenow", percent);
    element.className = `sfdag-meter sfdag-s-${told.state.run ? runLook(told.state.run) : "pending"}`;
    bar.style.width = `${percent}%`;
  };
  return { element, update };
}

function percentOf({ state: { run }, past, now }) {
  if (!run) return 0;
  if (run.state !== "EXECUTING") return OVER.has(run.state) ? 100 : 0;
  const byTasks = run.total ? run.ran / run.total : 0;
  const byTime = past.usual_run && run.started !== null ? (now() - run.started) / past.usual_run : 0;
  return Math.round(Math.min(0.99, Math.max(byTasks, byTime)) * 100);
}

/** Whether what is shown may no longer be true. */
function isStale(state, heardAgo) {
  return Boolean(state.trouble) || (state.following && heardAgo > state.patience);
}

function liveText(state, heardAgo, now) {
  if (heardAgo === null) return "not live";
  if (state.dropped) return "dropped";
  if (!state.run && !state.trouble) return "";
  if (isStale(state, heardAgo)) {
    return state.trouble ? `no news for ${tickingText(heardAgo)}` : `busy, heard ${tickingText(heardAgo)} ago`;
  }
  if (!state.following) {
    const ended = state.run?.completed ?? null;
    return ended === null ? "" : `ended ${clockText(ended, now)} · ${agoText(now - ended)}`;
  }
  return `live · heard ${heardAgo < 1000 ? "now" : `${tickingText(heardAgo)} ago`}`;
}
