"""What a viewer without scripts and styles leaves of HTML, as code hosts show notebooks.

Narrower than any of them: tags for text, tables and images, no attribute that is not named here.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

TAGS = {
    *("div", "p", "b", "br", "small", "code", "pre", "img"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"src", "alt", "width", "height", "align", "title", "colspan", "rowspan"}


class CodeHost(HTMLParser):
    """Writes what it is fed again, without all that is not allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.left = ""

    def handle_starttag(self, tag, attrs):
        if tag in TAGS:
            kept = [f' {key}="{escape(value)}"' for key, value in attrs if key in ATTRIBUTES]
            self.left += f"<{tag}{''.join(kept)}>"

    def handle_endtag(self, tag):
        self.left += f"</{tag}>" if tag in TAGS else ""

    def handle_data(self, data):
        self.left += escape(data)


def on_a_code_host(html: str) -> str:
    """What is left of `html`."""
    host = CodeHost()
    host.feed(html)
    return host.left
