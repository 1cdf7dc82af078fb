"""JupyterLab's style sheet below the view: as much of it as does something there."""

from __future__ import annotations

from tests.browser.page.host import lab_style, whole_style
from tests.browser.page.matching import matching
from tests.render.builders import FRAUD, FRAUD_FAILED

#: How many rules one style sheet has and another has not; which of these match an element, whatever
#: state or part of it they ask for.
LEFT_OUT = """
([whole, kept]) => {
  const rulesOf = (css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const within = (rules) => [...rules].flatMap((rule) => rule.selectorText ? [rule]
      : within(rule.cssRules ?? []));
    return within(sheet.cssRules).map((rule) => [rule.cssText, rule.selectorText]);
  };
  const there = new Set(rulesOf(kept).map(([text]) => text));
  const left = rulesOf(whole).filter(([text]) => !there.has(text)).map(([, selector]) => selector);
  const anyhow = (selector) => selector.replace(/::?[a-z-]+(?![a-z(-])/g, ':is(*)');
  return [left.length, left.filter((each) => document.querySelector(anyhow(each)))];
}
"""


def test_what_is_left_out_of_it_matches_nothing(stage, page):
    made = stage(FRAUD, FRAUD_FAILED)
    made.answer("detail", detail={"name": "train_model", "error": "KeyError: 'amount_log'"})
    made.node("train_model").click()
    page.locator(".sfdag-drawer h3").wait_for()
    whole = whole_style("light")
    number, matching_ones = page.evaluate(LEFT_OUT, [whole, lab_style("light")])
    assert (number > 1000, matching_ones) == (True, [])
    assert ".jp-ThemedContainer button" in page.evaluate(LEFT_OUT, [whole, ""])[1]


def test_a_rule_goes_when_each_of_its_selectors_asks_for_a_class_that_nothing_has():
    css = """
    @import "none"; /* .other{ } */ a:not(.other, .some), .other b{c:"}"}
    .other, .some .other{d:e} @media print{.other{f:g}} @media print{.some{h:i}.other{j:k}}
    @keyframes other{0%{l:m}} .some{n:o;.other{p:q}}
    """
    assert matching(css, "some".__eq__).split("\n") == [
        '@import "none";',
        'a:not(.other, .some), .other b{c:"}"}',
        "@media print{.some{h:i}}",
        "@keyframes other{0%{l:m}}",
        ".some{n:o;.other{p:q}}",
    ]
