"""The city of an older checkout, in a form that this version reads: `city` and `china` with later names.

The older engine runs its own file, ours run this one; that the plan and what is recovered are the same is checked.
"""

from __future__ import annotations

import re
from pathlib import Path

_LATER = (
    (r"at_atm: ([0-9.]+)", r"rails: {machine: \1}"),
    (r"(?m)^  atm: (.*)$", r"  rails:\n    machine: \1"),
    (r"victims\.atm:", "victims.rails:"),
)
"""What has another name since: a payment at a machine travels by a rail."""


def city_before(old: Path, folder: Path) -> Path:
    """Write the city of an older checkout into a folder; the path of its file."""
    for name in ("china", "city"):
        text = (old / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")
        for pattern, later in _LATER:
            text = re.sub(pattern, later, text)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "city.yaml"
