// When the kernel that a view belongs to is gone: nothing it shows is live, and no button would act.

/** What the view is now, and what shows the same live. A graph that never ran may be known to no
 *  target: then only its cells bring it back. */
function lostNotice(page, state, actions) {
  const first = state.run ? "" : ", run the notebook's cells again, then";
  const goes = state.run && !OVER.has(state.run.state) ? ` Run ${state.run.id} may go on without it; nothing was started or stopped.` : "";
  const says = `The kernel of this view is gone: it shows what was heard last.${goes}${leftText(state, actions)} For a live view${first}`;
  return html(page, "div", { class: "sfdag-notice sfdag-warning", "data-topic": "lost" },
    [commandLine(page, actions.back.startsWith("%") ? `%load_ext sfdag_magics\n${actions.back}` : actions.back, says)]);
}

/** A backfill goes on in the kernel: only the run that it had begun does without it. */
function leftText({ backfill }, { commands: { fill = "" } }) {
  const same = fill.startsWith("%") ? `${fill} START` : "the same backfill";
  return backfill ? ` The rest of the backfill did not begin: ${same} goes on with what is left.` : "";
}

/** What only the kernel could have told. */
function goneText({ anew }) {
  return `The kernel has gone: \`${anew}\` shows it.`;
}

/** So many answers are kept for the time after the kernel; pictures may be large. */
const KEPT_ANSWERS = 60;

/** `ask` with a memory: without a kernel an answer is what was answered of the same, or that it has gone. */
function rememberingAsk(ask, told) {
  const answers = new Map();
  return async (kind, extra = {}, isByItself = false) => {
    const key = askedKey(told, kind, extra);
    const reply = told.lostAt === null ? await ask(kind, extra, isByItself) : null;
    if (reply?.kind === "detail" && !extra.whole) {
      answers.delete(key);
      answers.set(key, reply);
      if (answers.size > KEPT_ANSWERS) answers.delete(answers.keys().next().value);
    }
    if (told.lostAt === null) return reply;
    return answers.get(key) ?? { kind: "refused", error: goneText(told.actions) };
  };
}

/** What is asked for, and of what: numbers of tasks are those of one graph, in one run. */
function askedKey(told, kind, extra) {
  const tasks = [extra.task, ...(extra.tasks ?? [])].map((index) => [told.graph.nodes[index]?.name, told.tasks()[index]?.attempt]);
  return JSON.stringify([kind, { attempt: null, against: "", ...extra, task: null, tasks: null }, tasks, told.state.run?.group]);
}
