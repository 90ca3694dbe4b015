"""Marks: what the code must know of a field of a scenario stands on the field, and nowhere as a list of paths.

    share: Annotated[Share, SUMS_TO_ONE]

A mark of the plan, of a study or of a form holds for all that is below the field, until a field there says otherwise;
the other marks are only the field's own. What unit a number has is said by its type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario import shape
from sim.scenario.errors import Path

Part = Callable[[Any, Any], object]
"""What of a field's value (and of its whole scenario) the plan is drawn from, as JSON may hold it."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What is said of a field; None where this mark says nothing."""

    plan: bool | Literal["each"] | Part | None = None
    """Whether the plan and its ceiling are drawn from it; each: its own fields say so, one by one."""
    sums: bool | None = None
    """A share that sums to 1 with the same field of its neighbours; of a mapping: its values do."""
    study: Literal["frame", "weights"] | None = None
    """frame: what frames a study, and is no assumption about the world. weights: only their proportions count."""
    form: Literal["never", "first", "turned", "built"] | None = None
    """never: it says what the scenario is, no what-if changes it. first: planners change it first. built: how the
    response is built, which is changed in a file; turned: but this in it is a number to turn."""
    dozen: bool | None = None
    """Among the few that a planner turns before all others; of a distribution, its mean or its median."""
    level: bool | None = None
    """The one number of a distribution that planners turn first."""
    one_of: str | None = None
    """At most one field of the model with this word is given: writing one replaces the others."""
    named: bool | None = None
    """A mapping whose names the whole scenario checks, so that ``--set`` may add one."""
    shown: str | None = None
    """A name of the mapping that a form shows though nothing is written there."""
    offered: bool | None = None
    """A form shows it, empty, also where nothing is written there."""
    policy: bool | None = None
    """The name of a queue's policy."""
    profile: bool | None = None
    """The name of a bank profile of the scenario."""


PLAN: Final = Mark(plan=True)
NOT_PLAN: Final = Mark(plan=False)
EACH_SAYS: Final = Mark(plan="each")
SUMS_TO_ONE: Final = Mark(sums=True)
FRAME: Final = Mark(study="frame")
WEIGHTS: Final = Mark(study="weights")
IDENTITY: Final = Mark(form="never")
FIRST: Final = Mark(form="first")
DOZEN: Final = Mark(dozen=True)
TURNED: Final = Mark(form="turned")
BUILT: Final = Mark(form="built")
LEVEL: Final = Mark(level=True)
OFFERED: Final = Mark(offered=True)
POLICY: Final = Mark(policy=True)
PROFILE: Final = Mark(profile=True)


def one_of(group: str) -> Mark:
    """The mark of fields that exclude each other."""
    return Mark(one_of=group)


def _given(value: Any, _scenario: Any) -> object:
    return value is not None


PLAN_IF_GIVEN: Final = Mark(plan=_given)
"""All that the plan and its ceiling mind is whether it is given."""

What = Literal[
    "plan", "sums", "study", "form", "dozen", "level", "one_of", "named", "shown", "offered", "policy", "profile"
]


def said(info: FieldInfo, what: What) -> Any:
    """What the marks on a field say of something; None where they say nothing."""
    found = (getattr(one, what) for one in info.metadata if isinstance(one, Mark))
    return next((one for one in found if one is not None), None)


def own(model: type[BaseModel], path: Path, what: What) -> Any:
    """What the field at the end of a path says of itself; None where it says nothing, or is no field."""
    if not path:
        return None
    return next((one for info in _infos(model, path) if (one := said(info, what)) is not None), None)


@lru_cache(maxsize=20_000)
def inherited(model: type[BaseModel], path: Path, what: What) -> Any:
    """What the deepest field on a path says that says anything."""
    if not path:
        return None
    found = own(model, path, what)
    return inherited(model, path[:-1], what) if found is None else found


def groups(kinds: shape.Types) -> list[list[str]]:
    """The keys that exclude each other in a mapping of these types."""
    return [group for kind in kinds if shape.is_model(kind) for group in _groups(kind)]


@lru_cache(maxsize=1_000)
def _groups(kind: type[BaseModel]) -> list[list[str]]:
    found: dict[str, list[str]] = {}
    for name, info in shape.fields(kind).items():
        if (group := said(info, "one_of")) is not None:
            found.setdefault(group, []).append(name)
    return list(found.values())


def _infos(model: type[BaseModel], path: Path) -> Iterator[FieldInfo]:
    for kind in shape.at(model, path[:-1]):
        if shape.is_model(kind) and (info := shape.fields(kind).get(str(path[-1]))) is not None:
            yield info


# -- what a plan is drawn from ---------------------------------------------------------------------------


def drawn_from(scenario: BaseModel) -> object:
    """All of a scenario that its plan and its ceiling are drawn from, as JSON may hold it, in the order of names."""
    return _part(scenario, "each", scenario)


def _part(value: Any, plan: Any, scenario: BaseModel) -> object:
    if callable(plan):
        return plan(value, scenario)
    if plan is False or value is None:
        return None
    if isinstance(value, BaseModel) and _divided(type(value)):
        fields = type(value).model_fields.items()
        return [[name, _part(getattr(value, name), _or(said(info, "plan"), plan), scenario)] for name, info in fields]
    if isinstance(value, dict):
        return [[key, _part(item, plan, scenario)] for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [_part(item, plan, scenario) for item in value]
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value


def _or(own_word: Any, above: Any) -> Any:
    return above if own_word is None else own_word


@lru_cache(maxsize=1_000)
def _divided(kind: type[BaseModel]) -> bool:
    """Whether some field of a model, or below one, says for itself whether it is part of the plan."""
    fields = kind.model_fields.values()
    return any(said(info, "plan") is not None or any(map(_divided, models_in(info.annotation))) for info in fields)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models anywhere inside an annotation, but for those of a distribution in itself."""
    for kind in shape.unwrap(annotation):
        if shape.is_model(kind):
            if shape.fields(kind).keys() != {"weight", "of"}:  # a mixture's parts are distributions again
                yield kind
        else:
            for inner in get_args(kind):
                yield from models_in(inner)
