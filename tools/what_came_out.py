"""What came out of each shipped scenario: one sentence with intervals, and the command that gives the same figures.

python tools/what_came_out.py [NAME ...]            prints it
python tools/what_came_out.py --write [NAME ...]    puts it at the end of the head of each scenario file

No figure in the head of a scenario is typed by hand: when values change, this is run again.
"""

from __future__ import annotations

import argparse
import os
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.measure.ways import By
from sim.report.findings.text import in_short, metric, possible, rounded, unit_scale, unit_word
from sim.scenario.loader import load
from sim.study.ask.compare import arm_of, same_victims
from sim.study.infer.stats import Summary, paired, summary
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import Metrics

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
OPENING = "What came out"
SEED = 1

MONTH = ("start=2025-03-03T00:00", "horizon=28d")
"""Four weeks without a holiday: the time in which the variants of the city are compared with it."""
SAVED = ("recovered_share", "prevented")


@dataclass(frozen=True)
class Question:
    """What is looked at in one scenario."""

    name: str
    metrics: tuple[str, ...] = SAVED
    replications: int = 8
    settings: tuple[str, ...] = ()
    against: str = ""
    """The scenario that it is a variant of, run on the same luck; empty for none."""
    by: By | None = None
    """How runs are split, where the metrics are those of groups: GROUP/METRIC."""
    arm: str = ""
    """The same scenario without what it asks about, as `compare --arm` takes it: NAME:PATH=VALUE,..."""
    single: bool = False
    """Whether it is one case: then its median and the middle 90% of the cases are told, not the mean of many."""

    def command(self) -> str:
        """What a user types to get the same figures."""
        verb = f"compare {self.against} {self.name}" if self.against else f"run {self.name}"
        if self.arm:
            verb = f'compare {self.name} --arm "{self.arm}"'
        words = [f"fundfreeze {verb}", *(f"--set {one}" for one in self.settings)]
        if self.against or self.arm:
            words += [f"--metric {one}" for one in self.metrics]
        if self.by:
            words.append(f"--by {self.by}")
        return " ".join([*words, f"--replications {self.replications}"])


ALONE = {"false_alerts": "alerts about honest people"}
"""What a metric is called where it does not stand under the one that it is a part of."""


def variant(name: str, *metrics: str, against: str = "city", replications: int = 8) -> Question:
    """A scenario that is held against another one."""
    return Question(name, metrics or SAVED, replications, MONTH, against)


def without(name: str, arm: str, *metrics: str) -> Question:
    """A scenario whose world is another than the city's: held against itself without the measure that it asks about."""
    return Question(name, metrics, settings=MONTH, arm=arm)


CITY = (
    "loss", "recovered_share", "recovered_share_reported", "reports", "accounts_stopped", "response_latency_median",
    "prevented", "utilisation.analyst", "utilisation_by_hour.analyst.12", "utilisation.caller",
)  # fmt: skip
CASE = ("accounts_stopped_within.35", "accounts_stopped", "recovered", "recovered_share", "containment_time")
QUESTIONS = (
    Question("china", ("loss", "recovered_share", "reports", "accounts_stopped"), 50),
    Question("city", CITY, 2),
    Question("county", ("loss", "recovered_share", "reports", "response_latency_median", "utilisation.analyst"), 8),
    Question("xiamen-2015", ("loss", "recovered_share", "stopped", "accounts_stopped", "reports"), 4),
    Question("xiamen-2016", ("loss", "recovered_share", "stopped", "stopped_all", "accounts_stopped", "reports"), 4),
    Question("province", ("recovered_share", "wait.analyst", "utilisation.analyst"), 2, MONTH, "city"),
    Question("s01-rapid-response", ("printed-case/recovered_share", "printed-case/response_latency"), 50, by="scam"),
    variant("s02-warning-visits", *SAVED, "utilisation.police", "wait.police"),
    variant("s03-blocking", "loss", "recovered_share"),
    variant("s04-shared-leads"),
    variant("s05-joint-meeting", "recovered_share", "containment_time"),
    without(
        "s06-pooled-agencies",
        "nobody is lent:desks.intake.surge=null,desks.analyst.surge=null",
        "recovered_share",
        "wait.intake",
        "wait.analyst",
    ),
    variant("s07-number-leads", "victims", "loss", "recovered_share"),
    Question("s08-early-warning", ("loss", *SAVED, "utilisation.police"), 8),
    variant("s09-branch-counter", *SAVED, "false_alerts"),
    variant("s10-elderly-customers"),
    variant("s11-line-cut", "loss", *SAVED),
    variant("s12-bank-training", *SAVED, "false_alerts", "response_latency_median"),
    variant("s13-dissuasion", *SAVED, "cost"),
    without(
        "s14-national-picture",
        "nobody is given up:desks.analyst.queue=fifo,desks.analyst.write_off=null",
        "recovered_share",
        "wait.analyst",
    ),
    without(
        "s15-cross-border",
        "answers take days:routes.account.steps.abroad.wait.for={lognormal: {median: 1d, p90: 7d}},"
        "desks.liaison.hand_over={lognormal: {median: 20m, p90: 60m}}",
        "recovered_share",
        "recovered",
    ),
    variant("stop-first", "recovered_share", "response_latency_median", "wrongful_accounts"),
    variant("ai-callers", *SAVED, "utilisation.caller"),
    Question("korea-2015", (), 4, by="delay"),
    Question("korea-2025-calls", ("answered_share.intake",), 4),
    Question("korea-2025-calls-25", ("answered_share.intake",), 20),
    Question("korea-2025-calls-25-monday", ("answered_share.intake",), 20),
    Question("haryana-2023", ("recovered_share", "accounts_stopped", "reports"), 4),
    Question("haryana-2024", ("recovered_share", "accounts_stopped", "reports"), 4),
    Question("uk-2025", ("gone_layer_1.15", "gone_layer_1.60", "gone_layer_1.1440"), 4),
    Question("wuhan-35min", CASE, 300, single=True),
    Question("wuhan-35min-rival", CASE, 300, single=True),
)


