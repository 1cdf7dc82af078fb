// When the kernel that a view belongs to is gone: nothing it shows is live, and no button would act.

/** What a kernel says of itself when another process takes its place, or none does. */
const ENDS = new Set(["restarting", "autorestarting", "terminating", "dead"]);

/** `isGone()`: whether the kernel that made the widget has ended. Of several hosts each tells it in
 *  some other way, and none by silence: a kernel that is busy is silent too. */
function kernelOf(page, model) {
  let kept = null;
  let hasEnded = false;
  const manager = model.widget_manager;
  /** Of a restart by somebody else a page hears at most that a kernel starts, and not every time
   *  (the new one may say so before anybody listens): it is asked whether it has the view. */
  const askWhetherKept = async () => {
    const reply = await manager.kernel.requestCommInfo?.({ target_name: "jupyter.widget" });
    const comms = reply?.content?.comms;
    hasEnded ||= Boolean(comms) && !(model.get("sfdag_actions").model in comms);
  };
  const hear = (_, status) => {
    hasEnded ||= ENDS.has(status);
    if (status === "starting") askWhetherKept().catch(() => {});
  };
  manager?.kernel?.statusChanged?.connect(hear);
  page.signal.addEventListener("abort", () => manager?.kernel?.statusChanged?.disconnect(hear));
  // Jupyter's own model knows whether it is connected; one from a saved notebook never was.
  manager?.get_model?.(model.get("sfdag_actions").model)?.then((found) => { kept = found; }, () => {});
  return {
    isGone: () => hasEnded || kept?.comm_live === false,
    /** To the kernel; where that cannot be, it is gone. */
    send(message) {
      try {
        model.send(message);
      } catch {
        hasEnded = true;
      }
    },
  };
}

/** What the view is now, and what shows the same live. A graph that never ran may be known to no
 *  target: then only its cells bring it back. */
function lostNotice(page, state, actions) {
  const first = state.run ? "" : "run the notebook's cells again, then ";
  const says = `The kernel of this view is gone: it shows what was heard last. For a live view ${first}`;
  return html(page, "div", { class: "sfdag-notice sfdag-warning", "data-topic": "lost" },
    [commandLine(page, `%load_ext sfdag_magics\n${actions.anew}`, says)]);
}
