// A graph without a task.

/** What stands where the graph would, when there is none. */
function emptyGraph(page, { first: [says, code] }) {
  return html(page, "div", { class: "sfdag-empty" }, [
    html(page, "p", { text: `No tasks yet. ${says}` }),
    html(page, "pre", { text: code }),
    copyingButton(page, () => code),
  ]);
}
