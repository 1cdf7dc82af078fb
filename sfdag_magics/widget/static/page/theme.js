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
  view.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell, { signal });
  // The host's style sheet may come after its attribute changed.
  root.addEventListener("transitionend", tell, { signal });
  tell();
  view.requestAnimationFrame(tell);
}

function isDark(root, view) {
  const declared = root.ownerDocument.body.dataset.jpThemeLight;
  if (declared) return declared === "false";
  for (let element = root.parentElement; element; element = element.parentElement ?? element.getRootNode().host) {
    const [red, green, blue, alpha = 1] =
      (view.getComputedStyle(element).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    if (blue !== undefined && alpha > 0.5) return red * 0.299 + green * 0.587 + blue * 0.114 < 128;
  }
  return view.matchMedia("(prefers-color-scheme: dark)").matches;
}
