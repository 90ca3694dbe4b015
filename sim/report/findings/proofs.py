"""The result of `fundfreeze prove`: a Markdown report, a table, one picture, and what is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp

from rich.markup import escape
from rich.table import Table

from sim.report.findings.proof_cells import (
    VERDICTS,
    digits,
    elsewhere_range,
    left_out,
    open_range,
    tolerances,
    verdict,
    written,
)
from sim.study.ask.proof import Elsewhere, Line, Pair, Proof, Row
from sim.study.ask.published import SHARES
from sim.study.ask.theory import Check
from sim.study.infer.discrepancy import reach
from sim.words import language
from sim.words.language import capital, key, listed, say, titled

ROLES = {
    "input": key("input"), "target": key("target"), "same data": key("same data"), "kept apart": key("kept apart"),
}  # fmt: skip
QUANTITIES = {
    "saved": key("saved for victims, of what was lost"),
    "saved of stopped": key("saved for victims, of all money stopped"),
    "stopped": key("stopped or frozen, all money, of what was lost"), "frozen": key("frozen, of what was stopped"),
    "returned": key("returned, of what was stopped"), "found": key("requests that met money"),
    "on an account": key("money on a stopped account"), "accounts": key("accounts for a case"),
}  # fmt: skip
COMMAND = "fundfreeze prove"
OWN = "own centre"
"""The country of figures that `fit` read from a centre's own files."""
_ELSEWHERE = key(
    "Places print different things of the same work: what counts as stopped, whom they chase, how they freeze. The"
    " errors of the model in places of which nothing was used (model discrepancy), each place counting once, say how"
    " far off it may be in the next one; the range of each place is made of the errors in all others. Such ranges are"
    " right for a bad model, too, which has wide ones: so its error (root mean square) stands beside that of who knows"
    " no model and says of each place what the others have in the mean. Cities of one province count apart. Before it"
    " is asked about a centre of its own, a model is to be given that centre's own figures."
)
_ALONE = key(
    "A single case is held against the middle 90% of the model's plays of it. It can contradict the model where it lies"
    " beyond them. It can hardly agree: where they reach over most of what could be, or on both sides of a bound that"
    ' is printed, the verdict is "{verdict}", and is not counted.'
)


def headline(proof: Proof) -> str:
    """How well the model has done, in one line."""
    return capital(say("; ").join(_clauses(proof)))


def pictures(proof: Proof) -> dict[str, tuple[str, list[tuple[str, Row]]]]:
    """By name those that there are, of what nothing was fitted to and of the rest: title, figures with their part."""
    clauses, every = _clauses(proof), [(part, row) for part, rows in proof.parts.items() for row in rows]
    drawn = {
        "published": (clauses[0], [one for one in every if one[1].figure.role == "kept apart"]),
        "used": (clauses[-1], [one for one in every if one[1].figure.role != "kept apart"]),
    }
    return {name: (capital(title), figures) for name, (title, figures) in drawn.items() if figures}


def _clauses(proof: Proof) -> list[str]:
    """First of what nothing was fitted to, last of what was used."""
    counts = {}
    for role in ROLES:
        found = proof.count("inside", role)
        counts[role] = found, found + proof.count("outside", role)
    return counted(counts, proof.admitted("kept apart"), proof.foretold, as_asked=proof.as_asked, own=are_own(proof))


def are_own(proof: Proof) -> bool:
    """Whether all figures are of a centre's own records, which nobody published."""
    return bool(proof.rows) and all(row.figure.country == OWN for row in proof.rows)


def counted(
    counts: Mapping[str, tuple[int, int]], admitted: tuple[int, int] | None = None,
    foretold: tuple[int, int] | None = None, *, as_asked: int = 0, own: bool = False,
) -> list[str]:  # fmt: skip
    """How many figures lie inside of how many, by what they were used for; those first that nothing was fitted to.

    A clause each.

    Args:
        counts: by role; one without figures is not told.
        admitted: of those that nothing was fitted to, how many of how many are within what the calibrations leave open.
        foretold: and of those of other places, within the range that the errors in all others give.
        as_asked: how many targets are within what is asked of them.
        own: whether they are of a centre's own records.
    """
    apart, kept = counts["kept apart"]
    templates = {
        "target": key("{inside} of {n} targets"), "input": key("{inside} of {n} inputs"),
        "same data": key("{inside} of {n} told by the same data"),
    }  # fmt: skip
    if as_asked > counts["target"][0]:
        templates["target"] = key("{inside} of {n} targets ({asked} within what is asked of them)")
    told = [
        say(of, inside=counts[role][0], n=counts[role][1], asked=as_asked)
        for role, of in templates.items() if counts[role][1]
    ]  # fmt: skip
    parts = []
    if kept:
        theirs = key("{inside} of {n} published figures that nothing was fitted to lie inside")
        yours = key("{inside} of {n} figures of your own records that nothing was fitted to lie inside")
        parts.append(say(yours if own else theirs, inside=apart, n=kept))
    if admitted:
        parts.append(
            say("{inside} of {n} are within what the calibrations leave open", inside=admitted[0], n=admitted[1])
        )
    if foretold:
        parts.append(say("{inside} of {n} of other places are within the 90% range that the errors in all others give",
                         inside=foretold[0], n=foretold[1]))  # fmt: skip
    if told:
        parts.append(say("of those that were used, {what} lie inside", what=listed(told)))
    return parts


