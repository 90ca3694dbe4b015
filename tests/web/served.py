"""`fundfreeze` as the servers of tests run it: `python -m tests.web.served` is the nursery from which they are forked.

To load all that a server needs takes two seconds of a core, and a worker of the tests starts a dozen servers. So one
process of each worker has it loaded, and each server is a fork of it that then runs its command as any other. The
nursery reads a line for each server (`Asked`) and answers with the id of its process; where there is nothing more to
read it ends.

Its live page is content with fewer runs: of one case with much luck in it an estimate is never settled by its width,
and each page of a test would keep the machine busy for 200 runs, a curve and a diagnosis that nobody looks at. How all
of them sharpen is tested where they are made (`tests/study/test_sharpen.py`, `tests/web/test_live.py`).
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import Final, TypedDict

from sim.__main__ import main

MOST: Final = 16
"""Replications of an estimate."""
OF_CURVE: Final = (2,)
PAIRS: Final = (4,)
"""Pairs of runs of a diagnosis."""
WORKERS: Final = 1
"""Of a server, which come as soon as somebody opens the planner: several servers share the machine."""


class Asked(TypedDict):
    """A server."""

    words: list[str]
    """Of its command line."""
    errors: str
    """The file to which it adds what it complains of."""


def with_fewer_runs() -> None:
    """Load it; what is heavy is loaded here, as each worker of a server loads this file, too."""
    from sim.study.ask import sharpen
    from sim.web import app, estimating, shipped, studies

    assert app.build
    assert shipped.scenarios()
    assert shipped.exercises()
    sharpen.MOST = MOST  # type: ignore[misc]
    sharpen.OF_CURVE = OF_CURVE  # type: ignore[misc]
    estimating.PAIRS = PAIRS  # type: ignore[misc]
    estimating.cores = lambda: WORKERS
    studies.WORKER = "tests.web.worked"  # type: ignore[misc]


def nurse() -> Asked | None:
    """In a fork, the server that it is to be; in the nursery itself nothing, once it is over."""
    with open(0, encoding="utf-8", closefd=False) as lines:  # a server's own standard input is untouched
        for line in lines:
            with suppress(ChildProcessError):  # there is none
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass  # nobody asks again for one that was started before this and has ended
            asked: Asked = json.loads(line)
            child = os.fork()
            if not child:
                return asked
            print(child, flush=True)
    return None


def become(asked: Asked) -> None:
    """Have the words and the streams of a command that was started alone."""
    sys.argv = ["fundfreeze", *asked["words"]]
    nothing = os.open(os.devnull, os.O_RDWR)
    errors = os.open(asked["errors"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for number, stream in enumerate((nothing, nothing, errors)):
        os.dup2(stream, number)


if __name__ == "__main__":
    with_fewer_runs()
    if server := nurse():
        become(server)
        main()
