// Tasks in rows: one of them is reached by the Tab key, arrows go up and down.

/** `rows` are elements with `data-row`, in any order; `element` holds them. */
function rowFocus(page, element) {
  let current = 0;
  // Without a look at where they stand: that would lay out a thousand rows that nobody sees.
  const buttons = () => [...element.querySelectorAll("[data-row]")].filter((each) => !each.closest("[hidden]"));
  const setCurrent = (index) => {
    current = index;
    setRoving(element, "[data-row]", element.querySelector(`[data-row="${index}"]`));
  };
  const focus = (index) => {
    setCurrent(index);
    const button = element.querySelector(`[data-row="${index}"]`);
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: "nearest" });
  };
  element.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) setCurrent(Number(row.dataset.row));
  }, { signal: page.signal });
  return {
    focus,
    setCurrent,
    current: () => current,
    move(key) {
      const all = buttons();
      const at = all.findIndex((each) => Number(each.dataset.row) === current);
      const next = all[at + ({ ArrowDown: 1, ArrowUp: -1 }[key] ?? 0)];
      if (next) focus(Number(next.dataset.row));
    },
  };
}

/** The button with a task's name; `open(index)` is called when it is pressed. */
function taskButton(page, name, index, open) {
  const made = button(page, "", { class: "sfdag-task", "data-row": index, tabindex: "-1", title: name });
  made.append(html(page, "span", { class: "sfdag-elided", text: name }));
  return onClick(page, made, () => open(index));
}
