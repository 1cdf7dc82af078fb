// What is asked before something is done: what it will do, and which command does the same.

const AGREE = { run: "Run now", retry: "Retry now", stop: "Stop run", deploy: "Deploy now", suspend: "Turn off", resume: "Turn on", fill: "Start backfill" };
/** The same where a target's name has to be typed: it says where. */
const AGREE_THERE = { run: "Run on", deploy: "Deploy to", fill: "Backfill on" };
/** What says no where "Cancel" could be taken for what is asked about. */
const REFUSE = { stop: "Let it run" };

/** A confirmation, in place. `open(kind, asked)` shows `{ title, says, body, command, name, onYes, onNo }`:
 *  where a name has to be typed, nothing else can be agreed to, and `onYes` is given what was typed.
 *  `change({ … })` says what of it is different by now, `canAgree` whether it can be agreed to, and `warning` what stands beside that
 *  in any case. */
function sheetOf(page, onClosed) {
  const element = html(page, "section", { class: "sfdag-sheet", hidden: "", role: "group" });
  let shown = null;
  let parts = null;
  let back = null;
  /** Takes the sheet away; who calls answers what it asked. */
  const leave = () => {
    const left = shown;
    shown = null;
    element.hidden = true;
    refill(element, []);
    onClosed(left.kind, back);
    return left;
  };
  const close = () => {
    if (shown === null) return false;
    leave().onNo();
    return true;
  };
  const typedName = () => parts.field.querySelector("input").value.trim();
  const agree = () => {
    if (parts.yes.disabled || shown.refused) return;
    const { name, onYes } = shown;
    const typed = name ? typedName() : "yes";
    leave();
    onYes(typed);
  };
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input:not([type=radio]), select")) return;
    event.preventDefault(); // else it presses what has the focus afterwards, too
    agree();
  }, { signal: page.signal });
  const open = (kind, asked) => {
    const active = element.getRootNode().activeElement;
    if (!element.contains(active)) back = active;
    close();
    shown = { kind, canAgree: true, ...asked };
    parts = sheetParts(page, shown, { agree, close });
    const { head, note, command, choices, field } = parts;
    refill(element, [head, note, asked.body, field, html(page, "div", { class: "sfdag-sheet-foot" }, [choices, command.element])]);
    element.classList.toggle("sfdag-grave", Boolean(asked.name));
    change({});
    element.hidden = false;
  };
  const change = (changes) => {
    if (shown === null) return;
    Object.assign(shown, changes);
    const { title, says, command, refused, name, canAgree, why, unfit } = shown;
    put(parts.head, title ?? "");
    put(parts.note, says ?? "");
    parts.head.hidden = !title;
    parts.note.hidden = !says;
    element.setAttribute("aria-label", title || says);
    parts.command.set(command, shown.label ?? (refused ? "What can be done" : undefined), unfit);
    put(parts.why, why ?? "");
    if (changes.warning) refill(parts.warning, changes.warning);
    parts.yes.disabled = !canAgree || Boolean(name && typedName() !== name);
    put(parts.no, refused ? "Close" : shown.kind in REFUSE ? REFUSE[shown.kind] : "Cancel");
    if (refused) parts.yes.remove();
    else if (!parts.yes.isConnected) parts.choices.prepend(parts.yes);
  };
  const focus = () => element.querySelector(shown?.refused ? ".sfdag-choices button" : "input, select, [role='switch'], [data-confirm]:enabled, .sfdag-choices button")?.focus();
  return { element, open, close, leave, focus, change, get isOpen() { return shown !== null; },
    get isProposal() { return Boolean(shown?.isProposal); }, get kind() { return shown?.kind; } };
}

/** The elements of a sheet; what they say is put in by `change`. */
function sheetParts(page, { kind, name, title, says }, { agree, close }) {
  const label = name && kind in AGREE_THERE ? `${AGREE_THERE[kind]} ${name}` : AGREE[kind];
  const yes = onClick(page, button(page, label, { "data-confirm": kind,
    class: `sfdag-button ${name || kind === "stop" ? "sfdag-danger" : "sfdag-primary"}` }), agree);
  const no = onClick(page, button(page, "Cancel"), close);
  const why = html(page, "span", { class: "sfdag-why", role: "status" });
  const warning = html(page, "div", { class: "sfdag-sheet-warning", role: "status" });
  return {
    yes, no, why, warning,
    head: html(page, "h3", { class: "sfdag-sheet-title" }),
    note: html(page, "p", { class: "sfdag-sheet-note" }),
    command: commandPart(page),
    choices: html(page, "div", { class: "sfdag-choices" }, [yes, no, why, warning]),
    field: name ? nameField(page, title || says, name, yes) : null,
  };
}

/** Where a name is typed; as long as it is another, `yes` cannot be pressed. */
function nameField(page, says, name, yes) {
  const field = html(page, "input", { class: "sfdag-field", type: "text", dir: "auto", "aria-description": says,
    autocomplete: "off", spellcheck: "false", "data-lm-suppress-shortcuts": "true" });
  const check = () => { yes.disabled = field.value.trim() !== name; };
  field.addEventListener("input", check, { signal: page.signal });
  return html(page, "label", { class: "sfdag-name-field" }, [html(page, "span", { text: "Type its name" }), field]);
}

/** Shows what an action asks for as long as it does; the page that began it takes the focus. */
function questionsOf(sheet, ask, bodyOf) {
  let shown = "";
  return (state, isOurs) => {
    const { question, busy } = state;
    if ((question?.id ?? "") === shown) return;
    if (shown && sheet.isOpen) sheet.leave();
    shown = question?.id ?? "";
    if (!question) return;
    const answer = (text) => ask(ASK.answer, { question: question.id, text });
    const body = isOurs ? bodyOf(busy) : null;
    sheet.open(busy, { ...question, title: capitalised(question.says), says: "", body, onYes: answer, onNo: () => answer("") });
    if (isOurs) sheet.focus();
  };
}

/** A command with a button that copies it; `set(command, says, unfit)` puts another one in, which is not to
 *  be copied where `unfit` says why. */
function commandPart(page) {
  const label = html(page, "span");
  const code = html(page, "code");
  const copy = copyingButton(page, () => code.textContent, "sfdag-quiet");
  const element = html(page, "p", { class: "sfdag-command" }, [label, code, copy]);
  const set = (command, says = "The same by hand", unfit = "") => {
    if (code.textContent !== command) copy.textContent = "Copy";
    copy.disabled = Boolean(unfit);
    copy.title = unfit;
    code.classList.toggle("sfdag-unfit", Boolean(unfit));
    put(code, command);
    element.hidden = !command;
    put(label, `${unfit ? "Would be refused" : says}: `);
  };
  return { element, set };
}

function commandLine(page, command, says) {
  const part = commandPart(page);
  part.set(command, says);
  return part.element;
}
