"""A notebook open in JupyterLab, as a test drives it."""

from __future__ import annotations

import nbformat

#: The state of every task, each time one changes, with what stood beside the sleeping cell.
RECORD = """
(cell) => {
  window.recorded = [];
  const notebook = jupyterapp.shell.currentWidget.content;
  const root = notebook.node.querySelector('.sfdag');
  const prompt = () => notebook.widgets[cell].node.querySelector('.jp-InputPrompt').textContent;
  for (const task of root.querySelectorAll('[data-task]')) {
    window.recorded.push({task: task.dataset.task, state: task.dataset.state, prompt: null});
  }
  new MutationObserver((changes) => {
    for (const change of changes) {
      const task = change.target;
      if (!task.dataset?.task) continue;
      window.recorded.push({task: task.dataset.task, state: task.dataset.state, prompt: prompt()});
    }
  }).observe(root, {subtree: true, attributes: true, attributeFilter: ['data-state']});
}
"""
#: Opens a notebook by name, with a kernel of its own and without a question.
OPEN = """
async (path) => {
  const kernel = { name: 'python3' };
  await jupyterapp.commands.execute('docmanager:open', { path, factory: 'Notebook', kernel });
}
"""
#: Closes what is open, saved or not, and a question that stands over it.
PUT_AWAY = """
() => {
  for (const widget of [...(window.jupyterapp?.shell.widgets('main') ?? [])]) widget.dispose();
  for (const button of document.querySelectorAll('.jp-Dialog .jp-mod-accept')) button.click();
}
"""


def put_away(page):
    """Leave JupyterLab without a notebook, for the next test."""
    page.unroute_all()
    page.evaluate(PUT_AWAY)


def wait_for(page, condition, arg=None, *, timeout_s=60):
    """Wait until a page says so; it is asked ten times a second, and not for each frame."""
    page.wait_for_function(condition, arg=arg, timeout=timeout_s * 1000, polling=100)


def holding(file):
    """A cell that runs until a file is there: however slow the machine, it is seen to run."""
    return f"import os, time\nwhile not os.path.exists({str(file)!r}):\n    time.sleep(0.05)"


class Notebook:
    """Cells by index from 0. What JupyterLab says of itself is asked by its own commands.

    Notebook 7 is made of the same parts and is asked the same.
    """

    def __init__(self, page, server, name, cells, *, application="lab/tree"):
        self.page, self.server, self.application = page, server, application
        # A notebook of a name that was open before is given the kernel of then, busy as it may be.
        self.name = f"{len(list(server.root.glob('*.ipynb')))}_{name}"
        self.path = server.root / self.name
        book = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source) for source in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        nbformat.write(book, self.path)

    @property
    def address(self):
        return f"{self.server.url}{self.application}/{self.name}?reset&token={self.server.token}"

    def open(self):
        """Load JupyterLab with this notebook."""
        self.page.goto(self.address, wait_until="domcontentloaded")
        return self._ready()

    def open_beside(self):
        """Open it in the JupyterLab that the page has, or load that if it has none."""
        if not self.page.evaluate("'jupyterapp' in window"):
            return self.open()
        self.page.evaluate(OPEN, self.name)
        return self._ready()

    def _ready(self):
        wait_for(self.page, "window.jupyterapp?.shell?.currentWidget?.content?.widgets?.length > 0")
        self.page.evaluate(
            """async () => {
              const panel = jupyterapp.shell.currentWidget;
              await panel.context.ready;
              await panel.sessionContext.ready;
              await Promise.race([
                panel.sessionContext.session?.kernel?.info,
                new Promise((_, fail) => setTimeout(fail, 60000, Error("the kernel is silent"))),
              ]);
              jupyterapp.shell.collapseLeft();
            }"""
        )
        return self

    def start(self, cell):
        """Start a cell and do not wait for it."""
        self.page.evaluate(
            """cell => {
              const { content } = jupyterapp.shell.currentWidget;
              content.activeCellIndex = cell;
              content.widgets[cell].model.executionCount = null;  // of when it ran before
              jupyterapp.commands.execute('notebook:run-cell');
            }""",
            cell,
        )
        wait_for(
            self.page,
            "cell => /\\[(\\*|\\d+)\\]/.test(jupyterapp.shell.currentWidget.content"
            ".widgets[cell].node.querySelector('.jp-InputPrompt').textContent)",
            cell,
        )

    def run(self, cell, *, timeout_s=60):
        """Run a cell to its end."""
        self.start(cell)
        self.wait_for_end(cell, timeout_s=timeout_s)

    def wait_for_end(self, cell, *, timeout_s=60):
        wait_for(
            self.page,
            "cell => /\\[\\d+\\]/.test(jupyterapp.shell.currentWidget.content"
            ".widgets[cell].node.querySelector('.jp-InputPrompt').textContent)",
            cell,
            timeout_s=timeout_s,
        )

    def edit(self, cell, source):
        self.page.evaluate(
            "([cell, source]) => jupyterapp.shell.currentWidget.content.widgets[cell]"
            ".model.sharedModel.setSource(source)",
            [cell, source],
        )

    def prompt(self, cell):
        return self.page.evaluate(
            "cell => jupyterapp.shell.currentWidget.content.widgets[cell].node"
            ".querySelector('.jp-InputPrompt').textContent",
            cell,
        )

    def output(self, cell):
        return self.page.evaluate(
            "cell => jupyterapp.shell.currentWidget.content.widgets[cell].outputArea.node"
            ".innerText",
            cell,
        )

    def record(self, *, sleeping):
        """Note the states as they are and every change, with that cell's prompt beside it."""
        self.page.evaluate(RECORD, sleeping)

    @property
    def recorded(self):
        return self.page.evaluate("recorded")

    def set_theme(self, name):
        self.page.evaluate(
            "theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", name
        )

    def save(self):
        self.page.evaluate("jupyterapp.commands.execute('docmanager:save')")

    def shown(self, task):
        return self.page.locator(f"[data-task='{task}']").get_attribute("data-state")

    def wait_for_state(self, task, state, *, timeout_s=60):
        self.page.locator(f"[data-task='{task}'][data-state='{state}']").wait_for(
            timeout=timeout_s * 1000
        )
