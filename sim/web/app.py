"""The server: its addresses, its start page, and its start."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, core, ui

from sim.exercise.load import Entry
from sim.report.embedded import FONTS
from sim.web import (  # fmt: skip
    aside,
    board,
    debrief,
    estimate_page,
    exercise_page,
    exercise_start,
    fit_page,
    lobby,
    pin,
    planner,
    refusals,
    rooms_page,
    roster_page,
    screen,
    seat,
    shipped,
    teams_page,
    ten_questions,
)
from sim.web.estimating import Estimators
from sim.web.exercises import Exercises
from sim.web.faults import refused_page
from sim.web.front import start_page
from sim.web.guards import TOO_LARGE, Guards
from sim.web.rooms import Rooms
from sim.web.scenarios import read
from sim.web.site import A_YEAR, LANGUAGE_COOKIE, Site, language_of, own_path
from sim.web.sockets import Notes, Sockets, guard
from sim.web.studies import Studies
from sim.web.uploads import TOO_LARGE_ERROR, Uploads
from sim.words import language as lang
from sim.words.language import LANGUAGES, say

STATIC: Final = Path(__file__).parent / "static"
PING: Final = 8.0
"""Seconds between two questions of the server to each browser whether it is still there."""
PATIENCE: Final = 20.0
"""Seconds that either waits for the other before it takes the connection for lost; a busy machine takes its time."""
KEPT: Final = 40.0
"""Seconds for which the page of a browser whose connection was lost is kept: whoever comes back by then finds it as it
was, later it is loaded again, with what was typed (`static/kept.js`)."""
ICON: Final = (STATIC / "icon.svg").read_text(encoding="utf-8")
"""Stands in each page: one request less, which a browser that goes on at once would break off."""


def build(site: Site, exercises: Sequence[Entry] = ()) -> None:
    """Put the pages of a server into the framework's application.

    Args:
        exercises: beside the shipped and the uploaded ones.
    """
    app.add_static_files("/static", STATIC)
    app.add_static_files("/fonts", FONTS)
    notes = Notes()
    app.add_middleware(Sockets, notes=notes)
    app.add_middleware(Guards)
    guard(core.sio, notes)
    refusals.build(site)
    ui.add_head_html('<link rel="stylesheet" href="/static/style.css">', shared=True)
    for script in ("kept", "letters"):
        ui.add_head_html(f'<script defer src="/static/{script}.js"></script>', shared=True)

    shipped.scenarios()  # before any clock could wait for it
    shipped.exercises()
    scenarios = Uploads(site.data / "uploads", read)
    _planner(site, scenarios)
    rooms = Rooms(site.data / "rooms")
    offered = Exercises(site.data / "exercises", scenarios, exercises)
    rooms_page.build(site, rooms, offered)
    exercise_start.build(site, offered)
    exercise_page.build(site, rooms, offered)
    pin.build(site)
    board.build(site, rooms)
    seat.build(site, rooms)
    lobby.build(site, rooms)
    screen.build(site, rooms)
    teams_page.build(site, rooms)
    debrief.build(site, rooms)
    app.on_startup(rooms.restore_beside)
    app.on_startup(be_patient)
    app.on_startup(rooms.serve)
    app.on_startup(aside.give_way)

    @ui.page("/")
    def start(request: Request) -> None:
        with lang.using(language_of(request)):
            start_page(site, request)

    @ui.page(TOO_LARGE)
    def too_large(request: Request, back: str = "/") -> None:
        with lang.using(language_of(request)):
            ways = {"/planner": say("Back to the planner"), "/rooms": say("Back to the exercises")}
            to = back if back in ways else "/"
            refused_page(request, TOO_LARGE_ERROR, to, ways.get(to, say("Back to the start page")))

    @app.get("/language/{language}")
    def speak(language: str, next: str = "/") -> Response:
        answer = RedirectResponse(own_path(next), status_code=303)
        if language in LANGUAGES:
            answer.set_cookie(LANGUAGE_COOKIE, language, max_age=A_YEAR, samesite="lax", httponly=True)
        return answer


def be_patient() -> None:
    """Set how long a silence may be, once the framework has set it: its own is a few seconds, at `KEPT` too many."""
    core.sio.eio.ping_interval, core.sio.eio.ping_timeout = PING, PATIENCE


def _planner(site: Site, scenarios: Uploads) -> None:
    """The pages of the planner's desk."""
    studies, estimators = Studies(site.data / "studies"), Estimators()
    planner.build(site, studies, scenarios, estimators)
    estimate_page.build(site, estimators, scenarios, studies)
    ten_questions.build(site, scenarios)
    roster_page.build(site, studies, scenarios)
    fit_page.build(site, studies)
    app.on_shutdown(estimators.close)
    app.on_startup(studies.serve)


def serve(site: Site, host: str, port: int, *, behind_proxy: bool = False, exercises: Sequence[Entry] = ()) -> None:
    """Serve the pages until the process is ended.

    Args:
        exercises: beside the shipped and the uploaded ones.
        behind_proxy: whether a proxy on this machine says whose a request is; else its headers are anybody's claim.
    """
    build(site, exercises)
    ui.run(
        host=host, port=port, title="fundfreeze", reload=False, show=False, tailwind=False, language="en-US",
        favicon=ICON, show_welcome_message=False, binding_refresh_interval=None,
        reconnect_timeout=KEPT, endpoint_documentation="none",
        proxy_headers=behind_proxy,
    )  # fmt: skip
