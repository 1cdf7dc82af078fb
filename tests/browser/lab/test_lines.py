"""Printed lines that are wider than a window: JupyterLab breaks them, and we say where it may."""

#: The words of a cell's output that stand on more than one line.
BROKEN = """
cell => {
  const root = jupyterapp.shell.currentWidget.content.widgets[cell].outputArea.node;
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), found = [];
  for (let node; node = walk.nextNode();) {
    for (const word of node.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
      if (lines.size > 1) found.push(word[0]);
    }
  }
  return found;
}
"""
CELLS = [
    "print(*('x' * length for length in range(3, 40)))",
    "%load_ext sfdag_magics\n%sfdag help",
    "%sfdag graph g --warehouse 'a warehouse whose name has spaces in it'",
]
PRINTED, HELP, REFUSED = 0, 1, 2


def test_no_word_of_ours_is_broken(notebook, page):
    page.set_viewport_size({"width": 500, "height": 900})
    opened = notebook("lines.ipynb", *CELLS)
    opened.run(PRINTED)
    assert page.evaluate(BROKEN, PRINTED), "JupyterLab no longer breaks words by itself"
    opened.run(HELP)
    assert "Lists the verbs, or explains one." in " ".join(opened.output(HELP).split())
    assert page.evaluate(BROKEN, HELP) == []
    page.set_viewport_size({"width": 980, "height": 900})  # as beside a file browser at 1280
    opened.run(REFUSED)
    assert page.evaluate(BROKEN, PRINTED), "JupyterLab no longer breaks words by itself"
    assert "InputError" in opened.output(REFUSED)
    assert opened.output(REFUSED).count("\n") > 1, "the error is no longer a long one"
    assert page.evaluate(BROKEN, REFUSED) == []
