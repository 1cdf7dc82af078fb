// Several tasks beside each other: how each went, and what all of them logged, in the drawer's place.

/** `update(isFree, isAsked)`: whether nothing else stands there, and whether it is wanted without being asked for. */
function pickedPanel(page, told, choice, ask, open) {
  const head = html(page, "h3");
  const counts = html(page, "p");
  const shut = onClick(page, button(page, "✕", { class: "sfdag-button sfdag-quiet", "aria-label": "Select none" }),
    () => choice.change({ picked: new Set() }));
  const only = onClick(page, button(page, "Fade the others", { class: "sfdag-button sfdag-small" }),
    () => choice.change({ only: choice.now.only === null ? new Set(choice.now.picked) : null, onlyOf: "the selected tasks", tab: "graph" }));
  const copy = copyButton(page, "Copy the selected rows as a table", () => tableText(pickedRows(told, choice)));
  const rows = slotOf(page);
  const logs = html(page, "section");
  let ofLogs = null;
  const element = html(page, "aside", { class: "sfdag-picked-panel", "aria-label": "Selected tasks", hidden: "" }, [
    html(page, "header", { class: "sfdag-drawer-head" }, [html(page, "div", { class: "sfdag-this-run-title" }, [head, counts]), shut]),
    html(page, "div", { class: "sfdag-choices" }, [only, copy]), rows.element, logs]);
  const showLogs = (tasks) => {
    if (!ofLogs) {
      ofLogs = pickedLogs(page, told, ask);
      logs.append(html(page, "h4", { text: "Their logs" }), ofLogs.element);
    }
    ofLogs.show(tasks);
  };
  const update = (isFree) => {
    const { picked, isComparing, tab } = choice.now;
    element.hidden = !(isFree && picked.size > 1 && (tab === "graph" || isComparing));
    if (element.hidden) return;
    const seen = pickedRows(told, choice);
    const found = countsOf(seen.map((row) => row.state));
    put(head, `${seen.length} tasks selected`);
    put(counts, ORDER.filter((state) => found.has(state)).map((state) => `${found.get(state)} ${state}`).join(" · "));
    only.setAttribute("aria-pressed", choice.now.only !== null);
    rows.show(seen, () => pickedTable(page, told, seen, open));
    showLogs(seen.map((row) => row.index));
  };
  return { element, update };
}

function pickedRows(told, choice) {
  return rowsOf(told).filter((row) => choice.now.picked.has(row.index));
}

function pickedTable(page, told, rows, open) {
  const longest = Math.max(1, ...rows.map((row) => row.ran ?? 0));
  const time = (row) => ranOfRow(row) + keptOfRow(row);
  const heads = [["Task", ""], ["Ran", "sfdag-number"], ["Usually", "sfdag-number"], ["Return value or error", ""]];
  return html(page, "div", { class: "sfdag-scrolled", tabindex: "0", role: "group", "aria-label": "Selected tasks beside each other",
    "data-lm-suppress-shortcuts": "true" }, [html(page, "table", { class: "sfdag-cells sfdag-picked-table" }, [
    html(page, "thead", {}, [html(page, "tr", {}, heads.map(([text, kind]) => html(page, "th", { scope: "col", class: kind, text,
      ...(text === "Usually" ? { title: USUALLY } : {}) })))]),
    html(page, "tbody", {}, rows.map((row) => html(page, "tr", { class: `sfdag-s-${row.state}` }, [
      html(page, "th", { scope: "row" }, [html(page, "span", { class: "sfdag-state" }, [stateIcon(page, told.looks[row.sign]), unseen(page, { text: `${row.word} ` }),
        onClick(page, button(page, row.name, { class: "sfdag-going-name" }), () => open(row.index))])]),
      html(page, "td", { class: "sfdag-number" }, [time(row), html(page, "span", { class: "sfdag-picked-length", "aria-hidden": "true" },
        [html(page, "i", { style: `width: ${((row.ran ?? 0) / longest) * 100}%` })])]),
      html(page, "td", { class: "sfdag-number", text: row.usually, title: usuallyMeans(row.usually) }),
      html(page, "td", { class: "sfdag-picked-value sfdag-elided", title: row.value, text: row.value || "–" }),
    ]))),
  ])]);
}

/** What they logged, in the order of time. */
function pickedLogs(page, told, ask) {
  const asks = { text: "", level: "", attempt: null, isAll: true, only: false, tasks: [] };
  const log = linesOf(page);
  log.element.setAttribute("aria-label", "Logs of the selected tasks");
  const loader = logLoader(asks, () => draw());
  const of = { index: null, task: null, ask, told };
  const change = (changes) => {
    Object.assign(asks, changes);
    loader.forget();
    show(asks.tasks);
  };
  const tools = logTools(page, asks, { change, log, seen: () => loader.window });
  const hint = html(page, "p", { class: "sfdag-hint" });
  const foot = logFoot(page, log, asks, change, { isOneTask: false });
  const draw = () => {
    const { window, error } = loader;
    hint.textContent = logHint(of, asks, window, error);
    hint.hidden = !hint.textContent;
    log.show(window?.lines ?? [], { about: loader.about, text: asks.text, isAll: true, now: told.now() });
    tools.show(of);
    foot.show(window, loader.isGrowing);
  };
  const show = (tasks) => {
    asks.tasks = tasks;
    loader.load(of);
    draw();
  };
  return { element: html(page, "div", { class: "sfdag-parts" }, [tools.element, hint, log.element, foot.element]), show };
}
