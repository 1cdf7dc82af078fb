// Light or dark, by what is really behind the view: every host says it in another way.

/** Keep `data-sfdag-theme` on the root true to the host's background. */
function followTheme(root, signal) {
  const view = root.ownerDocument.defaultView;
  const tell = () => { root.dataset.sfdagTheme = isDark(root, view) ? "dark" : "light"; };
  const watcher = new view.MutationObserver(tell);
  for (const element of [root.ownerDocument.documentElement, root.ownerDocument.body]) {
    watcher.observe(element, { attributes: true,
      attributeFilter: ["class", "style", "data-jp-theme-light", "data-theme", "data-vscode-theme-kind"] });
  }
  signal.addEventListener("abort", () => watcher.disconnect());
  for (const query of [DARK, FORCED]) view.matchMedia(query).addEventListener("change", tell, { signal });
  // The host's style sheet may come after its attribute changed.
  root.addEventListener("transitionend", tell, { signal });
  tell();
  view.requestAnimationFrame(tell);
}

const DARK = "(prefers-color-scheme: dark)";
/** Colours that somebody has chosen for all pages: then the host's are not seen. */
const FORCED = "(forced-colors: active)";

function isDark(root, view) {
  if (view.matchMedia(FORCED).matches) return view.matchMedia(DARK).matches;
  const declared = root.ownerDocument.body.dataset.jpThemeLight;
  if (declared) return declared === "false";
  for (let element = root.parentElement; element; element = element.parentElement ?? element.getRootNode().host) {
    const [red, green, blue, alpha] = shades(view.getComputedStyle(element).backgroundColor, root.ownerDocument);
    if (alpha > 127) return red * 0.299 + green * 0.587 + blue * 0.114 < 128;
  }
  return view.matchMedia(DARK).matches;
}

/** Red, green, blue and alpha up to 255 of a colour as CSS has it: `color(srgb 1 1 1)` is white too. */
function shades(colour, host) {
  const plain = colour.startsWith("rgb") && colour.match(/[\d.]+/g);
  if (plain) return [...plain.slice(0, 3).map(Number), 255 * Number(plain[3] ?? 1)];
  const canvas = host.createElement("canvas").getContext("2d");
  canvas.fillStyle = "transparent";
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return canvas.getImageData(0, 0, 1, 1).data;
}
