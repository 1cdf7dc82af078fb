// What a task printed and logged. The log of a running task grows at its end and is followed there,
// unless somebody has scrolled up in it; what is selected in it stays selected.

const END_PX = 8;

/** `show(index, task, detail)` brings it up to date; another index is another log. */
function logOf(page) {
  const lines = html(page, "pre", { class: "sfdag-logs", tabindex: "0", "data-lm-suppress-shortcuts": "true",
    role: "log", "aria-live": "off", "aria-label": "Logs" });
  const hint = html(page, "p", { class: "sfdag-hint" });
  const element = section(page, "Logs", [hint, lines]);
  let shown = null;
  const show = (index, task, detail) => {
    element.hidden = !detail || !task || task.started === null;
    if (element.hidden) return;
    const text = (detail.logs ?? []).join("\n");
    hint.textContent = logHint(task, detail);
    hint.hidden = !hint.textContent;
    lines.hidden = !text;
    if (index !== shown) lines.textContent = "";
    shown = index;
    follow(lines, () => putText(lines, text));
  };
  return { element, show };
}

/** What there is to say of a log beside its lines. */
function logHint(task, detail) {
  if (detail.logs_error) return detail.logs_error;
  if (detail.logs_left_out) return `${detail.logs_left_out} earlier lines: ${detail.logs_command}`;
  if (detail.logs?.length) return "";
  return task.state === "running" ? "It has printed and logged nothing yet." : "It printed and logged nothing.";
}

/** Keeps the end in sight where it was, after `change`. */
function follow(lines, change) {
  const wasAtEnd = lines.scrollTop + lines.clientHeight >= lines.scrollHeight - END_PX;
  change();
  if (wasAtEnd) lines.scrollTop = lines.scrollHeight;
}

/** Adds what is new, where it is more of the same. */
function putText(lines, text) {
  const before = lines.textContent;
  if (text === before) return;
  if (before && text.startsWith(before)) lines.append(text.slice(before.length));
  else lines.textContent = text;
}
