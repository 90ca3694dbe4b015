"""What can be taken away of a study: its pictures, a report that needs nothing else, and an archive of all of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from fastapi import HTTPException
from fastapi.responses import FileResponse, Response

from sim.report.embedded import CHINESE, font_face, inline_svg
from sim.report.findings import comparison, tables, text
from sim.report.findings.precision import cells
from sim.scenario.plain import read_plain
from sim.study.ask.compare import Difference
from sim.web import asked_changes
from sim.web.parts import shown
from sim.web.questions import RUN
from sim.web.studies import Study
from sim.web.work import difference, titles_of
from sim.words import language as lang
from sim.words.language import capital, say

STYLE = (
    f'body{{font-family:"{CHINESE}",system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;'
    "line-height:1.45}table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #bbb;padding:.3rem .6rem;text-align:left}"
    "td:nth-last-child(-n+2){text-align:right}svg{max-width:100%;height:auto;max-height:36rem}"
    "summary{cursor:pointer;padding:.5rem 0}section{overflow-x:auto}"
)


def file_of(study: Study, name: str) -> Response:
    """A file of a study: a picture in the language of the context, the report, or everything."""
    language = lang.language()
    pictures = {
        f"{stem}.svg": study.folder / f"{stem}-{language}.svg"
        for stem in ("comparison", *(f"loss-{n}" for n in range(len(study.request.arms))))
    }
    if name in pictures and pictures[name].is_file():
        return FileResponse(pictures[name], media_type="image/svg+xml")
    if study.request.kind != RUN:
        return _told_file(study, name)
    if name == "report.html":
        return Response(report(study), media_type="text/html", headers={"content-disposition": "attachment"})
    if name == "study.zip":
        return Response(archive(study), media_type="application/zip")
    raise HTTPException(404)


def _told_file(study: Study, name: str) -> Response:
    """A file of the answer to a question, in the language of the context, or all of them.

    Raises:
        HTTPException: there is no such file.
    """
    folder = study.folder / lang.language()
    if name == "study.zip":
        return Response(archive(study), media_type="application/zip")
    if name not in (*study.told.files, *(file for file, _ in study.told.pictures)) or not (folder / name).is_file():
        raise HTTPException(404)
    kind = "image/svg+xml" if name.endswith(".svg") else "application/octet-stream"
    headers = {} if name.endswith(".svg") else {"content-disposition": "attachment"}
    return FileResponse(folder / name, media_type=kind, headers=headers)


def report(study: Study) -> str:
    """A study as one HTML file that needs nothing else, in the language of the context: the finding and where to find
    what first, then what it stands on; every other figure is folded."""
    result, request, language = study.result, study.request, lang.language()
    rows = [difference(one) for one in result["differences"]]
    titles = titles_of(result["titles"])
    asked = say(
        "{runs}, seed {seed}, asked for {asked}", seed=request.seed, asked=request.asked,
        runs=lang.counted(request.replications, "{n:,} replication", "{n:,} replications"),
    )  # fmt: skip
    found = [comparison.finding(rows, titles), *comparison.money_finding(rows, titles)] if rows else []
    sections = {"compared": (say("How the scenarios compare"), _compared(study, rows, titles))} if rows else {}
    known = comparison.means_of(rows)
    for number, (arm, metrics) in enumerate(result["arms"].items()):
        means = {name: words for (of, name), words in known.items() if of == arm}
        sections[f"arm-{number}"] = titles[arm], _arm(study, number, metrics, means)
    if changed := [line for lines in asked_changes.of_arms(request, study.folder) for line in lines]:
        items = "".join(f"<li>{escape(line)}</li>" for line in changed)
        sections["changed"] = say("What was changed ({n})", n=len(changed)), f"<ul>{items}</ul>"
    contents = "".join(f'<li><a href="#{name}">{escape(title)}</a></li>' for name, (title, _) in sections.items())
    body = "".join(
        [f"<h1>{escape(request.heading)}</h1>", *(f"<p><strong>{escape(line)}</strong></p>" for line in found[:1]),
         *(f"<p>{escape(line)}</p>" for line in found[1:]), f"<p>{escape(asked)}</p>",
         f'<nav aria-label="{escape(say("Contents"))}"><ul>{contents}</ul></nav>',
         *(f'<section id="{name}"><h2>{escape(title)}</h2>{text_}</section>' for name, (title, text_) in
           sections.items())]
    )  # fmt: skip
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(request.heading)}</title>'
        f"<style>{font_face(body)}{STYLE}</style></head><body>{body}</body></html>"
    )


def _compared(study: Study, rows: Sequence[Difference], titles: Mapping[str, str]) -> str:
    """How the arms compare: the picture, and a table for each metric."""
    label = say("How the scenarios compare")
    parts = [_picture(study.folder / f"comparison-{lang.language()}.svg", "comparison", label)]
    for metric in dict.fromkeys(row.metric for row in rows):
        parts += [f"<h3>{escape(text.metric(metric).label)}</h3>",
                  _table(difference_heads(), difference_rows(rows, metric, titles))]  # fmt: skip
    return "".join([*parts, f"<p>{escape(sentence(comparison.note(rows, titles)))}</p>"])


def _arm(study: Study, number: int, metrics: Mapping[str, tables.Estimate], known: Mapping[str, str]) -> str:
    """An arm: its figures in short, the way of its loss, and every other figure folded.

    Args:
        study: whose it is.
        number: of the arm.
        metrics: of the arm.
        known: means that stand elsewhere on the page.
    """
    head = (say("figure"), say("unit"), say("mean"), say("95% interval"))
    shown_ = tables.estimates(metrics)
    short = {name: shown_[name] for name in tables.HEADLINE if name in shown_}
    rest = [number_row(item, known) for item in shown_.items() if item[0] not in short]
    way = study.folder / f"loss-{number}-{lang.language()}.svg"
    return "".join([
        _table(head, (number_row(item, known) for item in short.items())),
        _picture(way, f"loss-{number}", say("The way of the loss")),
        f"<details><summary>{escape(say('Every figure'))}</summary>{_table(head, rest)}</details>" if rest else "",
    ])  # fmt: skip


def difference_heads() -> tuple[str, ...]:
    """Of `difference_rows`."""
    return say("scenario"), say("mean"), say("difference"), say("95% interval"), say("best, %")


def difference_rows(rows: Sequence[Difference], metric: str, titles: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """One metric: an arm as title, mean, difference, its interval and the probability of being best.

    Args:
        rows: of all metrics, for some of them share their precision.
    """
    shown = cells(rows)
    for row in (row for row in rows if row.metric == metric):
        mine, same = shown[row.arm, row.metric, row.group], comparison.is_reference(row)
        change = ("", "") if same else (mine.change_words(), mine.interval_words())
        yield titles[row.arm], mine.mean_words(unit=True), *change, comparison.best_words(row)


def sentence(words: str) -> str:
    """Words that stand alone."""
    return capital(words) + say(".")


def number_row(item: tuple[str, tables.Estimate], known: Mapping[str, str] | None = None) -> tuple[str, str, str, str]:
    """A metric as label, unit, mean and 95% interval.

    Args:
        item: its name and what is known of it.
        known: means that stand elsewhere on the page: they read the same here.
    """
    name, one = item
    metric = text.metric(name)
    low, high = one.get("low", one["mean"]), one.get("high", one["mean"])
    span = tables.interval(name, one["mean"], low, high) if "low" in one else "-"
    mean = (known or {}).get(name) or tables.amount(name, one["mean"], low, high)
    return metric.label, text.unit_word(metric.unit), mean, span


def _picture(path: Path, name: str, label: str) -> str:
    """A picture to stand inside HTML; empty where there is none."""
    return inline_svg(read_plain(path), name, escape(label)) if path.is_file() else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = "".join(f"<th>{escape(one)}</th>" for one in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def archive(study: Study) -> bytes:
    """A study as a zip file: the report, the pictures, the figures, and what was asked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        folder = study.folder
        if study.request.kind == RUN:
            file.writestr("report.html", report(study))
        else:
            folder /= lang.language()
        for path in sorted(folder.iterdir()):
            if path.is_file() and (study.request.kind != RUN or path.suffix in (".svg", ".csv", ".json", ".yaml")):
                file.writestr(shown(path.name), read_plain(path))
    return buffer.getvalue()
