"""Prove: published figures against the model, and models that are wrong on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.engine.run import simulate
from sim.report.findings.proof_cells import open_range
from sim.report.publish.proofs import write
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.study.ask.cross_checks import _apart, cross_checks
from sim.study.ask.proof import Proof
from sim.study.ask.prove import prove
from sim.study.ask.published import Published, World, bounds, check_kind, read_published, shipped
from sim.study.ask.reading import Reading
from sim.study.ask.still_open import admits
from sim.study.ask.theory import Check, verify
from sim.study.run.errors import StudyError
from sim.study.run.posterior import POSTERIOR_FILE, Posterior
from sim.study.run.runner import Runner
from sim.words.units import MINUTE

SLOWER = [f"criminals.exits.{one}.dwell.loglogistic.median={minutes}m" for one, minutes in (
    ("withdrawn", 96), ("cash", 104), ("crypto", 56), ("payment-firm", 56), ("pos", 48), ("gold", 200), ("abroad", 80),
)]  # fmt: skip
MUTANTS = {
    "dwell doubled": [
        *SLOWER, *(f"criminals.dwell_by_layer.{layer}.loglogistic.median={m}m" for layer, m in ((0, 40), (1, 24))),
    ],
    "infinite staff": [
        f"desks.{desk}={{shifts: null, staff: unlimited}}"
        for desk in ("intake", "analyst", "audit", "legal", "liaison")
    ],
    "no reason to fail": ["criminals.claims=null"],
}  # fmt: skip
"""Wrong on purpose; `withdrawn` is the exit of Korea and of the United Kingdom, whose medians are 24 and 50 minutes."""


def part(name: str, worlds: Sequence[str], *, replications: int, **changes: object) -> Published:
    """Some worlds of a file, with few replications."""
    whole = read_published(name)
    kept: dict[str, World] = {
        world: whole.worlds[world].model_copy(update={"replications": replications, **changes}) for world in worlds
    }
    figures = {key: one for key, one in whole.figures.items() if one.run in kept}
    return whole.model_copy(
        update={"worlds": kept, "figures": figures, "curves": {}, "falls": {}, "excluded": [], "common": {}}
    )


@cache
def checks() -> Sequence[Check]:
    """The model against theory, once for all tests that look at it."""
    return verify()


def held(published: Sequence[Published], settings: Sequence[str] = ()) -> Proof:
    """The model against some figures, without theory."""
    with Runner(seed=1) as runner:
        return prove(published, runner, settings=settings, theory=False)


SHORT = {
    "dwell doubled": ("korea", ["refunds"], 2),
    "infinite staff": ("korea", ["calls-25"], 2),
    "no reason to fail": ("china", ["city"], 2),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_wrong_model_fails_a_figure_that_the_right_one_meets(mutant: str) -> None:
    """Doubled dwell times, infinite staff, no reason to fail: each turns an inside into an outside."""
    name, worlds, replications = SHORT[mutant]
    some = part(name, worlds, replications=replications)
    right, wrong = held([some]), held([some], MUTANTS[mutant])
    turned = [
        (one.name, one.model, other.model)
        for one, other in zip(right.rows, wrong.rows, strict=True)
        if (one.verdict, other.verdict) == ("inside", "outside")
    ]
    assert turned


@pytest.mark.long
@pytest.mark.parametrize("mutant", MUTANTS)
def test_each_wrong_model_fails_the_whole_proof(mutant: str) -> None:
    """Of the figures that were used, over all files, one that the right model meets lies outside; other places, which
    freeze more or less, may please a wrong model."""
    published = [read_published(name) for name in shipped()]
    with Runner(seed=1, jobs=2) as runner:
        right = prove(published, runner, quick=0.5, theory=False)
        wrong = prove(published, runner, quick=0.5, theory=False, settings=MUTANTS[mutant])
    turned = [
        one.name
        for one, other in zip(right.rows, wrong.rows, strict=True)
        if one.figure.role in ("target", "input") and (one.verdict, other.verdict) == ("inside", "outside")
    ]
    print(mutant, turned)
    assert turned


def test_every_shipped_figure_has_a_source_a_role_and_a_reason_for_its_tolerance() -> None:
    """Files of figures are read, and say where each is from; what is no direction and no case has a share or a unit."""
    for name in shipped():
        for figure in read_published(name).figures.values():
            low, high, tolerance = bounds(figure)
            assert low <= high
            assert figure.source.publisher
            assert (tolerance > 0) == (figure.why is not None)
            assert tolerance < high


def test_targets_of_the_published_figures_are_those_of_the_calibration() -> None:
    """Each target that a figure names is calibrated to, at the same value or inside its range."""
    from sim.study.ask.targets import read_targets

    for name in shipped():
        published = read_published(name)
        problems = [read_targets(one) for one in published.calibrations]
        observed = {one.name: one.value for problem in problems for one in problem.observed}
        assert len(observed) == sum(len(problem.observed) for problem in problems)  # no name twice
        for figure in published.figures.values():
            if figure.target is not None:
                low, high, _ = bounds(figure)
                assert low <= observed[figure.target] <= high, figure.title
            elif figure.role == "target":
                assert not published.calibrations, figure.title


def test_a_reading_is_a_sum_over_a_sum() -> None:
    """`stage.*` adds up all that begin so; several runs are added before they are divided."""
    share = Reading(("stage.frozen",), ("stage.*",))
    runs = [{"stage.frozen": 1.0, "stage.none": 3.0}, {"stage.frozen": 3.0, "stage.none": 1.0}]
    assert [share.of(run) for run in runs] == [0.25, 0.75]
    assert share.of_all(runs) == 0.5
    assert Reading(("stage.frozen",)).of_all(runs) == 2.0
    with pytest.raises(StudyError, match="frozn"):
        Reading(("stage.frozn",)).check(runs[0].keys(), "metric")


def test_verdicts_follow_the_published_range() -> None:
    """A figure is inside at its tolerance and outside beyond it; a direction is never judged."""
    some = part("united-kingdom", ["first-account"], replications=2)
    figure = some.figures["gone-15m"]

    def verdict(**changes: object) -> str:
        one = some.model_copy(update={"figures": {"one": figure.model_copy(update=changes)}})
        return held([one]).rows[0].verdict

    assert verdict(published=0.28, tolerance=0.03) == "inside"
    assert verdict(published=0.5, tolerance=0.03) == "outside"
    assert verdict(published=(0.2, 0.4), kind="range") == "inside"
    assert verdict(published=0.5, kind="direction only") == "direction only"


def test_a_slip_in_a_file_of_figures_is_told_with_its_place(tmp_path: Path) -> None:
    """An unknown world, a tolerance without its reason and a range upside down are refused."""
    text = (Path(__file__).parents[2] / "scenarios" / "published" / "united-kingdom.yaml").read_text(encoding="utf-8")
    for old, new, told in (
        ("run: first-account", "run: second", "first-account"),
        ("published: 0.28", "published: [0.5, 0.2]", "lower first"),
        ("published: 0.28", "published: 0.28\n    pubished: 1", "pubished"),
    ):
        file = tmp_path / "one.yaml"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises((StudyError, ScenarioError), match=told):
            read_published(str(file))


def test_the_report_is_whole_and_says_every_figure(tmp_path: Path) -> None:
    """Markdown, table and picture stand in the folder together; each figure is in both texts."""
    proof = replace(held([part("united-kingdom", ["first-account"], replications=2)]), checks=checks()[-2:])
    written = write(proof, tmp_path / "out")
    assert {path.name for path in written} == {path.name for path in (tmp_path / "out").iterdir()}
    summary, table = ((tmp_path / "out" / name).read_text(encoding="utf-8") for name in ("summary.md", "table.csv"))
    for row in proof.rows:
        assert row.figure.title in summary
        assert f"{row.name}," in table
    assert "\nOf those that were used, 1 of 3 targets (3 within what is asked of them) lie inside" in summary
    assert "With " not in summary
    write(replace(proof, quick=0.2), tmp_path / "fewer", "fundfreeze prove united-kingdom --quick=0.2")
    fewer = (tmp_path / "fewer" / "summary.md").read_text(encoding="utf-8")
    assert "Made by `fundfreeze prove united-kingdom --quick=0.2` (seed 1). With 20% of the runs: " in fewer


def test_a_trade_off_is_told_and_drawn(tmp_path: Path) -> None:
    """The figure falls as its assumption does; every point is in the report, beside a picture."""
    one = part("china", ["wuhan"], replications=20)
    pairs = [pair for pair in read_published("china").excluded if pair.trade and pair.trade.figure in one.figures]
    assert pairs[0].trade is not None
    trade = pairs[0].trade.model_copy(update={"factors": [0.1, 10.0]})
    proof = held([one.model_copy(update={"excluded": [pairs[0].model_copy(update={"trade": trade})]})])
    [(_, fast, *_), (_, slow, *_)] = proof.pairs[0].points
    assert fast < proof.pairs[0].trade.model < slow
    write(replace(proof, checks=checks()[-1:]), tmp_path)
    assert (tmp_path / "trade-off.png").is_file()
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert f"0.1: {fast / 60:.3g} min, 10: {float(f'{slow / 60:.3g}'):,.10g} min" in summary


def test_a_second_proof_takes_the_place_of_the_first_and_loses_nothing_else(tmp_path: Path) -> None:
    """`make validate` writes where results are kept: its own files are new, a stranger's stays."""
    proof = held([part("united-kingdom", ["first-account"], replications=2)])
    write(replace(proof, checks=checks()[-1:]), tmp_path)
    (tmp_path / "notes.txt").write_text("of a reader")
    first = (tmp_path / "summary.md").read_bytes()
    written = write(replace(proof, checks=checks()[-2:]), tmp_path)
    assert (tmp_path / "summary.md").read_bytes() != first
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", *(path.name for path in written)}


