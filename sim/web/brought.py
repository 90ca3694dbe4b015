"""A sheet that somebody chooses on a page: its bytes come over the page's own socket, and never reach a disk."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, Final

from sim.web.parts import Tag, on
from sim.words.language import say

MOST_SHEET: Final = 200_000
"""Bytes of a sheet."""
_CHOSEN: Final = """async (e) => {
  const file = e.target.files[0];
  if (!file) return;
  if (file.size > 200000) { emit(''); return; }
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (const one of bytes) text += String.fromCharCode(one);
  e.target.value = '';
  emit(btoa(text));
}"""
"""What the field emits: the bytes as text, or nothing where there are too many."""


def sheet_field(label: str, do: Callable[[bytes], Any]) -> None:
    """A labelled field for an xlsx file.

    Args:
        do: given the bytes; none where the file is empty or too large.
    """
    named = Tag("label", label)
    chosen = Tag("input", type="file", accept=".xlsx")
    named.set(for_=chosen.html_id)
    on(chosen, "change", lambda said: do(_bytes(said)), _CHOSEN)


def no_sheet() -> str:
    """What is said where there are no bytes."""
    return say("The sheet is empty, or larger than {most:,} bytes.", most=MOST_SHEET)


def _bytes(said: Any) -> bytes:
    try:
        data = base64.b64decode(said, validate=True) if isinstance(said, str) else b""
    except (ValueError, binascii.Error):
        return b""
    return data if len(data) <= MOST_SHEET else b""
