// Sizes of elements, as they change.

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
