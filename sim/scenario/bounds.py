"""What a whole scenario must stay within, so that whole numbers of ms and fen hold all that comes of it.

A single time or amount has its limit in `sim.words.units`. Here stand the limits of what they add up to: the
period, which must lie inside the calendar and whose instants share a 64-bit key with a number, and the money of all
victims, whose sums over every layer of transfers must fit 64 bits.
"""

from datetime import datetime, timedelta
from math import ceil, exp, gamma, inf, log, pi, sin
from typing import Final

from sim.scenario.criminals import Innocent, Others
from sim.scenario.distributions import MoneyDist
from sim.scenario.errors import FaultError
from sim.scenario.law_parameters import Z90
from sim.scenario.listed import ListedArrivals
from sim.scenario.prevention import Prevention
from sim.scenario.reports import mix_of, victims_per_day
from sim.scenario.sampling import most_mean_fen, share_above_most
from sim.scenario.victims import RateArrivals, Victims
from sim.words.phrases import phrase
from sim.words.units import DAY, MAX_MONEY, format_duration, show_duration, show_money

FIRST_YEAR, LAST_YEAR = 1900, 9899
"""Years in which a period may lie: a hold, or a first contact, may lie 100 years outside it and still has a date."""
MOST_PERIOD: Final = 12_000 * DAY
"""The longest period with its follow-up, in ms; below 2^40, for keys hold an instant in 40 bits."""
MOST_LOST: Final = 10**17
"""What all victims of a period may be expected to lose, in fen: 1,000 trillion yuan.

No draw is above `MAX_MONEY`, so that twice this is never reached (Chernoff: less than once in 10^16 runs), and the
sum of all transfers over 22 layers and rests stays below 2^63.
"""
MOST_STREAM: Final = 10**10
"""What one stream of other people's money may be expected to bring to an account, in fen: 100 million yuan.

The streams of all cases that use an account add up there. Ten million of them, more than a plan that any memory holds,
come to `MOST_LOST`, so that the sum stays below 2^63 for the same reason.
"""
MOST_CUT: Final = 0.001
"""The largest share of the draws of a law of amounts that may be above `MAX_MONEY`, which they are then drawn as."""
_WEEK: Final = 7 * DAY


def check_period(start: datetime, horizon: int, follow_up: int) -> None:
    """Refuse a period that leaves the calendar or is too long for its instants.

    Args:
        horizon, follow_up: ms.

    Raises:
        ValueError: `PATH: what was read; what is accepted`.
    """
    if not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise FaultError(
            phrase("a year from {first} to {last}", first=FIRST_YEAR, last=LAST_YEAR),
            wrong=phrase("the year {year}", year=start.year), at="start",
        )  # fmt: skip
    longer = "horizon" if horizon >= follow_up else "follow_up"
    if horizon + follow_up > MOST_PERIOD:
        whole, most = show_duration(horizon + follow_up), format_duration(MOST_PERIOD)
        raise FaultError(
            phrase("at most {most} in all", most=most),
            wrong=phrase("a period of {whole} with its follow-up", whole=whole), at=f"{longer}",
        )  # fmt: skip
    if (start + timedelta(milliseconds=horizon + follow_up)).year > LAST_YEAR:
        raise FaultError(
            phrase("an earlier start"),
            wrong=phrase("a period that ends after the year {last}", last=LAST_YEAR), at="start",
        )  # fmt: skip


def check_amounts(victims: Victims, innocent: Innocent | None) -> None:
    """Refuse a law that asks for amounts above the largest so often that another law would be drawn in its place.

    Args:
        innocent: with the balances of innocent holders.

    Raises:
        ValueError: `PATH: ... of the amounts above ...; ... at most`.
    """
    laws = {f"victims.scams.{name}.loss": scam.loss for name, scam in victims.scams.items()}
    if innocent is not None:
        laws["criminals.innocent.balance"] = innocent.balance
    for path, law in laws.items():
        if _mean(law) <= MOST_CUT * MAX_MONEY:  # then no more than that share can be above (Markov)
            continue
        above = share_above_most(law)
        if above > MOST_CUT:
            raise FaultError(
                phrase("smaller amounts: {most:.1%} above it at most", most=MOST_CUT),
                wrong=phrase("{above:.1%} of the amounts above {largest}", above=above, largest=show_money(MAX_MONEY)),
                at=path,
            )  # fmt: skip


