"""Of those whom criminals reach, how many report: what turns reports a day into victims a day."""

from sim.scenario.base import check_busiest
from sim.scenario.errors import FaultError
from sim.scenario.prevention import Prevention
from sim.scenario.victims import RateArrivals, Scam, Victims
from sim.words.phrases import phrase


def mix_of(victims: Victims, source: RateArrivals) -> list[float]:
    """The share of each scam among those whom a source brings, in the order of the scams."""
    if source.scams is None:
        return [scam.share for scam in victims.scams.values()]
    return [source.scams.get(name, 0.0) for name in victims.scams]


def share_reported(victims: Victims, source: RateArrivals, prevention: Prevention | None) -> float:
    """The share of those whom a source brings that somebody reports; who is never reached reports nothing."""
    blocking = prevention.blocking if prevention else None

    def reported(name: str, scam: Scam) -> float:
        spared = blocking.share if blocking and (blocking.scams is None or name in blocking.scams) else 0.0
        other = scam.third_party.share if scam.third_party else 0.0
        return (1 - spared) * (scam.reports + (1 - scam.reports) * other)

    mix = mix_of(victims, source)
    shares = (reported(name, scam) for name, scam in victims.scams.items())
    return sum(weight * share for weight, share in zip(mix, shares, strict=True)) / sum(mix)


def victims_per_day(victims: Victims, source: RateArrivals, prevention: Prevention | None) -> float:
    """Mean victims a day whom a source brings, whatever its `per_day` counts."""
    if source.counts == "victims":
        return source.per_day
    return source.per_day / share_reported(victims, source, prevention)


def check_reports(victims: Victims, prevention: Prevention | None) -> None:
    """Refuse reports a day where nobody reports, or where so many victims would be needed.

    Raises:
        ValueError: `PATH: what is wrong; what is accepted`, with PATH in the scenario.
    """
    for name, source in victims.arrivals.items():
        if isinstance(source, RateArrivals) and source.counts == "reports":
            where = f"victims.arrivals.{name}"
            if share_reported(victims, source, prevention) <= 0:
                raise FaultError(
                    phrase("victims, or other scams"), wrong=phrase("reports of scams that nobody reports"),
                    at=f"{where}.counts",
                )  # fmt: skip
            check_busiest(
                f"{where}.per_day", victims_per_day(victims, source, prevention), source.by_hour, source.by_weekday
            )
