// What a retry does with each task: what runs again, what is kept, the finalizer; with which code.

/** The inside of the sheet that retries the run that is shown. */
function againInside(page, told, ask, { propose, part }) {
  const answered = html(page, "div", { class: "sfdag-inside" });
  let timer = 0;
  const choice = againChoice(page, told, part, () => {
    change({ canAgree: false });
    clearTimeout(timer);
    timer = setTimeout(() => look(code), TYPED_MS);  // who types is not asked for letter by letter
  });
  page.signal.addEventListener("abort", () => clearTimeout(timer));
  const element = html(page, "div", { class: "sfdag-inside" }, [choice.element, answered]);
  const runs = runsShown(told);
  let code = "current";
  let asked = 0;
  let change = () => {};
  let cells = [];
  let seen = "";
  /** What an answer depends on that may change while the sheet is open: what the kernel tells of the run, and the cells here. */
  const seenNow = () => JSON.stringify([told.state.marks, told.state.run?.attempt, cells.map((cell) => cellSign(element.closest(".jp-Notebook"), cell))]);
  const look = async (wanted, focuses = false) => {
    const mine = (asked += 1);
    seen = seenNow();
    const reply = await ask(ASK.again, { runs, code: wanted, ...choice.chosen() });
    if (mine !== asked) return;  // something else was chosen meanwhile
    if (reply.kind === "refused") change({ says: reply.error, refused: true });
    if (!reply.detail) return;
    const notebook = element.closest(".jp-Notebook");
    [code, cells] = [reply.detail.code, reply.detail.cells];
    seen = seenNow();
    const had = element.getRootNode().activeElement?.dataset.code;
    refill(answered, [cleanedNote(page, reply.detail, told, propose), tasksOf(page, told, reply.detail), codeAndConfig(page, told, reply.detail, { look, notebook, runAgain: choice.runAgain })].filter(Boolean));
    if (had) element.querySelector(`[data-code='${code}']`).focus();
    const { title, refused, command, by, problem } = reply.detail;
    const says = refused || [by && sentenceOf(by), retryTimes(reply.detail)].filter(Boolean).join(" ");
    change({ title, says, command, warning: oldCode(page, reply.detail, notebook), refused: Boolean(refused), focuses, canAgree: !problem, why: problem, unfit: problem && "Not to be done so" });
  };
  return {
    element,
    open(changed) {
      change = changed;
      look("current", true);
    },
    /** Asks anew where something is otherwise than when it was answered. */
    check: () => seen !== seenNow() && look(code),
    chosen: () => ({ runs, code, ...choice.chosen() }),
  };
}

function retryTimes({ expected, usual }) {
  const takes = expected === null ? "" : `About ${usualText(expected).slice(1)}${usual === null ? "" : ` instead of ${durationText(usual)}`}. `;
  return `${takes}Nothing starts before you press Retry now.`;
}

/** What a retry may miss, with the other way beside it. */
function cleanedNote(page, { cleaned }, told, propose) {
  if (!cleaned) return null;
  const anew = told.actions.commands.run && onClick(page, button(page, "Run anew…", { "data-anew": "" }), () => propose("run"));
  return html(page, "div", { role: "note" }, [html(page, "p", { class: "sfdag-sheet-note", text: sentenceOf(cleaned) }), anew].filter(Boolean));
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
  const all = foldedByGroup(told.graph, inOrder(told.graph, tasks));
  const rows = all.slice(0, LISTED_TASKS).map(({ name, count, state, took, mark, by_hand: isByHand }) => html(page, "li", { class: `sfdag-s-${state}` }, [
    stateIcon(page, told.looks[isByHand ? "by_hand" : state]), html(page, "span", { class: "sfdag-part-name", text: name }),
    unseen(page, { text: isByHand ? ", " : `, ${state}` }),
    ...(mark ? [html(page, "span", { class: "sfdag-tag sfdag-differs", text: mark })] : []),
    html(page, "span", { class: "sfdag-part-side", text: count > 1 ? `${count} tasks` : took === null ? "" : usualText(took) })]));
  const left = all.slice(LISTED_TASKS).reduce((sum, { count }) => sum + count, 0);
  return cardOf(page, title, amount, [html(page, "ul", {}, rows), left > 0 && html(page, "p", { class: "sfdag-sheet-note", text: `and ${left} more` })]);
}

/** As the graph has them; what it has no more comes last. */
function inOrder(graph, tasks) {
  const places = new Map(topological(graph).map((index, place) => [graph.nodes[index].name, place]));
  return tasks.toSorted((a, b) => (places.get(a.name) ?? places.size) - (places.get(b.name) ?? places.size));
}

/** Those of one group, as a map has its tasks, are one row where there are more than are listed, if the same is to be said of them. */
function foldedByGroup(graph, tasks) {
  const groups = new Map(graph.groups.flatMap(({ name, tasks: members }) => members.map((index) => [graph.nodes[index].name, name])));
  const rows = new Map();
  for (const task of tasks) {
    const group = groups.get(task.name);
    const isIn = tasks.length > LISTED_TASKS && group !== undefined;
    const key = JSON.stringify(isIn ? ["group", group, task.state, task.mark, task.by_hand] : ["task", task.name]);
    const row = rows.get(key);
    if (row) Object.assign(row, { name: group, count: row.count + 1 });
    else rows.set(key, { ...task, count: 1 });
  }
  return [...rows.values()];
}

