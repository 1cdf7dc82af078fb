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

/** What somebody edits, selects or presses with, also with Ctrl: never for who is around the view. */
const EDITING = new Set(["a", "c", "v", "x", "y", "z", "V", "Z", "Enter", " ", "Tab", "Backspace", "Delete", "Home", "End",
  "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

/** Whether a key is for who is around the view, as Ctrl+S is. In a field Alt, and AltGr with it, types. */
function isForAround(event, target = event.target) {
  const isTyped = Boolean(target.closest?.("input, textarea, select"));
  const isChord = isTyped ? (event.ctrlKey || event.metaKey) && !event.altKey : event.ctrlKey || event.metaKey || event.altKey;
  return isChord && !EDITING.has(event.key);
}

const KEPT_OFF = "data-lm-suppress-shortcuts";

/** JupyterLab takes no key from below an element with the mark that keeps its shortcuts off: such keys find none on their way. */
function letThrough(page, root) {
  let marked = [];
  const markAgain = () => {
    for (const each of marked.splice(0)) each.setAttribute(KEPT_OFF, "true");
  };
  page.doc.defaultView.addEventListener("keydown", (event) => {
    markAgain();  // the next key may come before what is to happen after this one
    const way = event.composedPath();
    if (!root.contains(way[0]) || !isForAround(event, way[0])) return;
    marked = way.filter((each) => each.hasAttribute?.(KEPT_OFF));
    for (const each of marked) each.removeAttribute(KEPT_OFF);
    setTimeout(markAgain);
  }, { capture: true, signal: page.signal });
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

/** The keys go to what is around the view: the nearest that takes them, a notebook in its command mode. Where nothing does, the view
 *  itself keeps the focus: from the page's body the next Tab would begin at its top. */
function giveBack(root) {
  for (let around = outOf(root); around; around = outOf(around)) {
    if (!around.hasAttribute("tabindex")) continue;
    around.focus({ preventScroll: true });
    if (around.getRootNode().activeElement === around) return;
  }
  root.focus({ preventScroll: true });
}

/** What an element stands in, out of a shadow root as well. */
function outOf(element) {
  return element.parentElement ?? element.getRootNode().host ?? null;
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
      || done(() => giveBack(root))(),
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
