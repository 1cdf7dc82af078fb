// What is going moves a step at a time. A browser paints an animation of such a picture sixty times a second: where no graphics card
// helps, that was a third of a core for as long as a run went, and changes of the run waited for it.

const BEAT_MS = 250;
/** As many as the style sheets know. */
const BEATS = 4;
/** Of a large picture nothing moves. */
const MOVING = ".sfdag-picture:not(.sfdag-still), .sfdag-live";

/** The timer, to be cleared with the view. */
function beatOf(root) {
  let step = 0;
  return setInterval(() => {
    step = (step + 1) % BEATS;
    for (const each of root.querySelectorAll(MOVING)) each.dataset.beat = step;
  }, BEAT_MS);
}
