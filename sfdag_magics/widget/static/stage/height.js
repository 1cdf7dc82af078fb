// How high the tabs' panels are: all of them the same, so that nothing jumps on a change of tab.

/** More is scrolled: so much is seen at once, with header and legend; of rows less, or there would be nothing
 *  below a low picture. */
const TALLEST_STAGE_PX = 560;
const TALLEST_ROWS_PX = 320;
const LOWEST_STAGE_PX = 96;
/** What a row takes on the tabs that have one for each task, and what stands around them. */
const ROWS_PX = [[36, 34], [32, 114], [28, 250]];

/** As much as the highest of them needs, in pixels; `drawn` is how high the whole graph is drawn. */
function stageHeight({ graph, folded }, drawn) {
  const picture = folded.boxes.length && graph.nodes.length > MAPPED ? folded.height + 37 : drawn;
  const rows = graph.nodes.length ? Math.max(...ROWS_PX.map(([row, around]) => row * graph.nodes.length + around)) : 0;
  return Math.ceil(Math.min(TALLEST_STAGE_PX, Math.max(LOWEST_STAGE_PX, picture, Math.min(rows, TALLEST_ROWS_PX))));
}
