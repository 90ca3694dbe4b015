"""What-ifs are data: what a file of them may say, and what the shipped ones change."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.report.findings.whatifs import left_out
from sim.scenario import catalogue
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.scenario.whatifs import FILE, NOTHING, combined, fitting, read_whatifs
from sim.words.units import MINUTE

NAMES = [
    "24-hour-opening", "officers-on-site", "automatic-interface", "stop-first", "analyst-at-night", "ai-callers",
    "hold-10-minutes", "hold-30-minutes", "awareness-campaign",
]  # fmt: skip


def test_the_shipped_what_ifs_are_those_that_planners_name() -> None:
    """They lie beside the scenarios but are none, and each has a title and says where it comes from."""
    found = read_whatifs()
    assert [one.name for one in found] == NAMES
    assert all(one.title and one.provenance.source for one in found)
    assert {one.name for one in found if one.provenance.label != "assumed"} == {"ai-callers"}
    assert {one.provenance.label for one in found} == {"assumed", "derived"}
    like = {"stop-first", "ai-callers"}  # these lay on what a scenario of their name has
    assert set(catalogue.names()) & {Path(FILE).stem, *NAMES} == like


@pytest.mark.parametrize("scenario", ["city", "county", "province", "s09-branch-counter"])
def test_the_shipped_what_ifs_fit_every_centre(scenario: str) -> None:
    """Each changes the scenario, or what it is compared with; all together they are valid."""
    loaded = load(scenario)
    for one in read_whatifs():
        assert one.on(loaded) != one.without(loaded)
    together = combined(read_whatifs(), loaded)
    assert together.banks["rural"].profile == "interface"
    assert together.desks["analyst"].shifts is not None
    assert len(together.desks["analyst"].shifts) == len(loaded.scenario.desks["analyst"].shifts or ()) + 1
    assert "stop-first" in together.routes


def test_what_a_centre_has_already_is_left_out(tmp_path: Path) -> None:
    """A change that changes nothing would be told as worth exactly nothing."""
    file = tmp_path / "whatifs.yaml"
    file.write_text(
        "mine: {title: x, label: assumed, source: x, set: {banks.icbc.profile: officer}}\n", encoding="utf-8"
    )
    fit, [left] = fitting(read_whatifs(file), load("city"))
    assert (fit, left.name, left.why, left.missing) == ([], "mine", None, NOTHING)
    assert left_out([left], load("city").scenario) == ["Left out, for this centre has it so already: x."]
    [found], none = fitting(read_whatifs(file), load("county"))
    assert (found.name, none) == ("mine", [])


def test_the_campaign_halves_what_the_city_has() -> None:
    """Median and 90th percentile of discovery and report lag are half of the city's in every scam."""
    loaded = load("city")
    changed = read_whatifs(names=["awareness-campaign"])[0].on(loaded)
    for name, scam in loaded.scenario.victims.scams.items():
        for part in ("discovery", "report_lag"):
            before, after = getattr(scam, part), getattr(changed.victims.scams[name], part)
            for share in (0.5, 0.9):
                assert after.quantile(share) == pytest.approx(before.quantile(share) / 2, rel=1e-6), (name, part)


def test_the_holds_differ_in_their_time_alone() -> None:
    """10 minutes and 30 minutes at the same banks, of the same payments."""
    short, long = (one.on(load("city")) for one in read_whatifs(names=["hold-10-minutes", "hold-30-minutes"]))
    assert short.banks == long.banks
    waits = [one.routes["alarm"].steps["hold"].wait for one in (short, long)]
    assert [wait.for_.fixed for wait in waits if wait and wait.for_] == [10 * MINUTE, 30 * MINUTE]
    rest = [{n: s for n, s in one.routes["alarm"].steps.items() if n != "hold"} for one in (short, long)]
    assert rest[0] == rest[1]


def test_what_is_there_already_is_told_by_what_it_would_be_without(tmp_path: Path) -> None:
    """`against` changes what a what-if is compared with, and nothing else."""
    file = tmp_path / "mine.yaml"
    file.write_text(
        "cars:\n  title: Five cars\n  label: assumed\n  source: ours\n  against: {desks.car.staff: 1}\n",
        encoding="utf-8",
    )
    [one] = read_whatifs(file)
    loaded = load("city")
    assert one.on(loaded) == loaded.scenario
    assert one.without(loaded).desks["car"].staff == 1


HEAD = "x:\n  title: X\n  label: assumed\n  source: ours\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x: 3\n", "mine.yaml:1:1: x: read 3, accepted: a mapping with title"),
        ("x:\n  title: X\n", "x.label: read nothing, accepted: text"),
        (HEAD, "x: read no change, accepted: set"),
        (HEAD + "  sett: {}\n", "mine.yaml:5:3: x.sett: read an unknown key, accepted: set"),
        (HEAD.replace("assumed", "known") + "  set: {desks.car.staff: 1}\n", "x.label: read 'known', accepted: one of"),
        (HEAD + "  set: {desks.cra.staff: 1}\n", "mine.yaml:5:26: desks.cra: read an unknown path, accepted: car"),
        (HEAD + "  set: {desks.car.staff: many}\n", "mine.yaml:5:26: desks.car.staff: read 'many'"),
        (HEAD + "  set: 4\n", "x.set: read 4, accepted: a mapping of paths to values"),
        (HEAD + "  like: {stop-first: [rotues]}\n", "x.like.stop-first: read 'rotues', accepted: routes"),
        (HEAD + "  like: {stop-frist: [routes]}\n", "accepted: a scenario file, or stop-first"),
    ],
)
def test_a_mistake_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    """Each mistake in a file of what-ifs names its place, what was read and what would be accepted."""
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_whatifs("mine.yaml")[0].on(load("city"))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_what_if_that_is_not_there_is_told_the_nearest() -> None:
    """A name that the file does not have is answered with the nearest one."""
    with pytest.raises(ScenarioError, match="read no what-if of this name, accepted: stop-first"):
        read_whatifs(names=["stop-frist"])
