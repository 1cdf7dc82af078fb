// What page and kernel tell each other, as far as the page has to name it. MESSAGES.md lists all of it.

/** What the page may ask for. */
const ASK = { run: "run", retry: "retry", stop: "stop", deploy: "deploy", suspend: "suspend", resume: "resume", connect: "connect", fill: "fill", form: "form",
  again: "again", plan: "plan", slots: "slots", backfill: "backfill", detail: "detail", logs: "logs", shown: "shown", code: "code", tables: "tables", answer: "answer",
  show: "show", compare: "compare", unfold: "unfold", fold: "fold", look: "look" };

/** The traits the kernel writes; the page only reads them. */
const TRAITS = { graph: "sfdag_graph", folded: "sfdag_folded", tasks: "sfdag_tasks", state: "sfdag_state", past: "sfdag_past", looks: "sfdag_looks", actions: "sfdag_actions" };

/** The state before the kernel told one, and what stands for a key that it leaves out. */
const EMPTY_STATE = { run: null, base: 0, rows: {}, marks: {}, heard: null, patience: 15000, following: false, trouble: "", busy: "",
  said: "", doing: "", backfill: "", newer: "", unseen: "Looking for its runs", unanswered: true, sight: "", dropped: false, watches: false, intentions: {}, question: null, refresh: 5000, now: 0 };

/** The same of the last runs. */
const EMPTY_PAST = { runs: [], tasks: [], letters: {}, usual: [], lately: [], lately_run: false, usual_run: null, rows: [], rows_of: "", usual_rows: [], schedule: null };
