// What a deploy would change, before it does: task by task, and in the words of `%sfdag plan`.

/** The inside of the sheet that deploys. */
function planInside(page, told, ask) {
  const element = html(page, "div", { class: "sfdag-inside" });
  let mark = "";
  return {
    element,
    async open(change) {
      const says = `Deploy ${isolated(told.graph.name)}?`;
      change({ title: says, says: "Looking at what would change…", canAgree: false });
      const reply = await ask(ASK.plan);
      if (!reply.detail) {
        change({ says: reply.error ?? "What would change cannot be told.", refused: reply.kind === "refused", focuses: true });
        return;
      }
      mark = reply.detail.mark;
      refill(element, planParts(page, reply.detail));
      const { empty, command, schedule } = reply.detail;
      change({ title: empty ? "Nothing to deploy" : says, says: [told.actions.place && `Where: ${told.actions.place}.`, empty ? "What is deployed is what the notebook has." : schedule ? `Schedule: ${schedule}.` : ""].filter(Boolean).join(" "),
        command: empty ? "" : command, canAgree: true, refused: empty, focuses: true });
    },
    chosen: () => ({ text: mark }),
  };
}

/** Of many changes the first stand there, the others below a line that counts them. */
const ROWS_SHOWN = 8;

function planParts(page, { rows = [], left = 0, warnings = [], text }) {
  const whole = html(page, "pre", { class: "sfdag-plan", tabindex: "0", role: "group", "aria-label": "Plan", "data-lm-suppress-shortcuts": "true", text });
  if (!rows.length) return [whole];
  return [
    ...warnings.map((warning) => html(page, "p", { class: "sfdag-plan-warning", text: warning })),
    changesTable(page, ["What", "How", "Change"], rows.slice(0, ROWS_SHOWN)),
    rows.length > ROWS_SHOWN ? folded(page, `${rows.length - ROWS_SHOWN} more`, [changesTable(page, ["What", "How", "Change"], rows.slice(ROWS_SHOWN))]) : null,
    left > 0 ? html(page, "p", { class: "sfdag-hint", text: `and ${left.toLocaleString("en")} more` }) : null,
    folded(page, "The plan in full", [whole]),
  ];
}

/** What an action would change, a row each. */
function changesTable(page, heads, rows) {
  return html(page, "div", { class: "sfdag-scrolled sfdag-changes-frame", tabindex: "0", role: "group", "aria-label": "What changes", "data-lm-suppress-shortcuts": "true" }, [
    html(page, "table", { class: "sfdag-cells" }, [
      html(page, "thead", {}, [html(page, "tr", {}, heads.map((text) => html(page, "th", { scope: "col", text })))]),
      html(page, "tbody", {}, rows.map(([what, ...rest]) => html(page, "tr", {}, [
        html(page, "th", { scope: "row", text: what }), ...rest.map((text) => html(page, "td", { text }))]))),
    ])]);
}
