// The keys, as `?` lists them.

const HELP = [
  ["Tab", "go on: from a task to the details beside it, and to every button"],
  ["← ↑ → ↓", "go to the task in that direction; along the tabs, which change with it, and runs; on the edge of the details, their width"],
  ["Home, End", "go to the first, to the last of tabs and runs"],
  ["Enter, Space", "open the task's details, show the run; on the tab Runs, pick two to compare"],
  ["Enter on Run…, Retry…, Stop…", "opens what asks first: no key alone starts or stops anything"],
  ["x, Shift + click", "select one more task: several stand beside each other"],
  ["Shift + click, Shift + Enter on the strip", "compare that run with the one that is shown"],
  ["/", "find a task; Enter marks the next that is found"],
  [BACK_KEY, "from the line of a cell that was gone to, back to the graph"],
  ["n, p", "next, previous failed task"],
  ["f", "fold or unfold the group of a large graph that has the focus; a group's row opens with → and folds with ← as well"],
  ["+ − 0", "zoom in, out, to natural size"],
  ["Ctrl/⌘ + wheel", "zoom"],
  ["Esc", "close what is open or go back, then give the keys to the notebook"],
];

/** What `?` shows. */
function helpOf(page, onOpen) {
  const rows = HELP.flatMap(([keys, says]) => [
    html(page, "dt", {}, [html(page, "kbd", { text: keys })]), html(page, "dd", { text: says }),
  ]);
  const shut = button(page, "Close", { class: "sfdag-button sfdag-quiet" });
  const element = html(page, "section", { class: "sfdag-help", "aria-label": "Keys", hidden: "" },
    [html(page, "dl", {}, rows), shut]);
  const opener = iconButton(page, "help", "", "Keys", () => toggle(), "sfdag-quiet");
  let back = null;
  const show = (isOpen) => {
    element.hidden = !isOpen;
    opener.setAttribute("aria-expanded", isOpen);
  };
  const close = () => {
    if (element.hidden) return false;
    const had = element.contains(element.getRootNode().activeElement);
    show(false);
    if (had) back?.focus({ preventScroll: true });
    return true;
  };
  const toggle = () => {
    if (close()) return;
    onOpen();
    back = element.getRootNode().activeElement;
    show(true);
    shut.focus({ preventScroll: true });
    element.querySelector("dt").scrollIntoView({ block: "nearest" });  // what it begins with, wherever its opener stood
  };
  onClick(page, shut, close);
  show(false);
  return { element, opener, close, toggle };
}
