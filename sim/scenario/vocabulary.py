"""The words of a scenario file that people write in Chinese, and the ones that the file knows.

What pages and reports say in Chinese stands in the catalogue; who writes a file after what
he reads there is told the key.
"""

import re
from functools import cache
from typing import Final

from sim.words.language import catalogue
from sim.words.letters import narrow

_CHINESE: Final = re.compile("[\u4e00-\u9fff]")
_PERSON: Final = re.compile("(?<=..)(?:员|席|台|岗|席位|坐席|岗位|中心|组|窗口)$")
"""Who works at a desk, and what it is called after: 接警员, 接警席 and 接警台 are one desk."""
_DAYS: Final = tuple(zip("一二三四五六日天", ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "sun"), strict=True))
_OTHERS: Final[dict[str, str]] = {
    **{prefix + day: english for day, english in _DAYS for prefix in ("周", "星期", "礼拜")},
    **dict.fromkeys(("节假日", "假日", "节日", "法定节假日"), "holiday"),
    **dict.fromkeys(("是", "真", "对"), "true"),
    **dict.fromkeys(("否", "假", "不"), "false"),
    "标题": "title", "名称": "name", "问题": "question", "开始": "start", "期限": "horizon", "岗位": "desks",
    "人数": "staff", "班次": "shifts", "银行": "banks", "工资": "wage", "从": "from", "到": "to", "至": "to",
    "受害人": "victims", "流程": "routes", "排队": "queue",
}  # fmt: skip
"""What people call things beside the words that the pages have for them."""


def is_chinese(word: str) -> bool:
    """Whether a word has Chinese characters."""
    return _CHINESE.search(word) is not None


def meant(word: str) -> list[str]:
    """The keys and names that a Chinese word, or one with wide letters, stands for; none for any other word."""
    if word.isascii():
        return []
    if is_chinese(word):
        word, known = narrow(word).strip(), _by_chinese()
        return known.get(word) or known.get(_PERSON.sub("", word), [])
    return [narrow(word).strip()]


@cache
def _by_chinese() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {word: [english] for word, english in _OTHERS.items()}
    for kind in catalogue().names.values():
        for english, word in kind.items():
            for said in (word, _PERSON.sub("", word)):
                known = found.setdefault(said, [])
                if english not in known:
                    known.append(english)
    return found
