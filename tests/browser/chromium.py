"""Finds a Chromium and starts it the way a test wants it: quiet, and with no network of its own."""

from __future__ import annotations

import os
import shutil

#: Names a path, where no usual name fits.
VARIABLE = "SFDAG_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def found_chromium() -> str | None:
    named = os.environ.get(VARIABLE)
    if named:
        return named if os.access(named, os.X_OK) else None
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def why_not() -> str:
    named = os.environ.get(VARIABLE)
    if named:
        return f"{VARIABLE}={named} cannot be started"
    return f"no Chromium found ({', '.join(NAMES)}; Debian: apt-get install chromium)"
