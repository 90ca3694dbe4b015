"""The two pages for whoever decides, and their annex: one page of HTML that fetches and runs nothing, and its PDF."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from sim import __version__
from sim.engine.run import digest
from sim.report.embedded import font_face, inline_svg
from sim.report.findings import brief as said
from sim.report.findings import changed, curve, diagnosis, levers, proofs
from sim.report.findings.estimate import busiest_of, week_finding
from sim.report.findings.latency import finding as latency_finding
from sim.report.findings.text import not_counted
from sim.report.findings.waterfall import change_finding, waterfall_finding
from sim.report.publish.files import write_bytes, write_text
from sim.report.publish.printing import NoBrowserError, pdf
from sim.scenario.loader import Loaded
from sim.scenario.models import Scenario
from sim.study.ask.brief import Brief
from sim.study.ask.published import read_published, shipped
from sim.words.language import capital, clock, date, duration, language, say, titled
from sim.words.lines import columns
from sim.words.phrases import text_of

TITLE, QUESTION, SENTENCE = 90, 200, 300
"""Columns of the title, the question and a sentence that the pages have room for; a Chinese sign takes two."""
_CSS: Final = Path(__file__).with_suffix(".css")
_SHIPPED: Final = Path(__file__).resolve().parents[2] / "_validation.csv"
_COMMITTED: Final = Path(__file__).resolve().parents[3] / "results" / "validation" / "table.csv"


@dataclass(frozen=True)
class Around:
    """What the pages tell besides the study."""

    loaded: Loaded[Scenario]
    """The scenario as it is."""
    changes: Sequence[changed.Change]
    """What is proposed, value by value."""
    own: Sequence[changed.Change]
    """In what the scenario differs from the shipped one below it."""
    base: str
    """The title of that one; empty where there is none."""
    asked: str
    """The question; empty for the one that follows from the study."""
    command: str
    """What makes the pages again."""
    seed: int
    proof: Path | None = None
    """The table of `prove` that tells how well the model has done; None for the one that is shipped."""


def write(brief: Brief, around: Around, folder: Path) -> tuple[list[Path], str]:
    """Write brief.html and, where a browser prints it, brief.pdf, in the language of this context.

    Returns:
        The files, and why there is no PDF (empty where there is).

    Raises:
        OSError: a file cannot be written.
    """
    html = page(brief, around)
    written = [write_text(folder / "brief.html", html)]
    place = folder / "brief.pdf"
    try:
        return [*written, write_bytes(place, pdf(html))], ""
    except NoBrowserError as error:
        place.unlink(missing_ok=True)
        return written, text_of(error)


def page(brief: Brief, around: Around) -> str:
    """The whole document."""
    title = titled(brief.scenario.title)
    body = [
        _section("page", [*_opening(brief, around, title), *_money(brief), *_figures(brief)]),
        _section("page", [*_load(brief), *_latency(brief), *_benefit(brief), *_hangs(brief), *_done(around)]),
        _section("annex", _annex(brief, around)),
    ]
    lang = "zh-CN" if language() == "zh" else "en"
    csp = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
    html = (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{csp}">\n'
        f"<title>{escape(title)}</title>\n<style>\n/*letters*/\n{_CSS.read_text(encoding='utf-8')}</style>\n</head>\n"
        f"<body>\n<main>\n{''.join(body)}</main>\n</body>\n</html>\n"
    )
    return html.replace("/*letters*/", font_face(html), 1)


# -- the parts of the two pages ----------------------------------------------------------------------------


def _opening(brief: Brief, around: Around, title: str) -> list[str]:
    looked, whole = brief.scenario.horizon, brief.whole.horizon
    period = say("{period} from {date} on", period=duration(looked), date=date(brief.scenario.start))
    if looked < whole:
        period = say("{period}, which stand for {whole}", period=period, whole=duration(whole))
    over = say("{period}; {n:,} pairs of runs, the same victims and the same luck in both", period=period, n=brief.n)
    if brief.arm is None:
        over = say("{period}; {n:,} runs", period=period, n=brief.n)
    first, second = said.answer(brief)
    question = said.question(brief, around.asked)
    return [
        _p(over, "over"), f"<h1>{_short(title, TITLE)}</h1>", f'<p class="question">{_short(question, QUESTION)}</p>',
        f'<div class="answer">{_p(first)}{_p(second)}</div>',
    ]  # fmt: skip


def _money(brief: Brief) -> list[str]:
    from sim.report.figures.brief import fates_figure  # matplotlib only for pictures

    today, *then = ({step.name: step.share for step in way if step.name != "loss"} for way in brief.ways)
    head = waterfall_finding(brief.ways[0])
    told = say("Share of all that victims pay, by where it is in the end; lines: 95% intervals.")
    if then:
        head = change_finding(today, then[0])
        told = say(
            "Share of all that victims pay, by where it is in the end; above, pale: today; below: with the change."
            " Lines: 95% intervals."
        )
    return [_h2(head), _p(told, "faint"), _picture(fates_figure(today, then[0] if then else None), "fates", head)]


def _figures(brief: Brief) -> list[str]:
    head = say("The figures") if brief.arm is None else say("The figures, today and with the change")
    return [_h2(head), _table(said.figures(brief)), _p(not_counted(), "faint")]


def _load(brief: Brief) -> list[str]:
    from sim.report.figures.brief import load_figure

    weeks = [one for one in brief.diagnosis.weeks if one.desk in brief.scenario.desks and one.heads.any()]
    if not weeks:
        return []
    head = week_finding(weeks)
    ample = levers.ample_at(brief.diagnosis, busiest_of(weeks).desk)
    binds = [_p(diagnosis.headline(brief.diagnosis) + say("."))] if brief.arm else []  # else it is the answer
    told = say(
        "The busiest desks over an average week, today: share of those on duty who are at work; grey: nobody is there."
    )
    told = f"{ample} {told}" if ample else told
    return [_h2(head), *binds, _p(told, "faint"), _picture(load_figure(weeks), "load", head)]


def _latency(brief: Brief) -> list[str]:
    from sim.report.figures.brief import curve_figure

    if len(brief.curve) < 2:
        return [_h2(say("What a minute is worth")), _p(say("There is no response that could be slower or faster."))]
    rows = curve.drawn(curve.anchored(brief.curve, brief.today["recovered_share"], brief.today["response_latency"]))
    head = latency_finding(rows, curve.loss_of(brief.scenario))
    told = say("Share of the loss that comes back if all stages were faster or slower; band: 95% interval of what that"
               " changes, n = {n:,}.",
               n=brief.curve[0].n)  # fmt: skip
    return [_h2(head), _p(told, "faint"), _picture(curve_figure(rows), "curve", head)]


def _benefit(brief: Brief) -> list[str]:
    unit, rows = said.people(brief)
    if len(rows) == 1:
        return []
    return [_h2(say("Cost and benefit of one person more, {unit} a year", unit=unit)), _table(rows)]


def _hangs(brief: Brief) -> list[str]:
    first, *rest = said.hangs(brief)
    few = f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in rest)}</ul>" if rest else ""
    return [_h2(say("What it hangs on")), _p(first), few]


def _done(around: Around) -> list[str]:
    return [_h2(say("How well the model has done")), _p(proof_words(around.proof))]


def proof_words(proof: Path | None) -> str:
    """How many published figures the model has met, by what they were used for.

    Args:
        proof: the table of `prove`; None for the one that is shipped with this version.
    """
    place = proof or (_SHIPPED if _SHIPPED.is_file() else _COMMITTED)
    with place.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    judged = [row for row in rows if row["verdict"] in ("inside", "outside")]
    counts = {}
    for role in proofs.ROLES:
        mine = [row["verdict"] == "inside" for row in judged if row["role"] == role]
        counts[role] = sum(mine), len(mine)
    own = bool(rows) and all(row.get("country") == proofs.OWN for row in rows)
    as_asked = sum(row.get("as_asked") == "yes" for row in judged)
    told = say("; ").join(proofs.counted(counts, as_asked=as_asked, own=own)) + say(".")
    titles = {name: titled(figure.title) for one in shipped() for name, figure in read_published(one).figures.items()}
    outside = [titles.get(row["name"], row["name"]) for row in judged if row["verdict"] == "outside"]
    few = say("; ").join(outside[:MOST_NAMED])
    if len(outside) > MOST_NAMED:
        few += say(" and {n:,} more", n=len(outside) - MOST_NAMED)
    words = capital(told) + (say(" Outside: {names}.", names=few) if outside else "")
    return words + _next_place(rows)


def _next_place(rows: Sequence[Mapping[str, str]]) -> str:
    """What a place of which nothing is known may get back, as the model's errors in other places have it."""
    for row in rows:
        if row.get("quantity") == "saved" and not row["place"] and row["elsewhere_low"]:
            model, low, high = (f"{float(row[name]):.0%}" for name in ("model", "elsewhere_low", "elsewhere_high"))
            return say(
                " In a city that no figures were set for, where the model has {model} saved, it may be {low} to {high}"
                " (90%).",
                model=model, low=low, high=high,
            )  # fmt: skip
    return ""


