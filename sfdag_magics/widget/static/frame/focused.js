// That only some tasks are looked at, on whatever tab: which they are, and the way back to all.

function focusedChip(page, choice) {
  const says = html(page, "span");
  const element = onClick(page, button(page, "", { class: "sfdag-button sfdag-small sfdag-focused", "aria-pressed": "true", title: "Show all tasks again", hidden: "" }),
    () => choice.change({ only: null }));
  element.append(says, html(page, "span", { "aria-hidden": "true", text: " ✕" }));
  const update = () => {
    element.hidden = choice.now.only === null;
    put(says, choice.now.only === null ? "" : `Focused on ${choice.now.onlyOf}`);
  };
  return { element, update };
}
