"""A study as the servers of tests run it: `python -m tests.web.worked FOLDER`.

It takes its turn with everything else. A study that runs only when nothing else does never ends beside the workers of
the tests, which leave no core alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sim.web import work

if __name__ == "__main__":
    work.step_back = lambda: None
    sys.exit(work.main(Path(sys.argv[1])))
