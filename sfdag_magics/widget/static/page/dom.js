// Elements. All text goes in as text; nothing in this module or after it puts markup into the page.
// `page` is everywhere the pair { doc, signal }: where to create, and until when to listen.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element. `attributes.text` is its text. */
function html(page, tag, attributes = {}, children = []) {
  return filled(page.doc.createElement(tag), attributes, children);
}

/** An SVG element. */
function svg(page, tag, attributes = {}, children = []) {
  return filled(page.doc.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Each view's script is a module of its own, made from the same text: a count alone would be another view's as well. */
const OF_THIS_MODULE = Math.random().toString(36).slice(2, 10);
let ids = 0;

/** An id that nothing else in the document has: what is referred to by one would be the first that has it, though it be hidden. */
function newId(kind) {
  return `sfdag-${kind}-${OF_THIS_MODULE}-${(ids += 1)}`;
}

/** Have `react` called on a click, until the view goes. */
function onClick(page, element, react) {
  element.addEventListener("click", react, { signal: page.signal });
  return element;
}

/** A button. JupyterLab's shortcuts are kept off everything that can have the focus: with a task
 *  focused, `d d` would delete the cell. */
function button(page, label, attributes = {}) {
  return html(page, "button", { type: "button", class: "sfdag-button", text: label,
    "data-lm-suppress-shortcuts": "true", ...attributes });
}

/** Text that is only read aloud. */
function unseen(page, attributes = {}) {
  return html(page, "span", { class: "sfdag-unseen", ...attributes });
}

/** The icon of a state, from its path. */
function stateIcon(page, look, extra = "") {
  const path = svg(page, "path", { d: look.glyph, class: `sfdag-glyph ${look.filled ? "sfdag-filled" : ""}` });
  return svg(page, "svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true",
    class: `sfdag-icon ${extra}` }, [path]);
}

/** Replace an element's children. */
function refill(element, children) {
  element.replaceChildren(...children.filter(Boolean));
}

/** A button that copies what `textOf()` gives, and says whether it could. */
function copyingButton(page, textOf, extra = "") {
  const made = button(page, "Copy", { class: `sfdag-button ${extra}` });
  return onClick(page, made, async () => {
    made.textContent = (await copied(page.doc.defaultView, textOf())) ? "Copied" : "Select it to copy";
  });
}

/** Copy text; false where the page may not. */
async function copied(view, text) {
  try {
    await view.navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
