// One tab stop for many like elements in a row; arrows go along.

/** Arrow keys, Home and End in `element` go along what `selector` finds in it and is to be seen. */
function roveAlong(page, element, selector) {
  element.addEventListener("keydown", (event) => {
    const all = [...element.querySelectorAll(selector)].filter((each) => each.getClientRects().length);
    const at = all.indexOf(event.target.closest(selector));
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = all[Math.min(Math.max(to, 0), all.length - 1)];
    setRoving(element, selector, next);
    next.focus();
  }, { signal: page.signal });
}

/** Makes `wanted` the one that the Tab key reaches. */
function setRoving(element, selector, wanted) {
  for (const each of element.querySelectorAll(selector)) {
    const tabindex = each === wanted ? "0" : "-1";
    if (each.getAttribute("tabindex") !== tabindex) each.setAttribute("tabindex", tabindex);
  }
}
