"""The files of `fundfreeze sensitivity`: tables of all assumptions, and the tornado."""

from __future__ import annotations

from pathlib import Path

from sim.report.findings.csv_text import table
from sim.report.findings.sensitivities import drawn, said
from sim.report.publish.files import save_figure, write_text
from sim.study.ask.sensitivity import Sensitivity
from sim.study.infer.stats import Summary


def write(result: Sensitivity, folder: Path) -> list[Path]:
    """Write screening.csv, sobol.csv, tornado.csv, ranking.csv (of two arms), left-out.csv and tornado.svg/.png.

    Raises:
        OSError: a file cannot be written.
    """
    from sim.report.figures.tornado import tornado_figure  # matplotlib only for pictures

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
    bars = drawn(result)
    n = max(bar.at_low.n for bar in result.bars)
    figure = tornado_figure(bars, result.metric, result.base.mean, n)
    return [
        *(write_text(folder / f"{name}.csv", content) for name, content in tables.items()),
        *save_figure(figure, folder / "tornado"),
    ]


def _end(one: Summary) -> tuple[float, float, float]:
    return one.mean, one.low, one.high
