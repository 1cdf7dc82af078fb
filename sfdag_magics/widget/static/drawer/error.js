// Why a task failed: what was raised, the user's own code with the last call first, then the rest.

/** The section of a failed task; null where nothing failed. */
function failureOf(page, task, detail, { notebook, ran }) {
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
    ...(last ? [raisedCard(page, last, ran, "sfdag-error"), ...before.map((each) => raisedBefore(page, each, ran)),
      folded(page, "The traceback as it is", [codeOf(page, error, "Traceback")])]
      : [codeOf(page, error, "Error", "sfdag-error")]),
  ]);
}

/** One exception: its message, the user's frames with the last call first, libraries folded. `ran` are
 *  the lines of the code that ran; of what is not among them the traceback's own line is shown. */
function raisedCard(page, { message, frames, folded: count }, ran, extra = "") {
  const own = frames.filter((frame) => !frame.library).reverse();
  const foreign = frames.filter((frame) => frame.library).reverse();
  return html(page, "div", { class: `sfdag-raised ${extra}` }, [
    html(page, "p", { class: "sfdag-message", text: message }),
    ...own.flatMap((frame) => drawnFrame(page, frame, ran)),
    ...(count ? [folded(page, count, foreign.flatMap((frame) => drawnFrame(page, frame, [])))] : []),
  ]);
}

function raisedBefore(page, raised, ran) {
  return folded(page, `It came from ${raised.message.split("\n")[0]}`, [raisedCard(page, raised, ran)]);
}

function drawnFrame(page, { place, code }, ran) {
  const around = linesAround(place, code, ran);
  const shown = around.length ? codeLines(page, around, place) : code && codeOf(page, code, place);
  return [html(page, "p", { class: "sfdag-place", text: place }), ...(shown ? [shown] : [])];
}

const BEFORE = 2;
const AFTER = 1;

/** The failing line with its number, what Python marked in it below, and the lines around it. */
function linesAround(place, code, ran) {
  const found = /^([^]*), line (\d{1,9})(?:, in [^,]*)?$/.exec(place);
  const number = Number(found?.[2]);
  const own = ran.filter((line) => line[3] === found?.[1] && line[1] >= number - BEFORE && line[1] <= number + AFTER);
  const failing = own.find((line) => line[1] === number);
  const [text, ...below] = code.split("\n");
  if (!failing || failing[2].trim() !== text.trim()) return [];
  // Python moves a line to the left before it marks it.
  const indent = failing[2].length - failing[2].trimStart().length - (text.length - text.trimStart().length);
  const marks = below.map((each) => ["^", "", `${" ".repeat(Math.max(indent, 0))}${each}`]);
  return own.flatMap((line) => (line === failing ? [["!", ...line.slice(1)], ...marks] : [[" ", ...line.slice(1)]]));
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
