// What a retry is to run beyond what failed: from which tasks, and what a person says of others instead.

/** As the kernel marks a finalizer, and a task that the graph has no more. */
const FINALLY = "finally";
const NO_LONGER_THERE = "no longer deployed";

/** `{ element, chosen(), runAgain(indexes) }`; `onChange` is called with each choice. `chosen()` goes with the requests. `part`: a group, which is
 *  chosen then with its `tasks`. */
function againChoice(page, told, part, onChange) {
  const name = newId("retry");
  const from = new Set();
  const byHand = new Map();  // index → { way: "done" | "skip", value }
  let way = part ? "group" : "failed";
  const because = html(page, "input", { class: "sfdag-field", type: "text", dir: "auto", autocomplete: "off", spellcheck: "false",
    "data-because": "", "data-lm-suppress-shortcuts": "true", placeholder: "why; it is noted with the run" });
  because.addEventListener("input", () => onChange(), { signal: page.signal });
  const inside = html(page, "div", { class: "sfdag-again-choice" });
  const choose = (wanted) => {
    way = wanted;
    refill(inside, { failed: () => [], group: () => [], from: fromList, hand: handList }[wanted]());
    onChange();
  };
  const radio = (wanted, text) => {
    const made = html(page, "input", { type: "radio", name, "data-way": wanted, "data-lm-suppress-shortcuts": "true", ...(way === wanted ? { checked: "" } : {}) });
    made.addEventListener("change", () => choose(wanted), { signal: page.signal });
    return html(page, "label", { class: "sfdag-radio" }, [made, html(page, "span", { text })]);
  };
  // A finalizer runs at the end of each attempt, whatever is chosen, and what is gone from the graph runs no more.
  const canBeChosen = (node) => node.mark !== FINALLY && node.absence !== NO_LONGER_THERE;
  const those = (states, byHand = false) => told.graph.nodes.map((node, index) => ({ node, index, task: told.tasks()[index] }))
    .filter(({ node }) => canBeChosen(node)).filter(({ task }) => states.includes(task?.state) || (byHand && task?.by_hand));
  const fromList = () => [html(page, "p", { class: "sfdag-sheet-note", text: "These run again as well, and what is below them." }),
    html(page, "div", { class: "sfdag-choices" }, those(["succeeded", "reused", "skipped"]).map(({ node, index }) => {
      const box = html(page, "input", { type: "checkbox", "data-from": node.name, "data-lm-suppress-shortcuts": "true", ...(from.has(index) ? { checked: "" } : {}) });
      box.addEventListener("change", () => {
        if (box.checked) from.add(index);
        else from.delete(index);
        onChange();
      }, { signal: page.signal });
      return html(page, "label", { class: "sfdag-radio" }, [box, html(page, "span", { text: node.name })]);
    }))];
  const handList = () => [html(page, "p", { class: "sfdag-sheet-note", text: "What you mark as done or skipped does not run again; what waits for it takes what you say it returned." }),
    ...those(["failed", "cancelled", "blocked", "skipped"], true).map(({ node, index }) => handRow(page, node.name, byHand.get(index), (said) => {
      if (said) byHand.set(index, said);
      else byHand.delete(index);
      onChange();
    })), html(page, "label", { class: "sfdag-hand" }, [html(page, "span", { text: "Why" }), because])];
  const element = html(page, "div", {}, [
    html(page, "div", { role: "radiogroup", "aria-label": "What runs again", class: "sfdag-radios sfdag-in-a-line" }, [
      radio("failed", "What failed and what waits for it"), ...(part ? [radio("group", `The group ${isolated(part.name)}`)] : []), radio("from", "From a task…"), radio("hand", "By hand…")]), inside]);
  return {
    element,
    runAgain(indexes) {
      for (const index of indexes) from.add(index);
      element.querySelector("[data-way='from']").checked = true;
      choose("from");
    },
    chosen() {
      if (way === "group") return { again: part.tasks };
      if (way === "from") return { again: [...from] };
      if (way !== "hand") return {};
      const said = [...byHand];
      return { values: said.filter(([, each]) => each.way === "done").map(([index, each]) => [String(index), each.value]),
        skip: said.filter(([, each]) => each.way === "skip").map(([index]) => index), text: because.value.trim() };
    },
  };
}

/** One task: it runs, is said to be done with a value, or stays skipped. */
function handRow(page, name, said, onSaid) {
  const value = html(page, "input", { class: "sfdag-field", type: "text", dir: "auto", autocomplete: "off", spellcheck: "false",
    "aria-label": `What ${name} is said to have returned`, "data-value": name, "data-lm-suppress-shortcuts": "true", placeholder: "what it returned" });
  value.value = said?.value ?? "";
  const select = html(page, "select", { class: "sfdag-field", "aria-label": `What becomes of ${name}`, "data-hand": name, "data-lm-suppress-shortcuts": "true" },
    [["", "runs again"], ["done", "is done, and returned"], ["skip", "stays skipped"]].map(([way, text]) => html(page, "option", { value: way, text })));
  select.value = said?.way ?? "";
  const tell = () => {
    value.hidden = select.value !== "done";
    onSaid(select.value ? { way: select.value, value: value.value } : null);
  };
  value.hidden = select.value !== "done";
  for (const each of [select, value]) each.addEventListener("input", tell, { signal: page.signal });
  return html(page, "div", { class: "sfdag-hand" }, [html(page, "span", { class: "sfdag-part-name", text: name }), select, value]);
}
