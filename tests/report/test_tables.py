from __future__ import annotations

from io import StringIO

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rich.console import Console

from sim.report.findings.tables import HEADLINE, amount, interval, metrics_tables, print_metrics
from sim.report.findings.text import AT_BANKS
from sim.study.infer.stats import summary
from sim.words.language import LANGUAGES, say, using
from tests.examples import some


def _metrics() -> dict[str, dict[str, float]]:
    one = {"low": 0.9, "high": 1.1, "mean": 1.0, "median": 1.0, "p05": 0.5, "p95": 1.6, "n": 40}
    size = {
        "loss": 1.6e6, "recovered": 8e5, "recovered_share": 0.5, "recoverable_share": 0.7, "response_latency": 700.0,
        "containment_time": 3600.0, "accounts_stopped": 50.0, "leak.bank": 1e5, "leak.intake": 2e5, "leak.refused": 0.0,
        "wait.analyst": 120.0, "utilisation.analyst": 0.4, "victims": 1.0, "mine": 3.0, "wait.bank:icbc": float("nan"),
    }  # fmt: skip
    return {name: {key: v if key == "n" else v * by for key, v in one.items()} for name, by in size.items()}


def _printed(*, details: bool = True) -> str:
    console = Console(width=130, record=True, file=StringIO())
    print_metrics(_metrics(), "Tiny", details=details, console=console)
    return console.export_text()


def test_a_director_reads_seven_rows() -> None:
    """The headline table has at most seven rows, and says n and the interval in its head."""
    tables = metrics_tables(_metrics())
    assert len(HEADLINE) <= 7
    assert tables[0].row_count == len(HEADLINE)
    assert "95% interval, n = 40" in _printed(details=False)


def test_every_metric_stands_somewhere() -> None:
    """No metric is dropped but those without a meaning in the runs; the largest leak comes first."""
    printed = _printed()
    for words in ("gone during intake", "gone at the bank's desk", "analyst", "mine", "victims"):
        assert words in printed
    assert printed.index("gone during intake") < printed.index("gone at the bank's desk")
    assert "nan" not in printed.lower().replace("analyst", "")


def test_summaries_are_taken_as_they_are() -> None:
    """What `study.stats` gives can be printed without a detour, also of a single run."""
    console = Console(width=130, record=True, file=StringIO())
    print_metrics({"recovered": summary([8e5, 9e5, 7e5]), "containment_time": summary([float("nan")])}, console=console)
    printed = console.export_text()
    assert "800,000" in printed
    assert "report to last stop" not in printed
    assert metrics_tables({"recovered": summary([8e5])})[0].row_count == 1


def test_amounts_are_rounded_and_scaled() -> None:
    """Seconds are shown as minutes, shares as per cent, money with separators, to what the interval supports."""
    assert amount("recovered", 796_412.0, 770_000.0, 823_000.0, unit=True) == "796,000 yuan"
    assert amount("containment_time", 3588.0, 3492.0, 3678.0, unit=True) == "59.8 min"
    assert amount("recovered_share", 0.4976, 0.481, 0.514, unit=True) == "49.8%"
    assert amount("accounts_stopped", 32.0) == "32"
    assert amount("recovered", float("nan")) == "-"


def test_a_median_below_its_interval_is_not_shown_as_0() -> None:
    """Ten runs, most of them with 3,000 yuan and one with ten millions: the median is not 0."""
    console = Console(width=130, record=True, file=StringIO())
    print_metrics({"recovered": summary([3e3] * 9 + [1e7])}, console=console)
    row = next(line for line in console.export_text().splitlines() if "recovered" in line)
    assert row.split("\N{BOX DRAWINGS LIGHT VERTICAL}")[5].strip() == "3,000"


@settings(max_examples=some(100))
@given(st.lists(st.floats(0, 1e7), min_size=3, max_size=60))
def test_what_is_printed_of_a_spread_is_a_spread(values: list[float]) -> None:
    """Of few runs too: the ends of the middle 90% stay apart, and nothing is off by more than a tenth of it."""
    one = summary(values)
    spread = one.p95 - one.p05
    assume(spread > 1000)
    console = Console(width=200, record=True, file=StringIO())
    print_metrics({"recovered": one}, console=console)
    row = next(line for line in console.export_text().splitlines() if "recovered" in line)
    cells = [cell.strip().replace(",", "") for cell in row.split("\N{BOX DRAWINGS LIGHT VERTICAL}")]
    median, (low, high) = float(cells[5]), map(float, cells[6].split(" to "))
    assert low < high
    for said, right in ((median, one.median), (low, one.p05), (high, one.p95)):
        assert abs(said - right) <= spread / 10


