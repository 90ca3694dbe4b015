"""A scenario file is read with the memory of who wrote what, and a mistake is one line to act on."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.scenario.distributions import DurationDist, MoneyDist
from sim.scenario.errors import FaultError, ScenarioError, UnknownNameError
from sim.scenario.loader import Loaded, load, resolve_tree
from sim.words.phrases import phrase
from sim.words.units import Clock, Duration, Share
from tests.effort import calls


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Scam(_Model):
    loss: MoneyDist
    lag: DurationDist = DurationDist.parse("10m")
    reports: Share = Field(default=1.0, json_schema_extra={"label": "assumed", "source": "a round number"})


class _Listed(_Model):
    cases: list[Duration]


class _Rate(_Model):
    per_day: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


class _Desk(_Model):
    staff: Annotated[int, Field(ge=1)] | Literal["unlimited"] | None = None
    opens: Clock = 0
    mates: list[str] = []


class _Latency(_Model):
    factor: float = 1.0


class _Town(_Model):
    name: str
    horizon: Duration
    scams: dict[str, _Scam]
    arrivals: _Listed | _Rate
    desks: dict[str, _Desk] = {}
    exits: list[Share] = []
    latency: dict[str, _Latency] = {}
    note: str | None = None

    @model_validator(mode="after")
    def _mates_exist(self) -> "_Town":
        for name, desk in self.desks.items():
            for mate in desk.mates:
                if mate not in self.desks:
                    raise UnknownNameError(phrase("desk"), mate, self.desks, f"desks.{name}.mates")
        if self.exits and abs(sum(self.exits) - 1) > 1e-9:
            wrong = phrase("shares that sum to {total:g}", total=sum(self.exits))
            raise FaultError(phrase("shares that sum to 1"), wrong, "exits")
        return self


BASE = """\
name: base
horizon: 2d
scams:
  loan:
    loss: {lognormal: {median: 50k yuan, p90: 300k yuan}}
    lag: 5m
  shop: {loss: 2k yuan}
arrivals: {per_day: 40}
desks:
  intake: {staff: 6, opens: 09:00}
  audit: {staff: unlimited, mates: [intake]}
exits: [0.25, 0.75]
sources:
  scams.loan: {label: printed, source: the yearbook}
  scams.loan.lag: {label: derived, source: "table 3", note: rounded}
  exits[1]: {label: assumed, source: nobody knows}
