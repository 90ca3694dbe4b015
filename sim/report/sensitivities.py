"""The result of `fundfreeze sensitivity`: tables of all assumptions, the tornado, and what is printed."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from sim.report import text
from sim.report.curve import table
from sim.report.files import save_figure, write_text
from sim.study.parameters import Parameter
from sim.study.sensitivity import Sensitivity
from sim.study.stats import Summary


def write(result: Sensitivity, folder: Path) -> list[Path]:
    """Write screening.csv, sobol.csv, tornado.csv, ranking.csv (of two arms), left-out.csv and tornado.svg/.png.

    Raises:
        OSError: a file cannot be written.
    """
    from sim.report.figures_tornado import Drawn, tornado_figure  # matplotlib only for pictures

    ends = ("at_low", "at_low_from", "at_low_to", "at_high", "at_high_from", "at_high_to", "n")
    tables = {
        "screening": table(
            ("parameter", "value", "mu_star", "mu_star_conf", "sigma"),
            ((s.parameter.path, said(s.parameter), s.mu_star, s.conf, s.sigma) for s in result.screened),
        ),
        "sobol": table(
            ("parameter", "first", "first_conf", "total", "total_conf"),
            ((i.parameter.path, i.first, i.first_conf, i.total, i.total_conf) for i in result.indices),
        ),
        "tornado": table(
            ("parameter", "low", "high", *ends),
            ((b.parameter.path, b.parameter.said(b.low), b.parameter.said(b.high), *_end(b.at_low), *_end(b.at_high),
              b.at_low.n) for b in result.bars),
        ),
        "left-out": table(("parameter", "why"), ((one.path, one.why) for one in result.left_out)),
    }  # fmt: skip
    if result.rankings:
        tables["ranking"] = table(
            ("parameter", "low", "high", "verdict", *ends, "now"),
            ((r.parameter.path, r.parameter.said(r.low), r.parameter.said(r.high), r.verdict, *_end(r.at_low),
              *_end(r.at_high), r.at_low.n, r.base.mean) for r in result.rankings),
        )  # fmt: skip
    bars = [
        Drawn(
            label(b.parameter.path), b.parameter.said(b.low), b.parameter.said(b.high), _end(b.at_low), _end(b.at_high)
        )
        for b in result.bars
    ]
    n = max(bar.at_low.n for bar in result.bars)
    figure = tornado_figure(bars, result.metric, result.base.mean, n)
    return [
        *(write_text(folder / f"{name}.csv", content) for name, content in tables.items()),
        *save_figure(figure, folder / "tornado"),
    ]


def said(parameter: Parameter) -> str:
    """The value that a scenario has, as a file writes it."""
    return parameter.said(parameter.value)


def label(path: str) -> str:
    """A path short enough for a picture: its last parts."""
    parts = [part for part in path.split(".") if part not in ("steps", "work", "of", "scams", "exits", "lognormal")]
    return text.words(" ".join(parts[-4:]))


def _end(one: Summary) -> tuple[float, float, float]:
    return one.mean, one.low, one.high


def main_table(result: Sensitivity) -> Table:
    """The assumptions that matter most, with their indices and what each alone changes (of two arms: in the first)."""
    what = text.metric(result.metric)
    scale = text.UNIT_SCALE[what.unit]
    unit = {"share": "% points"}.get(what.unit) or text.UNIT_WORDS[what.unit]
    of = f"the difference {result.arms[1]} - {result.arms[0]}" if len(result.arms) > 1 else result.arms[0]
    title = (
        f"{what.label}: what {of} hangs on ({len(result.screened)} assumptions screened, {len(result.left_out)} left"
        f" out; {result.evaluations:,} settings of {text.count(result.replications, 'run')})"
    )
    made = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold")
    made.add_column("assumption", overflow="fold")
    alone = f"{result.arms[0]} " if len(result.arms) > 1 else ""
    for column in ("is", f"mu*, {unit}", "Sobol total", f"{alone}at half, {unit}", f"{alone}at twice, {unit}"):
        made.add_column(column.removesuffix(", "), justify="right")
    bars = {bar.parameter.path: bar for bar in result.bars}
    totals = {one.parameter.path: one for one in result.indices}
    for one in result.screened[: len(result.bars)]:
        bar, index = bars[one.parameter.path], totals[one.parameter.path]
        made.add_row(
            escape(one.parameter.path), said(one.parameter), _number(one.mu_star, one.conf, scale),
            _number(index.total, index.total_conf, 1.0), _half(bar.at_low, scale), _half(bar.at_high, scale),
        )  # fmt: skip
    return made


def verdicts(result: Sensitivity) -> list[str]:
    """Which assumptions would change the ranking of two arms, a line each; nothing for one arm."""
    if not result.rankings:
        return []
    base = result.rankings[0].base
    first, second = result.arms
    better = second if base.mean > 0 else first
    lines = [f"{better} is better by {abs(base.mean):.4g} ({base.low:.4g} to {base.high:.4g}, n = {base.n})."]
    for one in result.rankings:
        if one.verdict != "stays":
            path, low, high = one.parameter.path, one.parameter.said(one.low), one.parameter.said(one.high)
            lines.append(
                f"{path} {one.verdict} the ranking: {second} - {first} is {one.at_low.mean:.4g} at {low}"
                f" ({one.at_low.low:.4g} to {one.at_low.high:.4g}), {one.at_high.mean:.4g} at {high}"
                f" ({one.at_high.low:.4g} to {one.at_high.high:.4g})."
            )
    return lines if len(lines) > 1 else [*lines, "None of the assumptions looked at closely changes the ranking alone."]


def _half(one: Summary, scale: float) -> str:
    return _number(one.mean, (one.high - one.low) / 2, scale)


def _number(mean: float, half: float, scale: float) -> str:
    return f"{text.rounded(scale * mean, scale * half)} \N{PLUS-MINUS SIGN} {scale * half:.2g}"
