// Details of one task: what it says about itself at once, the rest when the kernel answers.

/** `open(index)` shows a task, `update()` brings an open one up to date, `close()` is true where
 *  there was something to close. `context` is what the kernel told. */
function drawerOf(page, context, ask, onClose) {
  const parts = ["heading", "failure", "facts", "returned"].map(() => slotOf(page));
  const log = logOf(page);
  const element = html(page, "aside", { class: "sfdag-drawer", "aria-label": "Task details", hidden: "" },
    [...parts, log].map((part) => part.element));
  let index = null;
  let detail = null;
  let asked = "";
  let answered = "";

  const close = () => {
    if (index === null) return false;
    const left = index;
    index = null;
    element.hidden = true;
    onClose(left);
    return true;
  };
  const draw = () => {
    const task = context.tasks()[index] ?? null;
    const [head, failed, told, value] = parts;
    head.show([index, task?.state], () => heading(page, context, index, task, close));
    head.element.querySelector(".sfdag-drawer-title p").textContent =
      [taskNote(task, context.now()) || "not run yet", context.graph.nodes[index].mark,
        context.graph.nodes[index].absence].filter(Boolean).join(" · ");
    // What was answered of an earlier state, or of an earlier attempt, says nothing of how this one ended.
    const ending = answered === stateOf(task) ? detail : null;
    failed.show([index, task?.error, ending?.error, ending?.kept_back], () => failureOf(page, task, ending));
    const rows = factsOf(task, detail, context.now());
    told.show([index, rows], () => facts(page, rows));
    value.show([index, ending?.return_value], () => returned(page, ending));
    log.show(index, task, detail);
  };
  const load = async () => {
    const task = context.tasks()[index] ?? null;
    const key = `${index} ${task?.state} ${task?.attempt} ${logAge(task)}`;
    if (!task || key === asked) return;
    asked = key;
    const reply = await ask(ASK.detail, { task: index });
    if (index === null || key !== asked) return;
    if (reply.kind === "detail") [detail, answered] = [reply.detail, stateOf(task)];
    draw();
  };
  const stateOf = (task) => `${task?.state} ${task?.attempt}`;
  /** Changes as often as the log of a running task is worth asking for again. */
  const logAge = (task) => (task?.state === "running" ? Math.floor(Date.now() / context.state.refresh) : 0);
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

/** A part of the drawer, drawn again only when what it shows has changed: what was folded out,
 *  scrolled, selected or focused in it stays as it is while the rest ticks. */
function slotOf(page) {
  const element = html(page, "div", { class: "sfdag-slot" });
  let shown = "";
  const show = (told, draw) => {
    const key = JSON.stringify(told);
    if (key === shown) return;
    shown = key;
    refill(element, [draw()]);
  };
  return { element, show };
}

function heading(page, context, index, task, close) {
  const state = task?.state ?? "pending";
  const shut = button(page, "✕", { class: "sfdag-button sfdag-quiet", "aria-label": "Close details" });
  onClick(page, shut, close);
  const node = context.graph.nodes[index];
  return html(page, "header", { class: `sfdag-drawer-head sfdag-s-${state}` }, [
    stateIcon(page, context.looks[state]),
    html(page, "div", { class: "sfdag-drawer-title" }, [
      html(page, "h3", { text: node.name }),
      html(page, "p"),
    ]),
    shut,
  ]);
}

/** What is known of a task's run, by name; null where it has none. */
function factsOf(task, detail, now) {
  if (!task) return null;
  const took = task.completed === null ? tickingText(now - task.started)
    : durationText(task.completed - task.started);
  return [
    ["Started", clockText(task.started, now)],
    ["Ended", clockText(task.completed, now)],
    ["Took", task.started === null ? "" : took],
    ["Attempt", String(task.attempt)],
    ["Query", detail?.query_id ?? ""],
    ["Code", detail?.code ?? ""],
  ].filter(([, value]) => value);
}

function facts(page, rows) {
  if (!rows) return html(page, "p", { class: "sfdag-hint", text: "No run of this task yet." });
  return html(page, "dl", { class: "sfdag-facts" }, rows.flatMap(([name, value]) => [
    html(page, "dt", { text: name }), html(page, "dd", { text: value }),
  ]));
}

function returned(page, detail) {
  if (detail?.return_value === null || detail?.return_value === undefined) return null;
  return section(page, "Returned", [html(page, "pre", { text: detail.return_value })]);
}
