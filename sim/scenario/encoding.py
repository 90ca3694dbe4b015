"""From the bytes of a file to its text, whatever program wrote it.

UTF-8 is what is expected. UTF-16 and UTF-32 are known by their first bytes. Excel and the editors of a Chinese Windows
write GBK: it is read where nothing else can be meant, else the likely encoding is named.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Final

from sim.scenario.errors import Origin, ScenarioError
from sim.words.language import key
from sim.words.phrases import phrase

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_WIDE: Final = (
    (re.compile(rb"[\t\r\n -~]\0\0\0"), "utf-32-le"), (re.compile(rb"\0\0\0[\t\r\n -~]"), "utf-32-be"),
    (re.compile(rb"[\t\r\n -~]\0"), "utf-16-le"), (re.compile(rb"\0[\t\r\n -~]"), "utf-16-be"),
)  # fmt: skip
"""How a file without these first bytes begins: with a letter of YAML."""
_COMMON: Final = re.compile(rb"(?:[\t\r\n -~]|[\xb0-\xd7][\xa1-\xfe]|[\xa1\xa3][\xa1-\xfe])+")
"""ASCII, the 3,755 common characters of GB 2312 (its first level), and Chinese marks."""
_PAIRS: Final = re.compile(rb"[\xb0-\xfe][\xa1-\xfe]")
_MOST_HANJA: Final = 0.1
"""Of the characters of a Korean text: more than so many Chinese ones, and it is no Korean text."""
_RIVALS: Final = ("gb18030", "big5", "cp949", "euc_jp", "shift_jis", "cp1252", "cp1251")
_UTF8_PLEASE: Final = phrase("the file saved as UTF-8 (in Excel: CSV UTF-8; in an editor: Save as, encoding UTF-8)")

_NAMES: Final = {
    "\0": key("a null"), "\t": key("a tab"), "\x07": key("a bell"), "\x08": key("a backspace"),
    "\x0b": key("a vertical tab"), "\x0c": key("a form feed"), "\x1b": key("an escape"), "\x7f": key("a delete"),
    "\x85": key("a next line"),
}  # fmt: skip
HARMFUL: Final = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ufeff\uffa0\ufff9-\uffff\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
"""Characters that control a terminal, turn the order of letters about, break lines unseen, or cannot be seen at all."""


def decoded(raw: bytes, name: str) -> str:
    """The text of a file; every line ends in a line feed.

    Raises:
        ScenarioError: the encoding is not known for sure.
    """
    return _text(raw, name).replace("\r\n", "\n").replace("\r", "\n")


def character(one: str) -> str:
    """A character by its number and its name: ``U+200B, zero width space``."""
    name = phrase(_NAMES[one]) if one in _NAMES else unicodedata.name(one, "").lower()
    return phrase("U+{code}, {name}", code=f"{ord(one):04X}", name=name) if name else f"U+{ord(one):04X}"


def _text(raw: bytes, name: str) -> str:
    for mark, code in _BOMS:
        if raw.startswith(mark):
            return _strictly(raw[len(mark) :], code, name)
    for start, code in _WIDE:
        if start.match(raw):
            return _strictly(raw, code, name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        likely = _likely(raw)
        if likely == "gb18030" and _COMMON.fullmatch(raw):
            return raw.decode(likely)
        raise _unknown(raw, error, name, likely) from None


def _likely(raw: bytes) -> str | None:
    """The encoding that reads best; of several that read alike, that of a Chinese Windows."""
    from charset_normalizer import from_bytes

    found = list(from_bytes(raw, cp_isolation=list(_RIVALS)))  # the best first
    if any(one.encoding == "gb18030" and one.chaos <= found[0].chaos for one in found):
        return "gb18030"
    best = found[0].encoding if found else None
    return "gb18030" if best in ("cp949", "cp1252") and _COMMON.fullmatch(raw) and not _is_korean(raw) else best


def _is_korean(raw: bytes) -> bool:
    """Whether bytes that may be Korean are mostly syllables: a few words of Chinese read as Chinese signs there too.

    In Western text, letters with accents do not come in pairs of which the first is a capital or a sign.
    """
    pairs = _PAIRS.findall(raw)
    return bool(sum(pair[0] > 0xC8 for pair in pairs) <= _MOST_HANJA * len(pairs))


def _strictly(raw: bytes, code: str, name: str) -> str:
    try:
        return raw.decode(code)
    except UnicodeDecodeError as error:
        line = raw[: error.start].decode(code, "replace").count("\n") + 1
        read = phrase("the byte 0x{byte:02x} in a file of {code}", byte=raw[error.start], code=code.upper())
        raise ScenarioError(Origin(name, line, 1), "file", read, _UTF8_PLEASE) from None


def _unknown(raw: bytes, error: UnicodeDecodeError, name: str, likely: str | None) -> ScenarioError:
    before = raw[: error.start]
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    at = Origin(name, before.count(b"\n") + 1, column)
    read = phrase("the byte 0x{byte:02x}, which is not UTF-8", byte=raw[error.start])
    if likely is not None:
        code = {"gb18030": "GBK", "cp949": "EUC-KR"}.get(likely, likely.replace("_", "-").upper())
        read = phrase("the byte 0x{byte:02x}, as in the encoding {code}", byte=raw[error.start], code=code)
    return ScenarioError(at, "file", read, _UTF8_PLEASE)
