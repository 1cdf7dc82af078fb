// What each line of text, badge and sign of a view has to do with what is around it and beside it, as it is seen.

/** What stands above all others on purpose, a menu or a map, and what is only read aloud. */
const APART = ".sfdag-menu, .sfdag-minimap, .sfdag-unseen, title, [hidden], option";
const ELIDED = ".sfdag-elided[title], [title] > .sfdag-elided, input, select";
const known = new Map();

/** What an element does with what is in it: cuts it, in which direction, or lets it be scrolled. */
function of(e) {
  if (known.has(e)) return known.get(e);
  const style = getComputedStyle(e);
  const above = e.parentElement?.closest(".sfdag") ? of(e.parentElement) : null;
  const isFrame = e.matches(".sfdag-frame");  // dragged in both directions
  const isElided = e.matches(ELIDED) || style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
  const which = (has) => ["X", "Y"].filter((axis) => isFrame || has(style[`overflow${axis}`]));
  known.set(e, { above, box: e.getBoundingClientRect(),
    cuts: which((overflow) => overflow !== "visible"),
    scrolls: which((overflow) => overflow === "auto" || overflow === "scroll"),
    isApart: e.matches(APART) || Boolean(above?.isApart),
    isElided: isElided || Boolean(above?.isElided),
    floats: ["sticky", "fixed"].includes(style.position) || Boolean(above?.floats) });
  return known.get(e);
}

function around(e) {
  const all = [];
  for (let at = of(e); at; at = at.above) all.push(at);
  return all;
}

function isSeen(e) {
  return !of(e).isApart && e.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true, opacityProperty: true });
}

/** The space at the end of a line that goes on below: it is no letter. */
const SPACE_PX = 8;

/** Of a line of text, what its letters take of its height. */
function lettersOf({ left, right, top, bottom, height }) {
  return { left, right: Math.max(left, right - SPACE_PX), top: top + height * 0.2, bottom: bottom - height * 0.2 };
}

/** `{ e, what, rect }` of all that is seen. */
function atoms() {
  const found = [];
  const walker = document.createTreeWalker(document.querySelector(".sfdag"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const e = node.parentElement;
    if (!node.data.trim() || !isSeen(e)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      if (rect.width > 0.5 && rect.height > 0.5) found.push({ e, what: node.data.trim().slice(0, 40), rect: lettersOf(rect) });
    }
  }
  for (const e of document.querySelectorAll(".sfdag :is(.sfdag-pill > rect, .sfdag-letter, .sfdag-glyph)")) {
    if (isSeen(e)) found.push({ e, what: `${e.getAttribute("class") ?? "badge"} of ${e.parentElement.textContent}`, rect: e.getBoundingClientRect() });
  }
  return found;
}

/** What is cut off by what is around it, though nobody can scroll there and it does not end in "…". */
function hidden() {
  const isOut = (axis, rect, box) => (axis === "X" ? rect.left < box.left - 1 || rect.right > box.right + 1
    : rect.top < box.top - 1 || rect.bottom > box.bottom + 1);
  const isHidden = (e, rect) => {
    const free = new Set();
    return around(e).some(({ cuts, scrolls, box }) => {
      scrolls.forEach((axis) => free.add(axis));
      return cuts.some((axis) => !free.has(axis) && isOut(axis, rect, box));
    });
  };
  return atoms().filter(({ e, rect }) => !of(e).isElided && isHidden(e, rect)).map(({ e, what }) => `${what} in ${e.getAttribute("class") ?? e.tagName}`);
}

/** The part of it that its surroundings show. */
function shown(atom) {
  let { left, top, right, bottom } = atom.rect;
  for (const { cuts, box } of around(atom.e)) {
    if (cuts.includes("X")) [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
    if (cuts.includes("Y")) [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
  }
  return { ...atom, left, top, right, bottom };
}

/** Two of them over each other, though neither is in the other; below a head that stays others pass. */
function overEachOther() {
  const all = atoms().map(shown).filter(({ left, top, right, bottom }) => right - left > 1 && bottom - top > 1).sort((a, b) => a.top - b.top);
  const found = [];
  all.forEach((one, at) => {
    for (let next = at + 1; next < all.length && all[next].top < one.bottom - 1; next += 1) {
      const other = all[next];
      if (other.left >= one.right - 1 || one.left >= other.right - 1 || of(one.e).floats !== of(other.e).floats) continue;
      const [a, b] = [one, other].map(({ e }) => e.closest(".sfdag-pill") ?? e);
      if (!a.contains(b) && !b.contains(a)) found.push(`${one.what} | ${other.what}`);
    }
  });
  return found;
}

/** The points along the tip of each arrow, as rectangles. */
function tips() {
  return [...document.querySelectorAll(".sfdag-picture path.sfdag-edge[d]")].flatMap((path) => {
    const { a, d, e, f } = path.getScreenCTM();
    const length = path.getTotalLength();
    const [end, before] = [length, length - 1].map((at) => path.getPointAtLength(at));
    return [0, 3.5, 7].map((at) => {
      const [x, y] = [(end.x + (end.x - before.x) * at) * a + e, (end.y + (end.y - before.y) * at) * d + f];
      return { left: x, right: x, top: y, bottom: y };
    });
  });
}

/** Badges of a picture that touch what is not theirs, a box, another badge, a tip, or a text of their own box, of which a pill keeps some
 *  distance; and those that say nothing. */
function badges() {
  const meets = (a, b, by) => a.left < b.right + by && b.left < a.right + by && a.top < b.bottom + by && b.top < a.bottom + by;
  const all = [...document.querySelectorAll(".sfdag-picture .sfdag-pill > :first-child")].filter((e) => e.checkVisibility());
  const ends = all.length ? tips() : [];
  const near = [...document.querySelectorAll("[data-task] > .sfdag-box:not(.sfdag-double)"), ...all]
    .map((e) => ({ task: e.closest("[data-task]"), rect: e.getBoundingClientRect() }));
  return all.flatMap((badge) => {
    const own = badge.closest("[data-task]");
    const rect = badge.getBoundingClientRect();
    const others = near.filter((each) => each.task !== own && meets(rect, each.rect, 1));
    const texts = [...own.querySelectorAll(":scope > text")].filter((e) => e.textContent && e.checkVisibility()
      && meets(rect, lettersOf(e.getBoundingClientRect()), own.querySelector(".sfdag-tile") ? 0 : 2));
    return [...others.map(({ task }) => task.dataset.task), ...ends.filter((tip) => meets(rect, tip, 1)).map(() => "a tip"),
      ...texts.map((e) => e.textContent), ...(badge.parentElement.textContent.trim() ? [] : ["says nothing"])].map((what) => `${own.dataset.task}: ${what}`);
  });
}

/** Rows that a frame cuts at its lower edge as it is opened; what goes on there is said by a shadow. */
function cutRows() {
  return [...document.querySelectorAll(".sfdag :is(.sfdag-timeline, .sfdag-tasks > .sfdag-table-frame, .sfdag-grid-frame)")].flatMap((frame) => {
    const edge = frame.getBoundingClientRect().top + frame.clientHeight;
    if (frame.scrollTop || !frame.clientHeight) return [];
    return [...frame.querySelectorAll("[role=row]")].map((row) => row.getBoundingClientRect())
      .filter(({ top, bottom }) => top < edge - 1 && bottom > edge + 2).map(({ top }) => `${frame.className}: a row at ${top} of ${edge}`);
  });
}
