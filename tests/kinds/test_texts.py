"""Files as people write them with a Chinese keyboard, Excel and old editors: read where the meaning is plain."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.words import language as lang
from sim.words.language import translate
from sim.words.units import DAY, HOUR, MINUTE, SECOND, parse_clock, parse_duration, parse_money

CASES = Path(__file__).parent.parent / "cases" / "text"
HEAD = """\
schema_version: 1
extends: korea-2025-calls
name: text
title: 夜班：两名，研判员（试）
question: 夜班要付出什么代价？
horizon: 2d
"""
IN_SHIFT = "desks:\n  intake:\n    shifts:\n      - {}\n"


def read(text: str, code: str = "utf-8") -> Scenario:
    """The scenario of HEAD and more lines."""
    path = Path("text.yaml")
    path.write_bytes((HEAD + text).encode(code))
    return load(path).scenario


def refused(text: str, code: str = "utf-8") -> str:
    """The one line that refuses it."""
    line = str(mistake(text, code))
    assert len(line.splitlines()) == 1
    return line


def mistake(text: str, code: str = "utf-8") -> ScenarioError:
    """What refuses it."""
    with pytest.raises(ScenarioError) as caught:
        read(text, code)
    return caught.value


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# -- the files that were brought -----------------------------------------------------------------------------

READ: dict[str, Any] = {
    "fenzhong": lambda it: it.follow_up == 90 * MINUTE,
    "tian": lambda it: it.follow_up == DAY,
    "fwcolon": lambda it: it.desks["intake"].queue == "fifo",
    "fwdigit": lambda it: [shift.staff for shift in it.desks["intake"].shifts] == [3],
    "fwmoney": lambda it: it.victims.scams["call"].loss.mean() == 1_600_000,
    "ideospace": lambda it: it.desks["intake"].queue == "fifo",
    "gbk": lambda it: it.title == "夜班 两名研判员",
}
REFUSED = {
    "cnname": "8:3: desks.接警席: read '接警席', accepted: intake",
    "unix": "7:8: start: read 1762128000, accepted: a local date and time such as 2025-11-03T08:00 "
    "(which is this number as a Unix time, in China)",
}


def test_every_case_is_tried() -> None:
    """Each file of the folder is read or refused below."""
    assert {path.stem for path in CASES.glob("*.yaml")} == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_what_is_plainly_meant_is_read(name: str) -> None:
    """Chinese units, wide digits and marks, and a file of GBK mean what they say."""
    assert READ[name](load(CASES / f"{name}.yaml").scenario)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_names_what_to_write(name: str) -> None:
    """The Chinese name of a desk gets its key, a Unix time its date, on the right line."""
    with pytest.raises(ScenarioError) as caught:
        load(CASES / f"{name}.yaml")
    assert str(caught.value).endswith(f"{name}.yaml:{REFUSED[name]}")


# -- quantities ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("90分钟", 90 * MINUTE), ("1天", DAY), ("2小时", 2 * HOUR), ("30秒", 30 * SECOND), ("1周", 7 * DAY),
        ("2个小时30分", 150 * MINUTE), ("500毫秒", 500), ("３５ｍ", 35 * MINUTE), ("1．5小时", 90 * MINUTE),
        ("35\u3000m", 35 * MINUTE), ("90 min", 90 * MINUTE), ("2 hours", 2 * HOUR), ("3日", 3 * DAY),
        ("1星期2天", 9 * DAY), ("90分鐘", 90 * MINUTE), ("1個小時", HOUR),
        ("2小時30分鐘", 150 * MINUTE), ("1週", 7 * DAY),
    ],
)  # fmt: skip
def test_times_are_read_in_the_words_of_people(text: str, ms: int) -> None:
    """Units of time in Chinese and English words, and wide digits, are as good as the short ones."""
    assert parse_duration(text) == ms


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("１．６万元", 16_000), ("160万元", 1_600_000), ("3亿元", 3 * 10**8), ("500元", 500), ("1,000,000元", 10**6),
        ("１，０００元", 1000), ("￥50000", 50_000), ("¥1.2万", 12_000), ("5千元", 5000), ("2百万元", 2 * 10**6),
        ("人民币300元", 300), ("1万亿元", 10**12), ("1.6萬元", 16_000), ("2億元", 2 * 10**8),
        ("160万元人民币", 1_600_000),
    ],
)  # fmt: skip
def test_amounts_are_read_in_the_words_of_people(text: str, yuan: int) -> None:
    """Chinese steps of ten, the sign of the currency before the amount, and wide digits and commas are read."""
    assert parse_money(text) == 100 * yuan


@pytest.mark.parametrize(
    ("text", "ms"), [("8点", 8 * HOUR), ("20点半", 20 * HOUR + 30 * MINUTE), ("9时15分", 9 * HOUR + 15 * MINUTE),
                     ("8點半", 8 * HOUR + 30 * MINUTE),
                     ("０８：００", 8 * HOUR), ("24:00", DAY)],
)  # fmt: skip
def test_times_of_day_are_read_as_they_are_spoken(text: str, ms: int) -> None:
    """Eight o'clock is 8点, and a wide colon is a colon."""
    assert parse_clock(text) == ms