def check_losses(victims: Victims, prevention: Prevention | None, horizon: int) -> None:
    """Refuse victims who may lose more in all than whole fen can hold; whom blocking spares is drawn, and counted, too.

    Args:
        victims, prevention: of the scenario; reports a day were checked.
        horizon: ms.

    Raises:
        ValueError: `victims: losses of about ...; at most ...`.
    """
    rough = _expected(victims, prevention, horizon, {name: _mean(scam.loss) for name, scam in victims.scams.items()})
    if rough <= MOST_LOST:
        return
    means = {name: most_mean_fen(scam.loss) for name, scam in victims.scams.items()}
    exact = _expected(victims, prevention, horizon, means)
    if exact > MOST_LOST:
        raise FaultError(
            phrase(
                "at most {most} in all (fewer victims, a shorter horizon or smaller losses)",
                most=show_money(MOST_LOST),
            ),
            wrong=phrase("losses of about {exact} in the period", exact=_about(exact)),
            at="victims",
        )


def check_others(others: Others | None) -> None:
    """Refuse other people's money that may come to more on one account than whole fen can hold.

    Raises:
        ValueError: `criminals.others.amount: about ... in one stream; ... at most ...`.
    """
    if others is None or others.share * others.most * _mean(others.amount) <= MOST_STREAM:
        return
    exact = others.share * others.most * most_mean_fen(others.amount)
    if exact > MOST_STREAM:
        raise FaultError(
            phrase(
                "{most} at most in one stream, by smaller amounts or fewer credits",
                most=show_money(MOST_STREAM),
            ),
            wrong=phrase("about {exact} in one stream", exact=_about(exact)),
            at="criminals.others.amount",
        )


def _mean(loss: MoneyDist) -> float:
    """A bound of the mean in fen by arithmetic alone: every scenario is checked so, and few load more for it."""
    return min(_of_law(loss), MAX_MONEY)


def _of_law(loss: MoneyDist) -> float:
    if loss.fixed is not None:
        return loss.fixed
    if loss.uniform is not None:
        return loss.uniform.high
    if loss.empirical is not None:
        return max(value for _, value in loss.empirical)
    if loss.mixture is not None:
        return sum(part.weight * _mean(part.of) for part in loss.mixture)
    if loss.bands is not None:
        return sum(band.share * band.to for band in loss.bands)
    if (even := loss.exponential or loss.gamma) is not None:
        return even.mean
    if loss.lognormal is not None:
        sigma = log(loss.lognormal.p90 / loss.lognormal.median) / Z90
        return loss.lognormal.median * exp(sigma**2 / 2) if sigma < _STEEP else inf
    if loss.loglogistic is not None:
        shape = loss.loglogistic.shape
        return loss.loglogistic.median * (pi / shape) / sin(pi / shape) if shape > 1 else inf
    assert loss.weibull is not None
    shape = loss.weibull.shape
    return loss.weibull.scale * gamma(1 + 1 / shape) if shape > 1 / _STEEP else inf


_STEEP: Final = 30
"""A law beyond this has a mean that no float holds, or hardly."""


def _expected(victims: Victims, prevention: Prevention | None, horizon: int, mean: dict[str, float]) -> float:
    """A bound of what all victims are expected to lose, in fen.

    Args:
        mean: of one loss, by scam.
    """
    total = 0.0
    for source in victims.arrivals.values():
        if isinstance(source, ListedArrivals):
            total += sum(mean[case.scam] if case.loss is None else case.loss for case in source.rows)
        elif isinstance(source, RateArrivals):
            mixed = sum(share * mean[name] for name, share in zip(mean, mix_of(victims, source), strict=True))
            total += victims_per_day(victims, source, prevention) * 7 * ceil(horizon / _WEEK) * mixed
    return total


def _about(fen: float) -> str:
    """A computed sum without the dust of a float: three digits."""
    return show_money(float(f"{fen:.3g}"))
