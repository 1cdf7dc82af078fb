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

/** Longer names are shortened in their middle: like ones differ at their end. */
const WHOLE_NAME = 18;
const NAME_END = 8;

/** A name's beginning, which may be cut, and its end; a name that would turn around stays whole. */
function nameParts(name) {
  const letters = [...name];
  if (letters.length <= WHOLE_NAME || TURNING.test(name)) return [name, ""];
  return [letters.slice(0, -NAME_END).join(""), letters.slice(-NAME_END).join("")];
}

/** The button with a task's name; `open(index)` is called when it is pressed. */
function taskButton(page, name, index, open) {
  const made = button(page, "", { class: "sfdag-task", "data-row": index, tabindex: "-1", title: name });
  const [head, tail] = nameParts(name);
  made.append(tail ? html(page, "span", { class: "sfdag-split-name" }, [html(page, "span", { class: "sfdag-elided", text: head }), html(page, "span", { text: tail })])
    : html(page, "span", { class: "sfdag-elided", text: name }));
  if (tail) made.setAttribute("aria-label", name);
  return onClick(page, made, () => open(index));
}
