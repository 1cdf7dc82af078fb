// Rows whose insides are made when they come into sight: of a thousand, thirty are seen.

/** So many rows are laid out, or skipped, together: the browser watches each block, and a thousand rows were too many. */
const IN_BLOCK = 10;
/** So many rows have their insides at once: what is seen first. */
const IN_SIGHT = 30;

/** Rows of `{ element, fill }` in blocks of `parent`, which `makeBlock()` makes; `row.fill()` is called for those that come
 *  into sight. A block's style must let it be skipped while it is not (`content-visibility: auto`), with room for `--rows`. */
function rowBlocks(page, parent, makeBlock) {
  const blocks = [];
  let there = [];
  parent.addEventListener("contentvisibilityautostatechange", (event) => {
    const block = blocks.find(({ element }) => element === event.target);
    if (!block) return;
    block.isSeen = !event.skipped;
    fillIn(block);
  }, { signal: page.signal, capture: true });
  const fillIn = (block) => block.isSeen && block.rows.forEach((row) => row.fill());
  const isTold = "oncontentvisibilityautostatechange" in page.doc.body;
  const blockAt = (at) => {
    if (!blocks[at]) {
      blocks[at] = { element: makeBlock(), rows: [], isSeen: at * IN_BLOCK < IN_SIGHT || !isTold };
      parent.append(blocks[at].element);
    }
    return blocks[at];
  };
  const hold = (block, rows) => {
    block.rows = rows;
    block.element.style.setProperty("--rows", rows.length);
    fillIn(block);
  };
  /** These rows in this order and no others; the focus stays where it is, though what has it may move. */
  const put = (rows) => {
    if (rows.length === there.length && rows.every((row, at) => row === there[at])) return;
    const focused = parent.getRootNode().activeElement;
    there = [...rows];
    const count = Math.ceil(rows.length / IN_BLOCK);
    for (const { element } of blocks.splice(count)) element.remove();
    for (let at = 0; at < count; at += 1) {
      const block = blockAt(at);
      hold(block, rows.slice(at * IN_BLOCK, (at + 1) * IN_BLOCK));
      putInOrder(block.element, block.rows.map((row) => row.element));
    }
    if (parent.contains(focused)) focused.focus({ preventScroll: true });
  };
  /** One more after those that are there. */
  const add = (row) => {
    const block = blockAt(Math.floor(there.length / IN_BLOCK));
    there.push(row);
    block.element.append(row.element);
    hold(block, [...block.rows, row]);
  };
  return { put, add };
}
