// What a task returned and what it was given; the tables that either names open their first rows.

function dataTab(page) {
  const [returned, inputs, rows, given] = [slotOf(page), slotOf(page), slotOf(page), slotOf(page)];
  let of = null;
  const own = tablesIn(() => draw());
  const byInput = new Map();
  const draw = () => {
    rows.show([of.index, own], () => tablesSeen(page, "Tables it names", own, (name) => own.open(of, name)));
    const there = [...byInput].filter(([name]) => inputsFrom(of).has(name));
    given.show([of.index, there], () => there.flatMap(([name, tables]) => tablesSeen(page, `Tables that ${name} returned`, tables,
      (said) => tables.open(inputsFrom(of).get(name), said)) ?? []));
  };
  return {
    id: "data",
    label: () => "Data",
    element: html(page, "div", { class: "sfdag-parts" }, [returned.element, rows.element, inputs.element, given.element]),
    isThere: () => true,
    show(now) {
      of = now;
      const { index, detail } = of;
      returned.show([index, detail?.returned ?? null, !detail, of.lacks], () => returnedOf(page, detail, of));
      inputs.show([index, detail?.inputs], () => inputsOf(page, detail?.inputs ?? []));
      own.load(of);
      for (const [name, above] of inputsFrom(of)) {
        if (!byInput.has(name)) byInput.set(name, tablesIn(() => draw()));
        byInput.get(name).load(above);
      }
      draw();
    },
  };
}

/** `{name: what is known of it}` of the tasks whose return values a task was given. */
function inputsFrom({ detail, ask, told }) {
  const given = (detail?.inputs ?? []).filter(([, value, kind]) => kind === "task" && value !== "nothing");
  return new Map(given.flatMap(([name]) => {
    const index = told.graph.nodes.findIndex((node) => node.name === name);
    return index < 0 ? [] : [[name, { index, task: told.tasks()[index], detail: { returned: true }, ask, told }]];
  }));
}

/** The tables that a return value names, and the first rows of the one that was opened. */
function tablesIn(onAnswer) {
  const tables = { found: [], gone: "", opened: "", rows: null, error: "" };
  let asked = "";
  tables.load = async ({ index, task, detail, ask, told }) => {
    const { group, state } = told.state.run ?? {};  // with its end a run drops its frames
    const key = JSON.stringify([index, task?.state, task?.attempt, group, state, Boolean(detail?.returned)]);
    if (key === asked) return;
    asked = key;
    Object.assign(tables, { found: [], gone: "", opened: "", rows: null, error: "" });
    if (!detail?.returned) return;
    const reply = await ask(ASK.tables, { task: index });
    if (key !== asked) return;
    tables.found = reply.detail?.tables ?? [];  // no answer is no reason to hide the value
    tables.gone = reply.detail?.gone ?? "";
    onAnswer();
  };
  tables.open = async ({ index, ask }, name) => {
    Object.assign(tables, { opened: tables.opened === name ? "" : name, rows: null, error: "" });
    onAnswer();
    if (!tables.opened) return;
    const before = asked;
    const reply = await ask(ASK.tables, { task: index, text: name });
    if (before !== asked || tables.opened !== name) return;
    if (reply.kind === "detail") tables.rows = reply.detail.shown?.[0] ?? null;
    else tables.error = reply.error ?? "";
    onAnswer();
  };
  return tables;
}

function tablesSeen(page, title, { found, gone, opened, rows, error }, open) {
  if (!found.length) return gone ? section(page, title, [html(page, "p", { class: "sfdag-hint", text: gone })]) : null;
  const many = (count) => (count === null ? "" : ` · ${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`);
  const names = found.map(([said, whole, count]) => onClick(page, button(page, `${said}${many(count)}`, {
    class: "sfdag-button sfdag-small", "aria-pressed": said === opened, title: `The first rows of ${whole}` }), () => open(said)));
  return section(page, title, [
    html(page, "div", { class: "sfdag-choices" }, names),
    opened && !rows ? html(page, "p", { class: "sfdag-hint", text: error || "Reading its first rows …" }) : null,
    rows?.cut ? html(page, "p", { class: "sfdag-hint", text: rows.cut }) : null,
    rows?.columns.length ? tableOf(page, rows) : null,
  ], rows?.columns.length ? [copyButton(page, `Copy the table ${opened}`, () => separated(rows))] : []);
}

function returnedOf(page, detail, { lacks, task }) {
  if (!detail) return html(page, "p", { class: "sfdag-hint", text: unknownText(task, lacks) });
  if (!detail.returned) return section(page, "Returned", [html(page, "p", { class: "sfdag-hint", text: "Nothing." })]);
  const { text, note } = detail.returned;
  return section(page, "Returned", [codeOf(page, "Returned", [text]), html(page, "p", { class: "sfdag-hint", text: note })],
    [copyButton(page, "Copy what it returned", () => text)]);
}

function inputsOf(page, inputs) {
  if (!inputs.length) return null;
  return section(page, "Inputs", [html(page, "dl", { class: "sfdag-facts sfdag-inputs" }, inputs.flatMap(([name, value, kind]) => [
    html(page, "dt", { text: name }),
    html(page, "dd", {}, [html(page, "code", { text: value }), " ",
      html(page, "span", { class: "sfdag-hint", text: kind === "task" ? "" : kind })]),
  ]))]);
}
