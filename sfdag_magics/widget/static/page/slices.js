// Work on many like elements, a little at a time: the page answers a key or a click in between.

/** So many are done at once: what is seen first, and all of a graph that is not large. */
const AT_ONCE = 100;
const SLICE_MS = 8;

/** Calls `work(item)` for each of `items` in their order: the first `atOnce` at once, the others in slices.
 *  `finish()` does all that is left now, `leave()` none of it any more. */
function inSlices(page, items, work, atOnce = AT_ONCE) {
  let at = 0;
  let timer = 0;
  const view = page.doc.defaultView;
  const advance = (isEnough) => {
    while (at < items.length && !isEnough()) work(items[at++]);
  };
  const slice = () => {
    const until = view.performance.now() + SLICE_MS;
    advance(() => view.performance.now() >= until);
    timer = at < items.length ? view.setTimeout(slice) : 0;
  };
  const leave = () => {
    view.clearTimeout(timer);
    at = items.length;
  };
  const finish = () => {
    view.clearTimeout(timer);
    advance(() => false);
  };
  advance(() => at >= atOnce);
  if (at < items.length) timer = view.setTimeout(slice);
  page.signal.addEventListener("abort", leave);
  return { finish, leave };
}
