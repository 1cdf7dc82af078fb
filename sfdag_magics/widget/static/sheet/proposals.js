// What is proposed before somebody begins an action: the sheets, by what they are for.
//
// A sheet's inside is `{ element, open(change), chosen() }`: `open` asks the kernel what would be done
// and tells the sheet by `change`; `chosen()` goes with the request that does it. Perhaps `check()`: asks again where that may
// be otherwise by now; and `before`: what of it stands beside a question that the action asks, in place of the whole.

/** Proposes an action before anybody begins it, in the sheet that its questions come to as well. */
function proposalsOf(page, sheet, told, { act, ask, away }) {
  const insides = { run: runForm, retry: againInside, deploy: planInside, fill: backfillInside };
  let [last, inside] = [null, null];
  const isOpen = () => sheet.isOpen && sheet.isProposal;
  const proposals = {
    /** `part`: of a graph, by one of its tasks: `{ way: "only", name }`; by a group with its `tasks`. */
    open(kind, part = null) {
      inside = insides[kind]?.(page, told, ask, { away, propose: proposals.open, part }) ?? null;
      last = { kind, body: inside?.element ?? null, before: inside?.before ?? inside?.element ?? null };
      const proposal = last;
      const mine = inside;
      const chosen = () => mine?.chosen() ?? { runs: runsShown(told) };
      sheet.open(kind, { ...proposed(kind, told), ...(kind === "run" && partWords(part)), body: last.body, isProposal: true,
        onYes: () => act(kind, chosen()), onNo: () => { if (last === proposal) last = null; } });
      sheet.focus();
      inside?.open((changes) => {
        if (!isOpen() || last !== proposal) return;
        const held = last.body.contains(last.body.getRootNode().activeElement);
        sheet.change(changes);
        if (changes.focuses && !held) sheet.focus();
      });
    },
    /** What was looked at before the action that asks now: it stands beside its question. */
    bodyOf: (kind) => (last?.kind === kind ? last.before : null),
    /** Takes away what is of no use any more: its run has ended, or another one goes. What becomes of a run's tasks goes with the run. */
    check() {
      if (!isOpen()) return;
      if (refusal(sheet.kind, told.state, told.graph)) sheet.leave();
      else if (!(sheet.kind in insides)) sheet.change(proposed(sheet.kind, told));
      else inside.check?.();
    },
    close() {
      if (isOpen()) sheet.close();
    },
  };
  return proposals;
}

/** What a run of a part of the graph does, by the task that it was chosen at. */
function partWords(part) {
  if (!part) return {};
  const name = isolated(part.name);
  const title = { only: `Run only ${name}?`, from: `Run ${name} and what waits for it?`, to: `Run ${name} and what it waits for?`, group: `Run the group ${name}?` }[part.way];
  const says = part.way === "to" ? "Tasks that are not above it do not run." : part.way === "group" ? "Other tasks do not run: those above it give what the newest run with all of them returned." : "Tasks above it do not run: they give what the newest run with all of them returned.";
  return { title, says };
}

/** The run that a page means, so that no other one is meant where the view shows another by then. */
function runsShown(told) {
  return told.state.run?.group ? [told.state.run.group] : [];
}

/** What is known of an action before the kernel has been asked. */
function proposed(kind, { state, graph, actions }) {
  const name = isolated(graph.name);
  const where = actions.place ? `Where: ${actions.place}. ` : "";
  const [title, says] = {
    run: [`New run of ${name}`, actions.place && `Where: ${actions.place}.`],
    deploy: [`Deploy ${name}?`, `${where}Its tasks there become those of the notebook.`],
    fill: [`Backfill ${name}`, "Looking which slots there are…"],
    suspend: [`Turn the schedule of ${name} off?`, `${where}No run starts by itself then; one that is going goes on.`],
    resume: [`Turn the schedule of ${name} on?`, `${where}Runs start by themselves then.`],
  }[kind] ?? [];
  if (kind === "fill") return { title, says, command: "", canAgree: false, refused: !actions.commands.fill };
  return state.intentions[kind] ?? { title, says, command: actions.commands[kind] };
}
