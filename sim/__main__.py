"""The way in: `fundfreeze`, or `python -m sim`. Its own file, so that Ctrl-C is one line even while the rest loads."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line (see `sim.cli`)."""
    try:
        from sim.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
