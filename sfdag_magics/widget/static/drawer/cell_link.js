// The way from a place in words, `Cell [7] train, line 12`, to that line in the notebook around the view.

const PLACE = /^Cell \[(\d{1,9})\](?: ([^]*))?, line (\d{1,9})$/;
const MARKED_MS = 3000;

/** A button that shows the place; where the view stands in no notebook of Jupyter's, its words alone. */
function placeLink(page, notebook, place) {
  const found = PLACE.exec(place);
  if (!found || !notebook) return isolated(place);
  const link = button(page, place, { class: "sfdag-place-link", title: "Show the line", "data-place": place });
  const [number, task, line] = found.slice(1);
  nameAsNow(link, notebook);
  return onClick(page, link, () => {
    const { cell, isSame } = cellOf(notebook, number, task);
    if (!cell) link.title = link.textContent = `${place} (out of sight)`;
    else offerWayBack(page, cell, showLine(page, cell, Number(line), isSame), link);
  });
}

/** Gives all places in a part of a view the numbers that their cells have by now. */
function nameCellsAsNow(part) {
  const notebook = part.closest(".jp-Notebook");
  for (const link of notebook ? part.querySelectorAll("[data-place]") : []) nameAsNow(link, notebook);
}

/** A cell that was run again is called by its number of now; the one of then is what a traceback says. */
function nameAsNow(link, notebook) {
  const { place } = link.dataset;
  const [, number, task] = PLACE.exec(place);
  const { cell, isSame } = cellOf(notebook, number, task);
  const now = cell && !isSame ? /^\[(\d+)\]:$/.exec(promptOf(cell))?.[1] : null;
  if (!now) return;
  put(link, `${place.replace(/\d+/, now)} (then [${number}])`);
  link.title = "The cell was run again since: the line may be another";
}

function promptOf(cell) {
  return cell.querySelector(".jp-InputPrompt")?.textContent.trim() ?? "";
}

/** The cell that was run with this number; where it was run again since, also in vain, the one that makes the task. A number of an
 *  earlier kernel may be another cell's by now. */
function cellOf(notebook, number, task) {
  const cells = [...notebook.querySelectorAll(".jp-CodeCell")];
  const isNumbered = (cell) => promptOf(cell) === `[${number}]:`;
  const making = task ? cells.filter((cell) => makes(cell, task)) : [];
  const same = (making.length ? making : cells).find(isNumbered);
  return { cell: same ?? making[0] ?? null, isSame: Boolean(same) };
}

/** Whether a cell's lines make a task: its magic names it, or, without a name there, a function does. */
function makes(cell, task) {
  const lines = [...cell.querySelectorAll(".cm-line")].map((line) => line.textContent);
  const [name] = lines.flatMap((line) => /^%%sftask(?:\s+([^\s-]\S*))?/.exec(line)?.slice(1) ?? []);
  if (name) return name.toLowerCase() === task.toLowerCase();
  return lines.some((line) => /^(?:async\s+)?def\s+(\w+)/.exec(line)?.[1] === task);
}

/** What the page cannot read a cell's text through: lines that are not drawn, or are drawn as something else. */
const UNREAD = ".cm-gap, .cm-foldPlaceholder, .cm-specialChar, [class*='GhostText']";

/** Whether a task's cell has another text now than when it was run; null where that cannot be seen. Of a cell with a magic all
 *  below it counts, of another one the task's own lines. */
function isCellEdited(notebook, place, text) {
  const found = PLACE.exec(place);
  const cell = found && notebook ? cellOf(notebook, found[1], found[2]).cell : null;
  const lines = cell && !cell.querySelector(UNREAD) ? [...cell.querySelectorAll(".cm-line")].map((line) => line.textContent) : [];
  if (!lines.length) return null;
  const ran = bareText(text);
  const magic = lines.findIndex((line) => line.startsWith("%%sftask"));
  if (magic < 0) return !bareText(lines.join("\n")).includes(ran);
  let first = magic;
  while (lines[first]?.trimEnd().endsWith("\\")) first += 1;
  const now = bareText(lines.slice(first + 1).join("\n"));
  return !now.startsWith(ran) || !LEFT_OUT.test(now.slice(ran.length));
}

/** By what it is seen that a task's cell was edited or run: its number, and whether it has another text. */
function cellSign(notebook, { place, text }) {
  const found = PLACE.exec(place);
  const cell = found && notebook ? cellOf(notebook, found[1], found[2]).cell : null;
  return [cell && promptOf(cell), isCellEdited(notebook, place, text)];
}

/** What a task's SQL is kept without, at its end. */
const LEFT_OUT = /^(?:[;\s]|(?:--|\/\/)[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*$/;

/** Without space at its ends and at those of its lines. */
function bareText(text) {
  return text.split("\n").map((line) => line.trimEnd()).join("\n").trim();
}

/** Makes the cell the active one, in edit mode, with the cursor on the line: its editor follows what is selected in it. */
function enterLine(page, cell, line) {
  const editor = cell.querySelector(".cm-content");
  if (!editor?.contains(line)) return;
  editor.focus({ preventScroll: true });
  page.doc.getSelection().collapse(line, 0);
}

/** The way back from a line to what led there: a link beside it, and a key in that cell. */
const BACK_KEY = "Alt+Shift+G";
const BACK = "sfdag-back";

/** Stands there until it is taken, or another line is gone to, or the view is gone. Its style is its own: that of a view ends
 *  at its root. */
function offerWayBack(page, cell, line, link) {
  page.doc.querySelector(`.${BACK}`)?.remove();
  const way = html(page, "button", { type: "button", class: BACK, text: "↩ Back to the graph", title: BACK_KEY,
    style: "position: absolute; right: 8px; z-index: 3; padding: 3px 10px; border: 1px solid #0362A7; border-radius: 12px;"
      + " background: #FFFFFF; color: #0362A7; font: 600 12px/1.4 system-ui, sans-serif; cursor: pointer" });
  way.style.top = `${Math.max(0, line.getBoundingClientRect().bottom - cell.getBoundingClientRect().top) + 4}px`;  // below it: it covers none of its code
  const taken = new AbortController();
  const view = link.closest(".sfdag");  // the link itself may be gone by then: the line it led to was mended
  const leave = () => {
    way.remove();
    taken.abort();
  };
  const go = () => {
    leave();
    view?.scrollIntoView({ block: "nearest" });
    (link.isConnected ? link : view)?.focus({ preventScroll: true });
  };
  way.addEventListener("click", go, { signal: taken.signal });
  cell.addEventListener("keydown", (event) => {
    if (!way.isConnected || !event.altKey || !event.shiftKey || event.code !== "KeyG") return;
    event.preventDefault();
    event.stopPropagation();
    go();
  }, { signal: taken.signal, capture: true });
  page.signal.addEventListener("abort", leave, { signal: taken.signal });
  cell.append(way);
}

/** Brings a line to the middle and marks it for a while, or its cell where it is not known to be the same line, and answers with
 *  it; the host's elements stay as they are. */
function showLine(page, cell, number, isSame) {
  const lines = cell.querySelectorAll(".cm-line");
  const line = lines[number - 1] ?? lines[0] ?? cell;
  const isCalm = page.doc.defaultView.matchMedia("(prefers-reduced-motion: reduce)").matches;
  line.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
  setTimeout(() => enterLine(page, cell, line));  // after the click, which gives the view the focus
  (isSame ? line : cell).animate([{ backgroundColor: "#FBE7B2", color: "#1F2328" }, { backgroundColor: "#FBE7B2", color: "#1F2328", offset: 0.9 }, {}],
    { duration: MARKED_MS });
  return line;
}
