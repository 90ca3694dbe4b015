"""What all pages of one server share, and the frame that each stands in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import ui
from nicegui.element import Element

from sim.web.access import Access
from sim.web.parts import Tag, box, heading, link, shown
from sim.words import language as lang
from sim.words.language import LANGUAGE_NAMES, LANGUAGES, Language, say

LANGUAGE_COOKIE: Final = "fundfreeze-language"
A_YEAR: Final = 365 * 24 * 3600
"""Seconds that a browser remembers a chosen language, or that the right PIN was typed in it."""
PATIENCE: Final = 60.0
"""Seconds that a page may take to be made: what it shows may have to wait for its turn."""
HTML_LANGUAGES: Final[Mapping[Language, Literal["en-US", "zh-CN"]]] = {"en": "en-US", "zh": "zh-CN"}
"""As the `lang` attribute of a page says them, by our own short names."""


@dataclass
class Site:
    """One server.

    Attributes:
        data: the folder in which runs and rooms are kept.
        access: who may see what.
    """

    data: Path
    access: Access

    def facilitator(self, request: Request) -> bool:
        """Whether a request comes from somebody who gave the PIN."""
        return self.access.is_facilitator(request.cookies)

    def page(self, path: str) -> Callable[[Callable[..., Awaitable[None] | None]], None]:
        """A page for whoever has given the PIN, in the language of the request.

        What it decorates is given the request and, by name, what the path holds in braces; it may wait for what is read
        beside the event loop.
        """

        def made(show: Callable[..., Awaitable[None] | None]) -> None:
            @ui.page(path, response_timeout=PATIENCE)
            async def shown(request: Request) -> Response | None:
                if not self.facilitator(request):
                    return to_pin(request)
                with lang.using(language_of(request)):
                    rest = show(request, **request.path_params)
                    if rest is not None:
                        await rest
                return None

        return made


def to_pin(request: Request) -> RedirectResponse:
    """Where to send somebody who has not given the PIN: back to the same page afterwards."""
    return RedirectResponse(f"/enter?next={quote(request.url.path)}", status_code=303)


def language_of(request: Request) -> Language:
    """The language that a request asks for: what was chosen, else what its browser prefers."""
    preferred = request.headers.get("accept-language", "").split(",")[0].split(";")[0]
    for asked in (request.cookies.get(LANGUAGE_COOKIE, ""), preferred):
        with suppress(ValueError):
            return lang.accept(asked)
    return "en"


def own_path(text: str) -> str:
    """A path of this server, or the start page in place of anything else."""
    return text if text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() else "/"


@contextmanager
def page_of(
    request: Request, title: str, *, here: str = "", facilitator: bool = False, links: bool = True
) -> Iterator[Element]:
    """The frame of a page: its language, its title, the way around, and the main part, which is entered.

    Args:
        request: for this page.
        title: of the page, also its heading of level 1; already in the language of the request.
        here: the path in the way around that stands for this page.
        facilitator: whether to show the way to the pages behind the PIN.
        links: whether to show a way around at all; a trainee has one page.
    """
    language = lang.language()
    client = ui.context.client
    client.page = copy(client.page)  # the framework knows one language for each address
    client.page.language = HTML_LANGUAGES[language]
    client.title = f"{shown(title)} - fundfreeze"
    with client.layout:
        top = box("top", "header")
        with top:
            if links:
                link("fundfreeze", "/", "name")
            else:
                Tag("span", "fundfreeze", "name")
            if links and facilitator:
                with Tag("nav", aria_label=say("Pages")):
                    for path, text in (("/planner", say("Planner")), ("/rooms", say("Exercises"))):
                        link(text, path, aria_current="page" if path == here else None)
            with Tag("nav", "", "languages", aria_label=say("Language")):
                other = next(one for one in LANGUAGES if one != language)
                to = f"/language/{other}?next={quote(request.url.path)}"
                link(LANGUAGE_NAMES[other], to, lang=HTML_LANGUAGES[other], hreflang=HTML_LANGUAGES[other])
        top.move(target_index=0)
    main = client.content
    ui.skip_link(say("Skip to the content"), target=main)
    with main:
        heading(1, title)
        yield main


def not_there(request: Request, said: str, back: str, words: str, *, facilitator: bool = True) -> None:
    """A page that says that something is not there, and where to go; its status is 404."""
    ui.status_code(404)
    with page_of(request, say("Not found"), facilitator=facilitator, links=facilitator):
        Tag("p", said)
        if back:
            link(words, back, "button")


def no_more(main: Element, said: str, back: str = "", words: str = "") -> None:
    """Put in place of all that a page shows that it is there no more, and where to go."""
    main.clear()
    with main:
        heading(1, said)
        if back:
            link(words, back, "button")
