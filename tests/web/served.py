"""`fundfreeze` as the servers of tests run it: `python -m tests.web.served serve ...`.

Its live page is content with fewer runs: of one case with much luck in it an estimate is never settled by its width,
and each page of a test would keep the machine busy for 200 runs, a curve and a diagnosis that nobody looks at. How all
of them sharpen is tested where they are made (`tests/study/test_sharpen.py`, `tests/web/test_live.py`).
"""

from __future__ import annotations

from typing import Final

from sim.__main__ import main

MOST: Final = 16
"""Replications of an estimate."""
OF_CURVE: Final = (2,)
PAIRS: Final = (4,)
"""Pairs of runs of a diagnosis."""
WORKERS: Final = 1
"""Of a server, which come as soon as somebody opens the planner: several servers share the machine."""


def with_fewer_runs() -> None:
    """Run it; what is heavy is loaded here, as each worker loads this file, too."""
    from sim.study.ask import sharpen
    from sim.web import estimating, studies

    sharpen.MOST = MOST  # type: ignore[misc]
    sharpen.OF_CURVE = OF_CURVE  # type: ignore[misc]
    estimating.PAIRS = PAIRS  # type: ignore[misc]
    estimating.cores = lambda: WORKERS
    studies.WORKER = "tests.web.worked"  # type: ignore[misc]
    main()


if __name__ == "__main__":
    with_fewer_runs()
