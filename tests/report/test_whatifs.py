"""What planners ask, told: a change that somebody can make is the finding, and what does not fit is said in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from matplotlib.text import Text

from sim.report.figures.compare import comparison_figure
from sim.report.findings import comparison, whatifs
from sim.scenario import catalogue
from sim.scenario.loader import load
from sim.scenario.whatifs import fitting, read_whatifs
from sim.study.ask.compare import Difference, differences
from sim.study.ask.whatifs import BASE, TOGETHER, compare_whatifs, unpriced
from sim.study.run.metric_names import MONEY, NET_BENEFIT
from sim.study.run.runner import Runner
from sim.words.language import LANGUAGES, Language, using
from tests.worlds import CASES

TITLES = {"robot": "A robot calls", "night": "One more at night"}
LUCK = (-3e4, -1e4, 1e4, 3e4)


def asked(robot: float, night: float, together: float, metrics: Sequence[str] = ("net_loss", "recovered_share", *MONEY),
          at_banks: str = "") -> list[Difference]:  # fmt: skip
    """The rows of a study of two changes that recover so many yuan more; each costs 1,000."""
    names = [BASE, "robot", "night", TOGETHER]
    results = []
    for luck in LUCK:
        gains = (0.0, robot, night, together)
        results.append([
            {"loss": 9e6, "recovered": 1e6 + luck + gain * (1 + luck / 1e5), "prevented": 0.0,
             "recovered_share": (1e6 + luck + gain) / 9e6, "cost": 5e4 + (1e3 if gain else 0.0)}
            for gain in gains
        ])  # fmt: skip
    return differences(names, results, metrics, at_banks={at_banks})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("gains", [(4e5, 2e5, 6e5), (2e5, 4e5, 6e5), (-4e5, -2e5, 5e5), (-10.0, 10.0, 5e5)])
def test_all_together_is_never_the_answer(language: Language, gains: tuple[float, float, float]) -> None:
    """Nobody can make all changes: the finding is one of them, and all together stand in a sentence that says so."""
    rows = asked(*gains)
    with using(language):
        by = whatifs.lead(rows)
        found = whatifs.finding(rows, TITLES, by, "7 d")
        together = comparison.arm_name(TOGETHER)
        assert TITLES["night" if gains[1] > gains[0] else "robot"] in found
        assert together not in found.lower()
        assert {"en": "more than any centre does at once", "zh": "没有哪个中心会一次做到"}[language] in " ".join(
            whatifs.more(rows, TITLES, by, "7 d")
        )


def test_the_change_that_helps_most_is_told_with_unit_period_and_interval() -> None:
    """By net benefit where costs are known, else by the share that comes back; the next, and what loses money."""
    rows = asked(4e5, 2e5, 6e5)
    assert whatifs.lead(rows) == NET_BENEFIT
    found = whatifs.finding(rows, TITLES, NET_BENEFIT, "7 d")
    assert found.startswith('Of 2 changes, each alone, "A robot calls" helps most: net benefit +400,000 yuan in 7 d (+')
    assert whatifs.more(rows, TITLES, NET_BENEFIT, "7 d")[1] == "Next, each alone: One more at night (+199,000 yuan)."
    free = asked(4e5, 2e5, 6e5, ("net_loss", "recovered_share"))
    assert whatifs.lead(free) == "recovered_share"
    assert "helps most: share recovered +4.4" in whatifs.finding(free, TITLES, "recovered_share", "7 d")
    losing = asked(4e5, -2e5, 2e5)
    assert "These lose money: One more at night." in whatifs.more(losing, TITLES, NET_BENEFIT, "7 d")


def test_what_may_help_more_is_not_passed_over() -> None:
    """The finding is of what surely helps; a change that brings more on average, and may bring nothing, stands next."""
    rows = asked(4e5, 2e5, 6e5)
    wide = [replace(row, change=replace(row.change, low=-1e5, high=9e5)) if row.arm == "robot" else row for row in rows]
    assert whatifs.finding(wide, TITLES, NET_BENEFIT, "7 d").startswith(
        'Of 2 changes, each alone, "One more at night" helps most of those that surely help: net benefit +199,000 yuan'
    )
    first = whatifs.more(wide, TITLES, NET_BENEFIT, "7 d")[0]
    assert first.startswith('"A robot calls" may help more, which is open: net benefit +400,000 yuan in 7 d (-100,000')


def test_what_brings_next_to_nothing_is_not_named_next() -> None:
    """Also where it surely brings that."""
    lines = whatifs.more(asked(4e5, 2e4, 4e5), TITLES, NET_BENEFIT, "7 d")
    assert not any(line.startswith("Next") for line in lines)


def test_what_is_not_counted_of_the_best_is_said_beside_it() -> None:
    """A campaign is not free, nor are officers of banks: neither has a price, and both are said not to be counted."""
    rows = asked(4e5, 2e5, 6e5, at_banks="robot")
    assert whatifs.more(rows, TITLES, NET_BENEFIT, "7 d")[0] == "What it costs at banks is not counted."
    campaign = whatifs.more(asked(4e5, 2e5, 6e5), TITLES, NET_BENEFIT, "7 d", {"robot"})
    assert campaign[0] == "What it takes to bring that about has no price here and is not counted."
    assert unpriced(read_whatifs()) == {"awareness-campaign"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*catalogue.names(), str(CASES / "own-city.yaml")])
def test_what_does_not_fit_is_said_in_words(language: Language, name: str) -> None:
    """By the title of the change and what this centre lacks; no path, no name of a file or of an entry."""
    loaded = load(name)
    _, left = fitting(read_whatifs(), loaded)
    with using(language):
        said = whatifs.left_out(left, loaded.scenario)
        for line in said:
            assert not re.search(r"\w[._]\w", line), line
            assert all(one.name not in line for one in left)
            if language == "zh":
                assert not re.search("[a-z]{2}", line), line
    assert bool(said) == bool(left)


@pytest.mark.parametrize(
    ("path", "settings", "said"),
    [
        ("banks.icbd", (), "this centre has no bank icbd"),
        ("desks.porter", (), "this centre has no desk porter"),
        ("bank_profiles.fax", (), "this centre has no banks of the kind fax"),
        ("routes.lunch", (), "this centre has no route lunch"),
        ("victims.scams.romance", (), "this centre has no scam romance"),
        ("desks.analyst.shifts", ("desks.analyst.shifts=null", "desks.analyst.staff=6"),
         "analyst has no shifts here: as many people are there at every hour"),
        ("victims.contact", (), "this centre has it otherwise: the victims, from first contact to payment"),
    ],
)  # fmt: skip
def test_what_a_centre_lacks_is_said_by_its_kind(path: str, settings: Sequence[str], said: str) -> None:
    """Each part of a scenario that a change may name."""
    assert whatifs.lack(path, load("city", settings).scenario) == said


def test_changes_stand_in_the_order_of_what_they_bring() -> None:
    """In tables and in the picture, which begins with that metric and says what zero is; all together stand apart."""
    rows = whatifs.ranked(asked(2e5, 4e5, 6e5), NET_BENEFIT)
    assert [row.arm for row in rows[:4]] == [BASE, "night", "robot", TOGETHER]
    said = ("One more at night helps.", "All together.")
    figure = comparison_figure(rows, titles=TITLES, said=said, lead=NET_BENEFIT)
    first = figure.axes[0]
    assert [label.get_text() for label in first.get_yticklabels()] == ["One more at night", "A robot calls", TOGETHER]
    assert first.get_xlabel().startswith("net benefit")
    texts = [one.get_text() for one in figure.findobj(Text)]
    assert "One more at night helps" in texts
    assert "0: as it is" in texts
    figure.canvas.draw()
    for axes in figure.axes:
        boxes = [one.get_window_extent() for one in axes.get_xticklabels()]
        assert len(boxes) > 1
        assert all(one.x1 < other.x0 for one, other in pairwise(boxes))


def test_one_change_is_compared_with_one_change() -> None:
    """The probability of being best is among changes that somebody may choose: all together have none."""
    loaded = load("city", ["horizon=6h", "follow_up=6h"])
    with Runner(seed=1) as runner:
        rows = compare_whatifs(runner, loaded, read_whatifs(names=["stop-first", "analyst-at-night"]), 3)
    assert {comparison.best_words(row) for row in rows if row.arm == TOGETHER} == {"-"}
    for metric in ("net_loss", NET_BENEFIT):
        single = [row.best for row in rows if row.metric == metric and row.arm != TOGETHER]
        assert sum(single) == pytest.approx(1)
