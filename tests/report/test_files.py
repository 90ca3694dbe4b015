from __future__ import annotations

import os
from pathlib import Path

import pytest

from sim.engine.run import Run
from sim.report.figures import timeline
from sim.report.publish.files import save_figure, write_bytes, write_text


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    """A full disk or Ctrl-C in the middle of a write keeps the old content and leaves no temporary file."""
    place = write_text(tmp_path / "a.txt", "old")

    def fail(_: int) -> None:
        raise failure

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(type(failure)):
        write_text(place, "new")
    assert place.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_an_unwritable_place_is_named_in_one_sentence(tmp_path: Path) -> None:
    """Where a folder cannot be made, the error names the file and the reason."""
    write_text(tmp_path / "file", "in the way")
    with pytest.raises(OSError, match=r"file/a\.txt cannot be written: (Not a directory|File exists)") as caught:
        write_text(tmp_path / "file" / "a.txt", "x")
    assert "\n" not in str(caught.value)


def test_bytes_are_written_as_given(tmp_path: Path) -> None:
    """What is read back is what was written, in a folder made on the way, with the mode of an ordinary file."""
    place = write_bytes(tmp_path / "deep" / "b.bin", b"\r\n\x00")
    plain = tmp_path / "plain"
    plain.touch()
    assert place.read_bytes() == b"\r\n\x00"
    assert place.stat().st_mode == plain.stat().st_mode


def test_a_figure_becomes_two_files(tmp_path: Path, caught: Run) -> None:
    """A figure is written as SVG and PNG under one stem, dots in the stem kept."""
    svg, png = save_figure(timeline(caught), tmp_path / "case.v1")
    assert [svg.name, png.name] == ["case.v1.svg", "case.v1.png"]
    assert svg.read_bytes().startswith(b"<?xml")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert b"<text" not in svg.read_bytes()  # letters are paths: no font is needed to read it
