// What is known of a task's run in short: why it failed, what differs since it succeeded, its times.

function summaryTab(page) {
  const [failed, changed, altered, told, lacking] = [slotOf(page), slotOf(page), slotOf(page), slotOf(page), slotOf(page)];
  const ran = linesThatRan(() => tab.show(seen));
  let seen = null;
  const tab = {
    id: "summary",
    label: () => "Summary",
    element: html(page, "div", { class: "sfdag-parts" }, [failed, changed, altered, told, lacking].map((part) => part.element)),
    isThere: () => true,
    show(of) {
      seen = of;
      const { index, task, detail, now, compare } = of;
      if (detail?.raised?.length) ran.load(of);
      failed.show([index, task?.error, task?.state, detail?.error, detail?.cancelled, detail?.kept_back, ran.lines.length], () => failureOf(page, task, detail,
        { notebook: failed.element.closest(".jp-Notebook"), ran: ran.lines }));
      changed.show([index, detail?.changes, Boolean(of.compareRuns)], () => changesOf(page, detail?.changes ?? [], compare, of.compareRuns));
      altered.show([index, detail?.altered], () => alteredOf(page, detail?.altered ?? []));
      const rows = factsOf(task, detail, now, rowFacts(of.told, index));
      const why = whyNotRun(of.told, index);
      told.show([index, rows, why], () => facts(page, rows, why));
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

function changesOf(page, changes, compare, compareRuns) {
  if (!changes.length) return null;
  const isEdited = changes.some((text) => /^(code|SQL) of /.test(text));
  return section(page, "Changed since the last success",
    [html(page, "ul", { class: "sfdag-changes" }, changes.map((text) => html(page, "li", { text })))],
    [isEdited && onClick(page, button(page, "Difference", { class: "sfdag-place-link" }), compare),
      compareRuns && onClick(page, button(page, "Compare the runs", { class: "sfdag-place-link" }), compareRuns)].filter(Boolean));
}

/** What somebody altered of it where it is deployed, from how it was deployed to how it is now. */
function alteredOf(page, altered) {
  if (!altered.length) return null;
  return section(page, "Altered there by hand, since it was deployed",
    [html(page, "ul", { class: "sfdag-changes", "data-altered": "" }, altered.map((text) => html(page, "li", { text })))]);
}

/** What is known of a task's run, by name; null where it has none. */
function factsOf(task, detail, now, rows) {
  if (!task) return null;
  const waited = task.scheduled && task.started ? durationText(task.started - task.scheduled) : "";
  const started = clockText(task.started, now);
  return [
    ["By hand", task.by_hand ?? ""],
    ["Started", started && waited ? `${started} · waited ${waited}` : started],
    ["Ended", clockText(task.completed, now)],
    ["Took", tookText(task, now)],
    ["Progress", task.progress?.text ?? ""],
    ...rows,
    ["Attempt", task.started === null ? "" : String(task.attempt)],
    ["Query", detail?.query_id ?? "", detail?.query_page ?? ""],
    ["Model", detail?.models ?? ""],
    ["Code", detail?.code ?? ""],
  ].filter(([, value]) => value);
}

/** Why a task did not run in a run that has it; "" for one that did, or may. */
function whyNotRun(told, index) {
  const state = stateOf(told, index);
  if (state === "blocked") return `It did not run: ${[state, blockedText(told, failedBefore(told)[index])].filter(Boolean).join(" ")}.`;
  if (state === "skipped") return `It did not run: ${told.tasks()[index]?.by_hand || MEANS.skipped}.`;
  const waits = waitsText(told, index);
  return waits && `It does not run yet: ${waits}.`;
}

function facts(page, rows, why) {
  if (why) return html(page, "p", { class: "sfdag-hint", text: why });
  if (!rows) return html(page, "p", { class: "sfdag-hint", text: "No run of this task yet." });
  if (!rows.length) return null;
  return section(page, "Times", [html(page, "dl", { class: "sfdag-facts" }, rows.flatMap(([name, value, at]) => [
    html(page, "dt", { text: name }), html(page, "dd", {}, [at ? pageLink(page, value, at) : value]),
  ]))]);
}

/** A link to the service's own page, which is another site's. */
function pageLink(page, text, at) {
  return html(page, "a", { href: at, target: "_blank", rel: "noopener noreferrer", "data-lm-suppress-shortcuts": "true", text, title: "In Snowsight" });
}