def next_place(one: Elsewhere) -> str:
    """How far off the model was with one quantity, and what that says of a further place."""
    quantity, half = say(QUANTITIES[one.quantity]), reach(one.squares)
    if half is None:
        return language.counted(
            len(one.squares), "{quantity}: one place, too few to tell", "{quantity}: {n} places, too few to tell",
            quantity=quantity,
        )  # fmt: skip
    of = say("the odds") if one.quantity in SHARES else say("the number")
    said = say(
        "{quantity}, {n} places: in the middle {of} {middle} times the model's; its error is a factor of {error}, that"
        " of the other places' mean {alone}; 90% of further places within a factor of {factor}",
        quantity=quantity, n=len(one.squares), factor=f"{exp(half):.2g}", of=of, middle=f"{exp(one.middle):.2g}",
        error=f"{exp(one.error):.2g}", alone=f"{exp(one.without_model):.2g}",
    )  # fmt: skip
    row = one.example
    there = None if row is None else one.around(row)
    if row is None or there is None:
        return said
    return say(
        "{said}; where the model says {model} ({figure}), {range}",
        said=said, model=written(row, row.model), figure=titled(row.figure.title), range=written(row, *there),
    )  # fmt: skip


def fewer_runs(proof: Proof) -> str:
    """What a proof of a part of the runs cannot tell; nothing of one of all."""
    if proof.quick == 1:
        return ""
    return say(
        "With {share} of the runs: figures near the end of what is accepted may lie on its other side.",
        share=f"{proof.quick:.0%}",
    )


def markdown(proof: Proof, command: str = COMMAND) -> str:
    """The whole report.

    Args:
        command: what makes it again, but for the seed.
    """
    own = are_own(proof)
    title = say("The model held against your own records") if own else say("The model held against what is published")
    beside = say("Your own records against model") if own else say("Published against model")
    lines = [f"# {title}", "", f"{headline(proof)}.", ""]
    made = say("Made by `{command}` (seed {seed}).", command=command, seed=proof.seed)
    lines += [" ".join(filter(None, (made, fewer_runs(proof)))), ""]
    lines += [line for name in pictures(proof) for line in (f"![{beside}]({name}.png)", "")]
    lines += [line for told in (_left_out(proof), _alone(proof)) if told for line in (told, "")]
    for part, rows in proof.parts.items():
        lines += [f"## {titled(part)}", "", *_rows(rows, own), ""]
    if proof.elsewhere:
        lines += [f"## {say('How far off it is elsewhere')}", "", say(_ELSEWHERE), ""]
        lines += [*(f"- {next_place(one)}" for one in proof.elsewhere), ""]
    lines += [f"## {say('Further claims')}", ""]
    lines += [f"- {sentence(line)}" for line in proof.lines]
    lines += ["", f"## {say('What comes back by report delay')}", ""]
    for title, points in proof.delays.items():
        told = (f"{at} {share:.1%} ({_ends(low, high, '.1%')})" for at, share, low, high in points)
        lines.append(f"- {titled(title)}: {', '.join(told)}")
    lines += _curves_beside(proof)
    lines += ["", f"## {say('What cannot be had together')}", ""]
    for pair in proof.pairs:
        one = pair.excluded
        against = say("Against it: {what}.", what=one.against) + " " + say("To be known: {what}.", what=one.needed)
        lines.append(f"- **{titled(one.title)}.** {one.follows}: {digits(pair.value)}. {against}{_traded(pair)}")
    if any(pair.points for pair in proof.pairs):
        lines += ["", f"![{say('What it would take to have both')}](trade-off.png)"]
    if proof.checks:
        lines += [
            "",
            f"## {say('Verification')}",
            "",
            f"| {say('what')} | {say('theory')} | {say('model')} | |",
            "|---|---:|---:|---|",
        ]
        lines += [
            f"| {say(one.title)} | {one.theory:,.6g} | {one.model:,.6g} ± {one.half:.2g} |"
            f" {say('holds') if one.holds else say('does not hold')} |"
            for one in proof.checks
        ]
    return "\n".join([*lines, ""])


