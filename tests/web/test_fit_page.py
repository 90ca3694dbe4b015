"""Own data on a page, without a browser: what is said of each file, and how long it is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.web import fit_page
from sim.web.fit_page import Desk, Waiting, _Columns
from sim.web.fitting import Brought, Heads
from sim.web.studies import Studies
from tests.waiting import until
from tests.web import inside


def waiting() -> Waiting:
    """Two files, each with a column that is not known."""
    files = [Brought("reports", "reports.csv", b""), Brought("answers", "answers.csv", b"")]
    return Waiting(
        files, [Heads(("told", "name"), {"reported": "told"}), Heads(("bank", "phone"), {"bank": "bank"})], ""
    )


def test_each_file_of_own_data_says_which_of_its_columns_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside its own columns, and of those alone; what is chosen then changes it."""

    async def look() -> None:
        with (page := inside.new_page()):
            columns = _Columns(Desk(), "", waiting(), Studies(tmp_path))
        said = [text for text in inside.texts(page) if text.startswith("Not read")]
        assert said == ["Not read, and kept nowhere: name.", "Not read, and kept nowhere: phone."]
        inside.choose(columns._fields["answers", "sent"], "phone")
        said = [text for text in inside.texts(page) if text.startswith(("Not read", "All are"))]
        assert said == ["Not read, and kept nowhere: name.", "All are read."]

    inside.run(look, monkeypatch)


def test_own_data_is_forgotten_though_nobody_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that were brought and left are gone from memory in time, without another visit."""
    monkeypatch.setattr(fit_page, "PATIENCE", 0.01)
    desk = Desk()

    async def leave() -> None:
        name = desk.put(waiting())
        assert desk.get(name) is not None
        await until(lambda: not desk._waiting)

    inside.run(leave, monkeypatch)