def test_what_became_of_stops_says_which_it_counts() -> None:
    """Its rows add up to less than all stops where some are at no bank: the table says so, in its language."""
    one = summary([3.0, 4.0])
    for language in LANGUAGES:
        with using(language):
            table = next(table for table in metrics_tables({"stage.frozen": one, "stage_money.frozen": one})[1:])
            assert table.caption == say(AT_BANKS)


def test_an_interval_stays_within_what_can_be() -> None:
    """Two runs with 0 and all recovered: the interval of the share is shown as 0 to 100%, that of money from 0."""
    assert interval("recovered_share", 0.5, -5.9, 6.9) == "0 to 100"
    assert interval("recovered", 1000.0, -11_700.0, 13_700.0) == "0 to 14,000"


def test_a_desk_without_a_roster_is_a_system() -> None:
    """A bank with unlimited staff has no rostered time to be at work in: in the table of desks it is a system."""
    one = {"low": 60.0, "high": 60.0, "mean": 60.0, "n": 1.0}
    console = Console(width=130, record=True, file=StringIO())
    waits = {"wait.bank:icbc": one, "wait.bank:postal": one}
    print_metrics(waits | {"utilisation.bank:icbc": one}, console=console)
    printed = console.export_text()
    assert "officers of icbc" in printed
    assert "the system of postal" in printed


def test_desks_are_readable_on_a_narrow_terminal() -> None:
    """Nine numbers of a desk with a long name stand within 80 columns, none cut and none over two lines."""
    console = Console(width=80, record=True, file=StringIO())
    one = {"low": 0.2041, "high": 0.2259, "mean": 0.215, "p05": 0.1, "p95": 0.4, "n": 9.0}
    big, many = ({key: v if key == "n" else scale * v for key, v in one.items()} for scale in (600_000, 1000))
    shares = ("answered_share", "utilisation")
    names = ("officers-of-the-county", "intake")
    told = {f"{key}.{name}": one for key in (*shares, "queue_length") for name in names}
    told |= {f"{key}.{name}": big for key in ("wait", "overtime", "called_in", "cost") for name in names}
    told |= {f"{key}.{name}": many for key in ("abandoned", "redials") for name in names}
    print_metrics(told, console=console)
    printed = console.export_text()
    assert all(len(line) <= 80 for line in printed.splitlines())
    assert "\N{HORIZONTAL ELLIPSIS}" not in printed
    [row, hours] = [line for line in printed.splitlines() if line.strip().startswith("intake")]
    assert row.count("\N{PLUS-MINUS SIGN}") == 5
    assert hours.count("\N{PLUS-MINUS SIGN}") == 4


def test_work_by_hour_over_100_percent_is_explained() -> None:
    """It is a share of the rostered time, to which people who are called in or finish late add: then that is said."""
    for most, said in ((1.21, True), (0.9, False)):
        console = Console(width=100, record=True, file=StringIO())
        one = {"mean": most, "low": most, "high": most, "p05": most, "p95": most, "n": 5.0}
        print_metrics(
            {"utilisation_by_hour.legal.20": one, "wait.legal": one, "utilisation.legal": one}, console=console
        )
        printed = " ".join(console.export_text().split())
        assert "of those rostered" in printed
        assert ("over 100%: with those called in, or who finish after their shift" in printed) is said


def test_desks_where_nothing_happens_are_only_counted() -> None:
    """A desk at which nobody waits is no row of the table of queues: the caption says how many there are."""
    console = Console(width=80, record=True, file=StringIO())
    busy, idle = ({"mean": x, "low": x, "high": x, "p05": x, "p95": x, "n": 5.0} for x in (300.0, 0.0))
    print_metrics({"wait.intake": busy, "wait.audit": idle, "wait.legal": idle}, console=console)
    printed = console.export_text()
    assert "intake" in printed
    assert "audit" not in printed
    assert "and 2 desks where nobody waits or gives up" in " ".join(printed.split())
