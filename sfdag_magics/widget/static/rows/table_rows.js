// The rows of the table: of a task, and of a group of them.

/** A task's row: its place is there at once, its name with the first `show(look)`, the rest after `fill()`. */
function tableRow(page, told, index, { open, pick, doesOf, isCurrent }) {
  const { name } = told.graph.nodes[index];
  const task = () => taskButton(page, name, index, open);
  const ends = () => rowEnds(page, name, { pick: (isPicked) => pick([index], isPicked), does: () => doesOf(index) });
  return filledRow(page, task, isCurrent, (cells) => tableCells(page, told, cells, ends()));
}

/** A group's row: what is done at its ends is done with all of its tasks. */
function tableGroupRow(page, told, group, { turn, pick, doesOf, isCurrent }) {
  const made = groupButton(page, group, turn);
  const ends = () => rowEnds(page, `all of ${group.name}`, { pick: (isPicked) => pick(group.tasks, isPicked), does: () => doesOf(group) });
  const row = filledRow(page, () => made, isCurrent, (cells) => tableCells(page, told, cells, ends()));
  return { ...row, setOpen: (isOpen) => made.setAttribute("aria-expanded", isOpen), show(look) {
    row.show(look);
    made.setAttribute("aria-label", groupLabel(told, group));
  } };
}

/** A row of the table: `makeName()` is its button, `fillCells({ pickCell, room })` makes the rest. */
function filledRow(page, makeName, isCurrent, fillCells) {
  const element = html(page, "tr", { role: "row" });
  const pickCell = html(page, "td", { role: "cell", class: "sfdag-col-pick" });
  const room = html(page, "td", { role: "cell", class: "sfdag-room", colspan: COLUMNS.length, "aria-colspan": COLUMNS.length });
  let last = null;
  let isFilled = false;
  let cells = null;
  const isNews = (look) => !last || Object.keys(look).some((key) => look[key] !== last[key]);
  const showName = () => {
    const task = makeName();
    if (isCurrent()) task.setAttribute("tabindex", "0");
    element.append(pickCell, html(page, "th", { scope: "row", role: "rowheader", class: "sfdag-col-task" }, [task]), room);
  };
  const show = (look) => {
    if (!last) showName();
    last = look;
    element.className = `sfdag-s-${look.state} ${look.isPicked ? "sfdag-picked" : ""}`;
    if (isFilled) {
      cells ??= fillCells({ pickCell, room });
      cells.show(look);
    }
  };
  const fill = () => {
    if (isFilled) return;
    isFilled = true;
    if (last) show(last);
  };
  return { element, isNews, show, fill };
}

/** What stands at both ends of a row; of a group some tasks may be picked, and others not. */
function rowEnds(page, name, { pick, does }) {
  const box = html(page, "input", { type: "checkbox", "aria-label": `Select ${name}`, "data-lm-suppress-shortcuts": "true" });
  box.addEventListener("change", () => pick(box.checked), { signal: page.signal });
  return {
    pick: [html(page, "label", {}, [box])],
    more: [menuOf(page, moreButton(page, `More about ${name}`), does)],
    show(isPicked, isPartly) {
      box.checked = isPicked;
      box.indeterminate = isPartly;
    },
  };
}

/** The cells between a row's `ends`, and these. */
function tableCells(page, told, { pickCell, room }, ends) {
  const made = Object.fromEntries(COLUMNS.slice(1).map(({ id }) => [id, html(page, "td", { role: "cell", class: `sfdag-col-${id} ${id === "value" ? "sfdag-elided" : ""}` })]));
  const word = html(page, "span", { class: "sfdag-state-word" });
  const length = html(page, "i");
  const ran = html(page, "span");
  const from = html(page, "span", { class: "sfdag-kept-from" });
  made.ran.append(html(page, "span", { class: "sfdag-length", "aria-hidden": "true" }, [length]), ran, from);
  pickCell.append(...ends.pick);
  room.replaceWith(...Object.values(made),
    html(page, "td", { role: "cell", class: "sfdag-col-more" }, ends.more));
  let look = null;
  const show = ({ share, isPicked, isPartly, ...row }) => {
    if (row.word !== look) {
      look = row.word;
      refill(made.state, [html(page, "span", { class: "sfdag-state" }, [stateIcon(page, told.looks[row.sign]), word])]);
      word.textContent = look;
    }
    ends.show(isPicked, isPartly);
    put(made.value, row.value || "–");
    made.value.title = row.value;
    put(made.waited, row.waited === null ? "–" : durationText(row.waited));
    put(ran, ranOfRow(row));
    put(from, keptOfRow(row));
    made.ran.title = row.keptFrom === null ? "" : ranOfRow(row) + keptOfRow(row);
    length.parentElement.toggleAttribute("data-empty", row.ran === null);
    length.style.width = `${share * 100}%`;
    put(made.usually, row.usually);
    made.usually.title = usuallyMeans(row.usually);
    put(made.attempt, row.attempt === null ? "–" : String(row.attempt));
  };
  return { show };
}
