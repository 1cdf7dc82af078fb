// The field in which a task is looked for by its name; the same on every tab.

/** `goTo(index)` is called for each next task that is found. */
function searchOf(page, told, choice, goTo) {
  const field = html(page, "input", { type: "search", class: "sfdag-find-field", dir: "auto", placeholder: "Find a task", "aria-label": "Find a task",
    autocomplete: "off", spellcheck: "false", "data-lm-suppress-shortcuts": "true" });
  const count = html(page, "span", { class: "sfdag-find-count", role: "status" });
  const element = html(page, "label", { class: "sfdag-find" }, [icon(page, "search"), field, count]);
  let at = -1;
  field.addEventListener("input", () => {
    at = -1;
    choice.change({ text: field.value });
  }, { signal: page.signal });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      const found = foundOf(told, choice);
      if (found.length) goTo(found[at = (at + 1) % found.length]);
      field.focus();
    } else if (event.key !== "Escape" || !field.value) return;
    else clear();
    event.preventDefault();
    event.stopPropagation();
  }, { signal: page.signal });
  const clear = () => {
    field.value = "";
    choice.change({ text: "" });
  };
  const update = () => {
    if (!choice.now.text) field.value = "";
    put(count, choice.now.text ? `${foundOf(told, choice).length} of ${told.graph.nodes.length}` : "");
  };
  return { element, update, focus: () => field.focus() };
}

function foundOf(told, choice) {
  const isFound = filterOf(told, choice.now);
  return told.graph.nodes.flatMap((_, index) => (isFound(index) ? [index] : []));
}
