// The sentence at the top: which run it is, how it goes, and how old that is.

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
