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
            "A bank is called by the letters a to z and digits of its name, without letters by its number.",
        ),
        (
            "zh",
            "半数止付在 4 分钟 30 秒内完成，仅每天 08:00-24:00 有人",
            "那里的账户无法止付",
            "银行按名称中的英文字母和数字称呼；没有字母时按序号称呼。",
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
