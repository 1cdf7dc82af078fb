// When the kernel that a view belongs to is gone: nothing it shows is live, and no button would act.

/** What the view is now, and what shows the same live. A graph that never ran may be known to no
 *  target: then only its cells bring it back. */
function lostNotice(page, state, actions) {
  const first = state.run ? "" : ", run the notebook's cells again, then";
  const goes = state.run && !OVER.has(state.run.state) ? ` Run ${state.run.id} may go on without it; nothing was started or stopped.` : "";
  const says = `The kernel of this view is gone: it shows what was heard last.${goes} For a live view${first}`;
  return html(page, "div", { class: "sfdag-notice sfdag-warning", "data-topic": "lost" },
    [commandLine(page, actions.back.startsWith("%") ? `%load_ext sfdag_magics\n${actions.back}` : actions.back, says)]);
}
