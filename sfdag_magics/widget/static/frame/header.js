// The sentence at the top: which run it is, how it goes, and how old that is.

/** One sentence about the run, and whether news still come. `update(age)`: `age.heardAgo` is null where
 *  none can, `age.isCut` is true where none can at present. `open(index)` is what a click on the error means. */
function headerOf(page, told, { show, compare, open }) {
  const word = html(page, "strong", { class: "sfdag-word" });
  const facts = html(page, "span", { class: "sfdag-run-facts" });
  const how = html(page, "p", { class: "sfdag-elided" }, [word, " ", facts]);
  const whyText = html(page, "span", { class: "sfdag-elided" });
  const cause = html(page, "button", { type: "button", class: "sfdag-run-cause", "data-lm-suppress-shortcuts": "true" }, [whyText]);
  onClick(page, cause, () => open(firstFailed(told).index));
  const why = html(page, "p", { class: "sfdag-run-why", hidden: "" }, [cause]);
  const live = html(page, "span", { class: "sfdag-live" });
  const name = html(page, "h2", { class: "sfdag-graph-name" });
  const which = html(page, "div", { class: "sfdag-which" });
  const runs = menuOf(page, downButton(page), () => [...runChoices(told, show), ...comparisons(told, compare)]);
  const beside = onClick(page, button(page, "", { class: "sfdag-button sfdag-text-button sfdag-beside-that", hidden: "" }), () => comparedMost(told, compare)[1]());
  const place = html(page, "span", { class: "sfdag-place-name" });
  const places = menuOf(page, downButton(page), () => told.actions.others.map(([name, command]) =>
    [`Copy ${command}: shows it on ${isolated(name)}`, () => copied(page.doc.defaultView, command)]));
  const sentence = html(page, "div", { class: "sfdag-sentence", tabindex: "-1", "data-lm-suppress-shortcuts": "true" });
  const about = html(page, "div", { class: "sfdag-about" }, [which, beside, place, places]);
  let look = null;
  let said = null;
  const update = ({ heardAgo, isCut }) => {
    const { graph, state, past } = told;
    const isOld = told.isOld();
    const wanted = isOld ? "unknown" : state.run ? runLook(state.run) : "pending";
    if (wanted !== look) {
      look = wanted;
      refill(sentence, [stateIcon(page, told.looks[wanted]), name, how, why]);
      sentence.className = `sfdag-sentence sfdag-s-${wanted}`;
    }
    put(name, graph.name);
    put(word, !state.run ? (state.busy === "run" ? "Starting" : state.unseen) : isOld ? `Was ${state.run.word.toLowerCase()}` : state.run.word);
    const count = graph.nodes.length;
    put(facts, state.run ? runFacts(state, told.now(), past, tookBefore(told)) : count ? `${count} task${count === 1 ? "" : "s"}` : "");
    how.title = how.textContent;
    put(whyText, whyOf(told));
    cause.title = whyText.textContent;
    why.hidden = !cause.title;
    const parts = state.run ? whichRun(state.run, told.now()) : [];
    if (parts.join("\n") !== said) {
      said = parts.join("\n");
      const [name, ...rest] = parts;
      put(runs.querySelector("span"), name ?? "");
      refill(which, [name && runs, ...rest.flatMap((part) => [unseen(page, { text: " · " }),
        html(page, "span", { text: part, ...(part === state.run.differs ? DIFFERS : {}) })])]);
    }
    runs.disabled = runsOf(told).length < 2;
    const [offer] = comparedMost(told, compare) ?? [];
    beside.hidden = !offer;
    put(beside, offer ?? "");
    place.hidden = Boolean(told.actions.others?.length);
    places.hidden = !place.hidden;
    for (const each of [place, places.querySelector("span")]) put(each, told.actions.place);
    put(live, isCut ? `no connection to the kernel for ${tickingText(heardAgo)}` : heardAgo === null ? notLiveText(told) : liveText(state, heardAgo, told.now()));
    live.title = !isCut && heardAgo !== null && state.watches && !state.following ? "Goes over to the newest run by itself" : "";
    const isLive = heardAgo !== null && !isCut && state.run !== null && state.following && !isStale(state, heardAgo);
    live.className = `sfdag-live ${isLive ? "sfdag-on" : ""}`;
  };
  return { sentence, about, live, update };
}

/** The opener of a menu that says what is chosen. */
function downButton(page) {
  const made = button(page, "", { class: "sfdag-button sfdag-text-button sfdag-chosen" });
  made.append(html(page, "span"), icon(page, "down"));
  return made;
}

/** The last runs, the newest first, each with what shows it here. */
function runChoices(told, show) {
  return runsOf(told).toReversed().map((run) => [
    [`run ${run.id}`, run.begun && datedText(run.begun), run.word.toLowerCase(), retriedText(run), run.took === null ? "" : durationText(run.took), run.origin,
      run.group === told.state.run?.group ? "shown" : ""].filter(Boolean).join(" · "), () => show(run.group)]);
}

/** The task that failed first, and where it stands in the graph; null where none did. */
function firstFailed({ tasks }) {
  const failed = tasks().map((task, index) => ({ task, index })).filter(({ task }) => task?.state === "failed");
  const when = ({ task }) => task.completed ?? task.started ?? Infinity;
  return failed.reduce((first, each) => (first && when(first) <= when(each) ? first : each), null);
}

/** Which task failed first, and what its error says in one line; "" where none did. */
function whyOf(told) {
  const first = firstFailed(told);
  if (!first) return "";
  const { task, index } = first;
  const [line] = (task.value || task.error || "").split("\n");
  return `${isolated(told.graph.nodes[index].name)}${line ? `: ${isolated(line)}` : " failed"}`;
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

/** Of a view whose kernel is gone: how old the last news are, as long as that matters. */
function notLiveText(told) {
  const { run } = told.state;
  const age = run && !OVER.has(run.state) ? `last news ${tickingText(told.heardAgo() + Date.now() - told.lostAt)} ago` : "";
  return ["not live", age].filter(Boolean).join(" · ");
}

function liveText(state, heardAgo, now) {
  if (state.dropped) return "dropped";
  if (!state.run && !state.trouble) return "";
  if (isStale(state, heardAgo)) {
    return state.trouble ? `no news for ${tickingText(heardAgo)}` : `busy, last news ${tickingText(heardAgo)} ago`;
  }
  if (!state.following) {
    const ended = state.run?.completed ?? null;
    return ended === null ? "" : `ended ${clockText(ended, now)} · ${agoText(now - ended)}`;
  }
  return `live · heard ${heardAgo < 1000 ? "now" : `${tickingText(heardAgo)} ago`}`;
}
