"""The facts by section, with the tests that hold them: `python -m tests.rules` prints them."""

from __future__ import annotations

import sys

from tests.rules.written import facts_and_tests

sys.stdout.write(facts_and_tests())
