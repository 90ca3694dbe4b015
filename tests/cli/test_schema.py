"""The schema that editors read fits the files that planners write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from sim.exercise import load
from sim.exercise.models import Exercise
from sim.scenario import catalogue
from sim.scenario.models import Scenario
from tests.cli.conftest import Command

KINDS: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "null": type(None),
}


@pytest.fixture
def schema(fundfreeze: Command) -> dict[str, Any]:
    """What `fundfreeze schema` prints."""
    return fundfreeze("schema").object


@pytest.fixture
def of_exercises(fundfreeze: Command) -> dict[str, Any]:
    """What `fundfreeze schema --exercise` prints."""
    return fundfreeze("schema", "--exercise").object


def fits(value: Any, rule: dict[str, Any], whole: dict[str, Any]) -> bool:
    """Whether a value fits a rule of the JSON Schema `whole`: the part of the standard that our schemas use."""
    if "$ref" in rule:
        return fits(value, whole["$defs"][rule["$ref"].removeprefix("#/$defs/")], whole)
    kind = rule.get("type")
    if kind == "boolean" or isinstance(value, bool):
        return kind in (None, "boolean") and isinstance(value, bool) and bool(rule.get("const", value) == value)
    if kind and not isinstance(value, KINDS[kind]):
        return False
    if "anyOf" in rule and not any(fits(value, one, whole) for one in rule["anyOf"]):
        return False
    if value != rule.get("const", value) or value not in rule.get("enum", [value]):
        return False
    if isinstance(value, str):
        return len(value) >= rule.get("minLength", 0) and re.search(rule.get("pattern", ""), value) is not None
    if isinstance(value, int | float):
        return bool(rule.get("minimum", value) <= value <= rule.get("maximum", value))
    if isinstance(value, list):
        first = rule.get("prefixItems", [])
        rules = [*first, *[rule.get("items", {})] * (len(value) - len(first))]
        return all(fits(one, of, whole) for one, of in zip(value, rules, strict=False))
    return not isinstance(value, dict) or _mapping_fits(value, rule, whole)


def _mapping_fits(value: dict[str, Any], rule: dict[str, Any], whole: dict[str, Any]) -> bool:
    if not set(rule.get("required", ())) <= set(value):
        return False
    for name, one in value.items():
        patterns = [of for pattern, of in rule.get("patternProperties", {}).items() if re.search(pattern, name)]
        own = [rule["properties"][name]] if name in rule.get("properties", {}) else []
        other = rule.get("additionalProperties", True)
        if not own and not patterns and other is False:
            return False
        if not all(fits(one, of, whole) for of in [*own, *patterns, *([other] if isinstance(other, dict) else [])]):
            return False
    return True


def models(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """A model and all models that its fields hold."""
    if model not in seen:
        seen.add(model)
        for field in model.model_fields.values():
            for inner in _models_in(field.annotation):
                models(inner, seen)
    return seen


def _models_in(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for inner in getattr(kind, "__args__", ()) or getattr(kind, "__metadata__", ()):
        yield from _models_in(inner)


def test_the_schema_names_every_field_of_every_model(schema: dict[str, Any]) -> None:
    """Each field of the scenario, its victims, desks, routes and so on is a property under its name in files."""
    named = [set(part.get("properties", ())) for part in (schema, *schema["$defs"].values())]
    named += [set(one.get("properties", ())) for part in schema["$defs"].values() for one in part.get("anyOf", ())]
    found = models(Scenario, set())
    assert len(found) > 30
    for model in found:
        fields = {field.alias or name for name, field in model.model_fields.items()}
        assert any(fields <= one for one in named), model.__name__


def test_every_reference_of_the_schema_leads_somewhere(schema: dict[str, Any]) -> None:
    """No $ref points at a definition that is not there."""
    targets = set(re.findall(r'"#/\$defs/([^"]+)"', str(schema).replace("'", '"')))
    assert targets
    assert targets <= set(schema["$defs"])


@pytest.mark.parametrize("name", catalogue.names())
def test_every_shipped_file_fits_the_schema(schema: dict[str, Any], name: str) -> None:
    """An editor with the schema marks nothing in a shipped scenario, whether it extends another or not."""
    written = YAML(typ="safe", pure=True).load(catalogue.find(name).read_text(encoding="utf-8"))
    assert fits(_plain(written), schema, schema)


def _plain(value: Any) -> Any:
    """YAML's dates as the text that a file of ours means by them."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.mark.parametrize(
    "mistake",
    [
        {"extends": "china", "dekss": {}}, {"extends": "china", "desks": {"intake": {"staf": 3}}},
        {"extends": "china", "desks": {"intake": {"staff": 0}}}, {"extends": "china", "horizon": "24 parsecs"},
        {"extends": "china", "sources": {"horizon": {"label": "guessed", "source": "nobody"}}}, {"name": "alone"},
        {"extends": "china", "routes": {"call": {"steps": {"open": {"do": "open_cases"}}}}},
    ],
)  # fmt: skip
def test_an_editor_marks_a_mistake(schema: dict[str, Any], mistake: dict[str, Any]) -> None:
    """An unknown key, a value out of range, a wrong unit, a wrong label or a missing part does not fit."""
    assert not fits(mistake, schema, schema)


def test_an_editor_accepts_a_small_change(schema: dict[str, Any]) -> None:
    """A file that extends another may write one part of a mapping, and remove another with null."""
    change = {"extends": "china", "desks": {"intake": {"staff": 2}}, "banks": {"icbc": None}, "horizon": "2d"}
    assert fits(change, schema, schema)


@pytest.mark.parametrize("name", load.names())
def test_every_shipped_exercise_fits_the_schema_of_exercises(of_exercises: dict[str, Any], name: str) -> None:
    """An editor with the schema marks nothing in a shipped exercise; all its fields are named there."""
    written = YAML(typ="safe", pure=True).load((load.folder() / f"{name}.yaml").read_text(encoding="utf-8"))
    assert fits(_plain(written), of_exercises, of_exercises)
    assert set(Exercise.model_fields) <= set(of_exercises["properties"])


@pytest.mark.parametrize(
    "mistake",
    [
        {"rols": {}}, {"title": ""}, {"title": {"en": "One", "de": "Eins"}}, {"starts": "8 parsecs"},
        {"roles": {"clerk": {"may": ["dance"]}}}, {"injects": [{"when": {"weather": "rain"}}]},
        {"scenario": 7}, {"scoring": {"recovered": -1}},
    ],
)  # fmt: skip
def test_an_editor_marks_a_mistake_in_an_exercise(of_exercises: dict[str, Any], mistake: dict[str, Any]) -> None:
    """An unknown key, an empty text, a third language, a wrong unit or action does not fit; a plain text does."""
    assert not fits({"extends": "wuhan-35min"} | mistake, of_exercises, of_exercises)
    assert fits({"extends": "wuhan-35min", "title": "One text for both"}, of_exercises, of_exercises)
    assert not fits({"name": "alone"}, of_exercises, of_exercises)
