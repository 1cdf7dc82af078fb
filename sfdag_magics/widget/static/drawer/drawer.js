// Details of one task: its tabs. A tab says what the page knows at once, and the rest when the kernel answers.
//
// A tab is `{ id, label(of), element, isThere(of), show(of) }`, where `of` is the task as it is now:
// `{ index, node, task, detail, lacks, now, ask, told, compare, compareRuns }`; `detail` is null until the kernel has answered,
// `lacks` is why it did not, `compare()` goes to the code beside that of the last success, and `compareRuns()`,
// where there is one, to that run beside this one.

/** `open(index)` shows a task, `update()` brings an open one up to date, `close()` is true where
 *  there was something to close. `told` is what the kernel told. */
function drawerOf(page, told, ask, onChange, { doesOf, compareWith }) {
  const head = slotOf(page);
  const code = codeTab(page);
  const tabs = drawerTabs(page, [summaryTab(page), logsTab(page), dataTab(page), shownTab(page), code, attemptsTab(page)],
    () => show());
  const compare = () => {
    code.compare();
    tabs.go(code);
  };
  const element = html(page, "aside", { class: "sfdag-drawer", "aria-label": "Task details", hidden: "" },
    [head.element, tabs.element, ...tabs.panels]);
  let index = null;
  let detail = null;
  let lacks = "";
  let asked = "";
  let answered = "";

  const close = () => {
    if (index === null) return false;
    const left = index;
    index = null;
    element.hidden = true;
    onChange(false, left);
    return true;
  };
  const besideSuccess = () => {
    const success = told.state.run?.state === "FAILED" ? successBefore(told) : undefined;
    return success ? () => { close(); compareWith(success.group); } : null;
  };
  const show = () => {
    if (index === null) return;
    const task = told.tasks()[index] ?? null;
    const node = told.graph.nodes[index];
    head.show([index, task?.state, signOf(task)], () => heading(page, told, index, task, { close, doesOf }));
    head.element.querySelector(".sfdag-drawer-title p").textContent =
      [taskNote(task, told.now(), told.isOld()) || "not run yet", told.isOld() && goesOn(task) ? UNHEARD : "", isolated(task?.progress?.text ?? ""), node.mark, node.absence, told.state.marks[told.graph.nodes.indexOf(node)]].filter(Boolean).join(" · ");
    // What was answered of another run, of an earlier state or attempt, says nothing of how this one ended.
    const of = { index, node, task, detail: answered === stateOf(task) ? detail : null, lacks, now: told.now(), ask, told, compare, compareRuns: besideSuccess() };
    tabs.show(of);
  };
  const load = async () => {
    const task = told.tasks()[index] ?? null;
    const key = `${index} ${stateOf(task)}`;
    if (key === asked) return;
    [asked, lacks] = [key, ""];
    if (!task) return;
    const node = told.graph.nodes[index];
    const reply = await ask(ASK.detail, { task: index });
    if (index === null || key !== asked || node.name !== told.graph.nodes[index]?.name) return;
    if (reply.kind === "detail") [detail, answered, lacks] = [reply.detail, stateOf(task), ""];
    else lacks = reply.error ?? "Not known.";
    show();
  };
  const stateOf = (task) => `${told.state.run?.group} ${task?.state} ${task?.attempt}`;
  return {
    element,
    close,
    open(wanted, tab) {
      if (wanted !== index) {
        detail = null;
        [asked, lacks] = ["", ""];
      }
      index = wanted;
      element.hidden = false;
      if (tab) tabs.choose(tab);
      onChange(true, wanted);
      show();
      // Below the graph it may be out of sight.
      if (element.closest(".sfdag-below")) element.scrollIntoView({ block: "nearest" });
      load();
    },
    update() {
      if (index === null) return;
      load();  // first: what was told of another run is forgotten
      show();
      nameCellsAsNow(element);
    },
    get index() { return index; },
  };
}

/** The tab list of the drawer and its panels; the tab that is seen stays when another task is opened. */
function drawerTabs(page, tabs, onChange) {
  const list = newId("drawer");
  let current = tabs[0];
  const pick = (tab) => { current = tab; onChange(); };
  const buttons = tabs.map((tab) => onClick(page, button(page, "", { class: "sfdag-tab", role: "tab",
    id: `${list}-${tab.id}`, "aria-controls": `${list}-${tab.id}-panel`, "data-tab": tab.id }), () => pick(tab)));
  const element = html(page, "div", { class: "sfdag-drawer-tabs", role: "tablist", "aria-label": "Details of the task" }, buttons);
  const panels = tabs.map((tab) => html(page, "div", { class: `sfdag-panel sfdag-panel-${tab.id}`, role: "tabpanel",
    id: `${list}-${tab.id}-panel`, "aria-labelledby": `${list}-${tab.id}` }, [tab.element]));
  let there = tabs;
  element.addEventListener("keydown", (event) => {
    const next = tabAfter(event.key, there.indexOf(current), there.length);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    pick(there[next]);
    buttons[tabs.indexOf(current)].focus();
  }, { signal: page.signal });
  const show = (of) => {
    there = tabs.filter((tab) => tab.isThere(of));
    if (!there.includes(current)) [current] = there;
    tabs.forEach((tab, number) => {
      const isShown = tab === current;
      const label = tab.label(of);
      if (buttons[number].textContent !== label) buttons[number].textContent = label;
      buttons[number].hidden = !there.includes(tab);
      buttons[number].setAttribute("aria-selected", isShown);
      buttons[number].setAttribute("tabindex", isShown ? "0" : "-1");
      panels[number].hidden = !isShown;
    });
    current.show(of);
  };
  const go = (tab) => {
    pick(tab);
    buttons[tabs.indexOf(tab)].focus();
  };
  /** The tab that is seen from now on, by its id. */
  const choose = (id) => { current = tabs.find((tab) => tab.id === id); };
  return { element, panels, show, go, choose };
}

/** A part of the drawer, drawn again only when what it shows has changed: what was folded out,
 *  scrolled, selected or focused in it stays as it is while the rest ticks. */
function slotOf(page) {
  const element = html(page, "div", { class: "sfdag-slot" });
  let shown = "";
  const show = (told, draw) => {
    const key = JSON.stringify(told);
    if (key === shown) return;
    shown = key;
    refill(element, [draw()].flat());
  };
  return { element, show };
}

function heading(page, told, index, task, { close, doesOf }) {
  const state = task?.state ?? "pending";
  const shut = button(page, "✕", { class: "sfdag-button sfdag-quiet", "aria-label": "Close details" });
  onClick(page, shut, close);
  const node = told.graph.nodes[index];
  return html(page, "header", { class: `sfdag-drawer-head sfdag-s-${state}` }, [
    stateIcon(page, told.looks[signOf(task)]),
    html(page, "div", { class: "sfdag-drawer-title" }, [
      html(page, "h3", {}, breakable(page, node.name)),
      html(page, "p"),
    ]),
    menuOf(page, moreButton(page, `More about ${node.name}`), () => doesOf(index)),
    shut,
  ]);
}

/** A name that is broken between its words first. */
function breakable(page, name) {
  return name.split(/(?<=_)/).flatMap((word, at) => (at ? [html(page, "wbr"), word] : [word]));
}

/** A button that copies `text()` and says that it did. */
function copyButton(page, says, text) {
  const element = button(page, "Copy", { class: "sfdag-button sfdag-small", "aria-label": says, title: says });
  return onClick(page, element, async () => {
    element.textContent = (await copied(page.doc.defaultView, text())) ? "Copied" : "Not allowed";
    setTimeout(() => { element.textContent = "Copy"; }, 1500);
  });
}