"""


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _write(text: str | bytes, name: str = "base.yaml") -> str:
    path = Path(name)
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def _load(text: str | bytes, *overrides: str) -> Loaded[_Town]:
    return load(_write(text), overrides, model=_Town)


def _error(text: str | bytes, *overrides: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        _load(text, *overrides)
    message = str(caught.value)
    assert "\n" not in message
    assert caught.value.__cause__ is None
    return message


def _changed(old: str, new: str) -> str:
    assert old in BASE
    return BASE.replace(old, new, 1)


# -- what is read ----------------------------------------------------------------------------------------


def test_values_know_where_they_were_written() -> None:
    """The origin of a value is its file, line and column."""
    loaded = _load(BASE)
    assert str(loaded.origin(("scams", "loan", "lag"))) == "base.yaml:6:10"
    assert str(loaded.origin(("exits", 1))) == "base.yaml:12:15"
    assert loaded.origin(("scams", "shop", "lag")) is None


def test_yaml_is_version_1_2() -> None:
    """A time of day is text and not a number in base 60, and `no` is a word."""
    loaded = _load(_changed("name: base", "name: no").replace("09:00", "20:30"))
    assert loaded.scenario.name == "no"
    assert loaded.scenario.desks["intake"].opens == (20 * 60 + 30) * 60_000


def test_extends_merges_mappings_and_replaces_lists() -> None:
    """A file that extends another changes what it writes, replaces lists and removes with null."""
    _write(BASE, "lib/base.yaml")
    loaded = _load(
        "extends: lib/base.yaml\nname: mine\nscams:\n  shop: null\n  loan: {lag: 7m}\nexits: [1]\n"
        "desks: {audit: {mates: null}}\n"
    )
    assert loaded.scenario.name == "mine"
    assert list(loaded.scenario.scams) == ["loan"]
    assert loaded.scenario.scams["loan"].lag == DurationDist.parse("7m")
    assert loaded.scenario.scams["loan"].loss.kind == "lognormal"
    assert loaded.scenario.exits == [1]
    assert loaded.scenario.desks["audit"].mates == []
    assert [path.name for path in loaded.files] == ["base.yaml", "base.yaml"]
    assert loaded.data["horizon"] == "2d"


def test_another_kind_of_distribution_replaces_the_old_one() -> None:
    """Who writes an exponential over a lognormal need not unset the lognormal."""
    _write(BASE, "lib.yaml")
    loaded = _load("extends: lib\nscams: {loan: {loss: {exponential: {mean: 5k yuan}}}}\n")
    assert loaded.scenario.scams["loan"].loss.kind == "exponential"


def test_overrides_are_applied_in_order() -> None:
    """The last override of a value wins, also inside lists and distributions."""
    loaded = _load(
        BASE,
        "desks.intake.staff=8",
        "desks.intake.staff=9",
        "exits[0]=0.5",
        "exits.1=0.5",
        "scams.shop.loss.exponential.mean=3k yuan",
        "latency.all.factor=0.5",
        "note=",
        "scams.loan.lag=",
    )
    assert loaded.scenario.desks["intake"].staff == 9
    assert loaded.scenario.exits == [0.5, 0.5]
    assert loaded.scenario.scams["shop"].loss.mean() == 300_000
    assert loaded.scenario.latency["all"].factor == 0.5
    assert loaded.scenario.scams["loan"].lag == DurationDist.parse("10m")
    assert str(loaded.origin(("exits", 0))) == "--set exits[0]=0.5"


def test_aliases_are_followed() -> None:
    """An anchor may be used again, as in any YAML."""
    text = _changed("loss: 2k yuan", "loss: &small 2k yuan")
    text = text.replace("arrivals:", "  more: {loss: *small}\narrivals:")
    assert _load(text).scenario.scams["more"].loss.mean() == 200_000


# -- provenance ------------------------------------------------------------------------------------------


def test_the_longest_prefix_says_the_source() -> None:
    """A value is covered by the longest path in its own file's sources."""
    loaded = _load(BASE)
    assert loaded.provenance(("scams", "loan", "loss", "lognormal", "median")).label == "printed"
    assert loaded.provenance(("scams", "loan", "lag")).note == "rounded"
    assert loaded.provenance(("exits", 1)).source == "nobody knows"
    assert loaded.provenance(("exits", 0)).label == "not stated"


def test_an_overriding_value_does_not_inherit_a_source() -> None:
    """The source of an overridden value says nothing of the value that replaced it."""
    _write(BASE, "lib.yaml")
    loaded = _load("extends: lib\nscams: {loan: {lag: 7m}}\n", "scams.loan.loss.lognormal.p90=1M yuan")
    assert loaded.provenance(("scams", "loan", "lag")).label == "not stated"
    assert loaded.provenance(("scams", "loan", "loss", "lognormal", "p90")).label == "set by hand"
    assert loaded.provenance(("scams", "loan", "loss", "lognormal", "median")).source == "the yearbook"


def test_defaults_name_their_source() -> None:
    """A model's default is labelled so, with the source its field states."""
    said = _load(BASE).provenance(("scams", "loan", "reports"))
    assert (said.label, said.source, said.note) == ("default", "a round number", "assumed")


def test_the_resolved_scenario_lists_every_value() -> None:
    """Each value is one line with its origin; a distribution from one place is one line."""
    rows = {row.path: row for row in resolve_tree(_load(BASE, "scams.loan.lag=1h"))}
    assert rows["scams.loan.loss"].value == {"lognormal": {"median": "50,000 yuan", "p90": "300,000 yuan"}}
    assert rows["scams.loan.loss"].label == "printed"
    assert rows["scams.loan.lag"].value == "1h"
    assert rows["scams.shop.reports"].label == "default"
    assert rows["exits.1"].label == "assumed"
    assert str(rows["horizon"].origin) == "base.yaml:2:10"


