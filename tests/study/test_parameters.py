"""The numbers of a scenario as parameters: found, moved, and put back."""

from __future__ import annotations

import pytest

from sim.engine.run import digest
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.study.run.assumptions import assumed
from sim.study.run.errors import StudyError
from sim.study.run.parameters import Editor
from sim.words.units import MINUTE


@pytest.fixture(scope="module")
def china() -> Editor:
    return Editor(load("china").scenario)


def changed(editor: Editor, **values: float) -> Scenario:
    return editor.changed({editor.parameter(path.replace("__", ".")): value for path, value in values.items()})


def test_nothing_changed_is_the_same_scenario(china: Editor) -> None:
    """A scenario taken apart and made again is the same, to the digest."""
    assert digest(china.changed({})) == digest(china.scenario)


def test_every_kind_of_number_is_set_in_its_own_unit(china: Editor) -> None:
    """Times in ms, money in fen, whole heads, shares and a factor on a distribution arrive where they belong."""
    made = changed(
        china, desks__intake__surge__lasts=90 * MINUTE, desks__intake__wage=5000, desks__car__staff=7,
        criminals__reaction__speed=0.25, criminals__spacing=3,
    )  # fmt: skip
    intake, car = made.desks["intake"], made.desks["car"]
    assert intake.surge is not None
    assert made.criminals.reaction is not None
    assert (intake.surge.lasts, intake.wage, car.staff, made.criminals.reaction.speed) == (90 * MINUTE, 5000, 7, 0.25)
    assert made.criminals.spacing.mean() == 3 * china.scenario.criminals.spacing.mean()


def test_a_factor_keeps_the_form_of_a_mixture() -> None:
    """All times of a mixture are multiplied; its weights and shapes stay."""
    path = "criminals.dwell_by_layer.0"
    parts = ("{weight: 0.3, of: {loglogistic: {median: 3m, shape: 1.6}}}",
             "{weight: 0.7, of: {loglogistic: {median: 4h, shape: 1.2}}}")  # fmt: skip
    editor = Editor(load("china", [f"criminals.dwell_by_layer=[{{mixture: [{', '.join(parts)}]}}]"]).scenario)
    made = editor.changed({editor.parameter(path): 2.0}).criminals.dwell_by_layer[0]
    before = editor.scenario.criminals.dwell_by_layer[0]
    assert made.mixture is not None
    assert before.mixture is not None
    for one, other in zip(made.mixture, before.mixture, strict=True):
        assert one.weight == other.weight
        assert one.of.loglogistic is not None
        assert other.of.loglogistic is not None
        assert (one.of.loglogistic.median, one.of.loglogistic.shape) == (
            2 * other.of.loglogistic.median, other.of.loglogistic.shape,
        )  # fmt: skip


def test_shares_of_one_fill_up(china: Editor) -> None:
    """Where two shares of a group are set, the others share what is left in their old proportions."""
    made = changed(china, criminals__exits__cash__share=0.5, criminals__exits__gold__share=0.1).criminals.exits
    shares = {name: way.share for name, way in made.items()}
    assert sum(shares.values()) == pytest.approx(1)
    assert (shares["cash"], shares["gold"]) == (0.5, 0.1)
    assert shares["crypto"] / shares["pos"] == pytest.approx(2.5)


def test_a_weight_moves_a_share_and_a_chance_without_leaving_the_whole(china: Editor) -> None:
    """Twice the weight of 0.2 among shares is 0.4 / 1.2; chances of a choice leave their else its part."""
    cash = china.parameter("criminals.exits.cash.share")
    assert china.scaled({cash: 2.0})[cash] == pytest.approx(0.4 / 1.2)
    paths = [f"routes.warning.steps.heard.choose.{number}.p" for number in (1, 2, 3)]
    moved = china.scaled({china.parameter(path): 2.0 for path in paths})
    assert sum(moved.values()) == pytest.approx(2 * 0.95 / (2 * 0.95 + 0.05))
    assert china.changed(moved)


def test_a_share_is_clipped_and_a_count_is_whole(china: Editor) -> None:
    """Twice 0.9 is 1; half of one head is one head, half of five rounds to two."""
    for path, factor, value in (
        ("victims.scams.loan.reports", 2.0, 1.0), ("desks.police.shifts.1.staff", 0.5, 3.0),
        ("desks.car.staff", 0.5, 2.0), ("desks.liaison.shifts.1.staff", 0.25, 1.0),
    ):  # fmt: skip
        parameter = china.parameter(path)
        assert china.scaled({parameter: factor}) == {parameter: value}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("desks.analist.staff", "accepted after desks: analyst"), ("criminals.exit_by_layer.9", "one of 0, 1$"),
        ("name", "the path of a number"), ("", "an unknown path"),
    ],
)  # fmt: skip
def test_an_unknown_path_is_told_the_nearest(china: Editor, path: str, said: str) -> None:
    """What is no number, or is not there, is refused in one line."""
    with pytest.raises(StudyError, match=said):
        china.parameter(path)


def test_what_the_model_refuses_is_said_in_one_line(china: Editor) -> None:
    """Shares that sum to more than 1 are refused by the model's own words."""
    with pytest.raises(ScenarioError, match="sum to"):
        changed(china, criminals__exits__cash__share=0.8, criminals__exits__gold__share=0.8)


def test_all_that_is_assumed_is_moved_or_left_out_with_a_reason() -> None:
    """Printed and verified numbers are not among them; the frame and a zero are left out, each once."""
    moved, left = assumed(load("wuhan-35min"))
    paths = [one.path for one in moved] + [one.path for one in left]
    assert len(paths) == len(set(paths))
    assert {"criminals.dwell_by_layer.0", "criminals.exit_by_layer.1", "desks.analyst.shifts.0.staff"} <= set(paths)
    assert not {"victims.scams.loan.share", "law.stop", "victims.arrivals.resident.cases.0.loss"} & set(paths)
    why = {one.path: one.why for one in left}
    assert why["horizon"] == "frames the study"
    assert why["bank_profiles.interface.refusal"].startswith("zero")
    assert why["prevention.warnings.by_hour"].startswith("relative weights")
