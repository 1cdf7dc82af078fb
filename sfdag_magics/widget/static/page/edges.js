// Where a frame of rows goes on: that edge is in shadow, as the picture's is, and the last row that is seen at first is a whole one.

/** `frame` is scrolled and has rows of a height, from where `rowsOf()` begins; the answer brings it up to date when they are others. */
function wholeRows(page, frame, rowPx, rowsOf) {
  let isDue = false;
  const look = () => {
    isDue = false;
    if (!frame.clientHeight) return;
    const left = parseFloat(frame.style.marginBottom) || 0;
    const [seen, all] = [frame.clientHeight + left, frame.scrollHeight];
    const above = rowsOf() ? rowsOf().getBoundingClientRect().top - frame.getBoundingClientRect().top + frame.scrollTop : 0;
    const rest = all > seen + 1 && seen > above + rowPx ? Math.floor((seen - above) % rowPx) : 0;
    if (rest !== left) frame.style.marginBottom = `${rest}px`;
    showEdges(frame, 1);
  };
  const soon = () => {
    if (isDue) return;
    isDue = true;
    page.doc.defaultView.requestAnimationFrame(look);
  };
  watchWidth(page, frame, soon);
  frame.addEventListener("scroll", soon, { signal: page.signal, passive: true });
  return soon;
}

/** Marks the edges beyond which a frame has more than `least` pixels. */
function showEdges(frame, least, { width = frame.scrollWidth, height = frame.scrollHeight } = {}) {
  const { scrollLeft, scrollTop, clientWidth, clientHeight } = frame;
  frame.toggleAttribute("data-more-left", scrollLeft > least);
  frame.toggleAttribute("data-more-right", scrollLeft + clientWidth < width - least);
  frame.toggleAttribute("data-more-above", scrollTop > least);
  frame.toggleAttribute("data-more-below", scrollTop + clientHeight < height - least);
}