function cardOf(page, title, amount, inside) {
  return html(page, "div", { class: "sfdag-part" }, [
    html(page, "div", { class: "sfdag-part-head" }, [html(page, "h4", { text: title }), html(page, "span", { class: "sfdag-part-side", text: amount })]),
    ...inside.filter(Boolean)]);
}

/** The cells of what failed, with what they are now beside what a retry would run of them: the editors know, the kernel does not. */
function cellsSeen({ cells, code, refused }, notebook) {
  if (code !== "current" || refused) return [];
  return cells.map((cell) => ({ ...cell, isEdited: isCellEdited(notebook, cell.place, cell.text) }));
}

/** What a press would run of cells that were changed and not run. */
function oldCode(page, answer, notebook) {
  return cellsSeen(answer, notebook).filter(({ isEdited }) => isEdited).map(({ name, place }) => html(page, "p", { "data-cells": "" }, [
    `${isolated(name)}: the cell was changed and not run since: a retry would run the old code. `, placeLink(page, notebook, place)]));
}

/** That a retry would change nothing. */
function sameCode(page, answer, notebook) {
  const seen = cellsSeen(answer, notebook);
  const failed = answer.again.filter(({ state }) => state === "failed");
  const isSame = failed.length > 0 && !answer.left && seen.length === failed.length && seen.every(({ isEdited }) => isEdited === false)
    && answer.again.every(({ mark }) => mark !== "edited");
  const text = `Nothing is edited: ${failed.length === 1 ? isolated(failed[0].name) : "what failed"} would fail again the same, unless what it reads has changed.`;
  return isSame && html(page, "p", { class: "sfdag-sheet-note", "data-cells": "", text });
}

/** As the kernel marks what is kept of an older code. */
const EDITED_SINCE = "edited since";

/** That what a kept task returned is of the code before its edit, with what runs it again; `runAgain(indexes)`. */
function keptOfOldCode(page, told, { kept }, runAgain) {
  const old = kept.filter(({ mark }) => mark === EDITED_SINCE).map(({ name }) => name);
  if (!old.length) return null;
  const [one, two] = old.length === 1 ? ["was", "is"] : ["were", "are"];
  const again = button(page, `Run ${old.length === 1 ? isolated(old[0]) : "them"} again too`, { class: "sfdag-button sfdag-small", "data-again-too": "" });
  onClick(page, again, () => runAgain(told.graph.nodes.flatMap(({ name }, index) => (old.includes(name) ? [index] : []))));
  return html(page, "p", { class: "sfdag-sheet-note" }, [`${listed(old.map(isolated))} ${one} edited since and ${two} kept: what is there is of the code before. `, again]);
}

function codeAndConfig(page, told, answer, { look, notebook, runAgain }) {
  const name = newId("code");
  const edited = answer.again.filter(({ mark }) => mark === "edited").map(({ name }) => isolated(name));
  const choice = (wanted, text) => {
    const radio = html(page, "input", { type: "radio", name, "data-code": wanted,
      "data-lm-suppress-shortcuts": "true", ...(answer.code === wanted ? { checked: "" } : {}),
      ...(answer.is_all && wanted === "current" ? { disabled: "" } : {}) });
    radio.addEventListener("change", () => look(wanted), { signal: page.signal });
    return html(page, "label", { class: "sfdag-radio" }, [radio, html(page, "span", { text })]);
  };
  const code = cardOf(page, "Code", "", [
    html(page, "div", { role: "radiogroup", "aria-label": "Code", class: "sfdag-radios" }, [
      choice("current", `As its cells were last run in the notebook${edited.length ? ` · ${edited.join(", ")}` : ""}`),
      choice("deployed", "As it is deployed, without what was edited here since"),
      choice("original", "As the run began, also where other code is deployed since")]),
    answer.note && html(page, "p", { class: "sfdag-sheet-note", "data-code-note": "", text: answer.note }),
    answer.left && (answer.is_all || answer.code === "current") && html(page, "p", { class: "sfdag-sheet-note", "data-left": "", text: answer.left }),
    keptOfOldCode(page, told, answer, runAgain) ?? sameCode(page, answer, notebook)]);
  if (!answer.config.length) return html(page, "div", { class: "sfdag-parts" }, [code]);
  const rows = answer.config.flatMap(([key, value, now]) => [html(page, "dt", { text: key }), html(page, "dd", {}, [value,
    ...(now === null ? [] : [" ", html(page, "span", { class: "sfdag-tag sfdag-differs", text: `now ${isolated(now)} in the notebook, not used` })])])]);
  return html(page, "div", { class: "sfdag-parts" }, [code, cardOf(page, "Configuration", "", [
    html(page, "p", { text: "A retry keeps the run's own configuration." }), html(page, "dl", { class: "sfdag-kept-config" }, rows)])]);
}
