// What is proposed before somebody begins an action: the sheets, by what they are for.
//
// A sheet's inside is `{ element, open(change), chosen() }`: `open` asks the kernel what would be done
// and tells the sheet by `change`; `chosen()` goes with the request that does it. Perhaps `before`: what of it stands
// beside a question that the action asks, in place of the whole.

/** Proposes an action before anybody begins it, in the sheet that its questions come to as well. */
function proposalsOf(page, sheet, told, { act, ask, away }) {
  const insides = { run: runForm, retry: againInside, deploy: planInside };
  let last = null;
  const isOpen = () => sheet.isOpen && sheet.isProposal;
  return {
    open(kind) {
      const inside = insides[kind]?.(page, told, ask, away) ?? null;
      last = { kind, body: inside?.element ?? null, before: inside?.before ?? inside?.element ?? null };
      const chosen = () => inside?.chosen() ?? { runs: runsShown(told) };
      sheet.open(kind, { ...proposed(kind, told), body: last.body, isProposal: true,
        onYes: () => act(kind, chosen()), onNo: () => { last = null; } });
      sheet.focus();
      const proposal = last;
      inside?.open((changes) => {
        if (!isOpen() || last !== proposal) return;
        const held = last.body.contains(last.body.getRootNode().activeElement);
        sheet.change(changes);
        if (changes.focuses && !held) sheet.focus();
      });
    },
    /** What was looked at before the action that asks now: it stands beside its question. */
    bodyOf: (kind) => (last?.kind === kind ? last.before : null),
    /** Takes away what is of no use any more: its run has ended, or another one goes. */
    check() {
      if (isOpen() && refusal(sheet.kind, told.state, told.graph)) sheet.leave();
    },
    close() {
      if (isOpen()) sheet.close();
    },
  };
}

/** The run that a page means, so that no other one is meant where the view shows another by then. */
function runsShown(told) {
  return told.state.run?.group ? [told.state.run.group] : [];
}

/** What is known of an action before the kernel has been asked. */
function proposed(kind, { state, graph, actions }) {
  const name = isolated(graph.name);
  const where = actions.place ? `On ${actions.place}: ` : "";
  const [title, says] = {
    run: [`New run of ${name}`, actions.place && `On ${actions.place}.`],
    deploy: [`Deploy ${name}?`, `${where}its tasks there become those of the notebook.`],
    suspend: [`Turn the schedule of ${name} off?`, `${where}no run starts by itself then; one that is going goes on.`],
    resume: [`Turn the schedule of ${name} on?`, `${where}runs start by themselves then.`],
  }[kind] ?? [];
  return state.intentions[kind] ?? { title, says, command: actions.commands[kind] };
}
