// What is asked before something is done: what it will do, and which command does the same.

const AGREE = { run: "Start run", retry: "Retry now", stop: "Stop run" };

/** A confirmation, in place. `open(kind, asked)` shows `{ says, command, name, onYes, onNo }`: where
 *  a name has to be typed, nothing else can be agreed to, and `onYes` is given what was typed. */
function sheetOf(page, onClosed) {
  const element = html(page, "section", { class: "sfdag-sheet", hidden: "", role: "group" });
  let shown = null;
  /** Takes the sheet away; who calls answers what it asked. */
  const leave = () => {
    const left = shown;
    shown = null;
    element.hidden = true;
    onClosed(left.kind);
    return left;
  };
  const close = () => {
    if (shown === null) return false;
    leave().onNo();
    return true;
  };
  const open = (kind, asked) => {
    close();
    shown = { kind, ...asked };
    const { says, command, name, refused } = asked;
    const yes = refused ? null : button(page, AGREE[kind],
      { class: `sfdag-button ${kind === "stop" ? "sfdag-danger" : "sfdag-primary"}`, "data-confirm": kind });
    const no = button(page, refused ? "Close" : "Cancel");
    const field = name ? nameField(page, says, name, yes) : null;
    if (yes) onClick(page, yes, () => leave().onYes(field ? field.value.trim() : "yes"));
    onClick(page, no, close);
    refill(element, [html(page, "p", { text: says }), field, commandLine(page, command, refused ? "What can be done: " : undefined),
      html(page, "div", { class: "sfdag-choices" }, [yes, no].filter(Boolean))]);
    element.setAttribute("aria-label", says);
    element.hidden = false;
  };
  const focus = () => element.querySelector("input, [data-confirm], .sfdag-choices button").focus();
  return { element, open, close, leave, focus, get isOpen() { return shown !== null; },
    get isProposal() { return Boolean(shown?.isProposal); }, get kind() { return shown?.kind; } };
}

/** Proposes an action before anybody begins it, in the sheet that its questions come to as well. */
function proposalsOf(sheet, told, act) {
  const isOpen = () => sheet.isOpen && sheet.isProposal;
  return {
    open(kind) {
      const intention = told.state.intentions[kind] ?? start(told.graph, told.actions);
      sheet.open(kind, { ...intention, isProposal: true, onYes: () => act(kind), onNo: () => {} });
      sheet.focus();
    },
    /** Takes away what is of no use any more: its run has ended, or another one goes. */
    check() {
      if (isOpen() && refusal(sheet.kind, told.state, told.graph)) sheet.leave();
    },
    close() {
      if (isOpen()) sheet.close();
    },
  };
}

/** Where a name is typed; as long as it is another, `yes` cannot be pressed. */
function nameField(page, says, name, yes) {
  const field = html(page, "input", { class: "sfdag-field", type: "text", "aria-label": says,
    autocomplete: "off", spellcheck: "false", "data-lm-suppress-shortcuts": "true" });
  const check = () => { yes.disabled = field.value.trim() !== name; };
  field.addEventListener("input", check, { signal: page.signal });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") yes.click();
  }, { signal: page.signal });
  check();
  return field;
}

/** Shows what an action asks for as long as it does; the page that began it takes the focus. */
function questionsOf(sheet, ask) {
  let shown = "";
  return (state, isOurs) => {
    const { question, busy } = state;
    if ((question?.id ?? "") === shown) return;
    if (shown && sheet.isOpen) sheet.leave();
    shown = question?.id ?? "";
    if (!question) return;
    const answer = (text) => ask(ASK.answer, { question: question.id, text });
    sheet.open(busy, { ...question, onYes: answer, onNo: () => answer("") });
    if (isOurs) sheet.focus();
  };
}

function commandLine(page, command, says = "The same by hand: ") {
  const copy = button(page, "Copy", { class: "sfdag-button sfdag-quiet" });
  onClick(page, copy, async () => {
    copy.textContent = (await copied(page.doc.defaultView, command)) ? "Copied" : "Select it to copy";
  });
  return html(page, "p", { class: "sfdag-command" },
    [html(page, "span", { text: says }), html(page, "code", { text: command }), copy]);
}
