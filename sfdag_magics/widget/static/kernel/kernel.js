// The kernel behind a view, and whether it is still the one that made it.
//
// Of several hosts each tells the end of a kernel in some other way, and of a restart by somebody else
// JupyterLab often hears nothing: the new kernel says that it starts before anybody listens. So the
// page minds who speaks, and asks. Silence tells nothing: a busy kernel is silent too.

/** What a kernel says of itself when another process takes its place, or none does. */
const ENDS = new Set(["restarting", "autorestarting", "terminating", "dead"]);

/** `isGone()`: whether the kernel that made the widget has ended, or another one answers. `isReached()`:
 *  whether the page has a connection to it. */
function kernelOf(page, model) {
  let kept = null;
  let hasEnded = false;
  const manager = model.widget_manager;
  // Jupyter's connection to the kernel; other hosts have none, or half of one.
  const host = manager?.kernel;
  const speaker = speakerOf(page, host, () => model.get(TRAITS.actions).session);
  const hear = (_, status) => { hasEnded ||= ENDS.has(status); };
  host?.statusChanged?.connect(hear);
  page.signal.addEventListener("abort", () => host?.statusChanged?.disconnect(hear));
  // Jupyter's own model knows whether it is connected; one from a saved notebook never was.
  manager?.get_model?.(model.get(TRAITS.actions).model)?.then((found) => { kept = found; }, () => {});
  return {
    isGone: () => hasEnded || kept?.comm_live === false || host?.isDisposed === true || speaker.isAnother(),
    isReached: () => (host?.connectionStatus ?? "connected") === "connected",
    ask: speaker.ask,
    /** To the kernel; where that cannot be, it is gone. */
    send(message) {
      try {
        model.send(message);
      } catch {
        hasEnded = true;
      }
      speaker.ask();
    },
  };
}

/** Milliseconds between two questions at the least: after an answer, and while there is none. */
const ANSWERED_MS = 1000;
const OPEN_MS = 5000;

/** `isAnother()`: whether a kernel spoke that is not ours. Every message names the session of who
 *  speaks; a kernel that restarts has a new one. `ask()` has the kernel speak, a busy one too. */
function speakerOf(page, host, ours) {
  let hasSpoken = false;  // ours; a host that speaks in its own name for every kernel tells nothing
  let isAnother = false;
  let isOpen = false;
  let askedAt = -Infinity;
  const hear = (_, { msg, direction }) => {
    const { session } = msg.header;
    if (direction !== "recv" || session === host.clientId) return;  // the server's own words, to us
    isOpen = false;
    hasSpoken ||= session === ours();
    isAnother ||= hasSpoken && session !== ours();
  };
  host?.anyMessage?.connect(hear);
  page.signal.addEventListener("abort", () => host?.anyMessage?.disconnect(hear));
  const ask = () => {
    const isDue = Date.now() >= askedAt + (isOpen ? OPEN_MS : ANSWERED_MS);
    if (!isDue || !host?.sendControlMessage || host.connectionStatus !== "connected") return;
    askedAt = Date.now();
    isOpen = true;
    try {
      host.sendControlMessage(infoRequest(host), true);
    } catch {
      // Between two kernels nothing can be sent; what comes after, the host tells.
    }
  };
  ask();  // while it is ours, which has just told what is shown
  return { ask, isAnother: () => isAnother };
}

/** "Who are you?" On the control channel: what is asked there, a kernel answers while a cell runs. */
function infoRequest(host) {
  const id = `sfdag-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  return { channel: "control", parent_header: {}, metadata: {}, content: {}, buffers: [],
    header: { msg_id: id, msg_type: "kernel_info_request", session: host.clientId,
      username: host.username ?? "", date: new Date().toISOString(), version: "5.3" } };
}
