// What the tasks of the run that is shown read and wrote in rows, and which of them is green but empty.

const GREEN_BUT_EMPTY = "wrote no rows";

const rowsByName = kept((past) => new Map(past.tasks.map((name, at) => [name, { did: past.rows[at] ?? null, usual: past.usual_rows[at] ?? null }])));

/** `{ read, written, usual }` of a task; null where nobody tells of the run that is shown. */
function rowsOfTask(told, name) {
  const { past, state: { run } } = told;
  const there = run?.group === past.rows_of ? rowsByName(past).get(name) : null;
  return there?.did ? { read: there.did[0], written: there.did[1], usual: there.usual } : null;
}

/** Whether a task went well and wrote nothing, where it usually writes something. */
function isGreenButEmpty(told, index) {
  const state = told.tasks()[index]?.state;
  if (state !== "succeeded" && state !== "reused") return false;
  const rows = rowsOfTask(told, told.graph.nodes[index].name);
  return rows !== null && rows.written === 0 && rows.usual > 0;
}

/** What stands at the right of a box: what was written, else what was read; behind line ends in short and the number alone, for less room. */
function rowsNote(told, index) {
  const rows = told.tasks()[index] ? rowsOfTask(told, told.graph.nodes[index].name) : null;
  if (!rows) return "";
  if (isGreenButEmpty(told, index)) return "0 rows\n0";
  const most = rows.written || rows.read;
  const count = shortCount(most);
  return most ? [`${count} ${most === 1 ? "row" : "rows"}`, `${compactCount(most)} rows`, count].join("\n") : "";
}

/** Of a large number its size: `1.2M`. */
function shortCount(count) {
  return count < 10_000 ? count.toLocaleString("en") : compactCount(count);
}

function compactCount(count) {
  return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(count);
}

/** What the details of a task say of its rows, by name. */
function rowFacts(told, index) {
  const rows = told.tasks()[index] ? rowsOfTask(told, told.graph.nodes[index].name) : null;
  if (!rows) return [];
  const usually = rows.usual ? ` · usually about ${rows.usual.toLocaleString("en")}` : "";
  const counted = (count) => `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`;
  return [["Written", rows.written || rows.usual ? `${counted(rows.written)}${usually}` : ""], ["Read", rows.read ? counted(rows.read) : ""]];
}
