// Tells the kernel that somebody looks: without, it does not look for other runs of the graph.

const LOOK_MS = 15000;

/** Says so at once and time and again, as long as the element can be seen. */
function tellLooks(page, element, kernel) {
  const window = page.doc.defaultView;
  let inView = false;
  const tell = () => {
    if (inView && !page.doc.hidden) kernel.send({ id: "look", kind: ASK.look });
  };
  const observer = new window.IntersectionObserver((entries) => {
    inView = entries[entries.length - 1].isIntersecting;
    tell();
  });
  observer.observe(element);
  page.doc.addEventListener("visibilitychange", tell, { signal: page.signal });
  const clock = setInterval(tell, LOOK_MS);
  page.signal.addEventListener("abort", () => {
    clearInterval(clock);
    observer.disconnect();
  });
}
