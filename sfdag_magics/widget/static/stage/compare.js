// Two runs beside each other: which are picked, then what differs, and their tasks on one scale.

/** The elements of a comparison, as the kernel answered it; `kept` is what was chosen in it, `{ isOnly, code }`, for when it is made anew. */
function comparisonOf(page, told, { runs, differences, same, tasks }, { show, back, swap, askCode, kept }) {
  const code = codeDifference(page, told, runs, askCode, kept);
  const longest = Math.max(1, ...tasks.flatMap((task) => task.runs.map((run) => run?.took ?? 0)));
  const rows = tasks.map((task) => [task, bothRow(page, told, task, longest, code)]);
  const alike = rows.filter(([task]) => !isDifferent(task)).map(([, row]) => row);
  const swapper = iconButton(page, "swap", "Swap", "Swap A and B", swap, "sfdag-quiet");
  swapper.dataset.swap = "";
  const none = html(page, "p", { class: "sfdag-nothing", text: "No task went or returned otherwise.", hidden: "" });
  const only = button(page, "Only what differs", { class: "sfdag-button", "aria-pressed": "false" });
  const showOnly = (isOnly) => {
    kept.isOnly = isOnly;
    only.setAttribute("aria-pressed", isOnly);
    for (const row of alike) row.hidden = isOnly;
    none.hidden = !isOnly || alike.length < rows.length;
  };
  onClick(page, only, () => showOnly(!kept.isOnly));
  showOnly(kept.isOnly);
  code.again();
  // The bars say what both columns behind them say: no head of their own.
  const head = ([text, kind, at]) => html(page, text ? "th" : "td", { ...(text && { scope: "col" }), class: `sfdag-col-${kind}` }, [at === undefined ? "" : letterOf(page, at), text]);
  return [
    html(page, "div", { class: "sfdag-beside-bar" }, [iconButton(page, "left", "Back to all runs", "Leave the comparison (Esc)", back),
      swapper, only, copyButton(page, "Copy the comparison as a table", () => comparedText(runs, tasks)),
      html(page, "span", { class: "sfdag-no-room", text: "Not all columns have room here: a wider view has them (close the details), and so has the copy." })]),
    html(page, "div", { class: "sfdag-cards" }, runs.map((run, at) => runCard(page, told, run, { at, age: ageIn(runs, at), show }))),
    html(page, "section", { class: "sfdag-differences", "aria-label": "What differs" }, [differencesOf(page, differences, same, code), code.element]),
    html(page, "p", { class: "sfdag-hint sfdag-both-key", text: "Ran: how long the task itself ran, without what it waited. B − A: how much longer it ran in B." }),
    html(page, "div", { class: "sfdag-table-frame" }, [html(page, "table", { class: "sfdag-table sfdag-both", "aria-label": "Tasks of both runs" }, [
      html(page, "thead", {}, [html(page, "tr", {}, [["Task", "task"], ["State", "state", 0], ["State", "state", 1], ["", "bars"], ["Ran", "took", 0], ["Ran", "took", 1],
        ["B − A", "took sfdag-col-by"], ["Returned", "value", 0], ["Returned", "value", 1]].map(head))]),
      html(page, "tbody", {}, rows.map(([, row]) => row)),
    ]), none]),
  ];
}

/** What became of one task's code from the first run to the second, below what differs; `button(name, label)` opens
 *  and folds it, and is only a label of a task that the graph shown has not; `again()` opens the one that was open. */
function codeDifference(page, told, runs, askCode, kept) {
  const element = html(page, "div", { class: "sfdag-code-difference", role: "status" });
  const openers = [];
  const fill = (children) => {
    refill(element, children);
    for (const [name, each] of openers) each.setAttribute("aria-expanded", name === kept.code);
  };
  const hint = (text) => html(page, "p", { class: "sfdag-hint", text });
  const open = async (name) => {
    kept.code = kept.code === name ? "" : name;
    fill(kept.code ? [hint(`Reading the code of ${isolated(name)} …`)] : []);
    if (kept.code) await read(name);
  };
  const read = async (name) => {
    const reply = await askCode(indexNamed(told, name), runs.map((run) => run.group));
    if (kept.code !== name) return;
    const lines = reply.detail?.lines ?? [];
    const body = lines.length ? codeParts(page, reply.detail, element.closest(".jp-Notebook")) : [hint(reply.error || "The same lines.")];
    fill([section(page, `Code of ${isolated(name)}, A → B`, body)]);
  };
  const opener = (name, label) => {
    if (indexNamed(told, name) < 0) return html(page, "span", { class: "sfdag-hint", text: label });
    const made = button(page, label, { class: "sfdag-link", "aria-expanded": "false", title: `What differs in the code of ${name}` });
    openers.push([name, made]);
    return onClick(page, made, () => open(name));
  };
  const again = () => {
    if (!openers.some(([name]) => name === kept.code)) kept.code = "";
    else read(kept.code);
  };
  return { element, button: opener, again };
}

