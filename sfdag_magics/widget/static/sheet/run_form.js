// A run's configuration as a form. What is typed is read by the kernel, as the command would read it:
// the page knows no type.

/** The inside of the sheet that starts a run. */
function runForm(page, told, ask, { away, part }) {
  const typed = new Map();
  const ofPart = part ? { text: `${part.way} ${part.name}` } : {};
  let rows = new Map();
  let change = () => {};
  let asked = 0;
  let going = "";
  const list = html(page, "div", { class: "sfdag-form" });
  const differ = html(page, "span", { class: "sfdag-tag sfdag-differs" });
  const again = button(page, "As in the last run", { class: "sfdag-button sfdag-text-button" });
  const note = html(page, "p", { class: "sfdag-sheet-note" });
  const card = html(page, "div", { class: "sfdag-part", hidden: "" }, [
    html(page, "div", { class: "sfdag-part-head" }, [html(page, "h4", { text: "Configuration of this run" }), differ, again]), list]);
  const element = html(page, "div", { class: "sfdag-inside" },
    [card, note, away.offer("Tell me when it has ended")].filter(Boolean));
  // Where a production target asks once more: what of the notebook runs there.
  const runs = html(page, "div", { class: "sfdag-inside" });
  const check = async (focuses = false, whole = false) => {
    const mine = (asked += 1);
    const reply = await ask(ASK.form, { values: [...typed], whole, ...ofPart });
    if (mine !== asked) return;  // more was typed meanwhile
    if (reply.detail) take(reply.detail, focuses);
    else change({ canAgree: typed.size === 0 });
    return reply.detail;
  };
  const put_in = (key, text) => {
    typed.set(key, text);
    change({ canAgree: false });
    check();
  };
  const take = (form, focuses) => {
    if (form.rows.map(({ key }) => key).join() !== [...rows.keys()].join()) {
      // Those of tasks that are not loaded come later: who types already types on.
      const focused = element.getRootNode().activeElement?.dataset?.key;
      rows = new Map(form.rows.map((row) => [row.key, rows.get(row.key) ?? formRow(page, row, put_in)]));
      const all = [...rows.values()];
      all.forEach(({ side }, at) => side.style.setProperty("--sfdag-row", at));
      // From a field Tab goes to the next one: what throws its value away comes behind the last.
      refill(list, [...all.flatMap((row) => row.elements), ...all.map(({ side }) => side)]);
      rows.get(focused)?.focus();
    }
    for (const row of form.rows) rows.get(row.key)?.update(row);
    card.hidden = form.rows.length === 0;
    const different = form.rows.filter((row) => row.text !== row.base).length;
    put(differ, different === 1 ? "1 differs" : `${different} differ`);
    differ.hidden = different === 0;
    const last = form.rows.filter((row) => row.last !== null);
    again.hidden = !last.some((row) => row.last !== row.text);
    again.onclick = () => {
      for (const row of last) typed.set(row.key, row.last);
      check();
    };
    going = form.going || going;
    put(note, [going && sentenceOf(going), form.note && sentenceOf(form.note)].filter(Boolean).join(" "));
    note.hidden = !note.textContent;
    refill(runs, form.runs?.length ? [changesTable(page, ["Task", "Here", "What runs"], form.runs)] : []);
    const wrong = form.rows.filter((row) => row.problem).length + form.problems.length;
    const why = wrong === 1 ? "One value is to be corrected" : wrong ? `${wrong} values are to be corrected` : "";
    change({ command: form.command, canAgree: wrong === 0, focuses, unfit: why && `${why} first`,
      why: [...form.problems.map((each) => sentenceOf(isolated(each))), why && `${why}.`].filter(Boolean).join(" ") });
  };
  return {
    element,
    before: runs,
    open(changed) {
      change = changed;
      // What only the target knows comes later: rows of tasks that are not loaded, a run that goes on.
      check(true).then((form) => form && check(false, true));
    },
    chosen: () => ({ values: [...typed], ...ofPart }),
  };
}


/** Who says what a key is where nothing is typed. */
const SAID_BY = { default: "default of its cell", target: "of the target's configuration" };

/** One key: its name, type and field, what is wrong with it, and how to take it back. */
function formRow(page, row, onText) {
  const id = newId("field");
  const problem = html(page, "p", { class: "sfdag-problem", id: `${id}-problem` });
  const field = fieldOf(page, row, { id, "aria-describedby": `${id}-problem ${id}-read` }, (text) => onText(row.key, text));
  const reset = button(page, "", { class: "sfdag-button sfdag-text-button", "aria-describedby": `${id}-key` });
  const read = html(page, "span", { class: "sfdag-readers", id: `${id}-read` });
  const side = html(page, "div", { class: "sfdag-row-side" }, [reset, read]);
  let base = row.base;
  onClick(page, reset, () => {
    onText(row.key, base);
    field.show(base);
    field.element.focus();
  });
  const update = (now) => {
    base = now.base;
    if (field.text() !== now.text) field.show(now.text);
    put(problem, now.problem);  // its place is there before: nothing below it moves
    field.element.setAttribute("aria-invalid", Boolean(now.problem));
    put(reset, base === "" ? "Leave it out" : `Reset to ${isolated(base)}`);
    reset.hidden = now.text === base;
    put(read, [readBy(now.readers), now.text === base ? SAID_BY[now.of] : "", now.readers.length || now.of ? "" : "of an earlier run"].filter(Boolean).join(" · "));
  };
  const elements = [
    html(page, "label", { class: "sfdag-key", id: `${id}-key`, for: id, text: row.key }),
    html(page, "span", { class: "sfdag-type", text: row.type }),
    html(page, "div", { class: "sfdag-value" }, [field.element]),
    problem,
  ];
  return { elements, side, update, focus: () => field.element.focus() };
}

/** Where a value is typed or chosen: `{ element, text(), show(text) }`. */
function fieldOf(page, row, attributes, onText) {
  const common = { ...attributes, "data-key": row.key, "data-lm-suppress-shortcuts": "true" };
  if (row.choices.join() === "true,false") return switchField(page, common, onText);
  const choices = row.choices.includes(row.text) ? row.choices : [row.text, ...row.choices];
  const element = row.choices.length
    ? html(page, "select", { ...common, class: "sfdag-field" }, choices.map((text) => html(page, "option", { value: text, text })))
    : html(page, "input", { ...common, class: "sfdag-field", type: "text", dir: "auto", autocomplete: "off", spellcheck: "false",
      placeholder: row.of === "default" ? row.computed || "its default" : "", ...(row.computed ? { title: row.computed } : {}) });
  element.addEventListener("input", () => onText(element.value), { signal: page.signal });
  const show = (text) => { element.value = text; };
  show(row.text);
  return { element, text: () => element.value, show };
}

/** On or off, by what it is called. */
function switchField(page, attributes, onText) {
  const element = button(page, "", { ...attributes, class: "sfdag-switch", role: "switch" });
  const word = html(page, "span");
  element.append(html(page, "i"), word);
  const show = (text) => {
    element.setAttribute("aria-checked", text === "true");
    put(word, text);
  };
  onClick(page, element, () => {
    show(word.textContent === "true" ? "false" : "true");
    onText(word.textContent);
  });
  return { element, text: () => word.textContent, show };
}

function readBy(readers) {
  return readers.length ? `read by ${listed(readers.map(isolated))}` : "";
}
