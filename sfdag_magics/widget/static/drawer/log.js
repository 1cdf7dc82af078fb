// What a task, or all of them, printed and logged: the last lines, searched and counted by the kernel. Of
// a running task it grows at its end and is followed there, unless somebody has scrolled up in it.

const TYPED_MS = 250;
const LEVELS = [["", "All levels"], ["INFO", "Info and above"], ["WARN", "Warnings and above"], ["ERROR", "Errors"]];

function logsTab(page) {
  const asks = { text: "", level: "", attempt: null, isAll: false, only: false };
  const log = linesOf(page);
  const loader = logLoader(asks, () => draw());
  let [of, group] = [null, null];
  const change = (changes) => {
    Object.assign(asks, changes);
    loader.forget();
    tab.show(of);
  };
  const tools = logTools(page, asks, { change, log, seen: () => loader.window });
  const hint = html(page, "p", { class: "sfdag-hint" });
  const foot = logFoot(page, log, asks, change);
  const draw = () => {
    const { window, error } = loader;
    hint.textContent = logHint(of, asks, window, error);
    hint.hidden = !hint.textContent;
    const { lines = [], earlier = [], text = "" } = window ?? {};
    log.show(earlier.length ? [...earlier, null, ...lines] : lines, { about: loader.about, text, isAll: asks.isAll, now: of.now });
    tools.show(of);
    foot.show(window, loader.isGrowing);
  };
  const tab = {
    id: "logs",
    label: () => "Logs",
    element: html(page, "div", { class: "sfdag-parts" }, [tools.element, hint, log.element, foot.element]),
    isThere: () => true,
    show(now) {
      const shown = now.told.state.run?.group;
      if (of && (of.index !== now.index || group !== shown)) {
        Object.assign(asks, { attempt: null, text: "", only: false });  // of another log nobody sought it
        tools.clear();
      }
      [of, group] = [now, shown];
      loader.load(of);
      draw();
    },
  };
  return tab;
}

/** Asks for the log when it may be another one; `window` is what was answered last, with the `text` that was sought in it and the
 *  `earlier` lines that have it; `isGrowing` whether more may come. */
function logLoader(asks, onAnswer) {
  const loader = { window: null, error: "", about: "", isGrowing: false, forget: () => { asked = ""; } };
  let asked = "";
  loader.load = async ({ index, task, ask, told }) => {
    const { text, level, attempt, isAll, only } = asks;
    const about = JSON.stringify([told.state.run?.group, logTasks(asks, index), attempt, level, only && text]);
    if (about !== loader.about) [loader.window, loader.error, loader.about, asked] = [null, "", about, ""];
    if (!task && !isAll) return;
    loader.isGrowing = told.lostAt === null && (isAll ? told.state.following : task.state === "running" && attempt === null);
    const age = loader.isGrowing ? Math.floor(Date.now() / told.state.refresh) : 0;
    const key = JSON.stringify([about, text, age, isAll ? told.state.run?.state : [task.state, task.attempt]]);
    if (key === asked) return;
    asked = key;
    const reply = await ask(ASK.logs, { ...logTasks(asks, index), attempt, text, level, only });
    if (key !== asked || about !== loader.about) return;
    if (reply.kind === "detail") {
      const here = foundHere(reply.detail, text);
      const more = text && !only && reply.detail.found > here
        ? await ask(ASK.logs, { ...logTasks(asks, index), attempt, text, level, only: true }) : null;
      const earlier = (more?.detail?.lines ?? []).slice(0, here ? -here : undefined);
      if (key !== asked || about !== loader.about) return;
      [loader.window, loader.error] = [{ ...reply.detail, earlier, text }, ""];
    } else [loader.window, loader.error] = [loader.window && { ...loader.window, text }, reply.error ?? ""];
    onAnswer();
  };
  return loader;
}

/** Whose log is asked for: one task's, that of several, or of all. */
function logTasks({ isAll, tasks }, index) {
  return { task: isAll ? null : index, ...(tasks ? { tasks } : {}) };
}

/** What there is to say of a log beside its lines. */
function logHint({ task }, { isAll, level, text, only }, window, error) {
  if (error) return error;
  if (!isAll && (!task || task.started === null)) return "It has not run: there is no log.";
  if (!window) return "";
  const lines = window.lines ?? [];
  const before = (window.total ?? 0) - lines.length;
  if (before > 0) return `${before.toLocaleString("en")} earlier lines${only && text ? " with it" : text ? `, ${foundBefore(window, text)} of them with it` : ""}: ${window.command}`;
  if (lines.length) return "";
  if (only && text) return "No line has that.";
  if (level) return "No line of that level.";
  if (isAll) return "Nothing was printed and logged.";
  return task.state === "running" ? "It has printed and logged nothing yet." : `It ${window.none || "printed and logged nothing"}.`;
}

/** In how many lines before those that are here it is found: all of them are searched. */
function foundBefore(window, text) {
  return Math.max(0, (window.found ?? 0) - foundHere(window, text)).toLocaleString("en");
}

function foundHere({ lines = [] }, text) {
  const sought = text.toLowerCase();
  return lines.filter((line) => line[3].toLowerCase().includes(sought)).length;
}

