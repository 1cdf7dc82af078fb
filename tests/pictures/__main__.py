"""`python -m tests.pictures [NAME]`: the README's pictures of the live view, as PNG files."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from sfdag_magics.place_words import MAGICS
from tests.browser.chromium import ARGUMENTS, found_chromium, why_not
from tests.in_a_notebook import Shell
from tests.pictures.scenes import SCENES, shown

FOLDER = Path(__file__).parents[2] / "notebooks" / "pictures"
#: Read on screens that have two dots a pixel as well.
SHARPNESS = 2


def main(names: list[str]) -> None:
    """Write the pictures of these names."""
    program = found_chromium()
    if program is None:
        sys.exit(why_not())
    FOLDER.mkdir(exist_ok=True)
    MAGICS.add(notebook := Shell())  # commands are said as a notebook types them
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        page = browser.new_page(device_scale_factor=SHARPNESS)
        for name in names:
            shown(page, name).screenshot(path=FOLDER / f"{name}.png", animations="disabled")
        browser.close()
    MAGICS.discard(notebook)


if __name__ == "__main__":
    main(sys.argv[1:] or list(SCENES))
