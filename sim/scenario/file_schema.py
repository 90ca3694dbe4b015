"""The JSON Schema of a scenario file, for editors that complete and check YAML."""

from typing import Any, Final

from pydantic import BaseModel

from sim.scenario.loader import LABELS

_NULL: Final = {"type": "null"}
_TEXT: Final = {"type": "string", "minLength": 1}
_SOURCE: Final = {
    "type": "object",
    "properties": {"label": {"enum": list(LABELS)}, "source": _TEXT, "note": _TEXT},
    "required": ["label", "source"],
    "additionalProperties": False,
}


def file_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of the files that `model` is read from.

    A file that extends another may leave out anything, and its null removes what the other wrote; whether all that is
    needed is there in the end, only reading the files tells. A file that extends none has all that the model requires
    at the top.
    """
    schema = model.model_json_schema(by_alias=True)
    required = schema["required"]
    for part in (schema, *schema["$defs"].values()):
        _loosen(part)
    schema["properties"] |= {
        "extends": _TEXT,
        "replaces": {
            "type": "array",
            "items": _TEXT,
            "description": "Paths of mappings, such as banks, that stand in place of the other file's.",
        },
        "sources": {"type": "object", "additionalProperties": _SOURCE},
    }
    return schema | {"anyOf": [{"required": ["extends"]}, {"required": required}]}


def _loosen(schema: dict[str, Any]) -> None:
    """Require nothing inside mappings and accept null for each of their values."""
    schema.pop("required", None)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            _loosen(schema[key])
    for key in ("anyOf", "prefixItems"):
        for below in schema.get(key, ()):
            _loosen(below)
    for key in ("properties", "patternProperties"):
        for name, below in schema.get(key, {}).items():
            _loosen(below)
            if _NULL not in below.get("anyOf", ()):
                schema[key][name] = {"anyOf": [below, _NULL]}
