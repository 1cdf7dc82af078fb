// What the view has to say below its header: news it lacks, what is being done, what was refused.

/** Notices by topic; an empty text takes one away. `since` is when it began: how long ago that is stands
 *  behind the text, and is not read aloud again with each second. */
function noticesOf(page) {
  const element = html(page, "div", { class: "sfdag-notices", role: "status" });
  const shown = new Map();
  const say = (topic, told, { kind = "warning", since = null } = {}) => {
    const text = told || "";
    if ((shown.get(topic)?.text ?? "") !== text) {
      shown.get(topic)?.element.remove();
      shown.delete(topic);
      if (text) {
        const age = html(page, "span", { "aria-hidden": "true" });
        shown.set(topic, { text, age, element: html(page, "p", { class: `sfdag-notice sfdag-${kind}`, "data-topic": topic }, [text, age]) });
        element.append(shown.get(topic).element);
      }
    }
    if (text) put(shown.get(topic).age, since === null ? "" : ` · ${tickingText(Date.now() - since)}`);
  };
  return { element, say };
}

/** What stands there by what the kernel told, or has not. */
function tellNotices(notices, told) {
  const { state, lostAt } = told;
  notices.say("newer", lostAt ? "" : state.newer);
  notices.say("sight", lostAt || (state.run && !state.dropped) ? "" : state.sight);
  notices.say("said", state.said);
  notices.say("doing", !lostAt && state.doing, { since: told.doingSince });
  notices.say("feed", !lostAt && state.trouble && `No news from the engine: ${state.trouble}`);
}
