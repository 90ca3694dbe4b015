"""Kind: a place of one's own. A file says "these banks, no others"; what-ifs of what it lacks are named, not fatal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from sim.cli.app import app
from sim.cli.options import UsageError
from sim.scenario.errors import Origin, ScenarioError
from sim.scenario.file_schema import file_schema
from sim.scenario.loader import load
from sim.scenario.merge import merge
from sim.scenario.models import Scenario
from sim.scenario.tree import Layer, Provenance, tree_of
from sim.scenario.whatifs import fitting, read_whatifs
from tests.worlds import CASES

OWN = CASES / "own-city.yaml"
BANKS = ["harbour", "delta", "wallet-pay", "nobody"]


def own(folder: Path, *lines: str, extends: str = "city") -> Path:
    """A city of one's own that writes these lines."""
    path = folder / "mine.yaml"
    path.write_text("\n".join((f"extends: {extends}", "name: mine", *lines)) + "\n", encoding="utf-8")
    return path


FOUR = (
    "banks:", "  harbour: {share: 0.5, profile: officer}", "  delta: {share: 0.3, profile: remote}",
    "  pay: {share: 0.15, profile: payment}", "  nobody: {share: 0.05}",
)  # fmt: skip


def test_banks_taken_out_one_by_one_are_gone() -> None:
    """Eleven nulls leave four banks, as they always did."""
    assert list(load(OWN).scenario.banks) == BANKS


def test_these_banks_and_no_others(tmp_path: Path) -> None:
    """One line stands for the eleven nulls, and all else is still the city's."""
    mine, city = load(own(tmp_path, "replaces: [banks]", *FOUR)).scenario, load("city").scenario
    assert list(mine.banks) == ["harbour", "delta", "pay", "nobody"]
    assert mine.desks == city.desks
    with pytest.raises(ScenarioError, match=r"banks: read shares that sum to 2"):
        load(own(tmp_path, *FOUR))


def test_any_mapping_can_be_replaced_whole(tmp_path: Path) -> None:
    """Scams, exits and sources of arrivals too, at any depth, each by its path."""
    loss = "{share: 1, loss: 5k yuan, typical_payment: 5k yuan, payment_gap: 0, discovery: 1h, report_lag: 5m}"
    mine = load(own(
        tmp_path, "replaces: [victims.scams, criminals.exits, victims.arrivals]", "prevention: null", "victims:",
        f"  scams: {{romance: {loss}}}", "  arrivals: {town: {per_day: 3}}",
        "criminals: {exits: {cash: {share: 1, dwell: 1h}}}",
    )).scenario  # fmt: skip
    assert (list(mine.victims.scams), list(mine.victims.arrivals), list(mine.criminals.exits)) == (
        ["romance"], ["town"], ["cash"],
    )  # fmt: skip
    assert mine.victims.channels == load("city").scenario.victims.channels


def test_a_file_on_top_adds_again(tmp_path: Path) -> None:
    """Only the file that says so replaces; who extends it merges as ever."""
    own(tmp_path, "replaces: [banks]", *FOUR)
    above = tmp_path / "above.yaml"
    above.write_text("extends: mine\nname: above\nbanks: {delta: {share: 0.2}, new: {share: 0.1}}\n", encoding="utf-8")
    assert list(load(above).scenario.banks) == ["harbour", "delta", "pay", "nobody", "new"]


NAMES = st.sampled_from("abcdef")
TREES = st.recursive(st.integers(0, 9), lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3))


@given(base=st.dictionaries(NAMES, TREES, max_size=4), over=st.dictionaries(NAMES, TREES, max_size=4))
def test_a_replaced_mapping_is_what_the_file_has_there(base: dict[str, object], over: dict[str, object]) -> None:
    """Whatever lies below, a replaced path holds what was written and nothing else; its neighbours merge as ever."""
    layers = [Layer("base", Provenance("")), Layer("over", Provenance(""))]
    one, other = (tree_of({"top": part, "rest": part}, layer) for part, layer in zip((base, over), layers, strict=True))
    merged = merge(one, other, whole={("top",)})
    assert merged.plain()["top"] == over
    assert merged.plain()["rest"] == merge(one, other).plain()["rest"]
    gone = merged.value["top"].removed
    assert {key for key in base if key not in over} == set(gone)
    assert all(isinstance(at, Origin) for at in gone.values())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("replaces: banks", "replaces: read 'banks', accepted: a list of paths such as [banks]"),
        ("replaces: [bank]", "replaces.0: read 'bank', accepted: the path of a mapping in this file: banks"),
        ("replaces: [banks.harbour.share]", "replaces.0: read 'banks.harbour.share', accepted: the path of a mapping"),
        ("replaces: [desks]", "replaces.0: read 'desks', accepted: the path of a mapping in this file: "),
        ("replaces: [3]", "replaces.0: read 3, accepted: the path of a mapping in this file: "),
    ],
)
def test_what_cannot_be_replaced_is_one_line(tmp_path: Path, line: str, said: str) -> None:
    """A path that is no mapping of this file is refused where it stands."""
    with pytest.raises(ScenarioError) as error:
        load(own(tmp_path, line, *FOUR))
    assert said in str(error.value)
    assert "mine.yaml:3:" in str(error.value)