def _left_out(proof: Proof) -> str:
    """How the targets do of which each is foretold from the others; nothing where none is."""
    counts = proof.left_out
    if not (judged := counts["inside"] + counts["outside"]):
        return ""
    told = say("Left out in turn and foretold from the others, {inside} of {n} targets lie inside.",
               inside=counts["inside"], n=judged)  # fmt: skip
    missed = [titled(row.figure.title) for row in proof.rows if row.left_out_verdict == "outside"]
    return told + (say(" Outside: {names}.", names=say("; ").join(missed)) if missed else "")


def _alone(proof: Proof) -> str:
    """What single cases can tell; nothing where there are none."""
    if not any(row.figure.kind == "case" for row in proof.rows):
        return ""
    return say(_ALONE, verdict=say(VERDICTS["says little"]))


def _traded(pair: Pair) -> str:
    """What the figure comes to where its assumption is moved."""
    if pair.trade is None or pair.excluded.trade is None:
        return ""
    row, one = pair.trade, pair.excluded.trade
    points = ", ".join(f"{factor:g}: {written(row, model)}" for factor, model, _, _ in pair.points)
    told = say("{figure}, by {axis} (times what is assumed): {points}.", figure=titled(row.figure.title),
               axis=titled(one.axis), points=points)  # fmt: skip
    return f" {capital(told)}"


def sentence(line: Line | Check) -> str:
    """A claim or a check in one line."""
    verdict = say("holds") if line.holds else say("does not hold")
    if isinstance(line, Line):
        return say("{what}: {found} ({verdict})", what=titled(line.title), found=line.said, verdict=verdict)
    found = f"{line.model:,.6g} ± {line.half:.2g}, {say('theory')} {line.theory:,.6g}"
    return say("{what}: {found} ({verdict})", what=say(line.title), found=found, verdict=verdict)


def _curves_beside(proof: Proof) -> list[str]:
    """Korea's refunds and what is still on the first account in the United Kingdom, beside the city's fall."""
    korea = [row for row in proof.rows if row.name in ("to-10m", "to-20m", "to-30m", "to-1h", "to-2h")]
    britain = [row for row in proof.rows if row.name.startswith("gone-")]
    said = []
    if korea:
        points = ", ".join(f"{row.name.removeprefix('to-')} {row.low:.0%} ({row.model:.1%})" for row in korea)
        said.append("- " + say("Korea, refunded by report delay, published (model): {points}", points=points))
    if britain:
        points = ", ".join(
            f"{row.name.removeprefix('gone-')} {written_left(row)} ({1 - row.model:.1%})" for row in britain
        )
        said.append(
            "- " + say("United Kingdom, still on the first account, published (model): {points}", points=points)
        )
    return said


def written_left(row: Row) -> str:
    """The share that is left, where what is gone is printed."""
    return f"{1 - row.low:.0%}" if row.low == row.high else _ends(1 - row.high, 1 - row.low, ".0%")


def _ends(low: float, high: float, form: str) -> str:
    return say("{low} to {high}", low=f"{low:{form}}", high=f"{high:{form}}")


def _rows(rows: Sequence[Row], own: bool) -> list[str]:
    heads = (
        say("figure"), say("share of"), say("own records") if own else say("published"), say("tolerance"),
        say("model"), say("interval"), say("verdict"), say("left open (90%)"), say("elsewhere (90%)"), say("role"),
        say("left out"), say("source"), say("note"),
    )  # fmt: skip
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        source = row.figure.source
        cells = (
            titled(row.figure.title), titled(row.figure.share_of or ""), written(row, row.low, row.high),
            tolerances(row),
            written(row, row.model), f"{written(row, *row.interval)}, n = {row.n}", verdict(row), open_range(row),
            elsewhere_range(row), say(ROLES[row.figure.role]), left_out(row),
            f"{source.title}; {source.publisher}, {source.date}", row.figure.note or "",
        )  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return lines


def called(row: Row) -> str:
    """A figure by its country and its title."""
    return say("{group}: {what}", group=titled(row.figure.country), what=titled(row.figure.title))


def main_table(proof: Proof) -> Table:
    """The comparisons, as they are printed."""
    made = Table(title=escape(headline(proof)), title_justify="left", title_style="bold", header_style="bold")
    made.add_column(say("figure"), overflow="fold")
    for head in (
        say("own records") if are_own(proof) else say("published"), say("model"), say("interval"), say("verdict"),
        say("left open (90%)"), say("role"),
    ):  # fmt: skip
        made.add_column(head, justify="right")
    for row in proof.rows:
        made.add_row(
            escape(called(row)), written(row, row.low, row.high),
            written(row, row.model), written(row, *row.interval),
            verdict(row), open_range(row), say(ROLES[row.figure.role]),
        )  # fmt: skip
    return made
