"""The picture of staffing: what saved money costs, roster by roster, and where one more head no longer pays."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.report.figures.style import SMALL, grid, head, new_figure, styled
from sim.report.findings.staffing import finding, sought
from sim.report.findings.text import unit_scale, unit_word
from sim.study.ask.staff import Staffed
from sim.study.infer.stats import Summary
from sim.study.infer.trials import CLIMB
from sim.words.colours import FAINT, HELD, INK, PURPLE, RESTING
from sim.words.language import key, percent, say


@styled
def staff_figure(result: Staffed) -> Figure:
    """Draw cost against what is saved, beyond the scenario as it is: every roster tried, head by head, and the best.

    Differences on the same luck, for what a day loses varies far more than what a head brings.
    """
    figure = new_figure()
    axes = figure.add_axes((0.1, 0.1, 0.865, 0.75))
    tried = np.array(result.tried, dtype=float).reshape(-1, 2)
    axes.scatter(
        tried[:, 0], tried[:, 1], s=16, color=RESTING, label=say("rosters tried in the climb ({n} runs each)", n=CLIMB)
    )
    front = pareto(tried)
    axes.step(tried[front, 0], tried[front, 1], where="post", color=FAINT, linewidth=1.0, linestyle=(0, (4, 3)),
              label=say("no roster tried saves more for less"))  # fmt: skip
    cost, saved = ([getattr(one.change, name) for one in result.ladder] for name in ("cost", "saved"))
    told, word, way = HELD, say("best"), key("head by head from the best (paired 95% interval)")
    if not result.found.certain:  # no finding, and drawn as none
        told, word, way = FAINT, say("undecided"), key("head by head from it (paired 95% interval)")
    axes.errorbar(
        [one.mean for one in cost], [one.mean for one in saved], yerr=_arms(saved), color=told, linewidth=1.8,
        marker="o", markersize=5, capsize=3, label=say(way), zorder=3,
    )  # fmt: skip
    for one, colour, sign, which in ((result.now, PURPLE, "D", say("now")), (result.best, told, "o", word)):
        axes.plot(one.change.cost.mean, one.change.saved.mean, marker=sign, markersize=12, markerfacecolor="none",
                  markeredgecolor=colour, markeredgewidth=2.4, linestyle="", zorder=4,
                  label=say("{which}: {heads} heads, {share} recovered", which=which, heads=sum(one.heads),
                            share=percent(one.share.mean, 1)))  # fmt: skip
    ends, scale = axes.get_xlim(), unit_scale("yuan")
    axes.plot(ends, ends, color=INK, linewidth=1.0, linestyle=":",
              label=say("a yuan more saved for a yuan of cost"), scalex=False, scaley=False)  # fmt: skip
    for axis, word in ((axes.xaxis, say("cost until the horizon")), (axes.yaxis, say("recovered and prevented"))):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value * scale:+,.10g}" if value else "0"))
        axis.set_label_text(say("{metric}, beyond the scenario as it is, {unit}", metric=word, unit=unit_word("yuan")))
    grid(axes, "both")
    axes.legend(loc="best", fontsize=SMALL)
    head(figure, finding(result), _subtitle(result))
    return figure


def _subtitle(result: Staffed) -> str:
    told = key("Best: {aim}, 95% confidence; means of {n:,} replications, every roster on the same luck.")
    if not result.found.certain:
        told = key(
            "Sought: {aim}; {runs:,} runs did not decide it."
            " Means of {n:,} replications, every roster on the same luck."
        )
    return say(told, aim=sought(result.aim), runs=result.runs, n=result.best.cost.n)


def pareto(points: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> list[int]:
    """Numbers of the (cost, saved) that none other beats, by cost."""
    front: list[int] = []
    for place in np.lexsort((-points[:, 1], points[:, 0])).tolist():
        if not front or points[place, 1] > points[front[-1], 1]:
            front.append(place)
    return front


def _arms(summaries: list[Summary]) -> list[list[float]]:
    """Lengths of the error bars, below and above."""
    return [[one.mean - one.low for one in summaries], [one.high - one.mean for one in summaries]]
