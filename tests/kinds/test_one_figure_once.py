"""Kind: a figure that stands twice in one report has one sample and one rounding; a story tells of something."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from matplotlib.text import Text

from sim.engine.run import simulate
from sim.measure.metrics import measure
from sim.report.figures import latency_figure, spread_figure, timeline
from sim.report.findings import dossier, text
from sim.report.findings.story import choose_case, tell
from sim.study.ask.latency import Row
from sim.study.infer.stats import Summary, summaries, summary
from sim.words.language import LANGUAGES, Language, using
from tests.worlds import city


def curve_rows(minutes: tuple[float, ...], factors: tuple[float, ...]) -> list[Row]:
    """Rows of a curve of these latencies; all shares fall from 75.13%."""
    shares = [0.7513 - 0.1 * place for place in range(len(minutes))]
    flat = [summary([share - 0.01, share + 0.01]) for share in shares]
    last, causes = summary([-0.01, 0.01]), ({"bank": 1 - share} for share in shares)
    return [
        Row("all", factor, 0.0, at, 10 * at + 1, 36.2, one, last, 0.7637, leak, 0.0, 300)
        for at, factor, leak, one in zip(minutes, factors, causes, flat, strict=True)
    ]


def own() -> dict[str, Summary]:
    """The scenario as it is, over more runs than the curve: other figures in the third digit."""
    values: dict[str, list[float]] = {
        "recovered_share": [0.559, 0.561], "recoverable_share": [0.758, 0.7581], "response_latency": [580.0, 588.0],
        "containment_time": [2090.0, 2110.0], "accounts_stopped": [32.0, 32.0], "recovered": [9e5, 9.1e5],
    }  # fmt: skip
    return summaries([{name: pair[place] for name, pair in values.items()} for place in range(2)])


ROWS = curve_rows((0.0, 9.7, 61.0), (0.0, 1.0, 6.3))


@pytest.mark.parametrize("language", LANGUAGES)
def test_summary_and_picture_tell_the_scenario_as_it_is_alike(language: Language) -> None:
    """Share, first stop and last stop read the same in the sentences, the label of the curve and the table."""
    with using(language):
        lines = " ".join(dossier._findings(city(), own(), ROWS))
        drawn = [t.get_text() for t in latency_figure(dossier.curve.drawn(ROWS), own=own()).findobj(Text)]
        label = next(" ".join(words.split()) for words in drawn if "n = 2" in words)
        share = text.share(own()["recovered_share"].mean)
        first = text.in_short("response_latency", own()["response_latency"].mean)
        last = text.in_short("containment_time", own()["containment_time"].median)
        for figure in (share, first, last):
            assert figure.replace(" ", "") in lines.replace(" ", "")
            assert figure.replace(" ", "") in label.replace(" ", "")
        assert not re.search(r"35 min \d+ s|35 分钟 \d+ 秒|36 min", lines)


def test_the_curve_begins_where_the_case_is_told_to_stand() -> None:
    """Of fewer runs than tell the case, it is what each setting changes of those: "from 13 min" stood above "first stop
    12 min". What becomes of the loss is as whole as before at every setting."""
    changes = ([0.1, 0.1], [0.0, 0.0], [-0.101, -0.099])
    rows = [
        replace(row, change=summary(change))
        for row, change in zip(curve_rows((0.0, 12.9, 20.0), (0.0, 1.0, 1.6)), changes, strict=True)
    ]
    today = own() | {"response_latency": summary([738.0, 742.0])}
    found = dossier.curve.anchored(rows, today["recovered_share"], today["response_latency"])
    assert found[1].recovered.mean == today["recovered_share"].mean
    lines = " ".join(dossier._findings(city(), today, found))
    assert "From 12 to" in lines
    assert "First stop 12 min" in lines
    for before, row in zip(rows, found, strict=True):
        whole = sum(before.leak.values()) + before.still_moving + before.recovered.mean
        assert sum(row.leak.values()) + row.still_moving + row.recovered.mean == pytest.approx(whole)


def test_an_instant_response_has_one_figure() -> None:
    """Both sentences that tell it take the curve's own, to the same digit, and say its n."""
    lines = dossier._findings(city(), own(), ROWS)
    rival = dossier._rival_findings(city(), city(), own(), own(), ROWS, ROWS)
    shares = {found for line in (*lines, *rival) for found in re.findall(r"75\.\d+%|7[56]%", line)}
    assert shares == {"75.1%"}
    assert "75.1% (n = 300)" in " ".join(lines)


@pytest.mark.parametrize(
    ("minutes", "factors", "said"),
    [
        ((0.0, 10.0, 1500.0), (0.0, 1.0, 150.0), ""),
        ((0.0, 10.0, 500.0), (0.0, 1.0, 150.0), "as measured: the slowest cases get no stop"),
        ((0.0, 10.0, 60.0), (0.0, 1.0, 6.0), "no slower response was run"),
        ((0.0, 900.0), (0.0, 1.0), "no slower response was run"),
    ],
)
def test_the_curve_spans_a_day_or_says_why_not(
    minutes: tuple[float, ...], factors: tuple[float, ...], said: str
) -> None:
    """From an instant response to 24 hours; where it ends before, the subtitle says where and why."""
    rows = [row.as_dict() | {"leak": row.leak} for row in curve_rows(minutes, factors)]
    subtitle = [t.get_text() for t in latency_figure(rows).findobj(Text) if "band: 95%" in t.get_text()]
    assert len(subtitle) == 1
    assert said in subtitle[0]
    assert ("ends at" in subtitle[0]) == bool(said)


def test_a_spread_is_told_as_in_the_summary() -> None:
    """The median under a picture of the spread is the median in the table: one formatter says both."""
    samples = {"containment_time": [2000.0, 2134.0, 9000.0], "recovered": [812_345.0, 899_999.0, 1_234_567.0]}
    drawn = " ".join(t.get_text() for t in spread_figure(samples).findobj(Text))
    for name, values in samples.items():
        assert f"median {text.in_short(name, summary(values).median)}" in drawn


def test_a_story_takes_a_case_in_which_something_happened() -> None:
    """Without a number it is the first from which money was recovered, as long as there is one."""
    for replication in range(6):
        run = simulate(city(), 1, replication)
        chosen, recovered = choose_case(run), measure(run).recovered
        assert recovered[chosen] > 0 or not recovered.any()
        earlier = run.plan.victims.first_payment < run.plan.victims.first_payment[chosen]
        assert not recovered[earlier & (run.plan.victims.bystander == 0)].any()


def test_a_story_and_its_picture_tell_the_same_amounts_and_times() -> None:
    """The title of the timeline has the amounts of the story's end, to the yuan, and its last stop, to the second."""
    run = simulate(city(), 1, 0)
    row = choose_case(run)
    end = " ".join(tell(run, row)[-5:])
    title = timeline(run, row).texts[0].get_text()
    amounts = re.findall(r"([\d,]+) of ([\d,]+) yuan|all ([\d,]+) yuan", title)
    assert amounts
    for amount in filter(None, amounts[0]):
        assert amount in end
