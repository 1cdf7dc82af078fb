// The tabs: ways to look at one run. Only the one that is seen is kept up to date.
//
// A panel is `{ id, label, element, tools, refresh(), redraw(), current(), focus(index), keys }`: what it
// shows, the tools it brings along, perhaps `count()` of what is in it and `reveal(index)` of a task that may be out of sight, and what it does with keys that mean something else on each.

/** The tab list and its panels, of which `choice.now.tab` is shown. */
function tabsOf(page, choice, panels) {
  const list = newId("tabs");
  const tabs = panels.map(({ id, label }) => onClick(page, button(page, label, { class: "sfdag-tab", role: "tab",
    id: `${list}-${id}`, "aria-controls": `${list}-${id}-panel`, "data-tab": id }), () => (id === choice.now.tab ? current().keys.back?.() : choice.change({ tab: id }))));
  const element = html(page, "div", { class: "sfdag-tablist", role: "tablist", "aria-label": "Ways to look at the run" }, tabs);
  const tools = html(page, "div", { class: "sfdag-tools" }, panels.flatMap((panel) => panel.tools));
  panels.forEach(({ id, element: shown }) => {
    for (const [name, value] of [["role", "tabpanel"], ["id", `${list}-${id}-panel`], ["aria-labelledby", `${list}-${id}`]]) {
      shown.setAttribute(name, value);
    }
  });
  const counts = new Map(panels.flatMap((panel, index) => {
    if (!panel.count) return [];
    const count = html(page, "span", { class: "sfdag-tab-count" });
    tabs[index].append(" ", count);
    return [[panel, count]];
  }));
  const refresh = () => counts.forEach((count, panel) => put(count, String(panel.count() || "")));
  const current = () => panels.find(({ id }) => id === choice.now.tab);
  const show = () => {
    panels.forEach((panel, index) => {
      const isShown = panel === current();
      panel.element.hidden = !isShown;
      for (const tool of panel.tools) tool.hidden = !isShown;
      tabs[index].setAttribute("aria-selected", isShown);
      tabs[index].setAttribute("tabindex", isShown ? "0" : "-1");
    });
    current().refresh();
  };
  element.addEventListener("keydown", (event) => {
    const next = tabAfter(event.key, panels.indexOf(current()), panels.length);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    choice.change({ tab: panels[next].id });
    tabs[next].focus();
  }, { signal: page.signal });
  choice.listen(({ tab }) => tab && show());
  return { element, tools, panels: panels.map((panel) => panel.element), current, show, refresh };
}

/** Where a key goes from a tab; null where it is none of the list's. */
function tabAfter(key, from, count) {
  const steps = { ArrowRight: from + 1, ArrowLeft: from - 1 + count, Home: 0, End: count - 1 };
  return key in steps ? steps[key] % count : null;
}