@pytest.mark.parametrize(
    "text",
    [
        "2025/7/11",
        "2025年7月11日",
        "2025.7.11",
        "2025-7-11",
        "２０２５－０７－１１",
        "2025年7月11日 0点",
        "2025/7/11 00:00",
    ],
)
def test_dates_are_read_as_spreadsheets_write_them(text: str) -> None:
    """Year, month and day in this order are a date, whatever stands between them."""
    assert read(f"start: {text}\nholidays: [{text.partition(' ')[0]}]\n").start == datetime(2025, 7, 11)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("start: 45962", "2025-11-01T00:00 (which is this number in Excel)"),
        ("start: 1762128000000", "2025-11-03T08:00 (which is this number as a Unix time"),
        ("start: '1762128000'", "2025-11-03T08:00 (which is this number as a Unix time"),
        ("start: 20250711", "such as 2025-07-11T00:00"),
        ("start: 7/11/2025", "such as 2025-07-11T09:00"),
        ("holidays: [45962]", "a date such as 2025-11-01 (which"),
        ("follow_up: 十五分钟", "a time in digits such as 15分钟"),
        ("follow_up: 1个月", "a time such as 35m"),
        ("victims: {scams: {call: {loss: 十万元}}}", "an amount in digits such as 5万元"),
        ("victims: {scams: {call: {loss: 1.6万}}}", "an amount needs a unit such as 1.6万元"),
        ("victims: {scams: {call: {reports: 50％}}}", "a number (0.5 for 50%)"),
        ("utc_offset: UTC+8", "an offset such as +08:00"),
    ],
)
def test_what_could_mean_several_things_is_refused_with_what_to_write(text: str, says: str) -> None:
    """A number for a date, a numeral, a percentage: the message has the form that is accepted."""
    line = refused(text + "\n")
    assert line.startswith("text.yaml:7:")
    assert says in line


# -- marks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shift",
    [
        "{from： 08:00， to： 20:00， staff： 3}", "{from：08:00，to：20:00，staff：3}",
        "｛from: 08:00, to: 20:00, staff: ３｝",
        "{from: 08：00, to: 20：00, staff: 3}", "{days: ［mon，sun］, from: 8点, to: 20点, staff: 3}",
    ],
)  # fmt: skip
def test_wide_marks_in_brackets_are_read(shift: str) -> None:
    """Wide colons, commas, brackets and letters stand for their usual forms."""
    found = read(
        IN_SHIFT.format(shift) if "ｆ" not in shift else IN_SHIFT.format(shift.replace("ｆｒｏｍ", "from"))
    ).desks
    shifts = found["intake"].shifts
    assert shifts is not None
    assert (shifts[0].start, shifts[0].end, shifts[0].staff) == (8 * HOUR, 20 * HOUR, 3)


@pytest.mark.parametrize("space", ["\u3000", "\xa0\xa0", "\u2003\u2003"])
def test_wide_spaces_indent(space: str) -> None:
    """An ideographic space is as wide as two; a mistake behind it is named in the column in which it was written."""
    text = f"desks:\n{space}intake:\n{space * 2}queue: {{}}\n"
    assert read(text.format("fifo")).desks["intake"].queue == "fifo"
    column = 1 + len(space * 2) + len("queue: ")
    assert refused(text.format("lifo")).startswith(f"text.yaml:9:{column}: desks.intake.queue: read 'lifo'")


