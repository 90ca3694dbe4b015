"""The texts in two languages: what is said, and that the catalogue has all of it and nothing else."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from contextvars import copy_context
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from sim.words import language as lang
from sim.words.lines import wrapped
from sim.words.units import DAY, HOUR, MINUTE, SECOND, YUAN, show_duration, show_money

SIM = Path(lang.__file__).parent.parent
SAYERS = {"say": 0, "key": 0, "phrase": 0, "counted": 2}
"""Functions that show a text, and which of their arguments is its key in the catalogue."""


def said(source: str) -> Iterator[str]:
    """The keys of all texts that a source shows, read from its calls."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = SAYERS.get(called)
        if place is None or len(node.args) <= place:
            continue
        for one in ast.walk(node.args[place]):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value


def placeholders(text: str) -> set[str]:
    """Names of the values that a text takes."""
    return set(re.findall(r"{([a-z_][a-z0-9_]*)(?=[}!:.\[])", text))


SOURCES = {path.relative_to(SIM).as_posix(): path.read_text(encoding="utf-8") for path in sorted(SIM.rglob("*.py"))}
TEXTS = lang.catalogue().flat


@cache
def keys() -> dict[str, str]:
    """The keys of all texts that our sources show, each with a file."""
    return {text: path for path, source in SOURCES.items() for text in said(source)}


def test_every_text_has_chinese() -> None:
    """Whatever a source says stands in the catalogue."""
    assert {text: path for text, path in keys().items() if text not in TEXTS} == {}


def test_no_text_of_the_catalogue_is_unused() -> None:
    """Nothing stands in the catalogue that no source says."""
    assert [text for text in TEXTS if text not in keys()] == []


def test_a_text_stands_in_one_part_of_the_catalogue() -> None:
    """No English text has two places, so that one cannot be mended and the other forgotten."""
    parts = lang.catalogue().texts
    assert len(TEXTS) == sum(len(part) for part in parts.values())


def test_both_languages_take_the_same_values() -> None:
    """A Chinese text has the placeholders of the English one, and is not empty."""
    assert {text: said for text, said in TEXTS.items() if placeholders(said) != placeholders(text)} == {}
    assert [text for text, said in TEXTS.items() if not said.strip()] == []


def test_chinese_is_written_in_chinese_characters() -> None:
    """No Chinese text or name is English left as it was, nor one with half-width commas or stops between characters."""
    names = [name for kind in lang.catalogue().names.values() for name in kind.values()]
    written = [*TEXTS.values(), *names, *lang.catalogue().titles.values()]
    letters = [text for text in written if re.search("[A-Za-z]{3}", re.sub(r"{[^}]*}", "", text))]
    assert [text for text in letters if not re.search("[\u4e00-\u9fff]", text)] == []
    assert [text for text in written if re.search("[\u4e00-\u9fff][,;:?!]", re.sub(r"\[[^]]*\]", "", text))] == []


def test_no_chinese_text_is_half_english() -> None:
    """Words that only English sentences have stand in none; names of keys and options stay as they are written."""
    english = r"(?<![\w.-])(?:for(?!:)|such|as|of|and|or|the|is|in|with|by|needs|read|accepted|than|more)(?![\w=.-])"
    plain = {text: re.sub("{[^}]*}", "", said) for text, said in TEXTS.items()}
    assert {text: said for text, said in plain.items() if re.search(english, said)} == {}


def test_a_bank_is_called_by_its_name() -> None:
    """The short names of banks in scenarios are said as people call them, in both languages."""
    assert [lang.named(name, "bank") for name in ("icbc", "abc", "my-bank")] == [
        "ICBC", "Agricultural Bank of China", "my bank",
    ]  # fmt: skip
    with lang.using("zh"):
        assert lang.named("abc", "bank") == "农业银行"


def test_values_join_a_chinese_text_as_it_is_written() -> None:
    """A blank stands between characters and letters or digits, and none between characters, whatever a value is."""
    with lang.using("zh"):
        assert lang.say("{what} was reported", what="案件 2") == "案件 2 报案"
        assert lang.say("{name} took {what}", name="Li", what="任务") == "Li 确定先办任务"
        assert lang.say("{time} ago", time="3 分钟") == "3 分钟前"
        assert lang.say("{who}: {text}", who="王", text="OK") == "王：OK"


def test_a_text_is_said_in_the_language_of_the_context() -> None:
    """Inside `using` a text is Chinese, after it English again, and another context does not notice."""
    with lang.using("zh"):
        assert lang.say("Monday") == "星期一"
        assert lang.say("{n} s", n=3) == "3 秒"
        with lang.using("en"):
            assert lang.say("Monday") == "Monday"
        copy_context().run(lang.speak, "en")
        assert lang.language() == "zh"
    assert lang.say("{n} s", n=3) == "3 s"


