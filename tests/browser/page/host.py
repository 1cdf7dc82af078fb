"""What JupyterLab's style sheet does to a view: the installed one, read where it is installed.

JupyterLab keeps its style sheets as texts in its scripts and puts them into the page as it starts.
Whatever it styles by tag name (`dl`, `pre`, `button`) reaches into the view as well.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import jupyterlab

from tests.browser.page.matching import matching

_INSTALLED = Path(jupyterlab.__file__).parent
_THEME = "themes/@jupyterlab/theme-{}-extension/index.css"
#: A style sheet as css-loader leaves it in a script: `x.push([module.id, `text`, ""])`.
_SHEET = re.compile(r"\.push\(\[\w+\.id,\s*`((?:[^`\\]|\\.)*)`")
_ADDRESS = re.compile(r"url\([^)]*\)")

#: The elements a cell's output stands in, from the outside in.
ANCESTORS = (
    "jp-Notebook jp-NotebookPanel-notebook",
    "lm-Widget jp-Cell jp-CodeCell jp-Notebook-cell",
    "lm-Widget lm-Panel jp-Cell-outputWrapper",
    "lm-Widget jp-OutputArea jp-Cell-outputArea",
    "lm-Widget lm-Panel jp-OutputArea-child",
    "lm-Widget lm-Panel jp-OutputArea-output",
    "lm-Widget",
)


#: The classes here; of JupyterLab's rules nine in ten ask for others, and a fifth of what a test of
#: the page costs went into them.
_CLASSES = {"jp-ThemedContainer", *" ".join(ANCESTORS).split()}


@cache
def lab_style(theme: str) -> str:
    """Of JupyterLab's style sheet what can match here."""
    return matching(whole_style(theme), lambda name: name in _CLASSES or name.startswith("sfdag"))


def whole_style(theme: str) -> str:
    """JupyterLab's rules and the variables of its `light` or `dark` theme; no address in it."""
    scripts = sorted(_INSTALLED.glob("static/*.js"))
    sheets = [
        sheet.replace("\\`", "`").replace("\\\\", "\\")
        for script in scripts
        for sheet in _SHEET.findall(script.read_text(encoding="utf-8"))
    ]
    assert sheets, f"no style sheet found in the scripts of {_INSTALLED}"
    theme_sheet = (_INSTALLED / _THEME.format(theme)).read_text(encoding="utf-8")
    # One page for everything: what only a whole application needs must not hide what overflows.
    own = "body { overflow: auto !important; }"
    return _ADDRESS.sub("none", "\n".join([*sheets, theme_sheet, own]))


#: Answers with whether the document had the rules of the theme, or was given them.
_PUT = """
([given, classes, theme]) => {
  const css = given ?? window.known?.[theme];
  if (css === undefined) return false;
  document.getElementById('host')?.remove();
  document.getElementById('lab')?.remove();
  const style = document.createElement('style');
  document.head.append(Object.assign(style, {id: 'host', textContent: css}));
  document.body.className = 'jp-ThemedContainer';
  document.body.dataset.jpThemeLight = String(theme === 'light');
  let inner = document.createElement('div');
  inner.id = 'lab';
  document.body.append(inner);
  for (const name of classes) {
    const next = document.createElement('div');
    next.className = name;
    inner.append(next);
    inner = next;
  }
  inner.id = 'cell';
  return true;
}
"""


def known_ahead(context, **texts: str) -> None:
    """Have each document know the light theme and these, which are sent once and not for each."""
    known = json.dumps({"light": lab_style("light"), **texts})
    context.add_init_script(f"if (window === top) window.known = {known};")


def put_host(page, theme: str = "light") -> None:
    """Make a page a JupyterLab of that theme; the view goes into `#cell`, or into the body."""
    if not page.evaluate(_PUT, [None, list(ANCESTORS), theme]):
        page.evaluate(_PUT, [lab_style(theme), list(ANCESTORS), theme])
