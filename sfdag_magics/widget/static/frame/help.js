// The keys, as `?` lists them.

const HELP = [
  ["← ↑ → ↓", "go to the task in that direction"],
  ["Enter, Space", "open the task's details"],
  ["x, Shift + click", "select one more task: several stand beside each other"],
  ["/", "find a task; Enter goes to the next that is found"],
  ["n, p", "next, previous failed task"],
  ["f", "fold or unfold the group of a large graph that has the focus"],
  ["+ − 0", "zoom in, out, to natural size"],
  ["Ctrl/⌘ + wheel", "zoom"],
  ["Esc", "close, then give the keys back to the notebook"],
];

/** What `?` shows. */
function helpOf(page, onOpen) {
  const rows = HELP.flatMap(([keys, says]) => [
    html(page, "dt", {}, [html(page, "kbd", { text: keys })]), html(page, "dd", { text: says }),
  ]);
  const shut = button(page, "Close", { class: "sfdag-button sfdag-quiet" });
  const element = html(page, "section", { class: "sfdag-help", "aria-label": "Keys", hidden: "" },
    [html(page, "dl", {}, rows), shut]);
  const close = () => {
    const wasOpen = !element.hidden;
    element.hidden = true;
    return wasOpen;
  };
  const toggle = () => {
    if (element.hidden) onOpen();
    element.hidden = !element.hidden;
  };
  onClick(page, shut, close);
  return { element, close, toggle };
}

function helpButton(page, help) {
  return iconButton(page, "help", "", "Keys", help.toggle, "sfdag-quiet");
}