def test_a_dumped_scenario_loads_again() -> None:
    """A resolved scenario written to a file gives the same scenario."""
    import json

    first = _load(BASE)
    dumped = json.dumps(first.scenario.model_dump(mode="json", by_alias=True, exclude_none=True))
    assert _load(dumped).scenario == first.scenario


# -- what is refused: the exact line ---------------------------------------------------------------------

TIMES = "a time such as 35m, 48h, 1h30m, 2d or 90s"
BAD: dict[str, tuple[str, str]] = {
    "unknown key": (
        _changed("    lag: 5m", "    lagg: 5m"),
        "base.yaml:6:5: scams.loan.lagg: read an unknown key, accepted: lag",
    ),
    "unknown instead of required": (
        _changed("shop: {loss", "shop: {lost"),
        "base.yaml:7:10: scams.shop.lost: read an unknown key, accepted: loss",
    ),
    "missing key": (
        _changed("horizon: 2d\n", ""),
        "base.yaml:1:1: horizon: read nothing, accepted: a value: this key is required",
    ),
    "unset key": (
        _changed("horizon: 2d", "horizon: null"),
        "base.yaml:2:1: horizon: read null, accepted: a value: this key is required",
    ),
    "duplicate key": (
        _changed("    lag: 5m", "    lag: 5m\n    lag: 6m"),
        "base.yaml:7:5: scams.loan.lag: read lag a second time (first in line 6), accepted: each key once",
    ),
    "wrong unit": (
        _changed("lag: 5m", "lag: 5 parsecs"),
        f"base.yaml:6:10: scams.loan.lag: read '5 parsecs', accepted: {TIMES}",
    ),
    "money for a time": (
        _changed("lag: 5m", "lag: 5k yuan"),
        f"base.yaml:6:10: scams.loan.lag: read '5k yuan', accepted: {TIMES}",
    ),
    "no unit": (
        _changed("lag: 5m", "lag: 5"),
        "base.yaml:6:10: scams.loan.lag: read 5, accepted: a time needs a unit such as 35m",
    ),
    "negative time": (
        _changed("horizon: 2d", "horizon: -2d"),
        "base.yaml:2:10: horizon: read '-2d', accepted: a time of zero or more such as 35m",
    ),
    "NaN": (
        _changed("per_day: 40", "per_day: .nan"),
        "base.yaml:8:21: arrivals.per_day: read nan, accepted: a finite number",
    ),
    "infinity": (
        _changed("horizon: 2d", "horizon: .inf"),
        "base.yaml:2:10: horizon: read inf, accepted: a finite time such as 35m",
    ),
    "too large": (
        _changed("per_day: 40", "per_day: 4000"),
        "base.yaml:8:21: arrivals.per_day: read 4000, accepted: a value of at most 1000",
    ),
    "p90 below median": (
        _changed("p90: 300k", "p90: 30k"),
        "base.yaml:5:47: scams.loan.loss.lognormal.p90: read '30k yuan', "
        "accepted: a p90 above the median (50,000 yuan)",
    ),
    "two kinds": (
        _changed("lag: 5m", "lag: {fixed: 5m, gamma: {mean: 5m, shape: 1}}"),
        "base.yaml:6:5: scams.loan.lag: read fixed, gamma, accepted: a quantity or exactly one of fixed, "
        "exponential, lognormal, loglogistic, gamma, weibull, uniform, empirical, mixture, bands",
    ),
    "weights": (
        _changed("lag: 5m", "lag: {mixture: [{weight: 0.5, of: 1m}, {weight: 0.6, of: 2m}]}"),
        "base.yaml:6:11: scams.loan.lag.mixture: read weights that sum to 1.1, accepted: weights that sum to 1",
    ),
    "probabilities": (
        _changed("[0.25, 0.75]", "[0.25, 0.5]"),
        "base.yaml:12:1: exits: read shares that sum to 0.75, accepted: shares that sum to 1",
    ),
    "unknown name": (
        _changed("[intake]", "[intak]"),
        "base.yaml:11:29: desks.audit.mates: read 'intak', accepted: the name of a desk: intake",
    ),
    "union of models": (
        _changed("{per_day: 40}", "{per_dya: 40}"),
        "base.yaml:8:12: arrivals.per_dya: read an unknown key, accepted: per_day",
    ),
    "inside a union": (
        _changed("{per_day: 40}", "{cases: [3m, 4]}"),
        "base.yaml:8:24: arrivals.cases.1: read 4, accepted: a time needs a unit such as 35m",
    ),
    "union of values": (
        _changed("staff: 6", "staff: six"),
        "base.yaml:10:19: desks.intake.staff: read 'six', accepted: a whole number or 'unlimited'",
    ),
    "list for a mapping": (
        BASE[: BASE.index("desks:")] + "desks: [1]\n",
        "base.yaml:9:1: desks: read a list of 1, accepted: a mapping",
    ),
    "broken YAML": (
        _changed("name: base", "name: a: b"),
        "base.yaml:1:8: yaml: read 'name: a: b', accepted: one key and its value on a line, "
        "and text that holds a colon in quotes",
    ),
    "tag": (
        _changed("name: base", "name: !!python/name:os.system base"),
        "base.yaml:1:7: name: read the tag tag:yaml.org,2002:python/name:os.system, "
        "accepted: plain values without tags",
    ),
    "two documents": (
        BASE + "---\na: 1\n",
        "base.yaml:17:1: yaml: read a second document, accepted: one document in a file",
    ),
    "a directive": (
        "%YAML 1.1\n---\n" + BASE,
        "base.yaml:1:1: yaml: read a directive, accepted: plain YAML 1.2 without directives",
    ),
    "merge key": (
        _changed("  shop: {loss", "  shop: {<<: {}, loss"),
        "base.yaml:7:10: scams.shop.<<: read a merge key, accepted: extends: FILE, or the keys written out",
    ),
    "anchor of itself": (
        _changed("[0.25, 0.75]", "&a [*a]"),
        "base.yaml:12:12: exits.0: read *a, accepted: the name of an anchor completed above",
    ),
    "empty": ("", "base.yaml:1:1: file: read an empty file, accepted: a mapping of keys such as name: town"),
    "only a comment": (
        "# soon\n",
        "base.yaml:1:1: file: read an empty file, accepted: a mapping of keys such as name: town",
    ),
    "a list": (
        "- a\n- b\n",
        "base.yaml:1:1: file: read a list of 2, accepted: a mapping of keys such as name: town",
    ),
    "source of nothing": (
        _changed("scams.loan.lag: {label", "scams.loan.lags: {label"),
        "base.yaml:15:3: sources.scams.loan.lags: read a path that has no value in this file, "
        "accepted: in scams.loan: lag",
    ),
    "label": (
        _changed("label: printed", "label: print"),
        "base.yaml:14:23: sources.scams.loan.label: read 'print', accepted: printed",
    ),
    "source missing": (
        _changed("label: printed, source: the yearbook", "label: printed"),
        "base.yaml:14:3: sources.scams.loan.source: read nothing, accepted: a value: this key is required",
    ),
    "extends nothing": (
        "extends: bases.yaml\n" + BASE,
        "base.yaml:1:10: extends: read 'bases.yaml', accepted: a file beside this one, or ",
    ),
}


