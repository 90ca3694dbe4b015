"""Who may see what: the PIN, the tokens of seats, and what stands before every request."""

from __future__ import annotations

import asyncio
import socket
import stat
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from sim.web import guards
from sim.web.access import FACILITATOR_COOKIE, MOST_TRIES, WINDOW, Access, TooManyTriesError, is_loopback, key_of
from sim.web.guards import Guards, same_origin
from sim.web.pin import _pin_form
from sim.web.site import Site, own_path
from sim.words import language as lang
from sim.words.language import Language
from tests.cli.conftest import Command, fundfreeze
from tests.web import inside

__all__ = ["fundfreeze"]


@pytest.fixture
def clock() -> list[float]:
    """A clock that a test sets."""
    return [1000.0]


@pytest.fixture
def access(clock: list[float]) -> Access:
    """A server's secrets."""
    return Access("271828", b"k" * 32, clock=lambda: clock[0])


def test_the_right_pin_opens_and_a_wrong_one_does_not(access: Access) -> None:
    """Only the cookie of the right PIN is the facilitator's."""
    assert access.enter("000000", "here") is None
    cookie = access.enter(" 271828 ", "here")
    assert access.is_facilitator({FACILITATOR_COOKIE: cookie or ""})
    assert not access.is_facilitator({FACILITATOR_COOKIE: "271828"})
    assert not access.is_facilitator({})


def test_after_too_many_wrong_pins_even_the_right_one_waits(access: Access, clock: list[float]) -> None:
    """Five wrong tries a minute from one address; another address is not held up by them."""
    for _ in range(MOST_TRIES):
        assert access.enter("000000", "here") is None
    with pytest.raises(TooManyTriesError, match="possible in 61 s"):
        access.enter("271828", "here")
    assert access.enter("271828", "elsewhere") is not None
    clock[0] += WINDOW
    assert access.enter("271828", "here") is not None


def test_many_addresses_together_lock_nobody_out(access: Access) -> None:
    """After fifty wrong tries a minute an address has one in ten minutes; the right PIN is taken at the first."""
    for number in range(10 * MOST_TRIES):
        assert access.enter("000000", f"address {number}") is None
    assert access.enter("271828", "one more") is not None
    assert access.enter("000000", "another") is None
    with pytest.raises(TooManyTriesError):
        access.enter("271828", "another")


def test_the_token_of_a_seat_opens_this_seat_alone(access: Access) -> None:
    """Neither another seat, nor the same seat of another room or another server."""
    token = access.token("room", "analyst-1")
    assert access.opens("room", "analyst-1", token)
    assert not access.opens("room", "analyst-2", token)
    assert not access.opens("other", "analyst-1", token)
    assert not Access("271828", b"x" * 32).opens("room", "analyst-1", token)
    assert not access.opens("room", "analyst-1", "")
    assert len(token) == 43  # 256 bits


