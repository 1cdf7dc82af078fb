// Keys, only while the view has the focus. No key starts anything: buttons ask first.

/** Keys of the whole view; `does` says what each of them does. */
function listenToKeys(root, does, signal) {
  root.addEventListener("click", () => {
    // Some hosts take the focus away on the way down, and with it the keys.
    if (!root.contains(root.getRootNode().activeElement)) root.focus({ preventScroll: true });
  }, { signal });
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (handled(event, does)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, { signal });
}

function handled(event, does) {
  if (event.key === "Escape") return does.escape();
  if (event.target.closest("input, textarea, select")) return false;
  const onTask = Boolean(event.target.closest("[data-index], [data-row]"));
  if (onTask && event.key.startsWith("Arrow")) return does.move(event.key);
  if (onTask && (event.key === "Enter" || event.key === " ")) return does.open();
  if (onTask && event.key === "x") return does.pick();
  const plain = { n: () => does.nextFailed(1), p: () => does.nextFailed(-1), "+": does.zoomIn,
    "=": does.zoomIn, "-": does.zoomOut, 0: does.reset, f: does.fold, "?": does.help, "/": does.search }[event.key];
  return plain ? plain() : false;
}

/** The next of some indexes after `current`, going round. */
function nextOf(indexes, current, step) {
  const at = indexes.indexOf(current);
  if (at < 0) return step > 0 ? indexes[0] : indexes[indexes.length - 1];
  return indexes[(at + step + indexes.length) % indexes.length];
}

/** What each of them does with the parts of the view. */
function keysOf(root, parts, told) {
  const done = (action) => () => { action(); return true; };
  const { sheet, drawer, help, tabs } = parts;
  const keys = (name) => () => {
    const action = tabs.current().keys[name];
    action?.();
    return Boolean(action);
  };
  return {
    escape: () => sheet.close() || help.close() || drawer.close() || tabs.current().keys.back?.() || parts.selecting.leave()
      || done(() => root.getRootNode().activeElement?.blur())(),
    move: (key) => done(() => tabs.current().keys.move(key))(),
    open: done(() => drawer.open(tabs.current().current())),
    pick: done(() => parts.selecting.pick(tabs.current().current())),
    nextFailed: (step) => done(() => {
      const failed = told.tasks().flatMap((task, index) => (task?.state === "failed" ? [index] : []));
      if (failed.length) tabs.current().focus(nextOf(failed, tabs.current().current(), step));
    })(),
    zoomIn: keys("zoomIn"),
    zoomOut: keys("zoomOut"),
    reset: keys("reset"),
    fold: keys("fold"),
    help: done(help.toggle),
    search: done(parts.search.focus),
  };
}
