"""A short exercise for tests with browsers: five minutes of the Wuhan morning in which every role has decisions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from sim.exercise.load import load_exercise

TITLE: Final = "Five quick minutes"
RINGS, STANDS, QUIET, COMES = (
    "Ring ring, says the caller",
    "The chief stands here",
    "A word for analysts",
    "Still to come",
)
NOTE: Final = "For the eyes of whoever leads"


def written(folder: Path) -> Path:
    """The exercise as a file in a folder."""
    base = load_exercise("wuhan-35min").exercise.model_dump(mode="json", by_alias=True, exclude_none=True)
    roles: dict[str, Any] = base["roles"]
    roles["analyst"]["seats"] = 2
    for one in roles.values():
        one["deadline"] = "6m"
    answer = {"expect": {"action": "message"}, "deadline": "4m"}
    injects = [
        {"id": "begin", "at": "0m", "to": [*roles], "channel": "paper", "text": "Begin", "note": NOTE},
        {"id": "rings", "at": "1m", "to": ["call-desk"], "channel": "phone", "text": RINGS, **answer},
        {"id": "stands", "at": "1m", "to": ["bank-desk"], "channel": "in_person", "text": STANDS, **answer},
        {"id": "quiet", "at": "1m", "to": ["analyst"], "channel": "message", "text": QUIET, **answer},
        {"id": "comes", "at": "5m", "to": ["call-desk"], "channel": "message", "text": COMES},
    ]  # fmt: skip
    changes = {
        "name": "quick", "title": TITLE, "starts": "60m", "ends": "66m", "injects": injects,
        "objectives": [{"id": "speak", "text": "Desks answer", "injects": ["rings", "stands", "quiet"]}], "debrief": [],
    }  # fmt: skip
    for name in ("question", "made"):
        base.pop(name, None)
    path = folder / "quick.yaml"
    path.write_text(json.dumps(base | changes, ensure_ascii=False), encoding="utf-8")
    return path
