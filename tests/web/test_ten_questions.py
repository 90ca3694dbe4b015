"""The page of ten questions: what it says beside a choice, and what it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.web.scenarios import read
from sim.web.ten_questions import _Questions, _ways
from sim.web.uploads import Uploads
from sim.words import language as lang
from sim.words.language import Language
from tests.web import inside


@pytest.mark.parametrize(
    ("language", "remote", "nobody", "called"),
    [
        (
            "en",
            "half of the stops within 4 min 30 s, only 08:00-24:00 every day",
            "no order stops the accounts there",
            "A bank keeps the name that you type, in small letters; where it cannot, it is said below the name.",
        ),
        (
            "zh",
            "半数止付在 4 分钟 30 秒内完成，仅每天 08:00-24:00 有人",
            "那里的账户无法止付",
            "银行保留您填写的名称（英文字母改为小写）；无法保留时，会在名称下方说明。",
        ),
    ],
)
def test_how_a_bank_answers_is_told_where_it_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Language, remote: str, nobody: str, called: str
) -> None:
    """How soon, and at which hours, as the city has it; another choice is told at once."""

    async def look() -> None:
        with lang.using(language), inside.new_page() as page:
            made = _Questions(Uploads(tmp_path, read), _ways())
            assert inside.texts(page).count(remote) == 1
            assert called in inside.texts(page)
            inside.choose(made.banks[0][3], "nobody")
            assert inside.texts(page).count(nobody) == 2

    inside.run(look, monkeypatch)


def test_a_bank_that_cannot_keep_its_name_says_so_and_why(tmp_path: Path) -> None:
    """Beside its name, while it is typed: another has it, or a file cannot hold its letters."""
    with inside.new_page():
        made = _Questions(Uploads(tmp_path, read), _ways())
        assert [one.text for one in made._called] == [""] * 5
        for place, typed in enumerate(("工商银行", "nobody", "Bank of Wuhan", "nobody", "Crédit")):
            inside.choose(made.banks[place][0], typed)
            made.banks[place][0].value = typed
        made._say_names()
        assert [one.text for one in made._called] == [
            "", "", "", "called nobody-4 here: another bank has the name",
            "called cr-dit here: letters a to z, Chinese characters and digits are kept",
        ]  # fmt: skip


def test_customers_are_read_where_they_are_given(tmp_path: Path) -> None:
    """None where nothing is typed; together no more than all."""
    with inside.new_page():
        made = _Questions(Uploads(tmp_path, read), _ways())
        made.banks[0][2].value = " 45% "
        answers = made._read()
        assert answers is not None
        assert [one.customers for one in answers.banks] == [0.45, None, None, None, None]
        made.banks[1][2].value = "60"
        assert made._read() is None
        assert made.banks[0][2].mistake.text == "together at most 100%"
