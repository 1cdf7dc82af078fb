// Sizes of elements, as they change.

/** What the drawer takes of the width when it stands beside the graph, at least and as its share of it, and up to which
 *  width of the view it stands below. */
const DRAWER_PX = 452;
const DRAWER_LEAST_PX = 360;
const DRAWER_SHARE = 0.46;
const BELOW_PX = 820;

/** The drawer's width in a view that wide, beside a graph that wide; 0 where it stands below. A graph in the middle that leaves it
 *  enough stays there. */
function drawerWidth(view, graph) {
  if (view <= BELOW_PX) return 0;
  const beside = (view - graph) / 2;
  if (beside >= DRAWER_LEAST_PX) return Math.round(Math.min(beside, DRAWER_PX));
  return Math.round(Math.min(Math.max(view - graph, DRAWER_LEAST_PX, DRAWER_SHARE * view), DRAWER_PX));
}

/** Calls `react` now and whenever the element's width changes. */
function watchWidth(page, element, react) {
  const watcher = new page.doc.defaultView.ResizeObserver(react);
  watcher.observe(element);
  page.signal.addEventListener("abort", () => watcher.disconnect());
}

/** Calls `react` as soon as the element has a size, and never again. */
function once(page, element, react) {
  const watcher = new page.doc.defaultView.ResizeObserver(() => {
    if (!element.clientWidth) return;
    watcher.disconnect();
    react();
  });
  watcher.observe(element);
  page.signal.addEventListener("abort", () => watcher.disconnect());
}
