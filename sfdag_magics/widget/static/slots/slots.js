// The slots of the graph's schedule as a calendar: what became of each, and what a backfill would make good.

/** `update()` brings it up to date while the tab is seen; hidden where the graph has no schedule. `show(group)` shows a run,
 *  `propose(kind, part)` opens a sheet, `ask(kind)` asks the kernel. */
function slotsPart(page, told, { ask, show, propose }) {
  const says = html(page, "p", { class: "sfdag-hint", role: "status" });
  const months = html(page, "div", { class: "sfdag-months", role: "group", "aria-label": "Slots of the schedule" });
  const opener = button(page, "", { class: "sfdag-button sfdag-quiet", "aria-expanded": "false" });
  const arrow = slotOf(page);
  opener.append(arrow.element, html(page, "span", { text: "Slots of the schedule" }));
  const backfill = onClick(page, button(page, "Backfill…", { class: "sfdag-button", "data-backfill": "" }), () => proposeFrom(found?.missing ?? []));
  const inside = html(page, "div", { class: "sfdag-slots-inside" }, [says, months]);
  const element = html(page, "section", { class: "sfdag-slots", "aria-label": "Slots of the schedule", hidden: "" },
    [html(page, "div", { class: "sfdag-slots-head" }, [opener, html(page, "span", { class: "sfdag-hint" }), backfill]), inside]);
  const text = element.querySelector(".sfdag-slots-head > .sfdag-hint");
  let wish = null;  // of somebody who opened it, or folded it
  let asked = "";
  let found = null;
  let chosen = null;  // from which one Shift goes on
  // To look on costs a warehouse elsewhere: nobody asks for it unasked.
  const isOpen = () => wish ?? /^embedded/.test(told.actions.place);
  onClick(page, opener, () => {
    wish = !isOpen();
    update();
  });
  const proposeFrom = ([start = "", end = ""]) => propose("fill", { start, end, slots: slotsOf(found) });
  months.addEventListener("click", (event) => {
    const slot = slotAt(found, event.target.closest("[data-slot]"));
    if (!slot) return;
    if (event.shiftKey) {
      const all = slotsOf(found);
      const [first, last] = [chosen ?? slot, slot].sort((one, other) => all.indexOf(one) - all.indexOf(other));
      proposeFrom([first.start, last.end]);
    } else if (slot.run) show(slot.run);
    else proposeFrom([slot.start, slot.end]);
    if (!event.shiftKey) chosen = slot;
  }, { signal: page.signal });
  walkSlots(page, months);
  const load = async () => {
    const key = String(numberOf(told.past));
    if (key === asked || told.lostAt !== null) return;
    asked = key;
    if (!found) put(says, "Looking what became of them …");
    const reply = await ask(ASK.slots, {}, true);
    if (key !== asked) return;
    if (!reply.detail) {
      put(says, reply.error ?? "What became of them cannot be told.");
      return;
    }
    found = reply.detail;
    chosen = null;
    draw();
  };
  const draw = () => {
    const had = months.getRootNode().activeElement?.dataset?.slot;
    put(says, sentenceOf(found.says));
    refill(months, found.months.map((month, at) => monthTable(page, told, month, at)));
    const all = [...months.querySelectorAll("[data-slot]")];
    const focused = all.find((each) => each.dataset.slot === had);
    setRoving(months, "[data-slot]", focused ?? all.at(-1));
    focused?.focus({ preventScroll: true });
    mark();
  };
  /** Of which slot the run is that is shown. */
  const mark = () => {
    for (const each of months.querySelectorAll("[data-slot]")) {
      each.toggleAttribute("data-shown", Boolean(each.dataset.slotRun) && each.dataset.slotRun === told.state.run?.group);
    }
  };
  const update = () => {
    const { schedule } = told.past;
    element.hidden = !schedule;
    if (!schedule) return;
    put(text, `${schedule.text}${schedule.on ? "" : ", suspended"}`);
    text.title = schedule.exact;
    opener.setAttribute("aria-expanded", isOpen());
    arrow.show(isOpen(), () => icon(page, isOpen() ? "down" : "right"));
    inside.hidden = !isOpen();
    if (!isOpen()) return;
    load();
    mark();
  };
  return { element, update };
}

/** All slots of a calendar, the oldest first. */
function slotsOf(found) {
  return (found?.months ?? []).flatMap(({ days, cells }) => days.flatMap((_day, at) => cells.map((row) => row[at]))).filter(Boolean);
}

function slotAt(found, element) {
  if (!found || !element) return null;
  const [month, row, day] = element.dataset.slot.split(" ").map(Number);
  return found.months[month].cells[row][day];
}

/** A month: its days, and below them a row for each time of a day. */
function monthTable(page, told, { title, days, rows, cells }, at) {
  const head = html(page, "tr", {}, [html(page, "th", { scope: "col", text: title }), ...days.map((day) => html(page, "th", { scope: "col", text: String(day) }))]);
  const body = rows.map((row, number) => html(page, "tr", {}, [html(page, "th", { scope: "row", text: row }),
    ...cells[number].map((cell, day) => html(page, "td", {}, cell ? [slotButton(page, told, cell, [at, number, day].join(" "))] : []))]));
  return html(page, "table", { class: "sfdag-month", "aria-label": `Slots of ${title}` }, [html(page, "thead", {}, [head]), html(page, "tbody", {}, body)]);
}

function slotButton(page, told, { state, look, run, says }, place) {
  const does = run ? "press to show its run" : "press to run it";
  const made = button(page, "", { class: `sfdag-cell sfdag-s-${look}`, "data-slot": place, "data-slot-run": run, "data-state": look, "data-slot-state": state, tabindex: "-1",
    "aria-label": `${says}: ${does}`, title: `${says}: ${does}` });
  made.append(stateIcon(page, told.looks[look]));
  return made;
}

/** Arrow keys go to the next slot of the day or of the time, Home and End to the first and the last. */
function walkSlots(page, element) {
  element.addEventListener("keydown", (event) => {
    const from = event.target.closest("[data-slot]");
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!from || (!step && event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    event.stopPropagation();
    const all = [...element.querySelectorAll("[data-slot]")];
    const next = step ? nextSlot(element, from, step) : all.at(event.key === "Home" ? 0 : -1);
    if (!next) return;
    setRoving(element, "[data-slot]", next);
    next.focus();
  }, { signal: page.signal });
}

/** The nearest slot in a direction; at the end of a month's row that of the next month. */
function nextSlot(element, from, [down, right]) {
  const [month, row, day] = from.dataset.slot.split(" ").map(Number);
  const places = [...element.querySelectorAll("[data-slot]")].map((each) => [each, ...each.dataset.slot.split(" ").map(Number)]);
  const line = down ? places.filter(([, m, , d]) => m === month && d === day) : places.filter(([, , r]) => r === row);
  const at = line.findIndex(([each]) => each === from);
  return line[at + down + right]?.[0] ?? null;
}
