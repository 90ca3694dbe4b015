"""A user's mistake is one line on standard error with exit status 2, and nothing else anywhere."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from sim.scenario import catalogue
from tests.cli.conftest import Answer, Command, everything_in
from tests.kinds.test_mutations import OF_LIBRARIES
from tests.worlds import PLAIN

HEAD = "extends: china\nname: bad\n"
BARE = f"extends: {PLAIN / 'china.yaml'}\nname: bad\n"
"""A base without channels, districts, ages, places and machines: a mistake in them is all that it has of them."""
UNHEARD = "objections: null\nprevention: null\n"
"""Then the routes start from reports alone."""
AROUND = """\
on_report: round
routes:
  round:
    subject: case
    first: a
    steps:
      a: {do: open_case}
      b: %s
"""
WORK = "{work: {team: {intake: 1}, time: 5m}, leak: {wait: intake, work: intake}, to: a}"
SHIFTS = """\
desks:
  audit:
    staff: null
    shifts:
      - {from: 08:00, to: 16:00, staff: 6000}
      - {from: 15:00, to: 23:00, staff: 6000}
"""
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

FILES: dict[str, tuple[str | bytes, str, str, str, str]] = {
    # what is wrong: (file, line:column, field, what was read, a word of what is accepted)
    "unknown key": (HEAD + "desks:\n  intake: {staf: 3}\n", "4:12", "desks.intake.staf", "an unknown key", "staff"),
    "unknown key in line 100": (
        "extends: china\n" + "#\n" * 98 + "nome: bad\n", "100:1", "nome", "an unknown key", "name",
    ),
    "duplicate key": (
        HEAD + "horizon: 1d\nhorizon: 2d\n", "4:1", "horizon", "horizon a second time (first in line 3)", "once",
    ),
    "wrong unit": (HEAD + "horizon: 24 parsecs\n", "3:10", "horizon", "'24 parsecs'", "35m"),
    "negative time": (HEAD + "follow_up: -3d\n", "3:12", "follow_up", "'-3d'", "zero or more"),
    "p90 below the median": (
        HEAD + "victims:\n  scams:\n    ordinary:\n      loss: {lognormal: {median: 20k yuan, p90: 10k yuan}}\n",
        "6:49", "victims.scams.ordinary.loss.lognormal.p90", "'10k yuan'", "above the median (20,000 yuan)",
    ),
    "shares of banks": (HEAD + "banks:\n  icbc: {share: 0.5}\n", "3:1", "banks", "shares that sum to 1.35", "sum to 1"),
    "shares of exits": (
        BARE + "criminals:\n  exits:\n    cash: {share: 0.9}\n", "4:3", "criminals.exits", "shares that sum to 1.6",
        "sum to 1",
    ),
    "weights of a mixture": (
        HEAD + "criminals:\n  retry: {mixture: [{weight: 0.5, of: 1m}, {weight: 0.6, of: 2m}]}\n",
        "4:11", "criminals.retry.mixture", "weights that sum to 1.1", "sum to 1",
    ),
    "chances of a choose": (
        HEAD + AROUND % "{choose: [{p: 0.7, to: c}, {p: 0.7, to: d}, {else: d}]}\n      c: {end: c}\n      d: {end: d}",
        "10:11", "routes.round.steps.b.choose", "p that sum to 1.4", "at most 1",
    ),
    "missing bank profile": (
        HEAD + "banks:\n  icbc: {profile: branch}\n", "4:19", "banks.icbc.profile", "'branch'",
        "one of interface, officer, remote",
    ),
    "a profile of a source without a rate": (
        HEAD + "victims:\n  arrivals:\n    town: {by_hour: [1, 2]}\n",
        "5:5", "victims.arrivals.town.per_day", "nothing", "required",
    ),
    "no banks": (HEAD + "banks: null\n", "3:1", "banks", "null", "required"),
    "a bank left out": (HEAD + "banks:\n  icbc: null\n", "3:1", "banks", "shares that sum to 0.85", "sum to 1"),
    "extends itself": ("extends: bad.yaml\nname: bad\n", "1:10", "extends", "bad.yaml -> bad.yaml", "without a circle"),
    "a cycle without work": (
        HEAD + AROUND % "{start: {route: account, for: each_revealed}, to: a}", "9:7", "routes.round.steps.a",
        "a cycle of steps with no work or wait in it (a -> b -> a)", "a work, wait or await",
    ),
    "a cycle without a limit": (
        HEAD + AROUND % WORK, "9:7", "routes.round.steps.a", "a cycle of steps with no attempt limit (a -> b -> a)",
        "attempts",
    ),
    "a signal that only an idle route raises": (
        HEAD + UNHEARD + AROUND % "{await: {any: [frozen]}, leak: {wait: court}}\n      c: {end: c}",
        "12:11", "routes.round.steps.b.await", "nobody raises 'frozen'", "file_freeze in a route that is started",
    ),
    "the end of a route that nothing starts": (
        HEAD + UNHEARD + AROUND % "{await: {any: [done(account)]}, leak: {wait: court}}\n      c: {end: c}",
        "12:11", "routes.round.steps.b.await", "nobody raises 'done(account)'", "needs route 'account'",
    ),
    "a cancelled route of another kind": (
        HEAD + AROUND % "{cancel: {route: account, for: this}}\n      c: {end: c}",
        "10:11", "routes.round.steps.b.cancel", "a mapping with route, for", "not for a subject of kind victim or case",
    ),
    "empty file": ("", "1:1", "file", "an empty file", "a mapping"),
    "not UTF-8": ((HEAD + "title: Z\xfcrich\n").encode("latin-1"), "3:9", "file", "the byte 0xfc, as in the encoding CP1252", "UTF-8"),  # noqa: E501
    "billion laughs": (LAUGHS, "6:12", "f.1", "*e, which stands for too many values", "at most 200,000 values"),
    "NaN": (HEAD + "criminals:\n  fan_out_spread: .nan\n", "4:19", "criminals.fan_out_spread", "nan", "finite"),
    "infinity": (HEAD + "horizon: .inf\n", "3:10", "horizon", "inf", "finite"),
    "minus infinity": (
        HEAD + "criminals:\n  amount_spread: -.inf\n", "4:18", "criminals.amount_spread", "-inf", "finite",
    ),
    "nobody at a desk": (HEAD + "desks:\n  intake: {staff: 0}\n", "4:19", "desks.intake.staff", "0", "at least 1"),
    "a million people": (
        HEAD + "desks:\n  intake: {staff: 1000000}\n", "4:19", "desks.intake.staff", "1000000", "at most 10000",
    ),
    "more people in overlapping shifts than a desk may have": (
        HEAD + SHIFTS, "6:5", "desks.audit.shifts", "12,000 people in shifts that overlap", "at most 10,000",
    ),
    "shares of channels": (
        BARE + "victims:\n  channels:\n    phone: {share: 0.7}\n    branch: {share: 0.2}\n",
        "4:3", "victims.channels", "shares that sum to 0.9", "sum to 1",
    ),
    "shares of districts": (
        BARE + "victims:\n  districts:\n    east: {share: 0.7}\n", "4:3", "victims.districts", "shares that sum to 0.7",
        "sum to 1",
    ),
    "shares of age bands": (
        BARE + "victims:\n  ages: {18-40: 0.7, 40-99: 0.7}\n", "4:3", "victims.ages", "shares that sum to 1.4",
        "sum to 1",
    ),
    "an unknown age band": (
        BARE + "victims:\n  ages: {young: 1}\n  scams:\n    ordinary:\n      ages: {old: 1}\n",
        "7:19", "victims.scams.ordinary.ages.old", "1", "young",
    ),
    "an unknown age band that a bank watches": (
        BARE + "victims:\n  ages: {young: 1}\nbanks:\n  icbc:\n    monitoring:\n"
        "      {detects: 0.5, least: 10k yuan, false_per_day: 3, ages: [old]}\n",
        "8:57", "banks.icbc.monitoring.ages", "'old'", "young",
    ),
    "customers of some banks only": (
        BARE + "banks:\n  icbc: {customers: 0.5}\n", "3:1", "banks", "customers for some banks only", "for none",
    ),
    "a rail that there is not": (
        BARE + "victims:\n  rails: {wire: {delay: 1h}}\n"
        "  scams:\n    ordinary:\n      rails: {post: 0.1}\n",
        "7:21", "victims.scams.ordinary.rails.post", "0.1", "wire",
    ),
    "the machine of older files": (
        BARE + "victims:\n  atm: {delay: 24h, profile: null}\n", "4:3", "victims.atm", "an unknown key",
        "rails, of which a machine is one",
    ),
    "payments at a machine of older files": (
        BARE + "victims:\n  scams:\n    ordinary:\n      at_atm: 0.1\n", "6:7", "victims.scams.ordinary.at_atm",
        "an unknown key", "rails, with the share of the machine",
    ),
    "more than all payments on rails": (
        BARE + "victims:\n  scams:\n    ordinary:\n      rails: {a: 0.7, b: 0.7}\n", "6:7",
        "victims.scams.ordinary.rails", "shares that sum to 1.4", "at most 1",
    ),
    "a machine with an unknown profile": (
        HEAD + "victims:\n  rails:\n    machine: {delay: 24h, profile: bank}\n", "5:36",
        "victims.rails.machine.profile", "'bank'", "interface",
    ),
    "a pending exit that nobody reaches": (
        HEAD + "criminals:\n  exits:\n    cash:\n      pending: {share: 0.5, dwell: 1h, reach: police}\n",
        "6:47", "criminals.exits.cash.pending.reach", "'police'", "field",
    ),
    "shares of places": (
        BARE + "criminals:\n  places: {town: 0.7, abroad: 0.2}\n", "4:3", "criminals.places", "shares that sum to 0.9",
        "sum to 1",
    ),
    "an empty pool of accounts": (
        HEAD + "criminals:\n  reuse: {share: 0.5, pool: 0, lifetime: 1d}\n", "4:29", "criminals.reuse.pool", "0", "1",
    ),
    "a night without a factor": (
        HEAD + "criminals:\n  night: {from: 23:00, to: 06:00, factor: 0}\n", "4:43", "criminals.night.factor", "0", "0",
    ),
    "honest money without a holder": (
        HEAD + "criminals:\n  innocent: {share: 2, balance: 1k yuan, objects: 0.5, objection: 1d}\n",
        "4:21", "criminals.innocent.share", "2", "1",
    ),
    "more victims in an hour than can be told apart": (
        HEAD + "victims:\n  arrivals:\n    city: {per_day: 40000, by_weekday: [1, 0, 0, 0, 0, 0, 0]}\n",
        "5:21", "victims.arrivals.city.per_day", "40000", "at most 16,384",
    ),
    "false warnings at no hour": (
        HEAD + "prevention:\n  warnings:\n    route: call\n    share: 0.5\n    after: 1h\n    false_per_day: 9\n"
        "    by_hour: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]\n",
        "9:5", "prevention.warnings.by_hour", "weights of 0 only", "above 0",
    ),
}  # fmt: skip


def refused(answer: Answer) -> str:
    """The one line of a command that was refused."""
    assert answer.status == 2
    assert answer.out == ""
    assert answer.err.endswith("\n")
    [line] = [one for one in answer.err.splitlines() if not one.startswith("warning: ")]  # of a scenario that is read
    assert line.strip()
    assert "Traceback" not in answer.err
    return line


@pytest.mark.parametrize("mistake", FILES)
def test_a_mistake_in_a_file_is_one_line_that_says_where_and_what(fundfreeze: Command, mistake: str) -> None:
    """A bad file is refused with its line and column, the field, what was read and what is accepted; nothing is run."""
    text, place, field, read, accepted = FILES[mistake]
    Path("bad.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    line = refused(fundfreeze("run", "bad.yaml", "--replications", 1, "--out", "out"))
    assert line.startswith(f"bad.yaml:{place}: {field}: read {read}, accepted: ")
    assert accepted in line.partition(", accepted: ")[2]
    assert everything_in(Path()) == ["bad.yaml"]


def test_a_file_of_100_megabytes_is_refused_unread(fundfreeze: Command) -> None:
    """A huge file is refused by its size, by a command that would run it."""
    Path("bad.yaml").touch()
    os.truncate("bad.yaml", 100_000_000)
    line = refused(fundfreeze("run", "bad.yaml", "--out", "out"))
    assert re.fullmatch(r"bad\.yaml:1:1: file: read 100,000,000 bytes, accepted: a file of at most [\d,]+ bytes", line)
    assert everything_in(Path()) == ["bad.yaml"]


@pytest.mark.parametrize("command", ["validate", "show", "run", "latency", "story", "report"])
def test_every_command_refuses_a_bad_file_alike(fundfreeze: Command, command: str) -> None:
    """The same mistake is the same line in each command that takes a scenario, and also in a rival."""
    Path("bad.yaml").write_text(HEAD + "horizon: -2h\n")
    line = "bad.yaml:3:10: horizon: read '-2h', accepted: a time of zero or more such as 35m"
    assert refused(fundfreeze(command, "bad.yaml")) == line
    if command == "report":
        assert refused(fundfreeze("report", "wuhan-35min", "--rival", "bad.yaml")) == line
    assert everything_in(Path()) == ["bad.yaml"]


NAMES = f"a scenario file, or one of {', '.join(catalogue.names())}"
WORDS: dict[str, tuple[str, str]] = {
    # the command line: how its line begins
    "run nowhere --out out": ("nowhere: file: read no such file, accepted: ", NAMES),
    "run . --out out": (".: file: read a folder, accepted: ", NAMES),
    f"run {'a' * 300} --out out": ("a" * 300, "too long"),
    "run wuhan-35min --out out --set desks.intake": ("--set desks.intake: ", "path=value"),
    "run wuhan-35min --out out --set desks.intak.staff=2": (
        "--set desks.intak.staff=2: desks.intak: read an unknown path, accepted: ", "intake",
    ),
    "run wuhan-35min --out out --set desks.intake.staff=0": (
        "--set desks.intake.staff=0: desks.intake.staff: read 0, accepted: ", "at least 1",
    ),
    "run wuhan-35min --out out --set horizon=5": ("--set horizon=5: horizon: read 5, accepted: ", "35m"),
    "run wuhan-35min --log jsonl": ("--log: read no --out, accepted: ", "--out DIR"),
    "run wuhan-35min --log csv --out out": ("Invalid value for '--log'", "read 'csv', accepted: one of "),
    "run wuhan-35min --replications 0 --out out": ("Invalid value for '--replications'", "1"),
    "run wuhan-35min --replications few --out out": ("Invalid value for '--replications'", "a whole number"),
    "run wuhan-35min --replications 1000001 --out out": ("Invalid value for '--replications'", "1000000"),
    "run wuhan-35min --seed -1 --out out": ("Invalid value for '--seed'", "0"),
    "run wuhan-35min --seed 1.5 --out out": ("Invalid value for '--seed'", "a whole number"),
    "run wuhan-35min --jobs -1 --out out": ("Invalid value for '--jobs'", "0"),
    "run wuhan-35min --speed 2 --out out": ("No such option", "--speed"),
    "run wuhan-35min china --out out": ("Got unexpected extra argument", "china"),
    "run --out out": ("Missing argument", "SCENARIO"),
    "walk wuhan-35min": ("No such command", "walk"),
    "latency wuhan-35min --stage bnak --out out": ("--stage: no stage is named 'bnak'; known: all, ", "bank"),
    "latency china --set victims.arrivals.city.per_day=0 --replications 1 --out out": (
        "china: no account is ever stopped", "",
    ),
    "report china --set victims.arrivals.city.per_day=0 --replications 1 --latency-replications 2 --jobs 1 --out out": (
        "china: no account is ever stopped", "",
    ),
    "latency wuhan-35min --set latency.all.factor=0 --replications 1 --out out": (
        "wuhan-35min: the response takes no time", "",
    ),
    "report wuhan-35min --latency-replications 1 --out out": ("Invalid value for '--latency-replications'", "2"),
    "report wuhan-35min --rival nowhere --out out": ("nowhere: file: read no such file, accepted: ", NAMES),
    "story wuhan-35min --case 2 --out out": ("--case: there is no case 2", "1 to 1"),
    "story wuhan-35min --case 0 --out out": ("Invalid value for '--case'", "1"),
    "story wuhan-35min --replication -1 --out out": ("Invalid value for '--replication'", "0"),
}  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
def test_a_mistake_on_the_command_line_is_one_line(fundfreeze: Command, words: str) -> None:
    """A wrong name, path or option is refused by what is wrong with it, and leaves no file and no folder."""
    start, accepted = WORDS[words]
    line = refused(fundfreeze(*words.split()))
    assert line.startswith(start)
    assert accepted in line[len(start) :]
    assert not OF_LIBRARIES.search(line)
    assert everything_in(Path()) == []


@pytest.mark.parametrize("command", ["run", "latency", "story", "report"])
@pytest.mark.parametrize("out", ["file", "file/below"])
def test_a_file_in_the_way_of_the_results_is_told_before_the_work(
    fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, command: str, out: str
) -> None:
    """Where --out cannot be a folder, nothing is simulated and the file in the way stays as it was."""
    Path("file").write_text("kept")
    monkeypatch.setattr("sim.report.publish.dossier.simulate_one", None)
    monkeypatch.setattr("sim.study.run.worker.simulate_many", None)
    line = refused(fundfreeze(command, "wuhan-35min", "--out", out))
    assert re.fullmatch(rf"--out: read '{out}': .+; accepted: a folder that can be written", line)
    assert everything_in(Path()) == ["file"]
    assert Path("file").read_text() == "kept"


@pytest.mark.parametrize("command", ["run", "story"])
def test_a_full_disk_is_one_line(fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """A write that fails in the middle of the work is blamed on --out, and leaves no half of a file."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    count = ["--replications", 1] if command == "run" else []
    line = refused(fundfreeze(command, "wuhan-35min", "--out", "out", *count))
    assert line.startswith("--out: read 'out': ")
    assert "No space left on device" in line
    assert everything_in(Path()) == ["out"]


def test_words_of_the_user_are_printed_as_they_are(fundfreeze: Command) -> None:
    """A title with brackets and colons is no markup and no emoji, and escape codes do not reach the terminal."""
    title = 'title="[bold]a[/] :100: b"'
    assert fundfreeze("show", "wuhan-35min", "--set", title).out.splitlines()[2] == "title: [bold]a[/] :100: b"
    assert "[bold]a[/] :100: b" in fundfreeze("run", "wuhan-35min", "--replications", 1, "--set", title).out
    assert "[bold]a[/] :100: b" in fundfreeze("show", "wuhan-35min", "--sources", "--set", title).out
    assert refused(fundfreeze("run", "\x1b[31mred")).startswith("[31mred: read the character U+001B")