function indexNamed(told, name) {
  return told.graph.nodes.findIndex((node) => node.name === name);
}

/** Whether a task went otherwise, returned another value or ran other code; how long it took always differs. */
function isDifferent({ edited, runs }) {
  const [first, second] = runs.map((run) => run && [endedAs(run.state), plainValue(run.value)].join());
  return edited || first !== second;
}

/** What is taken from another run succeeded there: that no task ran again is no difference of what came out. */
function endedAs(state) {
  return state === "reused" ? "succeeded" : state;
}

/** A value without the run's id that is part of the name of a table of rows. */
function plainValue(value) {
  return (value ?? "").replace(/\$FRAME_[0-9A-Z_]+/g, "$FRAME");
}

/** The same with its two runs in the other order. */
function swapped({ runs, differences, same, tasks }) {
  return { same, runs: runs.toReversed(), differences: differences.map((each) => ({ ...each, values: each.values.toReversed() })),
    tasks: tasks.map((task) => ({ ...task, runs: task.runs.toReversed() })) };
}

/** As a spreadsheet takes it. */
function comparedText(runs, tasks) {
  const plain = (cell) => String(cell ?? "").replace(/[\t\n\r]+/g, " ");
  const heads = ["state", "ran_ms", "returned"].flatMap((what) => runs.map((run) => `${what} ${run.id}`));
  const lines = tasks.map(({ name, runs: [a, b] }) => [name, a?.state, b?.state, a?.took, b?.took, a?.value, b?.value]);
  return [["task", ...heads], ...lines].map((line) => line.map(plain).join("\t")).join("\n");
}

/** What stands before the first difference and belongs to it: the number, date or word that it is in; and with the key
 *  or word before that, where what differs is in sight all the same. */
const OF_IT = /(?:(?<![\p{L}\p{N}_.])[-+]?\d[\d.:e+-]*|[\p{L}\p{N}_]*)$/iu;
const WITH_KEY = new RegExp(`(?:"[^"]+":\\s*|(?<!\\S)\\S+\\s+)?"?${OF_IT.source}`, "iu");
const NEAR = 64;
const MOST_BEFORE = 10;
/** So much of their beginning stays, and where no more stands before what differs, all of it. */
const BEGINNING = 12;
const LEAST_LEFT_OUT = 4;

/** Two values without the rest of what both begin with, where that is long: what differs is seen. */
function endsOf(first, second) {
  let same = 0;
  while (same < Math.min(first.length, second.length) && first[same] === second[same]) same += 1;
  const near = first.slice(0, same).slice(-NEAR);
  const [keyed, own] = [WITH_KEY, OF_IT].map((belongs) => same - near.length + near.search(belongs));
  const at = same - keyed > MOST_BEFORE ? own : keyed;
  return first === second || at < BEGINNING + LEAST_LEFT_OUT ? [first, second] : [first, second].map((value) => `${value.slice(0, BEGINNING)}…${value.slice(at)}`);
}

function letterOf(page, at) {
  return html(page, "span", { class: `sfdag-letter sfdag-letter-${at}`, text: "AB"[at] });
}

/** Which of both began first; "" where nobody knows. */
function ageIn(runs, at) {
  const [own, other] = [runs[at].begun, runs[1 - at].begun];
  return !own || !other || own === other ? "" : own < other ? "the older run" : "the newer run";
}

function runCard(page, told, run, { at, age, show }) {
  return html(page, "div", { class: `sfdag-card sfdag-s-${runLook(run)}` }, [
    html(page, "div", {}, [letterOf(page, at), stateIcon(page, told.looks[runLook(run)]), html(page, "strong", { text: run.word }),
      html(page, "span", { class: "sfdag-hint", text: [run.took === null ? "" : `took ${durationText(run.took)}, with all waiting`, run.attempt > 1 ? `attempt ${run.attempt}` : ""].filter(Boolean).join(" · ") }),
      onClick(page, button(page, "Show this run", { class: "sfdag-link", "aria-label": `Show this run, ${run.id}` }), () => show(run.group))]),
    html(page, "p", { class: "sfdag-hint", text: [age, `run ${run.id}`, run.begun && `started ${datedText(run.begun)}`].filter(Boolean).join(" · ") }),
  ]);
}

