// Small pictures on buttons: paths in a square of 16, drawn as no font has all of them.

const ICONS = {
  run: "M5 3.5v9l7-4.5z", stop: "M4.5 4.5h7v7h-7z", retry: "M12.6 8a4.6 4.6 0 1 1-1.5-3.4M12.6 2.2v3.2H9.4",
  search: "M7 3a4 4 0 1 0 0 8a4 4 0 1 0 0-8zM10 10l3.5 3.5", plus: "M8 3.5v9M3.5 8h9", minus: "M3.5 8h9",
  fit: "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3", down: "M4.5 6.5L8 10l3.5-3.5", right: "M6.5 4.5L10 8l-3.5 3.5", left: "M9.5 4.5L6 8l3.5 3.5",
  close: "M4.5 4.5l7 7M11.5 4.5l-7 7", swap: "M3 5.5h9M9.5 3L12 5.5 9.5 8M13 10.5H4M6.5 8L4 10.5 6.5 13",
  copy: "M6 6h7v7H6zM10 6V3H3v7h3", focus: "M8 5.5a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5zM8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2",
  fold: "M3 3h10v10H3zM5.5 8h5", unfold: "M3 3h10v10H3zM5.5 8h5M8 5.5v5", help: "M6 6a2 2 0 1 1 3 1.8c-.8.4-1 .9-1 1.7M8 12v.01",
  deploy: "M8 10.5V3M4.5 6.5L8 3l3.5 3.5M3.5 13h9",
  bell: "M4 11.5V7.5a4 4 0 0 1 8 0v4M2.8 11.5h10.4M6.8 13.6h2.4",
  more: "M4 8v.01M8 8v.01M12 8v.01",
  up: "M8 12.5v-9M4.5 7L8 3.5 11.5 7",
};

/** One of them; it says nothing by itself. */
function icon(page, name) {
  return svg(page, "svg", { class: "sfdag-pictogram", viewBox: "0 0 16 16", width: 14, height: 14, "aria-hidden": "true" },
    [svg(page, "path", { d: ICONS[name] })]);
}

/** A button with a picture before its label, or alone: then `says` is its name. */
function iconButton(page, name, label, says, action, extra = "") {
  const made = button(page, "", { class: `sfdag-button ${label ? "" : "sfdag-icon-only"} ${extra}`,
    ...(label ? {} : { "aria-label": says }), title: says });
  made.append(icon(page, name), ...(label ? [html(page, "span", { text: label })] : []));
  return onClick(page, made, action);
}
