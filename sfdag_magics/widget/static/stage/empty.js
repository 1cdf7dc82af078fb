// A graph without a task.

/** What stands where the graph would, when there is none. */
function emptyGraph(page) {
  const lines = ["%%sftask", "def hello() -> str:", "    return 'hello'"];
  return html(page, "div", { class: "sfdag-empty" }, [
    html(page, "p", { text: "No tasks yet. Run a cell such as this one, then %sfdag show:" }),
    html(page, "pre", { text: lines.join("\n") }),
    copyingButton(page, () => lines.join("\n")),
  ]);
}