def value(name: str, number: float, half: float) -> str:
    """A mean with its unit, in the digits that its interval supports."""
    unit = metric(name.rpartition("/")[2]).unit
    word, scale = unit_word(unit), unit_scale(unit)
    return f"{rounded(number * scale, half * scale)}{word if word == '%' else ' ' + word}".rstrip()


def interval(name: str, one: Summary) -> str:
    """A mean and the ends of its 95% interval."""
    half = one.high - one.mean
    plain = name.rpartition("/")[2]
    scale = unit_scale(metric(plain).unit)
    low, high = (rounded(possible(plain, end, one.mean) * scale, half * scale) for end in (one.low, one.high))
    return f"{value(name, one.mean, half)} ({low} to {high})"


def difference(name: str, one: Summary, other: str) -> str:
    """A paired difference and the ends of its 95% interval."""
    scale = unit_scale(metric(name).unit)
    if one.mean == one.low == one.high == 0:
        return f"as in {other}"
    half = (one.high - one.mean) * scale
    word = "points" if metric(name).unit == "share" else unit_word(metric(name).unit)
    sign = "+" if one.mean > 0 else ""
    low, high = (rounded(end * scale, half) for end in (one.low, one.high))
    return f"{sign}{rounded(one.mean * scale, half)} {word}".rstrip() + f" against {other} ({low} to {high})"


def label(name: str) -> str:
    """What a metric is called, with its group before it."""
    if name in ALONE:
        return ALONE[name]
    group, _, plain = name.rpartition("/")
    return f"{group}: {metric(plain).label}" if group else metric(plain).label


def sentence(question: Question, own: Sequence[Metrics], others: Sequence[Metrics], shared: bool) -> str:
    """What came out: every metric with its interval, beside the other scenario where there is one."""
    parts = []
    nan = float("nan")
    for name in question.metrics or [one for one in own[0] if one.endswith("/recovered_share")]:
        values = [one.get(name, nan) for one in own]
        mine = summary(values)
        if not mine.n:
            continue
        if question.single:
            middle, low, high = (in_short(name, one) for one in (mine.median, mine.p05, mine.p95))
            parts.append(f"{label(name)} {middle} ({low} to {high})")
            continue
        if question.arm:
            change = paired([one.get(name, nan) for one in others], values)
            shown = value(name, mine.mean, mine.high - mine.mean)
            called = question.arm.partition(":")[0]
            parts.append(f"{label(name)} {shown}, and where {called} {difference(name, change, 'this')}")
            continue
        if not question.against:
            parts.append(f"{label(name)} {interval(name, mine)}")
            continue
        change = paired(values, [one.get(name, nan) for one in others])
        shown = value(name, mine.mean, mine.high - mine.mean)
        parts.append(f"{label(name)} {shown}, {difference(name, change, question.against)}")
    tail = "" if shared or not question.against else " The two have not the same victims."
    return f"{'; '.join(parts)}.{tail}"


def ask(question: Question, jobs: int) -> str:
    """Run what a question takes, and answer it."""
    names = [question.against, question.name] if question.against else [question.name]
    arms = [Arm(name, load(name, question.settings).scenario) for name in names]
    if question.arm:
        arms.insert(0, arm_of(question.arm, load(question.name, question.settings)))
    with Runner(seed=SEED, jobs=jobs) as runner:
        runs = runner.run(arms, question.replications, by=question.by)
    shared = same_victims(arms)
    return sentence(question, [one[-1] for one in runs], [one[0] for one in runs], shared)


def paragraph(question: Question, said: str) -> list[str]:
    """The lines at the end of the head of a scenario file."""
    what = "medians, and the middle 90% of the cases" if question.single else "95% intervals"
    text = f"{OPENING} (`{question.command()}`; {what}): {said}"
    return textwrap.wrap(
        text, 118, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False, break_long_words=False
    )


def written(text: str, lines: Sequence[str]) -> str:
    """A scenario file whose head ends with these lines in place of what it said before."""
    old = text.splitlines()
    end = next(number for number, line in enumerate(old) if not line.startswith("#"))
    begin = next((number for number, line in enumerate(old[:end]) if line.startswith(f"# {OPENING}")), end)
    return "\n".join([*old[:begin], *lines, *old[end:]]) + "\n"


def main() -> None:
    """Answer the questions that were named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="scenarios; all where none is named")
    parser.add_argument("--write", action="store_true", help="also write it into the scenario files")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    for question in QUESTIONS:
        if options.names and question.name not in options.names:
            continue
        lines = paragraph(question, ask(question, options.jobs))
        print(question.name, *lines, "", sep="\n", flush=True)
        if options.write:
            path = SCENARIOS / f"{question.name}.yaml"
            path.write_text(written(path.read_text(encoding="utf-8"), lines), encoding="utf-8")


if __name__ == "__main__":
    main()
