// The way from a place in words, `Cell [7] train, line 12`, to that line in the notebook around the view.

const PLACE = /^Cell \[(\d{1,9})\][^]*, line (\d{1,9})$/;
const MARKED_MS = 3000;

/** A button that shows the place; where the view stands in no notebook of Jupyter's, its words alone. */
function placeLink(page, notebook, place) {
  const found = PLACE.exec(place);
  if (!found || !notebook) return isolated(place);
  const link = button(page, place, { class: "sfdag-place-link", title: "Show the line" });
  return onClick(page, link, () => {
    const cell = cellOf(notebook, found[1]);
    if (cell) showLine(page, cell, Number(found[2]));
    else link.title = link.textContent = `${place} (run again since, or out of sight)`;
  });
}

/** The cell that was run with this number. */
function cellOf(notebook, number) {
  return [...notebook.querySelectorAll(".jp-CodeCell")].find(
    (cell) => cell.querySelector(".jp-InputPrompt")?.textContent.trim() === `[${number}]:`) ?? null;
}

/** Brings a line to the middle and marks it for a while; the host's elements stay as they are. */
function showLine(page, cell, number) {
  const line = cell.querySelectorAll(".cm-line")[number - 1] ?? cell;
  const isCalm = page.doc.defaultView.matchMedia("(prefers-reduced-motion: reduce)").matches;
  line.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
  line.animate([{ backgroundColor: "#FBE7B2", color: "#1F2328" }, { backgroundColor: "#FBE7B2", color: "#1F2328", offset: 0.9 }, {}],
    { duration: MARKED_MS });
}
