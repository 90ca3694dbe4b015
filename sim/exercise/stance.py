"""What a sentence does with some words: says them, turns them down or puts them off, or leaves it open.

"Do not refuse it" and "the account can wait" hold the words of a right answer and are none. Only what stands near the
words in their own clause is read; what that leaves open (`unsure`) is for a person to judge, never right by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal

Stance = Literal["said", "denied", "unsure"]
"""Denied: turned down, or put off."""
NEAR: Final = 6
"""Words of English, or characters of Chinese, over which a negation reaches for sure; further off it is unsure."""
BEHIND: Final = 3
"""The same from the words to what turns them down or puts them off after them."""
GAP: Final = "..."
"""In some words: whatever comes between in the same clause."""

_HAN: Final = "\u3400-\u9fff"
_SHORT: Final = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not", "never, ever": "never",
    "not only": "perhaps",
}  # fmt: skip
_IDIOMS: Final = re.compile(
    r"\b(?:why (?:do |does |should )?(?:not|(?:you|we|they|she|he) not)|no (?:doubt|problem|worries|matter|later than)"
    r"|(?:do |does |please )?(?:not|never) (?:hesitate|forget|fail|worry|panic|cry|be afraid|be scared|hang up)"
    r"|hold on|hold the line|on account of|into account|account of (?:what|how|it|the)|pay attention)\b"
    rf"|([{_HAN}])[不没]\1|对不起|不好意思|没问题|没关系|不得不|不妨|差不多|不管怎样|无论如何|千万"
    r"|先?(?:别|不要|不用)(?:忘|着急|急|慌|哭|怕|担心|紧张|挂)|[特分区级识性个]别|别[的人处]"
    r"|再(?:说|报|讲|念|确认|核对)?(?:一[遍次下]|[两三]遍)"
)
"""Turns of speech that hold a word of the lists below and deny nothing, or one of an answer and say something else."""
_SENTENCE: Final = re.compile(r"[!?。;\n]|\.(?![\d.])")
_CLAUSE: Final = re.compile(
    r"[!?。;、()\n]|[.,:](?![\d.])|\b(?:but|and|so|however|please|instead(?! of))\b"
    r"|(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bbe )(?=\bnot (?:the|your|her|his)\b)|但是?|而是|请"
)
_DENIES: Final = re.compile(
    r"\b(?:not|never|no(?!\.? ?\d)|none|nobody|nothing|neither|nor|without|forget|ignore|skip|avoid|stop|against"
    r"|instead of|rather than|refuses? to|(?:wrong|mistake|unable|early) to|more than an?"
    r"|leave (?:out|aside|the)|later|afterwards|another time|tomorrow)\b"
    r"|不|别|勿|没|无[需须]|未|莫|甭|非(?![常法得])|以后|稍后|待会|等会|回头|过会|晚点|改天|事后"
)
"""Before some words: what turns them down or puts them off."""
_BEFORE: Final = re.compile(r"\bbefore(?: you| we)?(?: (?:the|your|any|tell|give|get|ask))*\s*$")
_DENIED: Final = re.compile(
    r"\b(?:not(?! to)|never|no use|later|afterwards|(?:can|could|may|must|will|has to|have to) wait|another time"
    r"|tomorrow|unimportant|irrelevant|unknown|secret|confidential|out of the question|is no|are no)\b"
    r"|以后|稍后|待会|等会|回头|过会|晚点|改天|再说|不|别|勿|没用|先放|放一放|放到|免了|算了|之前|[是叫]?谁|保密"
)
"""After some words: the same."""
_DANGLES: Final = re.compile(
    r"\b(?:(?:do|does|must|should|can|may|will) not|never)\s*$|(?:不要|不能|不可以?|别|绝不)\s*$"
)
_NEXT: Final = re.compile(r"\b(?:then|after that|finally|at last)\b|再|然后|之后|接着|最后")
_FIRST: Final = re.compile(r"\b(?:first|after|once|when you (?:are|have))\b|先|等|完")
_OPEN: Final = re.compile(
    r"\b(?:whether|if|unless|perhaps|maybe|possibly|i think|ask them)\b|\bwho\s*$"
    r"|是否|如果|要是|除非|假如|也许|可能|说不定|不[仅只光]"
)
"""Before some words: what leaves open whether they hold."""
_UNIT: Final = re.compile(rf"[{_HAN}]|[^\W{_HAN}]+")


@lru_cache(maxsize=1_000)
def plain(text: str) -> str:
    """A text in which case, width, blanks, hyphens and contractions tell nothing apart."""
    found = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("…", GAP)
    found = re.sub(r"\s+[-–—]+\s+|[–—]+", "; ", found)
    for short, long in _SHORT.items():
        found = found.replace(short, long)
    found = re.sub(r"n't\b", " not", found)
    found = re.sub(r"[^\S\n]+|(?<=\w)-(?=\w)", " ", found)
    return re.sub(rf"(?<=[{_HAN}]) (?=[{_HAN}])", "", found)


def stances(words: str, text: str) -> list[Stance]:
    """What a text does with some words at each place at which it holds them as whole words, a plural `s` apart.

    Args:
        words: a phrase in any language; `...` in it stands for whatever comes between in the same clause.
    """
    read = _IDIOMS.sub(lambda one: "~" * len(one[0]), plain(text))
    return [_stance(read, one) for one in _places(words, read)]


def contains(words: str, text: str) -> bool:
    """Whether a text holds some words as whole words, and not right after a word that turns them down."""
    read = plain(text)
    return any(not _TURNED.search(read[: one.start()]) for one in _places(words, read))


_TURNED: Final = re.compile(
    r"(?:\b(?:not|except|instead of|rather than)|不是|不要|除了|而非|别) ?(?:account |账户 ?)?(?:at |for |to )?$"
)
"""Right before a name: that it is not meant."""


def turned_down(before: str) -> bool:
    """Whether what comes right after a text is turned down by it, as in "not 9.10"."""
    return bool(_TURNED.search(plain(before + "|").removesuffix("|")))


@lru_cache(maxsize=4_000)
def _pattern(words: str) -> re.Pattern[str]:
    pieces = [re.escape(one.strip()).replace(r"\ ", r" ?") for one in plain(words).split(GAP)]
    ended = [
        rf"(?<![a-z0-9]){one}(?:s|'s|es)?(?![a-z0-9])" if re.search(r"[a-z0-9]$", one) else one
        for one in pieces if one
    ]  # fmt: skip
    return re.compile(r"[^!?。;.,:\n]{0,40}?".join(ended))


def _places(words: str, read: str) -> Iterator[re.Match[str]]:
    return _pattern(words).finditer(read)


def _stance(read: str, one: re.Match[str]) -> Stance:
    """What a text does with what it holds at one place."""
    begin = max((it.end() for it in _CLAUSE.finditer(read, 0, one.start())), default=0)
    behind = _CLAUSE.search(read, one.end())
    before, after = read[begin : one.start()], read[one.end() : behind.start() if behind else len(read)]
    sentence = read[max((it.end() for it in _SENTENCE.finditer(read, 0, begin)), default=0) : begin]
    if (turned := _turned(before)) is not None:
        return turned
    if _BEFORE.search(before) or _put_off(before, after) or _DANGLES.search(sentence.rstrip(" ,")):
        return "denied"
    if (then := _NEXT.search(before)) is not None:
        return "denied" if _FIRST.search(sentence + before[: then.start()]) else "unsure"
    if _OPEN.search(before) or re.search(r"\b(?:after|once)\b|等.*[完好]", sentence):
        return "unsure"
    return "said"


def _turned(before: str) -> Stance | None:
    """Denied where something near before some words turns them down, unsure where it is further off; None where nothing
    does."""
    last = max((it.end() for it in _DENIES.finditer(before)), default=None)
    if last is None:
        return None
    return "denied" if _units(before[last:]) <= NEAR else "unsure"


def _put_off(before: str, after: str) -> bool:
    """Whether what follows turns some words down or puts them off; where they come first, only what follows at once."""
    found = _DENIED.search(after)
    if found is None:
        return False
    ahead = before[-NEAR:]
    return _units(after[: found.start()]) <= (0 if "先" in ahead else BEHIND)


def _units(text: str) -> int:
    """Words of English and characters of Chinese in a text."""
    return sum(1 for _ in _UNIT.finditer(text))
