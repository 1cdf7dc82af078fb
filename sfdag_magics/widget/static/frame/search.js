// The field in which a task is looked for by its name; the same on every tab.

/** `goTo(index)` is called for each next task that is found. */
function searchOf(page, told, choice, goTo) {
  const field = html(page, "input", { type: "search", class: "sfdag-find-field", dir: "auto", placeholder: "Find a task", "aria-label": "Find a task",
    autocomplete: "off", spellcheck: "false", "data-lm-suppress-shortcuts": "true" });
  const count = html(page, "span", { class: "sfdag-find-count", role: "status" });
  const element = html(page, "label", { class: "sfdag-find" }, [icon(page, "search"), field, count]);
  let at = -1;
  let hit = null;
  /** The one that was gone to is marked as long as somebody searches. */
  const mark = (element) => {
    hit?.removeAttribute("data-hit");
    hit = element;
    hit?.setAttribute("data-hit", "");
  };
  field.addEventListener("input", () => {
    at = -1;
    mark(null);
    choice.change({ text: field.value });
  }, { signal: page.signal });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      const found = foundOf(told, choice);
      if (found.length) goTo(found[at = (at + 1) % found.length]);
      const active = field.getRootNode().activeElement;
      mark(active === field ? null : active);
      field.focus({ preventScroll: true });
      update();
    } else if (event.key !== "Escape" || !field.value) return;
    else clear();
    event.preventDefault();
    event.stopPropagation();
  }, { signal: page.signal });
  const clear = () => {
    at = -1;
    mark(null);
    field.value = "";
    choice.change({ text: "" });
  };
  const update = () => {
    if (!choice.now.text) {
      field.value = "";
      at = -1;
      mark(null);
      put(count, "");
      return;
    }
    const found = foundOf(told, choice).length;
    put(count, at < 0 ? `${found} of ${told.graph.nodes.length}` : `${at + 1} of ${found} found`);
  };
  return { element, update, focus: () => field.focus() };
}

function foundOf(told, choice) {
  const isFound = filterOf(told, choice.now);
  return told.graph.nodes.flatMap((_, index) => (isFound(index) ? [index] : []));
}
