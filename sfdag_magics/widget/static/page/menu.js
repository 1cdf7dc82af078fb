// A button that opens a list of things to do. The list stands above everything, so that no scrolled
// frame cuts it off; it goes with a choice, a click elsewhere, Esc, or when what is below it scrolls.

/** Makes `opener` open a menu; `items()` are `[text, action]` each as they are then, falsy ones left out. Of one that can be
 *  on or off the third says which: the menu stays for the next of them. */
function menuOf(page, opener, items) {
  let list = null;
  let isListening = null;
  opener.setAttribute("aria-haspopup", "menu");
  opener.setAttribute("aria-expanded", "false");
  const close = (isGivingBack) => {
    if (!list) return;
    const left = list;
    list = null;
    isListening.abort();
    left.remove();
    opener.setAttribute("aria-expanded", "false");
    if (isGivingBack) opener.focus({ preventScroll: true });
  };
  const choose = (item, action, isOn) => {
    if (isOn === undefined) close(true);
    else item.setAttribute("aria-checked", !isOn);
    action();
  };
  const open = () => {
    isListening = new AbortController();
    const { signal } = isListening;
    list = html(page, "div", { class: "sfdag-menu", role: "menu", popover: "manual", "aria-label": opener.getAttribute("aria-label") ?? opener.textContent },
      items().filter(Boolean).map(([text, action, isOn]) => {
        const kind = isOn === undefined ? { role: "menuitem" } : { role: "menuitemcheckbox", "aria-checked": isOn };
        const item = button(page, text, { class: "sfdag-menu-item", tabindex: "-1", ...kind });
        return onClick({ signal }, item, () => choose(item, action, isOn === undefined ? isOn : item.getAttribute("aria-checked") === "true"));
      }));
    opener.after(list);
    list.showPopover?.();
    stand(page, opener, list);
    opener.setAttribute("aria-expanded", "true");
    const isElsewhere = (event) => !event.composedPath().some((each) => each === list || each === opener);
    for (const name of ["pointerdown", "scroll"]) {
      page.doc.addEventListener(name, (event) => isElsewhere(event) && close(false), { capture: true, signal });
    }
    list.addEventListener("keydown", (event) => menuKey(event, list, close), { signal });
    list.firstElementChild?.focus({ preventScroll: true });
  };
  return onClick(page, opener, () => (list ? close(true) : open()));
}

function menuKey(event, list, close) {
  if (isForAround(event)) return;
  const all = [...list.children];
  const at = all.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  event.stopPropagation();
  if (to !== undefined) all[to % all.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") close(true);
  if (to !== undefined || event.key === "Escape") event.preventDefault();
}

/** Puts the list below its opener, or above where there is no room; beyond the view only where that is too narrow for it. */
function stand(page, opener, list) {
  const { innerWidth, innerHeight } = page.doc.defaultView;
  const view = opener.closest(".sfdag").getBoundingClientRect();
  const at = opener.getBoundingClientRect();
  const isBelow = at.bottom + 4 + list.offsetHeight <= innerHeight || at.top < list.offsetHeight;
  list.style.top = `${isBelow ? at.bottom + 4 : at.top - 4 - list.offsetHeight}px`;
  list.style.left = `${Math.max(4, view.left + 4, Math.min(at.left, Math.min(innerWidth, view.right) - list.offsetWidth - 4))}px`;
}

/** The opener of a menu that has no word of its own. */
function moreButton(page, says) {
  return iconButton(page, "more", "", says, () => {}, "sfdag-quiet sfdag-more");
}
