"""Seeds in which a shipped exercise shows what its text promises, and the sentence that its head says of the seed.

python tools/pick_seed.py NAME [--from 1] [--tries 500]    the first seed from there on, with its figures
python tools/pick_seed.py NAME --write ...                 and puts both into the exercise file

It looks for what tests/exercise/test_shipped.py holds the file to: decisions matter, every inject meets its moment.
"""

from __future__ import annotations

import argparse
import re
import textwrap
from dataclasses import replace
from pathlib import Path

from sim.exercise.load import Loaded, load_exercise
from sim.exercise.players import REACTION, dry_run, everybody
from sim.exercise.review import review
from sim.exercise.score import Scores, conditions, end_of, saved
from sim.exercise.session import Session
from sim.fraud.plan import draw_plan
from sim.words.units import MINUTE

EXERCISES = Path(__file__).resolve().parent.parent / "scenarios" / "exercises"
NO_ORDER_HELPS = ("keeps-paying",)
"""Exercises that say that no order of the queues gains anything."""
TOLD_SOON = {"wuhan-35min": 4 * MINUTE}
"""Within how many ms after the opening the first victim reports, where the room waits for that."""
MARGIN = 1.05
"""By how much more than a test asks for a seed must show it."""


def matters(name: str, loaded: Loaded) -> tuple[int, Scores] | None:
    """What an idle room saves, and the scores of automatic players; None where the seed does not do."""
    if (within := TOLD_SOON.get(name)) is not None:
        first = int(draw_plan(loaded.scenario, loaded.exercise.seed, 0).victims.reported.min())
        if not MINUTE <= first - loaded.exercise.starts <= within:
            return None
    idle = Session.start(loaded, seats=[player.seat for player in everybody(loaded.exercise, REACTION)])
    idle.advance(idle.exercise.ends)
    alone, lazy = saved(end_of(idle, conditions(idle))), saved(idle.finish(""))
    if lazy > alone - MARGIN * idle.engine.plan.victims.loss.sum() / 20:
        return None
    session = dry_run(loaded)
    found = review(session, most=3)
    scores = found.scores
    in_time = all(one.in_time for one in found.injects if one.expected is not None)
    decided = sum(one.task != "" for one in session.decisions) >= 15
    if found.unfired or not in_time or not decided or scores.total < 60 or scores.result < 0.8 * scores.baseline:
        return None
    if max(scores.best, scores.result) < scores.baseline + MARGIN * scores.loss / 50:
        return None
    if name in NO_ORDER_HELPS and not max(scores.policies.values()) <= scores.baseline < scores.result:
        return None
    return lazy, scores


def said(lazy: int, scores: Scores) -> str:
    """What the head of the file says of the seed."""
    model, room, best, played = (
        f"{one / scores.ceiling:.0%}" for one in (scores.baseline, lazy, scores.best, scores.result)
    )
    order = "" if scores.best_policy == "" else f", with the best order of the queues {best}"
    return (
        f"In the seed chosen (`tools/pick_seed.py`) the model alone saves {model} of what could be saved{order};"
        f" a room that decides nothing in time {room}, automatic players {played}."
    )


def written(text: str, seed: int, sentence: str) -> str:
    """An exercise file with another seed, and what its head says of it."""
    lines = text.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith(("# Assumed:", "# Printed: nothing")))
    end = next(number for number, line in enumerate(lines) if line.startswith("# The seed was picked"))
    before = " ".join(line.removeprefix("# ") for line in lines[begin:end])
    before = re.split(r"In the seed chosen|The seed is one", before)[0].strip()
    head = textwrap.wrap(
        f"{before} {sentence}", 118, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
    whole = "\n".join([*lines[:begin], *head, *lines[end:]]) + "\n"
    return re.sub(r"^seed: \d+$", f"seed: {seed}", whole, flags=re.MULTILINE)


def main() -> None:
    """Try seeds until one shows it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--from", dest="first", type=int, help="the first seed to try; the file's own otherwise")
    parser.add_argument("--tries", type=int, default=500)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    loaded = load_exercise(options.name)
    first = loaded.exercise.seed if options.first is None else options.first
    for seed in range(first, first + options.tries):
        exercise = loaded.exercise.model_copy(update={"seed": seed})
        found = matters(options.name, replace(loaded, exercise=exercise))
        if found is None:
            continue
        print(f"{options.name}: seed {seed}. {said(*found)}", flush=True)
        if options.write:
            path = EXERCISES / f"{options.name}.yaml"
            path.write_text(written(path.read_text(encoding="utf-8"), seed, said(*found)), encoding="utf-8")
        return
    raise SystemExit(f"{options.name}: no seed from {first} on, in {options.tries}")


if __name__ == "__main__":
    main()
