"""Days of a shift in words."""

from __future__ import annotations

import pytest

from sim.words.days import are_days, days_in_words
from sim.words.language import using


@pytest.mark.parametrize(
    ("days", "english", "chinese"),
    [
        (["mon", "tue", "wed", "thu", "fri"], "Monday to Friday", "星期一至星期五"),
        (["sun", "mon", "tue", "wed", "thu", "fri", "sat"], "every day", "每天"),
        (["sat", "sun", "holiday"], "Saturday, Sunday and holidays", "星期六、星期日、节假日"),
        (
            ["fri", "mon", "tue", "wed", "sun"],
            "Monday to Wednesday, Friday and Sunday",
            "星期一至星期三、星期五、星期日",
        ),
        (["holiday"], "holidays", "节假日"),
    ],
)
def test_days_are_said_as_people_say_them(days: list[str], english: str, chinese: str) -> None:
    """Days in a row by the first and the last, in any order of the file."""
    assert days_in_words(days) == english
    with using("zh"):
        assert days_in_words(days) == chinese


@pytest.mark.parametrize("value", [[], ["mon", "noon"], "mon", None, [1], {"mon": 1}])
def test_anything_else_is_no_list_of_days(value: object) -> None:
    assert not are_days(value)
