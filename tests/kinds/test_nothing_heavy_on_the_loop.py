"""Whatever reads, changes, measures or plays a scenario is done beside the event loop, so that no clock waits."""

from __future__ import annotations

import ast
import gc
import weakref
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import sim.web
from sim.web import garbage

HEAVY = {
    "doubts_of", "set_values", "size_of", "load", "load_exercise", "read_file", "check_size", "truth_of", "outcome_of",
    "fields_of", "play_on", "branch", "centre_of", "question_of", "answers", "diagnose", "simulate_many",
    "heads_of", "fitted", "looked", "rehearse", "dry_run", "merit_of", "merits", "written", "sheet_of",
    "compile_routes", "empty", "copy_of",
}  # fmt: skip
"""What takes longer than a tick may wait, for a scenario of a city."""
PAGES = ["planner_form", "planner", "planner_study", "rooms_page", "board", "board_changes", "board_editing",
         "board_injects", "debrief", "seat", "side_by_side", "choices", "estimate_page", "estimate_inputs",
         "board_seats", "lobby", "screen", "talk", "teams_page", "evaluator", "asking", "beyond", "fit_page", "live",
         "replaying", "roster_desk", "roster_page", "standing", "exercise_start", "exercise_page", "exercise_entries",
         "exercise_events", "exercise_form", "exercise_kinds", "exercise_try", "opening"]  # fmt: skip
"""The files whose functions the event loop runs."""


def called(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call below a node, by the last part of the name of what is called."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            name = one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
            yield name, one


def handed_over(tree: ast.Module) -> set[str]:
    """What is given to another thread or process: the first argument of `aside.short`, `aside.long` and the like."""
    return {
        ast.unparse(call.args[0]).rpartition(".")[2]
        for name, call in called(tree)
        if name in ("short", "long", "elsewhere", "in_a_process") and ast.unparse(call.func).startswith("aside.")
    }


@pytest.mark.parametrize("page", PAGES)
def test_pages_do_nothing_heavy_themselves(page: str) -> None:
    """A heavy function is named as what another thread does, or called inside a function that another thread does."""
    tree = ast.parse((Path(sim.web.__file__).parent / f"{page}.py").read_text(encoding="utf-8"))
    beside = handed_over(tree)
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    heavy = {
        f"{one.name} calls {name}" for one in functions if one.name not in beside
        for name, _ in called(one) if name in HEAVY
    }  # fmt: skip
    assert heavy == set()


def test_the_test_sees_what_it_looks_for() -> None:
    """Some pages do hand heavy work over."""
    trees = [ast.parse(one.read_text(encoding="utf-8")) for one in Path(sim.web.__file__).parent.glob("*.py")]
    assert {"_looked_at", "_tried", "truth_of", "moment"} <= set().union(*map(handed_over, trees))


class Knot:
    """Something that only a search for garbage takes away."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def nothing_aside() -> Iterator[None]:
    """No object is set aside, and Python searches as ever, before and after."""
    garbage.search()
    gc.unfreeze()
    yield
    gc.unfreeze()
    gc.set_threshold(*garbage.OFTEN)


@pytest.mark.usefixtures("nothing_aside")
def test_what_a_large_work_made_is_not_searched_while_a_clock_runs() -> None:
    """A room's many objects are out of Python's own searches, at once and later; those of a small work stay in."""
    large = garbage.without_search(lambda: [Knot() for _ in range(garbage.LARGE + 1)])
    small = garbage.without_search(Knot)
    assert gc.isenabled()
    searched = {id(one) for one in gc.get_objects()}
    assert not searched & {id(one) for one in large}
    assert id(small) in searched
    gone = weakref.ref(large[0])
    del large
    gc.collect()
    garbage.search_when_still(still=False)
    assert gone() is not None


@pytest.mark.usefixtures("nothing_aside")
def test_garbage_of_a_large_work_is_taken_away_when_every_room_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or, where clocks run on and on, when very much was set aside; but not in the middle of another such work."""
    for most, still in ((garbage.MOST, True), (10, False)):
        monkeypatch.setattr(garbage, "MOST", most)
        gone = weakref.ref(garbage.without_search(lambda: [Knot() for _ in range(garbage.LARGE + 1)])[0])
        garbage.without_search(partial(garbage.search_when_still, still=still))
        assert gone() is not None
        garbage.search_when_still(still=still)
        assert gone() is None


@pytest.mark.usefixtures("nothing_aside")
@pytest.mark.parametrize("still", [True, False])
def test_pages_that_have_grown_old_are_searched_only_while_every_room_stands_still(still: bool) -> None:
    """However many objects are made: what is new is looked at all the time, what is old for no running clock."""
    searched: list[int] = []

    def noted(phase: str, of: dict[str, int]) -> None:
        searched.extend([of["generation"]] if phase == "start" else [])

    garbage.search_when_still(still=still)
    gc.callbacks.append(noted)
    try:
        pages = [[Knot()] for _ in range(2 * len(gc.get_objects()))]
    finally:
        gc.callbacks.remove(noted)
    assert len(pages) > 10 * garbage.OFTEN[0] * garbage.OFTEN[1]
    assert 1 in searched
    assert (2 in searched) is still
