// Rows whose insides are made when they come into sight: of a thousand, thirty are seen.

/** So many rows have their insides at once: what is seen first. */
const IN_SIGHT = 30;

/** Has `row.fill()` called for each of `rowsOf()` (of `{ element, fill }`) in `element` that comes into sight. The
 *  rows' style must let those be skipped that are not: `content-visibility: auto`. */
function fillSeen(page, element, rowsOf) {
  element.addEventListener("contentvisibilityautostatechange", (event) => {
    if (event.skipped) return;
    for (const row of rowsOf()) if (row.element === event.target) row.fill();
  }, { signal: page.signal, capture: true });
}

/** Whether the row at this place is filled at once; where nobody tells what is seen, each. */
function isFirst(page, at) {
  return at < IN_SIGHT || !("oncontentvisibilityautostatechange" in page.doc.body);
}
