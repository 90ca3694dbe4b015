"""Spoilt files through the pages: each is kept or refused on a page, and no answer is 500."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from http.client import HTTPConnection

import pytest

from sim.web.access import FACILITATOR_COOKIE, Access, key_of
from tests.mutations import Kind, Mutation, mutations
from tests.web.conftest import PATIENCE, PIN, Server, server

__all__ = ["server"]

TO: dict[str, str] = {"scenario": "/planner/upload", "exercise": "/rooms/upload", "target": "/planner/upload",
                      "whatif": "/planner/upload"}  # fmt: skip


def answer(server: Server, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str, str]:
    """Status, where it leads, and text."""
    cookie = Access(PIN, key_of(server.data)).enter(PIN, "")
    headers = {"cookie": f"{FACILITATOR_COOKIE}={cookie}"} | ({"content-type": kind} if kind else {})
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as line:
        line.request(method, path, body or None, headers)
        with line.getresponse() as said:
            return said.status, said.getheader("location", ""), said.read().decode("utf-8", "replace")


def form(data: bytes, name: str = "file") -> tuple[bytes, str]:
    """A file as a browser sends it."""
    head = f'--edge\r\ncontent-disposition: form-data; name="{name}"; filename="a.yaml"\r\n\r\n'
    return head.encode() + data + b"\r\n--edge--\r\n", "multipart/form-data; boundary=edge"


def upload(server: Server, spoilt: Iterable[tuple[str, Mutation]]) -> None:
    """Send files and look at the pages to which they lead."""
    for kind, one in spoilt:
        status, location, _ = answer(server, "POST", TO[kind], *form(one.data))
        assert status in (303, 413), one.how
        if status == 303:
            shown, _, text = answer(server, "GET", location)
            assert shown == 200, one.how
            assert "Traceback" not in text, one.how


def all_kinds(n: int, seed: int) -> list[tuple[str, Mutation]]:
    """So many of each kind."""
    kinds: tuple[Kind, ...] = ("scenario", "exercise", "target", "whatif")
    return [(kind, one) for kind in kinds for one in mutations(kind, n, seed)]


def test_no_spoilt_file_breaks_a_page(server: Server) -> None:
    """Neither the answer to it, nor the lists of what was kept; the server complains of none."""
    upload(server, all_kinds(10, seed=5))
    for path in ("/planner", "/rooms"):
        assert answer(server, "GET", path)[0] == 200
    assert "Traceback" not in server.errors
    assert "cannot be read" not in server.errors


@pytest.mark.long
def test_no_spoilt_file_of_two_hundred_breaks_a_page(server: Server) -> None:
    """Fifty of each kind."""
    upload(server, all_kinds(50, seed=6))
    assert "Traceback" not in server.errors
    assert "cannot be read" not in server.errors


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", ""), (b"x", "multipart/form-data"), (b"x", "multipart/form-data; boundary=edge"),
        (b"{}", "application/json"),
        (form(b"a: 1", "other")[0], form(b"")[1]), (b"file=a", "application/x-www-form-urlencoded"),
        (form(b"")[0], form(b"")[1]), (form(b"\x00" * 5000)[0], form(b"")[1]), (form(b"5")[0], form(b"")[1]),
        (form(b"[" * 5000)[0], form(b"")[1]), (form(b"a: &a [*a]")[0], form(b"")[1]),
    ],
)  # fmt: skip
def test_no_form_breaks_a_page(server: Server, body: bytes, kind: str) -> None:
    """A form that is none, without a file, or with one that is nothing: a page that says so."""
    for path in ("/planner/upload", "/rooms/upload", "/enter"):
        status, location, text = answer(server, "POST", path, body, kind)
        assert status in (303, 400, 413, 422)
        if status == 303:
            assert answer(server, "GET", location)[0] == 200
        else:
            assert "href" in text
