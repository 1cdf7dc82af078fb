"""What a page asks of a host that it must not ask.

The browser tells of requests that a policy then keeps back as well: those reach nobody.
"""

from __future__ import annotations

HOST = "x.invalid"
PROBE = f"http://{HOST}/probe"


def asked_outside(page):
    """The requests for `HOST` from now on, of all frames."""
    asked = []
    page.context.on(
        "request", lambda request: HOST in request.url.split("?")[0] and asked.append(request)
    )
    return asked


def assert_nothing_asked(page, asked) -> None:
    """Nothing but what is asked here on purpose: so it is known that it would have been seen."""
    page.evaluate("url => fetch(url, { mode: 'no-cors' }).catch(() => null)", PROBE)
    sent = [request.url for request in asked if "csp" not in (request.failure or "").lower()]
    assert sent == [PROBE], [(request.url, request.failure) for request in asked]