@pytest.mark.parametrize("mistake", BAD)
def test_a_mistake_is_one_exact_line(mistake: str) -> None:
    """A mistake is said in one line with file, line, column, field, what was read and what is accepted."""
    text, line = BAD[mistake]
    message = _error(text)
    assert message.startswith(line) if line.endswith(" ") else message == line


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ("desks.intak.staff=8", "desks.intak: read an unknown path, "
         "accepted: intake"),
        ("desks.intake.staf=8", "desks.intake.staf: read an unknown path, "
         "accepted: staff"),
        ("horizon=3", "horizon: read 3, accepted: a time needs a unit such as 35m"),
        ("horizon=", "horizon: read null, accepted: a value: this key is required"),
        ("horizon.x=3", "horizon.x: read 'x', accepted: horizon=VALUE: nothing is inside it"),
        ("exits[2]=1", "exits.2: read '2', accepted: an index from 0 to 1"),
        ("exits.x=1", "exits.x: read 'x', accepted: an index from 0 to 1"),
        ("nonsense", "--set: read 'nonsense', accepted: path=value such as desks.intake.staff=8"),
    ],
)  # fmt: skip
def test_a_wrong_override_is_one_exact_line(setting: str, line: str) -> None:
    """An override is blamed as it was given, with the nearest names for an unknown path."""
    assert _error(BASE, setting) == f"--set {setting}: {line}"


