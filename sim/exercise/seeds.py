"""Seeds of an exercise: which victims and which luck make a room that teaches, and whether shipped exercises hold.

A seed is accepted for what it shows, not for how the room comes out: good play clearly beats nobody's deciding,
careless play does not, each inject meets its moment, nobody sits idle. How many of the seeds tried are accepted is told
with the figures: an exercise that holds with one seed in fifty is luck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from typing import TypeVar

from sim.exercise.load import Loaded
from sim.exercise.merit import CLEAR, MOST_IDLE, SLIGHT, Merit, careless_again, merit_if_fit, merit_of, with_seed
from sim.exercise.players import dry_run
from sim.exercise.score import scores_of
from sim.study.run.backends import InProcess, Pool

T = TypeVar("T")

WANTED = 20
"""Accepted seeds over which a shipped exercise is held to its promises."""
MOST_TRIED = 10 * WANTED
"""Seeds that are tried at most to find so many."""
AT_ONCE = 2
"""Seeds for each process that are tried before any is told."""


def merits(loaded: Loaded, seeds: Iterator[int], *, workers: int = 1) -> Iterator[Merit]:
    """What an exercise is worth with each of some seeds, in their order.

    Args:
        workers: processes that share the seeds.
    """
    for _, one in _by_seed(_Work(loaded), seeds, workers):
        yield one


def _by_seed(work: Callable[[int], list[T]], seeds: Iterator[int], workers: int) -> Iterator[tuple[int, T]]:
    """What is found with each of some seeds, in their order."""
    pool = Pool(workers) if workers > 1 else InProcess()
    try:
        while some := list(islice(seeds, AT_ONCE * workers)):
            done = dict(pool.map(work, some))
            yield from ((seed, done[seed]) for seed in some)
    finally:
        pool.close()


@dataclass(frozen=True)
class _Work:
    """The worth of an exercise by its seed, as a process is told it."""

    loaded: Loaded

    def __call__(self, seed: int) -> list[Merit]:
        """With one seed."""
        return [merit_of(with_seed(self.loaded, seed))]


@dataclass(frozen=True)
class _IfFit:
    """The worth of an exercise by its seed, where it may be accepted."""

    loaded: Loaded

    def __call__(self, seed: int) -> list[Merit | None]:
        """With one seed."""
        return [merit_if_fit(with_seed(self.loaded, seed))]


@dataclass(frozen=True)
class _Again:
    """Points of careless play in new tries by the seed, as a process is told it."""

    loaded: Loaded
    of: Mapping[int, Merit]

    def __call__(self, seed: int) -> list[float]:
        """With one seed."""
        return [careless_again(with_seed(self.loaded, seed), self.of[seed])]


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
        largest=max((one.paid for one in known.cases), default=0), decisions=session.decided,
    )  # fmt: skip


@dataclass
class Held:
    """What an exercise was held to: seeds that the finder accepts, with careless play tried anew."""

    name: str
    tried: int = 0
    accepted: list[Merit] = field(default_factory=list)
    careless_again: list[float] = field(default_factory=list)
    """Points of careless play in other tries than those by which the seeds were accepted, less nobody's."""
    own_holds: bool = False
    """Whether the seed of the file is accepted."""
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
    def careless_most(self) -> float:
        """The same with the seed with which it is most."""
        return max(self.careless_again, default=0.0)

    @property
    def thoughtless(self) -> float:
        """Points by which any button pressed at once beats it, on average over the seeds."""
        over = [one.thoughtless - one.nobody for one in self.accepted]
        return sum(over) / len(over) if over else 0.0

    @property
    def idle(self) -> float:
        """The largest share of the time that any seat is idle with any accepted seed."""
        return max((one.most_idle for one in self.accepted), default=1.0)

    def holds(self, wanted: int = WANTED) -> bool:
        """Whether the exercise keeps what a shipped one promises, over so many accepted seeds."""
        return (
            len(self.accepted) >= wanted and self.lead >= CLEAR and self.careless <= SLIGHT and self.idle <= MOST_IDLE
            and self.closed_at_once is None and self.own_holds
        )  # fmt: skip


def held(loaded: Loaded, *, wanted: int = WANTED, workers: int = 1) -> Held:
    """Hold an exercise to what shipped ones promise, over the first seeds from its own on that are accepted."""
    found = Held(loaded.exercise.name)
    session = dry_run(loaded, style="nobody", until=0)
    found.closed_at_once = scores_of(session, session.run(), None).total
    seeds = from_on(loaded.exercise.seed, MOST_TRIED)
    for seed, one in _by_seed(_IfFit(loaded), seeds, workers):
        found.tried += 1
        if one is not None and one.accepted:
            found.accepted.append(one)
            found.own_holds |= seed == loaded.exercise.seed
        if len(found.accepted) == wanted:
            break
    of = {one.seed: one for one in found.accepted}
    again = _by_seed(_Again(loaded, of), iter(of), workers)
    found.careless_again = [points - of[seed].nobody for seed, points in again]
    return found


def from_on(first: int, many: int) -> Iterator[int]:
    """So many seeds from one on."""
    return islice(count(first), many)
