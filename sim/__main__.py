"""The way in: `fundfreeze`, or `python -m sim`. Its own file, so that Ctrl-C is one line even while the rest loads."""

from __future__ import annotations

import atexit
import gc
import os
import sys


def main() -> None:
    """Run the command line (see `sim.cli.app`)."""
    gc.disable()  # while modules load everything stays, and looking for garbage among it costs a tenth of the time
    atexit.register(gc.freeze)  # at the end all is given back at once: looking for garbage first costs a sixth
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # else it looks through all that is installed for some
    try:
        from sim.cli.app import main as run

        gc.enable()
        run()
    except KeyboardInterrupt:  # before the command line takes it, or after
        sys.exit(130)


if __name__ == "__main__":
    main()
