// The notice of a graph that opened as a table, for it is large.

/** A graph of more tasks opens as a table. */
const AS_TABLE = 300;
/** What a notice begins that has nothing to do with the kernel. */
const TO_GRAPH = "graph";

/** Says of a graph that opened as a table when it can be looked at, until somebody did: `update()`. */
function placingOf(told, choice, notices) {
  let isSeen = false;
  return { update() {
    const { graph: { nodes, placed } } = told;
    isSeen ||= placed && choice.now.tab === "graph";
    const count = `${nodes.length.toLocaleString("en")} tasks`;
    const said = placed ? `The graph of ${count} is laid out; it opened as a table.` : `The graph of ${count} is being laid out: until then they stand in the table.`;
    notices.say("placing", !isSeen && nodes.length > AS_TABLE && said, { kind: "plain", canGo: true, does: placed ? ["Show the graph", TO_GRAPH] : null });
  } };
}
