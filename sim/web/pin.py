"""The facilitator's PIN: where it is typed, and what comes of it."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui

from sim.web.access import DEVICE_COOKIE, FACILITATOR_COOKIE, Access, TooManyTriesError
from sim.web.numbers import whole
from sim.web.parts import Tag, box, para
from sim.web.site import A_YEAR, Site, language_of, own_path, page_of
from sim.words import language as lang
from sim.words.language import key, say

PRINTED: Final = key(
    "The planner and the facilitator's pages are behind a PIN. It was made up and printed where the server was started."
)
CHOSEN: Final = key(
    "The planner and the facilitator's pages are behind a PIN. Whoever started the server chose it, and can tell you."
)


def build(site: Site) -> None:
    """Put the pages into the framework's application."""

    @ui.page("/enter")
    def enter(request: Request, next: str = "/", wrong: str = "") -> None:  # as the address says it
        with lang.using(language_of(request)), page_of(request, say("The facilitator's PIN")):
            _pin_form(own_path(next), wrong, made_up=site.access.made_up)

    @app.post("/enter")
    def entered(
        request: Request, pin: Annotated[str, Form(max_length=100)], to: Annotated[str, Form(max_length=500)] = "/"
    ) -> Response:
        return _entered(site.access, request, pin, own_path(to))

    @app.get("/leave")
    def leave() -> Response:
        answer = RedirectResponse("/", status_code=303)
        answer.delete_cookie(FACILITATOR_COOKIE)
        return answer


def _pin_form(to: str, wrong: str, *, made_up: bool) -> None:
    para(say(PRINTED if made_up else CHOSEN))
    with box("panel"), Tag("form", method="post", action="/enter"):
        Tag("input", type="hidden", name="to", **{"^value": to})
        with box("field"):
            label = Tag("label", say("PIN"))
            field = Tag(
                "input", name="pin", type="password", autocomplete="current-password", required=True, autofocus=True,
                maxlength=100,
            )  # fmt: skip
            label.set(for_=field.html_id)
            said = say("This is not the PIN.")
            if seconds := whole(wrong, 1, A_YEAR):
                said = say("Too many tries: the next one is possible in {seconds} seconds.", seconds=seconds)
            mistake = Tag("span", said if wrong else "", "mistake", role="alert")
            field.set(aria_describedby=mistake.html_id, aria_invalid="true" if wrong else None)
        Tag("button", say("Enter"), "main", type="submit")


def _entered(access: Access, request: Request, pin: str, to: str) -> Response:
    """The answer to a typed PIN: the page that was asked for, or the form again."""
    wrong = "pin"
    try:
        device = request.cookies.get(DEVICE_COOKIE, "")
        cookie = access.enter(pin, request.client.host if request.client else "", device)
    except TooManyTriesError as error:
        cookie, wrong = None, str(error.seconds)
    if cookie is None:
        return RedirectResponse(f"/enter?{urlencode({'next': to, 'wrong': wrong})}", status_code=303)
    answer = RedirectResponse(to, status_code=303)
    secure = request.url.scheme == "https"
    answer.set_cookie(FACILITATOR_COOKIE, cookie, httponly=True, samesite="lax", secure=secure)
    if not access.knows(device):
        answer.set_cookie(
            DEVICE_COOKIE, access.new_device(), path="/enter", max_age=A_YEAR, httponly=True, samesite="lax",
            secure=secure,
        )  # fmt: skip
    return answer
