// Rows that stand for a group of tasks, on the tabs that have a row for each task.

/** A tool that folds all groups, or unfolds them. */
function foldTool(page, folds) {
  const element = iconButton(page, "unfold", "Unfold all", "Fold or unfold the groups", folds.turnAll, "sfdag-quiet");
  return { element, update() {
    element.hidden = !folds.canFold();
    put(element.lastChild, folds.text());
  } };
}

/** Tasks that are picked, with some more of them or without these. */
function pickedWith(picked, tasks, isPicked) {
  return new Set(isPicked ? [...picked, ...tasks] : [...picked].filter((each) => !tasks.includes(each)));
}

/** The focus on rows of tasks and of groups. `table` holds them; `refresh()` brings them up to date. */
function foldedFocus(page, table, folds, { refresh, choice }) {
  const focus = rowFocus(page, table);
  const groupNow = () => [...folds.inRows().values()].find(({ id }) => id === focus.current()) ?? folds.inRows().get(focus.current());
  const rowOf = (index) => {
    const group = folds.inRows().get(index);
    return group && !group.isOpen ? group.id : index;
  };
  const taskOf = (id) => (id < 0 ? ~id : id);
  const pickAll = ({ tasks }) => choice.change({ picked: pickedWith(choice.now.picked, tasks, !tasks.every((index) => choice.now.picked.has(index))) });
  const turn = (group) => folds.turn(group.tasks[0], group.isOpen);
  table.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row || Number(row.dataset.row) >= 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const group = groupNow();
    const isTurn = { Enter: true, " ": true, ArrowRight: !group?.isOpen, ArrowLeft: group?.isOpen }[event.key];
    if (isTurn === undefined && event.key !== "x") return;
    if (event.key === "x" && group) pickAll(group);
    if (isTurn && group) turn(group);
    event.preventDefault();
    event.stopPropagation();
  }, { signal: page.signal });
  return {
    turn,
    current: () => taskOf(focus.current()),
    isCurrent: (id) => focus.current() === id,
    setCurrent: focus.setCurrent,
    move: focus.move,
    focus: (index) => focus.focus(rowOf(index)),
    /** A row that is gone leaves its place to that of its group, or of its group's first task. */
    settle(ids) {
      if (!ids.has(focus.current())) focus.setCurrent(rowOf(taskOf(focus.current())));
    },
    /** Folds or unfolds the group of the row that has the focus, or all where it is of none. */
    fold() {
      if (!folds.canFold()) return;
      const group = groupNow();
      if (!group) folds.turnAll();
      else {
        if (group.isOpen) focus.focus(group.id);  // its tasks' rows go
        turn(group);
      }
      refresh();
    },
  };
}

/** The button with a group's name; `turn()` is called when it is pressed. */
function groupButton(page, { id, name, tasks }, turn) {
  const made = button(page, "", { class: "sfdag-task sfdag-group-name", "data-row": id, tabindex: "-1", title: name });
  made.append(html(page, "span", { class: "sfdag-turn" }, [icon(page, "right")]), html(page, "span", { class: "sfdag-elided", text: name }),
    html(page, "span", { class: "sfdag-group-count", text: String(tasks.length) }));
  return onClick(page, made, turn);
}

/** How the tasks of a group stand: `2 failed, 10 succeeded`. */
function sharesText(told, tasks) {
  const counts = countsOf(tasks.map((task) => stateOf(told, task)));
  return ORDER.filter((state) => counts.has(state)).map((state) => countedText(counts.get(state), state, told.isOld())).join(", ");
}

/** What a group's name says of it, for who does not see its row. */
function groupLabel(told, { name, tasks }) {
  return `${name}, ${wordOf(groupOf(told, tasks), told.isOld())}, ${tasks.length} tasks: ${sharesText(told, tasks)}`;
}

/** Whether a task of a group runs. */
function isGroupGoing(told, tasks) {
  return tasks.some((index) => stateOf(told, index) === "running");
}

/** When a group waited and ran, as `timesOf` tells it of one task: from what its first task did to what its last one did. */
function spanOfGroup(times, tasks) {
  const spans = tasks.map((index) => times.spans[index]);
  const all = (kind) => around(spans.map((span) => span[kind]));
  const [waited, ran, expected] = ["waited", "ran", "expected"].map(all);
  const from = ran && expected ? ran[1] : 0;
  return {
    waited: waited && ran && waited[0] < ran[0] ? [waited[0], ran[0]] : null,
    ran,
    expected: expected && expected[1] > from ? [Math.max(from, expected[0]), expected[1]] : null,
    before: attemptsOfGroup(spans.flatMap((span) => span.before)),
  };
}

function attemptsOfGroup(before) {
  const attempts = [...new Set(before.map(({ attempt }) => attempt))].sort((a, b) => a - b);
  return attempts.map((attempt) => {
    const those = before.filter((each) => each.attempt === attempt);
    return { attempt, state: stateOfGroup(those.map(({ state }) => state)), span: around(those.map(({ span }) => span)) };
  });
}

/** From where the first of some spans begins to where the last ends; null without any. */
function around(spans) {
  const there = spans.filter(Boolean);
  return there.length ? [Math.min(...there.map(([from]) => from)), Math.max(...there.map(([, to]) => to))] : null;
}

/** What a group's row says, as `rowsOf` does of a task. */
function factsOfGroup(told, times, { id, name, tasks }) {
  const { state, attempt, started } = groupOf(told, tasks);
  const span = times ? spanOfGroup(times, tasks) : {};
  const last = span.before?.at(-1)?.span ?? null;
  const ran = span.ran ?? last;
  return { index: id, name, state, sign: state, word: wordOf({ state }, told.isOld()), rank: ORDER.indexOf(state), value: sharesText(told, tasks),
    waited: span.ran ? (span.waited ? span.waited[1] - span.waited[0] : 0) : null, ran: ran ? ran[1] - ran[0] : null,
    keptFrom: null, isGoing: isGroupGoing(told, tasks), usual: null, usually: "–", attempt: started === null ? null : attempt };
}
