"""What each scenario of a study was asked with otherwise than its file has it, in words: old value and new."""

from __future__ import annotations

from pathlib import Path

from sim.report.findings.changed import changes
from sim.scenario.errors import ScenarioError
from sim.web.scenarios import UPLOADED, read
from sim.web.work import Request
from sim.words.language import say


def of_arms(request: Request, folder: Path) -> list[list[str]]:
    """A line for each change of each scenario; those that changes nothing have none.

    Where a file can no longer be read with its changes they are told as they were asked for.

    Args:
        request: of the study.
        folder: of the study, where an uploaded file is kept.
    """
    told = []
    for one in request.arms:
        source = folder / UPLOADED if one.scenario == UPLOADED else one.scenario
        try:
            found = changes(read(source), read(source, one.settings)) if one.settings else []
        except ScenarioError:
            told.append(list(one.settings))
        else:
            told.append([say("{what}: {old} → {new}", what=line.words, old=line.old, new=line.new) for line in found])
    return told