def test_a_text_or_name_without_chinese_is_said_as_it_is() -> None:
    """What a user named, and a text of another program, are shown unchanged; braces need values to be placeholders."""
    with lang.using("zh"):
        assert lang.say("No such {text}") == "No such {text}"
        assert lang.say("No such {text}", text="one") == "No such one"
        assert lang.named("my_own-desk", "desk") == "my own desk"
        assert lang.titled("My town") == "My town"


def test_a_name_is_read_by_its_kind() -> None:
    """The scam and the desk of one name have different Chinese."""
    with lang.using("zh"):
        assert (lang.named("police", "scam"), lang.named("police", "desk")) == ("冒充公检法", "民警")
    assert lang.named("click-farming", "scam") == "click farming"


def test_numbers_count_in_english_only() -> None:
    """English has a singular; Chinese has none."""
    assert [lang.counted(n, "{n} second", "{n} s") for n in (1, 2)] == ["1 second", "2 s"]
    with lang.using("zh"):
        assert lang.counted(1, "{n} second", "{n} s") == "1 秒"


@pytest.mark.parametrize("fen", [0, 5, 1234, 99_99, 8_500 * YUAN, 1_600_000 * YUAN, -12_345 * YUAN])
def test_english_money_is_shown_as_everywhere(fen: int) -> None:
    """English amounts are those of the scenario's units."""
    assert lang.money(fen) == show_money(fen)


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (0, "0 元"), (1234, "12.34 元"), (8_500 * YUAN, "8,500 元"), (10_000 * YUAN, "1 万元"),
        (1_600_000 * YUAN, "160 万元"), (123_456 * YUAN, "12.35 万元"), (230_000_000 * YUAN, "2.3 亿元"),
        (-50_000 * YUAN, "-5 万元"), (99_999_999 * YUAN, "1 亿元"),
    ],
)  # fmt: skip
def test_chinese_money_counts_in_ten_thousands(fen: int, shown: str) -> None:
    """Chinese amounts from 10,000 yuan on are in 万元 and 亿元, with at most two decimals."""
    with lang.using("zh"):
        assert lang.money(fen) == shown


@pytest.mark.parametrize(
    ("ms", "shown"),
    [
        (0, "0 分钟"), (38 * SECOND, "38 秒"), (95 * MINUTE, "1 小时 35 分钟"), (5 * DAY + 2 * HOUR, "5 天 2 小时"),
        (-2 * MINUTE, "-2 分钟"), (250, "250 毫秒"),
    ],
)  # fmt: skip
def test_times_are_said_in_both_languages(ms: int, shown: str) -> None:
    """English times are those of the scenario's units; Chinese ones have the same numbers."""
    assert lang.duration(ms) == show_duration(ms)
    with lang.using("zh"):
        assert lang.duration(ms) == shown


def test_dates_clocks_and_lists() -> None:
    """A date, a time of day, time left and a list, as each language writes them."""
    when = datetime(2025, 7, 11, 14, 5, 32)
    assert (lang.date(when), lang.clock(when)) == ("Friday 11 July 2025", "14:05:32")
    assert [lang.countdown(ms) for ms in (-5, 1, 245_000, 3_845_000)] == ["0:00", "0:01", "4:05", "1:04:05"]
    assert [lang.listed(parts) for parts in ([], ["a"], ["a", "b", "c"])] == ["", "a", "a, b and c"]
    assert [lang.brief(ms) for ms in (38_000, 246_000)] == ["38 s", "4.1 min"]
    with lang.using("zh"):
        assert (lang.date(when), lang.clock(when, seconds=False)) == ("2025年7月11日 星期五", "14:05")
        assert lang.listed(["甲", "乙", "丙"]) == "甲、乙、丙"
        assert (lang.brief(90_000), lang.percent(0.5)) == ("1.5 分钟", "50%")


def test_a_language_is_accepted_as_systems_write_it() -> None:
    """Codes with a region or an encoding are understood; another language is one clear line."""
    assert [lang.accept(code) for code in ("en", "zh", "zh-CN", "zh_CN.UTF-8", "EN")] == ["en", "zh", "zh", "zh", "en"]
    with pytest.raises(ValueError, match="read 'fr', accepted: en or zh"):
        lang.accept("fr")


def test_the_catalogue_is_read_only_for_chinese() -> None:
    """English readers do not pay for the catalogue."""
    script = (
        "from sim.words import language as lang; lang.say('x'); lang.named('x', 'desk');"
        "assert lang.catalogue.cache_info().misses == 0"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_ends_inside_a_number_of_runs(language: lang.Language) -> None:
    """Wherever the edge is, ``n = 400`` stays on one line, and nothing of the text is lost."""
    text = {"en": "first stop at 12 min, last at 49 min (median); n = 400", "zh": "中位数 49 分钟，最后一次；n = 400"}[
        language
    ]
    with lang.using(language):
        for wide in range(8, 60):
            made = wrapped(text, wide)
            assert sum("n = 400" in line for line in made) == 1
            assert "".join(made).replace(" ", "") == text.replace(" ", "")
