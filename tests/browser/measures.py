"""What is measured of a view on a page, as JavaScript expressions and what they must not find."""

from __future__ import annotations

from tests.browser.atoms import BADGES, CUT_ROWS, HIDDEN, OVER_EACH_OTHER

BOXES = """
[...document.querySelectorAll('[data-task] .sfdag-box:not(.sfdag-double)')]
  .map(e => e.getBoundingClientRect()).map(r => [r.left, r.top, r.right, r.bottom])
"""
#: Labels that are wider than their box.
OVERFLOWING_LABELS = """
[...document.querySelectorAll('[data-task]:has(.sfdag-box)')].flatMap(node => {
  const box = node.querySelector('.sfdag-box').getBoundingClientRect();
  return [...node.querySelectorAll('text')]
    .filter(t => t.textContent && getComputedStyle(t).display !== 'none')
    .map(t => [t.textContent, t.getBoundingClientRect()])
    .filter(([, r]) => r.left < box.left || r.right > box.right)
    .map(([text]) => text);
})
"""
#: Text below 11 px, as it is seen: what is drawn smaller by a zoom counts as smaller. A picture is
#: shown as a whole where that takes no more than 20 % of its size.
SMALL_TEXT = """
[...document.querySelectorAll('.sfdag *')]
  .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .filter(e => !e.closest('title') && getComputedStyle(e).display !== 'none')
  .filter(e => parseFloat(getComputedStyle(e).fontSize) * (e.getScreenCTM?.().a ?? 1)
    < (e.closest('.sfdag-picture') ? 8.79 : 10.99))
  .map(e => e.outerHTML.slice(0, 120))
"""
#: Elements wider inside than outside, but for the graph's own frame, for code, a grid of runs, and
#: names that end in "…" and say all of it in their title.
SIDEWAYS = """
[...document.querySelectorAll('.sfdag, .sfdag *')]
  .filter(e => e.namespaceURI.endsWith('xhtml') && !e.closest('.sfdag-frame, .sfdag-unseen'))
  .filter(e => !e.matches('.sfdag-code, .sfdag-grid-frame'))
  .filter(e => !e.matches('.sfdag-elided[title], [title] > .sfdag-elided'))
  .filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
  .map(e => `${e.className} ${e.scrollWidth}>${e.clientWidth} ${e.textContent.slice(0, 40)}`)
"""
#: What is cut off: an element that hides what does not fit into it, and something does not. What
#: may scroll is not cut off, and what the view hides on purpose is not shown at all.
CUT_OFF = """
[...document.querySelectorAll('.sfdag *')]
  .filter(e => e.namespaceURI.endsWith('xhtml') && !e.closest('.sfdag-frame, .sfdag-unseen'))
  .filter(e => !e.matches('.sfdag-elided[title], [title] > .sfdag-elided'))
  .filter(e => ['hidden', 'clip'].includes(getComputedStyle(e).overflowY))
  .filter(e => e.scrollHeight > e.clientHeight + 1)
  .map(e => `${e.tagName} ${e.className} ${e.scrollHeight}>${e.clientHeight}`)
"""

ANOTHER_FRAME = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def overlapping(boxes):
    return [
        (a, b)
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def check_layout(page):
    """Nothing over another, beyond its box, too small, scrolled aside or cut off."""
    assert overlapping(page.evaluate(BOXES)) == []
    assert (found := page.evaluate(OVER_EACH_OTHER)) == [], found
    assert (found := page.evaluate(HIDDEN)) == [], found
    assert (found := page.evaluate(BADGES)) == [], found
    page.evaluate(ANOTHER_FRAME)  # rows are made whole ones before the next is drawn
    assert (found := page.evaluate(CUT_ROWS)) == [], found
    assert (found := page.evaluate(OVERFLOWING_LABELS)) == [], found
    assert (found := page.evaluate(SMALL_TEXT)) == [], found
    assert (found := page.evaluate(SIDEWAYS)) == [], found
    assert (found := page.evaluate(CUT_OFF)) == [], found


_PRESSED = "button, input, select, summary, a, [role=button], [role=separator], [tabindex]"
#: What is pressed or dragged and has less than 24 px, but for links in a line of text.
SMALL_TARGETS = f"""
[...document.querySelectorAll('.sfdag :is({_PRESSED})')]
  .filter(e => e.checkVisibility({{ visibilityProperty: true }}) && !e.closest('.sfdag-unseen'))
  .map(e => [e, (e.matches('[type=checkbox], [type=radio]') ? e.closest('label') : e)
    .getBoundingClientRect()])
  .filter(([, r]) => r.width && (r.width < 23.99 || r.height < 23.99))
  .map(([e, r]) => `${{e.outerHTML.slice(0, 80)}} ${{r.width}}x${{r.height}}`)
"""
#: What can have the focus, and looks the same with it. Of a task the halo has it, of a field with a
#: picture in it the frame around both, and the edge between two parts becomes a thick line.
UNSEEN_FOCUS = f"""
(() => {{
  const before = document.activeElement;
  const isSeen = (e) => {{
    const style = getComputedStyle(e);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  }};
  const unseen = [...document.querySelectorAll('.sfdag :is({_PRESSED})')]
    .filter(e => e.checkVisibility() && !e.disabled)
    .filter(e => {{
      e.focus({{ preventScroll: true }});
      if (document.activeElement !== e) return true;
      const halo = e.querySelector('.sfdag-halo');
      if (halo) return getComputedStyle(halo).stroke === 'none';
      if (e.matches('.sfdag-grip')) return !getComputedStyle(e).backgroundSize.startsWith('3px');
      return !isSeen(e) && !isSeen(e.parentElement);
    }});
  before.focus({{ preventScroll: true }});
  return unseen.map(e => e.outerHTML.slice(0, 100));
}})()
"""