def test_an_error_is_blamed_on_the_file_that_wrote_the_value() -> None:
    """With extends, a wrong value names the file that wrote it, whichever file was asked for."""
    _write(_changed("lag: 5m", "lag: 5"), "lib.yaml")
    assert _error("extends: lib.yaml\nname: mine\n").startswith("lib.yaml:6:10: scams.loan.lag: ")


def test_a_missing_key_is_blamed_on_the_last_file_that_wrote_its_mapping() -> None:
    """A key that is missing in a new mapping is blamed there, not on the file below."""
    _write(BASE, "lib.yaml")
    assert _error("extends: lib\n\nscams:\n  romance: {lag: 3m}\n").startswith(
        "base.yaml:4:3: scams.romance.loss: read nothing"
    )


def test_a_circle_of_extends_is_printed() -> None:
    """Files that extend each other in a circle are refused with the circle."""
    _write("extends: c.yaml\n", "b.yaml")
    _write("extends: base.yaml\n", "c.yaml")
    assert _error("extends: b.yaml\n") == (
        "c.yaml:1:10: extends: read base.yaml -> b.yaml -> c.yaml -> base.yaml, "
        "accepted: a chain of files without a circle"
    )


def test_text_that_is_not_utf_8_is_refused() -> None:
    """The first byte that is not UTF-8 is named with its place."""
    assert _error("name: é\nhorizon: ".encode() + b"\xff\n") == (
        "base.yaml:2:10: file: read the byte 0xff, as in the encoding CP1252, accepted: "
        "the file saved as UTF-8 (in Excel: CSV UTF-8; in an editor: Save as, encoding UTF-8)"
    )


def test_a_control_character_is_refused() -> None:
    """A character that cannot be in YAML is named with its place."""
    assert _error("name: x\nhorizon: \x07\n") == (
        "base.yaml:2:10: yaml: read the character U+0007, a bell, accepted: the line without it"
    )


def test_a_large_file_is_refused_unread() -> None:
    """A file of 100 MB is refused by its size alone."""
    with Path("base.yaml").open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(ScenarioError) as caught:
        load("base.yaml", model=_Town)
    assert str(caught.value) == (
        "base.yaml:1:1: file: read 100,000,000 bytes, accepted: a file of at most 4,194,304 bytes"
    )


def test_a_billion_laughs_are_refused_quickly() -> None:
    """Aliases that would unfold to a billion values are counted, not followed."""
    lines = ["l0: &l0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"]
    lines += [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 10)]
    with calls() as work:
        message = _error("\n".join(lines))
    assert work.many < 1_000_000
    assert message.startswith("base.yaml:6:")
    assert message.endswith("which stands for too many values, accepted: at most 200,000 values, aliases followed")


def test_deep_nesting_is_refused() -> None:
    """Brackets nested a thousand deep are a mistake, not a crash."""
    message = _error("name: " + "[" * 1000)
    assert "accepted: values nested at most 50 deep" in message


def test_a_folder_and_a_pipe_are_refused() -> None:
    """Something that is no plain file is refused without waiting on it."""
    os.mkdir("folder")
    os.mkfifo("pipe")
    for name in ("folder", "pipe", "nowhere"):
        with pytest.raises(ScenarioError, match=f"^{name}: file: read "):
            load(name, model=_Town)


def test_errors_carry_their_parts() -> None:
    """The parts of the line are attributes, and the error can be sent between processes."""
    import pickle

    with pytest.raises(ScenarioError) as caught:
        _load(_changed("lag: 5m", "lag: 5"))
    error = pickle.loads(pickle.dumps(caught.value))
    parts: tuple[Any, ...] = (error.file, error.line, error.column, error.field, error.read)
    assert parts == ("base.yaml", 6, 10, "scams.loan.lag", "5")
    assert str(error) == str(caught.value)
