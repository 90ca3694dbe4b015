"""Everything about one case in a folder: the summary, the latency curve, the spread, the story of a typical run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim.engine.run import simulate_one
from sim.report.findings import text
from sim.report.findings.csv_text import table
from sim.report.findings.curve import anchored
from sim.report.findings.diagnosis import LIFT_COLUMNS, finding, lift_rows
from sim.report.findings.dossier import case_metrics, printed_of, samples_of, summary, typical_replication
from sim.report.findings.story import choose_case, tell
from sim.report.publish.curve import write_rows
from sim.report.publish.files import save_figure, write_text
from sim.scenario.models import Scenario
from sim.study.ask.diagnose import diagnose
from sim.study.ask.latency import ALL, Row, latency_curve, settings_for
from sim.study.infer.stats import Summary, summaries
from sim.study.run.runner import Arm, Runner
from sim.words.language import key, say, titled


def story(
    scenario: Scenario, seed: int, replication: int, number: int | None = None, *, detail: bool = False,
    out: Path | None = None,
) -> tuple[list[str], list[Path]]:  # fmt: skip
    """Tell one case of one replication; with a folder also write story.txt and timeline.svg/.png.

    Args:
        scenario, seed, replication: of the run.
        number: of the case by first payment, from 1; None for the first from which money was recovered.
        detail: every line of the log.
        out: the folder; None to write nothing.

    Raises:
        ValueError: the replication has no case of that number.
        OSError: a file cannot be written.
    """
    run = simulate_one(scenario, seed, replication)
    case = choose_case(run, number)
    lines = tell(run, case, detail=detail)
    if out is None:
        return lines, []
    from sim.report.figures import timeline  # matplotlib only for pictures

    return lines, [
        write_text(out / "story.txt", "\n".join(lines) + "\n"),
        *save_figure(timeline(run, case), out / "timeline"),
    ]


def write(
    scenario: Scenario,
    rival: Scenario | None,
    folder: Path,
    *,
    replications: int,
    latency_replications: int,
    asked: str,
    runner: Runner,
) -> str:
    """Write the whole folder and return the text of its summary.md.

    Args:
        rival: another scenario of the same case, to show what one case cannot tell.
        replications: of the scenario, and of the rival.
        latency_replications: of each setting of the latency curve.
        asked: the scenario, rival and changes as the command line has them, for the summary.
        runner: its seed, and where the runs are made.

    Raises:
        NoResponseError: see `latency_curve`.
        OSError: a file cannot be written.
    """
    from sim.report.figures import spread_figure, two_sets_figure  # matplotlib only for pictures

    seed = runner.seed
    settings = 1 + len(settings_for(ALL, 1.0))  # about: how many there are hangs on the first runs
    runner.begin(key("runs of the case"), (replications + settings * latency_replications) * (2 if rival else 1))
    runs, others = (
        [arms[0] for arms in runner.run([Arm(one.name, one)], replications)] if one else [] for one in (scenario, rival)
    )
    rows = _curve(scenario, summaries(runs), latency_replications, runner)
    other_rows = _curve(rival, summaries(others), latency_replications, runner) if rival else []
    read = case_metrics(scenario)
    typical = typical_replication(runs, read)
    printed = printed_of(scenario)

    write_rows(scenario, rows, folder, own=summaries(runs))
    save_figure(spread_figure(samples_of(runs, read), printed), folder / "spread")
    if rival:
        first = titled(scenario.title), samples_of(runs, read)
        second = titled(rival.title), samples_of(others, read)
        save_figure(two_sets_figure(first, second, printed), folder / "two-sets")
    else:  # of an earlier report with a rival
        for form in ("svg", "png"):
            (folder / f"two-sets.{form}").unlink(missing_ok=True)
    write_text(folder / "metrics.csv", _metrics_table(summaries(runs)))
    story(scenario, seed, typical, out=folder)
    found = diagnose(runner, scenario, max(10, latency_replications))
    write_text(folder / "binds.csv", table(LIFT_COLUMNS, lift_rows(found)))
    text_ = summary(
        scenario,
        rival,
        runs,
        others,
        rows,
        other_rows,
        typical,
        seed,
        latency_replications,
        asked,
        f"{finding(found)} {say('Paired, n = {n:,}.', n=found.n)}",
    )
    write_text(folder / "summary.md", text_)
    return text_


def _curve(scenario: Scenario, today: Mapping[str, Summary], replications: int, runner: Runner) -> list[Row]:
    """The latency curve, each setting as what it changes of today, which more runs tell."""
    rows = latency_curve(scenario, replications=replications, runner=runner)
    return anchored(rows, today["recovered_share"], today["response_latency"])


def _metrics_table(metrics: Mapping[str, Summary]) -> str:
    columns = ("metric", "mean", "low", "high", "median", "p05", "p95", "n")
    rows = ([name, *text.bounded(name, one).as_dict().values()] for name, one in metrics.items())
    return table(columns, rows)
