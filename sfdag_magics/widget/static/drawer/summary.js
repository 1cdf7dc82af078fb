// What is known of a task's run in short: why it failed, what differs since it succeeded, its times.

function summaryTab(page) {
  const [failed, changed, told, lacking] = [slotOf(page), slotOf(page), slotOf(page), slotOf(page)];
  const ran = linesThatRan(() => tab.show(seen));
  let seen = null;
  const tab = {
    id: "summary",
    label: () => "Summary",
    element: html(page, "div", { class: "sfdag-parts" }, [failed, changed, told, lacking].map((part) => part.element)),
    isThere: () => true,
    show(of) {
      seen = of;
      const { index, task, detail, now, compare } = of;
      if (detail?.raised?.length) ran.load(of);
      failed.show([index, task?.error, detail?.error, detail?.kept_back, ran.lines.length], () => failureOf(page, task, detail,
        { notebook: failed.element.closest(".jp-Notebook"), ran: ran.lines }));
      changed.show([index, detail?.changes], () => changesOf(page, detail?.changes ?? [], compare));
      const rows = factsOf(task, detail, now);
      told.show([index, rows], () => facts(page, rows));
      lacking.show([of.lacks, !detail], () => (of.lacks && !detail ? html(page, "p", { class: "sfdag-hint", text: of.lacks }) : null));
    },
  };
  return tab;
}

/** The code that a failed task ran, for the lines around the one that failed. */
function linesThatRan(onAnswer) {
  const ran = { lines: [] };
  let asked = "";
  ran.load = async ({ index, task, ask, told }) => {
    const key = JSON.stringify([index, task.attempt, told.state.run?.group]);
    if (key === asked) return;
    asked = key;
    ran.lines = [];
    const reply = await ask(ASK.code, { task: index, against: "" });
    if (key !== asked || reply.kind !== "detail") return;  // the traceback has the line itself
    ran.lines = reply.detail.lines ?? [];
    if (ran.lines.length) onAnswer();
  };
  return ran;
}

function changesOf(page, changes, compare) {
  if (!changes.length) return null;
  const isEdited = changes.some((text) => /^(code|SQL) of /.test(text));
  return section(page, "Changed since the last success",
    [html(page, "ul", { class: "sfdag-changes" }, changes.map((text) => html(page, "li", { text })))],
    isEdited ? [onClick(page, button(page, "Difference", { class: "sfdag-place-link" }), compare)] : []);
}

/** What is known of a task's run, by name; null where it has none. */
function factsOf(task, detail, now) {
  if (!task) return null;
  const waited = task.scheduled && task.started ? durationText(task.started - task.scheduled) : "";
  const started = clockText(task.started, now);
  return [
    ["Started", started && waited ? `${started} · waited ${waited}` : started],
    ["Ended", clockText(task.completed, now)],
    ["Took", tookText(task, now)],
    ["Progress", task.progress?.text ?? ""],
    ["Attempt", String(task.attempt)],
    ["Query", detail?.query_id ?? ""],
    ["Code", detail?.code ?? ""],
  ].filter(([, value]) => value);
}

function facts(page, rows) {
  if (!rows) return html(page, "p", { class: "sfdag-hint", text: "No run of this task yet." });
  return section(page, "Times", [html(page, "dl", { class: "sfdag-facts" }, rows.flatMap(([name, value]) => [
    html(page, "dt", { text: name }), html(page, "dd", { text: value }),
  ]))]);
}
