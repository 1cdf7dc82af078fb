// The lines of a log: drawn, followed at their end, and what is sought in them marked and brought in sight.

const END_PX = 8;
const FOUND = "mark:not(.sfdag-code-culprit)";
const HIT = "sfdag-hit";

/** The lines; `show` keeps those that stand there already, and the end in sight where it was. Where another text is sought, the first
 *  line that has it comes in sight. A null among them stands between lines from before and the last ones. */
function linesOf(page) {
  const element = html(page, "div", { class: "sfdag-logs", tabindex: "0", "data-lm-suppress-shortcuts": "true",
    role: "log", "aria-live": "off", "aria-label": "Logs" });
  let keys = [];
  let shown = "";
  let isFollowing = true;
  const log = { element, onScroll: () => {}, unread: 0, isFollowing: () => isFollowing };
  const isAtEnd = () => element.scrollTop + element.clientHeight >= element.scrollHeight - END_PX;
  let hit = null;
  const hits = () => [...new Set([...element.querySelectorAll(FOUND)].map((found) => found.closest(".sfdag-line")))];
  /** False where there is none. */
  const toHit = (line = null) => {
    hit?.classList.remove(HIT);
    hit = line;
    if (!line) return false;
    line.classList.add(HIT);
    element.scrollTop += line.querySelector(FOUND).getBoundingClientRect().top - element.getBoundingClientRect().top - element.clientHeight / 3;
    return true;
  };
  const toEnd = () => { element.scrollTop = element.scrollHeight; };
  /** To the next line that has what is sought, or the one before; behind the last comes the first. */
  log.step = (by) => {
    const all = hits();
    const at = all.indexOf(hit);
    toHit(at < 0 ? all.at(by < 0 ? -1 : 0) : all[(at + by + all.length) % all.length]);
    isFollowing = isAtEnd();
  };
  /** Which of the lines that have it was gone to, from 0, and how many are here; -1 for none. */
  log.hit = () => {
    const all = hits();
    return { at: all.indexOf(hit), here: all.length };
  };
  log.follow = (wanted) => {
    isFollowing = wanted;
    if (!wanted) return;
    log.unread = 0;
    toEnd();
  };
  element.addEventListener("scroll", () => {
    if (isAtEnd() === isFollowing) return;
    log.follow(isAtEnd());
    log.onScroll();
  }, { signal: page.signal, passive: true });
  log.show = (lines, { about, text, isAll, now }) => {
    element.hidden = !lines.length;
    const key = JSON.stringify([about, text]);
    const wanted = lines.map((line) => JSON.stringify(line));
    const [before, sought] = JSON.parse(shown || "[]");
    const [isOther, isSought, isLeft] = [about !== before, Boolean(text) && text !== sought, !text && Boolean(sought)];
    if (key !== shown) keys = [];
    if (isOther || isLeft) log.follow(true);
    if (key === shown && wanted.length === keys.length && wanted.every((each, number) => each === keys[number])) return;
    const kept = key === shown ? overlap(keys, wanted) : 0;
    const [known, top] = [new Set(keys), element.scrollTop];
    if (!kept) element.replaceChildren();
    else for (let gone = keys.length - kept; gone > 0; gone -= 1) element.firstChild.remove();
    element.append(...lines.slice(kept).map((line) => lineOf(page, line, text, isAll, now)));
    if (!isFollowing && keys.length) log.unread += wanted.filter((each) => !known.has(each)).length;
    [keys, shown] = [wanted, key];
    if (isSought && !isOther && toHit(hits()[0])) isFollowing = isAtEnd();
    else if (isFollowing) toEnd();
    else if (!kept) element.scrollTop = top;
  };
  return log;
}

/** How many of the old lines, its last ones, are the first of the new. */
function overlap(before, after) {
  const start = before.indexOf(after[0]);
  if (start < 0) return 0;
  const kept = before.length - start;
  return kept <= after.length && before.slice(start).every((each, number) => each === after[number]) ? kept : 0;
}

function lineOf(page, line, wanted, isAll, now) {
  if (!line) return html(page, "div", { class: "sfdag-line-gap", text: "Above: earlier lines that have it. Below: the last lines." });
  const [moment, level, task, text] = line;
  const word = String(level).toLowerCase();
  return html(page, "div", { class: `sfdag-line${/^[a-z]+$/.test(word) ? ` sfdag-level-${word}` : ""}` }, [
    html(page, "span", { class: "sfdag-line-time", text: clockText(moment, now).replace(" UTC", "") }), " ",
    html(page, "span", { class: "sfdag-line-level", text: level }), " ",
    ...(isAll ? [html(page, "span", { class: "sfdag-line-task", text: task }), " "] : []),
    html(page, "span", { class: "sfdag-line-text" }, tracebackMarked(page, text, (part) => marked(page, part, wanted))), "\n",
  ]);
}

/** A text with what is searched in it marked, in whatever case. */
function marked(page, text, wanted) {
  const parts = [];
  const [low, sought] = [text.toLowerCase(), wanted.toLowerCase()];
  let from = 0;
  // Of a few letters, another case is longer: positions would not be the text's own.
  while (sought && low.length === text.length) {
    const at = low.indexOf(sought, from);
    if (at < 0) break;
    parts.push(text.slice(from, at), html(page, "mark", { text: text.slice(at, at + sought.length) }));
    from = at + sought.length;
  }
  return [...parts, text.slice(from)];
}
