// What a task showed: pictures on white ground, tables, texts, and HTML that can do nothing.

const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/svg+xml"]);
/** In a frame without scripts, HTML may still ask for pictures from anywhere: it may not. */
const NOTHING_FROM_OUTSIDE = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; style-src \'unsafe-inline\'">';

function shownTab(page) {
  const list = slotOf(page);
  let asked = "";
  let answer = null;
  const load = async ({ index, task, ask, told }) => {
    const fresh = task.state === "running" ? Math.floor(Date.now() / told.state.refresh) : 0;
    const which = JSON.stringify([told.state.run?.group, index]);
    const key = JSON.stringify([which, task.state, task.attempt, task.shown, fresh]);
    if (key === asked) return;
    const isOther = !asked || JSON.parse(asked)[0] !== which;
    asked = key;
    if (isOther) answer = null;
    const reply = await ask(ASK.shown, { task: index });
    if (key !== asked) return;
    answer = reply.kind === "detail" ? (reply.detail.shown ?? []) : reply.error ?? "";
    draw();
  };
  const draw = () => list.show([asked && JSON.parse(asked)[0], answer], () => shownOf(page, answer));
  return {
    id: "shown",
    label: ({ task }) => `Shown ${task?.shown ?? ""}`.trim(),
    element: html(page, "div", { class: "sfdag-parts" }, [list.element]),
    isThere: ({ task }) => Boolean(task?.shown),
    show(of) {
      load(of);
      draw();
    },
  };
}

function shownOf(page, answer) {
  if (!Array.isArray(answer)) return html(page, "p", { class: "sfdag-hint", text: answer ?? "Asking for it." });
  return answer.map((thing) => html(page, "section", { class: "sfdag-shown", "data-shown": thing.name }, [
    html(page, "div", { class: "sfdag-section-head" }, [
      html(page, "h4", { text: thing.name }), html(page, "span", { class: "sfdag-hint", text: thing.note }),
      ...(thing.kind === "table" ? [copyButton(page, `Copy the table ${thing.name}`, () => separated(thing))] : []),
      ...(isPicture(thing) ? [onClick(page, button(page, "Download", { class: "sfdag-button sfdag-small" }), () => savePicture(page, thing))] : []),
    ]),
    ...(thing.cut ? [html(page, "p", { class: "sfdag-hint", text: thing.cut })] : []),
    drawnThing(page, thing),
  ]));
}

function isPicture({ kind, mime }) {
  return kind === "picture" && PICTURES.has(mime);
}

function addressOf({ mime, data }) {
  return `data:${mime};base64,${data}`;
}

/** Saves a picture under its name, with the ending of its kind. */
function savePicture(page, thing) {
  const ending = thing.mime.slice("image/".length).split("+")[0];
  html(page, "a", { href: addressOf(thing), download: `${thing.name}.${ending}` }).click();
}

function drawnThing(page, thing) {
  if (isPicture(thing)) return html(page, "img", { class: "sfdag-shown-picture", alt: thing.name, src: addressOf(thing) });
  if (thing.kind === "table") return tableOf(page, thing);
  if (thing.kind === "html") {
    return html(page, "iframe", { class: "sfdag-shown-html", sandbox: "", referrerpolicy: "no-referrer",
      title: thing.name, srcdoc: `${NOTHING_FROM_OUTSIDE}${alone(page, thing.text)}` });
  }
  return thing.text ? codeOf(page, thing.name, [thing.text]) : "";
}

/** HTML without what a browser connects somewhere for before a policy is asked: frames, and links to be. */
const CONNECTING = "iframe, frame, frameset, object, embed, link, meta, base, script, template";

function alone(page, text) {
  const read = new page.doc.defaultView.DOMParser().parseFromString(text, "text/html");  // loads and runs nothing
  for (const each of read.querySelectorAll(CONNECTING)) each.remove();
  return read.documentElement.outerHTML;
}

function tableOf(page, { name, columns, rows }) {
  const side = (number) => (columns[number][1] ? { class: "sfdag-number" } : {});
  return html(page, "div", { class: "sfdag-scrolled", tabindex: "0", role: "group", "aria-label": name, "data-lm-suppress-shortcuts": "true" }, [
    html(page, "table", { class: "sfdag-cells" }, [
      html(page, "thead", {}, [html(page, "tr", {}, columns.map(([text], number) => html(page, "th", { scope: "col", ...side(number), text })))]),
      html(page, "tbody", {}, rows.map((row) => html(page, "tr", {}, row.map((text, number) => html(page, "td", { ...side(number), text }))))),
    ]),
  ]);
}

/** As a spreadsheet takes it. */
function separated({ columns, rows }) {
  const plain = (text) => text.replace(/[\t\n\r]/g, " ");
  return [columns.map(([name]) => name), ...rows].map((row) => row.map(plain).join("\t")).join("\n");
}
