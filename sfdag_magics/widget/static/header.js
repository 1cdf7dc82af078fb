// The sentence at the top, the notices below it and the legend at the bottom.

/** One sentence about the run, and whether news still come: `heardAgo` is null where none can, `isCut`
 *  is true where none can at present. */
function headerOf(page, looks) {
  const word = html(page, "strong", { class: "sfdag-word" });
  const facts = html(page, "span", { class: "sfdag-run-facts" });
  const live = html(page, "span", { class: "sfdag-live" });
  const name = html(page, "span", { class: "sfdag-graph-name" });
  const which = html(page, "div", { class: "sfdag-which" });
  const sentence = html(page, "div", { class: "sfdag-sentence" });
  let look = null;
  const update = (graph, state, now, { heardAgo, isCut }) => {
    const wanted = state.run ? runLook(state.run) : "pending";
    if (wanted !== look) {
      look = wanted;
      refill(sentence, [stateIcon(page, looks[wanted]), name, word, facts]);
      sentence.className = `sfdag-sentence sfdag-s-${wanted}`;
    }
    name.textContent = graph.name;
    const count = graph.nodes.length;
    word.textContent = state.run ? state.run.word : state.unseen;
    facts.textContent = state.run ? runFacts(state, now) : `${count} task${count === 1 ? "" : "s"}`;
    which.textContent = state.run ? whichRun(state.run, now) : "";
    live.textContent = isCut ? `no connection to the kernel for ${tickingText(heardAgo)}` : liveText(state, heardAgo);
    const isLive = heardAgo !== null && !isCut && state.run !== null && state.following && !isStale(state, heardAgo);
    live.className = `sfdag-live ${isLive ? "sfdag-on" : ""}`;
  };
  return { elements: [sentence, which, live], update };
}

/** Whether what is shown may no longer be true. */
function isStale(state, heardAgo) {
  return Boolean(state.trouble) || (state.following && heardAgo > state.patience);
}

function liveText(state, heardAgo) {
  if (heardAgo === null) return "not live";
  if (state.dropped) return "dropped";
  if (!state.run && !state.trouble) return "";
  if (isStale(state, heardAgo)) {
    return state.trouble ? `no news for ${tickingText(heardAgo)}` : `busy, heard ${tickingText(heardAgo)} ago`;
  }
  if (!state.following) return state.watches ? "shows the newest run" : "";
  return heardAgo < 5000 ? "live" : `live · ${tickingText(heardAgo)} ago`;
}

/** Notices by topic; an empty text takes one away. */
function noticesOf(page) {
  const element = html(page, "div", { class: "sfdag-notices", role: "status" });
  const shown = new Map();
  const say = (topic, told, kind = "warning") => {
    const text = told || "";
    if ((shown.get(topic)?.textContent ?? "") === text) return;
    shown.get(topic)?.remove();
    shown.delete(topic);
    if (!text) return;
    const notice = html(page, "p", { class: `sfdag-notice sfdag-${kind}`, "data-topic": topic, text });
    shown.set(topic, notice);
    element.append(notice);
  };
  return { element, say };
}

/** The states that occur, with their counts. */
function legendOf(page, looks) {
  const element = html(page, "ul", { class: "sfdag-legend", "aria-label": "Tasks by state" });
  let shown = "";
  const update = (nodes, tasks) => {
    const absent = countsOf(nodes.map((node) => node.absence).filter(Boolean));
    const counts = countsOf(nodes.map((_, index) => tasks[index]?.state ?? "pending"));
    const present = ORDER.filter((state) => counts.has(state));
    const key = [...present.map((state) => `${state} ${counts.get(state)}`), ...absent].join();
    if (key === shown) return;
    shown = key;
    const items = present.map((state) => html(page, "li", { class: `sfdag-s-${state}`, "data-state": state },
      [stateIcon(page, looks[state]), html(page, "span", { text: `${counts.get(state)} ${state}` })]));
    for (const [absence, count] of absent) {
      items.push(html(page, "li", { "data-absent": "", text: `${count} ${absence}` }));
    }
    refill(element, items);
  };
  return { element, update };
}

/** How often each of them occurs, in the order in which they come first. */
function countsOf(words) {
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** What stands where the graph would, when there is none. */
function emptyGraph(page) {
  const lines = ["%%sftask", "def hello() -> str:", "    return 'hello'"];
  return html(page, "div", { class: "sfdag-empty" }, [
    html(page, "p", { text: "No tasks yet. Run a cell such as this one, then %sfdag show:" }),
    html(page, "pre", { text: lines.join("\n") }),
  ]);
}