MOST_NAMED: Final = 2
"""Figures outside that are named."""


# -- the annex ---------------------------------------------------------------------------------------------


def _annex(brief: Brief, around: Around) -> list[str]:
    parts = [f"<h1>{escape(say('Annex'))}</h1>"]
    if brief.arm is not None:
        parts += [_h2(say("What is proposed")), _changes(around.changes)]
    if around.own:
        parts += [
            _h2(say('What this centre has otherwise than "{base}"', base=titled(around.base))),
            _changes(around.own),
        ]
    rows, counts = changed.sources(around.loaded)
    parts += [
        _h2(say("All figures, of the {days:g} days that were run", days=brief.scenario.horizon / 86_400_000)),
        _table(said.everything(brief)),
        _h2(say("Where the values come from")), _p(counts), _table(rows, "words"),
        _h2(say("How to make it again")), f"<p><code>{escape(around.command)}</code></p>",
        _p(say(
            "Version {version}, scenario {digest}, seed {seed}, {start}. The same command gives the same pages.",
            version=__version__, digest=digest(brief.scenario), seed=around.seed,
            start=f"{date(brief.scenario.start)} {clock(brief.scenario.start, seconds=False)}",
        ), "faint"),
    ]  # fmt: skip
    return parts


def _changes(changes: Sequence[changed.Change]) -> str:
    head = [say("value"), say("in words"), say("was"), say("is"), say("source")]
    return _table([head, *([one.path, one.words, one.old, one.new, one.source] for one in changes)], "words")


