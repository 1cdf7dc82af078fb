// A task's attempts in this run, the newest first.

const ATTEMPT_STATES = new Map([["EXECUTING", "running"], ["SCHEDULED", "pending"], ["SUCCEEDED", "succeeded"],
  ["SKIPPED", "skipped"], ["CANCELLED", "cancelled"]]);

function attemptsTab(page) {
  const list = slotOf(page);
  return {
    id: "attempts",
    label: () => "Attempts",
    element: html(page, "div", { class: "sfdag-parts" }, [list.element]),
    isThere: () => true,
    show: ({ index, task, detail, lacks, now, told }) => list.show([index, detail?.attempts ?? null, lacks],
      () => attemptsOf(page, detail, unknownText(task, lacks), now, told.looks)),
  };
}

/** What stands where the kernel has not answered. */
function unknownText(task, lacks) {
  return lacks || (task ? "Reading what is known of it …" : "It has not run in this run.");
}

function attemptsOf(page, detail, unknown, now, looks) {
  const attempts = [...(detail?.attempts ?? [])].reverse();
  if (!attempts.length) {
    return html(page, "p", { class: "sfdag-hint", text: detail ? "It has not run in this run." : unknown });
  }
  return attempts.map(({ attempt, state, started, completed, error, query_id: query }) => {
    const word = ATTEMPT_STATES.get(state) ?? "failed";
    const took = started !== null && completed !== null ? ` · ${durationText(completed - started)}` : "";
    return html(page, "section", { class: `sfdag-attempt sfdag-s-${word}` }, [
      html(page, "h4", {}, [stateIcon(page, looks[word]), `Attempt ${attempt}`]),
      html(page, "p", { text: `${word}${took}${started === null ? "" : ` · ${clockText(started, now)}`}` }),
      error ? html(page, "p", { class: "sfdag-message", text: error }) : "",
      query ? html(page, "p", { class: "sfdag-hint", text: `query ${query}` }) : "",
    ]);
  });
}
