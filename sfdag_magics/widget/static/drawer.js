// Details of one task: what it says about itself at once, the rest when the kernel answers.

/** `open(index)` shows a task, `update()` brings an open one up to date, `close()` is true where
 *  there was something to close. `context` gives the graph, the state and the clock. */
function drawerOf(doc, context, ask, onClose) {
  const element = html(doc, "aside", { class: "sfdag-drawer", "aria-label": "Task details", hidden: "" });
  let index = null;
  let detail = null;
  let asked = "";

  const close = () => {
    if (index === null) return false;
    index = null;
    element.hidden = true;
    onClose();
    return true;
  };
  const draw = () => {
    const task = context.tasks()[index] ?? null;
    refill(element, [
      heading(doc, context, index, task, close),
      failure(doc, task, detail),
      facts(doc, task, detail, context.now()),
      returned(doc, detail),
      logs(doc, detail, task),
    ]);
  };
  const load = async () => {
    const task = context.tasks()[index] ?? null;
    const key = `${index} ${task?.state} ${task?.attempt}`;
    if (!task || key === asked) return;
    asked = key;
    const reply = await ask("detail", { task: index });
    if (index === null || key !== asked) return;
    if (reply.kind === "detail") detail = reply.detail;
    draw();
  };
  return {
    element,
    close,
    open(wanted) {
      if (wanted !== index) {
        detail = null;
        asked = "";
      }
      index = wanted;
      element.hidden = false;
      draw();
      load();
    },
    update() {
      if (index === null) return;
      draw();
      load();
    },
    get index() { return index; },
  };
}

function heading(doc, context, index, task, close) {
  const state = task?.state ?? "pending";
  const shut = button(doc, "✕", { class: "sfdag-button sfdag-quiet", "aria-label": "Close details" });
  shut.addEventListener("click", close);
  const node = context.graph().nodes[index];
  return html(doc, "header", { class: `sfdag-drawer-head sfdag-s-${state}` }, [
    stateIcon(doc, context.looks()[state]),
    html(doc, "div", { class: "sfdag-drawer-title" }, [
      html(doc, "h3", { text: node.name }),
      html(doc, "p", { text: [taskNote(task, context.now()) || "not run yet", node.mark].filter(Boolean).join(" · ") }),
    ]),
    shut,
  ]);
}

function failure(doc, task, detail) {
  const error = detail?.error || task?.error;
  if (!error) return null;
  const place = detail?.place || task?.place;
  const kept = detail?.kept_back ?? [];
  const sentence = [
    place ? `Failed in ${place}.` : "",
    kept.length ? `${kept.length} ${kept.length === 1 ? "task was" : "tasks were"} not run because of it.` : "",
  ].filter(Boolean).join(" ");
  return section(doc, "Error", [
    sentence ? html(doc, "p", { text: sentence }) : null,
    html(doc, "pre", { class: "sfdag-error", text: error }),
  ]);
}

function facts(doc, task, detail, now) {
  if (!task) return html(doc, "p", { class: "sfdag-hint", text: "No run of this task yet." });
  const took = task.started === null ? "" : durationText((task.completed ?? now) - task.started);
  const rows = [
    ["Started", clockText(task.started)],
    ["Ended", clockText(task.completed)],
    ["Took", took],
    ["Attempt", String(task.attempt)],
    ["Query", detail?.query_id ?? ""],
  ].filter(([, value]) => value);
  return html(doc, "dl", { class: "sfdag-facts" }, rows.flatMap(([name, value]) => [
    html(doc, "dt", { text: name }), html(doc, "dd", { text: value }),
  ]));
}

function returned(doc, detail) {
  if (detail?.return_value === null || detail?.return_value === undefined) return null;
  return section(doc, "Returned", [html(doc, "pre", { text: detail.return_value })]);
}

function logs(doc, detail, task) {
  if (!detail || !task || task.started === null) return null;
  if (detail.logs_error) return section(doc, "Logs", [html(doc, "p", { class: "sfdag-hint", text: detail.logs_error })]);
  const lines = detail.logs ?? [];
  if (!lines.length) return section(doc, "Logs", [html(doc, "p", { class: "sfdag-hint", text: "It printed and logged nothing." })]);
  const left = detail.logs_left_out
    ? html(doc, "p", { class: "sfdag-hint", text: `${detail.logs_left_out} earlier lines: %sfdag logs ${detail.name}` })
    : null;
  return section(doc, "Logs", [left, html(doc, "pre", { class: "sfdag-logs", tabindex: "0",
    "data-lm-suppress-shortcuts": "true", "aria-label": "Logs", text: lines.join("\n") })]);
}

function section(doc, title, children) {
  return html(doc, "section", {}, [html(doc, "h4", { text: title }), ...children.filter(Boolean)]);
}
