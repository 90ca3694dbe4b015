"""Kind: a table that is too wide or in two languages. Its rows keep their names, in one, and no number is cut."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from sim.report.findings.staffing import shift_label
from sim.report.findings.tables import metrics_tables
from sim.report.findings.text import bounded, possible
from sim.scenario.people import Shift
from sim.study.ask.heads import Variable, when
from sim.study.infer.stats import Summary
from sim.words import language as lang
from sim.words import names

DESKS = ("analyst", "legal", "bank:payment-firms")
WIDE = {
    f"{kind}.{desk}": Summary(mean, mean - half, mean + half, mean, mean - half / 2, mean + half / 2, 2)
    for desk in DESKS
    for kind, mean, half in (
        ("wait", 56_789.0, 98_765.4), ("queue_length", 0.123, 4.567), ("answered_share", 0.97, 0.2),
        ("abandoned", 6.0, 80.0), ("redials", 4.0, 60.0), ("utilisation", 1.53, 0.71), ("duties", 1.46, 0.77),
        ("overtime", 12_345.0, 98_765.0), ("called_in", 1.86e6, 0.84e6), ("cost", 87_400.0, 98_700.0),
    )
}  # fmt: skip
"""Intervals as two runs have them: each number is long."""


def printed(language: str, width: int) -> str:
    console = Console(file=StringIO(), width=width, highlight=False)
    with lang.using(language):
        for table in metrics_tables(WIDE):
            console.print(table)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [80, 120])
def test_a_table_of_desks_names_its_rows_and_cuts_nothing(language: str, width: int) -> None:
    """At the width of a pipe as at any other: the names squeezed to nothing left rows that nobody could read."""
    said = printed(language, width)
    assert "\N{HORIZONTAL ELLIPSIS}" not in said
    with lang.using(language):
        starts = [names.desk(desk).split()[0][:4] for desk in DESKS]
    lines = [line.strip() for line in said.splitlines()]
    for start in starts:
        assert sum(line.startswith(start) for line in lines) >= 2, start  # in both tables
    assert {"en": "186,000)", "zh": "18.6）"}[language] in said  # the upper end of the cost, whole


@pytest.mark.parametrize("name", ["utilisation.analyst", "utilisation_by_hour.analyst.00", "duties.analyst"])
def test_a_share_of_rostered_time_may_pass_all_of_it(name: str) -> None:
    """Overtime and people called in are work beyond the roster: a mean of 153% is not the upper end of its interval."""
    one = Summary(1.53, 0.82, 2.24, 1.53, 1.48, 1.58, 2)
    assert (bounded(name, one).low, bounded(name, one).high) == (0.82, 2.24)
    assert possible("recovered_share", 1.2, 0.9) == 1.0


@pytest.mark.parametrize(
    ("shift", "english", "chinese"),
    [
        (
            {"days": ["holiday"], "from": "00:00", "to": "24:00", "staff": 1},
            "holiday 00:00-24:00", "节假日 00:00-24:00",
        ),
        (
            {"days": ["mon", "sat"], "from": "8:30", "to": "9:00", "staff": 1},
            "mon sat 08:30-09:00", "周一周六 08:30-09:00",
        ),
        (
            {"from": "8:00", "to": "8:00", "staff": 1, "dates": {"from": "2026-02-01", "to": "2026-02-09"}},
            "08:00-08:00 2026-02-01 to 2026-02-09", "08:00-08:00 2026-02-01 至 2026-02-09",
        ),
    ],
)  # fmt: skip
def test_a_shift_is_called_in_the_readers_language(shift: dict[str, object], english: str, chinese: str) -> None:
    """Its days and dates too, not the desk alone."""
    variable = Variable("analyst", 0, when(Shift.model_validate(shift)), 1)
    assert variable.label == shift_label(variable) == f"analyst {english}"
    with lang.using("zh"):
        assert shift_label(variable) == f"研判员 {chinese}"
