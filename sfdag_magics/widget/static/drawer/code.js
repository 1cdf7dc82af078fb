// The code that a task ran, whole or beside another version of it; the kernel compares.

function codeTab(page) {
  const asks = { key: "", against: "", attempt: null };
  const loader = { asked: "", shown: "", told: null, error: "" };
  const choices = html(page, "div", { class: "sfdag-choices", role: "group", "aria-label": "Beside which code" });
  const [body, ranWith, takes] = [slotOf(page), slotOf(page), slotOf(page)];
  const copy = copyButton(page, "Copy the code", () => codeText(loader.told?.lines ?? []));
  let [of, group] = [null, null];
  const offer = slotOf(page);
  choices.append(offer.element, copy);
  const pick = (wanted) => {
    Object.assign(asks, wanted);
    tab.show(of);
  };
  const draw = () => {
    const offered = offeredOf(of);
    offer.show([offered, asks.against, asks.attempt], () => offered.map(([label, against, attempt]) =>
      onClick(page, button(page, label, { class: "sfdag-button sfdag-small",
        "aria-pressed": against === asks.against && attempt === asks.attempt }), () => pick({ against, attempt }))));
    copy.hidden = !loader.told?.lines?.length;
    body.show([loader.shown, loader.told, loader.error, of.task?.started === null], () => codeSeen(page, of, asks, loader,
      body.element.closest(".jp-Notebook")));
  };
  const load = async () => {
    const key = JSON.stringify([of.index, of.task?.state, of.task?.attempt, of.told.state.run?.group, asks.against, asks.attempt]);
    if (key === loader.asked || !of.task || of.task.started === null) return;
    Object.assign(loader, { asked: key, told: null, error: "" });
    const reply = await of.ask(ASK.code, { task: of.index, against: asks.against, attempt: asks.attempt });
    if (key !== loader.asked) return;
    loader.shown = key;
    if (reply.kind === "detail") loader.told = reply.detail;
    else loader.error = reply.error ?? "";
    draw();
  };
  const tab = {
    id: "code",
    label: () => "Code",
    element: html(page, "div", { class: "sfdag-parts" }, [choices, body.element, ranWith.element, takes.element]),
    isThere: () => true,
    /** Beside the last success, for who comes from what has changed since. */
    compare: () => Object.assign(asks, { against: "success", attempt: null }),
    show(now) {
      const isOther = of && (of.index !== now.index || of.told.state.run?.group !== group);
      const isKnown = !now.detail || offeredOf(now).some(([, against, attempt]) => against === asks.against && attempt === asks.attempt);
      if (asks.against === "attempt" && (isOther || !isKnown)) Object.assign(asks, { against: "", attempt: null });
      of = now;
      group = of.told.state.run?.group;
      const facts = of.detail?.ran_with ?? [];
      ranWith.show([of.index, facts], () => (facts.length ? section(page, "Ran with", [ranWithOf(page, facts)]) : null));
      const taken = of.detail?.takes ?? [];
      takes.show([of.index, taken], () => (taken.length ? section(page, "Its cell takes from the notebook now", [ranWithOf(page, taken)]) : null));
      load();
      draw();
    },
  };
  return tab;
}

function ranWithOf(page, facts) {
  return html(page, "dl", { class: "sfdag-facts sfdag-ran-with" }, facts.flatMap(([what, which]) => [html(page, "dt", { text: what }), html(page, "dd", { text: which })]));
}

/** What the code can be put beside: `[label, against, attempt]`. */
function offeredOf({ task, detail }) {
  const earlier = (detail?.attempts ?? []).filter(({ attempt }) => attempt !== task?.attempt);
  return [["Whole", "", null], ...earlier.map(({ attempt }) => [`Attempt ${attempt}`, "attempt", attempt]),
    ["Last success", "success", null], ["The cell now", "cell", null]];
}

const BESIDE = { attempt: "attempt", success: "the last success", cell: "the cell now" };

function codeSeen(page, { task }, { against, attempt }, { told, error }, notebook) {
  if (!task || task.started === null) return html(page, "p", { class: "sfdag-hint", text: "It has not run: there is no code that ran." });
  if (error) return html(page, "p", { class: "sfdag-hint", text: error });
  if (!told) return html(page, "p", { class: "sfdag-hint", text: "Reading the code …" });
  const beside = [BESIDE[against], against === "attempt" ? attempt : ""].filter(Boolean).join(" ");
  const title = `As it ran in attempt ${task.attempt}${beside ? `, against ${beside}` : ""}`;
  const lines = told.lines ?? [];
  if (!lines.length) return section(page, title, [html(page, "p", { class: "sfdag-hint", text: beside ? "The same code." : "No code." })]);
  return section(page, title, codeParts(page, told, notebook));
}

/** Lines of code, each place below its name. */
function codeParts(page, { lines, left }, notebook) {
  const parts = [];
  for (const line of lines) {
    const [mark, , , place] = line;
    if (!parts.length || (mark !== "…" && place !== parts.at(-1).place)) parts.push({ place, lines: [] });
    parts.at(-1).lines.push(line);
  }
  return [
    ...parts.flatMap((part) => [
      part.place ? html(page, "p", { class: "sfdag-place" }, [placeLink(page, notebook, `${part.place}, line ${part.lines.find(([mark]) => mark !== "…")?.[1]}`)]) : null,
      codeLines(page, part.lines, `Code ${part.place}`.trim()),
    ]),
    left ? html(page, "p", { class: "sfdag-hint", text: `${left.toLocaleString("en")} lines more` }) : null,
  ];
}

const MARKS = { "-": "gone", "+": "came", "…": "folded", "!": "failing", "^": "marked" };
const SIGNS = { "-": "−", "+": "+" };

/** Lines with their numbers: `[mark, number, text]`; what is read aloud says what a mark means. */
function codeLines(page, lines, says) {
  return html(page, "pre", { class: "sfdag-code sfdag-numbered", tabindex: "0", role: "group", "aria-label": says,
    "data-lm-suppress-shortcuts": "true" }, [html(page, "code", {}, lines.map((line) => codeLine(page, line)))]);
}

function codeLine(page, [mark, number, text, , span]) {
  const kind = MARKS[mark];
  const isFolded = kind === "folded";
  return html(page, "span", { class: `sfdag-code-line${kind ? ` sfdag-code-${kind}` : ""}` }, [
    html(page, "span", { class: "sfdag-code-number", text: isFolded ? "⋯" : String(number || "") }),
    html(page, "span", { class: "sfdag-code-mark", text: SIGNS[mark] ?? " " }),
    isFolded ? `${number} ${number === 1 ? "line that is" : "lines that are"} the same` : html(page, "span", { class: "sfdag-code-text" }, spanMarked(page, text, span)), "\n"]);
}

/** A comparison as people send it to each other. */
function codeText(lines) {
  const isPlain = lines.every(([mark]) => mark === " ");
  return lines.map(([mark, number, text]) => (mark === "…" ? `@@ ${number} lines that are the same` : isPlain ? text : `${mark}${text}`)).join("\n");
}
