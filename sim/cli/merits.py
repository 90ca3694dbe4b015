"""What an exercise is worth, at a terminal: its seeds ranked, the shipped ones held to what they promise."""

from __future__ import annotations

import typer

from sim.cli.consoles import Console, Table
from sim.cli.terminal import echo
from sim.exercise import seeds
from sim.exercise.load import Loaded, load_exercise
from sim.exercise.merit import CLEAR, MOST_IDLE, SLIGHT, merit_of
from sim.exercise.shipped import names
from sim.exercise.worth import why_not
from sim.words.language import counted, listed, money, percent, say
from sim.words.lines import columns, wrapped

BEST = 7
"""Rows of a table of seeds."""


def find(file: str, many: int, jobs: int) -> None:
    """Print the seeds of an exercise, from its own on, the best first, and what a room faces with the best."""
    loaded = load_exercise(file)
    found = list(seeds.merits(loaded, seeds.from_on(loaded.exercise.seed, many), workers=jobs))
    best = seeds.ranked(found)
    table = Table(box=None, pad_edge=False)
    heads = (
        say("seed"), say("accepted"), say("good"), say("first come"), say("careless"), say("nobody"),
        say("decisions are worth"), say("injects not met"), say("idle, most"),
    )  # fmt: skip
    for head in heads:
        table.add_column(head, overflow="fold", min_width=max(map(columns, head.split())))
    for one in best[:BEST]:
        table.add_row(
            str(one.seed), say("yes") if one.accepted else say("no"), f"{one.good:.0f}", f"{one.first_come:.0f}",
            f"{one.careless:.0f}", f"{one.nobody:.0f}", money(one.best_saves - one.nobody_saves),
            ", ".join(one.unmet) or "-", percent(one.most_idle),
        )  # fmt: skip
    _print(table)
    accepted = sum(one.accepted for one in found)
    echo(say("{n} of {tried} seeds are accepted.", n=accepted, tried=len(found)))
    if len(found) > BEST:
        echo(say("The best {n} are listed.", n=BEST))
    seen = seeds.faces(loaded, best[0].seed)
    echo(
        say(
            "With seed {seed} the room faces {reports} and {accounts}; the largest victim paid {money}; good play takes"
            " {decisions}.", seed=best[0].seed, reports=counted(seen.reports, "{n} report", "{n:,} reports"),
            accounts=counted(seen.accounts, "{n} named account", "{n:,} named accounts"), money=money(seen.largest),
            decisions=counted(seen.decisions, "{n} decision", "{n:,} decisions"),
        )
    )  # fmt: skip


def check(file: str | None, many: int, jobs: int) -> None:
    """Print what each shipped exercise, or one, is held to; exits with 1 where one does not hold."""
    table = Table(box=None, pad_edge=False)
    heads = (
        say("exercise"), say("accepted of tried"), say("good over nobody, least"), say("careless over nobody, mean"),
        say("careless over nobody, most"),
        say("closed at once"), say("idle, most"), say("holds"),
    )  # fmt: skip
    for head in heads:
        wide = max(map(columns, head.split()))  # a word is not broken, nor a name folded
        table.add_column(head, overflow="fold", no_wrap=head == heads[0], min_width=wide)
    broken, at_once = [], []
    for name in [file] if file is not None else names():
        one = seeds.held(load_exercise(name), wanted=many, workers=jobs)
        closed = say("no score") if one.closed_at_once is None else f"{one.closed_at_once:.0f}"
        table.add_row(
            one.name, say("{n} of {tried}", n=len(one.accepted), tried=one.tried), f"{one.lead:.1f}",
            f"{one.careless:.1f}", f"{one.careless_most:.1f}", closed, percent(one.idle),
            say("yes") if one.holds(many) else say("no"),
        )  # fmt: skip
        at_once.append(say("{name} {points:.0f}", name=one.name, points=one.thoughtless))
        broken += [] if one.holds(many) else [one.name]
    _print(table)
    note = say(
        "Points out of 100. Good play must beat nobody's deciding by {clear:.0f} in every accepted seed, careless play"
        " by {slight:.0f} at most on average, in tries that accepted no seed; no seat may be idle for more than"
        " {idle}; a room closed at once has no score. What being quick alone is worth, any button pressed at once, over"
        " nobody's deciding on average: {at_once}.", clear=CLEAR, slight=SLIGHT, idle=percent(MOST_IDLE),
        at_once=listed(at_once),
    )  # fmt: skip
    for line in wrapped(note, 100):
        echo(line)
    if broken:
        echo(say("Not held: {names}", names=listed(broken)), err=True)
        raise typer.Exit(1)


def doubts(loaded: Loaded) -> list[str]:
    """What each way of playing scores, and a warning where good play does not clearly beat nobody's deciding."""
    one = merit_of(loaded)
    said = [
        say(
            "Points of automatic play: good {good:.0f}, first come {first:.0f}, any button at once {any:.0f}, careless"
            " {careless:.0f}, nobody {nobody:.0f}.", good=one.good, first=one.first_come, any=one.thoughtless,
            careless=one.careless, nobody=one.nobody,
        )
    ]  # fmt: skip
    found = why_not(one)
    if found:
        found.append(say("fundfreeze exercises find FILE looks for better seeds"))
    return said + [f"{say('warning')}: {it}" for it in found]


def _print(table: Table) -> None:
    Console(highlight=False, emoji=False).print(table, markup=False)
