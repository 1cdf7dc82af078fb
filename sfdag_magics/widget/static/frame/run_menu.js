// What else can be done with the run that is shown, at the end of the actions.

/** `show(group)` shows another run here; `compare(group)` says what differs from the one that is shown; `outside()` are
 *  actions whose buttons have no room, as items. */
function runMenuOf(page, told, { show, compare, outside }) {
  const copy = (text) => () => copied(page.doc.defaultView, text);
  return menuOf(page, moreButton(page, "More about this run"), () => {
    const { run } = told.state;
    const runs = runsOf(told);
    const at = runs.findIndex((each) => each.group === run?.group);
    const newest = runs.at(-1);
    return [
      ...outside(),
      at >= 0 && newest.group !== run.group && ["Show the newest run", () => show(newest.group)],
      ...comparisons(told, compare),
      run?.group && ["Copy the run's id", copy(run.group)],
      [`Copy ${told.actions.anew}`, copy(told.actions.anew)],
    ];
  });
}

/** With which run one that has ended is compared first, as such an item: one that failed, or goes on from one that did, with the
 *  last success. None where there is none before it. */
function comparedMost(told, compare) {
  const { run } = told.state;
  if (!run || !OVER.has(run.state)) return null;
  const success = successBefore(told);
  const withSuccess = success && ["Compare with the last success", () => compare(success.group)];
  if (run.state === "FAILED") return withSuccess;
  return (run.origin && withSuccess) || comparisons(told, compare)[0];
}

/** With which runs the one that is shown is compared most, as items of a menu: the one before it, and its last success where that is another. */
function comparisons(told, compare) {
  const runs = runsOf(told);
  const before = runs[runs.findIndex((each) => each.group === told.state.run?.group) - 1];
  const success = successBefore(told);
  return [before && ["Compare with the run before", () => compare(before.group)],
    success && success.group !== before.group && ["Compare with the last success before", () => compare(success.group)]].filter(Boolean);
}
