"""Pages in place of what the framework would answer in its own words: to people a page, and never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from nicegui import Client, app
from nicegui.page import page
from starlette.exceptions import HTTPException

from sim.web.parts import link, para
from sim.web.site import HTML_LANGUAGES, Site, language_of, page_of
from sim.words import language as lang
from sim.words.language import say

FILES: Final = ("/_nicegui", "/static/", "/fonts/")
"""How the paths begin of what only programs ask for."""


def build(site: Site) -> None:
    """Answer with pages of this site."""

    @app.exception_handler(404)
    async def unknown(request: Request, error: Exception) -> Response:
        return refused(site, request, 404)

    @app.exception_handler(HTTPException)
    async def wrong(request: Request, error: HTTPException) -> Response:
        return refused(site, request, error.status_code)

    @app.exception_handler(RequestValidationError)
    async def incomplete(request: Request, error: Exception) -> Response:
        return refused(site, request, 422)

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        return plain(request, 500)


def refused(site: Site, request: Request, status: int) -> Response:
    """The page of a status; a word where no person asks."""
    if request.url.path.startswith(FILES) or request.scope["type"] != "http":
        return PlainTextResponse(f"{status}", status_code=status)
    with lang.using(language_of(request)), Client(page(""), request=request) as client:
        title, text = _words(status)
        inside = site.facilitator(request)
        with page_of(request, title, facilitator=inside):
            para(text)
            link(say("Back to the start page"), "/", "button")
    return client.build_response(request, status)


def plain(request: Request, status: int) -> Response:
    """The page of a status without the framework, which may be what is broken."""
    with lang.using(language_of(request)):
        title, text = _words(status)
        html = (
            f'<!doctype html><html lang="{HTML_LANGUAGES[lang.language()]}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{escape(title)} - fundfreeze</title>'
            f'<link rel="stylesheet" href="/static/style.css"></head><body><main><h1>{escape(title)}</h1>'
            f'<p>{escape(text)}</p><a class="button" href="/">{escape(say("Back to the start page"))}</a></main>'
        )
    return HTMLResponse(f"{html}</body></html>", status_code=status)


def _words(status: int) -> tuple[str, str]:
    """Title and text of a status, in the language of the context."""
    known: dict[int, Callable[[], tuple[str, str]]] = {
        404: lambda: (say("Not found"), say("There is no such page.")),
        405: lambda: (say("This is not done here"), say("This address takes no such request.")),
        413: lambda: (say("That is too large"), say("Nothing of it was kept.")),
        422: lambda: (
            say("The form was not complete"),
            say("Something is missing or too long."),
        ),
        500: lambda: (
            say("Something went wrong here"),
            say("It is a mistake of this program, not of yours; it stands in the server's log."),
        ),
    }
    return known.get(status, lambda: (say("This cannot be answered"), say("The server refused the request.")))()
