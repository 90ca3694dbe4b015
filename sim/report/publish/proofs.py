"""The folder of `fundfreeze prove`: a Markdown report, a table and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.findings.proof_cells import VERDICTS, reached, scale_of, written
from sim.report.findings.proof_csv import table_csv
from sim.report.findings.proofs import COMMAND, ROLES, are_own, called, markdown, pictures
from sim.report.findings.tables import with_unit
from sim.report.publish.files import save_figure, write_text
from sim.study.ask.proof import Pair, Proof, Row
from sim.words.language import say, titled

if TYPE_CHECKING:
    from sim.report.figures.prove import Beside
    from sim.report.figures.trade import Moved


def write(proof: Proof, folder: Path, command: str = COMMAND) -> list[Path]:
    """Write summary.md, table.csv and pictures as .svg and .png: published (figures that nothing was fitted to), used
    (the others) and, where figures exclude each other, trade-off.

    Each takes the place of one that an earlier proof left there.
    All are made before the first is put in its place; whatever else lies in the folder stays.

    Args:
        command: what makes it again, but for the seed.

    Raises:
        OSError: a file cannot be written.
    """
    from sim.report.figures.prove import published_figure
    from sim.report.figures.trade import trade_figure

    own = are_own(proof)
    note = say("The line at 1: your own records; beside it the model with its 95% interval") if own else say(
        "The line at 1: what is published, of a range its middle; beside it the model with its 95% interval"
    )  # fmt: skip
    verdicts = [(verdict, say("model: {verdict}", verdict=say(words))) for verdict, words in VERDICTS.items()]
    heads = (say("own records") if own else say("published"), say("model"), say("role"))
    figures = {
        name: published_figure([_mark(part, row) for part, row in drawn], title, note, verdicts, heads)
        for name, (title, drawn) in pictures(proof).items()
    }
    trades = [_moved(pair) for pair in proof.pairs if pair.points]
    trade = [trade_figure(trades, *_trade_words())] if trades else []
    summary, table = markdown(proof, command), table_csv(proof)
    return [
        *(path for name, figure in figures.items() for path in save_figure(figure, folder / name)),
        *(path for one in trade for path in save_figure(one, folder / "trade-off")),
        write_text(folder / "summary.md", summary),
        write_text(folder / "table.csv", table),
    ]


def _mark(part: str, row: Row) -> Beside:
    """A figure as it is drawn; with its country where the part is not named after it."""
    from sim.report.figures.prove import Beside

    title = titled(row.figure.title) if row.figure.country == part else called(row)
    return Beside(
        titled(part), title, row.low, row.high, row.tolerance, row.model, *row.interval, row.verdict,
        say(ROLES[row.figure.role]), (written(row, row.low, row.high), written(row, row.model)),
        row.figure.kind in ("case", "selected"), row.open and (row.open[0], row.open[2]),
    )  # fmt: skip


def _moved(pair: Pair) -> Moved:
    """A trade-off in the unit in which people read its figure."""
    from sim.report.figures.trade import Moved

    assert pair.trade is not None
    assert pair.excluded.trade is not None
    row, (scale, unit) = pair.trade, scale_of(pair.trade)
    low, high = ((row.low - row.tolerance) * scale, (row.high + row.tolerance) * scale)
    points = tuple((factor, *(value * scale for value in shown)) for factor, *shown in pair.points)
    label = with_unit(titled(row.figure.title), unit.strip())
    return Moved(titled(pair.excluded.title), label, titled(pair.excluded.trade.axis), reached(pair), low, high, points)


def _trade_words() -> tuple[str, str]:
    return (
        say("What it would take to have both of two published figures"),
        say(
            "Grey: published, with its tolerance; line: model, shaded its 95% interval (a single case: median and"
            " middle 90% of its plays); dashed: as it is assumed"
        ),
    )
