// Which groups are folded, the same on each tab; the kernel knows of each of them, this page of all together.

/** `ask` has the kernel fold or unfold one group. */
function foldsOf(told, choice, ask) {
  const canFold = () => told.folded.boxes.length > 0;
  const folds = {
    canFold,
    // A large graph is folded at first, a small one is read as it is.
    isFolded: () => canFold() && (choice.now.isFolded ?? told.graph.nodes.length > MAPPED),
    turnAll: () => choice.change({ isFolded: !folds.isFolded() }),
    text: () => (folds.isFolded() ? "Unfold all" : "Fold groups"),
    /** Folds the group of a task, or unfolds it: all of them where nobody is there to lay it out. */
    turn(index, isOpen) {
      if (told.lostAt === null) ask(isOpen ? ASK.fold : ASK.unfold, { task: index });
      else choice.change({ isFolded: isOpen });
    },
    /** The groups that have a row of their own, by each of their tasks: `{ id, name, tasks, isOpen }`. What is looked for
     *  is found in them: then each task stands for itself. */
    inRows: () => (folds.isFolded() && isUnfiltered(choice.now) ? groupsByTask(told.folded) : new Map()),
  };
  return folds;
}

/** A group's row is known by its first task, by a number that no task has. */
const idOfGroup = (tasks) => ~tasks[0];

const groupsByTask = kept(({ boxes }) => {
  const open = new Map();
  for (const { group, tasks } of boxes) if (group) open.set(group, [...(open.get(group) ?? []), ...tasks]);
  const groups = [...boxes.filter(({ tasks }) => tasks.length > 1).map(({ title, tasks }) => ({ name: title, tasks, isOpen: false })),
    ...[...open].map(([name, tasks]) => ({ name, tasks, isOpen: true }))];
  return new Map(groups.flatMap((group) => group.tasks.map((index) => [index, { id: idOfGroup(group.tasks), ...group }])));
});

/** Of tasks in an order, and of groups among them, the rows that there are: a group's before those of its tasks, where
 *  its first task would stand; none for the tasks of a folded one. */
function foldedRows(order, groups) {
  const members = new Map();
  for (const index of order) {
    const group = groups.get(index);
    if (group) members.set(group.id, [...(members.get(group.id) ?? []), index]);
  }
  return order.flatMap((index) => {
    const group = groups.get(index);
    if (!group) return [index];
    const those = members.get(group.id);
    return index === those[0] ? [group.id, ...(group.isOpen ? those : [])] : [];
  });
}
