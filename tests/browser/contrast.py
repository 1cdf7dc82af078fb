"""The contrast of what is seen, as WCAG counts it: texts on HTML and on shapes of SVG, and signs.

`axe` measures texts on backgrounds of HTML only. Here what lies below a point is asked of the page.
"""

from __future__ import annotations

#: Of texts, and of signs that say something by themselves.
TEXT, SIGN = 4.5, 3.0
#: Signs, and which of their properties has the colour.
SIGNS = {
    ".sfdag-glyph:not(.sfdag-filled)": "stroke",
    ".sfdag-pictogram path": "stroke",
    ".sfdag-glyph.sfdag-filled": "fill",
    ":is(.sfdag-stripe, .sfdag-progress-of-task, .sfdag-share)": "fill",
    ":is(.sfdag-bar, .sfdag-run-head, .sfdag-length, .sfdag-both-bars) > i": "backgroundColor",
    ":is(.sfdag-meter, .sfdag-switch) > i": "backgroundColor",
    ":is(.sfdag-ran, .sfdag-going-bar > span)": "backgroundColor",
    ":is(.sfdag-find, .sfdag-field, .sfdag-log-search)": "borderTopColor",
}
_COLOURS = """
  const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
    .getContext('2d', { willReadFrequently: true });
  const known = new Map();
  const rgba = (color) => {
    if (!known.has(color)) {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
      known.set(color, [red, green, blue, alpha / 255]);
    }
    return known.get(color);
  };
  const over = (above, ground) => [
    ...[0, 1, 2].map((at) => above[at] * above[3] + ground[at] * (1 - above[3])),
    1 - (1 - above[3]) * (1 - ground[3])];
  const linear = (part) => (part <= 10.31 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) + 0.05;
  const ratio = (one, two) => Math.max(light(one), light(two)) / Math.min(light(one), light(two));
"""
_GROUNDS = """
  const opacity = (element) => {
    let all = 1;
    for (let at = element; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
    return all;
  };
  const paint = (element) => {
    const { fill, fillOpacity, backgroundColor } = getComputedStyle(element);
    const isShape = element instanceof SVGGeometryElement;
    if (!isShape && element instanceof SVGElement) return [0, 0, 0, 0];
    const [r, g, b, a] = rgba(!isShape ? backgroundColor : fill === 'none' ? 'transparent' : fill);
    return [r, g, b, a * (isShape ? Number(fillOpacity) : 1) * opacity(element)];
  };
  // What lies below an element at a point; null where something else is in front of it.
  const below = (element, x, y, isText) => {
    const stack = document.elementsFromPoint(x, y);
    let at = stack.findIndex((each) => each === element || element.contains(each));
    // A line is rarely hit; what is around it is.
    const near = element.closest('svg, button, .sfdag-node');
    if (at < 0 && !isText && near?.contains(stack[0])) at = 0;
    if (at < 0) return null;
    let seen = [0, 0, 0, 0];
    for (const each of stack.slice(at)) {
      if (each === element ? isText : !element.contains(each)) seen = over(seen, paint(each));
      if (seen[3] > 0.999) return seen;
    }
    return over(seen, [255, 255, 255, 1]);
  };
"""
#: Everything of too little contrast, as `[what, ratio, its colour, the colour below]`. What is
#: faded by a filter, or cannot be pressed, is meant to be faint.
LOW = f"""
([leastOfText, leastOfSign, signs]) => {{
  {_COLOURS}
  {_GROUNDS}
  const found = [];
  const check = (element, what, color, rect, least) => {{
    if (!rect || rect.width < 1 || rect.height < 1) return;
    if (element.closest('[data-faded], :disabled, .sfdag-unseen, title')) return;
    const [x, y] = [rect.left + rect.width / 2, rect.top + rect.height / 2];
    const ground = below(element, x, y, least === leastOfText);
    if (!ground) return;
    const [r, g, b, a] = rgba(color);
    const seen = over([r, g, b, a * opacity(element)], ground);
    const measured = Number(ratio(seen, ground).toFixed(2));
    const said = (parts) => parts.slice(0, 3).map(Math.round).join();
    if (measured < least) found.push([what, measured, said(seen), said(ground)]);
  }};
  const nameOf = (element) => element.getAttribute('class') ?? element.tagName;
  for (const element of document.querySelectorAll('.sfdag *')) {{
    if (!element.checkVisibility()) continue;
    const box = element.getBoundingClientRect();
    if (element.matches('input') && (element.value || element.placeholder)) {{
      const {{ color }} = getComputedStyle(element, element.value ? null : '::placeholder');
      check(element, nameOf(element), color, box, leastOfText);
    }}
    const own = [...element.childNodes].find((node) => node.nodeType === 3 && node.data.trim());
    if (!own) continue;
    const range = document.createRange();
    range.selectNodeContents(own);
    const isSvg = element instanceof SVGElement;
    const {{ fill, color }} = getComputedStyle(element);
    check(element, `“${{own.data.trim().slice(0, 30)}}” in ${{nameOf(element)}}`,
      isSvg ? fill : color, isSvg ? box : range.getClientRects()[0], leastOfText);
  }}
  for (const [selector, property] of Object.entries(signs)) {{
    for (const element of document.querySelectorAll(`.sfdag ${{selector}}`)) {{
      if (!element.checkVisibility()) continue;
      const around = element.closest('[class*=sfdag-s-]') ?? element.parentElement;
      check(element, `${{nameOf(element)}} in ${{nameOf(around)}}`,
        getComputedStyle(element)[property], element.getBoundingClientRect(), leastOfSign);
    }}
  }}
  return found;
}}
"""


def too_faint(page):
    """`[what, ratio, its colour, the colour below]` of all that is hard to be seen."""
    found = page.evaluate(LOW, [TEXT, SIGN, SIGNS])
    return [list(each) for each in dict.fromkeys(map(tuple, found))]
