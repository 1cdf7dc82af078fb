// Which slots of the schedule are run, how many these are, and the line that does the same.

const WHICH_SLOTS = [["missing", "What is missing"], ["failed", "What failed, too"], ["all", "All of them again"]];
const SLOT_IS = "A slot is one time at which the schedule is due. They run one after the other, beside your cells; this view follows each run. "
  + "A run that is stopped ends the backfill, and so does the kernel's end: the same again goes on with what is left.";
/** Of more slots a list is too long to choose from; any can be typed. */
const LISTED_SLOTS = 400;

/** The inside of the sheet that begins a backfill. `part`: from which slot to which one, as they are typed, and `slots`: those that
 *  can be chosen. */
function backfillInside(page, told, ask, { part }) {
  const name = newId("slots");
  let which = "missing";
  let timer = 0;
  let asked = 0;
  let change = () => {};
  const values = () => [["start", start.value], ["end", end.value], ["reprocess", which]];
  const look = async (focuses = false) => {
    const mine = (asked += 1);
    change({ canAgree: false });
    if (!start.value.trim()) {
      put(problems, "");
      refill(answered, [html(page, "p", { text: `Nothing is chosen yet: say from when on${part?.slots?.length ? ", or press a slot in the calendar. With Shift it is the other end" : ""}.` })]);
      change({ title: `Backfill ${isolated(told.graph.name)}`, says: SLOT_IS, command: "", focuses });
      return;
    }
    const reply = await ask(ASK.backfill, { values: values() });
    if (mine !== asked) return;  // more was typed meanwhile
    if (!reply.detail) {
      change({ says: reply.error ?? "What it would run cannot be told.", command: "" });
      return;
    }
    const { title, count, told: lines, problem, command } = reply.detail;
    put(problems, problem && sentenceOf(problem));
    refill(answered, lines.map((line) => html(page, "p", { text: line.trim() })));
    change({ title: `Backfill ${isolated(told.graph.name)}${title ? `: ${title.toLowerCase()}` : ""}`, says: SLOT_IS, command, canAgree: count > 0, focuses });
  };
  const later = () => {
    clearTimeout(timer);
    change({ canAgree: false });
    timer = setTimeout(look, TYPED_MS);
  };
  page.signal.addEventListener("abort", () => clearTimeout(timer));
  const fieldFor = (kind, value, placeholder) => {
    const made = html(page, "input", { class: "sfdag-field", type: "text", autocomplete: "off", spellcheck: "false", "data-range": kind, list: `${name}-list`,
      "aria-describedby": `${name}-form ${name}-problem`, "data-lm-suppress-shortcuts": "true", placeholder });
    made.value = value;
    made.addEventListener("input", later, { signal: page.signal });
    return made;
  };
  const start = fieldFor("start", part?.start ?? "", "2026-11-30");
  const end = fieldFor("end", part?.end ?? "", "now");
  const problems = html(page, "p", { class: "sfdag-problem", id: `${name}-problem`, role: "status" });
  const answered = html(page, "div", { class: "sfdag-sheet-note", role: "status" });
  const radios = WHICH_SLOTS.map(([value, text]) => {
    const made = html(page, "input", { type: "radio", name, "data-which": value, "data-lm-suppress-shortcuts": "true", ...(value === which ? { checked: "" } : {}) });
    made.addEventListener("change", () => {
      which = value;
      look();
    }, { signal: page.signal });
    return html(page, "label", { class: "sfdag-radio" }, [made, html(page, "span", { text })]);
  });
  const element = html(page, "div", { class: "sfdag-inside" }, [
    html(page, "datalist", { id: `${name}-list` }, (part?.slots ?? []).slice(-LISTED_SLOTS).toReversed().map(({ end: value, says }) => html(page, "option", { value, label: says }))),
    html(page, "div", { class: "sfdag-range" }, [html(page, "label", {}, [html(page, "span", { text: "From" }), start]), html(page, "label", {}, [html(page, "span", { text: "To" }), end])]),
    html(page, "p", { class: "sfdag-sheet-note", id: `${name}-form`, text: "A day as 2026-11-30, or a time as 2026-11-30T05:00, by the clock of the schedule." }),
    problems, html(page, "div", { role: "radiogroup", "aria-label": "Which slots", class: "sfdag-radios sfdag-in-a-line" }, radios), answered]);
  return {
    element,
    open(changed) {
      change = changed;
      look(true);
    },
    chosen: () => ({ values: values() }),
  };
}