def test_theory_holds() -> None:
    """Queues, races and money are what theory says (99.9% intervals)."""
    assert [one.title for one in checks() if not one.holds] == []


def test_a_proof_holds_the_model_against_theory_and_other_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What both say is part of every proof from which it is not left out."""
    theory, *others = checks()
    monkeypatch.setattr("sim.study.ask.prove.verify", lambda: [theory])
    monkeypatch.setattr("sim.study.ask.prove.cross_checks", lambda: others)
    some = [part("united-kingdom", ["first-account"], replications=2)]
    with Runner(seed=1) as runner:
        assert list(prove(some, runner).checks) == list(checks())
        assert list(prove(some, runner, theory=False).checks) == []


def test_other_programs_agree() -> None:
    """Both engines write one log, and the same queue in another library has the same wait; neither agrees by chance."""
    engines, queue = cross_checks()
    assert engines.holds
    assert queue.holds
    assert 0 < queue.half < 0.2 * queue.theory
    rows = simulate(load("wuhan-35min").scenario, 1, 0).rows
    assert _apart(rows, rows) == 0
    assert _apart(rows, replace(rows, time=rows.time + 1)) == len(rows)


def test_one_selected_among_others_is_inside_where_as_much_happens_as_often_as_once_among_them() -> None:
    """Printed as the most remarkable of so many: the share of plays that bring as much is held against that."""
    whole = part("china", ["zhangping"], replications=60)
    one = whole.figures["zhangping"].model_copy(update={"kind": "selected", "published": "150k yuan"})
    figures = {f"of-{n}": one.model_copy(update={"among": n}) for n in (2, 1000)}
    rows = {row.name: row for row in held([whole.model_copy(update={"figures": figures})]).rows}
    assert 0 < rows["of-2"].as_much == rows["of-1000"].as_much < 0.5
    assert (rows["of-2"].verdict, rows["of-1000"].verdict) == ("outside", "inside")


def test_a_case_that_could_hardly_have_been_outside_says_little() -> None:
    """Where the middle 90% of cases reaches over most of what could be, to be inside is no agreement."""
    proof = held([part("china", ["fuyang"], replications=40)])
    [row] = proof.rows
    assert row.interval[1] - row.interval[0] > 0.8 * 490_000
    assert row.verdict == "says little"
    assert proof.count("inside") == proof.count("outside") == 0


def test_only_what_was_selected_says_among_how_many() -> None:
    """A kind without its number, or a number without its kind, is refused."""
    for changes in ({"kind": "selected"}, {"among": 10}):
        whole = part("china", ["zhangping"], replications=2)
        figure = whole.figures["zhangping"].model_copy(update=changes)
        with pytest.raises(StudyError, match="both or neither"):
            check_kind(figure, "figures.zhangping")


def test_what_a_calibration_leaves_open_is_carried_into_the_figures(tmp_path: Path) -> None:
    """Two draws of the median dwell, a quarter and four times Korea's, reach from little to much; a figure printed
    between them is within reach, one beyond both is not. The model's own figure stays as it is."""
    korea = part("korea", ["refunds"], replications=2)
    kinds = {"criminals.exits.withdrawn.dwell.loglogistic.median": "time", "criminals.pace.spread": "number"}
    draws = np.array([[6 * MINUTE, 1.46], [96 * MINUTE, 1.46]], dtype=float)
    folder = tmp_path / "korea-2015-refunds"
    folder.mkdir()
    (folder / POSTERIOR_FILE).write_bytes(Posterior(kinds, draws, np.array([0.5, 0.5])).parquet())  # type: ignore[arg-type]
    with Runner(seed=1) as runner:
        proof = prove([korea], runner, calibrations=tmp_path, theory=False)
        apart = prove([korea], runner, theory=False)
        changed = prove([korea], runner, calibrations=tmp_path, settings=["criminals.retry=11m"], theory=False)
    rows, alone = ({row.name: row for row in one.rows} for one in (proof, apart))
    row = rows["to-1h"]
    assert row.open is not None
    assert row.open[0] < 0.2 < row.model < 0.55 < row.open[2]
    assert row.admitted
    assert (row.model, row.verdict) == (alone["to-1h"].model, alone["to-1h"].verdict)
    assert alone["to-1h"].open is None
    assert alone["to-1h"].admitted is None
    assert all(one.open is None for one in changed.rows)
    assert replace(row, low=0.95, high=0.95).admitted is False
    assert "reaches it" in open_range(row)
    assert proof.admitted("target") == (len([one for one in proof.rows if one.admitted]), len(rows))


@pytest.mark.parametrize(
    ("found", "printed", "tolerance", "reached"),
    [
        ((0.2, 0.3, 0.4), (0.4, 0.4), 0.0, True),  # the end of the draws
        ((0.2, 0.3, 0.4), (0.41, 0.41), 0.0, False),
        ((0.2, 0.3, 0.4), (0.43, 0.5), 0.1, True),  # 0.13 off, of the root of 0.1 and 0.1 squared
        ((0.2, 0.3, 0.4), (0.45, 0.5), 0.1, False),
        ((0.2, 0.3, 0.9), (0.05, 0.1), 0.1, False),  # only the side on which it lies counts
        ((0.2, 0.3, 0.9), (0.1, 0.5), 0.0, True),  # between the ends of what is printed
    ],
)
def test_a_figure_is_within_reach_of_draws_and_tolerance_together(
    found: tuple[float, float, float], printed: tuple[float, float], tolerance: float, reached: bool
) -> None:
    """As squares add, on the side on which the figure lies."""
    assert admits(found, *printed, tolerance) is reached