def test_a_file_that_extends_nothing_replaces_nothing(tmp_path: Path) -> None:
    """There is nothing to stand in place of."""
    path = tmp_path / "alone.yaml"
    path.write_text("name: alone\nreplaces: [banks]\nbanks: {a: {share: 1}}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"alone.yaml:2:11: replaces: .* in a file that extends another"):
        load(path)


def test_editors_know_the_key() -> None:
    """The schema has it beside `extends`."""
    assert file_schema(Scenario)["properties"]["replaces"]["type"] == "array"
    json.dumps(file_schema(Scenario))


def test_whatifs_of_what_was_taken_out_are_named_and_the_others_fit() -> None:
    """The shipped what-ifs on a city of one's own: those of its missing banks are left out, each with its path."""
    fit, left = fitting(read_whatifs(), load(OWN))
    assert {one.name: one.why.field for one in left} == {
        "officers-on-site": "banks.icbc", "automatic-interface": "banks.icbc",
        "hold-10-minutes": "banks.icbc", "hold-30-minutes": "banks.icbc",
    }  # fmt: skip
    assert [one.name for one in fit] == [
        "24-hour-opening", "stop-first", "analyst-at-night", "ai-callers", "awareness-campaign",
    ]  # fmt: skip


def test_the_command_runs_what_fits_and_names_the_rest(tmp_path: Path) -> None:
    """`whatifs` on the case ends well, and says in a line each what was left out and why."""
    args = ["whatifs", str(OWN), "--only", "officers-on-site", "--only", "analyst-at-night"]
    args += ["--set", "horizon=6h", "--set", "follow_up=6h", "--replications", "2", "--jobs", "1"]
    done = CliRunner().invoke(app, [*args, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "Left out, for this centre has no bank ICBC: Officers of five banks on site." in done.output
    assert "One trace analyst more at night" in done.output.split("Left out")[1]
    told = (tmp_path / "out" / "whatifs-left-out.csv").read_text(encoding="utf-8-sig")
    assert told.split() == ["arm,missing", "officers-on-site,banks.icbc"]  # who has the files alone knows it too


def test_nothing_that_fits_is_one_line(tmp_path: Path) -> None:
    """Where every what-if that was asked for is left out there is nothing to run."""
    args = ["whatifs", str(OWN), "--only", "officers-on-site", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, args)
    assert isinstance(done.exception, UsageError)
    assert str(done.exception) == ("whatifs: read none that fits my-city, accepted: --file with its own what-ifs")
    assert not (tmp_path / "out").exists()


def whatif(folder: Path, path: str) -> Path:
    file = folder / "whatifs.yaml"
    file.write_text(f'mine:\n  title: x\n  label: assumed\n  source: "x"\n  set: {{{path}: 2}}\n', encoding="utf-8")
    return file


@pytest.mark.parametrize("path", ["desks.analist.staff", "desks.analyst.stuff", "banks.icbk.share"])
def test_a_name_that_never_was_is_a_mistake(tmp_path: Path, path: str) -> None:
    """A slip in a file of what-ifs is refused on its line, whatever scenario it is for."""
    found = read_whatifs(whatif(tmp_path, path))
    for scenario in ("city", OWN):
        with pytest.raises(ScenarioError, match=r"whatifs.yaml:5:\d+: .* read an unknown path"):
            fitting(found, load(scenario))


def test_a_name_that_the_file_below_has_is_left_out(tmp_path: Path) -> None:
    """A bank of one's own base that a file on top takes out, by null or by replacing, is no slip."""
    (tmp_path / "base.yaml").write_text(
        "extends: city\nname: base\nreplaces: [banks]\n" + "\n".join(FOUR) + "\n", encoding="utf-8"
    )
    found = read_whatifs(whatif(tmp_path, "banks.pay.share"))
    for lines in (("banks: {pay: null, nobody: {share: 0.2}}",), ("replaces: [banks]", "banks: {all: {share: 1}}")):
        fit, left = fitting(found, load(own(tmp_path, *lines, extends="base")))
        assert (fit, [one.why.field for one in left]) == ([], ["banks.pay"])


@pytest.mark.parametrize("scenario", ["city", str(OWN), "county"])
def test_one_more_is_one_more_whatever_the_roster(scenario: str, tmp_path: Path) -> None:
    """A what-if that names a number of heads is one head less where the roster has grown: it adds a shift instead."""
    loaded = load(scenario, ["desks.analyst.absence=null"])
    (one,) = read_whatifs(names=["analyst-at-night"])
    desks = [each.desks["analyst"] for each in (loaded.scenario, one.on(loaded))]
    before, after = (sum(shift.staff for shift in desk.shifts or ()) for desk in desks)
    assert after == before + 1
    assert (desks[1].shifts or [])[: len(desks[0].shifts or ())] == desks[0].shifts


def test_open_at_all_hours_has_the_weekdays_heads() -> None:
    """As its source says, of every desk: none has fewer than the largest shift of today."""
    loaded = load("city")
    (one,) = read_whatifs(names=["24-hour-opening"])
    now, then = loaded.scenario, one.on(loaded)
    for name in ("legal", "teller", "caller"):
        assert then.desks[name].largest == now.desks[name].largest, name
    for name in ("remote", "letter"):
        assert then.bank_profiles[name].largest == now.bank_profiles[name].largest, name


def test_nothing_is_added_where_there_is_no_list(tmp_path: Path) -> None:
    """A desk round the clock has no shifts: the what-if is left out by name; a desk that no city has is a mistake."""
    [(left)] = fitting(read_whatifs(names=["analyst-at-night"]), load(
        "city", ["desks.analyst.shifts=null", "desks.analyst.staff=6"]
    ))[1]  # fmt: skip
    assert left.why.field == "desks.analyst.shifts"
    file = whatif(tmp_path, "desks.analist.shifts")
    file.write_text(file.read_text().replace("set:", "add:").replace(": 2}", ": [1]}"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"desks.analist.shifts: read nothing to add to"):
        fitting(read_whatifs(file), load("city"))
