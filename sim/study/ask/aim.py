"""The target of a study of staffing: a metric, how much of it, and how near is near enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from sim.study.infer.stats import Summary
from sim.study.run.errors import StudyError
from sim.words.phrases import phrase
from sim.words.quantities import NUMBER, SECONDS, SHARE, read_quantity

ALIASES = {"p95_response_latency": "response_latency_p95"}


TIMES = ("response_latency", "response_latency_p95", "containment_time", "wait")
"""Metrics in seconds, of which a target is the most that is accepted."""


SHARES = ("recovered_share", "recovered_share_reported", "response_efficiency", "answered_share", "within")
"""Metrics from 0 to 1, of which a target is the least that is accepted."""


SHARE_ZONE, TIME_ZONE = 0.005, 0.05
"""The usual indifference zone above a target: half a point of a share, a twentieth of a time."""


TODAY = "today"
"""A target that is told from the scenario as it is."""


@dataclass(frozen=True)
class Aim:
    """A target for the mean of a metric."""

    metric: str
    value: float
    """In the unit of the metric: seconds, or a share. Told from today: how much worse is accepted."""
    at_most: bool
    from_today: bool = False
    """Whether it is no worse than the scenario as it is, but for that much, on the same luck."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Read METRIC=VALUE: `recovered_share=0.15`, `answered_share.intake=90%`, `p95_response_latency=30m`, or told
        from today: `recovered_share=today-1%`, `response_latency=today+2m`.

        Raises:
            StudyError: it is not of that form.
        """
        name, _, value = (part.strip() for part in text.partition("="))
        metric = ALIASES.get(name, name)
        group = metric.partition(".")[0]
        accepted = phrase(
            "METRIC=VALUE such as recovered_share=0.15, answered_share.intake=0.9, p95_response_latency=30m,"
            " recovered_share=today-1%"
        )
        if group not in (*TIMES, *SHARES):
            raise StudyError(
                phrase(
                    "--target: read {text!r}, accepted: {accepted}; {metrics}",
                    text=text, accepted=accepted, metrics=", ".join((*TIMES, *SHARES)),
                )
            )  # fmt: skip
        if value.startswith(TODAY):
            return cls._told_from_today(metric, value.removeprefix(TODAY).strip(), group in TIMES)
        try:
            if group in TIMES:
                if not (time := read_quantity(value, SECONDS).value):
                    raise StudyError(phrase("--target: read {text!r}, accepted: a time above 0", text=text))
                return cls(metric, time, at_most=True)
            share = read_quantity(value, NUMBER, SHARE).value
        except ValueError:
            raise StudyError(
                phrase("--target: read {text!r}, accepted: {accepted}", text=text, accepted=accepted)
            ) from None
        if not 0 < share <= 1:
            raise StudyError(phrase("--target: read {text!r}, accepted: a share above 0, at most 1", text=text))
        return cls(metric, share, at_most=False)

    @classmethod
    def _told_from_today(cls, metric: str, text: str, time: bool) -> Self:
        """Read how much worse than today is accepted.

        Raises:
            StudyError: it is no such amount, or none.
        """
        sign = "+" if time else "-"
        try:
            if not text.startswith(sign):
                raise ValueError
            worse = read_quantity(text[1:].strip(), *((SECONDS,) if time else (NUMBER, SHARE))).value
        except ValueError:
            worse = 0.0
        if not (worse > 0 and (time or worse <= 1)):
            accepted = "today+2m" if time else "today-1%"
            raise StudyError(
                phrase("--target: read {text!r}, accepted: how much worse than today may be, such as {accepted}",
                       text=TODAY + text, accepted=accepted)
            )  # fmt: skip
        return cls(metric, worse, time, from_today=True)

    def met(self, one: Summary) -> bool | None:
        """Whether the mean of the metric meets it, with 95% confidence; None where that is open."""
        least, most = (one.low, one.high) if not self.at_most else (-one.high, -one.low)
        wanted = self.sign * self.value
        return True if least >= wanted else False if most < wanted else None

    @property
    def sign(self) -> float:
        """The metric times this is larger where it is better."""
        return -1.0 if self.at_most else 1.0

    @property
    def zone(self) -> float:
        """The usual indifference zone; told from today, all that is accepted."""
        if self.from_today:
            return self.value
        return TIME_ZONE * self.value if self.at_most else SHARE_ZONE

    def read_zone(self, text: str) -> float:
        """A zone in the unit of the metric.

        Raises:
            RefusedError: it is none.
        """
        return read_quantity(text, SECONDS if self.at_most else NUMBER).value
