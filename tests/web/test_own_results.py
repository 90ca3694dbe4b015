"""When a trainee's own page is there: after a report of the whole exercise, and not before."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.web.after import AFTER, of_whole

HEAD = '{"fundfreeze":"journal"}\n'


@pytest.mark.parametrize(
    ("journal", "whole"),
    [
        (HEAD + '{"at":5,"do":"tick"}\n', False),
        (HEAD + '{"at":5,"do":"tick"}\n{"at":5,"do":"finish","by":"x"}\n', True),
        (HEAD + '{"at":9,"do":"tick"}\n', True),
        (HEAD, False),
        ("", False),
        (HEAD + '{"at":9,"do":"ti', False),
        ("[]\n", False),
    ],
)
def test_a_report_of_a_room_that_went_on_is_no_result(journal: str, whole: bool, tmp_path: Path) -> None:
    """It counts where somebody closed the room, or the clock came to its end (9); nothing that is torn does."""
    assert not of_whole(tmp_path, 9)
    (tmp_path / AFTER).mkdir()
    (tmp_path / AFTER / "journal.jsonl").write_text(journal, encoding="utf-8")
    assert of_whole(tmp_path, 9) == whole
