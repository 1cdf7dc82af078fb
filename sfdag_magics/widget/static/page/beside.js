// What stands at the right of a box's second line, where others have the mark of their kind: a metric of what the task logged
// against the default's, else its rows.

/** It in full and then in short, by line ends; "" where there is neither. */
function besideOf(told, index) {
  return metricTexts(told.tasks()[index]).join("\n") || rowsNote(told, index);
}

/** A metric that the task's model has, in full and in short; nothing where it logged none. */
function metricTexts(task) {
  if (!task?.metric) return [];
  const { name, number, mark } = task.metric;
  return [[name, number, mark], [number, mark]].map((parts) => parts.filter(Boolean).join(" "));
}

/** So far from each other both are read as two. */
const BESIDE_GAP_PX = 6;

/** Puts it into a box as far as there is room for it beside its note. */
function setBeside(inside, note, beside, fit) {
  inside.beside = `${note} ${beside}`;
  if (!inside.besideElement) return;
  const room = inside.noteRoom - fit.exact(note, "note") - BESIDE_GAP_PX;
  inside.besideElement.textContent = beside.split("\n").find((text) => fit.exact(text, "note") <= room) ?? "";
}
