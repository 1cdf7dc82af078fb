// What is known of a task's run in short: why it failed, what differs since it succeeded, its times.

function summaryTab(page) {
  const [failed, changed, told] = [slotOf(page), slotOf(page), slotOf(page)];
  return {
    id: "summary",
    label: () => "Summary",
    element: html(page, "div", { class: "sfdag-parts" }, [failed, changed, told].map((part) => part.element)),
    isThere: () => true,
    show({ index, task, detail, now }) {
      failed.show([index, task?.error, detail?.error, detail?.kept_back], () => failureOf(page, task, detail,
        failed.element.closest(".jp-Notebook")));
      changed.show([index, detail?.changes], () => changesOf(page, detail?.changes ?? []));
      const rows = factsOf(task, detail, now);
      told.show([index, rows], () => facts(page, rows));
    },
  };
}

function changesOf(page, changes) {
  if (!changes.length) return null;
  return section(page, "Changed since the last success",
    [html(page, "ul", { class: "sfdag-changes" }, changes.map((text) => html(page, "li", { text })))]);
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