def test_a_server_that_is_started_again_has_the_same_key(tmp_path: Path) -> None:
    """The key is made once, only its owner can read it, and a torn one is made anew."""
    key = key_of(tmp_path / "data")
    assert key_of(tmp_path / "data") == key
    assert stat.S_IMODE((tmp_path / "data" / "key").stat().st_mode) == 0o600
    (tmp_path / "data" / "key").write_bytes(b"torn")
    assert len(key_of(tmp_path / "data")) == 32


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True), ("localhost", True),
     ("0.0.0.0", False), ("::", False), ("192.168.1.4", False), ("example.org", False)],
)  # fmt: skip
def test_loopback_is_known(host: str, loopback: bool) -> None:
    """Only addresses that this machine alone reaches count as such."""
    assert is_loopback(host) == loopback


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--host", "0.0.0.0"], "--host: read 0.0.0.0 without a PIN"),
        (["--host", "0.0.0.0", "--pin", "123"], "--pin: read 3 characters, accepted: at least 6"),
        (["--host", "203.0.113.9", "--pin", "271828"], "accepted: a free port of this machine"),
        (["--port", "0"], "--port"),
    ],
)
def test_serve_refuses_in_one_line(fundfreeze: Command, words: list[str], said: str) -> None:
    """A server that others could reach needs a PIN; what cannot be listened at is said before anything starts."""
    answer = fundfreeze("serve", *words)
    assert answer.status == 2
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("language", "given", "printed"),
    [("en", "the one that you gave", "printed where the server"), ("zh", "即您所设定的", "显示在启动服务器的终端")],
)
def test_where_a_pin_comes_from_is_said_as_it_is(
    fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: Language, given: str, printed: str
) -> None:
    """One that was given is not printed again, and neither terminal nor page says that it was; one made up is."""
    sites: list[Site] = []
    monkeypatch.setattr("sim.web.app.serve", lambda site, *_, **__: sites.append(site))
    monkeypatch.setenv("FUNDFREEZE_LANG", language)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        words = ["serve", "--port", f"{probe.getsockname()[1]}", "--data", str(tmp_path / "data")]
    chosen, made = fundfreeze(*words, "--pin", "271828"), fundfreeze(*words)
    assert given in chosen.out
    assert "271828" not in chosen.out
    assert sites[1].access.pin in made.out
    said = []
    for site in sites:
        with lang.using(language), inside.new_page() as page:
            _pin_form("/", "", made_up=site.access.made_up)
        said.append(" ".join(inside.texts(page)))
    assert [printed in one for one in said] == [False, True]


def test_serve_says_which_extra_is_missing(fundfreeze: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the web framework: one line with what installs it."""
    monkeypatch.setitem(sys.modules, "nicegui", None)
    answer = fundfreeze("serve")
    assert answer.status == 2
    assert "pip install 'fundfreeze[web]'" in answer.err
    assert len(answer.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("path", "to"),
    [("/planner", "/planner"), ("//evil.org", "/"), ("https://evil.org", "/"), ("/\\evil.org", "/"), ("", "/"),
     ("/a\r\nset-cookie: x", "/")],
)  # fmt: skip
def test_a_redirect_stays_on_this_server(path: str, to: str) -> None:
    """`next` in an address leads nowhere else."""
    assert own_path(path) == to


App = Callable[[Mapping[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]


async def reader(scope: Any, receive: Any, send: Any) -> None:
    """An application that reads its whole body."""
    while (await receive()).get("more_body"):
        pass
    await PlainTextResponse("read")(scope, receive, send)


def asked(headers: Mapping[str, str], body: list[bytes]) -> tuple[int, dict[str, str]]:
    """Status and headers of the answer to a request that comes in pieces."""
    pieces = [{"type": "http.request", "body": one, "more_body": True} for one in body]
    pieces.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[Any] = []

    async def receive() -> Any:
        return pieces.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": raw}
    asyncio.run(Guards(reader)(scope, receive, send))
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def test_every_answer_has_the_headers() -> None:
    """No origin but our own in the policy, no frame, no sniffing, no referrer."""
    status, headers = asked({}, [b"x"])
    assert status == 200
    assert "http" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("headers", "pieces"),
    [({"content-length": f"{guards.MOST_BODY + 1}"}, 1), ({"content-length": "many"}, 1), ({}, 5)],
)
def test_a_large_body_is_refused_however_it_comes(headers: Mapping[str, str], pieces: int) -> None:
    """By its announced length, and in pieces without one."""
    assert asked(headers, [b"x" * (guards.MOST_BYTES // 4)] * pieces)[0] == 413


def test_a_body_of_the_allowed_size_is_read() -> None:
    """256 KB and the form around them are taken."""
    assert asked({"content-length": f"{guards.MOST_BODY}"}, [b"x" * guards.MOST_BODY])[0] == 200


def test_a_page_of_another_site_gets_no_socket() -> None:
    """The origin has to be the host; programs without one are let in."""
    assert same_origin(Headers({"host": "here:8080", "origin": "http://here:8080"}))
    assert same_origin(Headers({"host": "here:8080"}))
    assert not same_origin(Headers({"host": "here:8080", "origin": "http://evil.org"}))