# -- HTML --------------------------------------------------------------------------------------------------


def _section(kind: str, parts: Sequence[str]) -> str:
    return f'<section class="{kind}">\n' + "\n".join(parts) + "\n</section>\n"


def _p(text: str, kind: str = "") -> str:
    of = f' class="{kind}"' if kind else ""
    return f"<p{of}>{_short(text, 2 * SENTENCE)}</p>"


def _h2(text: str) -> str:
    text = text.rstrip(".\N{IDEOGRAPHIC FULL STOP}")
    return f"<h2>{_short(capital(text), SENTENCE)}</h2>"


def _short(text: str, most: int) -> str:
    """A text that is no wider than there is room for, escaped."""
    if columns(text) <= most:
        return escape(text)
    while columns(text) > most - 1:
        text = text[:-1]
    return escape(text + "\N{HORIZONTAL ELLIPSIS}")


def _table(rows: Sequence[Sequence[str]], kind: str = "") -> str:
    head, *body = rows
    of = f' class="{kind}"' if kind else ""
    cells = "".join(f'<th scope="col">{escape(one)}</th>' if one else "<td></td>" for one in head)
    lines = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(one)}</td>" for one in row[1:]) + "</tr>\n"
        for row in body
    )
    table = f"<table{of}><thead><tr>{cells}</tr></thead>\n<tbody>{lines}</tbody></table>"
    return f'<div class="wide" tabindex="0">{table}</div>'


def _picture(figure: object, name: str, told: str) -> str:
    from sim.report.figures import Figure, render

    assert isinstance(figure, Figure)
    return f"<figure>{inline_svg(render(figure, 'svg'), name, escape(told))}</figure>"