def test_the_marks_of_a_text_stay() -> None:
    """Titles, quoted text and text below | keep their wide marks."""
    scenario = read("")
    assert scenario.title == "夜班：两名，研判员（试）"
    text = HEAD.replace("question: 夜班要付出什么代价？", "question: |\n  注意：\n  夜班，staff：3，｛３｝")
    Path("text.yaml").write_text(text, encoding="utf-8")
    assert load("text.yaml").scenario.question == "注意：\n夜班，staff：3，｛３｝\n"


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("follow_up: 1\u200bd", "7:13", "U+200B, zero width space"),
        ("follow_up: \u202e1d", "7:12", "U+202E, right-to-left override"),
        ('follow_up: "\\x1b[2J"', "7:12", "U+001B, an escape"),
        ("follow_up: “1d”", "7:12", "U+201C, left double quotation mark"),
        ("desks: {intake: {staff: ③}}", "7:25", "U+2462, circled digit three"),
        ("desks:\n\tintake:\n\t\tqueue: fifo", "8:1", "spaces in place of a tab"),
        ("follow_up: '1d\nname: x", "7:12", "a quote at the end of the text"),
        ("follow_up:1d", "7:1", "a line such as name: town"),
        ("desks:\n  intake: {queue: 先到先办}", "8:19", "accepted: fifo"),
        ("banks:\n  icbc: {share: 1}\n  工商银行: {share: 1}", "9:3", "accepted: the name of a bank: icbc"),
        ("desks: {intake: {shifts: [{days: [周一], from: 08:00, to: 20:00, staff: 3}]}}", "7:35", "accepted: mon"),
        ("desks: {接警台: {staff: 3}}", "7:9", "accepted: intake"),
        ("victims: {arrivals: {country: {counts: 报案}}}", "7:40", "accepted: 'victims' or 'reports'"),
    ],
)
def test_a_character_or_word_is_named_where_it_stands(text: str, at: str, says: str) -> None:
    """What nobody can see, what only looks like a mark, and Chinese words: the line has its place and its name."""
    line = refused(text + "\n")
    assert line.startswith(f"text.yaml:{at}: ")
    assert says in line


def test_a_mistake_in_a_character_is_told_in_chinese() -> None:
    """The name of the character too."""
    with lang.using("zh"):
        assert translate(mistake("follow_up: 1\u200bd\n")) == (
            "text.yaml:7:13: yaml：读到字符 U+200B，零宽空格，应为：去掉该字符的一行"
        )


# -- encodings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_files_in_other_encodings_are_read(code: str) -> None:
    """UTF-16 with and without its mark, and GBK, as Excel and the editors of a Chinese Windows write them."""
    assert read("follow_up: 1天\n", code).title == "夜班：两名，研判员（试）"


@pytest.mark.parametrize("text", ["夜班", "值班表", "夜班 <img src=x>", "接警员两名"])
def test_a_few_words_of_gbk_are_read(text: str) -> None:
    """A title of two characters would be Chinese signs in Korean too, which no Korean writes."""
    Path("text.yaml").write_bytes(f"extends: wuhan-35min\nname: x\ntitle: {text}\nquestion: q\n# 夜班\n".encode("gbk"))
    assert load("text.yaml").scenario.title == text


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("# 夜班兩名分析員，要付出什麼代價", "big5", "BIG5"),
        ("# 야간 근무 비용은 얼마인가", "euc_kr", "EUC-KR"),
        ("# été à Genève", "latin-1", "CP1252"),
    ],
)
def test_an_encoding_that_is_not_sure_is_named(text: str, code: str, name: str) -> None:
    """What could be read in several ways is refused with its likely encoding and what to do."""
    Path("text.yaml").write_bytes((text + "\nname: x\n").encode(code))
    with pytest.raises(
        ScenarioError, match=rf"^text.yaml:1:3: file: read the byte 0x.., as in the encoding {name}, accep.*UTF-8"
    ):
        load("text.yaml")
