"""What a page asks further of a centre: what a minute is worth, how many people, what planners ask, which assumptions
a result hangs on, and cases moment by moment.

Each asks once, and returns what tells it in a language, with the numbers and the files of its command.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sim.engine.run import simulate
from sim.report.findings import comparison, sensitivities, staffing, text
from sim.report.findings import minutes as of_minutes
from sim.report.findings import whatifs as planned
from sim.report.findings.level import level
from sim.report.findings.replay import cases_of, replay_of
from sim.report.findings.story import tell as tell_story
from sim.report.publish import comparison as comparison_files
from sim.report.publish import minutes as minute_files
from sim.report.publish import sensitivities as sensitivity_files
from sim.report.publish import staffing as staffing_files
from sim.report.publish.files import save_figure, write_text
from sim.scenario.loader import changed
from sim.scenario.models import Scenario
from sim.scenario.whatifs import fitting, read_whatifs
from sim.study.ask.aim import Aim
from sim.study.ask.heads import settings_of
from sim.study.ask.minute import values_of_a_minute, waterfall
from sim.study.ask.reach import OutOfReachError, Reach
from sim.study.ask.sensitivity import sensitivity
from sim.study.ask.size import size_of
from sim.study.ask.staff import staff
from sim.study.ask.week import frame, goes_on, representative_week
from sim.study.ask.whatifs import compare_whatifs, unpriced
from sim.study.run.assumptions import assumed
from sim.study.run.errors import StudyError
from sim.study.run.runner import Arm
from sim.web.told import Asked, Tell, Told, names_of, pictures_of, plain
from sim.words import names
from sim.words.language import capital, duration, listed, say, titled, translate
from sim.words.phrases import Phrase, phrase
from sim.words.units import DAY, format_duration

ADDED: Final = 5.0
"""Minutes that each stage is slowed down by, as `latency --stages` does."""
METRIC: Final = "recovered_share"
"""What is looked at where assumptions are moved."""
DESIGN: Final[dict[str, int]] = {"trajectories": 4, "samples": 64, "replications": 2}
"""Of that, as in `sensitivity`."""
NET: Final = "net"
"""The aim of a roster that pays most."""
SEARCHED: Final = 28 * DAY
"""ms of a longer scenario in each run of a search of rosters: of all of it a page would wait an hour."""
CLOSE: Final = "0.01"
"""Of the share of the loss: how near to a target a search on a page tells rosters apart; half of it, as `staff` does,
takes four times as many runs, more than there are here."""
MOST_RUNS: Final = 3_000
"""Runs that a search of rosters may take: more than `staff`, for four weeks are shorter than a season."""
MOST_TOLD: Final = 200_000
"""Victims and accounts of a run whose cases a page shows."""


def minutes(asked: Asked) -> Tell:
    """What a minute is worth at each stage, as `latency --stages` finds it."""
    scenario = asked.last.scenario
    rows, base = values_of_a_minute(asked.runner, scenario, asked.replications, added=ADDED)

    def tell(folder: Path) -> Told:
        files = minute_files.write(rows, waterfall(base), folder, scenario.title, ADDED)
        shown = {
            "value-of-a-minute.svg": say("What a minute is worth at each stage"),
            "waterfall.svg": say("The way of the loss"),
        }
        table = of_minutes.table(rows, say("{n:g} minutes more at each stage, one by one", n=ADDED))
        yearly = of_minutes.a_year(rows, base, scenario)
        more = [yearly] if yearly else []
        return Told(of_minutes.finding(rows), more, [plain(table)], pictures_of(files, shown), names_of(files),
                    level=level(waterfall(base)[-1].share, scenario.horizon, scenario.horizon))  # fmt: skip

    return tell


def wanted(options: Mapping[str, str]) -> list[str]:
    """What a search of rosters was told, in words; nothing of another question."""
    if "goal" not in options:
        return []
    goal = options["goal"]
    said = [staffing.sought(None if goal == NET else Aim.read(goal))]
    if options.get("desks"):
        said.append(listed([names.desk(one) for one in options["desks"].split(",")]))
    return said


def staffed(asked: Asked) -> Tell:
    """How many people on which shift, as `staff` finds it."""
    whole = asked.last.scenario
    scenario = changed(asked.last, [f"horizon={format_duration(SEARCHED)}"]).scenario if _long(whole) else whole
    desks = [name for name in asked.options.get("desks", "").split(",") if name]
    goal = asked.options.get("goal", NET)
    aim = None if goal == NET else Aim.read(goal)
    try:
        result = staff(
            asked.runner, scenario, desks, aim, budget=MOST_RUNS, replications=asked.replications,
            zone=CLOSE if aim and not (aim.at_most or aim.from_today) else None,
        )  # fmt: skip
    except OutOfReachError as error:
        return _unmet(error.reach, scenario, whole)
    source, settings = list(asked.sources.values())[-1]

    def tell(folder: Path) -> Told:
        files = staffing_files.write(result, folder)
        found = _sentence(staffing.finding(result))
        more = [line for line in staffing.headline(result) if line != found]
        if scenario is not whole:
            more.append(say("Each run is {looked} of the {period}: costs and what is saved are of so long.",
                            looked=duration(scenario.horizon), period=duration(whole.horizon)))  # fmt: skip
        more.append(_sentence(text.not_counted()))
        more += staffing.application(result, source, settings)
        shown = {"staff.svg": say("What rosters cost and bring")}
        tables = [plain(one) for one in staffing.tables(result)]
        return Told(found, more, tables, pictures_of(files, shown), names_of(files),
                    settings=settings_of(scenario, result.variables, result.best.heads),
                    level=level(result.now.share, scenario.horizon, whole.horizon))  # fmt: skip

    return tell


def _unmet(reach: Reach, scenario: Scenario, whole: Scenario) -> Tell:
    """The answer where no roster was found to meet a target: a finding like another, with what can be asked for."""

    def tell(folder: Path) -> Told:
        found = translate(out_of_reach(reach))
        files = [write_text(folder / "staff.txt", found + "\n")]
        shares = reach.aim.metric == METRIC
        return Told(found, [], [], [], names_of(files),
                    level=level(reach.now, scenario.horizon, whole.horizon) if shares else "")  # fmt: skip

    return tell


def _long(scenario: Scenario) -> bool:
    """Whether a search need not run all of it: victims come at a rate, and for longer than is searched."""
    return goes_on(scenario) and scenario.horizon > SEARCHED


def out_of_reach(reach: Reach) -> Phrase:
    """Why no roster meets a target, in the words of the page on which it was set."""
    wanted, best, low, high, today, clear = (
        phrase("{n:.4g} min", n=one / 60) if reach.aim.at_most else phrase("{n:.4g}%", n=100 * one)
        for one in (reach.aim.value, reach.best, *reach.within, reach.today, reach.clear)
    )
    if reach.found.certain and reach.near:
        verdict = phrase(
            "Rosters of these desks come so near to the target of {wanted} that none can be said to meet it.",
            wanted=wanted,
        )
    elif reach.found.certain:
        verdict = phrase("No roster of these desks meets the target of {wanted}.", wanted=wanted)
    else:
        verdict = phrase(
            "Whether a roster of these desks meets the target of {wanted} was not decided within the runs allowed.",
            wanted=wanted,
        )
    instead = phrase("an easier target")
    if reach.beyond:
        instead = (
            phrase("at least {value}", value=clear) if reach.aim.at_most else phrase("at most {value}", value=clear)
        )
    return phrase(
        "{verdict} The best of them, {staffed}, reaches {best} on average ({low} to {high}), today's roster {today} on"
        " the same luck. Search again with {instead}, or let other desks change too.",
        verdict=verdict, staffed=reach.staffed, best=best, instead=instead, low=low, high=high, today=today,
    )  # fmt: skip


def asked_for(asked: Asked) -> Tell:
    """What planners ask, one change at a time and all together, as `whatifs` tells it; what does not fit is named."""
    loaded = asked.last
    found, left = fitting(read_whatifs(), loaded)
    if not found:
        raise StudyError(phrase("None of the changes that planners ask for fits this centre."))
    rows = compare_whatifs(asked.runner, loaded, found, asked.replications)
    missing = {one.name: one.missing for one in left}
    by = planned.lead(rows)
    rows = planned.ranked(rows, by)

    def tell(folder: Path) -> Told:
        titles, period = {one.name: titled(one.title) for one in found}, duration(loaded.scenario.horizon)
        finding = planned.finding(rows, titles, by, period)
        more = planned.more(rows, titles, by, period, unpriced(found))
        files = comparison_files.write(
            rows, folder, "whatifs", seed=asked.runner.seed, titles=titles, left_out=missing, said=(finding, *more),
            lead=by,
        )  # fmt: skip
        tables = [plain(one) for one in comparison.comparison_tables(rows, titles=titles)]
        shown = {"whatifs.svg": say("What each change alone brings")}
        out = planned.left_out(left, loaded.scenario)
        more += [*out, _sentence(comparison.note(rows, titles))]
        whole = loaded.scenario.horizon
        return Told(finding, more, tables, pictures_of(files, shown), names_of(files),
                    level=level(comparison.as_it_is(rows, METRIC), whole, whole))  # fmt: skip

    return tell


def hangs_on(asked: Asked) -> Tell:
    """Which assumptions the result hangs on, and which would overturn it where two arms are compared."""
    (name, first), *others = asked.arms.items()
    base = changed(first, representative_week(first.scenario))
    arms = [Arm(name, base.scenario)]
    if others:
        other, last = others[-1]
        arms.append(Arm(other, changed(last, frame(base.scenario)).scenario))
    parameters, left = assumed(base)
    result = sensitivity(arms, parameters, METRIC, asked.runner, left_out=left, **DESIGN)

    def tell(folder: Path) -> Told:
        titles = {one: titled(it.scenario.title) for one, it in asked.arms.items() if one == it.scenario.name}
        files = sensitivity_files.write(result, folder)
        bars = sensitivities.drawn(result)
        most = _sentence(sensitivities.hangs_most(bars, METRIC, result.base.mean))
        better, *overturn = sensitivities.verdicts(result, titles) or [most]
        lines = [*overturn, better, most] if overturn else [better]
        finding, more = lines[0], lines[1:]
        more += [sensitivities.meaning(), *sensitivities.applications(result, base.scenario)]
        shown = {"tornado.svg": say("What each assumption alone changes")}
        tables = [plain(sensitivities.main_table(result, titles=titles))]
        return Told(finding, more, tables, pictures_of(files, shown), names_of(files),
                    level=level(result.base, base.scenario.horizon, first.scenario.horizon))  # fmt: skip

    return tell


def stories(asked: Asked) -> Tell:
    """Some cases of one run, to be looked at moment by moment."""
    scenario = asked.last.scenario
    items = size_of(scenario).items
    if items > MOST_TOLD:
        raise StudyError(
            phrase(
                "story: read a run of {items:,.0f} victims and accounts, accepted: at most {most:,} on a page; a"
                " shorter period, or fundfreeze story on the command line",
                items=items, most=MOST_TOLD,
            )
        )  # fmt: skip
    run = simulate(scenario, asked.runner.seed, 0)

    def tell(folder: Path) -> Told:
        from sim.report.figures import timeline  # matplotlib only for pictures, and not in the server

        cases = cases_of(run)
        if not cases:
            raise StudyError(phrase("story: nobody is robbed in replication 0"))
        replays, files, pictures = [], [], []
        for number, (row, _) in enumerate(cases, start=1):
            replays.append(replay_of(run, row))
            files.append(write_text(folder / f"story-{number}.txt", "\n".join(tell_story(run, row)) + "\n"))
            drawn = save_figure(timeline(run, row), folder / f"timeline-{number}")
            pictures += pictures_of(drawn, {f"timeline-{number}.svg": say("case {n}", n=number)})
            files += drawn
        heads = [say("case"), say("chosen because"), say("what came of it")]
        rows = [[str(n), why, one.title] for n, ((_, why), one) in enumerate(zip(cases, replays, strict=True), start=1)]
        finding = _sentence(say("Case 1, {why}: {what}", why=cases[0][1], what=replays[0].title))
        seed = say("Replication 0 of seed {seed}.", seed=asked.runner.seed)
        return Told(finding, [seed], [(say("The cases"), [heads, *rows])], pictures, names_of(files), replays)

    return tell


def _sentence(words: str) -> str:
    """Words that stand alone, with their end."""
    ended = words.endswith((".", "。", "!", "！"))
    return capital(words) + ("" if ended else say("."))
