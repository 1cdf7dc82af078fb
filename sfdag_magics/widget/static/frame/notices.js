// What the view has to say below its header: news it lacks, what is being done, what was refused.

/** Notices by topic; an empty text takes one away. `since` is when it began: how long ago that is stands
 *  behind the text, and is not read aloud again with each second. What `canGo` has a button that takes it
 *  away until there is another. */
function noticesOf(page) {
  const element = html(page, "div", { class: "sfdag-notices", role: "status" });
  const shown = new Map();
  const dismissed = new Map();
  const shut = (topic, text) => onClick(page, button(page, "✕", { class: "sfdag-button sfdag-quiet", "aria-label": "Dismiss" }), () => {
    dismissed.set(topic, text);
    say(topic, text);
  });
  const say = (topic, told, { kind = "warning", since = null, canGo = false } = {}) => {
    if (dismissed.get(topic) !== told) dismissed.delete(topic);
    const text = dismissed.has(topic) ? "" : told || "";
    if ((shown.get(topic)?.text ?? "") !== text) {
      shown.get(topic)?.element.remove();
      shown.delete(topic);
      if (text) {
        const age = html(page, "span", { "aria-hidden": "true" });
        shown.set(topic, { text, age, element: html(page, "p", { class: `sfdag-notice sfdag-${kind}`, "data-topic": topic },
          [text, age, ...(canGo ? [shut(topic, text)] : [])]) });
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
  notices.say("said", state.said, { canGo: true });
  notices.say("doing", !lostAt && state.doing, { since: told.doingSince });
  notices.say("feed", !lostAt && state.trouble && `No news from the engine: ${state.trouble}`);
}
