// What a task returned and what it was given.

function dataTab(page) {
  const [returned, inputs] = [slotOf(page), slotOf(page)];
  return {
    id: "data",
    label: () => "Data",
    element: html(page, "div", { class: "sfdag-parts" }, [returned.element, inputs.element]),
    isThere: () => true,
    show({ index, detail }) {
      returned.show([index, detail?.returned ?? null, !detail], () => returnedOf(page, detail));
      inputs.show([index, detail?.inputs], () => inputsOf(page, detail?.inputs ?? []));
    },
  };
}

function returnedOf(page, detail) {
  if (!detail) return html(page, "p", { class: "sfdag-hint", text: "Not known yet." });
  if (!detail.returned) return section(page, "Returned", [html(page, "p", { class: "sfdag-hint", text: "Nothing." })]);
  const { text, note } = detail.returned;
  return section(page, "Returned", [codeOf(page, text, "Returned"), html(page, "p", { class: "sfdag-hint", text: note })],
    [copyButton(page, "Copy what it returned", () => text)]);
}

function inputsOf(page, inputs) {
  if (!inputs.length) return null;
  return section(page, "Inputs", [html(page, "dl", { class: "sfdag-facts sfdag-inputs" }, inputs.flatMap(([name, value, kind]) => [
    html(page, "dt", { text: name }),
    html(page, "dd", {}, [html(page, "code", { text: value }), " ",
      html(page, "span", { class: "sfdag-hint", text: kind === "task" ? "" : kind })]),
  ]))]);
}
