// What the view has to say below its header: news it lacks, what is being done, what was refused.

const WAITING = "The kernel has not answered yet: what was clicked is done after the running cell.";

/** Notices by topic; an empty text takes one away. `since` is when it began: how long ago that is stands
 *  behind the text, and is not read aloud again with each second; neither are the `steps` before it. `does` has a button: its label, and what it begins. What `canGo` has a button that takes it
 *  away until there is another. */
function noticesOf(page, act) {
  const element = html(page, "div", { class: "sfdag-notices", role: "status" });
  const shown = new Map();
  const dismissed = new Map();
  const shut = (topic, text) => onClick(page, button(page, "✕", { class: "sfdag-button sfdag-quiet", "aria-label": "Dismiss" }), () => {
    dismissed.set(topic, text);
    say(topic, text);
  });
  const doing = ([label, kind]) => onClick(page, button(page, label, { class: "sfdag-button sfdag-small", "data-does": kind }), () => act(kind));
  const say = (topic, told, { kind = "warning", since = null, steps = [], canGo = false, does = null } = {}) => {
    if (dismissed.get(topic) !== told) dismissed.delete(topic);
    const text = dismissed.has(topic) ? "" : told || "";
    const isSame = (shown.get(topic)?.text ?? "") === text && shown.get(topic)?.does === does?.[0];
    if (!isSame) {
      shown.get(topic)?.element.remove();
      shown.delete(topic);
      if (text) {
        const age = html(page, "span", { "aria-hidden": "true" });
        shown.set(topic, { text, does: does?.[0], age, element: html(page, "p", { class: `sfdag-notice sfdag-${kind}`, "data-topic": topic },
          [...steps.map((step) => html(page, "span", { class: "sfdag-done", "aria-hidden": "true", text: `✓ ${step}` })), ...noticeParts(page, text, canGo), ...(does ? [" ", doing(does)] : []), age, ...(canGo ? [shut(topic, text)] : [])]) });
        element.append(shown.get(topic).element);
      }
    }
    if (text) put(shown.get(topic).age, since === null ? "" : ` · ${tickingText(Date.now() - since)}`);
  };
  return { element, say };
}

/** That the cells of tasks were not run here, as after a restart. */
function absentText({ graph: { nodes } }) {
  const count = nodes.filter(({ absence }) => absence === NOT_LOADED).length;
  if (!count) return "";
  const [who, whose] = count === 1 ? ["1 task is", "its cell was"] : [`${count} tasks are`, "their cells were"];
  return `${count === nodes.length ? "" : "In grey: "}${who} not loaded here: ${whose} not run in this kernel. What is deployed is shown.`;
}

/** Of a report, such lines stand there as it is; the others are folded. */
const LINES_SHOWN = 3;

function noticeParts(page, text, isReport) {
  const lines = text.split("\n");
  if (!isReport || lines.length <= LINES_SHOWN) return [text];
  const rest = lines.slice(LINES_SHOWN - 1);
  return [lines.slice(0, LINES_SHOWN - 1).join("\n"), folded(page, `${rest.length} more lines`, [html(page, "span", { text: rest.join("\n") })])];
}

/** What an action does before the kernel said a word of it. */
function begunText({ begun, graph: { nodes: { length } } }) {
  if (!begun) return "";
  return { run: "starting a run", retry: "continuing the run", stop: "stopping the run", deploy: `deploying ${length} task${length === 1 ? "" : "s"}`,
    suspend: "turning the schedule off", resume: "turning the schedule on", connect: "connecting" }[begun.kind];
}

/** What a press starts where nothing is known, as its label and its kind; null where nothing would help. */
function connectDoes({ state, actions }) {
  const label = { "Engine stopped": "Start the engine", "Not connected": "Connect" }[state.unseen];
  return label && ASK.connect in actions.commands ? [label, ASK.connect] : null;
}

/** That there is a newer run; not of those that were there when this one was picked here. */
function newerText({ state, past, picked }) {
  return picked && picked.group === state.run?.group && picked.newest === past.runs.at(-1)?.group ? "" : state.newer;
}

/** What shows the newest run, where this view is not about to go over to it by itself. */
function newestDoes(told) {
  const newest = runsOf(told).at(-1);
  return told.state.watches || !newest || newest.group === told.state.run?.group ? null : [NEWEST, ASK.show];
}

/** What stands there by what the kernel told, or has not. */
function tellNotices(notices, told) {
  const { state, lostAt } = told;
  notices.say("newer", lostAt ? "" : newerText(told), { does: newestDoes(told) });
  const begun = lostAt || state.doing ? "" : begunText(told);
  notices.say("sight", lostAt || begun || state.busy || (state.run && !state.dropped) ? "" : state.sight, { does: connectDoes(told) });
  notices.say("absent", !lostAt && absentText(told), { kind: "plain", canGo: true });
  notices.say("said", state.said, { kind: "plain", canGo: true });
  notices.say("doing", lostAt ? "" : state.doing || begun,
    { kind: "plain", since: begun ? told.begun.at : told.doingSince, steps: told.steps.filter(Boolean) });
  notices.say("backfill", !lostAt && state.backfill && `backfill: ${state.backfill}`, { kind: "plain" });
  notices.say("feed", !lostAt && state.trouble && `No news from the engine: ${state.trouble}`);
}
