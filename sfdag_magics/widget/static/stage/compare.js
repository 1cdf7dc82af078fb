// Two runs beside each other: first what differs, then their tasks on one scale.

/** The elements of a comparison, as the kernel answered it. */
function comparisonOf(page, told, { runs, differences, same, tasks }, { show, back }) {
  const longest = Math.max(1, ...tasks.flatMap((task) => task.runs.map((run) => run?.took ?? 0)));
  return [
    html(page, "div", { class: "sfdag-beside-bar" }, [onClick(page, button(page, "All runs", { class: "sfdag-button" }), back)]),
    html(page, "div", { class: "sfdag-cards" }, runs.map((run, at) => runCard(page, told, run, at, show))),
    html(page, "section", { class: "sfdag-differences", "aria-label": "What differs" }, [differencesOf(page, differences, same)]),
    html(page, "div", { class: "sfdag-table-frame" }, [html(page, "table", { class: "sfdag-table sfdag-both", "aria-label": "Tasks of both runs" }, [
      html(page, "thead", {}, [html(page, "tr", {}, [["Task", "task"], ["A", "state"], ["B", "state"], ["Ran", "bars"], ["A", "took"], ["B", "took"],
        ["B − A", "took"], ["Returned, A", "value"], ["B", "value"]].map(([text, kind]) => html(page, "th", { scope: "col", class: `sfdag-col-${kind}`, text })))]),
      html(page, "tbody", {}, tasks.map((task) => bothRow(page, told, task, longest))),
    ])]),
  ];
}

function letterOf(page, at) {
  return html(page, "span", { class: `sfdag-letter sfdag-letter-${at}`, text: "AB"[at] });
}

function runCard(page, told, run, at, show) {
  return html(page, "div", { class: `sfdag-card sfdag-s-${runLook(run)}` }, [
    html(page, "div", {}, [letterOf(page, at), stateIcon(page, told.looks[runLook(run)]), html(page, "strong", { text: run.word }),
      html(page, "span", { class: "sfdag-hint", text: run.took === null ? "" : durationText(run.took) }),
      onClick(page, button(page, "Show this run", { class: "sfdag-link", "aria-label": `Show this run, ${run.id}` }), () => show(run.group))]),
    html(page, "p", { class: "sfdag-hint", text: [`run ${run.id}`, clockText(run.begun, told.now()),
      run.attempt > 1 ? `attempt ${run.attempt}` : ""].filter(Boolean).join(" · ") }),
  ]);
}

function differencesOf(page, differences, same) {
  if (!differences.length) {
    return html(page, "p", { text: `Nothing is known to differ${same ? `: the same are ${same}` : ""}.` });
  }
  const rows = differences.map(({ topic, what, values }) => html(page, "tr", {}, [
    html(page, "th", { scope: "row", text: topic === "code" ? `code of ${what}` : what }),
    ...values.map((value) => html(page, "td", { text: value ?? "–" }))]));
  return html(page, "table", { class: "sfdag-differ-table", "aria-label": "What differs" }, [
    html(page, "thead", {}, [html(page, "tr", {}, [html(page, "td", { text: "Differs" }),
      ...[0, 1].map((at) => html(page, "th", { scope: "col" }, [letterOf(page, at)]))])]),
    html(page, "tbody", {}, [...rows, same && html(page, "tr", {}, [html(page, "th", { scope: "row", text: "Same" }),
      html(page, "td", { colspan: 2, text: same })])].filter(Boolean)),
  ]);
}

/** How much longer the second took; no sign before nothing. */
function byText(by) {
  return by === 0 ? "0" : `${by < 0 ? "−" : "+"}${durationText(Math.abs(by))}`;
}

function bothRow(page, told, { name, edited, runs }, longest) {
  const took = runs.map((run) => run?.took ?? null);
  const by = took.includes(null) ? null : took[1] - took[0];
  const bars = html(page, "span", { class: "sfdag-both-bars", "aria-hidden": "true" },
    took.map((each) => html(page, "i", each === null ? { class: "sfdag-no-bar" } : { style: `width: ${(each / longest) * 100}%` })));
  return html(page, "tr", {}, [
    html(page, "th", { scope: "row", class: "sfdag-col-task", title: name }, [html(page, "span", { text: name }),
      edited && html(page, "span", { class: "sfdag-tag sfdag-differs", text: "code" })].filter(Boolean)),
    ...runs.map((run) => html(page, "td", { class: "sfdag-col-state" }, [run
      ? html(page, "span", { class: `sfdag-state sfdag-s-${run.state}` }, [stateIcon(page, told.looks[run.state]), run.state]) : "–"])),
    html(page, "td", { class: "sfdag-col-bars" }, [bars]),
    ...took.map((each) => html(page, "td", { class: "sfdag-col-took", text: each === null ? "–" : durationText(each) })),
    html(page, "td", { class: "sfdag-col-took", text: by === null ? "" : byText(by) }),
    ...runs.map((run) => html(page, "td", { class: "sfdag-col-value sfdag-elided", title: run?.value ?? "", text: run?.value || "–" })),
  ]);
}
