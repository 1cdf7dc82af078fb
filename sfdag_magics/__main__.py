"""`python -m sfdag_magics`: the console script, for where its folder is not on the PATH."""

from __future__ import annotations

import sys

from sfdag_magics.cli import main

if __name__ == "__main__":
    sys.exit(main())
