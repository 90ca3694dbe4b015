"""Profiles: how a rate changes over the day, by hour, half hour or quarter hour, on all days or on each kind of day."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema

from sim.words.phrases import phrase
from sim.words.units import RefusedError

SIZES = (24, 48, 96)
"""Values of a day, by hour, half hour and quarter hour."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY = len(DAYS)
"""The place of a holiday behind the seven weekdays."""
DayKind = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "weekday", "weekend", "holiday"]
_GROUPS: dict[str, tuple[str, ...]] = {"weekday": DAYS[:5], "weekend": DAYS[5:]}


def _whole_day(weights: list[float]) -> list[float]:
    if len(weights) not in SIZES:
        raise RefusedError(
            phrase("{n} values", n=len(weights)), phrase("24, 48 or 96 values: by hour, half hour or quarter hour")
        )
    return weights


def _whole_week(profile: dict[str, Any]) -> dict[str, Any]:
    named = {day for kind in profile for day in _GROUPS.get(kind, (kind,))}
    missing = [day for day in DAYS if day not in named]
    if missing:
        raise RefusedError(
            phrase("nothing for {missing}", missing=", ".join(missing)),
            phrase("values for all seven days, such as weekday and weekend"),
        )
    return profile


Weights = Annotated[
    list[Annotated[float, Field(ge=0, allow_inf_nan=False)]],
    AfterValidator(_whole_day),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "number", "minimum": 0},
            "anyOf": [{"minItems": size, "maxItems": size} for size in SIZES],
        }
    ),
]


def _form(profile: object) -> str:
    """Which of its two forms a profile has: a mistake in one is no mistake in the other."""
    return "week" if isinstance(profile, Mapping) else "day"


Profile = Annotated[
    Annotated[Weights, Tag("day")] | Annotated[dict[DayKind, Weights], AfterValidator(_whole_week), Tag("week")],
    Discriminator(_form),
]
"""Relative rates over the day, local time: 24, 48 or 96 values for all days, scaled to a mean of 1; or such a list for
each of mon ... sun, weekday (Monday to Friday), weekend and holiday, a day's own name before its group's. Then the
values of all days are compared with each other, and the mean of an ordinary week is 1. On a public holiday the list for
`holiday` counts, without one that of the weekday; a make-up working day is a Friday or a Monday, as in a roster."""
AnyProfile = Sequence[float] | Mapping[Any, Sequence[float]]


def days_of(profile: AnyProfile) -> list[list[float]]:
    """The values of Monday to Sunday and of a holiday (where it has its own), all of the same length."""
    if not isinstance(profile, Mapping):
        return [list(profile)] * len(DAYS)
    group = {day: kind for kind, days in _GROUPS.items() for day in days}
    found = [profile[day] if day in profile else profile[group[day]] for day in DAYS]
    if "holiday" in profile:
        found.append(profile["holiday"])
    size = max(len(values) for values in found)
    return [[value for value in values for _ in range(size // len(values))] for values in found]


def total_of(profile: AnyProfile) -> float:
    """The sum of the values of an ordinary week; of one day where all are the same."""
    if not isinstance(profile, Mapping):
        return sum(profile)
    return sum(map(sum, days_of(profile)[:HOLIDAY]))


def peak_of(profile: AnyProfile) -> float:
    """The largest value over the mean of an ordinary week."""
    if not isinstance(profile, Mapping):
        return max(profile) * len(profile) / sum(profile)
    days = days_of(profile)
    return max(map(max, days)) * len(days[0]) * len(DAYS) / total_of(profile)


def some_weight(profile: Profile) -> Profile:
    """Refuse a profile without a value above 0 in an ordinary week.

    Raises:
        RefusedError: all are 0.
    """
    if total_of(profile) <= 0:
        raise RefusedError(phrase("weights of 0 only"), phrase("a weight above 0"))
    return profile


def minds_days(profile: AnyProfile | None, by_weekday: Sequence[float] | None = None) -> bool:
    """Whether it matters to a rate that a day is a holiday or a make-up working day."""
    return isinstance(profile, Mapping) or len(set(by_weekday or ())) > 1
