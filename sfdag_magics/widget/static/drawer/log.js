// What a task, or all of them, printed and logged: the last lines, searched and counted by the kernel. Of
// a running task it grows at its end and is followed there, unless somebody has scrolled up in it.

const END_PX = 8;
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
  const tools = logTools(page, asks, change, () => loader.window);
  const hint = html(page, "p", { class: "sfdag-hint" });
  const foot = logFoot(page, log, asks, change);
  const draw = () => {
    const { window, error } = loader;
    tools.show(of, window);
    hint.textContent = logHint(of, asks, window, error);
    hint.hidden = !hint.textContent;
    log.show(window?.lines ?? [], { about: loader.about, text: asks.text, isAll: asks.isAll, now: of.now });
    foot.show(window, loader.isGrowing);
  };
  const tab = {
    id: "logs",
    label: () => "Logs",
    element: html(page, "div", { class: "sfdag-parts" }, [tools.element, hint, log.element, foot.element]),
    isThere: () => true,
    show(now) {
      const shown = now.told.state.run?.group;
      if (of && (of.index !== now.index || group !== shown)) asks.attempt = null;
      [of, group] = [now, shown];
      loader.load(of);
      draw();
    },
  };
  return tab;
}

/** Asks for the log when it may be another one; `window` is what was answered last, `isGrowing` whether more may come. */
function logLoader(asks, onAnswer) {
  const loader = { window: null, error: "", about: "", isGrowing: false, forget: () => { asked = ""; } };
  let asked = "";
  loader.load = async ({ index, task, ask, told }) => {
    const { text, level, attempt, isAll, only } = asks;
    const about = JSON.stringify([told.state.run?.group, logTasks(asks, index), attempt, level, only && text]);
    if (about !== loader.about) [loader.window, loader.error, loader.about, asked] = [null, "", about, ""];
    if (!task && !isAll) return;
    loader.isGrowing = isAll ? told.state.following : task.state === "running" && attempt === null;
    const age = loader.isGrowing ? Math.floor(Date.now() / told.state.refresh) : 0;
    const key = JSON.stringify([about, text, age, isAll ? told.state.run?.state : [task.state, task.attempt]]);
    if (key === asked) return;
    asked = key;
    const reply = await ask(ASK.logs, { ...logTasks(asks, index), attempt, text, level, only });
    if (key !== asked || about !== loader.about) return;
    if (reply.kind === "detail") [loader.window, loader.error] = [reply.detail, ""];
    else loader.error = reply.error ?? "";
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
function foundBefore({ lines = [], found = 0 }, text) {
  const sought = text.toLowerCase();
  return Math.max(0, found - lines.filter((line) => line[3].toLowerCase().includes(sought)).length).toLocaleString("en");
}

/** The lines; `show` keeps those that stand there already, and the end in sight where it was. */
function linesOf(page) {
  const element = html(page, "div", { class: "sfdag-logs", tabindex: "0", "data-lm-suppress-shortcuts": "true",
    role: "log", "aria-live": "off", "aria-label": "Logs" });
  let keys = [];
  let shown = "";
  let isFollowing = true;
  const log = { element, onScroll: () => {}, unread: 0, isFollowing: () => isFollowing };
  const isAtEnd = () => element.scrollTop + element.clientHeight >= element.scrollHeight - END_PX;
  const toEnd = () => { element.scrollTop = element.scrollHeight; };
  log.follow = (wanted) => {
    isFollowing = wanted;
    if (!wanted) return;
    log.unread = 0;
    toEnd();
  };
  element.addEventListener("scroll", () => {
    if (isAtEnd() === isFollowing) return;
    log.follow(isAtEnd());
    log.onScroll();
  }, { signal: page.signal, passive: true });
  log.show = (lines, { about, text, isAll, now }) => {
    element.hidden = !lines.length;
    const key = JSON.stringify([about, text]);
    const wanted = lines.map((line) => JSON.stringify(line));
    if (key !== shown) keys = [];
    if (JSON.parse(shown || "[]")[0] !== about) log.follow(true);
    if (key === shown && wanted.length === keys.length && wanted.every((each, number) => each === keys[number])) return;
    const kept = key === shown ? overlap(keys, wanted) : 0;
    if (!kept) element.replaceChildren();
    else for (let gone = keys.length - kept; gone > 0; gone -= 1) element.firstChild.remove();
    element.append(...lines.slice(kept).map((line) => lineOf(page, line, text, isAll, now)));
    if (!isFollowing && keys.length) log.unread += lines.length - kept;
    [keys, shown] = [wanted, key];
    if (isFollowing) toEnd();
  };
  return log;
}

/** How many of the old lines, its last ones, are the first of the new. */
function overlap(before, after) {
  const start = before.indexOf(after[0]);
  if (start < 0) return 0;
  const kept = before.length - start;
  return kept <= after.length && before.slice(start).every((each, number) => each === after[number]) ? kept : 0;
}

function lineOf(page, [moment, level, task, text], wanted, isAll, now) {
  const word = String(level).toLowerCase();
  return html(page, "div", { class: `sfdag-line${/^[a-z]+$/.test(word) ? ` sfdag-level-${word}` : ""}` }, [
    html(page, "span", { class: "sfdag-line-time", text: clockText(moment, now).replace(" UTC", "") }), " ",
    html(page, "span", { class: "sfdag-line-level", text: level }), " ",
    ...(isAll ? [html(page, "span", { class: "sfdag-line-task", text: task }), " "] : []),
    html(page, "span", { class: "sfdag-line-text" }, tracebackMarked(page, text, (part) => marked(page, part, wanted))), "\n",
  ]);
}

/** A text with what is searched in it marked, in whatever case. */
function marked(page, text, wanted) {
  const parts = [];
  const [low, sought] = [text.toLowerCase(), wanted.toLowerCase()];
  let from = 0;
  // Of a few letters, another case is longer: positions would not be the text's own.
  while (sought && low.length === text.length) {
    const at = low.indexOf(sought, from);
    if (at < 0) break;
    parts.push(text.slice(from, at), html(page, "mark", { text: text.slice(at, at + sought.length) }));
    from = at + sought.length;
  }
  return [...parts, text.slice(from)];
}

/** Search, level, attempt, copy, download. */
function logTools(page, asks, change, seen) {
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
  // The first Esc empties the field, the next is the view's.
  field.addEventListener("keydown", (event) => event.key === "Escape" && field.value && event.stopPropagation(), { signal: page.signal });
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
  const element = html(page, "div", { class: "sfdag-log-tools" }, [field, count, only, level.element, attempt.element, copy, save]);
  const show = (now, window) => {
    of = now;
    count.textContent = asks.text && window ? `${(window.found ?? 0).toLocaleString("en")} ${window.found === 1 ? "line" : "lines"}` : "";
    only.hidden = !asks.text;
    only.setAttribute("aria-pressed", asks.only);
    const ran = now.detail?.attempts ?? [];
    attempt.element.hidden = ran.length < 2 || asks.isAll;
    attempt.offer([["", "This attempt"], ...ran.map((each) => [String(each.attempt), `Attempt ${each.attempt}`])], String(asks.attempt ?? ""));
  };
  return { element, show };
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