/** Search, level, attempt, copy, download; of the `log` it tells which of the lines that have it was gone to. */
function logTools(page, asks, { change, log, seen }) {
  const count = html(page, "span", { class: "sfdag-hint", role: "status" });
  const field = html(page, "input", { type: "search", class: "sfdag-log-search", dir: "auto", placeholder: "Search", "aria-label": "Search the log",
    "data-lm-suppress-shortcuts": "true" });
  const only = onClick(page, button(page, "Only these", { class: "sfdag-button sfdag-small", title: "Show the lines that have it, of the whole log", hidden: "" }),
    () => change({ only: !asks.only }));
  let typing = null;
  field.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => change({ text: field.value }), TYPED_MS);
  }, { signal: page.signal });
  const step = (by) => {
    log.step(by);
    tellFound();
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && field.value) event.stopPropagation();  // the first empties the field, the next is the view's
    if (event.key !== "Enter") return;
    clearTimeout(typing);
    if (field.value === asks.text) step(event.shiftKey ? -1 : 1);
    else change({ text: field.value });
  }, { signal: page.signal });
  const steps = [["↑", "Previous line that has it (Shift+Enter)", -1], ["↓", "Next line that has it (Enter)", 1]].map(([sign, says, by]) =>
    onClick(page, button(page, sign, { class: "sfdag-button sfdag-small", "aria-label": says, title: says, hidden: "" }), () => step(by)));
  const level = choiceBox(page, "Level", (value) => change({ level: value }));
  const attempt = choiceBox(page, "Attempt", (value) => change({ attempt: value ? Number(value) : null }));
  level.offer(LEVELS, "");
  let of = null;
  const whole = async () => {
    const { text, level: least, attempt: at, isAll, only } = asks;
    const reply = await of.ask(ASK.logs, { ...logTasks(asks, of.index), attempt: at, text, level: least, only, whole: true });
    if (reply.kind === "detail") download(page, `${isAll ? "run" : of.node.name}.log`, logText(reply.detail, isAll));
  };
  const save = onClick(page, button(page, "Download", { class: "sfdag-button sfdag-small" }), whole);
  const copy = copyButton(page, "Copy the lines that are here", () => logText(seen() ?? { lines: [] }, asks.isAll));
  const element = html(page, "div", { class: "sfdag-log-tools" }, [field, count, ...steps, only, level.element, attempt.element, copy, save]);
  const tellFound = () => {
    const { at, here } = asks.text ? log.hit() : { at: -1, here: 0 };
    put(count, asks.text && seen() ? foundText(seen().found ?? 0, at, here) : "");
    for (const each of steps) each.hidden = here < 2;
  };
  const show = (now) => {
    of = now;
    tellFound();
    only.hidden = !asks.text;
    only.setAttribute("aria-pressed", asks.only);
    const ran = now.detail?.attempts ?? [];
    attempt.element.hidden = ran.length < 2 || asks.isAll;
    attempt.offer([["", "This attempt"], ...ran.map((each) => [String(each.attempt), `Attempt ${each.attempt}`])], String(asks.attempt ?? ""));
  };
  const clear = () => {
    clearTimeout(typing);
    field.value = "";
  };
  return { element, show, clear };
}

/** In how many lines it was found, and which of them was gone to: those that are not here come before all that are. */
function foundText(found, at, here) {
  const number = at < 0 ? "" : `${(Math.max(0, found - here) + at + 1).toLocaleString("en")} of `;
  return `${number}${found.toLocaleString("en")} ${found === 1 ? "line" : "lines"}`;
}

function choiceBox(page, says, onPick) {
  const element = html(page, "select", { class: "sfdag-log-select", "aria-label": says, "data-lm-suppress-shortcuts": "true" });
  element.addEventListener("change", () => onPick(element.value), { signal: page.signal });
  let offered = "";
  const offer = (options, value) => {
    const key = JSON.stringify(options);
    if (key !== offered) element.replaceChildren(...options.map(([each, text]) => html(page, "option", { value: each, text })));
    offered = key;
    if (element.value !== value) element.value = value;
  };
  return { element, offer };
}

/** Below the lines: whose they are, and whether the end is followed. */
function logFoot(page, log, asks, change, { isOneTask = true } = {}) {
  const says = html(page, "span", { class: "sfdag-hint" });
  const all = onClick(page, button(page, "All tasks", { class: "sfdag-button sfdag-small" }), () => change({ isAll: !asks.isAll }));
  const following = onClick(page, button(page, "Following", { class: "sfdag-button sfdag-small" }), () => {
    log.follow(!log.isFollowing());
    sayFollowing();
  });
  const sayFollowing = () => {
    following.setAttribute("aria-pressed", log.isFollowing());
    following.textContent = log.unread ? `${log.unread} new ${log.unread === 1 ? "line" : "lines"}` : "Following";
  };
  log.onScroll = () => sayFollowing();
  const show = (window, isGrowing) => {
    // A line that was logged may have several.
    const total = (window?.total ?? 0) + (window?.lines ?? []).reduce((sum, line) => sum + line[3].trimEnd().split("\n").length - 1, 0);
    says.textContent = total ? `${total.toLocaleString("en")} ${total === 1 ? "line" : "lines"} · times in UTC` : "";
    all.setAttribute("aria-pressed", asks.isAll);
    following.hidden = log.element.hidden || !isGrowing;  // what has ended grows no more
    sayFollowing();
  };
  return { element: html(page, "div", { class: "sfdag-log-foot" }, [says, ...(isOneTask ? [all] : []), following]), show };
}
