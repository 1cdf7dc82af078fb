// What the view has to say below its header: news it lacks, what is being done, what was refused.

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

/** What stands there by what the kernel told, or has not. */
function tellNotices(notices, told) {
  const { state, lostAt } = told;
  notices.say("newer", lostAt ? "" : state.newer);
  notices.say("sight", lostAt || (state.run && !state.dropped) ? "" : state.sight);
  notices.say("said", state.said);
  notices.say("doing", !lostAt && state.doing && `${state.doing} · ${tickingText(Date.now() - told.doingSince)}`);
  notices.say("feed", !lostAt && state.trouble && `No news from the engine: ${state.trouble}`);
}
