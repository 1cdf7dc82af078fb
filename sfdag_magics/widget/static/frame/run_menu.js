// What else can be done with the run that is shown, at the end of the actions.

/** `show(group)` shows another run here; `pair(group)` puts one beside the one that is shown. */
function runMenuOf(page, told, { show, pair }) {
  const copy = (text) => () => copied(page.doc.defaultView, text);
  return menuOf(page, moreButton(page, "More about this run"), () => {
    const { run } = told.state;
    const runs = runsOf(told);
    const at = runs.findIndex((each) => each.group === run?.group);
    const newest = runs.at(-1);
    const before = runs.slice(0, Math.max(at, 0));
    const success = before.findLast((each) => each.state === "SUCCEEDED");
    return [
      at >= 0 && newest.group !== run.group && ["Show the newest run", () => show(newest.group)],
      success && ["Compare with the last success before", () => pair(success.group)],
      before.length > 0 && before.at(-1) !== success && ["Compare with the run before", () => pair(before.at(-1).group)],
      run?.group && ["Copy the run's id", copy(run.group)],
      [`Copy ${told.actions.anew}`, copy(told.actions.anew)],
    ];
  });
}
