// Why a task failed: what was raised, the user's own code with the last call first, then the rest.

/** The section of a failed task; null where nothing failed. */
function failureOf(page, task, detail, { notebook, ran }) {
  const error = detail?.error || task?.error;
  const isCancelled = task?.state === "cancelled";
  if (!error && !isCancelled) return null;
  const place = detail?.place || task?.place;
  const kept = detail?.kept_back ?? [];
  const sentence = [
    ...(isCancelled ? [cancelledText(detail)] : []),
    ...(place ? ["Failed in ", placeLink(page, notebook, place), ". "] : []),
    ...(kept.length ? [`${kept.length} ${kept.length === 1 ? "task was" : "tasks were"} not run because of it.`] : []),
  ];
  // Before the kernel has read the traceback, and of an error that has none, its message stands in the same card.
  const said = { message: detail ? error : task?.value || error?.trim().split("\n").at(-1), frames: [], folded: "", isTraceback: true };
  const [last, ...before] = detail?.raised?.length ? detail.raised : [said];
  return section(page, isCancelled ? "Cancelled" : "Error", [
    sentence.length ? html(page, "p", {}, sentence) : null,
    detail?.missed ? html(page, "p", { class: "sfdag-missed", text: detail.missed }) : null,
    error ? raisedCard(page, last, ran, "sfdag-error") : null, ...before.map((each) => raisedBefore(page, each, ran)),
    last.message === error ? null : folded(page, "The traceback as it is", [codeOf(page, "Traceback", tracebackMarked(page, error))]),
  ]);
}

/** The service's words tell as little as that a statement was, also of a task in Python. */
function cancelledText(detail) {
  return detail?.cancelled ? `It was ${detail.cancelled}. ` : `It was cancelled before it ended${detail ? "; nobody tells by whom" : ""}. `;
}

/** One exception: its message, the user's frames with the last call first, libraries folded. `ran` are
 *  the lines of the code that ran; of what is not among them the traceback's own line is shown. */
function raisedCard(page, { message, frames, folded: count, isTraceback = false }, ran, extra = "") {
  const own = frames.filter((frame) => !frame.library).reverse();
  const foreign = frames.filter((frame) => frame.library).reverse();
  return html(page, "div", { class: `sfdag-raised ${extra}` }, [
    ...messageParts(page, message, isTraceback ? Infinity : MESSAGE_LETTERS),
    ...own.flatMap((frame) => drawnFrame(page, frame, ran)),
    ...(count ? [folded(page, count, foreign.flatMap((frame) => drawnFrame(page, frame, [])))] : []),
  ]);
}

/** So much of a message stands above the line that raised it; one that quotes a document or a statement would hide that line. */
const MESSAGE_LETTERS = 300;
const MESSAGE_LINES = 8;

function messageParts(page, message, most) {
  const begin = message.split("\n").slice(0, most === Infinity ? most : MESSAGE_LINES).join("\n").slice(0, most);
  const said = (text) => html(page, "p", { class: "sfdag-message", text });
  return begin.length === message.length ? [said(message)] : [said(`${begin} …`), folded(page, "The whole message", [said(message)])];
}

function raisedBefore(page, raised, ran) {
  return folded(page, `It came from ${raised.message.split("\n")[0]}`, [raisedCard(page, raised, ran)]);
}

function drawnFrame(page, { place, code }, ran) {
  const lines = code ? linesAround(place, code, ran) : [];
  return [html(page, "p", { class: "sfdag-place", text: place }), ...(lines.length ? [codeLines(page, lines, place)] : [])];
}

/** A cell without its number: of one that has changed in part, an error and the code have different ones. */
function unnumbered(place = "") {
  return place.replace(/^Cell \[\d+\](?= )/, "Cell");
}

const BEFORE = 2;
const AFTER = 1;

/** The failing line with its number and what Python marked in it, as from where to where, and the lines around it. Where
 *  they are not known, the traceback's own lines. */
function linesAround(place, code, ran) {
  const found = /^([^]*), line (\d{1,9})(?:, in [^,]*)?$/.exec(place);
  const number = Number(found?.[2]);
  const own = ran.filter((line) => unnumbered(line[3]) === unnumbered(found?.[1]) && line[1] >= number - BEFORE && line[1] <= number + AFTER);
  const failing = own.find((line) => line[1] === number);
  const [text, ...below] = code.split("\n");
  const marking = below.length === 1 ? markedSpan(below[0]) : null;
  const span = (shift) => marking?.map((at) => at + shift);
  if (!failing || failing[2].trim() !== text.trim()) {
    return [["!", found ? number : "", text, place, span(0)], ...(marking ? [] : below.map((each) => ["^", "", each]))];
  }
  // Python moves a line to the left before it marks it.
  const indent = failing[2].length - failing[2].trimStart().length - (text.length - text.trimStart().length);
  const failed = ["!", ...failing.slice(1, 4), span(Math.max(indent, 0))];
  return own.flatMap((line) => (line === failing ? [failed, ...(marking ? [] : below.map((each) => ["^", "", each]))] : [[" ", ...line.slice(1)]]));
}

/** Text that is broken where it is too long; whoever goes through it by keys has the notebook's keys kept off. */
function codeOf(page, says, parts) {
  return html(page, "pre", { class: "sfdag-code", tabindex: "0", role: "group", "aria-label": says,
    "data-lm-suppress-shortcuts": "true" }, parts);
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
