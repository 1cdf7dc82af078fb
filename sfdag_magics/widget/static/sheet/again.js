// What a retry does with each task: what runs again, what is kept, the finalizer; with which code.

/** The inside of the sheet that retries the run that is shown. */
function againInside(page, told, ask) {
  const element = html(page, "div", { class: "sfdag-inside" });
  const runs = runsShown(told);
  let original = false;
  let change = () => {};
  const look = async (wanted, focuses = false) => {
    const reply = await ask(ASK.again, { runs, original: wanted });
    if (reply.kind === "refused") change({ says: reply.error, refused: true });
    if (!reply.detail) return;
    original = reply.detail.original;
    const had = element.getRootNode().activeElement?.dataset.code;
    refill(element, [tasksOf(page, told, reply.detail), codeAndConfig(page, told, reply.detail, look)]);
    if (had) element.querySelector(`[data-code='${original ? "original" : "current"}']`).focus();
    const { title, refused, command } = reply.detail;
    change({ title, says: refused || retryTimes(reply.detail), command, refused: Boolean(refused), focuses });
  };
  return {
    element,
    open(changed) {
      change = changed;
      look(false, true);
    },
    chosen: () => ({ runs, original }),
  };
}

function retryTimes({ expected, usual }) {
  const takes = expected === null ? "" : `About ${usualText(expected).slice(1)}${usual === null ? "" : ` instead of ${durationText(usual)}`}. `;
  return `${takes}Nothing starts before you press Retry now.`;
}

function tasksOf(page, told, { again, kept, skipped, finalizers, expected }) {
  const sum = expected === null ? "" : ` · ${usualText(expected)}`;
  const cards = [
    taskCard(page, told, "Runs again", `${again.length}${sum}`, again),
    taskCard(page, told, "Kept, with what they returned", `${kept.length}`, kept),
    skipped.length ? taskCard(page, told, "Stays skipped", `${skipped.length}`, skipped) : null,
    finalizers.length ? taskCard(page, told, "At the end, once more", "finalizer", finalizers) : null,
  ];
  return html(page, "div", { class: "sfdag-parts" }, cards.filter(Boolean));
}

/** Of many tasks the first stand here: the graph shows them all. */
const LISTED_TASKS = 12;

function taskCard(page, told, title, amount, tasks) {
  const rows = tasks.slice(0, LISTED_TASKS).map(({ name, state, took, mark }) => html(page, "li", { class: `sfdag-s-${state}` }, [
    stateIcon(page, told.looks[state]), html(page, "span", { class: "sfdag-part-name", text: name }),
    unseen(page, { text: `, ${state}` }),
    ...(mark ? [html(page, "span", { class: "sfdag-tag sfdag-differs", text: mark })] : []),
    html(page, "span", { class: "sfdag-part-side", text: took === null ? "" : usualText(took) })]));
  const left = tasks.length - LISTED_TASKS;
  return cardOf(page, title, amount, [html(page, "ul", {}, rows), left > 0 && html(page, "p", { class: "sfdag-sheet-note", text: `and ${left} more` })]);
}

function cardOf(page, title, amount, inside) {
  return html(page, "div", { class: "sfdag-part" }, [
    html(page, "div", { class: "sfdag-part-head" }, [html(page, "h4", { text: title }), html(page, "span", { class: "sfdag-part-side", text: amount })]),
    ...inside.filter(Boolean)]);
}

function codeAndConfig(page, told, answer, look) {
  const edited = answer.again.filter(({ mark }) => mark === "edited").map(({ name }) => isolated(name));
  const id = told.state.run?.id ?? "";
  const choice = (wanted, text) => {
    const radio = html(page, "input", { type: "radio", name: "sfdag-code", "data-code": wanted ? "original" : "current",
      "data-lm-suppress-shortcuts": "true", ...(answer.original === wanted ? { checked: "" } : {}),
      ...(answer.is_all && !wanted ? { disabled: "" } : {}) });
    radio.addEventListener("change", () => look(wanted), { signal: page.signal });
    return html(page, "label", { class: "sfdag-radio" }, [radio, html(page, "span", { text })]);
  };
  const code = cardOf(page, "Code", "", [
    html(page, "div", { role: "radiogroup", "aria-label": "Code", class: "sfdag-radios" }, [
      choice(false, `As it is in the notebook now${edited.length ? ` · ${edited.join(", ")}` : ""}`),
      choice(true, `As it is deployed${id ? `, what run ${id} had` : ""}`)]),
    answer.left && (answer.is_all || !answer.original) && html(page, "p", { class: "sfdag-sheet-note", "data-left": "", text: answer.left })]);
  if (!answer.config.length) return html(page, "div", { class: "sfdag-parts" }, [code]);
  const rows = answer.config.flatMap(([key, value, now]) => [html(page, "dt", { text: key }), html(page, "dd", {}, [value,
    ...(now === null ? [] : [" ", html(page, "span", { class: "sfdag-tag sfdag-differs", text: `now ${isolated(now)} in the notebook, not used` })])])]);
  return html(page, "div", { class: "sfdag-parts" }, [code, cardOf(page, "Configuration", "", [
    html(page, "p", { text: "A retry keeps the run's own configuration." }), html(page, "dl", { class: "sfdag-kept-config" }, rows)])]);
}
