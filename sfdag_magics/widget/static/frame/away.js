// Tells somebody who looked away how a long run ended: by a mark before the page's title, and by a message of
// the browser where somebody allowed that with a click.

/** Whoever started a shorter run still looks at it. */
const LONG_MS = 10000;
const KEPT_AS = "sfdag-tells-of-ends";
const TELLS = "Tell me by a message of the browser when a long run has ended while I look away";
const TELLS_NOT = "This page may show no messages: the browser's settings for it say so.";

/** `take(before, state)` minds each state; `offer(label)` is a button that has messages shown, or null where a
 *  page can show none; `say` is told why not. */
function awayOf(page, told, say) {
  const { doc } = page;
  const view = doc.defaultView;
  let offers = [];
  let mark = "";
  const isAway = () => doc.hidden || !doc.hasFocus();
  const comeBack = () => {
    if (isAway() || !mark) return;
    doc.title = doc.title.replace(mark, "");  // the host may have put another title behind it
    mark = "";
  };
  doc.addEventListener("visibilitychange", comeBack, { signal: page.signal });
  view.addEventListener("focus", comeBack, { signal: page.signal });
  page.signal.addEventListener("abort", () => { doc.title = doc.title.replace(mark, ""); });
  const tell = (run) => {
    const says = `${told.graph.name} ${run.word.toLowerCase()}`;
    if (mark) doc.title = doc.title.replace(mark, "");
    mark = `${told.looks[runLook(run)].letter} ${says} · `;
    if (!doc.title.startsWith(mark)) doc.title = `${mark}${doc.title}`;  // another view may have said so
    if (isAllowed(view)) notify(view, says, runFacts(told.state, told.now(), EMPTY_PAST, tookBefore(told)), `${run.group} ${run.attempt}`);
  };
  const update = () => {
    offers = offers.filter((offer) => offer.isConnected);  // a form's goes with it
    for (const offer of offers) offer.setAttribute("aria-pressed", isAllowed(view));
  };
  const toggle = async () => {
    const wanted = !isAllowed(view);
    const may = !wanted || await view.Notification.requestPermission() === "granted";
    keep(view, wanted && may);
    say(may ? "" : TELLS_NOT);
    update();
  };
  return {
    take(before, { run }) {
      const wasGoing = before.run && run && before.run.group === run.group && before.run.attempt === run.attempt && !OVER.has(before.run.state);
      if (!wasGoing || !OVER.has(run.state) || run.started === null || !isAway()) return;
      if (run.completed - run.started >= LONG_MS) tell(run);
    },
    offer(label) {
      if (!("Notification" in view)) return null;
      const made = iconButton(page, "bell", label, TELLS, toggle, "sfdag-quiet");
      made.setAttribute("aria-pressed", isAllowed(view));
      offers.push(made);
      return made;
    },
  };
}

/** Whether somebody asked for messages on this machine, and the browser still lets them be shown. */
function isAllowed(view) {
  try {
    return view.localStorage.getItem(KEPT_AS) === "yes" && view.Notification?.permission === "granted";
  } catch {
    return false;  // a frame without storage
  }
}

function keep(view, isWanted) {
  try {
    if (isWanted) view.localStorage.setItem(KEPT_AS, "yes");
    else view.localStorage.removeItem(KEPT_AS);
  } catch {
    // It cannot be remembered, and so is not done.
  }
}

/** The message; of two views of one run it is one. */
function notify(view, says, body, tag) {
  try {
    const shown = new view.Notification(says, { body, tag });
    shown.onclick = () => {
      view.focus();
      shown.close();
    };
  } catch {
    // A browser that shows messages only through a worker; the title says it.
  }
}