function differencesOf(page, differences, same, code) {
  if (!differences.length) {
    return html(page, "p", { text: `No difference is known.${same ? ` The same in both: ${same}.` : ""}` });
  }
  const rows = differences.map(({ topic, what, values }) => html(page, "tr", {}, [
    html(page, "th", { scope: "row" }, [topic === "code" ? code.button(what, `code of ${what}`) : what]),
    ...values.map((value) => html(page, "td", { text: topic === "code" ? `version ${value}` : value }))]));
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

function bothRow(page, told, { name, edited, runs }, longest, code) {
  const took = runs.map((run) => run?.took ?? null);
  const by = took.includes(null) ? null : took[1] - took[0];
  const bars = html(page, "span", { class: "sfdag-both-bars", "aria-hidden": "true" },
    took.map((each) => html(page, "i", each === null ? { class: "sfdag-no-bar" } : { style: `width: ${(each / longest) * 100}%` })));
  return html(page, "tr", {}, [
    html(page, "th", { scope: "row", class: "sfdag-col-task", title: name }, [html(page, "span", { text: name }),
      edited && code.button(name, "code")].filter(Boolean)),
    ...runs.map((run) => html(page, "td", { class: "sfdag-col-state" }, [run
      ? html(page, "span", { class: `sfdag-state sfdag-s-${run.state}` }, [stateIcon(page, told.looks[run.state]), run.state]) : "–"])),
    html(page, "td", { class: "sfdag-col-bars" }, [bars]),
    ...took.map((each) => html(page, "td", { class: "sfdag-col-took", text: each === null ? "–" : durationText(each) })),
    html(page, "td", { class: "sfdag-col-took sfdag-col-by", text: by === null ? "" : byText(by) }),
    ...endsOf(...runs.map((run) => run?.value ?? "")).map((text, at) => html(page, "td", { class: "sfdag-col-value", title: runs[at]?.value ?? "" }, [html(page, "span", { class: "sfdag-elided", text: text || "–" })])),
  ]);
}

/** Two runs at most: a third takes the place of the first; one that is there is taken off. */
function pairWith(pair, group) {
  return pair.includes(group) ? pair.filter((each) => each !== group) : [...pair, group].slice(-2);
}

/** What a comparison of the two that are picked was made from: other where it has to be made anew. What both ran is told
 *  with the last runs; of the one that is shown each task that ends counts. */
function pairNow(told, choice) {
  const { past, state: { run } } = told;
  const pair = runsOf(told).filter((each) => choice.now.pair.includes(each.group));
  return JSON.stringify([numberOf(past), pair.map((each) => [each.group, each.state, each.attempt, each.took, each.group === run?.group && run.ran])]);
}

/** Which two are picked, and what can be done with them. */
function pairLine(page, told, choice, runs, begin) {
  const pair = lettersOf(told, choice).map((group) => runs.find((run) => run.group === group));
  const said = pair.map((run, at) => html(page, "span", { class: "sfdag-picked-run" }, [html(page, "span", { class: `sfdag-letter sfdag-letter-${at}`, text: "AB"[at] }),
    html(page, "span", { class: "sfdag-elided", title: `run ${run.id} ${shortRun(run)}` }, [html(page, "strong", { text: `run ${run.id}` }), html(page, "span", { text: ` ${shortRun(run)}` })])]));
  if (pair.length < 2) {
    return [...said, html(page, "span", { class: "sfdag-hint", text: `${pair.length ? "Pick another run to compare it with" : "Pick two runs to compare them"}: click their columns, or ← → and Space.` })];
  }
  return [...said, html(page, "span", { class: "sfdag-pair-do" }, [
    iconButton(page, "swap", "Compare A and B", "Compare A and B", begin, "sfdag-primary"),
    onClick(page, button(page, "Clear", { class: "sfdag-button sfdag-quiet" }), () => choice.change({ pair: [], isSwapped: false }))])];
}

function shortRun(run) {
  return [run.begun && datedText(run.begun).slice(0, 16), run.word.toLowerCase(), retriedText(run), run.took === null ? "" : durationText(run.took)].filter(Boolean).join(" · ");
}
