// What a backfill would run, and the command for it. It is only said: runs of a whole range begin where they are typed.

const WHICH_SLOTS = [["missing", "What is missing"], ["failed", "What failed, too"], ["all", "All of them again"]];

/** The inside of the sheet that proposes a backfill. `part`: from which slot to which one, as they are typed. */
function backfillInside(page, told, ask, { part }) {
  const name = newId("slots");
  let which = "missing";
  let timer = 0;
  let asked = 0;
  let change = () => {};
  const look = async (focuses = false) => {
    const mine = (asked += 1);
    const reply = await ask(ASK.backfill, { values: [["start", start.value], ["end", end.value], ["reprocess", which]] });
    if (mine !== asked) return;  // more was typed meanwhile
    if (!reply.detail) {
      change({ says: reply.error ?? "What it would run cannot be told.", command: "" });
      return;
    }
    const { title, told: lines, problem, command } = reply.detail;
    put(problems, problem && sentenceOf(problem));
    refill(answered, lines.map((line) => html(page, "p", { text: line.trim() })));
    change({ ...(title && { title: `Backfill ${isolated(told.graph.name)}: ${title.toLowerCase()}` }), says: SAID, command, focuses });
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(look, TYPED_MS);
  };
  page.signal.addEventListener("abort", () => clearTimeout(timer));
  const fieldFor = (kind, value, placeholder) => {
    const made = html(page, "input", { class: "sfdag-field", type: "text", autocomplete: "off", spellcheck: "false", "data-range": kind,
      "aria-describedby": `${name}-problem`, "data-lm-suppress-shortcuts": "true", placeholder });
    made.value = value;
    made.addEventListener("input", later, { signal: page.signal });
    return made;
  };
  const start = fieldFor("start", part?.start ?? "", "all that was missed");
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
    html(page, "div", { class: "sfdag-range" }, [html(page, "label", {}, [html(page, "span", { text: "From" }), start]), html(page, "label", {}, [html(page, "span", { text: "To" }), end])]),
    problems, html(page, "div", { role: "radiogroup", "aria-label": "Which slots", class: "sfdag-radios sfdag-in-a-line" }, radios), answered]);
  return {
    element,
    open(changed) {
      change = changed;
      look(true);
    },
    chosen: () => ({}),
  };
}

const SAID = "Nothing starts here: a backfill runs one slot after the other, from where it is typed.";
