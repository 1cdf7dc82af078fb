// Why a task failed: what was raised, the user's own code with the last call first, then the rest.

/** The section of a failed task; null where nothing failed. */
function failureOf(page, task, detail, notebook) {
  const error = detail?.error || task?.error;
  if (!error) return null;
  const place = detail?.place || task?.place;
  const kept = detail?.kept_back ?? [];
  const sentence = [
    ...(place ? ["Failed in ", placeLink(page, notebook, place), ". "] : []),
    ...(kept.length ? [`${kept.length} ${kept.length === 1 ? "task was" : "tasks were"} not run because of it.`] : []),
  ];
  const [last, ...before] = detail?.raised ?? [];
  return section(page, "Error", [
    sentence.length ? html(page, "p", {}, sentence) : null,
    detail?.missed ? html(page, "p", { class: "sfdag-missed", text: detail.missed }) : null,
    ...(last ? [raisedCard(page, last, "sfdag-error"), ...before.map((each) => raisedBefore(page, each)),
      folded(page, "The traceback as it is", [codeOf(page, error, "Traceback")])]
      : [codeOf(page, error, "Error", "sfdag-error")]),
  ]);
}

/** One exception: its message, the user's frames with the last call first, libraries folded. */
function raisedCard(page, { message, frames, folded: count }, extra = "") {
  const own = frames.filter((frame) => !frame.library).reverse();
  const foreign = frames.filter((frame) => frame.library).reverse();
  return html(page, "div", { class: `sfdag-raised ${extra}` }, [
    html(page, "p", { class: "sfdag-message", text: message }),
    ...own.flatMap((frame) => drawnFrame(page, frame)),
    ...(count ? [folded(page, count, foreign.flatMap((frame) => drawnFrame(page, frame)))] : []),
  ]);
}

function raisedBefore(page, raised) {
  return folded(page, `It came from ${raised.message.split("\n")[0]}`, [raisedCard(page, raised)]);
}

function drawnFrame(page, { place, code }) {
  return [html(page, "p", { class: "sfdag-place", text: place }), ...(code ? [codeOf(page, code, place)] : [])];
}

/** Code is scrolled and never broken; whoever scrolls it by keys has the notebook's keys kept off. */
function codeOf(page, text, says, extra = "") {
  return html(page, "pre", { class: `sfdag-code ${extra}`, tabindex: "0", role: "group", "aria-label": says,
    "data-lm-suppress-shortcuts": "true", text });
}

function folded(page, title, children) {
  return html(page, "details", { class: "sfdag-folded" },
    [html(page, "summary", { "data-lm-suppress-shortcuts": "true", text: title }), ...children]);
}

/** A part below its title; `tools` stand at the title's end. */
function section(page, title, children, tools = []) {
  const name = html(page, "h4", { text: title });
  const head = tools.length ? html(page, "div", { class: "sfdag-section-head" }, [name, ...tools]) : name;
  return html(page, "section", {}, [head, ...children.filter(Boolean)]);
}
