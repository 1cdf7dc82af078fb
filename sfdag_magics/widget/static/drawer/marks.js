// What Python marked in a line of code, by `^` in a line of its own below: underlined here, or with a line that
// is broken the marks would stand under other letters.

const MARKING = /^ *([~^]+) *$/;
/** A traceback's code, and what it marked there, begin so far in. */
const WITHIN = "    ";

/** From where to where a line marks the one above it; null where it is none that does. */
function markedSpan(below) {
  const marking = MARKING.exec(below);
  if (!marking) return null;
  const from = below.indexOf(marking[1]);
  return [from, from + marking[1].length];
}

/** A text with what stands from one place to another marked; `shown` are the parts of the rest. */
function spanMarked(page, text, span, shown = (part) => [part]) {
  if (!span) return shown(text);
  const [from, to] = span;
  return [...shown(text.slice(0, from)), html(page, "mark", { class: "sfdag-code-culprit" }, shown(text.slice(from, to))), ...shown(text.slice(to))];
}

/** A text that may have a traceback in it, with what is marked there underlined; `shown` as above. */
function tracebackMarked(page, text, shown) {
  const lines = text.split("\n");
  const isCode = (line = "") => line.startsWith(WITHIN) && line.trim() !== "";
  const spans = lines.map((line, at) => (isCode(line) && isCode(lines[at + 1]) ? markedSpan(lines[at + 1]) : null));
  return lines.flatMap((line, at) => (spans[at - 1] ? [] : [at ? "\n" : "", ...spanMarked(page, line, spans[at], shown)]));
}
