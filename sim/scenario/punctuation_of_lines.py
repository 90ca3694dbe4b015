"""One line after the other read with the marks of a Chinese keyboard (see `punctuation`)."""

from __future__ import annotations

import re
from typing import Final

from sim.words.letters import SPACES, narrow

_IDEOGRAPHIC: Final = "\u3000"
_DASHES: Final = re.compile(rf"(?:[-－][{SPACES}]+)+")
_ASCII_KEY: Final = "[A-Za-z0-9_Ａ-Ｚａ-ｚ０-９＿][A-Za-z0-9_.Ａ-Ｚａ-ｚ０-９＿．－-]*"
_KEY: Final = re.compile(
    rf"(\"[^\"]*\"|'[^']*'|{_ASCII_KEY}|[\u4e00-\u9fff]+(?=[{SPACES}]*(?:：[{SPACES}]*$|:)))([{SPACES}]*)([:：])"
)
_BLOCK: Final = re.compile(r"[|>][-+0-9]*\s*(#.*)?$")
_NEXT_KEY: Final = re.compile(rf"[{SPACES}]*{_ASCII_KEY}[{SPACES}]*[:：]")
_BRACKETS: Final = {"｛": "{", "｝": "}", "［": "[", "］": "]"}


class Reader:
    """What is known of a text up to a line."""

    def __init__(self) -> None:
        self.shifts: dict[int, list[tuple[int, int]]] = {}
        self.block: int | None = None
        """Spaces before the key whose text follows on lines of its own."""
        self.depth, self.quote = 0, ""
        self.number = 0

    def line(self, number: int, line: str) -> str:
        self.number = number
        if self.depth or self.quote:
            return self._flow(line, "")
        body = line.lstrip(SPACES)
        before = line[: len(line) - len(body)]
        indent = "".join("  " if one == _IDEOGRAPHIC else " " for one in before)
        if self.block is not None and (not body or len(indent) > self.block):
            return line
        self.block = None
        if not body or body.startswith("#"):
            return indent + body
        if len(indent) > len(before):
            self._shift(0, len(indent) - len(before))
        return self._entry(indent, body)

    def _shift(self, at: int, by: int) -> None:
        self.shifts.setdefault(self.number, []).append((at, by))

    def _entry(self, said: str, body: str) -> str:
        """A line without its indentation, `said`: dashes, a key, a value."""
        wide = len(said)
        if dashes := _DASHES.match(body):
            said, body = said + narrow(dashes[0]), body[dashes.end() :]
        key = _KEY.match(body)
        if key and (key[3] == "：" or body[key.end() : key.end() + 1] in ("", *SPACES)):
            said += (key[1] if key[1][0] in "\"'" else narrow(key[1])) + narrow(key[2]) + ":"
            body = body[key.end() :]
            if body and body[0] not in SPACES:
                self._shift(len(said), 1)
                said += " "
        value = body.lstrip(SPACES)
        said += " " * (len(body) - len(value))
        if value[:1] in ("", "#"):
            return said + value
        if value[0] in "\"'{[｛［":
            return self._flow(value, said)
        if _BLOCK.match(value):
            self.block = wide
        plain = value.rstrip(SPACES)
        return said + plain + " " * (len(value) - len(plain))

    def _flow(self, text: str, said: str) -> str:
        """What stands in brackets or quotes, to its end or the end of the line."""
        for at, one in enumerate(text):
            last = said.rstrip()[-1:]
            if self.quote:
                escaped = self.quote == '"' and (len(said) - len(said.rstrip("\\"))) % 2
                if one == self.quote and not escaped:
                    self.quote = ""
                said += one
            elif one in "\"'" and (last in ("", *"{[,:-") or not self.depth):
                self.quote = one
                said += one
            elif one == "#" and said[-1:] in ("", " "):
                return said + text[at:]
            else:
                said += self._mark(one, said, text[at + 1 :])
            if not (self.depth or self.quote):
                return said + text[at + 1 :]
        return said

    def _mark(self, one: str, said: str, rest: str) -> str:
        one = _BRACKETS.get(one, one)
        if one in "{[":
            self.depth += 1
        elif one in "}]":
            self.depth -= 1
        elif one in SPACES:
            return " "
        elif one == "，" and (
            _NEXT_KEY.match(rest) or not (_chinese(said.rstrip()[-1:]) or _chinese(rest.lstrip()[:1]))
        ):
            return ","
        elif one == "：" and re.search(rf"[{{,\[]\s*{_ASCII_KEY}\s*$", said):
            if rest[:1] in ("", *SPACES):
                return ":"
            self._shift(len(said), 1)
            return ": "
        return one


def _chinese(one: str) -> bool:
    return "\u4e00" <= one <= "\u9fff"
