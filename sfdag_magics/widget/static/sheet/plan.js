// What a deploy would change, before it does: the text that `%sfdag plan` shows.

/** The inside of the sheet that deploys. */
function planInside(page, told, ask) {
  const text = html(page, "pre", { class: "sfdag-plan", tabindex: "0", role: "group", "aria-label": "Plan", "data-lm-suppress-shortcuts": "true", hidden: "" });
  const element = html(page, "div", { class: "sfdag-inside" }, [text]);
  let mark = "";
  return {
    element,
    async open(change) {
      const says = `Deploy ${told.graph.name}?`;
      change({ title: says, says: "Looking at what would change…", canAgree: false });
      const reply = await ask(ASK.plan);
      if (!reply.detail) {
        change({ says: reply.error ?? "What would change cannot be told.", refused: reply.kind === "refused", focuses: true });
        return;
      }
      mark = reply.detail.mark;
      put(text, reply.detail.text);
      text.hidden = false;
      const { empty, command } = reply.detail;
      change({ title: empty ? "Nothing to deploy" : says, says: empty ? "What is deployed is what the notebook has." : "",
        command, canAgree: true, refused: empty, focuses: true });
    },
    chosen: () => ({ text: mark }),
  };
}
