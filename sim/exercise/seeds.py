"""Seeds of an exercise: which victims and which luck make a room that teaches, and whether shipped exercises hold.

A seed is accepted for what it shows, not for how the room comes out: good play clearly beats nobody's deciding,
careless play does not, each inject meets its moment, nobody sits idle. How many of the seeds tried are accepted is told
with the figures: an exercise that holds with one seed in fifty is luck.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice

from sim.exercise.load import Loaded
from sim.exercise.merit import CLEAR, MOST_IDLE, SLIGHT, TRIES, Merit, merit_of, with_seed
from sim.exercise.players import dry_run
from sim.exercise.score import scores_of
from sim.study.run.backends import InProcess, Pool

WANTED = 20
"""Accepted seeds over which a shipped exercise is held to its promises."""
MOST_TRIED = 10 * WANTED
"""Seeds that are tried at most to find so many."""
AT_ONCE = 2
"""Seeds for each process that are tried before any is told."""


def merits(loaded: Loaded, seeds: Iterator[int], *, first_try: int = 0, workers: int = 1) -> Iterator[Merit]:
    """What an exercise is worth with each of some seeds, in their order.

    Args:
        first_try: of careless play, as `merit_of`.
        workers: processes that share the seeds.
    """
    pool = Pool(workers) if workers > 1 else InProcess()
    try:
        while some := list(islice(seeds, AT_ONCE * workers)):
            done = dict(pool.map(_Work(loaded, first_try), some))
            yield from (done[seed] for seed in some)
    finally:
        pool.close()


@dataclass(frozen=True)
class _Work:
    """The worth of an exercise by its seed, as a process is told it."""

    loaded: Loaded
    first_try: int

    def __call__(self, seed: int) -> list[Merit]:
        """With one seed."""
        return [merit_of(with_seed(self.loaded, seed), first_try=self.first_try)]


def ranked(found: Sequence[Merit]) -> list[Merit]:
    """The best seeds first: accepted ones, then by how far decisions matter, injects that are met, and busy seats."""
    return sorted(
        found,
        key=lambda one: (
            not one.accepted, -round(one.good - one.nobody - max(0.0, one.careless - one.nobody)), len(one.unmet),
            one.most_idle, one.seed,
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class Faces:
    """What a room will face with a seed, by the time at which it closes."""

    reports: int
    accounts: int
    """That were named."""
    largest: int
    """fen that the victim of the largest reported case paid."""
    decisions: int
    """That good play takes."""


def faces(loaded: Loaded, seed: int) -> Faces:
    """What a room will face with a seed."""
    session = dry_run(with_seed(loaded, seed))
    known = session.known
    return Faces(
        reports=sum(one.reported_at is not None for one in known.cases), accounts=len(known.accounts),
        largest=max((one.paid for one in known.cases), default=0), decisions=len(session.decisions),
    )  # fmt: skip


@dataclass
class Held:
    """What an exercise was held to: seeds that the finder accepts, with careless play tried anew."""

    name: str
    tried: int = 0
    accepted: list[Merit] = field(default_factory=list)
    careless_again: list[float] = field(default_factory=list)
    """Points of careless play in other tries than those by which the seeds were accepted, less nobody's."""
    own: Merit | None = None
    """With the seed of the file."""
    closed_at_once: float | None = None
    """The score of a room that is closed when it opens."""

    @property
    def lead(self) -> float:
        """Points by which good play beats nobody's deciding, in the seed in which it does so least."""
        return min((one.good - one.nobody for one in self.accepted), default=0.0)

    @property
    def careless(self) -> float:
        """Points by which careless play beats it, on average over the seeds, in tries that accepted none of them."""
        return sum(self.careless_again) / len(self.careless_again) if self.careless_again else 0.0

    @property
    def idle(self) -> float:
        """The largest share of the time that any seat is idle with any accepted seed."""
        return max((one.most_idle for one in self.accepted), default=1.0)

    def holds(self, wanted: int = WANTED) -> bool:
        """Whether the exercise keeps what a shipped one promises, over so many accepted seeds."""
        return (
            len(self.accepted) >= wanted and self.lead >= CLEAR and self.careless <= SLIGHT and self.idle <= MOST_IDLE
            and self.closed_at_once is None and self.own is not None and self.own.accepted
        )  # fmt: skip


def held(loaded: Loaded, *, wanted: int = WANTED, workers: int = 1) -> Held:
    """Hold an exercise to what shipped ones promise, over the first seeds from its own on that are accepted."""
    found = Held(loaded.exercise.name)
    session = dry_run(loaded, style="nobody", until=0)
    found.closed_at_once = scores_of(session, session.run(), None).total
    for one in merits(loaded, iter(range(loaded.exercise.seed, loaded.exercise.seed + MOST_TRIED)), workers=workers):
        found.tried += 1
        found.own = found.own or one
        if one.accepted:
            found.accepted.append(one)
        if len(found.accepted) == wanted:
            break
    seeds = iter([one.seed for one in found.accepted])
    again = merits(loaded, seeds, first_try=TRIES, workers=workers)
    found.careless_again = [one.careless - one.nobody for one in again]
    return found


def from_on(first: int, many: int) -> Iterator[int]:
    """So many seeds from one on."""
    return islice(count(first), many)
