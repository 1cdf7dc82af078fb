// Requests to the kernel, each with an id, an ack and perhaps an answer. The page sets no trait.

const ACK_MS = 400;

/** `ask(kind, extra)` sends and resolves with the last reply; `onWaiting(true)` is called when an
 *  ack takes longer than 400 ms, `onWaiting(false)` when it came after all. Neither is for what
 *  nobody clicked (`isByItself`). */
function linkTo(model, kernel, { signal, onWaiting }) {
  const open = new Map();
  let count = 0;
  const late = new Set();

  const settle = (id) => {
    if (late.delete(id) && late.size === 0) onWaiting(false);
  };
  const hear = (message) => {
    const request = message && open.get(message.id);
    if (!request) return;
    clearTimeout(request.timer);
    settle(message.id);
    if (message.kind === "ack") return;
    open.delete(message.id);
    request.resolve(message);
  };
  model.on("msg:custom", hear);
  signal.addEventListener("abort", () => {
    model.off("msg:custom", hear);
    for (const request of open.values()) clearTimeout(request.timer);
  });

  /** Nobody answers any more: what is open is answered so. */
  const giveUp = (reply) => {
    for (const request of [...open.values()]) {
      clearTimeout(request.timer);
      request.resolve(reply);
    }
    open.clear();
    late.clear();
  };
  const ask = (kind, extra = {}, isByItself = false) => {
    const id = `p${Date.now().toString(36)}-${(count += 1)}`;
    return new Promise((resolve) => {
      const timer = isByItself ? null : setTimeout(() => { late.add(id); onWaiting(true); }, ACK_MS);
      open.set(id, { resolve, timer });
      kernel.send({ id, kind, ...extra });
    });
  };
  return { ask, giveUp };
}
