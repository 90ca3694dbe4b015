"""Files that are whole or absent: written beside their place, then moved there in one step."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.words.phrases import phrase

if TYPE_CHECKING:
    from sim.report.figures import Figure


def write_bytes(path: str | Path, data: bytes) -> Path:
    """Write a file so that its place holds the old content or all of the new, whatever happens.

    Makes the folder if need be. An interruption leaves no temporary file behind.

    Raises:
        OSError: the file cannot be written; the message says which and why in one sentence.
    """
    place = Path(path)
    beside: str | None = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".part", dir=place.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, 0o666 & ~_umask())
        os.replace(beside, place)
        beside = None
    except OSError as error:
        raise OSError(
            error.errno, phrase("{place} cannot be written: {why}", place=place, why=error.strerror or error)
        ) from error
    finally:
        if beside is not None:
            with suppress(OSError):
                os.unlink(beside)
    return place


def write_text(path: str | Path, text: str) -> Path:
    """`write_bytes` for text, in UTF-8 with the line ends as given.

    Half a surrogate (a file name in another encoding, as the command line hands it on) is written as its number.

    Raises:
        OSError: as `write_bytes`.
    """
    return write_bytes(path, text.encode(errors="backslashreplace"))


def as_yaml(tree: Mapping[str, Any]) -> str:
    """YAML 1.2 as our scenarios are: short mappings and lists in one line."""
    from ruamel.yaml import YAML

    writer = YAML()
    writer.default_flow_style = None
    writer.width = 118
    out = io.StringIO()
    writer.dump(tree, out)
    return out.getvalue()


@contextmanager
def whole_or_absent(folder: Path) -> Iterator[Path]:
    """Fill a folder beside its place, which is given, and move it there when all is written.

    Where that fails, nothing of it stays; a program that is killed leaves a folder whose name begins with a dot.

    Raises:
        OSError: it cannot be made, or is there already.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}")
    beside.mkdir()
    try:
        yield beside
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


@contextmanager
def whole_files(folder: Path) -> Iterator[Path]:
    """Fill a folder that may be there already: files are written beside their places, and moved there when all are.

    Where that fails, what was there stays as it was, and nothing else does.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".", suffix=".part", dir=folder))
    try:
        yield beside
        for path in sorted(beside.iterdir()):
            path.chmod(0o666 & ~_umask())
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        with suppress(OSError):
            folder.rmdir()  # only where it is empty: nothing was written


def save_figure(figure: Figure, stem: str | Path) -> list[Path]:
    """Write a figure as ``STEM.svg`` and ``STEM.png``; both are drawn before either is written.

    Raises:
        OSError: as `write_bytes`.
    """
    from sim.report.figures import render  # matplotlib is loaded only when there is a picture

    stem = Path(stem)
    drawn = {form: render(figure, form) for form in ("svg", "png")}
    return [write_bytes(stem.with_name(f"{stem.name}.{form}"), data) for form, data in drawn.items()]


def _umask() -> int:
    """The process's mask for new files (it can only be read by setting it)."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
